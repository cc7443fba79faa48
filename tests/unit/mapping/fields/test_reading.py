"""Mappings at work on what comes in."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

from hub.mapping.fields.reading import TableReader
from tests.unit.mapping.fields.mappings import ABOUT, a_mapping, rows_of, trees_of

STOCK = """
    document: stock
    format:
      kind: csv
      columns: {Item: {required: true}, Old item: {}, Qty: {required: true}, Site: {}, Gone: {}, More on: {}}
      locale: {date: ["%d.%m.%Y"]}
    about:
      mode: {value: full}
    fields:
      item.VN: {from: [Item, Old item], using: [upper, {without_prefix: NW-}]}
      on_hand: Qty
      site: {from: Site, table: sites, default: MAIN}
      discontinued: {from: Gone, default: false}
      expected_on: More on
    tables:
      sites: {E: EAST}
"""
ORDERS = """
    document: orders
    format:
      kind: csv
      columns: {Order: {}, Town: {}, Land: {}, Item: {}, Qty: {}, Price: {}, Note: {}}
    fields:
      external_id: Order
      ship_to.city: Town
      ship_to.country: Land
      currency: {value: EUR}
    lines:
      by: [Order]
      fields:
        item.SKU: Item
        quantity: Qty
        unit_price: Price
"""
TREES = """
    document: orders
    format: {kind: json, records: orders}
    fields:
      external_id: id
      number: meta.number
      currency: total.currency
    lines:
      each: cart.lines
      fields:
        item.SKU: [sku, product.sku]
        quantity: qty
        title: /meta.number
"""


def test_row_says_what_its_columns_hold(tmp_path: Path) -> None:
    [said] = rows_of(a_mapping(tmp_path, STOCK), "Item,Old item,Qty,Site,Gone,More on\nnw-7, ,12,E,yes,01.12.2026\n")
    assert said.place == "row 2"
    assert {
        "item.VN": "7",
        "on_hand": Decimal(12),
        "site": "EAST",
        "discontinued": True,
        "expected_on": date(2026, 12, 1),
    } == said.fields


def test_first_place_that_has_something_counts_and_the_default_after_them(tmp_path: Path) -> None:
    found = rows_of(a_mapping(tmp_path, STOCK), "Item,Old item,Qty,Site\n,nw-8,1,\n9,8,2,E\n")
    assert [("8", "MAIN", False), ("9", "EAST", False)] == [
        (each.fields["item.VN"], each.fields["site"], each.fields["discontinued"]) for each in found
    ]


def test_column_that_a_file_lacks_is_an_empty_one(tmp_path: Path) -> None:
    [said] = rows_of(a_mapping(tmp_path, STOCK), "Qty,Item\n4,a\n")
    assert {"item.VN": "A", "on_hand": Decimal(4), "site": "MAIN", "discontinued": False} == said.fields


def test_wrong_value_makes_its_row_unusable_and_says_where(tmp_path: Path) -> None:
    good, bad, unknown = rows_of(a_mapping(tmp_path, STOCK), "Item,Qty,Site\na,1,E\nb,many,E\nc,1,W\n")
    assert good.fault is None
    assert bad.fault is not None
    assert unknown.fault is not None
    assert ("row 3, Qty", "on_hand", "mapping.value") == (bad.fault.place, bad.fault.field, bad.fault.code)
    assert ("row 4, Site", "mapping.unknown-code") == (unknown.fault.place, unknown.fault.code)
    assert "W" == unknown.fault.value
    assert "Known: E" in unknown.fault.cure


def test_columns_at_once_are_the_same_as_row_by_row(tmp_path: Path) -> None:
    mapping = a_mapping(tmp_path, STOCK.replace("[Item, Old item]", "Item"))
    columns = ("Item", "Qty", "Site", "Gone", "More on")
    rows = [[f"NW-{n}", str(n % 3), "E" if n % 2 else "", "no", "01.12.2026"] for n in range(50)]
    found = TableReader(mapping, columns).columns(rows)
    said = TableReader(mapping, columns).read(enumerate(rows), ABOUT)
    assert found is not None
    assert [each.fields for each in said] == [
        {name: values[n] for name, values in found.items() if values[n] is not None} for n in range(50)
    ]


def test_rows_of_one_order_are_its_lines(tmp_path: Path) -> None:
    text = "Order,Town,Land,Item,Qty,Price\n1,Lund,SE,A,2,5.50\n2,Ystad,SE,A,1,5.50\n1,Lund,SE,B,1,7\n"
    first, second = rows_of(a_mapping(tmp_path, ORDERS), text)
    assert ("1", "Lund") == (first.fields["external_id"], first.fields["ship_to.city"])
    assert [("A", Decimal(2)), ("B", Decimal(1))] == [
        (line.fields["item.SKU"], line.fields["quantity"]) for line in first.lines
    ]
    assert ["row 3"] == [line.place for line in second.lines]


def test_rows_of_one_order_that_differ_make_it_unusable(tmp_path: Path) -> None:
    text = "Order,Town,Land,Item,Qty\n1,Lund,SE,A,2\n1,Ystad,SE,B,1\n2,Ystad,SE,B,1\n"
    torn, whole = rows_of(a_mapping(tmp_path, ORDERS), text)
    assert torn.fault is not None
    assert ("row 3", "ship_to.city", "mapping.rows-differ") == (torn.fault.place, torn.fault.field, torn.fault.code)
    assert whole.fault is None


def test_bad_line_leaves_the_others(tmp_path: Path) -> None:
    [order] = rows_of(a_mapping(tmp_path, ORDERS), "Order,Item,Qty\n1,A,x\n1,B,1\n1,C,\n")
    assert order.fault is None
    assert ["mapping.value", "", "mapping.missing"] == [line.fault.code if line.fault else "" for line in order.lines]


def test_tree_says_what_stands_at_its_places(tmp_path: Path) -> None:
    tree = {
        "id": 820982911946154508,
        "meta": {"number": "#7"},
        "total": {"currency": "EUR"},
        "cart": {"lines": [{"sku": "A", "qty": 2}, {"product": {"sku": "B"}, "qty": "3"}]},
    }
    [said] = trees_of(a_mapping(tmp_path, TREES), tree)
    assert {"external_id": "820982911946154508", "number": "#7", "currency": "EUR"} == said.fields
    assert [("A", Decimal(2), "#7"), ("B", Decimal(3), "#7")] == [
        (line.fields["item.SKU"], line.fields["quantity"], line.fields["title"]) for line in said.lines
    ]
    assert "[0].cart.lines[1]" == said.lines[1].place


def test_one_line_that_is_no_list_is_one_line(tmp_path: Path) -> None:
    [said] = trees_of(a_mapping(tmp_path, TREES), {"id": "1", "cart": {"lines": {"sku": "A", "qty": "1"}}})
    assert 1 == len(said.lines)


def test_tree_without_what_is_needed_is_unusable(tmp_path: Path) -> None:
    [said] = trees_of(a_mapping(tmp_path, TREES), {"cart": {"lines": []}})
    assert said.fault is not None
    assert ("external_id", "mapping.missing") == (said.fault.field, said.fault.code)
