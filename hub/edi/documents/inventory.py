"""846 inventory inquiry/advice, read and written, in all the shapes of edi.md 6.1."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal

from hub.edi.documents.check_digits import note_check_digits
from hub.edi.documents.layout_reading import read_loop
from hub.edi.documents.layout_rows import loop_rows
from hub.edi.documents.parts import (
    DateReference,
    ItemDescription,
    Party,
    ProductIds,
    Reference,
    Schedule,
    SiteQuantity,
    blocks,
    date_references,
    flat,
    n1_loop,
    site_quantities,
    without_parties,
)
from hub.edi.documents.pricing import Price
from hub.edi.documents.reading import Reading
from hub.edi.documents.text import date_text, decimal_text, time_text
from hub.edi.findings import Finding
from hub.edi.interchange import TransactionSet
from hub.edi.segment import Segment
from hub.edi.write import OutboundSet, Row

_ITEM_DATES = frozenset({"036", "097", "196", "197"})
"""DTM01 that speak of the item wherever they stand: sold until, as of, start, end (edi.md 6.1)."""


@dataclass(frozen=True, slots=True)
class StockQuantity:
    """QTY: ``qualifier`` is QTY01 (17 on hand, 33 available, 63 on order ...).

    ``site`` is the N1 that stood before it inside the line's loop, ``dates`` the DTM right behind it
    (when that quantity is due); a DTM that speaks of the item itself stays with the line. ``amount`` is
    None where QTY02 was empty or unreadable.
    """

    qualifier: str
    amount: Decimal | None
    unit: str = ""
    site: Party | None = None
    dates: tuple[DateReference, ...] = ()


@dataclass(frozen=True, slots=True)
class StockLine:
    """LIN loop: an item's ids and everything said of its stock. ``sites`` are N1 inside the loop.

    ``item_codes`` are the PID that hold a code and no text: how some say that an item is discontinued.
    """

    number: str
    ids: ProductIds
    descriptions: tuple[str, ...] = ()
    item_codes: tuple[ItemDescription, ...] = ()
    quantities: tuple[StockQuantity, ...] = ()
    site_quantities: tuple[SiteQuantity, ...] = ()
    schedules: tuple[Schedule, ...] = ()
    dates: tuple[DateReference, ...] = ()
    prices: tuple[Price, ...] = ()
    references: tuple[Reference, ...] = ()
    sites: tuple[Party, ...] = ()
    position: int = field(default=0, compare=False)


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
    findings: tuple[Finding, ...] = field(default=(), compare=False)


def parse_inventory(transaction_set: TransactionSet) -> InventoryAdvice:
    """Read an 846. Unreadable values are None and a finding; raises DataError only for another set."""
    reading = Reading(transaction_set, "846")
    header, loops = blocks(transaction_set.segments, "LIN")
    sites, rest = without_parties(header, reading)
    note_check_digits(transaction_set.segments, reading)
    bia = next((item for item in rest if item.id == "BIA"), Segment(("BIA",)))
    totals = [item for item in transaction_set.segments if item.id == "CTT"]
    return InventoryAdvice(
        purpose=bia.get(1),
        report_type=bia.get(2),
        number=bia.get(3),
        date=reading.date(bia, 4),
        time=reading.time(bia, 5),
        action=bia.get(6),
        references=tuple(read_loop(Reference, (item,), reading) for item in rest if item.id == "REF"),
        dates=tuple(date for item in rest if item.id == "DTM" for date in date_references(item, reading)),
        sites=sites,
        lines=tuple(stock_line(loop, reading, transaction_set) for loop in loops),
        lines_claimed=reading.integer(totals[-1], 1) if totals else None,
        findings=reading.in_order(),
    )


@dataclass(slots=True)
class _LineParts:
    """What a LIN loop has said so far."""

    descriptions: list[str] = field(default_factory=list)
    item_codes: list[ItemDescription] = field(default_factory=list)
    quantities: list[StockQuantity] = field(default_factory=list)
    site_quantities: list[SiteQuantity] = field(default_factory=list)
    schedules: list[Schedule] = field(default_factory=list)
    dates: list[DateReference] = field(default_factory=list)
    prices: list[Price] = field(default_factory=list)
    references: list[Reference] = field(default_factory=list)
    sites: list[Party] = field(default_factory=list)


def stock_line(loop: tuple[Segment, ...], reading: Reading, whole: TransactionSet) -> StockLine:
    """One item: its LIN and the segments after it, in the set ``whole``."""
    parts = _LineParts()
    after_quantity = False
    index = 1
    while index < len(loop):
        segment = loop[index]
        if segment.id == "N1":
            site, index = n1_loop(loop, index, reading)
            parts.sites.append(site)
            after_quantity = False
            continue
        if segment.id == "DTM" and after_quantity and segment.get(1) not in _ITEM_DATES:
            last = parts.quantities[-1]
            parts.quantities[-1] = replace(last, dates=(*last.dates, *date_references(segment, reading)))
        else:
            _take(segment, parts, reading)
            after_quantity = segment.id == "QTY"
        index += 1
    head = loop[0]
    return StockLine(
        number=head.get(1),
        ids=head.pairs(2),
        descriptions=tuple(parts.descriptions),
        item_codes=tuple(parts.item_codes),
        quantities=tuple(parts.quantities),
        site_quantities=tuple(parts.site_quantities),
        schedules=tuple(parts.schedules),
        dates=tuple(parts.dates),
        prices=tuple(parts.prices),
        references=tuple(parts.references),
        sites=tuple(parts.sites),
        position=whole.position_of(head),
    )


def _take(segment: Segment, parts: _LineParts, reading: Reading) -> None:
    match segment.id:
        case "QTY":
            site = parts.sites[-1] if parts.sites else None
            unit = segment.components(3)[0]
            amount = reading.decimal(segment, 2)
            parts.quantities.append(StockQuantity(segment.get(1), amount, unit, site))
        case "SDQ":
            parts.site_quantities.extend(site_quantities(segment, reading))
        case "SCH":
            parts.schedules.append(read_loop(Schedule, (segment,), reading))
        case "DTM":
            parts.dates.extend(date_references(segment, reading))
        case "CTP":
            parts.prices.append(read_loop(Price, (segment,), reading))
        case "REF":
            parts.references.append(read_loop(Reference, (segment,), reading))
        case "PID" if segment.get(5):
            parts.descriptions.append(segment.get(5))
        case "PID" if segment.get(4):
            parts.item_codes.append(read_loop(ItemDescription, (segment,), reading))


def render_inventory(advice: InventoryAdvice) -> OutboundSet:
    """The 846's segments between ST and SE; CTT01 is counted here."""
    return OutboundSet("846", tuple(_rows(advice)))


