"""856 ship notice, read: a tree built from HL01 and HL02, never from the order of levels.

Suppliers nest shipment, order, pack and item in eight ways (edi.md 5.5); `ShipNotice.items` flattens
them all to the same rows.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
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
    n1_loop,
    reference,
)
from hub.edi.documents.reading import Reading
from hub.edi.findings import Finding
from hub.edi.interchange import TransactionSet
from hub.edi.segment import Segment

_TOTALS = frozenset({"CTT", "SE"})
_DEEPEST = 16
"""Levels below each other; the standard's shapes have five, so a longer chain is a broken HL02."""


@dataclass(frozen=True, slots=True)
class Mark:
    """MAN: ``qualifier`` GM or AA for an SSCC, CP for the carrier's package number."""

    qualifier: str
    number: str


@dataclass(frozen=True, slots=True)
class ShippedQuantity:
    """LIN and SN1 of an item level. ``line_number`` is LIN01, else SN101; ``status`` SN108."""

    line_number: str
    ids: ProductIds
    quantity: Decimal | None
    unit: str
    ordered: Decimal | None = None
    ordered_unit: str = ""
    status: str = ""
    descriptions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OrderReference:
    """PRF of an order level."""

    number: str
    release: str = ""
    date: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Lading:
    """TD1: packages and weight."""

    packaging: str = ""
    packages: Decimal | None = None
    weight: Decimal | None = None
    weight_unit: str = ""


@dataclass(frozen=True, slots=True)
class ShipLevel:
    """One HL with what stood on it; ``code`` is HL03 (S shipment, O order, T tare, P pack, I item)."""

    id: str
    parent_id: str
    code: str
    children: tuple[ShipLevel, ...] = ()
    order: OrderReference | None = None
    items: tuple[ShippedQuantity, ...] = ()
    marks: tuple[Mark, ...] = ()
    carriers: tuple[CarrierDetail, ...] = ()
    ladings: tuple[Lading, ...] = ()
    references: tuple[Reference, ...] = ()
    dates: tuple[DateReference, ...] = ()
    parties: tuple[Party, ...] = ()

    def walk(self) -> Iterator[ShipLevel]:
        """This level and everything under it, in the partner's order."""
        waiting = [self]
        while waiting:
            level = waiting.pop()
            yield level
            waiting.extend(reversed(level.children))


@dataclass(frozen=True, slots=True)
class ShippedItem:
    """One item with what it inherits: the nearest order, and the levels that hold it.

    ``containers`` are packs and tares from the nearest outwards: above the item, or directly under it
    where the partner nests packs under items. ``line`` is the item's own words.
    """

    line: ShippedQuantity
    level: ShipLevel
    order: OrderReference | None
    containers: tuple[ShipLevel, ...]
    shipment: ShipLevel | None

    def marks(self, *qualifiers: str) -> tuple[str, ...]:
        """MAN numbers with one of the qualifiers, the item's own first, then its containers'."""
        levels = (self.level, *self.containers)
        found = (mark.number for level in levels for mark in level.marks if mark.qualifier in qualifiers)
        return tuple(dict.fromkeys(found))


@dataclass(frozen=True, slots=True)
class ShipNotice:
    """856. ``purpose`` is BSN01 (00 original, 01 cancellation, 05 replace), ``shipment_id`` BSN02."""

    shipment_id: str
    purpose: str = "00"
    date: dt.date | None = None
    time: dt.time | None = None
    structure: str = ""
    dates: tuple[DateReference, ...] = ()
    roots: tuple[ShipLevel, ...] = ()
    lines_claimed: int | None = None
    findings: tuple[Finding, ...] = field(default=(), compare=False)

    def levels(self) -> Iterator[ShipLevel]:
        """Every level of every tree, parents before children."""
        for root in self.roots:
            yield from root.walk()

    def items(self) -> Iterator[ShippedItem]:
        """Every item with its inherited order, containers and shipment."""
        waiting: list[tuple[ShipLevel, tuple[ShipLevel, ...]]] = [(root, ()) for root in reversed(self.roots)]
        while waiting:
            level, above = waiting.pop()
            for line in level.items:
                yield _shipped(line, level, above)
            waiting.extend((child, (level, *above)) for child in reversed(level.children))


def _shipped(line: ShippedQuantity, level: ShipLevel, above: tuple[ShipLevel, ...]) -> ShippedItem:
    chain = (level, *above)
    containers = tuple(item for item in above if item.code in {"P", "T"})
    if not containers:
        containers = tuple(item for child in level.children for item in child.walk() if item.code in {"P", "T"})
    return ShippedItem(
        line=line,
        level=level,
        order=next((item.order for item in chain if item.order), None),
        containers=containers,
        shipment=next((item for item in chain if item.code == "S"), None),
    )


