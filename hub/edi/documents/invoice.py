"""810 invoice, read: TDS01 and SAC05 carry two implied decimals, everything else a written point."""

from __future__ import annotations

import datetime as dt
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
    date_reference,
    reference,
    without_parties,
)
from hub.edi.documents.reading import Reading
from hub.edi.findings import Finding
from hub.edi.interchange import TransactionSet
from hub.edi.segment import Segment

_TOTALS = ("TDS", "CTT", "SE")


@dataclass(frozen=True, slots=True)
class AllowanceCharge:
    """SAC: ``indicator`` C or N charge, A allowance; ``amount`` with its implied decimals applied."""

    indicator: str
    code: str
    amount: Decimal | None
    description: str = ""


@dataclass(frozen=True, slots=True)
class Tax:
    """TXI: tax type, amount, percent."""

    type: str
    amount: Decimal | None
    percent: Decimal | None = None


@dataclass(frozen=True, slots=True)
class InvoiceLine:
    """IT1 loop; ``price`` is per ``price_basis`` unit and may have four decimals."""

    number: str
    quantity: Decimal | None
    unit: str
    price: Decimal | None = None
    price_basis: str = ""
    ids: ProductIds = ()
    descriptions: tuple[str, ...] = ()
    references: tuple[Reference, ...] = ()
    allowances: tuple[AllowanceCharge, ...] = ()
    taxes: tuple[Tax, ...] = ()


@dataclass(frozen=True, slots=True)
class Terms:
    """ITD: discount percent and days, net days and date."""

    discount_percent: Decimal | None = None
    discount_days: int | None = None
    net_date: dt.date | None = None
    net_days: int | None = None


@dataclass(frozen=True, slots=True)
class Invoice:
    """810. ``type`` is BIG07 (DR or empty invoice, CR credit); amounts are positive either way."""

    number: str
    date: dt.date | None
    purchase_order_number: str = ""
    purchase_order_date: dt.date | None = None
    type: str = ""
    currency: str = ""
    total: Decimal | None = None
    references: tuple[Reference, ...] = ()
    dates: tuple[DateReference, ...] = ()
    parties: tuple[Party, ...] = ()
    terms: tuple[Terms, ...] = ()
    carriers: tuple[CarrierDetail, ...] = ()
    lines: tuple[InvoiceLine, ...] = ()
    allowances: tuple[AllowanceCharge, ...] = ()
    taxes: tuple[Tax, ...] = ()
    lines_claimed: int | None = None
    findings: tuple[Finding, ...] = field(default=(), compare=False)


def parse_invoice(transaction_set: TransactionSet) -> Invoice:
    """Read an 810. Unreadable values are None and a finding; raises DataError only for another set."""
    reading = Reading(transaction_set, "810")
    body, totals = _parted(transaction_set.segments)
    header, loops = blocks(body, "IT1")
    parties, rest = without_parties(header)
    big = next((item for item in rest if item.id == "BIG"), Segment(("BIG",)))
    summary = {item.id: item for item in reversed(totals)}
    whole = [*rest, *totals]
    return Invoice(
        date=reading.date(big, 1),
        number=big.get(2),
        purchase_order_date=reading.date(big, 3),
        purchase_order_number=big.get(4),
        type=big.get(7),
        currency=next((item.get(2) for item in rest if item.id == "CUR"), ""),
        total=reading.decimal(summary["TDS"], 1, implied=2) if "TDS" in summary else None,
        references=tuple(reference(item) for item in rest if item.id == "REF"),
        dates=tuple(date_reference(item, reading) for item in rest if item.id == "DTM"),
        parties=parties,
        terms=tuple(_terms(item, reading) for item in rest if item.id == "ITD"),
        carriers=tuple(carrier_detail(item) for item in rest if item.id == "TD5"),
        lines=tuple(_line(loop, reading) for loop in loops),
        allowances=tuple(_allowance(item, reading) for item in whole if item.id == "SAC"),
        taxes=tuple(_tax(item, reading) for item in whole if item.id == "TXI"),
        lines_claimed=reading.integer(summary["CTT"], 1) if "CTT" in summary else None,
        findings=tuple(reading.findings),
    )


def _parted(segments: tuple[Segment, ...]) -> tuple[tuple[Segment, ...], tuple[Segment, ...]]:
    """The segments before the totals and the totals: a SAC behind TDS is the document's, not the last line's."""
    for number, segment in enumerate(segments):
        if segment.id in _TOTALS:
            return segments[:number], segments[number:]
    return segments, ()


def _line(loop: tuple[Segment, ...], reading: Reading) -> InvoiceLine:
    head = loop[0]
    return InvoiceLine(
        number=head.get(1),
        quantity=reading.decimal(head, 2),
        unit=head.get(3),
        price=reading.decimal(head, 4),
        price_basis=head.get(5),
        ids=head.pairs(6),
        descriptions=tuple(item.get(5) for item in loop if item.id == "PID" and item.get(5)),
        references=tuple(reference(item) for item in loop if item.id == "REF"),
        allowances=tuple(_allowance(item, reading) for item in loop if item.id == "SAC"),
        taxes=tuple(_tax(item, reading) for item in loop if item.id == "TXI"),
    )


def _allowance(sac: Segment, reading: Reading) -> AllowanceCharge:
    return AllowanceCharge(
        indicator=sac.get(1),
        code=sac.get(2) or sac.get(4),
        amount=reading.decimal(sac, 5, implied=2),
        description=sac.get(15),
    )


def _tax(txi: Segment, reading: Reading) -> Tax:
    return Tax(txi.get(1), reading.decimal(txi, 2), reading.decimal(txi, 3))


def _terms(itd: Segment, reading: Reading) -> Terms:
    return Terms(
        discount_percent=reading.decimal(itd, 3),
        discount_days=reading.integer(itd, 5),
        net_date=reading.date(itd, 6),
        net_days=reading.integer(itd, 7),
    )
