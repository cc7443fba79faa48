"""What routing is asked, as the kernel's numbers, and the kernel's answer in the words of orders and locations.

A line becomes steps: whole units where it and the stock are whole, else the finest fraction that occurs. Locations of
one site may share a parcel: beside an offer of each there is one of each group of them. It asks, for every amount of a
line, the pools that give it for least; of what is asked once for a shipment the dearest of them counts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import combinations
from types import MappingProxyType
from typing import NamedTuple

from hub.model.identity import LocationId, Sku
from hub.model.item import ItemFacts
from hub.model.quantity import to_scaled
from hub.routing.candidates import Demand, Site, lot_at, may_ship
from hub.routing.kernel import solve
from hub.routing.pooling import Curve, pooled, shared_out
from hub.routing.problem import NEVER, Freight, Offer, Problem, Shared, Solution

BACKORDER = 10**9
"""Mills for each unit that nobody ships now: a million of the currency, so that no freight is worth a unit less."""

MOST_FRACTIONS = 2_000
"""Steps of one line up to which it is counted in fractions of a unit."""

_ONE = Decimal(1)
_ZERO = Decimal(0)

Part = tuple[Demand, LocationId, Decimal]
"""Sets of a demand that a location ships."""


_NO_DAYS: Mapping[int, int] = MappingProxyType({})
_NO_NAMES: Mapping[int, str] = MappingProxyType({})


class Bid(NamedTuple):
    """What a location asks for shipping the order, in mills.

    ``fixed_by_name``: once for a shipment. ``curve``: of a demand up to so many steps of so many sets each, as in
    hub.routing.problem.Offer. ``freight`` with the names of its ``services``; in its prices are ``days_cost`` by
    service, for days until delivery and days late. ``ships_on`` and ``delivered`` by service are ordinal days.
    ``room``: units that it may still ship that day, None for any.
    """

    site: Site
    fixed_by_name: Sequence[tuple[str, int]]
    curve: Callable[[Demand, int, Decimal], Curve]
    freight: tuple[Freight, ...] = ()
    services: Mapping[int, str] = _NO_NAMES
    days_cost: Mapping[int, int] = _NO_DAYS
    delivered: Mapping[int, int] = _NO_DAYS
    ships_on: int | None = None
    room: int | None = None

    @property
    def fixed(self) -> int:
        """Mills for a shipment, beside its lines and freight."""
        return sum([cost for _, cost in self.fixed_by_name])


class Terms(NamedTuple):
    """What holds for the whole order: ``split`` mills for each further shipment, how many there may be at most, and
    whether all of it ships or nothing. ``default_weight`` of an each that nobody weighed."""

    split: int = 0
    most_shipments: int = 4
    complete: bool = False
    default_weight: int = 0


@dataclass(frozen=True, slots=True)
class Question:
    """``problem`` with what its numbers stand for: ``steps`` is sets of one step by demand, ``pools`` who makes up each
    offer."""

    problem: Problem
    demands: tuple[Demand, ...]
    steps: tuple[Decimal, ...]
    pools: tuple[tuple[LocationId, ...], ...]

    def offer_of(self, location: LocationId) -> int | None:
        """The offer of one location alone; None where it can ship nothing of the order."""
        return next((number for number, pools in enumerate(self.pools) if pools == (location,)), None)

    def without(self, gone: Callable[[int], bool]) -> Question:
        """The question without some of its offers."""
        kept = [number for number in range(len(self.pools)) if not gone(number)]
        problem = self.problem._replace(offers=tuple(self.problem.offers[number] for number in kept))
        return Question(problem, self.demands, self.steps, tuple(self.pools[number] for number in kept))


def question_of(
    demands: Sequence[Demand], bids: Sequence[Bid], terms: Terms, items: Mapping[Sku, ItemFacts]
) -> Question:
    """The question that these demands, all of known items, and these bids make."""
    by_node = sorted(bids, key=lambda bid: bid.site.id)
    steps = tuple(_step(demand, by_node) for demand in demands)
    quantities = tuple(int(each.quantity / step) for each, step in zip(demands, steps, strict=True))
    places = {place: number for number, place in enumerate(sorted({bid.site.location.ships_from for bid in by_node}))}
    offers: list[Offer] = []
    pools: list[tuple[LocationId, ...]] = []
    useful: dict[int, list[tuple[Bid, Offer]]] = {}
    for bid in by_node:
        curves = tuple(map(_curve, demands, steps, quantities, [bid] * len(demands)))
        if any(len(curve) > 1 for curve in curves):
            place = places[bid.site.location.ships_from]
            shelves = tuple(_shelves(demands, steps, bid))
            offer = Offer(len(offers), place, bid.fixed, curves, bid.freight, shelves)
            offers.append(offer)
            pools.append((bid.site.id,))
            useful.setdefault(place, []).append((bid, offer))
    for place in sorted(useful):
        for group in _groups(useful[place]):
            offers.append(_together(len(offers), [offer for _, offer in group]))
            pools.append(tuple(bid.site.id for bid, _ in group))
    problem = Problem(
        quantities,
        tuple(_measure(*each, items, "weight", terms.default_weight) for each in zip(demands, steps, strict=True)),
        tuple(_measure(*each, items, "volume") for each in zip(demands, steps, strict=True)),
        tuple(int(BACKORDER * demand.weight * step) for demand, step in zip(demands, steps, strict=True)),
        tuple(offers),
        terms.split,
        terms.most_shipments,
        terms.complete,
    )
    return Question(problem, tuple(demands), steps, tuple(pools))


def answer(question: Question) -> tuple[Question, Solution, list[Part]]:
    """The cheapest plan, and what each location ships of it, in the order of the demands.

    Pools of one site that give what they cannot all have (lines that share an item there) are left out and it is asked
    again; so the question comes back as it was answered.
    """
    while True:
        solution = solve(question.problem)
        parts = parts_of(question, solution)
        if parts is not None:
            return question, solution, parts
        refused = {each.offer for each in solution.shipments if _parts(question, each.offer, each.amounts) is None}
        question = question.without(refused.__contains__)


def parts_of(question: Question, solution: Solution) -> list[Part] | None:
    """What each location ships in a plan, in the order of the demands; None where its pools cannot all give it."""
    parts: list[Part] = []
    for shipment in solution.shipments:
        given = _parts(question, shipment.offer, shipment.amounts)
        if given is None:
            return None
        parts += given
    order = {demand.line_id: number for number, demand in enumerate(question.demands)}
    return sorted(parts, key=lambda part: (order[part[0].line_id], part[1]))


def _step(demand: Demand, bids: Sequence[Bid]) -> Decimal:
    """Sets of one step: 1, or the finest fraction in which the line and what is there of it are whole."""
    if demand.quantity == demand.quantity.to_integral_value():
        return _ONE
    step = Fraction(demand.quantity)
    for bid in bids:
        step = _common(step, Fraction(max(_ZERO, bid.site.available.get(demand.needs[0].sku, _ZERO))))
    step = _common(step, Fraction(1)) if demand.quantity / _decimal(step) > MOST_FRACTIONS else step
    return demand.quantity if demand.quantity / _decimal(step) > MOST_FRACTIONS else _decimal(step)


def _common(one: Fraction, two: Fraction) -> Fraction:
    while two:
        one, two = two, one % two
    return one


def _decimal(exact: Fraction) -> Decimal:
    return Decimal(exact.numerator) / exact.denominator


def _curve(demand: Demand, step: Decimal, wanted: int, bid: Bid) -> Curve:
    """The bid's curve of what its site has and sells: whole lots, none below a minimum."""
    site = bid.site
    if not may_ship(site, demand):
        return (0,)
    there = min(site.available.get(need.sku, _ZERO) / need.units for need in demand.needs)
    most = min(wanted, int(max(_ZERO, there) / step))
    if not most:
        return (0,)
    curve = bid.curve(demand, most, step)
    multiple, minimum = lot_at(site, demand)
    if multiple == _ONE and minimum <= step:
        return curve
    sold = [0, *(cost if _is_sold(n * step, multiple, minimum) else NEVER for n, cost in enumerate(curve) if n)]
    while len(sold) > 1 and sold[-1] == NEVER:
        sold.pop()
    return tuple(sold)


