"""Open orders as a pool: each one's question to the kernel, and the shelves that they hold units of.

An order whose standing plan cannot be said in its question (a location that holds units for it may not ship it any
more, it is counted in fractions of a unit) is not of the pool: it stays as it is, and what it holds is nobody else's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from hub.model.identity import LineId, LocationId, OrderId, Sku
from hub.routing.candidates import Demand
from hub.routing.pool_problem import Draw, OpenOrder, Pool
from hub.routing.pricing import shipped, solution_of
from hub.routing.problem import NEVER, Shipment, Solution
from hub.routing.question import Question

Shelf = tuple[Sku, LocationId]
_ZERO = Decimal(0)


class Held(NamedTuple):
    """An open order. ``question`` is asked as if the pool's orders held nothing, of single locations; ``holds``: sets
    by line and location."""

    order_id: OrderId
    question: Question
    holds: Mapping[tuple[LineId, LocationId], Decimal]


def pool_of(
    orders: Sequence[Held], free: Mapping[Shelf, Decimal], change_fee: int, churn_permille: int
) -> tuple[Pool, list[Held]]:
    """The pool of those orders that can be said in numbers, and these orders. ``free``: units that nobody holds."""
    rows: dict[Shelf, int] = {}
    found: list[OpenOrder] = []
    kept: list[Held] = []
    for held in orders:
        standing = _standing(held)
        if standing is None:
            continue
        draws = [_draw(held.question, number, rows) for number in range(len(held.question.pools))]
        found.append(OpenOrder(held.order_id, held.question.problem, draws, standing))
        kept.append(held)
    units = [int(free.get(shelf, _ZERO)) for shelf in rows]
    for held in kept:
        for (line_id, location), sets in held.holds.items():
            for need in _demand(held.question, line_id).needs:
                units[rows[need.sku, location]] += int(need.units * sets)
    return Pool(found, units, change_fee, churn_permille), kept


def of_single_locations(question: Question) -> Question:
    """The question without offers of several locations together: what each gives of them is not settled beforehand."""
    return question.without(lambda number: len(question.pools[number]) > 1)


def _draw(question: Question, number: int, rows: dict[Shelf, int]) -> Draw:
    (location,) = question.pools[number]
    return Draw(
        tuple(
            [
                tuple(
                    [
                        (rows.setdefault((need.sku, location), len(rows)), int(need.units * step))
                        for need in demand.needs
                    ]
                )
                for demand, step in zip(question.demands, question.steps, strict=True)
            ]
        )
    )


def _standing(held: Held) -> Solution | None:
    """The plan that the order has, None where its question cannot say it."""
    question = held.question
    if any(step != 1 for step in question.steps) or not all(map(_is_whole, question.demands)):
        return None
    shipments: list[Shipment] = []
    for location in sorted({where for _, where in held.holds}):
        offer = question.offer_of(location)
        if offer is None:
            return None
        amounts = [int(held.holds.get((demand.line_id, location), _ZERO)) for demand in question.demands]
        curves = question.problem.offers[offer].curves
        if any(amount >= len(curve) for amount, curve in zip(amounts, curves, strict=True)):
            return None
        shipments.append(shipped(question.problem, offer, amounts))
    places = [question.problem.offers[shipment.offer].place for shipment in shipments]
    plan = solution_of(question.problem, shipments, bound=0)
    # Locations of one site share a parcel, which two offers cannot say.
    return plan if plan.cost < NEVER and len(set(places)) == len(places) else None


def _is_whole(demand: Demand) -> bool:
    return demand.quantity % 1 == 0 and all(need.units % 1 == 0 for need in demand.needs)


def _demand(question: Question, line_id: LineId) -> Demand:
    return next(demand for demand in question.demands if demand.line_id == line_id)
