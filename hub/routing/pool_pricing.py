"""The cheapest plan of each order of a pool where what it takes of the rows has a price: new plans, and the bound.

With a price on every unit of a row the orders no longer compete: each picks its own cheapest plan, by the same exact
kernel that routes a single order. What they come to, less what the rows' units are worth, bounds the pool's cost from
below under any prices (Lagrange), exact to the mill because prices are whole mills:

    bound = sum over orders min(standing + its takes, fee + move + cheapest plan) - sum over rows price * units
            - move * most moves

No order loses units that it has: a plan that backorders more of a line than the standing one is none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice, product
from typing import NamedTuple

from hub.routing.kernel import solve
from hub.routing.pool_problem import Column, Draw, OpenOrder, Pool, Prices, Takes, most_of, takes_of
from hub.routing.pricing import shipped, solution_of
from hub.routing.problem import Offer, Problem, Solution

KEPT = 1 << 40
"""Mills for a step that the order has today and would lose: more than any plan costs, and small enough to add up."""


MOST_WAYS = 16
"""Ways in which an order may stay short that are asked for; beyond these it stays short by less, or as it is."""


class Room(NamedTuple):
    """What the orders of a window have between them: units of each contended row, and moves."""

    rows: Mapping[int, int]
    moves: int


class Priced(NamedTuple):
    """No assignment of the orders costs less than ``bound``. ``better``: plans cheaper at these prices than those at
    hand; ``others``: the cheapest of the other orders, no better than what is at hand."""

    bound: int
    better: list[Column]
    others: list[Column]


class Answer(NamedTuple):
    """No plan of the order costs less than ``bound`` mills with what it takes. ``column``: the cheapest plan, None
    where it is the standing one, none that the order may get, or none worth looking for."""

    bound: int
    column: Column | None


class Pricing:
    """Plans of a pool's orders under prices.

    An order is asked again only where the prices that concern it may have changed the answer. A price that rises makes
    no plan cheaper, and one that falls by p makes none cheaper by more than p for every unit that the order could take:
    so the last answer bounds the next.
    """

    def __init__(self, pool: Pool, contended: Iterable[int]) -> None:
        self._pool = pool
        self._contended = frozenset(contended)
        self._wanted: dict[int, _Wanted] = {}
        self._alone: dict[int, Answer] = {}
        self._last: dict[int, tuple[tuple[int, ...], Answer]] = {}
        self.standing = [_standing(index, order) for index, order in enumerate(pool.orders)]

    def alone(self, order: int) -> Answer:
        """What the order would do if nobody else wanted anything."""
        found = self._alone.get(order)
        if found is None:
            wanted = self._wanted[order] = _wanted(self._pool.orders[order], self._contended)
            found = self._alone[order] = self._ask(order, wanted, {})
            self._last[order] = (0,) * len(wanted.rows), found
        return found

    def priced(self, orders: Iterable[int], prices: Prices, at_hand: Mapping[int, int], room: Room) -> Priced:
        """What the orders would do at these prices, where ``at_hand`` is what the cheapest known plan of each costs
        then (``value``)."""
        bound = -sum([price * room.rows[row] for row, price in prices.rows.items()]) - prices.move * room.moves
        moving = self._pool.change_fee + prices.move
        better: list[Column] = []
        others: list[Column] = []
        for order in orders:
            known = at_hand[order]
            answer = self._cheapest(order, prices.rows, known - moving)
            bound += min(value(self.standing[order], prices), moving + answer.bound)
            if answer.column:
                (better if value(answer.column, prices) < known else others).append(answer.column)
        return Priced(bound, better, others)

    def _cheapest(self, order: int, prices: Mapping[int, int], known: int) -> Answer:
        """The order's cheapest plan, unless none can be cheaper than ``known``."""
        self.alone(order)
        wanted, (before, last) = self._wanted[order], self._last[order]
        now = tuple([prices.get(row, 0) for row in wanted.rows])
        if now == before:
            return last
        fallen = [most * (was - new) for most, was, new in zip(wanted.most, before, now, strict=True) if new < was]
        bound = last.bound - sum(fallen)
        if bound >= known:
            return Answer(bound, None)
        found = self._ask(order, wanted, prices)
        # Where the kernel proves less than the last answer does, the last one still holds.
        found = found._replace(bound=max(bound, found.bound))
        self._last[order] = now, found
        return found

    def _ask(self, index: int, wanted: _Wanted, prices: Mapping[int, int]) -> Answer:
        order = self._pool.orders[index]
        found = [(solve(_dearer(problem, wanted.draws, prices)), extra) for problem, extra in wanted.problems]
        bound = min([each.bound + extra for each, extra in found])
        best = min(found, key=lambda each: each[0].cost + each[1])[0]
        if _same(best, order.standing):
            return Answer(bound, None)
        shipments = [shipped(order.problem, each.offer, each.amounts) for each in best.shipments]
        alone = bound if index not in self._alone else self._alone[index].bound
        plan = solution_of(order.problem, shipments, bound=alone)
        kept = zip(plan.backordered, order.standing.backordered, strict=True)
        if any(now > before for now, before in kept):
            return Answer(bound, None)
        takes = takes_of(order.draws, plan.shipments)
        return Answer(bound, Column(index, plan, plan.cost + self._pool.change_fee, takes, moves=True))


