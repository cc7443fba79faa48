"""What parcels and work cost in the synthetic network, in mills; all of it made up, in the shape of published tables.

Freight grows with zone and pound, quick services faster than slow ones, and each pound is a little cheaper than the one
before. By zone and promise there is one table: at each weight the cheapest service that is in time, and where none is,
the cheapest of all with the price of being late.
"""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple

from hub.model.item import CUBIC_INCH, POUND
from hub.routing.problem import Freight
from tests.benchmarks.routing.geography import ZONES

PROMISES_DAYS = (1, 2, 3, 6, 8)
PROMISE_SHARES = (3, 12, 15, 45, 25)

SPLIT = 1_500
LATE = 8_000
OVER_CAPACITY = 6_000
CREDIT_PERCENT = 8
"""Of the price of an item that sells slowly, where a store ships it: it would be marked down there."""

BACKORDER = 1_000_000
"""A step that nobody ships: far more than any freight."""

DIMENSIONAL_DIVISOR = 166
MOST_POUNDS = 2_000
"""Beyond 150 pounds it would go as several parcels; the tables simply go on."""


class Kind(IntEnum):
    """What a node is."""

    CENTRE = 0
    STORE = 1
    THIRD_PARTY = 2
    SUPPLIER = 3


class Work(NamedTuple):
    """Mills for an order and for a unit; days until a parcel is handed over."""

    order: int
    unit: int
    days: int


WORK = {
    Kind.CENTRE: Work(1_900, 350, 0),
    Kind.STORE: Work(3_600, 900, 0),
    Kind.THIRD_PARTY: Work(1_600, 550, 1),
    Kind.SUPPLIER: Work(600, 100, 1),
}
DROP_FEE = (2_000, 4_500)


class Service(NamedTuple):
    """Mills of the label and for each zone, and of a pound and for each zone; days on the way by zone."""

    base: int
    base_zone: int
    pound: int
    pound_zone: int
    days: tuple[int, ...]


SERVICES = (
    Service(7_600, 420, 420, 75, (1, 2, 2, 3, 4, 4, 5, 5)),
    Service(13_500, 1_900, 1_100, 230, (2,) * ZONES),
    Service(21_000, 4_200, 1_700, 400, (1,) * ZONES),
)
"""Ground, two days, next day."""


def price(service: Service, zone: int, pounds: int) -> int:
    """Of a parcel of so many pounds; one of none costs as much as one of a pound."""
    by_pound = service.pound + service.pound_zone * zone
    return int(service.base + service.base_zone * zone + by_pound * max(1, pounds) ** 0.92)


def is_late(service: int) -> bool:
    """Whether a service as in the tables comes after the day that was promised."""
    return service >= len(SERVICES)


def freight_tables() -> list[list[list[tuple[Freight]]]]:
    """The one table of an offer by [days of work][zone][promise].

    A service in them is an index of SERVICES, plus their number where it is late.
    """
    grids = [[[price(each, zone, lb) for lb in range(MOST_POUNDS)] for zone in range(ZONES)] for each in SERVICES]
    return [
        [[(_cheapest_in_time(grids, zone, promise - days),) for promise in PROMISES_DAYS] for zone in range(ZONES)]
        for days in range(max(each.days for each in WORK.values()) + 1)
    ]


def _cheapest_in_time(grids: list[list[list[int]]], zone: int, days: int) -> Freight:
    """With so many days on the way."""
    in_time = [i for i, each in enumerate(SERVICES) if each.days[zone] <= days]
    late = [i + len(SERVICES) for i in range(len(SERVICES))]
    best = []
    for lb in range(MOST_POUNDS):
        mills = [grid[zone][lb] for grid in grids] + [grid[zone][lb] + LATE for grid in grids]
        best.append(min((mills[service], service) for service in in_time or late))
    return Freight(POUND, DIMENSIONAL_DIVISOR * CUBIC_INCH, [mills for mills, _ in best], [each for _, each in best])
