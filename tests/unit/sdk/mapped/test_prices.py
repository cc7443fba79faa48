"""Records of prices."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from hub.model.price import PriceList
from hub.model.stock import FeedMode
from hub.sdk.capabilities import Parsed
from tests.unit.sdk.mapped.records import WRITTEN, codes, taken

PRICES = """
    document: prices
    format:
      kind: csv
      columns: {Item: {}, Unit: {}, Price: {}, Cur: {}, From: {}, Since: {}, Until: {}, Title: {}}
    about:
      catalogue: {value: SPRING}
      mode: {value: full}
      currency: {value: EUR}
    fields:
      item.VN: Item
      unit: Unit
      price: Price
      currency: Cur
      from_quantity: From
      since: Since
      until: Until
      title: Title
"""
HEAD = "Item,Unit,Price,Cur,From,Since,Until\n"


def list_of(parsed: Parsed) -> PriceList:
    [found] = parsed.items
    assert isinstance(found, PriceList)
    return found


def test_prices_are_of_one_each_from_so_many_eaches_on(tmp_path: Path) -> None:
    text = f"{HEAD}N-1,,4.50,,,,\nN-2,CA,36,USD,10,2026-12-01,2026-12-24\n"
    found = list_of(taken(tmp_path, PRICES, text))
    assert ("SPRING", FeedMode.FULL, WRITTEN) == (found.catalogue, found.mode, found.issued_at)
    assert [
        ("CUP", Decimal("4.50"), "EUR", Decimal(1), None, None),
        ("TEA", Decimal(3), "USD", Decimal(120), date(2026, 12, 1), date(2026, 12, 24)),
    ] == [
        (each.sku, each.unit_price.amount, each.unit_price.currency, each.from_quantity, each.since, each.until)
        for each in found.lines
    ]


@pytest.mark.parametrize(
    ("row", "where", "code"),
    [
        ("N-1,,-1,,,,", "row 3, price", "mapping.value"),
        ("N-1,,,,,,", "row 3, Price", "mapping.missing"),
        ("N-1,,1,euro,,,", "row 3, currency", "mapping.value"),
        ("N-1,,1,,0,,", "row 3, from_quantity", "mapping.value"),
        ("N-1,,1,,-5,,", "row 3, from_quantity", "mapping.value"),
        ("N-1,BOX,1,,,,", "row 3", "data.unknown-unit"),
        ("N-1,,1,,,2026-12-24,2026-12-01", "row 3, until", "mapping.value"),
    ],
)
def test_price_that_cannot_be_used_is_told_and_the_list_changes_only_what_it_names(
    tmp_path: Path, row: str, where: str, code: str
) -> None:
    parsed = taken(tmp_path, PRICES, f"{HEAD}N-2,CA,36,,,,\n{row}\n")
    assert [(where, code)] == codes(parsed)
    assert (FeedMode.DELTA, ["TEA"]) == (list_of(parsed).mode, [each.sku for each in list_of(parsed).lines])


def test_item_of_others_leaves_a_full_list_full(tmp_path: Path) -> None:
    parsed = taken(tmp_path, PRICES, f"{HEAD}N-2,CA,36,,,,\nN-9,,1,,,,\n")
    assert ([("row 3", "data.unmapped-item")], FeedMode.FULL) == (codes(parsed), list_of(parsed).mode)


def test_second_price_of_the_same_item_and_time_is_a_problem(tmp_path: Path) -> None:
    parsed = taken(tmp_path, PRICES, f"{HEAD}N-1,,4,,,,\nN-1,,5,,,,\nN-2,CA,36,,,,\nN-2,CA,36,,,,\n")
    assert [("row 3, price", "mapping.value")] == codes(parsed)
    assert [("CUP", 4), ("TEA", 3)] == [(each.sku, int(each.unit_price.amount)) for each in list_of(parsed).lines]
