"""What a plan costs and whether it may be, worked out from ``hub.routing.problem`` alone: no code of the kernel's.

Every policy is priced here, the kernel's plans too, so that figures side by side mean the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from hub.routing.problem import NEVER, Freight, Offer, Problem, Solution

Amounts = tuple[int, ...]
"""Steps by line."""

Plan = Mapping[int, Amounts]
"""What ships from which offer, by its index."""


class Bill(NamedTuple):
    """Mills by item. ``backorder`` is for what nobody ships: it is left out where policies that fill the same are
    compared."""

    fixed: int
    lines: int
    freight: int
    split: int
    backorder: int

    @property
    def shipped(self) -> int:
        """What the shipments cost."""
        return self.fixed + self.lines + self.freight + self.split

    @property
    def total(self) -> int:
        """What the kernel makes as small as it can."""
        return self.shipped + self.backorder


def price(problem: Problem, plan: Plan) -> Bill:
    """The bill of a plan; NEVER or more in it where an offer does not sell or carry its part."""
    fixed = lines = freight = 0
    for index, amounts in plan.items():
        offer = problem.offers[index]
        fixed += offer.fixed
        lines += sum(cost_of(curve, amount) for curve, amount in zip(offer.curves, amounts, strict=True))
        freight += freight_of(problem, offer, amounts)[0]
    split = problem.split * max(0, len(plan) - 1)
    unshipped = missing(problem, plan)
    backorder = sum(steps * each for steps, each in zip(unshipped, problem.backorder, strict=True))
    return Bill(fixed, lines, freight, split, backorder)


def missing(problem: Problem, plan: Plan) -> Amounts:
    """Steps by line that no offer ships."""
    shipped = list(map(sum, zip(*plan.values(), strict=True))) if plan else [0] * len(problem.quantities)
    return tuple(wanted - sent for wanted, sent in zip(problem.quantities, shipped, strict=True))


def cost_of(curve: Sequence[int], amount: int) -> int:
    """What so much of a line costs by its curve; NEVER beyond its end."""
    return curve[amount] if amount < len(curve) else NEVER


def freight_of(problem: Problem, offer: Offer, amounts: Amounts) -> tuple[int, int]:
    """Mills and service of the cheapest table that carries the parcel, the first of equally cheap ones."""
    if not offer.freight:
        return 0, -1
    weight = sum(amount * each for amount, each in zip(amounts, problem.weights, strict=True))
    volume = sum(amount * each for amount, each in zip(amounts, problem.volumes, strict=True))
    return min(
        (_carried(table, weight, volume) for table in offer.freight), key=lambda found: found[0], default=(NEVER, -1)
    )


def _carried(table: Freight, weight: int, volume: int) -> tuple[int, int]:
    steps = -(-weight // table.weight_step)
    if table.volume_step:
        steps = max(steps, -(-volume // table.volume_step))
    return (table.prices[steps], table.services[steps]) if steps < len(table.prices) else (NEVER, -1)


def may_ship(problem: Problem, offer: Offer, amounts: Amounts) -> bool:
    """Whether the offer can send so much, all that the offer itself says of it considered."""
    if not any(amounts) or any(amount > most for amount, most in zip(amounts, problem.quantities, strict=True)):
        return False
    if any(cost_of(curve, amount) >= NEVER for curve, amount in zip(offer.curves, amounts, strict=True)):
        return False
    if freight_of(problem, offer, amounts)[0] >= NEVER:
        return False
    return all(
        sum(amount * takes for amount, takes in zip(amounts, shelf.takes, strict=True)) <= shelf.units
        for shelf in offer.shared
    )


def faults_of(problem: Problem, solution: Solution) -> list[str]:
    """What is wrong with a solution as such, and as an answer to this problem; nothing where it may be carried out."""
    plan = {shipment.offer: shipment.amounts for shipment in solution.shipments}
    return [*_faults_of_shipments(problem, solution), *_faults_of_plan(problem, solution, plan)]


def _faults_of_shipments(problem: Problem, solution: Solution) -> Iterator[str]:
    for shipment in solution.shipments:
        offer = problem.offers[shipment.offer]
        if not may_ship(problem, offer, shipment.amounts):
            yield f"node {offer.node} cannot ship {shipment.amounts}"
            continue
        bill = price(problem, {shipment.offer: shipment.amounts})
        if shipment.cost != bill.shipped:
            yield f"the shipment of node {offer.node} costs {bill.shipped}, not {shipment.cost}"
        if shipment.service != (service := freight_of(problem, offer, shipment.amounts)[1]):
            yield f"the shipment of node {offer.node} goes by service {service}, not {shipment.service}"


def _faults_of_plan(problem: Problem, solution: Solution, plan: Plan) -> Iterator[str]:
    places = [problem.offers[index].place for index in plan]
    nodes = [problem.offers[shipment.offer].node for shipment in solution.shipments]
    if len(set(places)) < len(solution.shipments):
        yield f"a place ships twice: {sorted(places)}"
    if nodes != sorted(nodes):
        yield f"shipments are not by node: {nodes}"
    if len(plan) > problem.most_shipments:
        yield f"{len(plan)} shipments where {problem.most_shipments} are the most"
    unshipped = missing(problem, plan)
    if unshipped != solution.backordered:
        yield f"{unshipped} are not shipped, not {solution.backordered}"
    if min(unshipped) < 0:
        yield f"more is shipped than is wanted: {unshipped}"
    if problem.complete and plan and any(unshipped):
        yield f"all or nothing was asked, {unshipped} are missing"
    if solution.cost != price(problem, plan).total:
        yield f"the plan costs {price(problem, plan).total}, not {solution.cost}"
    if solution.bound > solution.cost or (solution.exact and solution.bound != solution.cost):
        yield f"bound {solution.bound} of cost {solution.cost}, exact {solution.exact}"
