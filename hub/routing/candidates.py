"""Who could ship what: demands, sites, and how many units of each line a site may take."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from hub.model.identity import LineId, LocationId, Sku
from hub.model.network import Location
from hub.model.quantity import sold_at_once

_ONE = Decimal(1)
_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Demand:
    """Open units of one order line. ``sku`` is None while the line is unmapped; ``excluded`` locations rejected it."""

    line_id: LineId
    sku: Sku | None
    quantity: Decimal
    excluded: frozenset[LocationId] = frozenset()


@dataclass(frozen=True, slots=True)
class Site:
    """A location as routing sees it now. ``available`` is what may be promised per SKU (safety stock already off);
    ``packs`` the pack size per SKU where it ships whole packs only, ``minimums`` the least that a line may ask for.
    ``code`` and ``why`` where it may ship nothing; ``doubts``: why its figure of a SKU is not believed, where it is
    not."""

    location: Location
    available: Mapping[Sku, Decimal]
    packs: Mapping[Sku, Decimal] = field(default_factory=dict)
    code: str = ""
    why: str = ""
    minimums: Mapping[Sku, Decimal] = field(default_factory=dict)
    doubts: Mapping[Sku, str] = field(default_factory=dict)

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
    return not site.code and demand.sku is not None and site.id not in demand.excluded


def offer(site: Site, demand: Demand, left: Decimal, wanted: Decimal) -> Decimal:
    """Units the site can give of ``wanted``, of the ``left`` it has: whole packs and none below the minimum, never
    rounded up."""
    if demand.sku is None or not may_ship(site, demand):
        return _ZERO
    return sold_at_once(min(left, wanted), site.pack(demand.sku), site.minimum(demand.sku))
