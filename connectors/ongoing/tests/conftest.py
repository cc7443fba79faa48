"""A warehouse on loopback for each test, and the vendor's example requests."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import ongoing_builders as builders
import pytest
from ongoing_builders import Example

from hub_ongoing.simulator import OngoingSimulator


@pytest.fixture
def simulator() -> Iterator[OngoingSimulator]:
    """Three articles; nobody works there unless the test says so; its clock stands still."""
    stock = {"ART-ROBOT": 10, "ART-KITE": 5, "ART-MARBLE-BOX": 4}
    warehouse = OngoingSimulator({"stock": stock, "password": builders.PASSWORD}, clock=lambda: builders.NOW)
    warehouse.start()
    yield warehouse
    warehouse.stop()


@pytest.fixture(scope="session")
def example() -> Example:
    """The vendor's example request of a name, as envelope bytes; skips loudly where the contracts are absent."""
    default = Path(__file__).resolve().parents[3].parent / "shared" / "contracts"
    path = Path(os.environ.get("CROSSDOCK_CONTRACTS", default)) / "ongoing" / "ongoing_postman.json"
    if not path.exists():
        pytest.skip("LOUD SKIP: Ongoing's example requests are not here (set CROSSDOCK_CONTRACTS)")
    found = dict(_requests(json.loads(path.read_text(encoding="utf-8"))["item"]))
    return lambda name: found[name].encode()


def _requests(items: list[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    for item in items:
        if "item" in item:
            yield from _requests(item["item"])
        else:
            yield item["name"], item["request"]["body"]["raw"]
