"""One order's routing as plain numbers: what the kernel is asked, and what it answers.

Money is whole mills, thousandths of the network's currency: sums are exact, and fast. A line's quantity is counted in
steps (eaches, sets of a kit, or the finest fraction that occurs). Weights and volumes are in the units of
``hub.model.item``. Nothing here knows an order, a location or a clock; ``hub.routing.costs`` makes it of those.

    cost of a plan = sum over shipments (fixed + sum over lines (curve[amount]) + freight of the parcel)
                   + split * (shipments - 1) + sum over lines (backorder * steps that nobody ships)
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

NEVER = 1 << 60
"""Mills of what cannot be done; more than any plan costs."""


class Freight(NamedTuple):
    """What one shipment's freight costs by weight: ``prices[i]`` for a billable weight of up to ``i`` steps.

    The billable weight is the greater of weight and volume: ``i = max(ceil(weight / weight_step), ceil(volume /
    volume_step))``, ``volume_step`` 0 where size does not count. A shipment heavier than the table is not carried.
    ``services[i]`` is whose price that is, as an index of the caller's. Prices never fall with the weight.
    """

    weight_step: int
    volume_step: int
    prices: Sequence[int]
    services: Sequence[int]


class Shared(NamedTuple):
    """Units that several lines take from, ``takes[line]`` for each step: one item's shelf, or the location's capacity
    of the day."""

    units: int
    takes: tuple[int, ...]


class Offer(NamedTuple):
    """What one location could ship of the order, and for what.

    ``node`` ranks it: ties go to the lower one. ``place``: offers of one place exclude each
    other (they are the same site). ``curves[line][steps]`` is the cost of so many steps of a line there, ``NEVER`` for
    an amount that it does not sell; a curve ends with the most that it has, and ``curves[line][0]`` is 0. ``freight``:
    the cheapest of these that carries the parcel; none of them, no freight.
    """

    node: int
    place: int
    fixed: int
    curves: tuple[Sequence[int], ...]
    freight: tuple[Freight, ...] = ()
    shared: tuple[Shared, ...] = ()


class Problem(NamedTuple):
    """``quantities`` in steps by line, and of one step of each its ``weights`` and ``volumes``. ``backorder``: mills
    for a step that nobody ships; far more than any freight, so that as much as possible is shipped. ``complete``: all
    or nothing."""

    quantities: tuple[int, ...]
    weights: tuple[int, ...]
    volumes: tuple[int, ...]
    backorder: tuple[int, ...]
    offers: Sequence[Offer]
    split: int = 0
    most_shipments: int = 4
    complete: bool = False


class Shipment(NamedTuple):
    """``amounts[line]`` steps that ``offers[offer]`` ships for ``cost`` mills, by a ``service`` as in Freight, -1
    without."""

    offer: int
    amounts: tuple[int, ...]
    cost: int
    service: int = -1


class Solution(NamedTuple):
    """Shipments by node, and what nobody ships. ``exact``: no plan is cheaper; else none costs less than ``bound``."""

    shipments: tuple[Shipment, ...]
    backordered: tuple[int, ...]
    cost: int
    exact: bool
    bound: int
