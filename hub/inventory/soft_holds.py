"""Where a soft hold keeps its units, and which of them nobody needs any more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from hub.model.identity import LocationId, Sku
from hub.model.lot import Lot
from hub.model.soft_hold import HeldUnits, SoftHold

_ZERO = Decimal(0)
_ANY = Lot()


@dataclass(frozen=True, slots=True)
class Shelf:
    """What a location may promise by SKU. ``lots`` of items that it does not sell in any number: an order could not be
    shipped from there for fewer."""

    location: LocationId
    free: Mapping[Sku, Decimal]
    lots: Mapping[Sku, Lot]

    def gives(self, sku: Sku, wanted: Decimal) -> Decimal:
        """Units of what is wanted that it can ship: never fewer than none, and whole lots."""
        return self.lots.get(sku, _ANY).most_of(min(wanted, self.free.get(sku, _ZERO)))


def spread(wanted: Mapping[Sku, Decimal], shelves: Sequence[Shelf]) -> tuple[HeldUnits, ...]:
    """Find the units, together where that can be; fewer of a SKU where there are not as many.

    The first location that has everything; where none has, per SKU the first that has all of it; else from one after
    the other. Worked: 5 wanted, A may promise 2, B 6: all 5 at B. B may promise 4: 2 at A and 3 at B.
    """
    for shelf in shelves:
        if all(shelf.gives(sku, units) == units for sku, units in wanted.items()):
            return tuple(_at(shelf.location, sku, units) for sku, units in wanted.items())
    return tuple(each for sku, quantity in wanted.items() for each in _spread_one(sku, quantity, shelves))


def _spread_one(sku: Sku, wanted: Decimal, shelves: Sequence[Shelf]) -> list[HeldUnits]:
    for shelf in shelves:
        if shelf.gives(sku, wanted) == wanted:
            return [_at(shelf.location, sku, wanted)]
    units = []
    for shelf in shelves:
        taken = shelf.gives(sku, wanted)
        if taken:
            units.append(_at(shelf.location, sku, taken))
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
