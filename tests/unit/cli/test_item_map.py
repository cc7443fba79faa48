"""``hub item find`` and ``conflicts``, warnings of the set-up, and what releases a line that waits."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from hub.model.document import Direction, Document
from hub.model.identity import ConnectionId
from hub.model.queue import ANY_ITEM, ItemIds, QuarantineEntry
from tests.fakes.installation import NOW, Installation, connection

UPC, RESTRICTED = "012345678905", "2012345678903"


def partner(installation: Installation, name: str, items: str, about: str = "") -> Path:
    folder = installation.folder / "mappings" / "partners" / name
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "partner.yaml").write_text(f"name: {name}\n{about}")
    (folder / "items.csv").write_text(items)
    return folder


@pytest.fixture
def shop(installation: Installation) -> Installation:
    depot = f"sku,VN,UP,unit,units_each,since,until,preferred\nTEA,1,{UPC},,,,,\nTEA,2,,CA,12,2026-12-01,,yes\n"
    partner(installation, "depot", depot, "item_ids: [VN, UP]\non_conflict: first\n")
    partner(installation, "mill", f"sku,gtin\nTEA-POT,{UPC[1:]}\ntea,{RESTRICTED}\n")
    partner(installation, "store", f"sku,EN\nCUP,{RESTRICTED}\n")
    installation.configure({name: {**connection(), "partner": name} for name in ("depot", "mill", "store")})
    return installation


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("TEA", {("depot", 2, "sku"), ("depot", 3, "sku")}),
        ("1", {("depot", 2, "VN")}),
        (f"00{UPC}", {("depot", 2, "UP"), ("mill", 2, "gtin")}),
        (RESTRICTED, {("mill", 3, "gtin"), ("store", 2, "EN")}),
    ],
)
def test_rows_of_an_item_are_found_by_sku_id_and_barcode(
    shop: Installation, asked: str, found: set[tuple[str, int, str]]
) -> None:
    told = shop.json("item", "find", asked)
    assert found == {(row["partner"], row["line"], row["found_by"][0]) for row in told["rows"]}
    assert told["restricted"] is (asked == RESTRICTED)
    assert 0 == shop.run("item", "find", asked).exit_code


def test_row_that_is_named_to_the_partner_follows_the_day(shop: Installation) -> None:
    for day, named, holds in (("2026-11-30", [True, False], [True, False]), ("2026-12-01", [False, True], [True] * 2)):
        told = shop.json("item", "find", "TEA", "--on", day)
        assert [named, holds] == [[row[what] for row in told["rows"]] for what in ("named", "holds")]
        assert [{"partner": "depot", "item_ids": ["VN", "UP"], "on_conflict": "first"}] == told["precedence"]
    assert "12" == told["rows"][1]["units_each"]
    assert "depot: VN, UP decides" in shop.run("item", "find", "TEA").stdout


def test_item_that_nobody_names_is_said(shop: Installation) -> None:
    assert "cli.unknown-item" == shop.json("item", "find", "9")["code"]


def test_partners_that_contradict_each_other_are_listed_and_the_set_up_is_valid(shop: Installation) -> None:
    found = shop.json("item", "conflicts")["conflicts"]
    assert [("gtin", {("depot", 2), ("mill", 2)}), ("sku", {("depot", 2), ("mill", 3)})] == [
        (each["kind"], {(row["partner"], row["line"]) for row in each["rows"]}) for each in found
    ]
    assert "GTIN 00012345678905 is TEA and TEA-POT" in shop.run("item", "conflicts").stdout
    checked = shop.json("config", "validate")
    assert (True, [each["message"] for each in found]) == (
        checked["valid"],
        [each["message"] for each in checked["warnings"]],
    )
    assert "mappings/partners/mill/items.csv:2" in shop.run("config", "validate").stdout.replace("\n", "")


def test_one_gtin_may_be_another_sku_from_a_day_on(shop: Installation) -> None:
    partner(shop, "mill", f"sku,gtin,since\nTEA-POT,{UPC},2027-01-01\n")
    partner(shop, "depot", f"sku,UP,until\nTEA,{UPC},2026-12-31\n")
    assert [] == shop.json("item", "conflicts")["conflicts"]
    assert "No two partners' items" in shop.run("item", "conflicts").stdout


@pytest.mark.parametrize(
    ("waits_for", "words"),
    [
        ((("VN", "77"),), "a row in mappings/partners/depot/items.csv with our SKU and VN 77."),
        ((("", "77"),), "a row in mappings/partners/depot/items.csv with our SKU and any id 77."),
        ((("VN", "1"), ("UP", "9")), "It says now: line 2: VN 1 is TEA."),
        (ANY_ITEM, "a row for each of them in mappings/partners/depot/items.csv"),
        ((), ""),
    ],
)
def test_entry_says_which_row_releases_it(shop: Installation, waits_for: ItemIds, words: str) -> None:
    kept = Document(ConnectionId("depot"), Direction.INBOUND, "stock", "D-1", b"{}", NOW)
    storage = shop.storage()
    with storage.begin() as work:
        [document] = work.inbox.add([kept], "stock")
        entry = QuarantineEntry(document, ConnectionId("depot"), "lines[1]", "data.x", "?", "!", NOW)
        number = work.quarantine.add(replace(entry, waits_for=waits_for))
    storage.close()
    told = shop.json("quarantine", "show", str(number))["entry"]
    assert told["released_by"].endswith(words)
    assert bool(words) is bool(told["released_by"])
    assert [{"qualifier": name, "value": value} for name, value in waits_for] == told["waits_for"]
    assert ("released by" in shop.run("quarantine", "show", str(number)).stdout) is bool(words)
    assert ("Lines that wait for an item: 1." in shop.run("quarantine", "list").stdout) is bool(words)
