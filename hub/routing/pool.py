"""The cheapest joint assignment of the open orders: column generation over exact plans (ADR 0034).

Each order alone is routed exactly, but orders come one after the other, and the unit that saved the first a cent would
have saved the next a parcel. While nobody has begun to work on them they can be assigned anew, together:

1. Rows that cannot run short and orders that cannot gain are left out (``hub.routing.pool_windows``).
2. The master LP mixes the plans at hand and prices each row (``hub.routing.pool_master``).
3. Under these prices the kernel looks for a better plan of each order, and gives a bound of what any assignment costs
   (``hub.routing.pool_pricing``). Until there is none, or the gap is ``GAP_PPM``, or time is up: again from 2.
4. The master chooses whole plans, and the moves are bundled by what they need of each other
   (``hub.routing.pool_bundles``).

The standing assignment is always among the choices, so the answer is never dearer, however soon it is stopped. Worked:
one unit at A, one at B. The first order ships from A for 5.00 and could from B for 5.50; the second holds B for 9.00
and could have A for 6.00. Exchanged they cost 11.50 instead of 14.00: a bundle of two moves that saves 2.50.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from hub.routing.pool_bundles import bundles_of
from hub.routing.pool_master import GoOn, Master
from hub.routing.pool_pricing import Pricing, Room, value
from hub.routing.pool_problem import Column, Pool, Prices, Reoptimised, Tight, unfilled
from hub.routing.pool_windows import contended_rows, windows
from hub.routing.problem import NEVER

GAP_PPM = 1000
"""Gap in millionths of the cost at which the search is good enough."""

ROUNDS_OVER_ALL = 3
"""Rounds of prices over all windows; they tell the gap, and find no more moves."""


def always() -> bool:
    """There is always time left."""
    return True


def reoptimise(pool: Pool, go_on: GoOn = always) -> Reoptimised:
    """The moves that make the pool cheaper. The same pool gets the same answer, unless ``go_on`` ends it sooner."""
    contended = contended_rows(pool)
    pricing = Pricing(pool, contended)
    assignment = _Assignment(pool, pricing, contended)
    parts = windows(pool, pricing, contended)
    found = []
    for index, orders in enumerate(parts):
        later = sum([len(part) for part in parts[index + 1 :]])
        found.append(_window(assignment, orders, assignment.room_for(orders, later), go_on))
    return _answer(assignment, [order for part in parts for order in part], found)


class _Assignment:
    """The plans chosen so far, and what they leave of the contended rows."""

    def __init__(self, pool: Pool, pricing: Pricing, contended: Iterable[int]) -> None:
        self.pool, self.pricing = pool, pricing
        self.chosen = list(pricing.standing)
        held = dict.fromkeys(contended, 0)
        for column in self.chosen:
            for row, units in column.takes:
                if row in held:
                    held[row] += units
        # What is held may be more than is there by now: the standing plans still stand.
        self.room = {row: max(pool.rows[row], units) for row, units in held.items()}
        self._free = {row: self.room[row] - units for row, units in held.items()}

    def room_for(self, orders: Sequence[int], later: int) -> Room:
        """What these orders have beside the plans of the others, with ``later`` more orders in the windows after
        theirs."""
        rows = dict(self._free)
        for order in orders:
            for row, units in self.chosen[order].takes:
                if row in rows:
                    rows[row] += units
        left = self.pool.most_moves - sum([column.moves for column in self.chosen])
        return Room(rows, min(len(orders), -(-left * len(orders) // (len(orders) + later))))

    def choose(self, columns: Iterable[Column]) -> None:
        """Put these plans in place of those of their orders."""
        for column in columns:
            for sign, takes in ((1, self.chosen[column.order].takes), (-1, column.takes)):
                for row, units in takes:
                    if row in self._free:
                        self._free[row] += sign * units
            self.chosen[column.order] = column


class _Found(NamedTuple):
    """What a window came to: its bound with the plans of the other windows, the prices that gave it, its effort."""

    bound: int
    prices: Prices
    rounds: int = 0
    plans: Sequence[Column] = ()


def _window(assignment: _Assignment, orders: Sequence[int], room: Room, go_on: GoOn) -> _Found:
    pool, pricing = assignment.pool, assignment.pricing
    standing = [pricing.standing[order] for order in orders]
    cost = sum([column.cost for column in standing])
    shipped = cost - sum([unfilled(pool.orders[column.order], column.plan) for column in standing])
    good_enough = GAP_PPM * shipped // 1_000_000
    master = Master(standing, room)
    new = [column for order in orders if (column := pricing.alone(order).column)]
    best, rounds = _Found(-NEVER, Prices({})), 0
    while True:
        master.add(new)
        relaxed = master.relax()
        priced = pricing.priced(orders, relaxed.prices, _at_hand(master.columns, relaxed.prices), room)
        rounds += 1
        if priced.bound > best.bound:
            best = _Found(priced.bound, relaxed.prices)
        new = priced.better
        if not new or cost + relaxed.cost - best.bound <= good_enough // 2 or not go_on():
            break
    # Plans that are only as good add nothing to fractions of plans, but whole ones may fit together by them.
    master.add([*priced.better, *priced.others])
    chosen = master.decide(master.relax(), good_enough // 4, go_on)
    assignment.choose(_affordable(chosen, standing, room))
    return best._replace(rounds=rounds, plans=master.columns)


def _at_hand(columns: Iterable[Column], prices: Prices) -> dict[int, int]:
    """By order, what its cheapest plan costs at these prices."""
    found: dict[int, int] = {}
    for column in columns:
        worth = value(column, prices)
        if worth < found.get(column.order, NEVER):
            found[column.order] = worth
    return found


def _affordable(chosen: Sequence[Column], standing: Sequence[Column], room: Room) -> Sequence[Column]:
    """The choice, or the standing plans where it is not cheaper or overdraws a row: the master reckons in floats."""
    left = dict(room.rows)
    for column in chosen:
        for row, units in column.takes:
            if row in left:
                left[row] -= units
    kept = len(chosen) == len(standing) and sum([column.moves for column in chosen]) <= room.moves
    cheaper = sum([column.cost for column in chosen]) < sum([column.cost for column in standing])
    return chosen if kept and cheaper and min(left.values(), default=0) >= 0 else standing


def _answer(assignment: _Assignment, looked_at: Sequence[int], found: Sequence[_Found]) -> Reoptimised:
    pool, pricing = assignment.pool, assignment.pricing
    bundles = bundles_of(pool, pricing.standing, assignment.chosen)
    before = sum([column.cost for column in pricing.standing])
    after = before - sum([bundle.saving for bundle in bundles])
    if len(found) > 1:
        bound, prices = _over_all(assignment, looked_at, found)
    else:
        bound, prices = found[0][:2] if found else (0, Prices({}))
    seen = set(looked_at)
    bound += sum([column.cost for column in pricing.standing if column.order not in seen])
    moved = {move.order: move.plan for bundle in bundles for move in bundle.moves}
    return Reoptimised(
        bundles,
        before,
        after,
        min(bound, after),
        sum([unfilled(order, moved.get(order.id, order.standing)) for order in pool.orders]),
        tuple([Tight(row, price) for row, price in sorted(prices.rows.items())]),
        sum([each.rounds for each in found]),
        sum([len(each.plans) for each in found]),
    )


def _over_all(assignment: _Assignment, looked_at: Sequence[int], found: Sequence[_Found]) -> tuple[int, Prices]:
    """Bound and prices of all windows together, by the LP over their plans: a window's own hold while others stand."""
    pricing = assignment.pricing
    room = Room(assignment.room, assignment.pool.most_moves)
    master = Master([pricing.standing[order] for order in looked_at], room)
    new = [column for each in found for column in each.plans]
    best = -NEVER, Prices({})
    for _ in range(ROUNDS_OVER_ALL):
        master.add(new)
        prices = master.relax().prices
        priced = pricing.priced(looked_at, prices, _at_hand(master.columns, prices), room)
        best = max(best, (priced.bound, prices), key=lambda each: each[0])
        new = priced.better
    return best
