"""Policies of order systems that exist, in their own words: each says what ships from where, and no more.

Written after what their published code or manuals say that they decide by; they are not those products. Each fills as
much of every line as there is, and may split a line, so that all fill the same and only the cost differs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from hub.routing.problem import NEVER, Offer, Problem
from tests.routing.accounting import Amounts, Plan, price


class Ranks(NamedTuple):
    """What the policies look at beside the problem, by offer: ``priority`` (the lower the sooner), ``miles`` to the
    customer, ``stock``: units free, all lines together."""

    priority: Sequence[int]
    miles: Sequence[float]
    stock: Sequence[int]


Policy = Callable[[Problem, Ranks], Plan]


class _Filling:
    """A plan as it grows: ``left`` steps by line."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.left = list(problem.quantities)
        self.plan: dict[int, list[int]] = {}
        self._none = [0] * len(problem.quantities)

    def could(self, offer: int) -> Amounts:
        """The most that the offer can send of each line beyond what it sends already."""
        sent = self.plan.get(offer, self._none)
        return tuple(
            _most(curve, already + left) - already
            for curve, already, left in zip(self.problem.offers[offer].curves, sent, self.left, strict=True)
        )

    def take(self, offer: int, lines: Iterable[int] | None = None) -> None:
        """All that the offer can send, of these lines or of every one."""
        could = self.could(offer)
        for line in range(len(could)) if lines is None else lines:
            if could[line]:
                self.plan.setdefault(offer, [0] * len(could))[line] += could[line]
                self.left[line] -= could[line]

    def done(self) -> Plan:
        return {offer: tuple(amounts) for offer, amounts in self.plan.items()}


def _most(curve: Sequence[int], wanted: int) -> int:
    amount = min(wanted, len(curve) - 1)
    while curve[amount] >= NEVER:
        amount -= 1
    return amount


def _in_turn(problem: Problem, order: Iterable[int]) -> Plan:
    """Each offer sends all it has of what is still missing."""
    filling = _Filling(problem)
    for offer in order:
        if not any(filling.left):
            break
        filling.take(offer)
    return filling.done()


def _covered(problem: Problem, offer: Offer) -> int:
    """Lines that the offer has whole."""
    return sum(_most(curve, wanted) == wanted for curve, wanted in zip(offer.curves, problem.quantities, strict=True))


def by_priority(problem: Problem, ranks: Ranks) -> Plan:
    """Sources in the merchant's order (Magento's multi-source inventory)."""
    return _in_turn(problem, sorted(range(len(problem.offers)), key=ranks.priority.__getitem__))


def nearest(problem: Problem, ranks: Ranks) -> Plan:
    """Sources by distance (Magento's multi-source inventory)."""
    return _in_turn(problem, sorted(range(len(problem.offers)), key=ranks.miles.__getitem__))


def highest_stock(problem: Problem, ranks: Ranks) -> Plan:
    """Sources by units free (Saleor)."""
    return _in_turn(problem, sorted(range(len(problem.offers)), key=lambda each: (-ranks.stock[each], each)))


def coverage_then_priority(problem: Problem, ranks: Ranks) -> Plan:
    """Who has most lines whole comes first, then the merchant's order (Spree)."""
    covered = [_covered(problem, offer) for offer in problem.offers]
    return _in_turn(problem, sorted(range(len(covered)), key=lambda each: (-covered[each], ranks.priority[each])))


def coverage_then_nearest(problem: Problem, ranks: Ranks) -> Plan:
    """Who has most lines whole comes first, then who is nearest (Shopify's default order of rules)."""
    covered = [_covered(problem, offer) for offer in problem.offers]
    return _in_turn(problem, sorted(range(len(covered)), key=lambda each: (-covered[each], ranks.miles[each])))


def best_score(problem: Problem, ranks: Ranks) -> Plan:
    """A score of distance, cost and stock, each from worst to best; one node for all where one can, else the line that
    fewest have goes first, and its node sends all it has (KubeRiva)."""
    cost = [offer.fixed + _alone(problem, index) for index, offer in enumerate(problem.offers)]
    score = [
        0.4 * near + 0.4 * cheap + 0.2 * stocked
        for near, cheap, stocked in zip(
            _from_worst_to_best([-each for each in ranks.miles]),
            _from_worst_to_best([-each for each in cost]),
            _from_worst_to_best(ranks.stock),
            strict=True,
        )
    ]
    order = sorted(range(len(score)), key=lambda each: (-score[each], each))
    for index in order:
        if _covered(problem, problem.offers[index]) == len(problem.quantities):
            return _in_turn(problem, [index])
    filling = _Filling(problem)
    while hardest := _hardest_line(filling):
        filling.take(next(index for index in order if filling.could(index)[hardest - 1]))
    return filling.done()


def _from_worst_to_best(values: Sequence[float]) -> list[float]:
    """As shares of the span between the least, 0, and the most, 1."""
    least, most = min(values, default=0), max(values, default=0)
    return [(value - least) / (most - least) if most > least else 1.0 for value in values]


def _alone(problem: Problem, index: int) -> int:
    """Mills of a first parcel with all that the offer has."""
    filling = _Filling(problem)
    filling.take(index)
    plan = filling.done()
    return price(problem, plan).freight if plan else 0


def _hardest_line(filling: _Filling) -> int:
    """Its number from 1 on, 0 where nobody has any more of what is missing."""
    could = [filling.could(index) for index in range(len(filling.problem.offers))]
    having = [sum(1 for amounts in could if amounts[line]) for line in range(len(filling.left))]
    open_lines = [(count, line) for line, count in enumerate(having) if count and filling.left[line]]
    return min(open_lines)[1] + 1 if open_lines else 0


def cheapest_by_line(problem: Problem, ranks: Ranks) -> Plan:
    """Each line by itself to whoever ships it cheapest a unit, and what is left of it to the next."""
    filling = _Filling(problem)
    for line in range(len(problem.quantities)):
        while filling.left[line]:
            offers = [index for index in range(len(problem.offers)) if filling.could(index)[line]]
            if not offers:
                break
            best = min(offers, key=lambda index: (_unit_cost(filling, index, [line]), index))
            filling.take(best, [line])
    return filling.done()


def greedy_cover(problem: Problem, ranks: Ranks) -> Plan:
    """Again and again the offer that ships what is missing at the least cost for each line that it finishes."""
    filling = _Filling(problem)
    lines = range(len(problem.quantities))
    while any(filling.left):
        offers = [index for index in range(len(problem.offers)) if any(filling.could(index))]
        if not offers:
            break
        filling.take(min(offers, key=lambda index: (_unit_cost(filling, index, lines), index)))
    return filling.done()


def _unit_cost(filling: _Filling, index: int, lines: Iterable[int]) -> float:
    """Mills for each line, or part of one, that a parcel with all that the offer can still send of ``lines`` covers."""
    problem, could = filling.problem, filling.could(index)
    amounts = [0] * len(could)
    for line in lines:
        amounts[line] = could[line]
    covered = sum(amount / wanted for amount, wanted in zip(amounts, problem.quantities, strict=True))
    split = problem.split if filling.plan and index not in filling.plan else 0
    return (price(problem, {index: tuple(amounts)}).shipped + split) / covered


POLICIES: dict[str, Policy] = {
    "priority": by_priority,
    "nearest": nearest,
    "highest stock": highest_stock,
    "coverage, then priority": coverage_then_priority,
    "score, one node first": best_score,
    "cheapest by line": cheapest_by_line,
    "coverage, then nearest": coverage_then_nearest,
    "greedy cover": greedy_cover,
}
