"""810 invoice, read and written: TDS and SAC05 carry two implied decimals, everything else a written point."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
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
    Sublines,
)
from hub.edi.documents.pricing import AllowanceCharges, Amounts, Packs, Prices, Taxes, TermsOfSale
from hub.edi.findings import Finding
from hub.edi.interchange import TransactionSet
from hub.edi.write import OutboundSet
from hub.errors import DataError


@dataclass(frozen=True, slots=True)
class InvoiceCarrier:
    """CAD: how the goods went; ``scac`` CAD04, ``reference`` CAD08 under its qualifier (bill of lading, tracking)."""

    method: Annotated[str, At(1)] = ""
    equipment_initial: Annotated[str, At(2)] = ""
    equipment_number: Annotated[str, At(3)] = ""
    scac: Annotated[str, At(4)] = ""
    routing: Annotated[str, At(5)] = ""
    status: Annotated[str, At(6)] = ""
    reference_qualifier: Annotated[str, At(7)] = ""
    reference: Annotated[str, At(8)] = ""


Carriage = Annotated[tuple[InvoiceCarrier, ...], Many("CAD")]


@dataclass(frozen=True, slots=True)
class InvoiceLine:
    """IT1 loop; ``price`` is per ``price_basis`` unit and may have four decimals."""

    number: Annotated[str, At(1)]
    quantity: Annotated[Decimal | None, At(2)]
    unit: Annotated[str, At(3)]
    price: Annotated[Decimal | None, At(4)] = None
    price_basis: Annotated[str, At(5)] = ""
    ids: Annotated[ProductIds, Pairs(6)] = ()
    taxes: Taxes = ()
    prices: Prices = ()
    descriptions: Descriptions = ()
    packs: Packs = ()
    references: References = ()
    dates: Dates = ()
    carriage: Carriage = ()
    amounts: Amounts = ()
    messages: Messages = field(default=(), repr=False)
    allowances: AllowanceCharges = ()
    sublines: Sublines = ()


@dataclass(frozen=True, slots=True)
class InvoicedShipment:
    """ISS: units, weight and volume that were shipped."""

    quantity: Annotated[Decimal | None, At(1)] = None
    unit: Annotated[str, At(2)] = ""
    weight: Annotated[Decimal | None, At(3)] = None
    weight_unit: Annotated[str, At(4)] = ""
    volume: Annotated[Decimal | None, At(5)] = None
    volume_unit: Annotated[str, At(6)] = ""


@dataclass(frozen=True, slots=True)
class Invoice:
    """810. ``type`` is BIG07 (DR or empty invoice, CR credit); amounts are positive either way.

    ``total`` is TDS01; ``total_for_discount`` TDS02, ``total_discounted`` TDS03, ``discount`` TDS04.
    ``allowances`` and ``taxes`` are the document's own, wherever a partner puts them outside the lines.
    """

    number: Annotated[str, At(2)]
    date: Annotated[dt.date | None, At(1)]
    purchase_order_number: Annotated[str, At(4)] = ""
    purchase_order_date: Annotated[dt.date | None, At(3)] = None
    release: Annotated[str, At(5)] = ""
    type: Annotated[str, At(7)] = ""
    purpose: Annotated[str, At(8)] = ""
    currency: Annotated[str, At(2, "CUR", beside=((1, "SE"),))] = ""
    references: References = ()
    contacts: Contacts = ()
    parties: Parties = ()
    terms: TermsOfSale = ()
    dates: Dates = ()
    freight: Freight = ()
    carriers: Carriers = ()
    messages: Messages = field(default=(), repr=False)
    notes: Notes = ()
    lines: Annotated[tuple[InvoiceLine, ...], Many("IT1", detail=True)] = ()
    total: Annotated[Decimal | None, At(1, "TDS", implied=2)] = None
    total_for_discount: Annotated[Decimal | None, At(2, "TDS", implied=2)] = None
    total_discounted: Annotated[Decimal | None, At(3, "TDS", implied=2)] = None
    discount: Annotated[Decimal | None, At(4, "TDS", implied=2)] = None
    taxes: Taxes = ()
    carriage: Carriage = ()
    allowances: AllowanceCharges = ()
    shipped: Annotated[tuple[InvoicedShipment, ...], Many("ISS")] = ()
    lines_claimed: Annotated[int | None, Counted("CTT", "lines")] = None
    amounts: Amounts = ()
    findings: tuple[Finding, ...] = field(default=(), compare=False)


def parse_invoice(transaction_set: TransactionSet) -> Invoice:
    """Read an 810. Unreadable values are None and a finding; raises DataError only for another set.

    A SAC or TXI behind TDS or CTT is the document's, not the last line's.
    """
    return read_set(Invoice, "810", "BIG", transaction_set)


def render_invoice(document: Invoice) -> OutboundSet:
    """The 810's segments between ST and SE; CTT01 is counted here.

    Raises DataError ``x12.not-writable`` for a missing total, and for a total or charge with a fraction of a cent.
    """
    if document.total is None:
        raise DataError(
            "An 810 needs its total.", code="x12.not-writable", cure="Give the invoice's total.", path="TDS01"
        )
    return set_rows("810", "BIG", document)
