"""Who could ship what: demands, sites, and how many sets of each demand a site may take.

A demand is so many sets. A set of a plain line is one unit of it; a set of a kit's line is all its parts, and it leaves
one location or none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from hub.model.identity import LineId, LocationId, Sku
from hub.model.kit import sets_sold, whole_sets
from hub.model.network import Location
from hub.model.quantity import sold_at_once

_ONE = Decimal(1)
_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Need:
    """What one set takes: ``units`` of the order line that asks for this SKU."""

    line_id: LineId
    sku: Sku
    units: Decimal = _ONE


@dataclass(frozen=True, slots=True)
class Demand:
    """Open sets of one line as sold. ``sku`` is None while the line is unmapped; ``excluded`` locations rejected it.

    ``parts``: what a set consists of where the line is a kit's, each SKU once; else a set is a unit of the line.
    """

    line_id: LineId
    sku: Sku | None
    quantity: Decimal
    excluded: frozenset[LocationId] = frozenset()
    parts: tuple[Need, ...] = ()

    @property
    def needs(self) -> tuple[Need, ...]:
        """What one set takes; nothing while the line is unmapped."""
        return self.parts or (() if self.sku is None else (Need(self.line_id, self.sku),))

    @property
    def weight(self) -> Decimal:
        """Units in one set: what a plan's ``filled`` counts."""
        return sum((need.units for need in self.parts), _ZERO) if self.parts else _ONE

    @property
    def units(self) -> Decimal:
        """Units of all its sets together."""
        return self.quantity * self.weight


@dataclass(frozen=True, slots=True)
class Site:
    """A location as routing sees it now. ``available`` is what may be promised per SKU (safety stock already off);
    ``packs`` the pack size per SKU where it ships whole packs only, ``minimums`` the least that a line may ask for.
    ``code`` and ``why`` where it may ship nothing; ``bars``: rules that keep it from a line, in words; ``doubts``: why
    its figure of a SKU is not believed, where it is not."""

    location: Location
    available: Mapping[Sku, Decimal]
    packs: Mapping[Sku, Decimal] = field(default_factory=dict)
    code: str = ""
    why: str = ""
    minimums: Mapping[Sku, Decimal] = field(default_factory=dict)
    doubts: Mapping[Sku, str] = field(default_factory=dict)
    bars: Mapping[LineId, str] = field(default_factory=dict)

    @property
    def id(self) -> LocationId:
        """The location's id."""
        return self.location.location

    def pack(self, sku: Sku) -> Decimal:
        """Units it ships together: 1 unless it ships whole packs only."""
        return self.packs.get(sku, _ONE)

    def minimum(self, sku: Sku) -> Decimal:
        """Least units that one line may ask of it; 0 where it ships any number."""
        return self.minimums.get(sku, _ZERO)


def may_ship(site: Site, demand: Demand) -> bool:
    """Whether the site may be asked for this line at all, whatever its stock."""
    return (
        not site.code and demand.sku is not None and site.id not in demand.excluded and demand.line_id not in site.bars
    )


def offer(site: Site, demand: Demand, left: Mapping[Sku, Decimal], wanted: Decimal) -> Decimal:
    """Sets the site can give of ``wanted``, of what it has ``left``: whole sets in whole packs and none below a
    minimum, never rounded up."""
    if demand.sku is None or not may_ship(site, demand):
        return _ZERO
    if demand.parts:
        sets = min(wanted, *(whole_sets(left.get(need.sku, _ZERO), need.units) for need in demand.parts))
    else:
        sets = min(wanted, left.get(demand.sku, _ZERO))
    return sold_at_once(sets, *lot_at(site, demand))


def lot_at(site: Site, demand: Demand) -> tuple[Decimal, Decimal]:
    """By how many sets the site sells a demand, and how many at least."""
    if not demand.parts:
        return (site.pack(demand.sku), site.minimum(demand.sku)) if demand.sku is not None else (_ONE, _ZERO)
    return sets_sold((need.units, site.pack(need.sku), site.minimum(need.sku)) for need in demand.parts)
