"""855 purchase order acknowledgement, read and written."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from hub.edi.documents.parts import (
    DateReference,
    Party,
    ProductIds,
    Reference,
    Schedule,
    blocks,
    date_reference,
    date_row,
    date_text,
    decimal_text,
    flat,
    party_rows,
    reference,
    reference_row,
    schedule,
    schedule_row,
    without_parties,
)
from hub.edi.documents.reading import Reading
from hub.edi.findings import Finding
from hub.edi.interchange import TransactionSet
from hub.edi.segment import Segment
from hub.edi.write import OutboundSet, Row


@dataclass(frozen=True, slots=True)
class LineStatus:
    """ACK: what the seller says of a part of the line.

    ``code`` is ACK01 (IA accepted, IB backorder, IR rejected ... edi.md 6.2); ``quantity`` None means
    the whole line; ``ids`` from ACK07 on name a substitute.
    """

    code: str
    quantity: Decimal | None = None
    unit: str = ""
    date_qualifier: str = ""
    date: dt.date | None = None
    request_number: str = ""
    ids: ProductIds = ()
    industry_code: str = ""
    schedules: tuple[Schedule, ...] = ()


@dataclass(frozen=True, slots=True)
class AcknowledgementLine:
    """PO1 loop of an 855; several statuses add up to the ordered quantity."""

    number: str
    quantity: Decimal | None
    unit: str
    price: Decimal | None = None
    price_basis: str = ""
    ids: ProductIds = ()
    statuses: tuple[LineStatus, ...] = ()
    schedules: tuple[Schedule, ...] = ()
    dates: tuple[DateReference, ...] = ()
    references: tuple[Reference, ...] = ()


@dataclass(frozen=True, slots=True)
class PurchaseOrderAcknowledgement:
    """855. ``status`` is BAK02: AD, AC, AE, AK, AT accepted in some degree, RD, RJ, RF rejected."""

    purchase_order_number: str
    status: str
    purpose: str = "00"
    date: dt.date | None = None
    release: str = ""
    seller_number: str = ""
    acknowledged_on: dt.date | None = None
    references: tuple[Reference, ...] = ()
    dates: tuple[DateReference, ...] = ()
    parties: tuple[Party, ...] = ()
    lines: tuple[AcknowledgementLine, ...] = ()
    lines_claimed: int | None = None
    findings: tuple[Finding, ...] = field(default=(), compare=False)


def parse_acknowledgement(transaction_set: TransactionSet) -> PurchaseOrderAcknowledgement:
    """Read an 855. Unreadable values are None and a finding; raises DataError only for another set."""
    reading = Reading(transaction_set, "855")
    header, loops = blocks(transaction_set.segments, "PO1")
    parties, rest = without_parties(header)
    bak = next((item for item in rest if item.id == "BAK"), Segment(("BAK",)))
    totals = [item for item in transaction_set.segments if item.id == "CTT"]
    return PurchaseOrderAcknowledgement(
        purpose=bak.get(1),
        status=bak.get(2),
        purchase_order_number=bak.get(3),
        date=reading.date(bak, 4),
        release=bak.get(5),
        seller_number=bak.get(8),
        acknowledged_on=reading.date(bak, 9),
        references=tuple(reference(item) for item in rest if item.id == "REF"),
        dates=tuple(date_reference(item, reading) for item in rest if item.id == "DTM"),
        parties=parties,
        lines=(*_loose_lines(rest, reading), *(_line(loop, reading) for loop in loops)),
        lines_claimed=reading.integer(totals[-1], 1) if totals else None,
        findings=tuple(reading.findings),
    )


def _loose_lines(rest: list[Segment], reading: Reading) -> Iterator[AcknowledgementLine]:
    """Some partners leave PO1 out: an ACK before any PO1 is a line of its own, named by its ids only."""
    for block in blocks(rest, "ACK")[1]:
        status = _status(block, reading)
        yield AcknowledgementLine("", status.quantity, status.unit, ids=status.ids, statuses=(status,))


def _line(loop: tuple[Segment, ...], reading: Reading) -> AcknowledgementLine:
    head, *others = loop
    before, statuses = blocks(others, "ACK")
    return AcknowledgementLine(
        number=head.get(1),
        quantity=reading.decimal(head, 2),
        unit=head.get(3),
        price=reading.decimal(head, 4),
        price_basis=head.get(5),
        ids=head.pairs(6),
        statuses=tuple(_status(block, reading) for block in statuses),
        schedules=tuple(schedule(item, reading) for item in before if item.id == "SCH"),
        dates=tuple(date_reference(item, reading) for item in others if item.id == "DTM"),
        references=tuple(reference(item) for item in others if item.id == "REF"),
    )


def _status(block: tuple[Segment, ...], reading: Reading) -> LineStatus:
    ack = block[0]
    pairs = Segment(ack.elements[:29]).pairs(7)
    return LineStatus(
        code=ack.get(1),
        quantity=reading.decimal(ack, 2),
        unit=ack.get(3),
        date_qualifier=ack.get(4),
        date=reading.date(ack, 5),
        request_number=ack.get(6),
        ids=pairs,
        industry_code=ack.get(29),
        schedules=tuple(schedule(item, reading) for item in block if item.id == "SCH"),
    )


def render_acknowledgement(document: PurchaseOrderAcknowledgement) -> OutboundSet:
    """The 855's segments between ST and SE; CTT01 is counted here."""
    return OutboundSet("855", tuple(_rows(document)))


def _rows(document: PurchaseOrderAcknowledgement) -> Iterator[Row]:
    number, date = document.purchase_order_number, date_text(document.date)
    head = ("BAK", document.purpose, document.status, number, date, document.release, "", "")
    yield (*head, document.seller_number, date_text(document.acknowledged_on))
    yield from (reference_row(item) for item in document.references)
    yield from (date_row(item) for item in document.dates)
    for party in document.parties:
        yield from party_rows(party)
    for line in document.lines:
        price = decimal_text(line.price)
        row = ("PO1", line.number, decimal_text(line.quantity), line.unit, price, line.price_basis)
        yield (*row, *flat(line.ids))
        yield from (reference_row(item) for item in line.references)
        yield from (date_row(item) for item in line.dates)
        yield from map(schedule_row, line.schedules)
        for status in line.statuses:
            yield _status_row(status)
            yield from map(schedule_row, status.schedules)
    yield ("CTT", str(len(document.lines)))


def _status_row(status: LineStatus) -> Row:
    when = (status.date_qualifier, date_text(status.date), status.request_number)
    row = ("ACK", status.code, decimal_text(status.quantity), status.unit, *when, *flat(status.ids))
    if not status.industry_code:
        return row
    return (*row, *("",) * (29 - len(row)), status.industry_code)
