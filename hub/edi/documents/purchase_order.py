"""850 purchase order, read and written (X12 004010 and 005010)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from hub.edi.documents.parts import (
    CarrierDetail,
    DateReference,
    Party,
    ProductIds,
    Reference,
    blocks,
    carrier_detail,
    carrier_row,
    date_reference,
    date_row,
    date_text,
    decimal_text,
    flat,
    party_named,
    party_rows,
    reference,
    reference_row,
    without_parties,
)
from hub.edi.documents.reading import Reading
from hub.edi.findings import Finding
from hub.edi.interchange import TransactionSet
from hub.edi.segment import Segment
from hub.edi.write import OutboundSet, Row


@dataclass(frozen=True, slots=True)
class PurchaseOrderLine:
    """PO1 loop. ``number`` is PO101 and is echoed by the partner; ``price_basis`` is PO105."""

    number: str
    quantity: Decimal | None
    unit: str
    price: Decimal | None = None
    price_basis: str = ""
    ids: ProductIds = ()
    descriptions: tuple[str, ...] = ()
    dates: tuple[DateReference, ...] = ()
    references: tuple[Reference, ...] = ()


@dataclass(frozen=True, slots=True)
class PurchaseOrder:
    """850. ``purpose`` is BEG01 (00 original), ``order_type`` BEG02 (SA stand-alone, DS drop-ship)."""

    number: str
    date: dt.date | None
    purpose: str = "00"
    order_type: str = "SA"
    release: str = ""
    currency: str = ""
    references: tuple[Reference, ...] = ()
    dates: tuple[DateReference, ...] = ()
    carriers: tuple[CarrierDetail, ...] = ()
    parties: tuple[Party, ...] = ()
    messages: tuple[str, ...] = field(default=(), repr=False)
    lines: tuple[PurchaseOrderLine, ...] = ()
    lines_claimed: int | None = None
    findings: tuple[Finding, ...] = field(default=(), compare=False)

    @property
    def ship_to(self) -> Party | None:
        """The party goods go to (N1*ST), at the header."""
        return party_named(self.parties, "ST")


def parse_purchase_order(transaction_set: TransactionSet) -> PurchaseOrder:
    """Read an 850. Unreadable values are None and a finding; raises DataError only for another set."""
    reading = Reading(transaction_set, "850")
    header, loops = blocks(transaction_set.segments, "PO1")
    found: dict[str, list[Segment]] = {}
    parties, rest = without_parties(header)
    for segment in rest:
        found.setdefault(segment.id, []).append(segment)
    beg = next(iter(found.get("BEG", ())), Segment(("BEG",)))
    currency = next((item.get(2) for item in found.get("CUR", ())), "")
    totals = [item for item in transaction_set.segments if item.id == "CTT"]
    return PurchaseOrder(
        purpose=beg.get(1),
        order_type=beg.get(2),
        number=beg.get(3),
        release=beg.get(4),
        date=reading.date(beg, 5),
        currency=currency,
        references=tuple(reference(item) for item in found.get("REF", ())),
        dates=tuple(date_reference(item, reading) for item in found.get("DTM", ())),
        carriers=tuple(carrier_detail(item) for item in found.get("TD5", ())),
        parties=parties,
        messages=tuple(item.get(1) for item in found.get("MSG", ())),
        lines=tuple(_line(loop, reading) for loop in loops),
        lines_claimed=reading.integer(totals[-1], 1) if totals else None,
        findings=tuple(reading.findings),
    )


def _line(loop: tuple[Segment, ...], reading: Reading) -> PurchaseOrderLine:
    head = loop[0]
    return PurchaseOrderLine(
        number=head.get(1),
        quantity=reading.decimal(head, 2),
        unit=head.get(3),
        price=reading.decimal(head, 4),
        price_basis=head.get(5),
        ids=head.pairs(6),
        descriptions=tuple(item.get(5) for item in loop if item.id == "PID" and item.get(5)),
        dates=tuple(date_reference(item, reading) for item in loop if item.id == "DTM"),
        references=tuple(reference(item) for item in loop if item.id == "REF"),
    )


def render_purchase_order(order: PurchaseOrder) -> OutboundSet:
    """The 850's segments between ST and SE; CTT01 is counted here."""
    return OutboundSet("850", tuple(_rows(order)))


def _rows(order: PurchaseOrder) -> Iterator[Row]:
    yield ("BEG", order.purpose, order.order_type, order.number, order.release, date_text(order.date))
    if order.currency:
        yield ("CUR", "BY", order.currency)
    yield from (reference_row(item) for item in order.references)
    yield from (date_row(item) for item in order.dates)
    yield from (carrier_row(item) for item in order.carriers)
    if order.messages:
        yield ("N9", "ZZ", order.number)
        yield from (("MSG", text) for text in order.messages)
    for party in order.parties:
        yield from party_rows(party)
    for line in order.lines:
        price = decimal_text(line.price)
        head = ("PO1", line.number, decimal_text(line.quantity), line.unit, price, line.price_basis)
        yield (*head, *flat(line.ids))
        yield from (("PID", "F", "", "", "", text) for text in line.descriptions)
        yield from (reference_row(item) for item in line.references)
        yield from (date_row(item) for item in line.dates)
    yield ("CTT", str(len(order.lines)))
