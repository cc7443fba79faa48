"""What a mapping names must be there; what is not is said with its place and what was meant."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from hub.errors import ConfigurationError
from tests.unit.mapping.fields.mappings import a_mapping, rows_of

GOOD = """\
document: stock
format:
  kind: csv
  columns: {Item: {}, Qty: {}}
about:
  mode: {value: full}
fields:
  item.VN: Item
  on_hand: Qty
"""
ORDERS = """\
document: orders
format: {kind: json}
fields:
  external_id: id
lines:
  each: lines
  fields:
    item.SKU: sku
    quantity: qty
"""


@pytest.mark.parametrize(
    ("written", "instead", "place", "words"),
    [
        ("on_hand: Qty", "on_hnad: Qty", "9:3", "Did you mean on_hand?"),
        ("on_hand: Qty", "on_hand: Quantity", "9:3", "Known: Item, Qty"),
        ("on_hand: Qty", "on_hand: {from: Qty, using: [uper]}", "9:32", "Did you mean upper?"),
        ("on_hand: Qty", "on_hand: {from: Qty, using: [{left: x}]}", "9:32", "whole number"),
        ("on_hand: Qty", "on_hand: {from: Qty, using: [{left: 1, right: 2}]}", "9:32", "There is no function"),
        ("on_hand: Qty", "on_hand: {from: Qty, table: units}", "9:24", "There is no table units"),
        ("on_hand: Qty", "on_hand: {from: Qty, default: some}", "9:24", "some is no number"),
        ("on_hand: Qty", "on_hand: {value: 1, from: Qty}", "9:3", "either from or value"),
        ("on_hand: Qty", "on_hand: {from: Qty, unknown: keep}", "9:3", "unknown is about a table"),
        ("on_hand: Qty", "on_hand: 'Qty['", "9:3", "no place in a record"),
        ("mode: {value: full}", "mode: {value: whole}", "6:10", "none of full, delta"),
        ("  mode: {value: full}", "  reference: {value: x}", "5:1", "need the field mode"),
        ("item.VN: Item", "site: Item", "7:1", "No field names the item"),
        ("document: stock", "document: stocks", "1:1", "stock, prices, orders"),
        ("document: stock", "document: requests", "1:1", "is of one of"),
        ("fields:\n", "lines: {by: [Item], fields: {quantity: Qty}}\nfields:\n", "7:1", "have no lines"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(
    tmp_path: Path, written: str, instead: str, place: str, words: str
) -> None:
    assert written in GOOD
    with pytest.raises(ConfigurationError) as caught:
        a_mapping(tmp_path, GOOD.replace(written, instead))
    assert f"document.yaml:{place}" in caught.value.place
    assert words in f"{caught.value.message} {caught.value.cure}"


@pytest.mark.parametrize(
    ("written", "instead", "words"),
    [
        ("each: lines", "by: [id]", "another kind of file"),
        ("    quantity: qty\n", "", "need the field quantity"),
        ("  external_id: id", "  external_id: id\n  quantity: qty", "is a field of lines"),
        ("    item.SKU: sku\n", "", "No field names the item"),
        ("  each: lines\n", "", "either each"),
    ],
)
def test_lines_are_checked_too(tmp_path: Path, written: str, instead: str, words: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        a_mapping(tmp_path, ORDERS.replace(written, instead))
    assert words in f"{caught.value.message} {caught.value.cure}"


def test_mapping_lies_over_its_template_field_by_field(tmp_path: Path) -> None:
    own = """
        template: base
        format: {columns: {Units: {}}}
        fields:
          on_hand: {from: Units, using: [number, absolute]}
          site: null
    """
    base = GOOD + "  site: {value: MAIN}\n"
    mapping = a_mapping(tmp_path, own, base=dedent(base))
    [said] = rows_of(mapping, "Item,Units\nA,-3\n")
    assert {"item.VN": "A", "on_hand": 3} == said.fields


def test_fault_in_a_template_is_told_of_the_template(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as caught:
        a_mapping(tmp_path, "template: base\n", base=GOOD.replace("on_hand", "onhand"))
    assert "base.yaml:9:3" in caught.value.place


def test_tables_of_the_mapping_hide_those_of_the_partner(tmp_path: Path) -> None:
    text = GOOD.replace("item.VN: Item", "item.VN: {from: Item, table: ids}")
    [said] = rows_of(a_mapping(tmp_path, text, tables={"ids": {"a": "1"}}), "Item,Qty\na,1\n")
    assert "1" == said.fields["item.VN"]
    [said] = rows_of(
        a_mapping(tmp_path, text + "tables: {ids: {a: '2'}}\n", tables={"ids": {"a": "1"}}), "Item,Qty\na,1\n"
    )
    assert "2" == said.fields["item.VN"]
