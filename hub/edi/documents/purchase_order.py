"""850 purchase order, read and written (X12 004010 and 005010)."""

from __future__ import annotations

import datetime as dt
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
    Note,
    Notes,
    Parties,
    Party,
    ProductIds,
    References,
    Requirements,
    Schedules,
    SiteQuantities,
    Sublines,
    party_named,
)
from hub.edi.documents.pricing import AllowanceCharges, Amounts, Packs, Prices, Taxes, TermsOfSale
from hub.edi.findings import Finding
from hub.edi.interchange import TransactionSet
from hub.edi.write import OutboundSet


@dataclass(frozen=True, slots=True)
class PurchaseOrderLine:
    """PO1 loop. ``number`` is PO101 and is echoed by the partner; ``price_basis`` is PO105.

    ``schedules`` split the quantity over dates, ``site_quantities`` over the buyer's sites.
    """

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
    site_quantities: SiteQuantities = ()
    dates: Dates = ()
    amounts: Amounts = ()
    messages: Messages = field(default=(), repr=False)
    taxes: Taxes = ()
    schedules: Schedules = ()
    notes: Notes = ()
    parties: Parties = ()
    sublines: Sublines = ()


@dataclass(frozen=True, slots=True)
class PurchaseOrder:
    """850. ``purpose`` is BEG01 (00 original), ``order_type`` BEG02 (SA stand-alone, DS drop-ship).

    ``messages`` is free text for the whole order, written under an N9 of its own as X12 wants it; text
    that a partner files under another N9 stays in ``notes``.
    """

    number: Annotated[str, At(3)]
    date: Annotated[dt.date | None, At(5)]
    purpose: Annotated[str, At(1)] = "00"
    order_type: Annotated[str, At(2)] = "SA"
    release: Annotated[str, At(4)] = ""
    contract: Annotated[str, At(6)] = ""
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
    lines: Annotated[tuple[PurchaseOrderLine, ...], Many("PO1", detail=True)] = ()
    lines_claimed: Annotated[int | None, Counted("CTT", "lines")] = None
    amounts: Amounts = ()
    findings: tuple[Finding, ...] = field(default=(), compare=False)

    @property
    def ship_to(self) -> Party | None:
        """The party goods go to (N1*ST), at the header."""
        return party_named(self.parties, "ST")


def parse_purchase_order(transaction_set: TransactionSet) -> PurchaseOrder:
    """Read an 850. Unreadable values are None and a finding; raises DataError only for another set."""
    order = read_set(PurchaseOrder, "850", "BEG", transaction_set)
    own = [note for note in order.notes if note == replace(_whole_order(order.number), messages=note.messages)]
    messages = (*order.messages, *(text for note in own for text in note.messages))
    return replace(order, messages=messages, notes=tuple(note for note in order.notes if note not in own))


def render_purchase_order(order: PurchaseOrder) -> OutboundSet:
    """The 850's segments between ST and SE; CTT01 is counted here."""
    if order.messages:
        note = replace(_whole_order(order.number), messages=order.messages)
        order = replace(order, messages=(), notes=(note, *order.notes))
    return set_rows("850", "BEG", order)


def _whole_order(number: str) -> Note:
    return Note("ZZ", number)
