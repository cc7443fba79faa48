"""What carries parcels from a location to a destination: the services that will do for an order, merged by weight."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from hub.routing.freight import Grid, Quote, cheapest
from hub.routing.problem import Freight
from hub.routing.promise import DeliveryDays

_MOST_ASKED = 512


class Ask(NamedTuple):
    """What a shipment needs of its carrier. Days are ordinals: ``today``, when it leaves, and when it is ``due``, None
    where it may take any time. ``service``: as the order names it. ``one_parcel``: an each of it is heavier than
    ``TariffBook.heaviest_each``, so that no shipment may be counted as several parcels."""

    today: int
    shipped: int
    due: int | None = None
    service: str = "standard"
    residential: bool = False
    hazmat: bool = False
    one_parcel: bool = False


class Carried(NamedTuple):
    """What the freight costs by weight, nothing where it is not ours to pay. By service, an index of
    ``TariffBook.services``: when it delivers, as far as its days are known, and the mills for days in its prices."""

    freight: tuple[Freight, ...]
    delivered: Mapping[int, int]
    days_cost: Mapping[int, int]


class NotCarried(NamedTuple):
    """Why no service may carry it: ``code`` is ``no-zone``, ``no-rate``, ``hazmat``, ``service``, ``no-days`` or
    ``late``, then by ``late_days`` at least."""

    code: str
    words: str
    late_days: int = 0

    @property
    def weight(self) -> tuple[int, int]:
        """Of several reasons the one that is greatest here tells most."""
        return _WEAKEST_FIRST.index(self.code), -self.late_days


NO_FREIGHT = Carried((), {}, {})
"""Of what is no parcel of ours: picked up, or sent at somebody else's expense."""

_WEAKEST_FIRST = ("no-zone", "no-rate", "hazmat", "service", "no-days", "late")


class Service(NamedTuple):
    """A service of a carrier."""

    carrier: str
    service: str

    def __str__(self) -> str:
        return f"{self.carrier} {self.service}"


class Leg(NamedTuple):
    """What one service asks from one location to one area: mills by weight, to a company and to a home. The first
    ``parcel_steps`` of them are for one parcel."""

    number: int
    service: Service
    zone: str
    grid: Grid
    parcel_steps: int
    prices: tuple[int, ...]
    residential: tuple[int, ...]
    hazmat: bool
    transit_days: int | None
    days: DeliveryDays


class Conditions(NamedTuple):
    """What holds for every service: mills for a day late, None where none may be, and for each day until delivery.
    ``used_for``: the services that may carry an order without a date, by the service that was sold."""

    late_day: int | None
    per_day: int
    used_for: Callable[[str], frozenset[int]]


class Carriage:
    """What carries parcels from one location to one area."""

    __slots__ = ("_answers", "_conditions", "legs", "missing")

    def __init__(self, conditions: Conditions, legs: tuple[Leg, ...], missing: tuple[NotCarried, ...]) -> None:
        self._conditions = conditions
        self.legs = legs
        self.missing = missing
        self._answers: dict[Ask, Carried | NotCarried] = {}

    def freight(self, ask: Ask) -> Carried | NotCarried:
        """The cheapest services that will do, by weight; equal questions get the same answer."""
        answer = self._answers.get(ask)
        if answer is None:
            if len(self._answers) >= _MOST_ASKED:
                self._answers.clear()
            answer = self._answers[ask] = self._answer(ask)
        return answer

    def _answer(self, ask: Ask) -> Carried | NotCarried:
        quotes: list[Quote] = []
        delivered: dict[int, int] = {}
        refused = list(self.missing)
        for leg in self.legs:
            day = None if leg.transit_days is None else leg.days.delivery_day(ask.shipped, leg.transit_days)
            why = self._refusal(leg, ask, day)
            if why is not None:
                refused.append(why)
                continue
            if day is not None:
                delivered[leg.number] = day
            prices = leg.residential if ask.residential else leg.prices
            if ask.one_parcel:
                prices = prices[: leg.parcel_steps]
            quotes.append(Quote(leg.number, leg.grid, prices, self._days_cost(ask, day)))
        if quotes:
            return Carried(cheapest(quotes), delivered, {each.service: each.extra for each in quotes if each.extra})
        return max(refused, key=lambda each: each.weight) if refused else NO_FREIGHT

    def _refusal(self, leg: Leg, ask: Ask, day: int | None) -> NotCarried | None:
        """Why a service will not do; None where it will. ``day``: when it delivers, None where nobody knows."""
        if ask.hazmat and not leg.hazmat:
            return NotCarried("hazmat", f"{leg.service} carries no hazardous goods.")
        if ask.due is None:
            if leg.number in self._conditions.used_for(ask.service):
                return None
            return NotCarried("service", f"{leg.service} is not used for {ask.service}.")
        if day is None:
            return NotCarried("no-days", f"No table says how long {leg.service} takes.")
        if day > ask.due and self._conditions.late_day is None:
            days = day - ask.due
            return NotCarried("late", f"{leg.service} is late by {days} {'day' if days == 1 else 'days'}.", days)
        return None

    def _days_cost(self, ask: Ask, day: int | None) -> int:
        """Mills for the days until delivery, and for those after the promised one."""
        if day is None:
            return 0
        late = max(0, day - ask.due) if ask.due is not None else 0
        return late * (self._conditions.late_day or 0) + max(0, day - ask.today) * self._conditions.per_day
