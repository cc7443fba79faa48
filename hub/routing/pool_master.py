"""The master of a pool's column generation: which plan each order takes, as an LP for prices, as a MIP for the choice.

HiGHS solves both (the extra ``crossdock[optimiser]``), on one thread and from a fixed seed, so that the same pool gets
the same answer. Costs are told as the difference to the standing plan: those of a whole pool would drown what a move
saves. A row is added only when the plans at hand could overdraw it; most never are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from hub.errors import ConfigurationError
from hub.routing.pool_pricing import Room
from hub.routing.pool_problem import Column, Prices
from hub.routing.problem import Shipment

if TYPE_CHECKING:
    from highspy import Highs

MOST_TOGETHER = 2000
"""Orders up to which the MIP may choose for all of them; of more, those that the LP settles are fixed first."""

MOST_NODES = 2000
"""Branches after which the MIP takes the best choice found so far: the limit that the same pool always meets alike."""

GoOn = Callable[[], bool]
"""Whether there is time left: the caller's clock, since nothing here has one."""


class Relaxed(NamedTuple):
    """The LP's answer: mills saved by ``-cost`` (fractions of plans allowed), prices, and each column's share."""

    cost: float
    prices: Prices
    shares: Sequence[float]


class Master:
    """Columns of the orders of one window; the first of each order is its standing plan."""

    def __init__(self, standing: Iterable[Column], room: Room) -> None:
        self.columns: list[Column] = []
        self._highs, self._infinity = _solver()
        self._room = room.rows
        self._known: set[tuple[int, tuple[Shipment, ...]]] = set()
        self._base: dict[int, int] = {}
        self._order_rows: dict[int, int] = {}
        self._shelf_rows: dict[int, int] = {}
        self._most: dict[int, dict[int, int]] = defaultdict(dict)
        self._on_row: dict[int, list[tuple[int, int]]] = defaultdict(list)
        first = list(standing)
        for column in first:
            self._base[column.order] = column.cost
            self._order_rows[column.order] = len(self._order_rows)
            self._row(1.0, 1.0, [])
        self._moves_row = len(first)
        self._row(-self._infinity, float(room.moves), [])
        self.add(first)

    def add(self, columns: Iterable[Column]) -> None:
        """More plans to choose from; those at hand are not taken twice."""
        touched: set[int] = set()
        for column in columns:
            known = column.order, column.plan.shipments
            if known in self._known:
                continue
            self._known.add(known)
            self._column(column)
            touched.update(row for row, _ in column.takes if row in self._room)
        for row in sorted(touched - self._shelf_rows.keys()):
            if sum(self._most[row].values()) > self._room[row]:
                self._shelf_rows[row] = self._moves_row + 1 + len(self._shelf_rows)
                self._row(-self._infinity, float(self._room[row]), self._on_row[row])

    def relax(self) -> Relaxed:
        """The LP over the plans at hand. Prices are rounded to whole mills."""
        self._highs.run()
        solution = self._highs.getSolution()
        duals, shares = list(solution.row_dual), list(solution.col_value)
        rows = {row: round(-duals[at]) for row, at in self._shelf_rows.items()}
        prices = Prices(
            {row: price for row, price in rows.items() if price > 0}, max(0, round(-duals[self._moves_row]))
        )
        return Relaxed(self._highs.getObjectiveValue(), prices, shares)

    def decide(self, relaxed: Relaxed, slack: int, go_on: GoOn) -> list[Column]:
        """A plan for each order: the best choice of the plans at hand to within ``slack`` mills, or the best that was
        found in ``MOST_NODES`` branches and while there was time."""
        shares = relaxed.shares
        if not all(_settled(share) for share in shares):
            shares = self._chosen(shares, slack, go_on)
        return [column for column, share in zip(self.columns, shares, strict=True) if share > 0.5]

    def _chosen(self, shares: Sequence[float], slack: int, go_on: GoOn) -> Sequence[float]:
        import numpy as np

        highs, count = self._highs, len(self.columns)
        if len(self._base) > MOST_TOGETHER:
            self._fix_settled(shares)
        every = np.arange(count, dtype=np.int32)
        highs.changeColsIntegrality(count, every, np.ones(count, dtype=np.uint8))
        for option, value in (("mip_rel_gap", 0.0), ("mip_abs_gap", float(slack)), ("mip_max_nodes", MOST_NODES)):
            highs.setOptionValue(option, value)
        _stop_when_time_is_up(highs, go_on)
        highs.run()
        found = list(highs.getSolution().col_value)
        return found if highs.getInfo().primal_solution_status == _FEASIBLE else self._standing()

    def _fix_settled(self, shares: Sequence[float]) -> None:
        """Fix the orders that the LP settles and that no unsettled order competes with."""
        open_orders = {column.order for column, share in zip(self.columns, shares, strict=True) if not _settled(share)}
        fought = {row for column in self.columns if column.order in open_orders for row, _ in column.takes}
        fought &= self._shelf_rows.keys()
        free = open_orders | {column.order for column in self.columns if any(row in fought for row, _ in column.takes)}
        if len(free) > MOST_TOGETHER:
            free = open_orders
        for at, (column, share) in enumerate(zip(self.columns, shares, strict=True)):
            if column.order not in free:
                self._highs.changeColBounds(at, float(round(share)), float(round(share)))

    def _standing(self) -> list[float]:
        return [0.0 if column.moves else 1.0 for column in self.columns]

    def _column(self, column: Column) -> None:
        at = len(self.columns)
        self.columns.append(column)
        entries = [(self._order_rows[column.order], 1)]
        if column.moves:
            entries.append((self._moves_row, 1))
        for row, units in [each for each in column.takes if each[0] in self._room]:
            most = self._most[row]
            most[column.order] = max(most.get(column.order, 0), units)
            self._on_row[row].append((at, units))
            if row in self._shelf_rows:
                entries.append((self._shelf_rows[row], units))
        indices, values = _sparse(entries)
        saved = float(column.cost - self._base[column.order])
        self._highs.addCol(saved, 0.0, 1.0, len(entries), indices, values)

    def _row(self, least: float, most: float, entries: Sequence[tuple[int, int]]) -> None:
        indices, values = _sparse(entries)
        self._highs.addRow(least, most, len(entries), indices, values)


_FEASIBLE = 2
"""HiGHS's SolutionStatus.kSolutionStatusFeasible."""


def _settled(share: float) -> bool:
    return share < 1e-6 or share > 1 - 1e-6


def _sparse(entries: Sequence[tuple[int, int]]) -> tuple[Any, Any]:
    import numpy as np

    return (
        np.array([at for at, _ in entries], dtype=np.int32),
        np.array([value for _, value in entries], dtype=np.float64),
    )


def _solver() -> tuple[Highs, float]:
    """HiGHS, silent and deterministic, and its infinity."""
    try:
        import highspy
    except ImportError as error:
        raise ConfigurationError(
            "Open orders are re-optimised with HiGHS, which is not installed.",
            code="configuration.optimiser-missing",
            cure="Install it beside the hub: pip install 'crossdock[optimiser]'.",
        ) from error
    highs = highspy.Highs()  # type: ignore[no-untyped-call]  # its constructor has no annotations
    for option, value in (("output_flag", False), ("threads", 1), ("random_seed", 0), ("parallel", "off")):
        highs.setOptionValue(option, value)
    return highs, highspy.kHighsInf


def _stop_when_time_is_up(highs: Highs, go_on: GoOn) -> None:
    def ask(event: Any) -> None:
        if not go_on():
            event.interrupt()

    highs.cbMipInterrupt.subscribe(ask)
