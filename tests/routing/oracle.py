"""Cheapest plans found by other means than the kernel's: everything tried, and HiGHS on the same columns."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import product
from typing import NamedTuple

import highspy

from hub.routing.problem import NEVER, Problem
from tests.routing.accounting import Amounts, Plan, may_ship, price


class Column(NamedTuple):
    """One shipment that could be: what ``offer`` sends and what that costs alone."""

    offer: int
    amounts: Amounts
    cost: int


def columns(problem: Problem) -> Iterator[Column]:
    """Every shipment that any offer could send: every whole amount of every line."""
    for index, offer in enumerate(problem.offers):
        ranges = [
            range(min(most, len(curve) - 1) + 1) for most, curve in zip(problem.quantities, offer.curves, strict=True)
        ]
        for amounts in product(*ranges):
            if may_ship(problem, offer, amounts):
                yield Column(index, amounts, price(problem, {index: amounts}).shipped)


def least_cost_by_trying(problem: Problem) -> int:
    """The least cost of all plans there are, place by place: for small problems."""
    by_place: dict[int, list[Column]] = {}
    for column in columns(problem):
        by_place.setdefault(problem.offers[column.offer].place, []).append(column)
    turns = list(by_place.values())

    @cache
    def least(turn: int, left: Amounts, shipments: int) -> int | None:
        """Of the places from ``turn`` on; None where what is left may not stay."""
        if turn == len(turns):
            if problem.complete and shipments and any(left):
                return None
            return sum(map(int.__mul__, left, problem.backorder))
        found = [least(turn + 1, left, shipments)]
        if shipments < problem.most_shipments:
            for column in turns[turn]:
                rest = tuple(map(int.__sub__, left, column.amounts))
                further = least(turn + 1, rest, shipments + 1) if min(rest) >= 0 else None
                if further is not None:
                    found.append(further + column.cost + (problem.split if shipments else 0))
        return min((cost for cost in found if cost is not None), default=None)

    found = least(0, problem.quantities, 0)
    assert found is not None, "nothing at all may always be shipped"
    return found


def least_cost_by_highs(problem: Problem, without: Plan | None = None) -> int:
    """The same as a set-partition program in whole numbers over ``columns``, solved by HiGHS to a gap of nothing.

    ``without``: of all plans but this one; ``NEVER`` where there is no other.

    Rows: a line's steps shipped and left make its quantity; a place ships once; at most ``most_shipments``; ``any`` is
    at most their number (it earns the one split that is not paid); ``complete`` keeps ``left`` at all or none.
    """
    found = list(columns(problem))
    model = highspy.Highs()  # type: ignore[no-untyped-call]
    model.silent()
    for option in ("mip_rel_gap", "mip_abs_gap"):
        model.setOptionValue(option, 0.0)
    model.setOptionValue("threads", 1)
    ships = [model.addBinary(obj=column.cost + problem.split) for column in found]
    left = [
        model.addIntegral(lb=0, ub=quantity, obj=each)
        for quantity, each in zip(problem.quantities, problem.backorder, strict=True)
    ]
    for line, quantity in enumerate(problem.quantities):
        shipped = [column.amounts[line] * ships[i] for i, column in enumerate(found) if column.amounts[line]]
        model.addConstr(model.qsum([left[line], *shipped]) == quantity)
    for place in {offer.place for offer in problem.offers}:
        here = [ships[i] for i, column in enumerate(found) if problem.offers[column.offer].place == place]
        if here:
            model.addConstr(model.qsum(here) <= 1)
    if found:
        anything = model.addBinary(obj=-problem.split)
        model.addConstr(anything - model.qsum(ships) <= 0)
        model.addConstr(model.qsum(ships) <= problem.most_shipments)
    if problem.complete:
        nothing = model.addBinary()
        for steps, quantity in zip(left, problem.quantities, strict=True):
            model.addConstr(steps - quantity * nothing == 0)
        for ship in ships:
            model.addConstr(ship + nothing <= 1)
    if without is not None:
        theirs = [without.get(column.offer) == column.amounts for column in found]
        signed = [ship if same else -ship for ship, same in zip(ships, theirs, strict=True)]
        if not found:
            return NEVER
        model.addConstr(model.qsum(signed) <= sum(theirs) - 1)
    model.minimize()
    if without is not None and model.getModelStatus() == highspy.HighsModelStatus.kInfeasible:
        return NEVER
    assert model.getModelStatus() == highspy.HighsModelStatus.kOptimal, model.getModelStatus()
    chosen = {found[i].offer: found[i].amounts for i, ship in enumerate(ships) if model.val(ship) > 0.5}
    return price(problem, chosen).total
