"""856 ship notice, read: a tree built from HL01 and HL02, never from the order of levels.

Suppliers nest shipment, order, pack and item in eight ways (edi.md 5.5); `ShipNotice.items` flattens
them all to the same rows.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Annotated

from hub.edi.documents.check_digits import note_check_digits
from hub.edi.documents.layout import At, Many, One
from hub.edi.documents.layout_reading import read_loop
from hub.edi.documents.parts import (
    Carriers,
    Dates,
    Marks,
    Party,
    ProductIds,
    Reference,
    References,
    blocks,
    date_references,
)
from hub.edi.documents.pricing import Packs
from hub.edi.documents.reading import Reading
from hub.edi.findings import Finding
from hub.edi.interchange import TransactionSet
from hub.edi.segment import Segment

_DEEPEST = 16
"""Levels below each other; the standard's shapes have five, so a longer chain is a broken HL02."""


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

    number: Annotated[str, At(1)]
    release: Annotated[str, At(2)] = ""
    date: Annotated[dt.date | None, At(4)] = None


@dataclass(frozen=True, slots=True)
class Lading:
    """TD1: packages and weight; ``weight_qualifier`` G gross, N net."""

    packaging: Annotated[str, At(1)] = ""
    packages: Annotated[Decimal | None, At(2)] = None
    weight: Annotated[Decimal | None, At(7)] = None
    weight_unit: Annotated[str, At(8)] = ""
    weight_qualifier: Annotated[str, At(6)] = ""


@dataclass(frozen=True, slots=True)
class Equipment:
    """TD3: the trailer or container, its initial and number, and its seal."""

    code: Annotated[str, At(1)] = ""
    initial: Annotated[str, At(2)] = ""
    number: Annotated[str, At(3)] = ""
    seal: Annotated[str, At(9)] = ""


@dataclass(frozen=True, slots=True)
class ShipLevel:
    """One HL with what stood on it; ``code`` is HL03 (S shipment, O order, T tare, P pack, I item).

    Partners put tracking numbers (REF) behind an N1 loop, so a REF is always the level's and not the party's.
    """

    id: Annotated[str, At(1)]
    parent_id: Annotated[str, At(2)]
    code: Annotated[str, At(3)]
    children: tuple[ShipLevel, ...] = ()
    order: Annotated[OrderReference | None, One("PRF")] = None
    items: tuple[ShippedQuantity, ...] = ()
    packs: Packs = ()
    ladings: Annotated[tuple[Lading, ...], Many("TD1")] = ()
    carriers: Carriers = ()
    equipment: Annotated[tuple[Equipment, ...], Many("TD3")] = ()
    references: References = ()
    marks: Marks = ()
    dates: Dates = ()
    parties: Annotated[tuple[Party, ...], Many("N1", leaving=("REF",))] = ()

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
    references: References = ()
    dates: Dates = ()
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
    note_check_digits(transaction_set.segments, reading)
    header, found = blocks(transaction_set.segments, "HL")
    bsn = next((item for item in header if item.id == "BSN"), Segment(("BSN",)))
    totals = [item for item in transaction_set.segments if item.id == "CTT"]
    return ShipNotice(
        purpose=bsn.get(1),
        shipment_id=bsn.get(2),
        date=reading.date(bsn, 3),
        time=reading.time(bsn, 4),
        structure=bsn.get(5),
        references=tuple(read_loop(Reference, (item,), reading) for item in header if item.id == "REF"),
        dates=tuple(date for item in header if item.id == "DTM" for date in date_references(item, reading)),
        roots=_tree(found, reading),
        lines_claimed=reading.integer(totals[-1], 1) if totals else None,
        findings=reading.in_order(),
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
    levels = [read_loop(ShipLevel, block, reading, items=tuple(_items(block, reading))) for block in found]
    for index in reversed(range(len(found))):
        level = replace(levels[index], children=tuple(reversed(children[index])))
        parent = parents[index]
        (roots if parent is None else children[parent]).append(level)
    return tuple(reversed(roots))


def _items(block: tuple[Segment, ...], reading: Reading) -> Iterator[ShippedQuantity]:
    """One item per SN1, with its LIN; a partner that puts SN1 before LIN is read as well."""
    relevant = [item for item in block if item.id in {"LIN", "SN1", "PID"}]
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
