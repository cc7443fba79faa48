"""Stock and loads as orders go by, and each order as the kernel's problem."""

from __future__ import annotations

from hub.routing.problem import Offer, Problem
from tests.benchmarks.routing.generator import MOST_LINES, MOST_UNITS, ORDERS_A_DAY, Network, Order
from tests.benchmarks.routing.tariffs import BACKORDER, OVER_CAPACITY, SPLIT, WORK, Kind
from tests.routing.accounting import Plan

MOST_SHIPMENTS = MOST_LINES * MOST_UNITS
"""As many as an order can have: policies are compared where they fill the same."""

_NOTHING = (0,)
_STORE_UNIT = WORK[Kind.STORE].unit


class Books:
    """What is free in one network. Orders come one after the other, ``ORDERS_A_DAY`` a day."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.index = [dict(free) for free in network.stock]
        """By item: node -> units that are free there."""
        self.fixed = [node.fixed for node in network.nodes]
        """By node: mills for one more shipment today."""
        self._shipped = [0] * len(network.nodes)

    def to_problem(self, order: Order) -> Problem:
        """The order against the stock of this moment: an offer for each node that has any of it."""
        network, index = self.network, self.index
        all_items, curves, is_store = network.items, network.curves, network.is_store
        facts = [all_items[item] for item in order.items]
        nothing: list[tuple[int, ...]] = [_NOTHING] * len(facts)
        rows: dict[int, list[tuple[int, ...]]] = {}
        line = 0
        for item, wanted in zip(order.items, order.units, strict=True):
            credit = facts[line].credit
            credited = tuple([(_STORE_UNIT - credit) * amount for amount in range(wanted + 1)]) if credit else None
            for node, free in index[item].items():
                if credited is not None and is_store[node]:
                    curve = credited if free >= wanted else credited[: free + 1]
                else:
                    curve = curves[node][wanted] if free >= wanted else curves[node][free]
                row = rows.get(node)
                if row is None:
                    rows[node] = row = nothing.copy()
                row[line] = curve
            line += 1
        freight, fixed = network.freight[order.promise][order.town], self.fixed
        return Problem(
            order.units,
            tuple([each.weight for each in facts]),
            tuple([each.volume for each in facts]),
            (BACKORDER,) * line,
            [Offer(node, node, fixed[node], tuple(row), freight[node]) for node, row in rows.items()],
            SPLIT,
            MOST_SHIPMENTS,
        )

    def ship(self, order: Order, problem: Problem, plan: Plan) -> None:
        """Take a plan's units out of the stock, and its shipments out of the day's capacity."""
        for offer, amounts in plan.items():
            node = problem.offers[offer].node
            self._shipped[node] += 1
            if self._shipped[node] == self.network.nodes[node].capacity:
                self.fixed[node] += OVER_CAPACITY
            for item, amount in zip(order.items, amounts, strict=True):
                if amount:
                    free = self.index[item]
                    free[node] -= amount
                    if not free[node]:
                        del free[node]
        if (order.number + 1) % ORDERS_A_DAY == 0:
            self._shipped = [0] * len(self._shipped)
            self.fixed = [node.fixed for node in self.network.nodes]
