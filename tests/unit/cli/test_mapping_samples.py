"""``hub mapping check`` and ``test`` on samples that cannot be read, and on files that we write."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.fakes.installation import Installation

STOCK = """document: stock
format: {kind: csv, columns: {item: {required: true}, quantity: {}}}
about: {mode: {value: full}}
fields: {item.VN: item, available: quantity}
"""
QUANTITIES = """document: quantities
direction: out
format: {kind: csv, columns: {SKU: {}, Units: {}}}
fields: {SKU: sku, Units: quantity}
"""
TOLD = {
    "is": "QuantityUpdate",
    "key": "1",
    "channel": "shop",
    "connection": "booth",
    "sku": "KITE",
    "quantity": "4",
    "computed_at": "2026-11-20T09:00:00Z",
}


@pytest.fixture
def folder(installation: Installation) -> Path:
    """The booth's folder, with a mapping of its stock."""
    folder = installation.folder / "mappings" / "partners" / "booth"
    (folder / "documents").mkdir()
    (folder / "documents" / "stock.yaml").write_text(STOCK)
    (folder / "partner.yaml").write_text("name: Booth\nidentity: true\nlocation: booth\n")
    return folder


def sample(folder: Path, name: str, text: str) -> None:
    path = folder / "samples" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def test_a_sample_that_cannot_be_read_is_unusable_and_the_others_are_still_checked(
    installation: Installation, folder: Path
) -> None:
    sample(folder, "stock/bad.csv", "thing,quantity\nB-1,3\n")
    sample(folder, "stock/good.csv", "item,quantity\nB-1,3\n")
    found = installation.json("mapping", "check")
    assert {"stock/bad.csv": "unusable", "stock/good.csv": "new"} == {
        each["sample"]: each["state"] for each in found["samples"]
    }
    [covered] = found["mappings"]
    assert (1, 1) == (covered["records"], covered["filled"]["available"])


def test_what_is_expected_of_a_file_that_we_write_is_such_a_file(installation: Installation, folder: Path) -> None:
    (folder / "documents" / "quantities.yaml").write_text(QUANTITIES)
    sample(folder, "quantities/told.json", json.dumps([TOLD]))
    installation.run("mapping", "test", "told.json", "--partner", "booth", "--write")
    expected = folder / "samples" / "quantities" / "told.expected.csv"
    assert b"SKU,Units\r\nKITE,4\r\n" == expected.read_bytes()
    [checked] = installation.json("mapping", "check")["samples"]
    assert "right" == checked["state"]
