"""The cheapest plan of one order, proven: set partition by dynamic programming over amounts of every line.

Every offer's cost is worked out for every amount vector that it could ship (its *boxes*, ``hub.routing.boxes``), and
the cheapest of each vector is kept. A plan covers the order with boxes:

    best(rest) = min over boxes <= rest that hold some of rest's first line: cost(box) + split + best(rest - box);
                 or some of that line is backordered

remembered by rest and by how many shipments are left, and cut off where what is left cannot cost little enough. One
place may come up twice in such a plan, with stock for one of its boxes only: then ``hub.routing.apart`` asks these
places one by one. Of equally dear plans fewer shipments win, then lower nodes as far as one box is against another. An
order with too many boxes is left to ``hub.routing.coarse``, which says what no plan can be cheaper than.

Worked: two lines; A has both for 9.00, B the first for 4.00 and C the second for 4.50, each further shipment costs
1.50. B and C come to 4.00 + 4.50 + 1.50 = 10.00, so A ships both.
"""

from __future__ import annotations

from collections.abc import Sequence
from operator import mul

from hub.routing.apart import cover_apart, repeated_places
from hub.routing.boxes import Layout, boxes_of, floors_of, freight_of, on_the_shelf, too_many_boxes
from hub.routing.coarse import solve_coarsely
from hub.routing.cover import Chosen, Cover, TooManyBoxesError
from hub.routing.pricing import shipped, solution_of
from hub.routing.problem import NEVER, Problem, Shipment, Solution

MANY_VECTORS = 250
"""Different vectors of an order from which on it pays to have a possible plan before the best is looked for."""


def solve(problem: Problem) -> Solution:
    """The cheapest plan (module docstring)."""
    if not problem.quantities or not problem.offers or problem.most_shipments < 1:
        return solution_of(problem, ())
    if problem.quantities == (1,):
        return _one_step(problem)
    within_reach = _within_reach(problem)
    if within_reach is None:
        return solution_of(problem, ())
    if too_many_boxes(within_reach):
        return solve_coarsely(problem)
    layout = Layout.of(within_reach.quantities)
    try:
        chosen = _cover(within_reach, layout)
    except TooManyBoxesError:
        return solve_coarsely(problem)
    return solution_of(problem, [shipped(problem, offer, layout.amounts(box)) for offer, box in chosen])


def _one_step(problem: Problem) -> Solution:
    """A single each, which most orders are: the cheapest offer that has one."""
    weight, volume = problem.weights[0], problem.volumes[0]
    best, lowest, chosen, service = NEVER, -1, -1, -1
    for index, offer in enumerate(problem.offers):
        curve = offer.curves[0]
        if len(curve) < 2:
            continue
        price, by = freight_of(offer, weight, volume) if offer.freight else (0, -1)
        cost = offer.fixed + curve[1] + price
        if (cost < best or (cost == best and offer.node < lowest)) and not any(
            shelf.takes[0] > shelf.units for shelf in offer.shared
        ):
            best, lowest, chosen, service = cost, offer.node, index, by
    if best >= problem.backorder[0]:
        return solution_of(problem, ())
    return Solution((Shipment(chosen, (1,), best, service),), (0,), best, exact=True, bound=best)


def _within_reach(problem: Problem) -> Problem | None:
    """The problem without steps that nobody has; None where it then ships nothing."""
    has = [0] * len(problem.quantities)
    for offer in problem.offers:
        for line, curve in enumerate(offer.curves):
            has[line] += len(curve) - 1
    missing = [there < wanted for there, wanted in zip(has, problem.quantities, strict=True)]
    if not any(missing):
        return problem
    if problem.complete or not any(has):
        return None
    return problem._replace(quantities=tuple(map(min, has, problem.quantities)))


def _cover(problem: Problem, layout: Layout) -> Chosen:
    """The boxes of the cheapest plan; offers that can be in none are not taken apart into boxes."""
    limit = solution_of(problem, ()).cost + problem.split
    nodes = [offer.node for offer in problem.offers]
    in_order = sorted(range(len(nodes)), key=nodes.__getitem__)
    whole, cost = _whole(problem, in_order)
    if cost < limit:
        floors = floors_of(problem)
        least = sorted(floors)[:2]
        if least[0] >= 0:
            if cost <= min(sum(least) if len(least) > 1 else NEVER, *problem.backorder):
                return [(whole, layout.full)]
            limit, more = cost + 1, min(least[0], *problem.backorder)
            in_order = [offer for offer in in_order if offer == whole or floors[offer] + more < cost]
    boxes = boxes_of(problem, layout, in_order)
    cover = Cover(problem, layout)
    for offer in in_order:
        cover.add(offer, boxes[offer])
    if cover.vectors > MANY_VECTORS:
        limit = min(limit, _possible(problem))
    cost = cover.within(layout.full, problem.most_shipments, limit)
    chosen = cover.chosen(layout.full, problem.most_shipments) if cost < limit else []
    if repeated_places(problem, chosen):
        _, chosen = cover_apart(problem, layout, boxes, in_order, chosen, limit)
    return chosen


def _possible(problem: Problem) -> int:
    """A little more than a possible plan costs with a split in each shipment: dearer ones need not be followed."""
    return solve_coarsely(problem).cost + problem.split + 1


def _whole(problem: Problem, in_order: Sequence[int]) -> tuple[int, int]:
    """The cheapest offer that ships everything, and its cost with a split; ``NEVER`` where none does."""
    weight = sum(map(mul, problem.weights, problem.quantities))
    volume = sum(map(mul, problem.volumes, problem.quantities))
    best, chosen = NEVER, -1
    for index in in_order:
        offer = problem.offers[index]
        cost = offer.fixed + problem.split
        for curve, steps in zip(offer.curves, problem.quantities, strict=True):
            if len(curve) <= steps:
                break
            cost += curve[steps]
        else:
            cost += freight_of(offer, weight, volume)[0]
            if cost < best and (not offer.shared or on_the_shelf(offer, problem.quantities)):
                best, chosen = cost, index
    return chosen, best
