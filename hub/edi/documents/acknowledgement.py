"""855 purchase order acknowledgement, read and written."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Annotated

from hub.edi.documents.layout import At, Counted, Many, Pairs
from hub.edi.documents.layout_reading import read_set
from hub.edi.documents.layout_rows import set_rows
from hub.edi.documents.parts import (
    Carriers,
    Contacts,
    Dates,
    Descriptions,
    Freight,
    Messages,
    Notes,
    Parties,
    ProductIds,
    References,
    Requirements,
    Schedules,
    Sublines,
)
from hub.edi.documents.pricing import AllowanceCharges, Amounts, Packs, Prices, TermsOfSale
from hub.edi.findings import Finding
from hub.edi.interchange import TransactionSet
from hub.edi.segment import Segment
from hub.edi.write import OutboundSet


@dataclass(frozen=True, slots=True)
class LineStatus:
    """ACK: what the seller says of a part of the line.

    ``code`` is ACK01 (IA accepted, IB backorder, IR rejected ... edi.md 6.2); ``quantity`` None means
    the whole line; ``ids`` from ACK07 on name a substitute; ``schedules`` split it over dates.
    """

    code: Annotated[str, At(1)]
    quantity: Annotated[Decimal | None, At(2)] = None
    unit: Annotated[str, At(3)] = ""
    date_qualifier: Annotated[str, At(4)] = ""
    date: Annotated[dt.date | None, At(5)] = None
    request_number: Annotated[str, At(6)] = ""
    ids: Annotated[ProductIds, Pairs(7, last=26)] = ()
    industry_code: Annotated[str, At(29)] = ""
    dates: Dates = ()
    schedules: Schedules = ()


Statuses = Annotated[tuple[LineStatus, ...], Many("ACK")]


@dataclass(frozen=True, slots=True)
class AcknowledgementLine:
    """PO1 loop of an 855; several statuses add up to the ordered quantity."""

    number: Annotated[str, At(1)]
    quantity: Annotated[Decimal | None, At(2)]
    unit: Annotated[str, At(3)]
    price: Annotated[Decimal | None, At(4)] = None
    price_basis: Annotated[str, At(5)] = ""
    ids: Annotated[ProductIds, Pairs(6)] = ()
    prices: Prices = ()
    descriptions: Descriptions = ()
    packs: Packs = ()
    references: References = ()
    charges: AllowanceCharges = ()
    dates: Dates = ()
    amounts: Amounts = ()
    messages: Messages = field(default=(), repr=False)
    schedules: Schedules = ()
    statuses: Statuses = ()
    notes: Notes = ()
    parties: Parties = ()
    sublines: Sublines = ()


@dataclass(frozen=True, slots=True)
class PurchaseOrderAcknowledgement:
    """855. ``status`` is BAK02: AD, AC, AE, AK, AT accepted in some degree, RD, RJ, RF rejected."""

    purchase_order_number: Annotated[str, At(3)]
    status: Annotated[str, At(2)]
    purpose: Annotated[str, At(1)] = "00"
    date: Annotated[dt.date | None, At(4)] = None
    release: Annotated[str, At(5)] = ""
    request_number: Annotated[str, At(6)] = ""
    contract: Annotated[str, At(7)] = ""
    seller_number: Annotated[str, At(8)] = ""
    acknowledged_on: Annotated[dt.date | None, At(9)] = None
    currency: Annotated[str, At(2, "CUR", beside=((1, "SE"),))] = ""
    references: References = ()
    contacts: Contacts = ()
    freight: Freight = ()
    requirements: Requirements = ()
    charges: AllowanceCharges = ()
    terms: TermsOfSale = ()
    dates: Dates = ()
    carriers: Carriers = ()
    messages: Messages = field(default=(), repr=False)
    notes: Notes = ()
    parties: Parties = ()
    lines: Annotated[tuple[AcknowledgementLine, ...], Many("PO1", detail=True)] = ()
    lines_claimed: Annotated[int | None, Counted("CTT", "lines")] = None
    amounts: Amounts = ()
    findings: tuple[Finding, ...] = field(default=(), compare=False)


def parse_acknowledgement(transaction_set: TransactionSet) -> PurchaseOrderAcknowledgement:
    """Read an 855. Unreadable values are None and a finding; raises DataError only for another set.

    Some partners leave PO1 out: an ACK before any PO1 is a line of its own, named by its ids only.
    """
    segments = tuple(_with_lines(transaction_set.segments))
    return read_set(PurchaseOrderAcknowledgement, "855", "BAK", replace(transaction_set, segments=segments))


def _with_lines(segments: tuple[Segment, ...]) -> Iterator[Segment]:
    in_line = False
    for segment in segments:
        in_line = in_line or segment.id == "PO1"
        if segment.id == "ACK" and not in_line:
            ids = segment.elements[7:27]
            line = ("PO1", "", segment.get(2), segment.get(3), "", "", *ids)
            yield Segment(line, segment.position, segment.offset, segment.component_separator)
        yield segment


def render_acknowledgement(document: PurchaseOrderAcknowledgement) -> OutboundSet:
    """The 855's segments between ST and SE; CTT01 is counted here."""
    return set_rows("855", "BAK", document)
