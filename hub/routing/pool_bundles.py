"""Moves of a pool grouped by what they need of each other, so that each group can be carried out whole or left.

One move may need the units that another gives up. Applied one by one, the first could fail after the second was made,
and the pool would be dearer than before. So moves are linked by every row on which those that take more do not all find
room without those that give up; linked moves are a bundle. Bundles that do not pay are left out, which changes nothing
for the others.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from hub.routing.pool_problem import Bundle, Column, Move, Pool


def bundles_of(pool: Pool, standing: Sequence[Column], chosen: Sequence[Column]) -> tuple[Bundle, ...]:
    """The bundles that save something, the dearest first move of the pool's order first; ``standing`` by order."""
    moves = sorted([column for column in chosen if column.moves], key=lambda column: column.order)
    changes = [_change(standing[column.order], column) for column in moves]
    free = list(pool.rows)
    for column in standing:
        for row, units in column.takes:
            free[row] -= units
    groups: dict[int, list[Column]] = defaultdict(list)
    for column, root in zip(moves, _linked(changes, free), strict=True):
        groups[root].append(column)
    bundles = [_bundle(pool, standing, group) for group in groups.values()]
    return tuple([bundle for bundle in bundles if bundle.saving > 0])


def _change(before: Column, after: Column) -> dict[int, int]:
    """By row, the units that a move takes more; below 0 what it gives up."""
    change = dict(after.takes)
    for row, units in before.takes:
        change[row] = change.get(row, 0) - units
    return {row: units for row, units in change.items() if units}


def _linked(changes: Sequence[Mapping[int, int]], free: Sequence[int]) -> list[int]:
    """For each move the first move of its group."""
    movers: dict[int, list[int]] = defaultdict(list)
    taken: dict[int, int] = defaultdict(int)
    for index, change in enumerate(changes):
        for row, units in change.items():
            movers[row].append(index)
            taken[row] += max(units, 0)
    roots = Groups(len(changes))
    for row, members in movers.items():
        if taken[row] > free[row]:
            roots.join(members)
    return [roots.root(index) for index in range(len(changes))]


def _bundle(pool: Pool, standing: Sequence[Column], group: Sequence[Column]) -> Bundle:
    moves = tuple(
        [
            Move(pool.orders[column.order].id, column.plan, standing[column.order].cost - column.plan.cost)
            for column in group
        ]
    )
    return Bundle(moves, sum([move.saving for move in moves]) - pool.change_fee * len(moves))


class Groups:
    """Disjoint groups of the numbers below ``count``; the root of a group is its lowest member."""

    def __init__(self, count: int) -> None:
        self._above = list(range(count))

    def root(self, member: int) -> int:
        """The lowest member of its group."""
        while self._above[member] != member:
            self._above[member] = self._above[self._above[member]]
            member = self._above[member]
        return member

    def join(self, members: Sequence[int]) -> None:
        """Make one group of all the members' groups."""
        roots = [self.root(member) for member in members]
        lowest = min(roots)
        for root in roots:
            self._above[root] = lowest
