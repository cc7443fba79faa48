"""The routing decision with its reasons: what it costs by name, the next best plans, every candidate's verdict, and
for every unrouted unit its nearest cure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from hub.model.identity import LocationId, OrderId, Sku
from hub.model.item import ItemFacts
from hub.model.routing import Alternative, PlannedShipment, RoutingPlan
from hub.routing import record
from hub.routing.accounting import differences, money, planned
from hub.routing.candidates import Demand, Site
from hub.routing.problem import Solution
from hub.routing.question import Bid, Part, Question, Terms, answer, parts_of, question_of
from hub.routing.runners_up import runners_up
from hub.routing.shortfall import number_of, unrouted
from hub.routing.verdicts import candidates

RUNNERS_UP = 3
"""Plans that are shown beside the chosen one."""

_ZERO = Decimal(0)


def plan_order(
    order_id: OrderId,
    demands: Sequence[Demand],
    sites: Sequence[Site],
    bids: Sequence[Bid],
    terms: Terms,
    *,
    items: Mapping[Sku, ItemFacts],
    currency: str,
    decided_at: datetime,
) -> RoutingPlan:
    """The cheapest plan for the demands, explained. ``bids`` of those sites that may ship at all.

    Law: assigned + unrouted = demanded per line, and no site gives more than it has available.
    """
    mapped = [each for each in demands if each.sku is not None]
    question, solution, parts = answer(question_of(mapped, bids, terms, items))
    by_location = {bid.site.id: bid for bid in bids}
    shipments = planned(question, solution.shipments, by_location)
    split = terms.split * max(0, len(shipments) - 1)
    cost = sum((each.cost for each in shipments), money(split))
    seen, nothing = candidates(question, sites, parts, cost, currency)
    return RoutingPlan(
        order_id=order_id,
        decided_at=decided_at,
        assignments=record.assignments(parts),
        unrouted=tuple(unrouted(demands, sites, parts, terms.most_shipments)),
        candidates=tuple(seen),
        nothing_there=tuple(nothing),
        shipments=tuple(shipments),
        split=money(split),
        cost=cost,
        exact=solution.exact,
        bound=None if solution.exact else money(max(0, solution.bound)),
        alternatives=_alternatives(question, solution, shipments, by_location, currency),
        summary=_summary(question, sites, solution, parts, cost, currency),
        kernel=record.KERNEL,
        inputs=record.written(question),
    )


def _alternatives(
    question: Question,
    best: Solution,
    chosen: Sequence[PlannedShipment],
    bids: Mapping[LocationId, Bid],
    currency: str,
) -> tuple[Alternative, ...]:
    split = money(question.problem.split)
    left = _units(question, best.backordered)
    cost = _cost(chosen, split)
    found = []
    for solution in runners_up(question.problem, best, RUNNERS_UP):
        parts = parts_of(question, solution)
        if parts is None:
            continue
        shipments = planned(question, solution.shipments, bids)
        differs = differences(chosen, shipments, split)
        short = _units(question, solution.backordered) - left
        total = _cost(shipments, split)
        found.append(
            Alternative(
                assignments=record.assignments(parts),
                shipments=tuple(shipments),
                cost=total,
                short=short,
                differs=differs,
                why=_why(shipments, total - cost, differs, short, currency),
            )
        )
    return tuple(found)


def _cost(shipments: Sequence[PlannedShipment], split: Decimal) -> Decimal:
    return sum((each.cost for each in shipments), split * max(0, len(shipments) - 1))


def _units(question: Question, steps: Sequence[int]) -> Decimal:
    return sum(
        (each.weight * step * count for each, step, count in zip(question.demands, question.steps, steps, strict=True)),
        _ZERO,
    )


def _why(
    shipments: Sequence[PlannedShipment],
    dearer: Decimal,
    differs: Mapping[str, Decimal],
    short: Decimal,
    currency: str,
) -> str:
    """One sentence: ``dc-2: +3.10 USD (freight +4.60, split -1.50)``."""
    where = " + ".join("/".join(each.locations) for each in shipments)
    items = ", ".join(f"{name} {amount:+f}" for name, amount in differs.items())
    missing = f"{number_of(short, 'unit')} fewer, " if short else ""
    return f"{where}: {missing}{dearer:+f} {currency}" + (f" ({items})." if items else ".")


def _summary(
    question: Question,
    sites: Sequence[Site],
    solution: Solution,
    parts: Sequence[Part],
    cost: Decimal,
    currency: str,
) -> str:
    wanted = sum((each.units for each in question.demands), _ZERO)
    if not parts:
        return f"None of {number_of(wanted, 'unit')} can be shipped now."
    where = " + ".join(sorted({location for _, location, _ in parts}))
    filled = sum((demand.weight * sets for demand, _, sets in parts), _ZERO)
    bound = "" if solution.exact else f" (not proven: no plan costs less than {money(max(0, solution.bound)):f})"
    return (
        f"{where} for {cost:f} {currency}: {filled:f} of {number_of(wanted, 'unit')}, "
        f"of {number_of(Decimal(len(sites)), 'candidate')}{bound}."
    )
