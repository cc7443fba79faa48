"""What a plan costs us: per site used once, plus per line and per unit it ships.

Worked: a supplier at 4.00 a request, 0.50 a line and 0.10 a unit, asked for 2 lines of 3 and 1 units, costs
4.00 + 2 * 0.50 + 4 * 0.10 = 5.40. Two locations of one site share the parcel: of their costs per request only the
dearer is counted.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from hub.model.network import Location, ShippingCost

_ZERO = Decimal(0)


def line_cost(cost: ShippingCost, units: Decimal) -> Decimal:
    """What one line of so many units adds to a request that is sent anyway."""
    return cost.per_line + cost.per_unit * units


def plan_cost(parts: Iterable[tuple[Location, Decimal]]) -> Decimal:
    """The whole plan, in the network's currency (module docstring); one part per line and location, with its units."""
    given = list(parts)
    lines = sum((line_cost(location.cost, units) for location, units in given), _ZERO)
    return request_cost(location for location, _ in given) + lines


def request_cost(locations: Iterable[Location]) -> Decimal:
    """What it costs to ship from these at all."""
    dearest: dict[str, Decimal] = {}
    for each in locations:
        dearest[each.ships_from] = max(each.cost.per_request, dearest.get(each.ships_from, each.cost.per_request))
    return sum(dearest.values(), _ZERO)
