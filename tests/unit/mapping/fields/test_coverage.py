"""What a mapping uses of its records."""

from __future__ import annotations

from pathlib import Path

from hub.mapping.fields.coverage import coverage
from tests.unit.mapping.fields.mappings import a_mapping, trees_of

TREES = """\
document: orders
format: {kind: json}
skip: row.kind == 'test'
fields:
  external_id: id
  number: "#${row.meta.number}"
  service: {from: delivery.code, default: standard}
lines:
  each: cart.lines
  fields:
    item.SKU: sku
    quantity: {from: qty, when: "line.kind != 'gift'"}
    title: /meta.title
"""


def test_places_that_are_used_and_those_that_are_not(tmp_path: Path) -> None:
    mapping = a_mapping(tmp_path, TREES)
    tree = {
        "id": "7",
        "kind": "sale",
        "meta": {"number": 7, "title": "x", "colour": "red"},
        "cart": {"lines": [{"sku": "A", "qty": 1, "kind": "goods", "weight": 3}], "note": ""},
        "total": {"amount": "5", "currency": "EUR"},
    }
    found = coverage(mapping)
    [said] = trees_of(mapping, tree)
    found.take(tree, said)
    assert ["cart.lines.weight", "meta.colour", "total.amount", "total.currency"] == found.unused
    assert ["delivery.code"] == found.missing
    assert 1 == found.records
    assert {"external_id", "number", "service", "item.SKU", "quantity", "title"} == set(found.filled)