def parse_ship_notice(transaction_set: TransactionSet) -> ShipNotice:
    """Read an 856. Unreadable values are None and a finding; raises DataError only for another set.

    A level whose HL02 names no earlier level stands as a root of its own, with a finding.
    """
    reading = Reading(transaction_set, "856")
    header, found = blocks(transaction_set.segments, "HL")
    bsn = next((item for item in header if item.id == "BSN"), Segment(("BSN",)))
    totals = [item for item in transaction_set.segments if item.id == "CTT"]
    return ShipNotice(
        purpose=bsn.get(1),
        shipment_id=bsn.get(2),
        date=reading.date(bsn, 3),
        time=reading.time(bsn, 4),
        structure=bsn.get(5),
        dates=tuple(date_reference(item, reading) for item in header if item.id == "DTM"),
        roots=_tree(found, reading),
        lines_claimed=reading.integer(totals[-1], 1) if totals else None,
        findings=tuple(reading.findings),
    )


def _tree(found: list[tuple[Segment, ...]], reading: Reading) -> tuple[ShipLevel, ...]:
    """Build bottom-up: a parent always stands before its children, so the last level is a leaf."""
    parents: list[int | None] = []
    depths: list[int] = []
    seen: dict[str, int] = {}
    for index, block in enumerate(found):
        head = block[0]
        parent = seen.get(head.get(2)) if head.get(2) else None
        if parent is not None and depths[parent] >= _DEEPEST:
            parent = None
        if head.get(2) and parent is None:
            reading.add("x12.hl-parent-unknown", head, "HL02 names no earlier level.", element=2)
        parents.append(parent)
        depths.append(0 if parent is None else depths[parent] + 1)
        if head.get(1) in seen:
            reading.add("x12.hl-number-repeated", head, "HL01 was used before.", element=1)
        seen[head.get(1)] = index
    children: list[list[ShipLevel]] = [[] for _ in found]
    roots: list[ShipLevel] = []
    levels = [_level(block, reading) for block in found]
    for index in reversed(range(len(found))):
        level = replace(levels[index], children=tuple(reversed(children[index])))
        parent = parents[index]
        (roots if parent is None else children[parent]).append(level)
    return tuple(reversed(roots))


def _level(block: tuple[Segment, ...], reading: Reading) -> ShipLevel:
    rest: list[Segment] = []
    parties: list[Party] = []
    index = 1
    while index < len(block) and block[index].id not in _TOTALS:
        if block[index].id == "N1":
            party, index = n1_loop(block, index, own_references=False)
            parties.append(party)
            continue
        rest.append(block[index])
        index += 1
    head = block[0]
    return ShipLevel(
        id=head.get(1),
        parent_id=head.get(2),
        code=head.get(3),
        order=next((_order(item, reading) for item in rest if item.id == "PRF"), None),
        items=tuple(_items(rest, reading)),
        marks=tuple(mark for item in rest if item.id == "MAN" for mark in _marks(item)),
        carriers=tuple(carrier_detail(item) for item in rest if item.id == "TD5"),
        ladings=tuple(_lading(item, reading) for item in rest if item.id == "TD1"),
        references=tuple(reference(item) for item in rest if item.id == "REF"),
        dates=tuple(date_reference(item, reading) for item in rest if item.id == "DTM"),
        parties=tuple(parties),
    )


def _order(prf: Segment, reading: Reading) -> OrderReference:
    return OrderReference(prf.get(1), prf.get(2), reading.date(prf, 4))


def _marks(man: Segment) -> Iterator[Mark]:
    """MAN holds up to two qualified numbers, each possibly with the end of a range, which is left out."""
    for number in (1, 4):
        if man.get(number + 1):
            yield Mark(man.get(number), man.get(number + 1))


def _lading(td1: Segment, reading: Reading) -> Lading:
    return Lading(
        packaging=td1.get(1),
        packages=reading.decimal(td1, 2),
        weight=reading.decimal(td1, 7),
        weight_unit=td1.get(8),
    )


def _items(rest: list[Segment], reading: Reading) -> Iterator[ShippedQuantity]:
    """One item per SN1, with its LIN; a partner that puts SN1 before LIN is read as well."""
    relevant = [item for item in rest if item.id in {"LIN", "SN1", "PID"}]
    heads = [item for item in relevant if item.id in {"LIN", "SN1"}]
    if not heads:
        return
    _, groups = blocks(relevant, heads[0].id)
    for group in groups:
        lin = next((item for item in group if item.id == "LIN"), Segment(("LIN",)))
        descriptions = tuple(item.get(5) for item in group if item.id == "PID" and item.get(5))
        for sn1 in [item for item in group if item.id == "SN1"] or [Segment(("SN1",))]:
            yield ShippedQuantity(
                line_number=lin.get(1) or sn1.get(1),
                ids=lin.pairs(2),
                quantity=reading.decimal(sn1, 2),
                unit=sn1.get(3),
                ordered=reading.decimal(sn1, 5),
                ordered_unit=sn1.get(6),
                status=sn1.get(8),
                descriptions=descriptions,
            )