def value(column: Column, prices: Prices) -> int:
    """Mills of a column with what it takes of the rows, and of the moves."""
    worth = sum([prices.rows[row] * units for row, units in column.takes if row in prices.rows])
    return column.cost + worth + (prices.move if column.moves else 0)


class _Wanted(NamedTuple):
    """What the kernel is asked for an order: its ``problems`` with what each leaves out in mills, the contended
    ``rows`` that its plans could take, at ``most`` how much of each, and for the offers that take them what they
    take."""

    problems: tuple[tuple[Problem, int], ...]
    rows: tuple[int, ...]
    most: tuple[int, ...]
    draws: tuple[tuple[int, Draw], ...]


def _wanted(order: OpenOrder, contended: frozenset[int]) -> _Wanted:
    draws = []
    for index, draw in enumerate(order.draws):
        steps = tuple([_only(step, contended) for step in draw.steps])
        shipment = _only(draw.shipment, contended)
        if shipment or any(steps):
            draws.append((index, Draw(steps, shipment)))
    most = {row: units for row, units in sorted(most_of(order).items()) if row in contended}
    return _Wanted(tuple(_keeping(order)), tuple(most), tuple(most.values()), tuple(draws))


def _keeping(order: OpenOrder) -> Iterator[tuple[Problem, int]]:
    """The order's problem, with every unit that it has kept for it.

    The kernel's price of a step that nobody ships is the same for each step of a line. So a line that is short of some
    of its steps today is asked for once with each number of steps that it may stay short of.
    """
    problem, short = order.problem, order.standing.backordered
    wanted = problem.quantities
    partly = [
        range(missing + 1) if missing < all_of_it else (0,) for missing, all_of_it in zip(short, wanted, strict=True)
    ]
    prices = [
        price if missing == all_of_it else KEPT
        for price, missing, all_of_it in zip(problem.backorder, short, wanted, strict=True)
    ]
    for left_out in islice(product(*partly), MOST_WAYS):
        extra = sum([price * steps for price, steps in zip(problem.backorder, left_out, strict=True)])
        quantities = tuple([all_of_it - steps for all_of_it, steps in zip(wanted, left_out, strict=True)])
        yield problem._replace(quantities=quantities, backorder=tuple(prices)), extra


def _only(takes: Takes, contended: frozenset[int]) -> Takes:
    return tuple([each for each in takes if each[0] in contended])


def _dearer(problem: Problem, draws: Iterable[tuple[int, Draw]], prices: Mapping[int, int]) -> Problem:
    """The problem in which every unit of a row costs its price too."""
    if not prices:
        return problem
    offers: list[Offer] = list(problem.offers)
    for index, draw in draws:
        steps = [_worth(takes, prices) for takes in draw.steps]
        shipment = _worth(draw.shipment, prices)
        if shipment or any(steps):
            offer = offers[index]
            curves = [
                _raised(curve, worth) if worth else curve for curve, worth in zip(offer.curves, steps, strict=True)
            ]
            offers[index] = offer._replace(fixed=offer.fixed + shipment, curves=tuple(curves))
    return problem._replace(offers=offers)


def _worth(takes: Takes, prices: Mapping[int, int]) -> int:
    return sum([prices.get(row, 0) * units for row, units in takes])


def _raised(curve: Sequence[int], worth: int) -> tuple[int, ...]:
    return tuple([cost + worth * amount for amount, cost in enumerate(curve)])


def _same(one: Solution, other: Solution) -> bool:
    return sorted([each[:2] for each in one.shipments]) == sorted([each[:2] for each in other.shipments])


def _standing(index: int, order: OpenOrder) -> Column:
    plan = order.standing
    return Column(index, plan, plan.cost, takes_of(order.draws, plan.shipments), moves=False)
