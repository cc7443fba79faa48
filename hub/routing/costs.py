"""What a plan costs us: per location used once, plus per line and per unit it ships.

Worked: a supplier at 4.00 a request, 0.50 a line and 0.10 a unit, asked for 2 lines of 3 and 1 units, costs
4.00 + 2 * 0.50 + 4 * 0.10 = 5.40.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from hub.model.identity import LocationId
from hub.model.network import ShippingCost

_ZERO = Decimal(0)


def line_cost(cost: ShippingCost, units: Decimal) -> Decimal:
    """What one line of so many units adds to a request that is sent anyway."""
    return cost.per_line + cost.per_unit * units


def plan_cost(parts: Iterable[tuple[LocationId, ShippingCost, Decimal]]) -> Decimal:
    """The whole plan, in the network's currency (module docstring); one part per line and location, with its units."""
    total = _ZERO
    used: set[LocationId] = set()
    for location, cost, units in parts:
        if location not in used:
            used.add(location)
            total += cost.per_request
        total += line_cost(cost, units)
    return total
