"""Records of what left, and of what is billed for it."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from hub.model.purchase import Invoice
from hub.model.shipment import Shipment
from hub.sdk.capabilities import Parsed
from tests.unit.sdk.mapped.records import NOW, WRITTEN, as_json, codebook, codes, taken

SHIPMENTS = """
    document: shipments
    format:
      kind: csv
      columns:
        {Ship: {}, PO: {}, Line: {}, Item: {}, Unit: {}, Qty: {}, Track: {}, By: {}, Sscc: {}, Site: {}, Left: {},
         Last: {}}
    fields:
      shipment_id: Ship
      site: Site
      shipped_at: Left
      tracking_number: Track
      carrier: {from: By, table: carriers, unknown: keep}
      sscc: Sscc
    lines:
      by: [Ship]
      fields: {request_id: PO, number: Line, item.VN: Item, unit: Unit, quantity: Qty, closes: Last}
    tables: {carriers: {U: UPS}}
"""
INVOICES = """
    document: invoices
    format: {kind: json}
    fields: {invoice_number: no, request_id: po, invoiced_at: at, currency: cur, charges: freight, total: total}
    lines:
      each: lines
      fields: {number: line, item.VN: item, unit: unit, quantity: qty, unit_price: price}
"""
LINE = {"item": "N-2", "qty": "2", "price": "36"}
INVOICE = {"no": "I1", "po": "P1", "cur": "EUR", "total": "75.5", "freight": "3.5", "lines": [LINE]}


def shipments_of(parsed: Parsed) -> list[Shipment]:
    return [each for each in parsed.items if isinstance(each, Shipment)]


def test_shipment_says_what_left_in_eaches_and_in_which_parcel(tmp_path: Path) -> None:
    text = (
        "Ship,PO,Line,Item,Unit,Qty,Track,By,Sscc,Site,Left,Last\n"
        "S1,P1,1,N-1,,4,1Z9,U,00345678901234567890,W,2026-11-22T10:00Z,no\n"
        "S1,P2,,N-2,CA,3,1Z9,U,00345678901234567890,W,2026-11-22T10:00Z,yes\n"
    )
    [shipment] = shipments_of(taken(tmp_path, SHIPMENTS, text))
    assert ("S1", "west", datetime(2026, 11, 22, 10, tzinfo=UTC)) == (
        shipment.shipment_id,
        shipment.location,
        shipment.shipped_at,
    )
    assert [("P1", 1, "CUP", 4, False), ("P2", None, "TEA", 36, True)] == [
        (line.request_id, line.number, line.sku, int(line.quantity), line.closes) for line in shipment.lines
    ]
    assert [("1Z9", "UPS", "345678901234567890")] == [
        (each.tracking_number, each.carrier, each.sscc) for each in shipment.parcels
    ]


def test_shipment_without_a_moment_left_when_its_file_was_written(tmp_path: Path) -> None:
    mapping = SHIPMENTS.replace("      site: Site\n", "")
    early, late = shipments_of(
        taken(tmp_path, mapping, "Ship,PO,Item,Qty,Left\nS1,P1,N-1,1,\nS2,P1,N-1,1,2027-01-01T00:00Z\n")
    )
    assert (WRITTEN, NOW) == (early.shipped_at, late.shipped_at)
    assert (None, ()) == (early.location, early.parcels)


@pytest.mark.parametrize(
    ("row", "where", "code"),
    [
        ("S1,P1,,N-9,,1", "row 3", "data.unmapped-item"),
        ("S1,P1,,,,1", "row 3", "data.missing-item"),
        ("S1,P1,1.5,,,1", "row 3, number", "mapping.value"),
        ("S1,P1,1,N-1,,0", "row 3, quantity", "mapping.value"),
        ("S1,P1,1,N-1,BOX,1", "row 3", "data.unknown-unit"),
        ("S1,P1,1,,,1", "row 3", "data.unknown-unit"),
        ("S1,,1,N-1,,1", "row 3, request_id", "mapping.missing"),
    ],
)
def test_line_that_cannot_be_used_costs_only_itself(tmp_path: Path, row: str, where: str, code: str) -> None:
    mapping = SHIPMENTS.replace("      site: Site\n", "")
    parsed = taken(tmp_path, mapping, f"Ship,PO,Line,Item,Unit,Qty\nS1,P1,,N-1,,4\n{row}\n")
    found = [each for each in codes(parsed) if each[1] != "data.missing-item"] or codes(parsed)
    assert [(where, code)] == found
    [shipment] = shipments_of(parsed)
    assert [("CUP", 4)] == [(line.sku, int(line.quantity)) for line in shipment.lines]


def test_line_that_is_named_by_its_number_alone_counts_where_nothing_is_counted_in_packs(tmp_path: Path) -> None:
    mapping = SHIPMENTS.replace("      site: Site\n", "")
    parsed = taken(tmp_path, mapping, "Ship,PO,Line,Qty\nS1,P1,2,4\n", codebook(items=codebook().items[:1]))
    [shipment] = shipments_of(parsed)
    assert [(2, None, 4)] == [(line.number, line.sku, int(line.quantity)) for line in shipment.lines]


def test_shipment_from_a_place_that_nobody_knows_is_a_problem(tmp_path: Path) -> None:
    parsed = taken(tmp_path, SHIPMENTS, "Ship,PO,Item,Qty,Site\nS1,P1,N-1,4,X\nS2,P1,N-1,4,E\n")
    assert [("row 2, site", "data.unknown-site")] == codes(parsed)
    assert ["S2"] == [each.shipment_id for each in shipments_of(parsed)]


def test_invoice_bills_eaches_at_the_price_of_one(tmp_path: Path) -> None:
    [invoice] = taken(tmp_path, INVOICES, as_json({**INVOICE, "at": "2026-11-22T10:00Z"})).items
    assert isinstance(invoice, Invoice)
    assert ("I1", "P1", Decimal("75.5"), "EUR") == (
        invoice.invoice_number,
        invoice.request_id,
        invoice.total.amount,
        invoice.total.currency,
    )
    assert [("TEA", 24, 3)] == [(line.sku, int(line.quantity), int(line.unit_price.amount)) for line in invoice.lines]
    assert invoice.charges is not None
    assert Decimal("3.5") == invoice.charges.amount


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"lines": [LINE, {**LINE, "qty": "x"}]}, "mapping.value"),
        ({"lines": [LINE, {**LINE, "item": "N-9"}]}, "data.unmapped-item"),
        ({"lines": [LINE, {**LINE, "qty": "0"}]}, "mapping.value"),
        ({"lines": [LINE, {"line": 1, "qty": "1", "price": "1"}]}, "data.unknown-unit"),
        ({"lines": []}, "mapping.value"),
        ({"cur": "euro"}, "mapping.value"),
        ({"total": None}, "mapping.missing"),
    ],
)
def test_invoice_stands_or_falls_as_a_whole(tmp_path: Path, change: dict[str, object], code: str) -> None:
    parsed = taken(tmp_path, INVOICES, as_json({**INVOICE, **change}, {**INVOICE, "no": "I2"}))
    assert ["I2"] == [each.invoice_number for each in parsed.items if isinstance(each, Invoice)]
    assert code in [each.code for each in parsed.problems]


@pytest.mark.parametrize("written", ["(00)345678901234567890", "00345678901234567890", "(00) 3 4567890 123456789 0"])
def test_serial_number_of_a_parcel_is_read_as_labels_print_it(tmp_path: Path, written: str) -> None:
    row = f"S1,P1,1,N-1,,4,,,{written},W,2026-11-22T10:00Z,no\n"
    found = taken(tmp_path, SHIPMENTS, f"Ship,PO,Line,Item,Unit,Qty,Track,By,Sscc,Site,Left,Last\n{row}")
    [shipment] = shipments_of(found)
    assert ["345678901234567890"] == [each.sscc for each in shipment.parcels]
    assert () == found.problems


def test_serial_number_that_is_none_is_told_and_the_shipment_taken(tmp_path: Path) -> None:
    row = "S1,P1,1,N-1,,4,,,12345,W,2026-11-22T10:00Z,no\n"
    found = taken(tmp_path, SHIPMENTS, f"Ship,PO,Line,Item,Unit,Qty,Track,By,Sscc,Site,Left,Last\n{row}")
    assert 1 == len(shipments_of(found))
    assert [("mapping.value", "12345")] == [(each.code, each.value) for each in found.problems]
