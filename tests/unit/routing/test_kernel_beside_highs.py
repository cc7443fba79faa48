"""The kernel beside a solver of whole-number programs: orders of two to ten lines from the synthetic network."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

import pytest

from hub.routing.kernel import solve
from tests.benchmarks.routing.books import Books
from tests.benchmarks.routing.generator import Network, Order, Setting
from tests.routing.accounting import faults_of
from tests.routing.oracle import columns, least_cost_by_highs

MOST_COLUMNS = 3_000
"""HiGHS takes about a second for so many."""


@pytest.fixture(scope="module")
def books() -> Books:
    return Books(Network(Setting(nodes=20, items=20_000, orders=2_000, scarcity=0.4)))


def orders_of(books: Books, lines: int) -> Iterator[Order]:
    """What several customers bought as one order, so that there are enough with many lines."""
    bought: dict[int, int] = {}
    for order in books.network.orders:
        bought.update(zip(order.items, order.units, strict=True))
        if len(bought) >= lines:
            items = tuple(islice(bought, lines))
            yield order._replace(items=items, units=tuple(bought[item] for item in items))
            bought.clear()


@pytest.mark.parametrize("lines", range(2, 11))
def test_no_plan_of_an_order_is_cheaper_by_highs(books: Books, lines: int) -> None:
    """One in seven, so that they differ; those with too many columns are left out."""
    problems = (books.to_problem(order) for order in islice(orders_of(books, lines), 0, None, 7))
    small = [each for each in problems if len(list(islice(columns(each), MOST_COLUMNS + 1))) <= MOST_COLUMNS]
    compared = small[:4]
    assert 4 == len(compared)
    for problem in compared:
        solution = solve(problem)
        assert [] == faults_of(problem, solution)
        assert solution.exact
        assert least_cost_by_highs(problem) == solution.cost
