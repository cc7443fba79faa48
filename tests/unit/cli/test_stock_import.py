"""Counted sheets taken in from the command line: all of a sheet, once, or nothing of it."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from hub.mapping.table_file import write_rows
from tests.fakes.installation import Installation
from tests.unit.cli.stock_shop import MONDAY, failure, on_hand, shop, stocked

__all__ = ["shop"]


def sheet(shop: Installation, text: str, name: str = "count.csv") -> str:
    file = shop.folder / name
    file.write_text(text)
    return str(file)


def workbook(shop: Installation, *rows: tuple[str | Decimal | None, ...]) -> str:
    path = shop.folder / "count.xlsx"
    write_rows(path, [str(name) for name in rows[0]], rows[1:])
    return str(path)


def test_a_counted_sheet_is_taken_in_once(shop: Installation) -> None:
    stocked(shop)
    file = sheet(shop, "sku,location,quantity,unavailable\nKITE,depot,12,3\nKITE,attic,4,\nKITE,barn,1,\n")
    planned = shop.json("stock", "import", file, "--dry-run")
    assert (False, True, [], "10") == (planned["taken"], planned["dry_run"], planned["documents"], on_hand(shop))
    assert [("attic", "0", "4", "4", "0"), ("barn", "0", "1", "1", "0"), ("depot", "10", "12", "2", "2")] == sorted(
        tuple(each.values())[1:] for each in planned["changes"]
    )
    assert "would be changed" in shop.run("stock", "import", file, "--dry-run").stdout
    taken = shop.json("stock", "import", file)
    assert (True, planned["changes"], ["D000000001", "D000000002"]) == (
        taken["taken"],
        taken["changes"],
        taken["documents"],
    )
    assert ["12", "4", "1"] == [on_hand(shop, where) for where in ("depot", "attic", "barn")]
    kept = shop.json("document", "show", "D000000001")
    assert ("stock-sheet", "depot", "count.csv") == (kept["kind"], kept["connection"], kept["meta"]["file"])
    again = shop.run("stock", "import", file)
    assert (0, True) == (again.exit_code, "was taken in before, as D000000001: nothing was done" in again.stdout)
    assert (False, True) == (shop.json("stock", "import", file)["taken"], shop.json("stock", "import", file)["known"])
    newest = shop.json("stock", "history", "KITE", "--location", "attic")["rows"][0]
    assert ("count", "D000000001") == (newest["what"], newest["document"])


def test_a_workbook_is_taken_in_with_its_packs(shop: Installation) -> None:
    file = workbook(
        shop,
        ("sku", "location", "quantity", "unit", "units_each"),
        ("KITE", "depot", Decimal(3), "CA", Decimal(12)),
        ("KITE", "depot", Decimal(2), None, None),
    )
    assert shop.json("stock", "import", file)["taken"]
    assert "38" == on_hand(shop)


def test_bad_rows_are_named_and_nothing_is_taken(shop: Installation) -> None:
    rows = (
        "KITE,depot,5,,,",
        "SLED,depot,1,,,",
        "KITE,cellar,1,,,",
        "KITE,attic,many,,,",
        "KITE,barn,1,CA,,",
        "KITE,barn,-1,,,",
        "KITE,barn,,,,",
        "KITE,barn,1,,,2026-11-20 09:30",
        "KITE,depot,7,,,",
        ",depot,7,,,",
    )
    file = sheet(shop, "\n".join(("sku,location,quantity,unit,units_each,as_of", *rows)))
    done, found = shop.run("stock", "import", file), shop.json("stock", "import", file)
    assert (1, False, []) == (done.exit_code, found["taken"], found["changes"])
    assert [
        (3, "sku", "cli.unknown-sku"),
        (4, "location", "stock.unknown-location"),
        (5, "quantity", "stock.sheet-row"),
        (6, "units_each", "stock.sheet-row"),
        (7, "quantity", "stock.sheet-row"),
        (8, "quantity", "stock.sheet-row"),
        (9, "as_of", "stock.sheet-row"),
        (10, "sku", "stock.sheet-row"),
        (11, "sku", "stock.sheet-row"),
    ] == sorted((each["row"], each["column"], each["code"]) for each in found["faults"])
    assert "Nothing of" in done.stdout
    assert "9 faults" in done.stdout
    assert (None, []) == (on_hand(shop), shop.json("document", "list")["documents"])


def test_a_sheet_that_a_guard_does_not_believe_is_refused_whole(shop: Installation) -> None:
    file = sheet(shop, "sku,location,quantity,as_of\nKITE,attic,4,\nKITE,depot,4,2999-01-01T00:00+00:00\n")
    assert [(None, "stock.future-report")] == [
        (each["row"], each["code"]) for each in shop.json("stock", "import", file)["faults"]
    ]
    assert (None, None) == (on_hand(shop, "attic"), on_hand(shop))
    assert [] == shop.json("quarantine", "list")["entries"]


def test_a_row_older_than_the_newest_count_is_passed_over(shop: Installation) -> None:
    stocked(shop)
    file = sheet(shop, "sku;location;quantity\nKITE;depot;4\n")
    found = shop.json("stock", "import", file, "--as-of", (MONDAY - timedelta(days=1)).isoformat())
    assert ([2], "10") == ([each["row"] for each in found["passed_over"]], on_hand(shop))
    assert found["taken"]


def test_a_full_sheet_goes_by_the_rule_of_its_location(shop: Installation) -> None:
    file = sheet(shop, "sku,location,quantity\nKITE,depot,4\n")
    said = shop.run("stock", "import", file, "--full").stdout
    assert "What the sheet does not name at depot stays as it is" in said
    mixed = sheet(shop, "sku,location,quantity,as_of\nKITE,depot,4,2026-11-16T08:00Z\n", "mixed.csv")
    assert ["as_of"] == [each["column"] for each in shop.json("stock", "import", mixed, "--full")["faults"]]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("sku,location,quantity,colour\n", "stock.sheet"),
        ("sku,location\n", "stock.sheet"),
        ("", "stock.sheet"),
        ("sku,sku,location,quantity\n", "stock.sheet"),
        ('sku,location,quantity\n"KITE,depot,1\n', "table.unreadable"),
    ],
)
def test_a_sheet_that_cannot_be_read_says_why(shop: Installation, text: str, code: str) -> None:
    assert (1, code) == failure(shop, "stock", "import", sheet(shop, text))


def test_an_empty_sheet_counts_nothing(shop: Installation) -> None:
    found = shop.json("stock", "import", sheet(shop, "sku,location,quantity\n"))
    assert [("stock.sheet", False)] == [(each["code"], found["taken"]) for each in found["faults"]]


def test_an_export_with_a_counted_column_is_a_sheet(shop: Installation) -> None:
    stocked(shop)
    file = Path(shop.folder / "stock.csv")
    shop.run("stock", "export", str(file))
    heading, row = file.read_text().splitlines()
    file.write_text(f"{heading},quantity\n{row},11\n")
    assert shop.json("stock", "import", str(file))["taken"]
    assert "11" == on_hand(shop)
