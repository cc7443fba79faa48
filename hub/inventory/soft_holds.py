"""Where a soft hold keeps its units, and which of them nobody needs any more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from hub.model.identity import LocationId, Sku
from hub.model.soft_hold import HeldUnits, SoftHold

_ZERO = Decimal(0)

Free = Sequence[tuple[LocationId, Mapping[Sku, Decimal]]]
"""What each location may promise, those to take from first."""


def spread(wanted: Mapping[Sku, Decimal], free: Free) -> tuple[HeldUnits, ...]:
    """Find the units, together where that can be; fewer of a SKU where there are not as many.

    The first location that has everything; where none has, per SKU the first that has all of it; else from one after
    the other. Worked: 5 wanted, A may promise 2, B 6: all 5 at B. B may promise 4: 2 at A and 3 at B.
    """
    for location, available in free:
        if all(available.get(sku, _ZERO) >= units for sku, units in wanted.items()):
            return tuple(_at(location, sku, units) for sku, units in wanted.items())
    return tuple(each for sku, quantity in wanted.items() for each in _spread_one(sku, quantity, free))


def _spread_one(sku: Sku, wanted: Decimal, free: Free) -> list[HeldUnits]:
    for location, available in free:
        if available.get(sku, _ZERO) >= wanted:
            return [_at(location, sku, wanted)]
    units = []
    for location, available in free:
        taken = min(wanted, max(_ZERO, available.get(sku, _ZERO)))
        if taken:
            units.append(_at(location, sku, taken))
            wanted -= taken
    return units


def _at(location: LocationId, sku: Sku, units: Decimal) -> HeldUnits:
    return HeldUnits(sku, location, units, units)


def surplus(hold: SoftHold, needed: Mapping[Sku, Decimal]) -> dict[tuple[Sku, LocationId], Decimal]:
    """Units kept beyond what is needed of each SKU: those of the locations named last are given back first."""
    spare = {sku: max(_ZERO, held - needed.get(sku, _ZERO)) for sku, held in hold.held.items()}
    back: dict[tuple[Sku, LocationId], Decimal] = {}
    for each in reversed(hold.units):
        units = min(spare[each.sku], each.held)
        if units:
            back[each.sku, each.location] = units
            spare[each.sku] -= units
    return back
