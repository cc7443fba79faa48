"""A contract that cannot fail guards nothing: each breach planted in a copy of the code must be named.

Every breach is the only one of its copy, and is judged by the one contract that should catch it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.architecture.import_lint import copy_checkout, lint, plant
from tests.architecture.source_tree import import_contracts


class Breach(NamedTuple):
    """``line`` written into ``module`` breaks ``contract``."""

    contract: str
    module: str
    line: str


BREACHES = [
    Breach("layers", "hub.model", "import hub.ports"),
    Breach("layers", "hub.errors", "import hub.model"),
    Breach("layers", "hub.ports", "import hub.inventory"),
    Breach("layers", "hub.inventory", "import hub.routing"),
    Breach("layers", "hub.edi", "import hub.transport"),
    Breach("layers", "hub.flows", "import hub.sdk"),
    Breach("layers", "hub.plugins", "import hub.storage"),
    Breach("layers", "hub.sync", "import hub.bootstrap"),
    Breach("layers", "hub.bootstrap", "import hub.web"),
    Breach("layers", "hub.web", "import hub.cli"),
    Breach("layers", "hub.routing", "def late() -> None:\n    import hub.orders"),
    Breach("domain-pure", "hub.model", "import httpx"),
    Breach("domain-pure", "hub.inventory", "from sqlalchemy import select"),
    Breach("domain-pure", "hub.routing", "import pluggy"),
    Breach("domain-pure", "hub.orders", "import tenacity"),
    Breach("domain-pure", "hub.flows", "import zeep"),
    Breach("domain-pure", "hub.flows", "import pyx12.x12n_document"),
    Breach("domain-pure", "hub.flows", "import hub.mapping"),
    Breach("domain-pure", "hub.orders", "import hub.edi"),
    Breach("domain-pure", "hub.flows", "import hub_shopify"),
    Breach("connector-wing", "hub.sdk", "import hub.routing"),
    Breach("connector-wing", "hub.edi", "import hub.inventory"),
    Breach("connector-wing", "hub.transport", "import hub.routing"),
    Breach("connector-wing", "hub.mapping", "import hub.inventory"),
    Breach("connector-wing", "hub.plugins", "import hub.flows"),
    Breach("connectors-see", "hub_shopify", "import hub.ports"),
    Breach("connectors-see", "hub_ongoing", "from hub.inventory import atp"),
    Breach("connectors-see", "hub_x12_supplier", "import hub.storage"),
    Breach("connectors-see", "hub_x12_supplier", "import hub.bootstrap"),
    Breach("connectors-apart", "hub_shopify", "import hub_ongoing"),
    Breach("connectors-apart", "hub_ongoing", "import hub_x12_supplier"),
    Breach("connectors-apart", "hub_x12_retailer", "import hub_x12_supplier"),
    Breach("connectors-apart", "hub_x12_warehouse", "import hub_x12_supplier"),
    Breach("translate-pure", "hub_shopify.translate", "import socket"),
    Breach("translate-pure", "hub_x12_retailer.translate", "import time"),
    Breach("translate-pure", "hub_x12_supplier.translate", "from pathlib import Path"),
    Breach("translate-pure", "hub_ongoing.translate", "import httpx"),
    Breach("translate-pure", "hub_x12_warehouse.translate", "import os"),
    Breach("translate-pure", "hub_ongoing.translate", "import hub.transport"),
    Breach("translate-pure", "hub_shopify.translate", "from urllib.request import urlopen"),
    Breach("translate-pure", "hub.sdk.x12.translate", "import socket"),
    Breach("translate-apart", "hub_shopify.translate", "import hub_shopify.client"),
    Breach("translate-apart", "hub.sdk.x12.translate", "import hub.sdk.mailbox"),
    Breach("translate-apart", "hub_x12_supplier.translate", "import hub_x12_supplier.simulator"),
    Breach("storage-named-once", "hub.sync", "import hub.storage"),
    Breach("storage-named-once", "hub.cli", "import hub.storage"),
    Breach("storage-named-once", "hub.web", "import hub.storage"),
    Breach("pyx12-in-edi", "hub.mapping", "import pyx12.x12n_document"),
    Breach("pyx12-in-edi", "hub_x12_supplier", "import pyx12"),
    Breach("wire-in-transport", "hub.sdk", "import httpx"),
    Breach("wire-in-transport", "hub_ongoing", "from zeep import Client"),
    Breach("wire-in-transport", "hub_shopify.client", "import httpx"),
    Breach("wire-in-transport", "hub.sync", "import asyncssh"),
    Breach("tenacity-in-two", "hub.storage", "import tenacity"),
    Breach("tenacity-in-two", "hub_shopify.client", "from tenacity import retry"),
]


@pytest.fixture(scope="module")
def clean_copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_checkout(tmp_path_factory.mktemp("checkout"))


@pytest.fixture
def copy(clean_copy: Path) -> Iterator[Path]:
    before = {path: path.read_bytes() for path in clean_copy.rglob("*.py")}
    yield clean_copy
    for path in clean_copy.rglob("*.py"):
        if path in before:
            path.write_bytes(before[path])
        else:
            path.unlink()


def test_every_contract_has_a_breach_planted() -> None:
    assert set(import_contracts()) == {breach.contract for breach in BREACHES}


def test_copy_without_a_breach_is_kept(copy: Path) -> None:
    verdict = lint(copy)
    assert verdict.kept, verdict.text


@pytest.mark.parametrize("breach", BREACHES, ids=lambda breach: f"{breach.contract}-{breach.module}-{breach.line}")
def test_planted_breach_is_named(copy: Path, breach: Breach) -> None:
    planted = plant(copy, breach.module, breach.line)
    verdict = lint(copy, breach.contract)
    name = breach.module + (".planted" if planted.name == "planted.py" else "")
    assert not verdict.kept
    assert "0 kept, 1 broken" in verdict.text
    assert name in verdict.text


def test_package_without_a_floor_is_named(copy: Path) -> None:
    newcomer = copy / "hub" / "newcomer"
    newcomer.mkdir()
    (newcomer / "__init__.py").write_text("")
    verdict = lint(copy, "layers")
    assert not verdict.kept
    assert "newcomer" in verdict.text
