"""What a location asks for shipping an order: its costs as a bid.

Worked: a supplier at 4.00 a request, 0.50 a line and 0.10 a unit, asked for 2 lines of 3 and 1 units, asks
4.00 + 2 * 0.50 + 4 * 0.10 = 5.40.
"""

from __future__ import annotations

from decimal import Decimal

from hub.routing.candidates import Demand, Site
from hub.routing.freight import mills
from hub.routing.pooling import Curve
from hub.routing.question import Bid


def bid_of(site: Site) -> Bid:
    """The bid of a site by its location's ``cost`` alone."""
    cost = site.location.cost

    def curve(demand: Demand, most: int, step: Decimal) -> Curve:
        line = mills(cost.per_line) * len(demand.needs)
        unit = cost.per_unit * demand.weight * step
        return (0, *(line + mills(unit * steps) for steps in range(1, most + 1)))

    return Bid(site, (("request", mills(cost.per_request)),), curve)
