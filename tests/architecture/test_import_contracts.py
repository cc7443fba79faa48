"""The two wings and the seven rules of design.md, section 2, on the code as it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.architecture.import_lint import lint
from tests.architecture.source_tree import (
    CONNECTORS,
    ROOT,
    hub_packages,
    import_contracts,
    imported_names,
    root_packages,
    shipped_modules,
    shown,
)

CONNECTORS_MAY_SEE = {"errors", "model", "sdk", "edi", "transport", "mapping"}
SHARED_TRANSLATE = {"hub.sdk.x12.translate"}
SERVER_LIBRARIES = {"aiohttp", "asyncssh", "fastapi", "http.server", "socketserver", "starlette", "uvicorn"}


def test_every_import_contract_holds() -> None:
    verdict = lint(ROOT)
    assert verdict.kept, verdict.text


def test_every_connector_is_under_the_contracts() -> None:
    packages = {f"hub_{folder.name}" for folder in CONNECTORS}
    contracts = import_contracts()
    assert packages | {"hub"} == root_packages()
    assert packages == set(contracts["connectors-see"]["source_modules"])
    assert packages == set(contracts["connectors-apart"]["modules"])
    pure = {f"{package}.translate" for package in packages} | SHARED_TRANSLATE
    assert pure == set(contracts["translate-pure"]["source_modules"])
    assert pure == set(contracts["translate-apart"]["source_modules"])


def test_what_connectors_may_not_see_is_all_the_rest_of_hub() -> None:
    hidden = {f"hub.{name}" for name in hub_packages() - CONNECTORS_MAY_SEE}
    assert hidden == set(import_contracts()["connectors-see"]["forbidden_modules"])


@pytest.mark.parametrize("connector", CONNECTORS, ids=lambda folder: folder.name)
def test_servers_in_a_connector_live_in_its_simulator(connector: Path) -> None:
    strays = [
        f"{shown(path)} imports {name}"
        for path in shipped_modules()
        if path.is_relative_to(connector) and not _is_simulator(path.relative_to(connector))
        for name in sorted(imported_names(path.read_text()) & SERVER_LIBRARIES)
    ]
    assert strays == []


@pytest.mark.parametrize("connector", CONNECTORS, ids=lambda folder: folder.name)
def test_nothing_that_runs_in_production_imports_a_simulator_but_the_plugin_that_offers_it(connector: Path) -> None:
    package = f"hub_{connector.name}"
    strays = [
        f"{shown(path)} imports {name}"
        for path in shipped_modules()
        if path.is_relative_to(connector) and not _is_simulator(path.relative_to(connector)) and path.stem != "plugin"
        for name in sorted(imported_names(path.read_text()))
        if name.startswith(f"{package}.simulator")
    ]
    assert strays == []


def _is_simulator(path: Path) -> bool:
    return any(part.startswith("simulator") for part in path.parts)
