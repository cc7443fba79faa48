"""Which orders of a pool are worth a look, and in what windows: a pool is reduced before it is solved.

A row on which even the most that all orders could take finds room never matters. An order that takes only of such rows,
and whose standing plan is its best, stays as it is. The others fall into groups that compete with each other, however
indirectly; groups are solved together in windows of at most ``WINDOW`` orders, and a group larger than that is cut.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from hub.routing.pool_bundles import Groups
from hub.routing.pool_pricing import Pricing
from hub.routing.pool_problem import Pool, most_of

WINDOW = 4000
"""Orders that are solved together at most: beyond it the master's gap grows, and its time faster still."""


def contended_rows(pool: Pool) -> dict[int, tuple[int, ...]]:
    """Rows that could be overdrawn, each with the orders that could take of it."""
    most: dict[int, int] = defaultdict(int)
    takers: dict[int, list[int]] = defaultdict(list)
    for index, order in enumerate(pool.orders):
        for row, units in most_of(order).items():
            most[row] += units
            takers[row].append(index)
    return {row: tuple(takers[row]) for row, units in most.items() if units > pool.rows[row]}


def windows(pool: Pool, pricing: Pricing, contended: dict[int, tuple[int, ...]]) -> list[list[int]]:
    """The orders that could gain or make room, group by group in windows; by order inside a group."""
    groups = Groups(len(pool.orders))
    competing: set[int] = set()
    for takers in contended.values():
        groups.join(takers)
        competing.update(takers)
    worth = [order for order in range(len(pool.orders)) if order in competing or _gains(pricing, order)]
    together: dict[int, list[int]] = defaultdict(list)
    for order in worth:
        together[groups.root(order)].append(order)
    return _packed([together[root] for root in sorted(together)])


def _gains(pricing: Pricing, order: int) -> bool:
    best = pricing.alone(order).column
    return best is not None and best.cost < pricing.standing[order].cost


def _packed(groups: Sequence[Sequence[int]]) -> list[list[int]]:
    packed: list[list[int]] = []
    for group in groups:
        for start in range(0, len(group), WINDOW):
            piece = group[start : start + WINDOW]
            if not packed or len(packed[-1]) + len(piece) > WINDOW:
                packed.append([])
            packed[-1].extend(piece)
    return packed
