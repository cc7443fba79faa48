"""Conditions and worked-out texts in mappings."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from hub.errors import ConfigurationError
from tests.unit.mapping.fields.mappings import a_mapping, rows_of, trees_of

STOCK = """\
document: stock
format:
  kind: csv
  columns: {Item: {}, Qty: {}, Held: {}, State: {}}
about:
  mode: {value: full}
  reference: "${file.name}"
skip: row.State == 'TOTAL'
fields:
  item.VN: "NW-${row.Item}"
  available: {from: "${decimal(row.Qty) - decimal(row.Held)}", when: "row.Held != ''", default: 0}
  discontinued: {value: true, when: "row.State in ['X', 'Z']"}
"""


def test_conditions_and_texts_are_worked_out_of_the_row(tmp_path: Path) -> None:
    text = "Item,Qty,Held,State\n7,12,2.5,A\n8,5,,X\nall,99,1,TOTAL\n"
    first, second = rows_of(a_mapping(tmp_path, STOCK), text)
    assert {"item.VN": "NW-7", "available": Decimal("9.5")} == first.fields
    assert {"item.VN": "NW-8", "available": Decimal(0), "discontinued": True} == second.fields


def test_value_that_cannot_be_worked_out_makes_its_row_unusable(tmp_path: Path) -> None:
    bad, good = rows_of(a_mapping(tmp_path, STOCK), "Item,Qty,Held,State\n7,many,2,A\n8,5,1,A\n")
    assert bad.fault is not None
    assert ("available", "expression.evaluation") == (bad.fault.field, bad.fault.code)
    assert good.fault is None


@pytest.mark.parametrize(
    ("written", "instead", "place", "words"),
    [
        ("row.State == 'TOTAL'", "row.Sate == 'TOTAL'", "8:1", "State"),
        ("row.State == 'TOTAL'", "row.State", "8:1", "bool"),
        ("row.Held != ''", "row.Held > 5", "11:", "text"),
        ("NW-${row.Item}", "NW-${rwo.Item}", "10:3", "row"),
        ("NW-${row.Item}", "NW-${row.Item", "10:3", "}"),
        ("${file.name}", "${file.nmae}", "7:3", "name"),
        ("decimal(row.Qty)", "decmal(row.Qty)", "11:3", "decimal"),
    ],
)
def test_faulty_expression_is_said_with_its_place_in_the_file(
    tmp_path: Path, written: str, instead: str, place: str, words: str
) -> None:
    assert written in STOCK
    with pytest.raises(ConfigurationError) as caught:
        a_mapping(tmp_path, STOCK.replace(written, instead))
    assert f"document.yaml:{place}" in caught.value.place
    assert "column" in caught.value.place
    assert words in f"{caught.value.message} {caught.value.cure}"


def test_lines_of_trees_know_their_record(tmp_path: Path) -> None:
    mapping = a_mapping(
        tmp_path,
        """
        document: orders
        format: {kind: json}
        fields:
          external_id: id
        lines:
          each: lines
          fields:
            item.SKU: {from: sku, when: "line.kind != 'service'"}
            quantity: qty
            title: "${row.id}/${line.sku}"
        """,
    )
    [said] = trees_of(mapping, {"id": "7", "lines": [{"sku": "A", "qty": 1, "kind": "goods"}]})
    assert {"item.SKU": "A", "quantity": Decimal(1), "title": "7/A"} == said.lines[0].fields
