"""Orders too large to look at every plan: a good plan, and a bound that no plan is cheaper than.

Greedy first: again and again the offer that ships the rest's most valuable part for least, value being what a backorder
would cost. Then, while anything gets cheaper: a shipment goes from another offer, one shipment takes over another's, or
what two ship of a line moves to one of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from hub.routing.boxes import on_the_shelf
from hub.routing.pricing import shipped, solution_of
from hub.routing.problem import NEVER, Problem, Shipment, Solution

_Plan = tuple[Shipment, ...]


def solve_coarsely(problem: Problem) -> Solution:
    """A feasible plan with ``bound`` (module docstring)."""
    plan = _improved(problem, _greedy(problem))
    found = solution_of(problem, plan, bound=_bound(problem))
    nothing = solution_of(problem, (), bound=found.bound)
    if (problem.complete and any(found.backordered)) or nothing.cost <= found.cost:
        return nothing
    return found


def _bound(problem: Problem) -> int:
    """Nothing leaves; or one parcel at least does from somewhere, and every step costs no less than its cheapest share
    of its line anywhere, or than its backorder."""
    steps = 0
    for line, wanted in enumerate(problem.quantities):
        shares = [
            cost // amount
            for offer in problem.offers
            for amount, cost in enumerate(offer.curves[line][: wanted + 1])
            if amount and cost < NEVER
        ]
        steps += wanted * min(problem.backorder[line], *shares, problem.backorder[line])
    floors = [
        offer.fixed + min((min(freight.prices, default=NEVER) for freight in offer.freight), default=0)
        for offer in problem.offers
    ]
    first = max(0, min(floors, default=0))
    return min(steps + first, solution_of(problem, ()).cost)


def _greedy(problem: Problem) -> _Plan:
    rest, used, plan = list(problem.quantities), set[int](), list[Shipment]()
    while any(rest) and len(plan) < problem.most_shipments:
        options = [
            shipment
            for index, offer in enumerate(problem.offers)
            if offer.place not in used
            for shipment in [_all_it_can(problem, index, rest)]
            if shipment is not None
        ]
        if not options:
            break
        best = max(options, key=lambda each: _merit(problem, each))
        if _value(problem, best) <= best.cost:
            break
        plan.append(best)
        used.add(problem.offers[best.offer].place)
        rest = [there - steps for there, steps in zip(rest, best.amounts, strict=True)]
    return tuple(plan)


def _merit(problem: Problem, shipment: Shipment) -> tuple[float, int, int]:
    covered = _value(problem, shipment)
    return (-(shipment.cost + problem.split) / covered, covered, -problem.offers[shipment.offer].node)


def _value(problem: Problem, shipment: Shipment) -> int:
    return sum([price * steps for price, steps in zip(problem.backorder, shipment.amounts, strict=True)])


def _all_it_can(problem: Problem, index: int, rest: Sequence[int]) -> Shipment | None:
    """The offer's shipment of as much of ``rest`` as it sells, line by line."""
    offer = problem.offers[index]
    amounts = [0] * len(rest)
    for line, wanted in enumerate(rest):
        for steps in range(min(wanted, len(offer.curves[line]) - 1), 0, -1):
            amounts[line] = steps
            if offer.curves[line][steps] < NEVER and on_the_shelf(offer, amounts):
                break
            amounts[line] = 0
    return _sold(problem, index, amounts)


def _sold(problem: Problem, index: int, amounts: Sequence[int]) -> Shipment | None:
    """That shipment, where the offer sells it."""
    offer = problem.offers[index]
    if not any(amounts) or not on_the_shelf(offer, amounts):
        return None
    found = shipped(problem, index, amounts)
    return found if found.cost < NEVER else None


def _improved(problem: Problem, plan: _Plan) -> _Plan:
    cost = _cost(problem, plan)
    while True:
        better = min(_neighbours(problem, plan), key=lambda each: _cost(problem, each), default=plan)
        if _cost(problem, better) >= cost:
            return plan
        plan, cost = better, _cost(problem, better)


def _cost(problem: Problem, plan: _Plan) -> int:
    return sum(each.cost for each in plan) + problem.split * max(0, len(plan) - 1)


def _neighbours(problem: Problem, plan: _Plan) -> Iterator[_Plan]:
    """Plans of the same amounts one change away."""
    used = {problem.offers[each.offer].place for each in plan}
    for one in plan:
        others = tuple(each for each in plan if each is not one)
        for index, offer in enumerate(problem.offers):
            if offer.place not in used or offer.place == problem.offers[one.offer].place:
                moved = _sold(problem, index, one.amounts)
                if moved is not None:
                    yield (*others, moved)
        for two in others:
            yield from _shifted(problem, plan, one, two)


def _shifted(problem: Problem, plan: _Plan, one: Shipment, two: Shipment) -> Iterator[_Plan]:
    """All of ``one``, or of one of its lines, goes with ``two``."""
    others = tuple(each for each in plan if each is not one and each is not two)
    merged = _sold(problem, two.offer, [a + b for a, b in zip(one.amounts, two.amounts, strict=True)])
    if merged is not None:
        yield (*others, merged)
    for line, steps in enumerate(one.amounts):
        room = min(steps, len(problem.offers[two.offer].curves[line]) - 1 - two.amounts[line])
        if room <= 0:
            continue
        less, more = list(one.amounts), list(two.amounts)
        less[line] -= room
        more[line] += room
        gives, takes = _sold(problem, one.offer, less), _sold(problem, two.offer, more)
        if gives is not None and takes is not None:
            yield (*others, gives, takes)
