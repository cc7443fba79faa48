"""Prices, allowances and charges, taxes, terms and pack sizes, as several sets carry them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated

from hub.edi.documents.layout import At, Many


@dataclass(frozen=True, slots=True)
class Price:
    """CTP: ``qualifier`` is CTP02 (price identifier), ``amount`` CTP03; ``quantity`` from which it holds (a break).

    ``multiplier`` belongs to its qualifier (CTP06: DIS discount, SEL selling); ``extended`` is CTP08.
    """

    qualifier: Annotated[str, At(2)]
    amount: Annotated[Decimal | None, At(3)]
    unit: Annotated[str, At(5, composite=True)] = ""
    trade_class: Annotated[str, At(1)] = ""
    quantity: Annotated[Decimal | None, At(4)] = None
    multiplier_qualifier: Annotated[str, At(6)] = ""
    multiplier: Annotated[Decimal | None, At(7)] = None
    extended: Annotated[Decimal | None, At(8)] = None
    basis: Annotated[str, At(9)] = ""
    condition: Annotated[str, At(10)] = ""


@dataclass(frozen=True, slots=True)
class AllowanceCharge:
    """SAC: ``indicator`` C or N charge, A allowance; ``amount`` with its two implied decimals applied.

    ``code`` is SAC02; an agency's own code stands in ``agency_code`` with its agency.
    """

    indicator: Annotated[str, At(1)]
    code: Annotated[str, At(2)]
    amount: Annotated[Decimal | None, At(5, implied=2)]
    description: Annotated[str, At(15)] = ""
    agency: Annotated[str, At(3)] = ""
    agency_code: Annotated[str, At(4)] = ""
    percent_of: Annotated[str, At(6)] = ""
    percent: Annotated[Decimal | None, At(7)] = None
    rate: Annotated[Decimal | None, At(8)] = None
    unit: Annotated[str, At(9)] = ""
    quantity: Annotated[Decimal | None, At(10)] = None
    handling: Annotated[str, At(12)] = ""
    reference: Annotated[str, At(13)] = ""


@dataclass(frozen=True, slots=True)
class Amount:
    """AMT: what the amount is (TT total, 1 line item total, GV gross value ...) and the amount with a written point."""

    qualifier: Annotated[str, At(1)]
    amount: Annotated[Decimal | None, At(2)]


@dataclass(frozen=True, slots=True)
class Tax:
    """TXI: tax type, amount, percent, jurisdiction and exemption."""

    type: Annotated[str, At(1)]
    amount: Annotated[Decimal | None, At(2)]
    percent: Annotated[Decimal | None, At(3)] = None
    jurisdiction_qualifier: Annotated[str, At(4)] = ""
    jurisdiction: Annotated[str, At(5)] = ""
    exempt: Annotated[str, At(6)] = ""


@dataclass(frozen=True, slots=True)
class Terms:
    """ITD: discount percent, days, date and amount (two implied decimals), net days and date, in words."""

    discount_percent: Annotated[Decimal | None, At(3)] = None
    discount_days: Annotated[int | None, At(5)] = None
    net_date: Annotated[dt.date | None, At(6)] = None
    net_days: Annotated[int | None, At(7)] = None
    type: Annotated[str, At(1)] = ""
    basis: Annotated[str, At(2)] = ""
    discount_date: Annotated[dt.date | None, At(4)] = None
    discount_amount: Annotated[Decimal | None, At(8, implied=2)] = None
    description: Annotated[str, At(12)] = ""


@dataclass(frozen=True, slots=True)
class Pack:
    """PO4: ``pack`` inner packs of ``size`` units each, ``inner`` per inner pack; weight, volume and measures."""

    pack: Annotated[int | None, At(1)] = None
    size: Annotated[Decimal | None, At(2)] = None
    size_unit: Annotated[str, At(3)] = ""
    packaging: Annotated[str, At(4)] = ""
    weight_qualifier: Annotated[str, At(5)] = ""
    weight: Annotated[Decimal | None, At(6)] = None
    weight_unit: Annotated[str, At(7)] = ""
    volume: Annotated[Decimal | None, At(8)] = None
    volume_unit: Annotated[str, At(9)] = ""
    length: Annotated[Decimal | None, At(10)] = None
    width: Annotated[Decimal | None, At(11)] = None
    height: Annotated[Decimal | None, At(12)] = None
    dimension_unit: Annotated[str, At(13)] = ""
    inner: Annotated[int | None, At(14)] = None


Prices = Annotated[tuple[Price, ...], Many("CTP")]
AllowanceCharges = Annotated[tuple[AllowanceCharge, ...], Many("SAC")]
Amounts = Annotated[tuple[Amount, ...], Many("AMT")]
Taxes = Annotated[tuple[Tax, ...], Many("TXI")]
TermsOfSale = Annotated[tuple[Terms, ...], Many("ITD")]
Packs = Annotated[tuple[Pack, ...], Many("PO4")]