def _rows(advice: InventoryAdvice) -> Iterator[Row]:
    when = (date_text(advice.date), time_text(advice.time))
    yield ("BIA", advice.purpose, advice.report_type, advice.number, *when, advice.action)
    yield from _each("REF", advice.references)
    yield from _each("DTM", advice.dates)
    yield from _each("N1", advice.sites)
    for line in advice.lines:
        yield from _line_rows(line)
    yield ("CTT", str(len(advice.lines)))


def _line_rows(line: StockLine) -> Iterator[Row]:
    yield ("LIN", line.number, *flat(line.ids))
    yield from (("PID", "F", "", "", "", text) for text in line.descriptions)
    yield from _each("PID", line.item_codes)
    yield from _each("CTP", line.prices)
    yield from _each("REF", line.references)
    yield from _each("DTM", line.dates)
    yield from _quantity_rows(line, None)
    yield from _each("SDQ", line.site_quantities)
    yield from _each("SCH", line.schedules)
    for site in dict.fromkeys((*line.sites, *(item.site for item in line.quantities if item.site))):
        yield from loop_rows(site, "N1")
        yield from _quantity_rows(line, site)


def _quantity_rows(line: StockLine, site: Party | None) -> Iterator[Row]:
    for item in line.quantities:
        if item.site == site:
            yield ("QTY", item.qualifier, decimal_text(item.amount), item.unit)
            yield from _each("DTM", item.dates)


def _each(head: str, items: Iterable[object]) -> Iterator[Row]:
    for item in items:
        yield from loop_rows(item, head)
