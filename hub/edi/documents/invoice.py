"""810 invoice, read: TDS01 and SAC05 carry two implied decimals, everything else a written point."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from hub.edi.documents.parts import (
    CarrierDetail,
    DateReference,
    Party,
    ProductIds,
    Reference,
)
from hub.edi.findings import Finding


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
    findings: tuple[Finding, ...] = ()
