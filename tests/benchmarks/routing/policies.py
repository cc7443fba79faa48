"""The kernel beside eight policies of other systems: the same orders, the same stock, the same accounting.

    python -m tests.benchmarks.routing.policies --nodes 60 --orders 20000 --seeds 1 2 3

Orders come one after the other, and each policy takes what it ships from its own books. All fill the same units, order
by order, which is checked; what nobody can ship is left out of the cost. Times are CPU time of making the problem and
deciding; booking the plan is not in them.
"""

from __future__ import annotations

import argparse
import gc
import resource
import time
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

from hub.routing.kernel import solve
from hub.routing.problem import Problem
from tests.benchmarks.routing.baselines import POLICIES, Ranks
from tests.benchmarks.routing.books import Books
from tests.benchmarks.routing.generator import Network, Order, Setting
from tests.benchmarks.routing.tariffs import LATE, is_late
from tests.routing.accounting import Plan, freight_of, missing, price

KERNEL = "exact"
Decide = Callable[[Books, Order], tuple[Problem, Plan, int]]
"""The order's problem, a plan of it, and how far below the plan's cost the least cost may be, -1 where nobody knows."""


class Outcome(NamedTuple):
    """One policy's run. Costs in mills by item, ``gap`` too; ``seconds`` and ``unfilled`` units of each order."""

    policy: str
    costs: dict[str, int]
    shipments: int
    split_orders: int
    late: int
    gap: int
    unfilled: tuple[int, ...]
    units: int
    seconds: tuple[float, ...]

    @property
    def mills_per_order(self) -> float:
        return sum(self.costs.values()) / len(self.seconds)

    @property
    def per_second(self) -> float:
        return len(self.seconds) / sum(self.seconds)

    def microseconds(self, share: float) -> float:
        """Of the order that is slower than so many of them."""
        return sorted(self.seconds)[min(len(self.seconds) - 1, int(share * len(self.seconds)))] * 1e6


def run(network: Network, policy: str) -> Outcome:
    """All orders of a network by one policy."""
    books = Books(network)
    decide = _exact if policy == KERNEL else _ranked(policy)
    costs = dict.fromkeys(("pack", "over capacity", "units", "freight", "late", "split"), 0)
    shipments = split_orders = late = gap = 0
    unfilled, seconds = list[int](), list[float]()
    gc.collect()
    gc.freeze()
    for order in network.orders:
        started = time.thread_time_ns()
        problem, plan, below = decide(books, order)
        seconds.append((time.thread_time_ns() - started) / 1e9)
        bill = price(problem, plan)
        tardy = _late(problem, plan)
        pack = sum(network.nodes[problem.offers[index].node].fixed for index in plan)
        for item, mills in (
            ("pack", pack),
            ("over capacity", bill.fixed - pack),
            ("units", bill.lines),
            ("freight", bill.freight - LATE * tardy),
            ("late", LATE * tardy),
            ("split", bill.split),
        ):
            costs[item] += mills
        late += tardy
        gap += below
        shipments += len(plan)
        split_orders += len(plan) > 1
        unfilled.append(sum(missing(problem, plan)))
        books.ship(order, problem, plan)
    units = sum(sum(order.units) for order in network.orders)
    return Outcome(policy, costs, shipments, split_orders, late, gap, tuple(unfilled), units, tuple(seconds))


def _exact(books: Books, order: Order) -> tuple[Problem, Plan, int]:
    problem = books.to_problem(order)
    solution = solve(problem)
    plan = {shipment.offer: shipment.amounts for shipment in solution.shipments}
    return problem, plan, solution.cost - solution.bound


def _ranked(policy: str) -> Decide:
    """A policy of POLICIES, with what it looks at: the nodes' own order is the merchant's."""
    choose = POLICIES[policy]

    def decide(books: Books, order: Order) -> tuple[Problem, Plan, int]:
        problem = books.to_problem(order)
        nodes = [offer.node for offer in problem.offers]
        miles = books.network.miles[order.town]
        free = [books.index[item] for item in order.items]
        stock = [sum([there.get(node, 0) for there in free]) for node in nodes]
        return problem, choose(problem, Ranks(nodes, [miles[node] for node in nodes], stock)), -1

    return decide


