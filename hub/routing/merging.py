"""Orders of one customer and address, held together, routed as one order; and what it is worth to wait for the next.

A merge group is an order with the lines of all: what one location ships of them goes in one parcel. That parcel is
priced, and has to arrive, as the order needs it that was promised earliest, so no promise is weakened. What the group's
plan costs is divided among its orders to the mill: each pays for its own lines, and by weight for what it shares.

Worked: two orders of one pound each, a parcel 7.60 for up to two pounds and 1.90 for packing it. Apart they come to
19.00, together to 9.50, of which each bears 4.75.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, pairwise
from typing import NamedTuple

from hub.routing.boxes import freight_of
from hub.routing.kernel import solve
from hub.routing.pool_problem import Draw
from hub.routing.problem import Offer, Problem, Shared, Shipment, Solution


class Part(NamedTuple):
    """An order that may go with others. ``draws`` by offer; ``promise``: its day, the earlier the lower."""

    problem: Problem
    draws: Sequence[Draw]
    promise: int


class Group(NamedTuple):
    """The orders as one. ``offered[part][offer]``: where the group's offer is among the part's, -1 where it is not."""

    problem: Problem
    draws: tuple[Draw, ...]
    parts: tuple[Part, ...]
    offered: tuple[tuple[int, ...], ...]


def merge(parts: Sequence[Part], rows: Sequence[int]) -> Group:
    """One order of all parts' lines, in their order; ``rows``: units of what the parts' draws take of.

    A limit that one of them has holds for all: fewest shipments, and all or nothing.
    """
    nodes = sorted({offer.node for part in parts for offer in part.problem.offers})
    found = [{offer.node: index for index, offer in enumerate(part.problem.offers)} for part in parts]
    offered = tuple([tuple([there.get(node, -1) for node in nodes]) for there in found])
    merged = [_merged(parts, indexes, rows) for indexes in zip(*offered, strict=True)]
    problems = [part.problem for part in parts]
    problem = Problem(
        tuple([each for problem in problems for each in problem.quantities]),
        tuple([each for problem in problems for each in problem.weights]),
        tuple([each for problem in problems for each in problem.volumes]),
        tuple([each for problem in problems for each in problem.backorder]),
        [offer for offer, _ in merged],
        max([problem.split for problem in problems]),
        min([problem.most_shipments for problem in problems]),
        complete=any(problem.complete for problem in problems),
    )
    return Group(problem, tuple([draw for _, draw in merged]), tuple(parts), offered)


def together(group: Group, plans: Sequence[Solution]) -> Solution:
    """The parts' own plans as one of the group: the same parcels for the same money."""
    shipments: list[Shipment] = []
    lines = [0, *accumulate([len(part.problem.quantities) for part in group.parts])]
    for plan, offered, (first, end) in zip(plans, group.offered, pairwise(lines), strict=True):
        for shipment in plan.shipments:
            amounts = (*(0,) * first, *shipment.amounts, *(0,) * (lines[-1] - end))
            shipments.append(shipment._replace(offer=offered.index(shipment.offer), amounts=amounts))
    return Solution(
        tuple(shipments),
        tuple([steps for plan in plans for steps in plan.backordered]),
        sum([plan.cost for plan in plans]),
        all(plan.exact for plan in plans),
        sum([plan.bound for plan in plans]),
    )


def apart(group: Group, plan: Solution) -> tuple[Solution, ...]:
    """Each part's own plan, its parcels shared or not. Their costs add up to the group's.

    ``bound``: what the part could cost at least if what the plan is above its own bound were all the part's.
    """
    lines = [0, *accumulate([len(part.problem.quantities) for part in group.parts])]
    spans = list(pairwise(lines))
    shares = [_shares(group, spans, shipment) for shipment in plan.shipments]
    backorders = [_backorder(group, span, plan) for span in spans]
    parcels = [sum(any(shipment.amounts[first:end]) for shipment in plan.shipments) for first, end in spans]
    splits = plan.cost - sum([shipment.cost for shipment in plan.shipments]) - sum(backorders)
    further = [max(0, count - 1) for count in parcels]
    extra = apportioned(splits, further if any(further) else parcels)
    found = []
    for index, (first, end) in enumerate(spans):
        own = tuple(
            [
                Shipment(group.offered[index][each.offer], each.amounts[first:end], share[index], each.service)
                for each, share in zip(plan.shipments, shares, strict=True)
                if any(each.amounts[first:end])
            ]
        )
        cost = sum([each.cost for each in own]) + backorders[index] + extra[index]
        found.append(Solution(own, plan.backordered[first:end], cost, plan.exact, cost - (plan.cost - plan.bound)))
    return tuple(found)


