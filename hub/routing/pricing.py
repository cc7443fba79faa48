"""What a plan's shipments cost, worked out from the problem: the one accounting of every plan."""

from __future__ import annotations

from collections.abc import Sequence

from hub.routing.boxes import freight_of
from hub.routing.problem import NEVER, Problem, Shipment, Solution


def shipped(problem: Problem, offer: int, amounts: Sequence[int]) -> Shipment:
    """One shipment with its cost (hub.routing.problem), ``NEVER`` and more where the offer does not sell it."""
    given = problem.offers[offer]
    weight = sum([each * steps for each, steps in zip(problem.weights, amounts, strict=True)])
    volume = sum([each * steps for each, steps in zip(problem.volumes, amounts, strict=True)])
    price, service = freight_of(given, weight, volume)
    cost = given.fixed + price
    for curve, steps in zip(given.curves, amounts, strict=True):
        cost += curve[steps] if steps < len(curve) else NEVER
    return Shipment(offer, tuple(amounts), cost, service)


def solution_of(problem: Problem, shipments: Sequence[Shipment], *, bound: int | None = None) -> Solution:
    """The plan of these shipments, by node; exact unless another ``bound`` than its cost is given."""
    in_order = tuple(sorted(shipments, key=lambda each: (problem.offers[each.offer].node, each.offer)))
    rest = list(problem.quantities)
    for shipment in in_order:
        for line, steps in enumerate(shipment.amounts):
            rest[line] -= steps
    cost = sum([each.cost for each in in_order]) + problem.split * max(0, len(in_order) - 1)
    cost += sum([price * steps for price, steps in zip(problem.backorder, rest, strict=True)])
    exact = bound is None or bound >= cost
    return Solution(in_order, tuple(rest), cost, exact, cost if bound is None else min(bound, cost))
