"""860 purchase order change by the buyer, read and written."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Annotated

from hub.edi.documents.acknowledgement import Statuses
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
    SiteQuantities,
    Sublines,
)
from hub.edi.documents.pricing import AllowanceCharges, Amounts, Packs, Prices, TermsOfSale
from hub.edi.findings import Finding
from hub.edi.interchange import TransactionSet
from hub.edi.write import OutboundSet


@dataclass(frozen=True, slots=True)
class ChangedLine:
    """POC loop. ``change`` is POC02: AI add, DI delete, QI and QD more and less, PC price, PQ price and quantity,
    RZ replace all values, CA several values, CT date, CH change to the line.

    ``quantity`` is the new ordered quantity, ``quantity_left`` what is still to come. ``statuses`` (ACK)
    are an 865's answers to the change.
    """

    number: Annotated[str, At(1)]
    change: Annotated[str, At(2)]
    quantity: Annotated[Decimal | None, At(3)]
    quantity_left: Annotated[Decimal | None, At(4)] = None
    unit: Annotated[str, At(5, composite=True)] = ""
    price: Annotated[Decimal | None, At(6)] = None
    price_basis: Annotated[str, At(7)] = ""
    ids: Annotated[ProductIds, Pairs(8)] = ()
    prices: Prices = ()
    descriptions: Descriptions = ()
    packs: Packs = ()
    references: References = ()
    charges: AllowanceCharges = ()
    site_quantities: SiteQuantities = ()
    dates: Dates = ()
    amounts: Amounts = ()
    messages: Messages = field(default=(), repr=False)
    schedules: Schedules = ()
    statuses: Statuses = ()
    notes: Notes = ()
    parties: Parties = ()
    sublines: Sublines = ()


@dataclass(frozen=True, slots=True)
class PurchaseOrderChange:
    """860. ``purpose`` is BCH01 (01 cancel, 04 change, 05 replace), ``sequence`` BCH05 numbers the changes.

    ``date`` is the order's own, ``changed_on`` that of the change (BCH11). Partners differ in sending only
    the changed lines or all of them.
    """

    number: Annotated[str, At(3)]
    date: Annotated[dt.date | None, At(6)]
    purpose: Annotated[str, At(1)] = "04"
    order_type: Annotated[str, At(2)] = "SA"
    release: Annotated[str, At(4)] = ""
    sequence: Annotated[str, At(5)] = ""
    request_number: Annotated[str, At(7)] = ""
    contract: Annotated[str, At(8)] = ""
    seller_number: Annotated[str, At(9)] = ""
    acknowledged_on: Annotated[dt.date | None, At(10)] = None
    changed_on: Annotated[dt.date | None, At(11)] = None
    currency: Annotated[str, At(2, "CUR", beside=((1, "BY"),))] = ""
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
    lines: Annotated[tuple[ChangedLine, ...], Many("POC", detail=True)] = ()
    lines_claimed: Annotated[int | None, Counted("CTT", "lines")] = None
    amounts: Amounts = ()
    findings: tuple[Finding, ...] = field(default=(), compare=False)


def parse_change(transaction_set: TransactionSet) -> PurchaseOrderChange:
    """Read an 860. Unreadable values are None and a finding; raises DataError only for another set."""
    return read_set(PurchaseOrderChange, "860", "BCH", transaction_set)


def render_change(document: PurchaseOrderChange) -> OutboundSet:
    """The 860's segments between ST and SE; CTT01 is counted here."""
    return set_rows("860", "BCH", document)
