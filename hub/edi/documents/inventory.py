"""846 inventory inquiry/advice, read and written, in all the shapes of edi.md 6.1."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from hub.edi.documents.parts import DateReference, Party, ProductIds, Reference, Schedule
from hub.edi.findings import Finding


@dataclass(frozen=True, slots=True)
class StockQuantity:
    """QTY: ``qualifier`` is QTY01 (17 on hand, 33 available, 63 on order ...).

    ``site`` is the N1 that stood before it inside the line's loop, ``dates`` the DTM right behind it
    (when that quantity is due). ``amount`` is None where QTY02 was empty or unreadable.
    """

    qualifier: str
    amount: Decimal | None
    unit: str = ""
    site: Party | None = None
    dates: tuple[DateReference, ...] = ()


@dataclass(frozen=True, slots=True)
class SiteQuantity:
    """One (site, quantity) pair of an SDQ; ``site_qualifier`` is SDQ02 (54 warehouse, 92 ours, 94 theirs)."""

    site: str
    site_qualifier: str
    amount: Decimal | None
    unit: str


@dataclass(frozen=True, slots=True)
class Price:
    """CTP: price identifier and unit price."""

    qualifier: str
    amount: Decimal | None
    unit: str = ""


@dataclass(frozen=True, slots=True)
class StockLine:
    """LIN loop: an item's ids and everything said of its stock. ``sites`` are N1 inside the loop."""

    number: str
    ids: ProductIds
    descriptions: tuple[str, ...] = ()
    quantities: tuple[StockQuantity, ...] = ()
    site_quantities: tuple[SiteQuantity, ...] = ()
    schedules: tuple[Schedule, ...] = ()
    dates: tuple[DateReference, ...] = ()
    prices: tuple[Price, ...] = ()
    references: tuple[Reference, ...] = ()
    sites: tuple[Party, ...] = ()
    position: int = 0


@dataclass(frozen=True, slots=True)
class InventoryAdvice:
    """846. ``purpose`` is BIA01 (00 original, 04 change ...), ``number`` BIA03, ``date``/``time`` the
    as-of moment in the sender's local time (None where not sent). ``sites`` are the header's N1."""

    number: str
    purpose: str = "00"
    report_type: str = ""
    date: dt.date | None = None
    time: dt.time | None = None
    action: str = ""
    references: tuple[Reference, ...] = ()
    dates: tuple[DateReference, ...] = ()
    sites: tuple[Party, ...] = ()
    lines: tuple[StockLine, ...] = ()
    lines_claimed: int | None = None
    findings: tuple[Finding, ...] = ()
