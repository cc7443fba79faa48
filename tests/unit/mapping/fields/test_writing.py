"""Mappings at work on what we send."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from hub.errors import ConfigurationError, DataError
from hub.mapping.fields.writing import OurRecord, RowWriter, TreeWriter
from tests.unit.mapping.fields.mappings import ABOUT, a_mapping

FILE = """
    document: requests
    direction: out
    format:
      kind: csv
      columns: {PO: {}, Date: {}, Town: {}, Item: {}, Qty: {}, Svc: {}, By: {}}
      locale: {decimal: ",", date: ["%d.%m.%Y"], moment: ["%d.%m.%Y %H:%M"], timezone: Europe/Berlin}
    fields:
      PO: request_id
      Date: requested_at
      Town: {from: ship_to.city, using: [upper, {left: 4}]}
      Item: line.item.VN
      Qty: line.quantity
      Svc: {from: service, table: services, unknown: keep}
      By: promised_by
    tables:
      services: {express: X1}
"""
TREE = """
    document: requests
    direction: out
    format: {kind: json}
    fields:
      order.ref: request_id
      order.ship_to.town: ship_to.city
      order.kind: {value: drop}
    lines:
      each: order.items
      fields:
        id: item.VN
        qty: quantity
        po: /request_id
"""
REQUEST = OurRecord(
    {
        "request_id": "P1",
        "requested_at": datetime(2026, 7, 1, 8, 30, tzinfo=UTC),
        "promised_by": date(2026, 7, 3),
        "ship_to.city": "Lund",
        "service": "express",
    },
    [{"item.VN": "007", "quantity": Decimal("2.5")}, {"item.VN": "8", "quantity": Decimal(1)}],
)


def test_each_line_is_a_row(tmp_path: Path) -> None:
    writer = RowWriter(a_mapping(tmp_path, FILE))
    assert ("PO", "Date", "Town", "Item", "Qty", "Svc", "By") == writer.columns
    assert [
        ["P1", "01.07.2026 10:30", "LUND", "007", Decimal("2.5"), "X1", "03.07.2026"],
        ["P1", "01.07.2026 10:30", "LUND", "8", Decimal(1), "X1", "03.07.2026"],
    ] == list(writer.rows([REQUEST], ABOUT))


def test_lines_stand_at_their_place_in_a_tree(tmp_path: Path) -> None:
    [tree] = TreeWriter(a_mapping(tmp_path, TREE)).trees([REQUEST], ABOUT)
    items = [{"id": "007", "qty": Decimal("2.5"), "po": "P1"}, {"id": "8", "qty": Decimal(1), "po": "P1"}]
    assert {"order": {"ref": "P1", "ship_to": {"town": "Lund"}, "kind": "drop", "items": items}} == tree


def test_record_without_what_is_required_is_not_written(tmp_path: Path) -> None:
    text = FILE.replace("Town: {from: ship_to.city,", "Town: {required: true, from: ship_to.city,")
    bare = OurRecord({"request_id": "P2"}, REQUEST.lines)
    with pytest.raises(DataError) as caught:
        list(RowWriter(a_mapping(tmp_path, text)).rows([bare], ABOUT))
    assert ("mapping.missing", "Town") == (caught.value.code, caught.value.path)


@pytest.mark.parametrize(
    ("written", "instead", "words"),
    [
        ("Qty: line.quantity", "Qty: quantity", "Did you mean line.quantity"),
        ("Town: {from: ship_to.city", "Town: {from: ship_to.town", "There is no field of requests ship_to.town"),
        ("Svc: {from", "Service: {from", "There is no column Service"),
    ],
)
def test_what_is_not_ours_is_said(tmp_path: Path, written: str, instead: str, words: str) -> None:
    assert written in FILE
    with pytest.raises(ConfigurationError) as caught:
        a_mapping(tmp_path, FILE.replace(written, instead))
    assert words in f"{caught.value.message} {caught.value.cure}"