def _is_sold(sets: Decimal, multiple: Decimal, minimum: Decimal) -> bool:
    return sets >= minimum and (multiple == _ONE or sets % multiple == 0)


def _shelves(demands: Sequence[Demand], steps: Sequence[Decimal], bid: Bid) -> Iterator[Shared]:
    """The items that several lines ask for, and the room that is left of the location's day."""
    asking: dict[Sku, int] = {}
    for demand in demands:
        for need in demand.needs:
            asking[need.sku] = asking.get(need.sku, 0) + 1
    for sku in sorted(sku for sku, lines in asking.items() if lines > 1):
        takes = tuple(
            sum(to_scaled(need.units * step) for need in demand.needs if need.sku == sku)
            for demand, step in zip(demands, steps, strict=True)
        )
        yield Shared(max(0, to_scaled(bid.site.available.get(sku, _ZERO))), takes)
    if bid.room is not None:
        units = (to_scaled(demand.weight * step) for demand, step in zip(demands, steps, strict=True))
        yield Shared(to_scaled(Decimal(bid.room)), tuple(units))


def _groups(members: Sequence[tuple[Bid, Offer]]) -> Iterator[tuple[tuple[Bid, Offer], ...]]:
    for size in range(2, len(members) + 1):
        for group in combinations(members, size):
            # One parcel has one price: pools with carriers of their own share none.
            if all(offer.freight == group[0][1].freight for _, offer in group):
                yield group