def value_of_waiting(now: Problem, later: Problem, chance_permille: int) -> int:
    """Mills that it saves on average to hold an order until another of its customer may have come; below 0: send it.

    ``later`` is the order as it will be after the wait, with cut-offs passed and days lost priced in;
    ``chance_permille`` how often another comes in that time. What a wait can save is a parcel: packing it, and its
    freight before anything is in it. Worked: three in ten come back, a parcel is 9.50, the wait costs 2.00:
    2.85 - 2.00 = 0.85, so wait.
    """
    plan, after = solve(now), solve(later)
    return chance_permille * _dearest_parcel(later, after) // 1000 - max(0, after.cost - plan.cost)


def apportioned(total: int, weights: Sequence[int]) -> list[int]:
    """Whole mills by weight, which add up to ``total``; equal parts where nothing has a weight.

    >>> apportioned(100, [1, 1, 1])
    [33, 33, 34]
    """
    if not any(weights):
        weights = [1] * len(weights)
    whole = sum(weights)
    reached = [0, *accumulate(weights)]
    return [total * until // whole - total * since // whole for since, until in pairwise(reached)]


def _merged(parts: Sequence[Part], indexes: Sequence[int], rows: Sequence[int]) -> tuple[Offer, Draw]:
    """One location's offer to all parts; ``indexes``: which of each part's offers it is."""
    there = [(part, index) for part, index in zip(parts, indexes, strict=True) if index >= 0]
    first, at = min(there, key=lambda each: each[0].promise)
    curves: list[Sequence[int]] = []
    steps: list[tuple[tuple[int, int], ...]] = []
    for part, index in zip(parts, indexes, strict=True):
        nothing = [()] * len(part.problem.quantities)
        curves += part.problem.offers[index].curves if index >= 0 else [(0,)] * len(nothing)
        steps += part.draws[index].steps if index >= 0 else nothing
    draw = Draw(tuple(steps), first.draws[at].shipment)
    return first.problem.offers[at]._replace(curves=tuple(curves), shared=tuple(_shelves(draw, rows))), draw


def _shelves(draw: Draw, rows: Sequence[int]) -> Iterator[Shared]:
    """The rows that several lines take of."""
    takers: dict[int, int] = {}
    for step in draw.steps:
        for row, _ in step:
            takers[row] = takers.get(row, 0) + 1
    for row, count in sorted(takers.items()):
        if count > 1:
            yield Shared(rows[row], tuple([dict(step).get(row, 0) for step in draw.steps]))


def _shares(group: Group, spans: Iterable[tuple[int, int]], shipment: Shipment) -> list[int]:
    """What each part bears of a shipment: its own lines, and by weight what is left."""
    offer, weights = group.problem.offers[shipment.offer], group.problem.weights
    own, carried = [], []
    for first, end in spans:
        lines = [(line, shipment.amounts[line]) for line in range(first, end)]
        own.append(sum([offer.curves[line][amount] for line, amount in lines]))
        steps = sum([amount for _, amount in lines])
        carried.append(sum([weights[line] * amount for line, amount in lines]) if any(weights) else steps)
    if not any(carried):
        carried = [sum(shipment.amounts[first:end]) for first, end in spans]
    return [mine + rest for mine, rest in zip(own, apportioned(shipment.cost - sum(own), carried), strict=True)]


def _backorder(group: Group, span: tuple[int, int], plan: Solution) -> int:
    return sum([group.problem.backorder[line] * plan.backordered[line] for line in range(*span)])


def _dearest_parcel(problem: Problem, plan: Solution) -> int:
    offers = [problem.offers[shipment.offer] for shipment in plan.shipments]
    return max([offer.fixed + freight_of(offer, 0, 0)[0] for offer in offers], default=0)
