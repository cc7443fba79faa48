"""Rolling re-optimisation of open orders against the same orders routed one by one.

    python -m tests.benchmarks.routing.pool --orders 20000 --pool 2500

Orders arrive and are promised at once, each by the exact kernel. The newest ``--pool`` of them are open; after every
``--every`` arrivals they are assigned anew together. Both sides buy from the same stock and pay the same prices.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from statistics import median
from typing import NamedTuple

from hub.routing.kernel import solve
from hub.routing.pool import reoptimise
from hub.routing.pool_problem import Draw, OpenOrder, Pool, Reoptimised
from hub.routing.pricing import shipped, solution_of
from hub.routing.problem import Problem, Shipment, Solution
from tests.benchmarks.routing.books import Books
from tests.benchmarks.routing.generator import Network, Order, Setting
from tests.benchmarks.routing.tariffs import BACKORDER

Parcels = tuple[tuple[int, tuple[int, ...]], ...]
"""A plan as pairs of a node and its amounts by line: what stays the same while offers come and go."""


class Kept(NamedTuple):
    """An order with its plan, and what that cost when it was made."""

    order: Order
    parcels: Parcels
    cost: int


class Run(NamedTuple):
    """One re-optimisation; ``seconds`` that this process computed, each order's problem made anew included, whatever
    else the machine did."""

    seconds: float
    orders: int
    moves: int
    found: Reoptimised


class Shop:
    """Orders of one network against its stock; ``kept`` by arrival."""

    def __init__(self, network: Network) -> None:
        self.books = Books(network)
        self.kept: list[Kept] = []

    def promise(self, order: Order) -> None:
        """Route one order by itself and take its units."""
        problem = self.books.to_problem(order)
        plan = solve(problem)
        self.kept.append(Kept(order, parcels_of(problem, plan), plan.cost))
        self._take(order, self.kept[-1].parcels, 1)

    def reoptimise(self, size: int, fee: int, churn: int) -> Run:
        """Assign the newest ``size`` orders anew."""
        first = max(0, len(self.kept) - size)
        opened = self.kept[first:]
        started = time.process_time()
        pool = self._pool(opened, fee, churn)
        found = reoptimise(pool)
        seconds = time.process_time() - started
        open_orders = {order.id: order for order in pool.orders}
        for move in found.moves:
            at = int(move.order)
            before = self.kept[at]
            after = parcels_of(open_orders[move.order].problem, move.plan)
            self.kept[at] = Kept(before.order, after, move.plan.cost)
            self._take(before.order, before.parcels, -1)
            self._take(before.order, after, 1)
        return Run(seconds, len(opened), len(found.moves), found)

    def _pool(self, opened: Sequence[Kept], fee: int, churn: int) -> Pool:
        for each in opened:
            self._take(each.order, each.parcels, -1)
        rows: dict[tuple[int, int], int] = {}
        orders = []
        for each in opened:
            problem = self.books.to_problem(each.order)
            draws = [
                Draw(
                    tuple(
                        [
                            ((rows.setdefault((offer.node, item), len(rows)), 1),) if len(curve) > 1 else ()
                            for item, curve in zip(each.order.items, offer.curves, strict=True)
                        ]
                    )
                )
                for offer in problem.offers
            ]
            orders.append(OpenOrder(str(each.order.number), problem, draws, standing(problem, each.parcels)))
        units = [self.books.index[item].get(node, 0) for node, item in rows]
        for each in opened:
            self._take(each.order, each.parcels, 1)
        return Pool(orders, units, fee, churn)

    def _take(self, order: Order, parcels: Parcels, sign: int) -> None:
        for node, amounts in parcels:
            for item, amount in zip(order.items, amounts, strict=True):
                if amount:
                    free = self.books.index[item]
                    free[node] = free.get(node, 0) - sign * amount
                    if not free[node]:
                        del free[node]


def parcels_of(problem: Problem, plan: Solution) -> Parcels:
    """The plan by nodes."""
    return tuple([(problem.offers[each.offer].node, each.amounts) for each in plan.shipments])


def standing(problem: Problem, parcels: Parcels) -> Solution:
    """The plan of these parcels at the problem's prices."""
    offers = {offer.node: index for index, offer in enumerate(problem.offers)}
    shipments: list[Shipment] = [shipped(problem, offers[node], amounts) for node, amounts in parcels]
    return solution_of(problem, shipments, bound=0)


