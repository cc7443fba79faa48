"""Pools of open orders at random, small enough to try every joint assignment."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product

from hypothesis import strategies as st

from hub.routing.pool_problem import Draw, OpenOrder, Pool, takes_of
from hub.routing.pricing import shipped, solution_of
from hub.routing.problem import NEVER, Freight, Offer, Problem, Shared, Solution

BACKORDER = 100_000


@st.composite
def problems(draw: st.DrawFn, draws: Sequence[Draw], lines: int, rows: Sequence[int]) -> Problem:
    """Lines of up to two steps at the nodes whose ``draws`` are given, with costs that make plans differ."""
    quantities = tuple(draw(st.integers(1, 2)) for _ in range(lines))
    freight = (Freight(1, 0, (0, 3, 4, 6, 6, 7), (0,) * 6),) if draw(st.booleans()) else ()
    offers = []
    for node, takes in enumerate(draws):
        most = [min([2, *(rows[row] for row, _ in step)]) for step in takes.steps]
        curves = tuple(_curve(draw(st.integers(0, each)), draw(st.integers(0, 9))) for each in most)
        shared = tuple(_shelves(takes, rows))
        offers.append(Offer(node, node, draw(st.integers(0, 9)), curves, freight, shared))
    return Problem(
        quantities,
        (1,) * lines,
        (0,) * lines,
        (BACKORDER,) * lines,
        offers,
        split=draw(st.integers(0, 4)),
        most_shipments=draw(st.integers(1, 3)),
        complete=draw(st.integers(0, 3)) == 3,
    )


def _shelves(takes: Draw, rows: Sequence[int]) -> Iterator[Shared]:
    for row in sorted({row for step in takes.steps for row, _ in step}):
        yield Shared(rows[row], tuple(dict(step).get(row, 0) for step in takes.steps))


def _curve(most: int, unit: int) -> tuple[int, ...]:
    return tuple(unit * steps for steps in range(most + 1))


@st.composite
def pools(draw: st.DrawFn, most_orders: int = 3) -> Pool:
    """Orders for two items at up to three nodes, their standing plans whatever fitted one after the other; the last
    rows are what a node can still ship that day."""
    nodes, items = draw(st.integers(1, 3)), 2
    rows = [draw(st.integers(0, 2)) for _ in range(nodes * items)]
    rows += [draw(st.integers(1, 3)) for _ in range(nodes)]
    left = list(rows)
    orders = []
    for number in range(draw(st.integers(1, most_orders))):
        bought = [draw(st.integers(0, items - 1)) for _ in range(draw(st.integers(1, 2)))]
        draws = [
            Draw(tuple(((node * items + item, 1),) for item in bought), ((nodes * items + node, 1),))
            for node in range(nodes)
        ]
        problem = draw(problems(draws, len(bought), rows))
        fitting = [plan for plan in every_plan(problem) if _fits(draws, plan, left)]
        standing = draw(st.sampled_from(fitting))
        for row, units in takes_of(draws, standing.shipments):
            left[row] -= units
        orders.append(OpenOrder(f"o{number}", problem, draws, standing))
    return Pool(orders, rows, draw(st.integers(0, 3)), draw(st.sampled_from([1000, 1000, 500, 1])))


def _fits(draws: Sequence[Draw], plan: Solution, left: Sequence[int]) -> bool:
    return all(units <= left[row] for row, units in takes_of(draws, plan.shipments))


def every_plan(problem: Problem) -> Iterator[Solution]:
    """All plans of an order that the contract of a problem allows."""
    ways = [list(_ways(problem, line)) for line in range(len(problem.quantities))]
    for by_line in product(*ways):
        amounts = list(zip(*by_line, strict=True))
        used = [offer for offer, each in enumerate(amounts) if any(each)]
        plan = solution_of(problem, [shipped(problem, offer, amounts[offer]) for offer in used])
        if len(used) > problem.most_shipments or plan.cost >= NEVER:
            continue
        if problem.complete and any(plan.backordered) and used:
            continue
        yield plan


def _ways(problem: Problem, line: int) -> Iterator[tuple[int, ...]]:
    most = [len(offer.curves[line]) - 1 for offer in problem.offers]
    for amounts in product(*(range(each + 1) for each in most)):
        if sum(amounts) <= problem.quantities[line]:
            yield amounts


def best_cost(pool: Pool) -> int:
    """The cheapest joint assignment that takes nothing from anybody, by trying all."""
    choices = [list(_choices(pool, order)) for order in pool.orders]
    return min(
        sum(cost for _, cost, _ in picked)
        for picked in product(*choices)
        if sum(moved for _, _, moved in picked) <= pool.most_moves
        and fits_together(pool, [plan for plan, _, _ in picked])
    )


def _choices(pool: Pool, order: OpenOrder) -> Iterator[tuple[Solution, int, bool]]:
    yield order.standing, order.standing.cost, False
    for plan in every_plan(order.problem):
        pairs = zip(plan.backordered, order.standing.backordered, strict=True)
        if plan.shipments != order.standing.shipments and all(now <= before for now, before in pairs):
            yield plan, plan.cost + pool.change_fee, True


def fits_together(pool: Pool, plans: Sequence[Solution]) -> bool:
    """Whether these plans, one for each order, overdraw no row."""
    left = list(pool.rows)
    for order, plan in zip(pool.orders, plans, strict=True):
        for row, units in takes_of(order.draws, plan.shipments):
            left[row] -= units
    return min(left, default=0) >= 0
