"""856 ship notice, read and written: a tree built from HL01 and HL02, never from the order of levels.

Suppliers nest shipment, order, pack and item in eight ways (edi.md 5.5); `ShipNotice.items` flattens
them all to the same rows.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
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
    findings: tuple[Finding, ...] = ()

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