def rolled(network: Network, size: int, every: int, fee: int, churn: int) -> tuple[Shop, list[Run]]:
    """All orders of the network, the open ones assigned anew after every so many; ``size`` 0 for never."""
    shop, runs = Shop(network), []
    for count, order in enumerate(network.orders, start=1):
        shop.promise(order)
        if size and count % every == 0:
            runs.append(shop.reoptimise(size, fee, churn))
    return shop, runs


class Side(NamedTuple):
    """One way to assign all orders: mills of the shipments, parcels beyond the first of each order, units unfilled."""

    mills: int
    extra: int
    unfilled: int


def side(kept: Sequence[Kept]) -> Side:
    """What these orders came to, the price of unfilled units left out."""
    unfilled = [sum(each.order.units) - sum([sum(amounts) for _, amounts in each.parcels]) for each in kept]
    mills = sum([each.cost for each in kept]) - BACKORDER * sum(unfilled)
    return Side(mills, sum([max(0, len(each.parcels) - 1) for each in kept]), sum(unfilled))


def compared(alone: Sequence[Kept], pooled: Sequence[Kept]) -> tuple[Side, Side]:
    """Both sides, of the orders that both fill wholly: costs are compared at equal fill."""
    both = [
        pair
        for pair in zip(alone, pooled, strict=True)
        if all(sum([sum(amounts) for _, amounts in each.parcels]) == sum(each.order.units) for each in pair)
    ]
    return side([one for one, _ in both]), side([other for _, other in both])


def report(setting: Setting, size: int, every: int, fee: int, churn: int) -> None:
    """Run both sides and print one row."""
    network = Network(setting)
    alone, _ = rolled(network, 0, every, fee, churn)
    pooled, runs = rolled(network, size, every, fee, churn)
    full = [run for run in runs if run.orders == size] or runs
    one, other = compared(alone.kept, pooled.kept)
    gaps = [run.found.gap_ppm / 10_000 for run in full]
    print(
        f"{setting.nodes} nodes, {setting.items:,} items, supply {setting.supply}, scarcity {setting.scarcity:.0%}, "
        f"seed {setting.seed}, {setting.orders:,} orders; pool {size:,}, every {every}, fee {fee}, churn {churn}\n"
        f"  cost {one.mills / 1000:,.0f} -> {other.mills / 1000:,.0f} ({other.mills / one.mills - 1:+.2%}), "
        f"extra shipments {one.extra:,} -> {other.extra:,} ({other.extra / one.extra - 1:+.1%}), "
        f"units unfilled {side(alone.kept).unfilled:,} -> {side(pooled.kept).unfilled:,}\n"
        f"  moved a run: median {median(run.moves / run.orders for run in full):.2%}, "
        f"most {max(run.moves / run.orders for run in full):.2%}; "
        f"gap: median {median(gaps):.3f} %, most {max(gaps):.3f} %; "
        f"CPU seconds: median {median(run.seconds for run in full):.2f}, most {max(run.seconds for run in full):.2f}; "
        f"rounds {median(run.found.rounds for run in full):.0f}, plans {median(run.found.plans for run in full):.0f}, "
        f"tight rows {median(len(run.found.tight) for run in full):.0f}"
    )


def main() -> None:
    """Read the settings and print the comparison."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--nodes", type=int, default=60)
    parser.add_argument("--items", type=int, default=100_000)
    parser.add_argument("--supply", type=float, default=1.15)
    parser.add_argument("--scarcity", type=float, default=0.2)
    parser.add_argument("--orders", type=int, default=20_000)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1])
    parser.add_argument("--pool", type=int, default=2_500)
    parser.add_argument("--every", type=int, default=200)
    parser.add_argument("--fee", type=int, default=0, help="change fee in mills")
    parser.add_argument("--churn", type=int, default=19, help="per mille of the pool that may move in a run")
    told = parser.parse_args()
    for seed in told.seeds:
        setting = Setting(told.nodes, told.items, told.scarcity, told.supply, told.orders, seed)
        report(setting, told.pool, told.every, told.fee, told.churn)


if __name__ == "__main__":
    main()