def _late(problem: Problem, plan: Plan) -> int:
    return sum(is_late(freight_of(problem, problem.offers[index], amounts)[1]) for index, amounts in plan.items())


def compare(setting: Setting) -> list[Outcome]:
    """Every policy on one network, the kernel last. Raises AssertionError where two do not fill the same."""
    network = Network(setting)
    outcomes = [run(network, policy) for policy in (*POLICIES, KERNEL)]
    for one, other in pairwise(outcomes):
        assert one.unfilled == other.unfilled, f"{one.policy} and {other.policy} do not fill the same"
    return outcomes


def table(runs: Sequence[Sequence[Outcome]]) -> str:
    """Means over runs of several seeds, as Markdown: dollars of an order, and what makes them up."""
    items = list(runs[0][0].costs)
    head = ["policy", "$ an order", "above exact", "saved", *items, "split orders", "shipments", "late"]
    head += ["orders/s", "p50 us", "p99 us", "p99.9 us", "max ms"]
    rows = [head, ["---", *["---:"] * (len(head) - 1)]]
    rows += [_row(same, [each[-1] for each in runs], items) for same in zip(*runs, strict=True)]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _row(same: Sequence[Outcome], exact: Sequence[Outcome], items: Iterable[str]) -> list[str]:
    orders = [len(each.seconds) for each in same]
    above = [one.mills_per_order / best.mills_per_order - 1 for one, best in zip(same, exact, strict=True)]
    cells = [same[0].policy, f"{_mean(each.mills_per_order for each in same) / 1000:.2f}"]
    cells += [f"{_mean(above):+.1%}", f"{_mean(each / (1 + each) for each in above):.1%}"]
    cells += [f"{_mean(each.costs[item] / len(each.seconds) for each in same) / 1000:.2f}" for item in items]
    cells += [f"{_mean(map(_share, (each.split_orders for each in same), orders)):.1%}"]
    cells += [f"{_mean(map(_share, (each.shipments for each in same), orders)):.3f}"]
    cells += [f"{_mean(map(_share, (each.late for each in same), orders)):.1%}"]
    cells += [f"{_mean(each.per_second for each in same):,.0f}"]
    cells += [f"{_mean(each.microseconds(share) for each in same):,.0f}" for share in (0.5, 0.99, 0.999)]
    return [*cells, f"{max(max(each.seconds) for each in same) * 1e3:.1f}"]


def _share(part: int, whole: int) -> float:
    return part / whole


def _mean(values: Iterable[float]) -> float:
    found = list(values)
    return sum(found) / len(found)


def footnote(runs: Sequence[Sequence[Outcome]]) -> str:
    """What is the same for all, what the kernel left open, and its rate beside the others'."""
    exact = [each[-1] for each in runs]
    unfilled = _mean(sum(each.unfilled) / each.units for each in exact)
    gap = max(each.gap / sum(each.costs.values()) for each in exact)
    rates = {same[0].policy: _mean(each.per_second for each in same) for same in zip(*runs, strict=True)}
    ours = rates.pop(KERNEL)
    slowest, fastest = min(rates, key=rates.__getitem__), max(rates, key=rates.__getitem__)
    return (
        f"{unfilled:.1%} of the units are not there; gap of the kernel {gap:.4%}; decides {ours / rates[slowest]:.2f}"
        f" times as fast as the slowest policy ({slowest}), {ours / rates[fastest]:.2f} as the fastest ({fastest});"
        f" peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MB"
    )


def main() -> None:
    """As the module's docstring says."""
    ask = argparse.ArgumentParser(prog="python -m tests.benchmarks.routing.policies")
    whole = Setting()
    ask.add_argument("--nodes", type=int, default=whole.nodes)
    ask.add_argument("--items", type=int, default=whole.items)
    ask.add_argument("--orders", type=int, default=whole.orders)
    ask.add_argument("--scarcity", type=float, default=whole.scarcity)
    ask.add_argument("--supply", type=float, default=whole.supply)
    ask.add_argument("--seeds", type=int, nargs="+", default=[whole.seed])
    given = vars(ask.parse_args())
    seeds = given.pop("seeds")
    runs = [compare(Setting(seed=seed, **given)) for seed in seeds]
    print(f"{table(runs)}\n\n{footnote(runs)}")


if __name__ == "__main__":
    main()
