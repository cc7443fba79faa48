"""The kernel beside a solver of whole-number programs: orders of two to ten lines from the synthetic network."""

from __future__ import annotations

from itertools import islice

import pytest

from hub.routing.kernel import solve
from tests.benchmarks.routing.books import Books
from tests.benchmarks.routing.generator import Network, Setting
from tests.benchmarks.routing.vectors import is_small, joined_orders
from tests.routing.accounting import faults_of
from tests.routing.oracle import least_cost_by_highs


@pytest.fixture(scope="module")
def books() -> Books:
    return Books(Network(Setting(nodes=20, items=20_000, orders=2_000, scarcity=0.4)))


@pytest.mark.parametrize("lines", range(2, 11))
def test_no_plan_of_an_order_is_cheaper_by_highs(books: Books, lines: int) -> None:
    """One in seven, so that they differ."""
    problems = (books.to_problem(order) for order in islice(joined_orders(books, lines), 0, None, 7))
    compared = list(islice(filter(is_small, problems), 4))
    assert 4 == len(compared)
    for problem in compared:
        solution = solve(problem)
        assert [] == faults_of(problem, solution)
        assert solution.exact
        assert least_cost_by_highs(problem) == solution.cost
