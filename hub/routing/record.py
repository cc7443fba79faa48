"""What the kernel was asked for an order, kept as text: from it the kernel gives the same plan again.

A JSON object: ``lines`` are ``[line_id, sku, sets, sets of one step, [[line_id, sku, units a set], ...]]``, ``offers``
are ``[locations, node, place, fixed, curves, freight, shared]`` as in hub.routing.problem. Of freight tables only the
weights that the order can reach are kept.
"""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from hub.model.identity import LineId, LocationId, Sku
from hub.model.routing import Assignment
from hub.routing.boxes import billable_steps
from hub.routing.candidates import Demand, Need
from hub.routing.problem import Freight, Offer, Problem, Shared
from hub.routing.question import Part, Question, answer

KERNEL = "1"
"""Version of the kernel: another one may give another plan for the same question."""


def written(question: Question) -> str:
    """The question as text; equal questions, equal texts."""
    problem = question.problem
    weight = sum([a * b for a, b in zip(problem.weights, problem.quantities, strict=True)])
    volume = sum([a * b for a, b in zip(problem.volumes, problem.quantities, strict=True)])
    lines = [
        [
            each.line_id,
            each.sku,
            f"{each.quantity:f}",
            f"{step:f}",
            [[n.line_id, n.sku, f"{n.units:f}"] for n in each.parts],
        ]
        for each, step in zip(question.demands, question.steps, strict=True)
    ]
    offers = [
        [pools, *offer._replace(freight=tuple([_within_reach(each, weight, volume) for each in offer.freight]))]
        for offer, pools in zip(problem.offers, question.pools, strict=True)
    ]
    numbers = {**problem._asdict(), "offers": offers}
    return json.dumps({"kernel": KERNEL, "lines": lines, **numbers}, separators=(",", ":"))


def read(text: str) -> Question:
    """The question that was written."""
    given = json.loads(text)
    demands = tuple(
        Demand(
            LineId(line_id),
            Sku(sku),
            Decimal(sets),
            parts=tuple(Need(LineId(part), Sku(of), Decimal(units)) for part, of, units in parts),
        )
        for line_id, sku, sets, _, parts in given["lines"]
    )
    problem = Problem(
        tuple(given["quantities"]),
        tuple(given["weights"]),
        tuple(given["volumes"]),
        tuple(given["backorder"]),
        tuple(_offer(*each[1:]) for each in given["offers"]),
        given["split"],
        given["most_shipments"],
        given["complete"],
    )
    pools = tuple(tuple(LocationId(name) for name in each[0]) for each in given["offers"])
    return Question(problem, demands, tuple(Decimal(step) for _, _, _, step, _ in given["lines"]), pools)


def replayed(text: str) -> tuple[Assignment, ...]:
    """What the kernel decides for a question that was written."""
    _, _, parts = answer(read(text))
    return assignments(parts)


def assignments(parts: list[Part]) -> tuple[Assignment, ...]:
    """The parts of a plan as the model says them; of a kit its components."""
    return tuple(
        Assignment(line_id=need.line_id, sku=need.sku, location=location, quantity=need.units * sets)
        for demand, location, sets in parts
        for need in demand.needs
    )


def _within_reach(freight: Freight, weight: int, volume: int) -> Freight:
    end = billable_steps(freight, weight, volume) + 1
    return freight._replace(prices=freight.prices[:end], services=freight.services[:end])


def _offer(node: int, place: int, fixed: int, curves: Any, freight: Any, shared: Any) -> Offer:
    return Offer(
        node,
        place,
        fixed,
        tuple(tuple(curve) for curve in curves),
        tuple(Freight(weight, volume, tuple(prices), tuple(services)) for weight, volume, prices, services in freight),
        tuple(Shared(units, tuple(takes)) for units, takes in shared),
    )
