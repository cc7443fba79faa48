"""Records of orders."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from hub.errors import ConfigurationError, DataError
from hub.model.order import Order
from hub.sdk.capabilities import Parsed
from hub.sdk.mapped.reading import parse_mapped
from tests.unit.sdk.mapped.records import CHANNEL, WRITTEN, as_json, codebook, codes, compiled, document, taken

ROWS = """
    document: orders
    format:
      kind: csv
      columns: {Order: {}, Rev: {}, Name: {}, Town: {}, Land: {}, Item: {}, Unit: {}, Qty: {}, Price: {}, Fee: {}}
    fields:
      external_id: Order
      revision: Rev
      currency: {value: EUR}
      shipping_charge: Fee
      ship_to.name: Name
      ship_to.city: Town
      ship_to.country: Land
    lines:
      by: [Order]
      fields:
        item.VN: Item
        unit: Unit
        quantity: Qty
        unit_price: Price
"""
TREES = """
    document: orders
    format: {kind: json}
    fields:
      external_id: id
      number: no
      placed_at: at
      service: how
      promised_by: by
      ship_to.country: to.land
    lines:
      each: lines
      fields: {line_id: key, item.VN: item, quantity: qty, title: text}
"""


def orders_of(parsed: Parsed) -> list[Order]:
    return [each for each in parsed.items if isinstance(each, Order)]


def test_rows_of_one_order_are_its_lines_in_eaches(tmp_path: Path) -> None:
    text = (
        "Order,Name,Town,Land,Item,Unit,Qty,Price,Fee\n"
        "7,Jo,Lund,se,N-1,,2,4.50,3\n"
        "8,Li,Oslo,NO,N-1,,1,,\n"
        "7,Jo,Lund,se,N-2,CA,3,36,3\n"
    )
    seven, eight = orders_of(taken(tmp_path, ROWS, text))
    assert ("7", "7", CHANNEL, WRITTEN) == (seven.external_id, seven.number, seven.channel, seven.placed_at)
    assert [("CUP", Decimal(2), Decimal("4.5")), ("TEA", Decimal(36), Decimal(3))] == [
        (line.sku, line.quantity, line.unit_price and line.unit_price.amount) for line in seven.lines
    ]
    assert ["1", "2"] == [line.line_id for line in seven.lines]
    assert seven.ship_to is not None
    assert ("Jo", "Lund", "SE") == (seven.ship_to.name, seven.ship_to.city, seven.ship_to.country)
    assert seven.shipping_charge is not None
    assert (Decimal(3), None) == (seven.shipping_charge.amount, eight.shipping_charge)


def test_tree_says_all_that_an_order_has(tmp_path: Path) -> None:
    line = {"key": "L9", "item": "N-1", "qty": 2, "text": "Cup"}
    record = {"id": "7", "no": "#7", "at": "2026-11-22T10:00+01:00", "how": "express", "by": "2026-12-01"}
    [order] = orders_of(taken(tmp_path, TREES, as_json({**record, "to": {"land": "DE"}, "lines": line})))
    assert ("#7", "express", date(2026, 12, 1)) == (order.number, order.service, order.promised_by)
    assert datetime(2026, 11, 22, 9, tzinfo=UTC) == order.placed_at
    assert [("L9", "CUP", "N-1", "Cup")] == [
        (each.line_id, each.sku, each.channel_item, each.title) for each in order.lines
    ]


def test_line_of_an_unmapped_item_waits_and_is_the_same_line_once_it_is_mapped(tmp_path: Path) -> None:
    text = "Order,Item,Qty\n7,N-1,2\n7,N-2,3\n"
    lacking = codebook(items=codebook().items[:1])
    before = taken(tmp_path, ROWS, text, lacking)
    [order] = orders_of(before)
    assert [("CUP", "N-1", "1"), (None, "N-2", "2")] == [
        (line.sku, line.channel_item, line.line_id) for line in order.lines if line.sku or line.channel_item
    ]
    assert [("row 3", "data.unmapped-item")] == codes(before)


def test_unmapped_item_in_a_unit_that_only_its_row_could_tell_leaves_its_line_out(tmp_path: Path) -> None:
    parsed = taken(tmp_path, ROWS, "Order,Item,Unit,Qty\n7,N-1,EA,2\n7,N-9,BOX,3\n")
    [order] = orders_of(parsed)
    assert ["CUP"] == [line.sku for line in order.lines]
    assert [("row 3", "data.unmapped-item"), ("row 3", "data.unknown-unit")] == codes(parsed)


def test_order_with_more_readable_lines_is_newer_and_the_same_again_is_not(tmp_path: Path) -> None:
    head = "Order,Item,Qty\n7,N-1,2\n"
    [bad] = orders_of(taken(tmp_path, ROWS, f"{head}7,N-2,x\n"))
    [good] = orders_of(taken(tmp_path, ROWS, f"{head}7,N-2,3\n"))
    [again] = orders_of(taken(tmp_path, ROWS, f"{head}7,N-2,3\n"))
    assert bad.revision < good.revision == again.revision


def test_version_of_an_order_with_an_unreadable_line_is_not_taken_for_fewer_lines(tmp_path: Path) -> None:
    parsed = taken(tmp_path, ROWS, "Order,Rev,Item,Qty\n7,2,N-1,2\n7,2,N-2,x\n8,1,N-1,1\n")
    assert ["8"] == [each.external_id for each in orders_of(parsed)]
    assert [("row 3, Qty", "mapping.value")] == codes(parsed)


@pytest.mark.parametrize(
    ("rows", "where", "code"),
    [
        ("7,Jo,Lund,SE,N-1,0", "row 2, quantity", "mapping.value"),
        ("7,Jo,Lund,SE,N-1,-1", "row 2, quantity", "mapping.value"),
        ("7,Jo,Lund,Sweden,N-1,1", "row 2", "data.missing-country"),
        ("7,Jo,Lund,,N-1,1", "row 2", "data.missing-country"),
        (",Jo,Lund,SE,N-1,1", "row 2, Order", "mapping.missing"),
        ("7,Jo,Lund,SE,N-1,1\n7,Jo,Oslo,SE,N-2,1", "row 3", "mapping.rows-differ"),
    ],
)
def test_order_that_cannot_be_used_is_a_problem_and_the_next_one_flows(
    tmp_path: Path, rows: str, where: str, code: str
) -> None:
    parsed = taken(tmp_path, ROWS, f"Order,Name,Town,Land,Item,Qty\n{rows}\n9,Li,Oslo,NO,N-1,4\n")
    assert ["9"] == [each.external_id for each in orders_of(parsed)]
    assert [(where, code)] == codes(parsed)


def test_two_lines_of_one_key_refuse_their_order(tmp_path: Path) -> None:
    lines = [{"key": "A", "item": "N-1", "qty": 1}, {"key": "A", "item": "N-2", "qty": 1}]
    parsed = taken(tmp_path, TREES, as_json({"id": "7", "lines": lines}, {"id": "8", "lines": lines[:1]}))
    assert ["8"] == [each.external_id for each in orders_of(parsed)]
    assert [("[0].lines[1], line_id", "mapping.value")] == codes(parsed)


def test_order_without_lines_is_a_problem(tmp_path: Path) -> None:
    parsed = taken(tmp_path, TREES, as_json({"id": "7", "lines": []}))
    assert ((), [("[0], lines", "mapping.value")]) == (parsed.items, codes(parsed))


def test_problem_never_repeats_what_may_be_a_persons(tmp_path: Path) -> None:
    mapping = TREES.replace("ship_to.country: to.land", "ship_to.name: to.name")
    record = {"id": "7", "to": {"name": ["Jo Canary", "Li Canary"]}, "lines": [{"item": "N-1", "qty": 1}]}
    parsed = taken(tmp_path, mapping, as_json(record))
    assert [("[0], to.name", "mapping.several-values")] == codes(parsed)
    assert "Canary" not in repr(parsed)


def test_file_without_the_column_that_tells_orders_apart_is_refused(tmp_path: Path) -> None:
    mapping = ROWS.replace("external_id: Order", "external_id: {from: [Order, Name]}")
    with pytest.raises(DataError) as caught:
        taken(tmp_path, mapping, "Name,Item,Qty\n7,N-1,1\n")
    assert "records.column-missing" == caught.value.code


def test_orders_need_a_channel(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as caught:
        parse_mapped(document("Order,Item,Qty\n7,N-1,1\n"), compiled(tmp_path, ROWS), codebook())
    assert "configuration.no-channel" == caught.value.code
