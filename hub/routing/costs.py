"""What a plan costs us: per location used once, plus per line and per unit it ships.

Worked: a supplier at 4.00 a request, 0.50 a line and 0.10 a unit, asked for 2 lines of 3 and 1 units, costs
4.00 + 2 * 0.50 + 4 * 0.10 = 5.40.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

from hub.model.identity import LocationId
from hub.model.network import ShippingCost
from hub.model.routing import Assignment

_ZERO = Decimal(0)


def line_cost(cost: ShippingCost, units: Decimal) -> Decimal:
    """What one line of so many units adds to a request that is sent anyway."""
    return cost.per_line + cost.per_unit * units


def plan_cost(assignments: Iterable[Assignment], costs: Mapping[LocationId, ShippingCost]) -> Decimal:
    """The whole plan, in the network's currency (module docstring)."""
    total = _ZERO
    used: set[LocationId] = set()
    for each in assignments:
        cost = costs[each.location]
        if each.location not in used:
            used.add(each.location)
            total += cost.per_request
        total += line_cost(cost, each.quantity)
    return total
