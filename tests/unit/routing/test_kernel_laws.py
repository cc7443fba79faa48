"""Laws of every solution of the kernel, held against oracles that know nothing of it."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from hub.routing.kernel import solve
from hub.routing.problem import Offer, Problem
from tests.benchmarks.routing.baselines import POLICIES, Ranks
from tests.routing.accounting import faults_of, missing, price
from tests.routing.oracle import least_cost_by_trying
from tests.routing.problems import problems


@settings(max_examples=300)
@given(problems())
def test_solution_may_be_carried_out_and_no_plan_is_cheaper(problem: Problem) -> None:
    solution = solve(problem)
    assert [] == faults_of(problem, solution)
    assert solution.exact
    assert least_cost_by_trying(problem) == solution.cost


@settings(max_examples=150)
@given(problems(), st.randoms(use_true_random=False))
def test_order_of_the_offers_does_not_matter(problem: Problem, random: Random) -> None:
    shuffled = list(problem.offers)
    random.shuffle(shuffled)
    assert _by_node(problem) == _by_node(problem._replace(offers=shuffled))


def _by_node(problem: Problem) -> list[tuple[int, tuple[int, ...], int]]:
    """Nodes with what they ship and what that costs."""
    return [
        (problem.offers[shipment.offer].node, shipment.amounts, shipment.cost) for shipment in solve(problem).shipments
    ]


@st.composite
def restocked(draw: st.DrawFn) -> tuple[Problem, Problem]:
    """A problem, and the same where some offers have more of some lines."""
    problem = draw(problems())
    return problem, problem._replace(offers=[draw(_with_more(offer)) for offer in problem.offers])


@st.composite
def _with_more(draw: st.DrawFn, offer: Offer) -> Offer:
    more = st.lists(st.integers(-8, 30), max_size=2)
    curves: Sequence[tuple[int, ...]] = [(*curve, *draw(more)) for curve in offer.curves]
    shared = [shelf._replace(units=shelf.units + draw(st.integers(0, 2))) for shelf in offer.shared]
    return offer._replace(curves=tuple(curves), shared=tuple(shared))


@settings(max_examples=150)
@given(restocked())
def test_more_stock_never_raises_the_cost(case: tuple[Problem, Problem]) -> None:
    before, after = case
    assert solve(after).cost <= solve(before).cost


@st.composite
def ranked(draw: st.DrawFn) -> tuple[Problem, Ranks]:
    """A plain problem, and what policies look at beside it."""
    problem = draw(problems(plain=True))
    count = len(problem.offers)
    each = st.lists(st.integers(0, 9), min_size=count, max_size=count)
    return problem, Ranks(draw(st.permutations(range(count))), draw(each), draw(each))


@settings(max_examples=200)
@given(ranked(), st.sampled_from(sorted(POLICIES)))
def test_no_policy_is_cheaper_than_the_kernel_and_all_fill_the_same(case: tuple[Problem, Ranks], policy: str) -> None:
    problem, ranks = case
    solution = solve(problem)
    plan = POLICIES[policy](problem, ranks)
    assert solution.backordered == missing(problem, plan)
    assert solution.cost <= price(problem, plan).total