def _together(node: int, offers: Sequence[Offer]) -> Offer:
    curves = tuple(pooled(curves) for curves in zip(*(offer.curves for offer in offers), strict=True))
    shelves = tuple(
        Shared(sum(each.units for each in alike), alike[0].takes)
        for alike in zip(*(offer.shared for offer in offers), strict=True)
    )
    dearest = max(offers, key=lambda offer: offer.fixed)
    return Offer(node, offers[0].place, dearest.fixed, curves, dearest.freight, shelves)


def _measure(demand: Demand, step: Decimal, items: Mapping[Sku, ItemFacts], what: str, unknown: int = 0) -> int:
    """Weight or volume of one step; ``unknown`` for an each of which nobody told."""
    total = _ZERO
    for need in demand.needs:
        facts = items.get(need.sku)
        told = getattr(facts, what) if facts is not None else None
        total += need.units * step * (unknown if told is None else told)
    return int(total.to_integral_value(rounding="ROUND_CEILING"))


def _parts(question: Question, number: int, amounts: Sequence[int]) -> list[Part] | None:
    """What each pool of an offer gives; None where they cannot all."""
    pools = question.pools[number]
    found: list[Part] = []
    given: list[list[int]] = [[] for _ in pools]
    singles = [question.offer_of(location) for location in pools]
    for line, steps in enumerate(amounts):
        curves = [question.problem.offers[single].curves[line] for single in singles if single is not None]
        shares = (steps,) if len(pools) == 1 else shared_out(curves, steps)
        for pool, share in enumerate(shares):
            given[pool].append(share)
            if share:
                found.append((question.demands[line], pools[pool], share * question.steps[line]))
    if len(pools) > 1:
        for single, asked in zip(singles, given, strict=True):
            shelves = question.problem.offers[single].shared if single is not None else ()
            if any(sum(a * b for a, b in zip(shelf.takes, asked, strict=True)) > shelf.units for shelf in shelves):
                return None
    return found
