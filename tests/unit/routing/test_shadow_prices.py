"""Shadow prices: what they are worth, and what keeps them from doing harm."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from hub.routing.kernel import solve
from hub.routing.problem import Offer, Problem
from hub.routing.shadow_prices import Kind, Shelf, Transport, priced, shadow_prices
from tests.benchmarks.routing.linear import HighsProgram
from tests.routing.problems import problems

NEAR, FAR = 0, 1
LAMP = 7
UNMET = 100_000


def a_kind(near: int, far: int, item: int = LAMP) -> Kind:
    """One unit for so many mills from either centre."""
    offers = [Offer(NEAR, NEAR, 0, ((0, near),)), Offer(FAR, FAR, 0, ((0, far),))]
    return Kind(Problem((1,), (0,), (0,), (UNMET,), offers), (item,))


EASY, HARD = a_kind(1000, 2000), a_kind(1000, 9000)
"""Served from afar for 1.00 more, and for 8.00 more."""


def transport_of(*kinds: Kind) -> Transport:
    return Transport(kinds, HighsProgram)


def test_last_units_are_kept_for_those_who_need_them() -> None:
    prices = shadow_prices(transport_of(EASY, HARD), [(20, 20)], {(NEAR, LAMP): 10, (FAR, LAMP): 100}, cap=10_000)
    assert {(NEAR, LAMP): 8000} == prices
    assert [NEAR] == [shipment.offer for shipment in solve(EASY.problem).shipments]
    for kind, centre in ((EASY, FAR), (HARD, NEAR)):
        shipments = solve(priced(*kind, {(NEAR, LAMP): 7999})).shipments
        assert [centre] == [shipment.offer for shipment in shipments]


def test_prices_are_the_mean_of_the_guesses_each_capped() -> None:
    stock = {(NEAR, LAMP): 10, (FAR, LAMP): 100}
    transport = transport_of(EASY, HARD)
    assert {(NEAR, LAMP): 1000} == shadow_prices(transport, [(60, 0)], stock, cap=10_000)
    assert {(NEAR, LAMP): 4500} == shadow_prices(transport, [(60, 0), (0, 60)], stock, cap=10_000)
    assert {(NEAR, LAMP): 2000} == shadow_prices(transport, [(60, 0), (0, 60)], stock, cap=3000)


def test_what_sells_seldom_has_no_price() -> None:
    stock = {(NEAR, LAMP): 1, (FAR, LAMP): 100}
    assert {} == shadow_prices(transport_of(HARD), [(19,)], stock, cap=10_000)
    assert {(NEAR, LAMP): 8000} == shadow_prices(transport_of(HARD), [(20,)], stock, cap=10_000)


def test_units_that_are_not_wanted_have_no_price() -> None:
    assert {} == shadow_prices(transport_of(EASY, HARD), [(20, 20)], {(NEAR, LAMP): 40, (FAR, LAMP): 40}, cap=10_000)


def test_what_was_learnt_from_another_guess_changes_no_bound() -> None:
    stock = {(NEAR, LAMP): 10, (FAR, LAMP): 15}
    taught = transport_of(EASY, HARD)
    taught.relax((60, 5), stock)
    assert transport_of(EASY, HARD).relax((20, 20), stock, gap=0).bound == taught.relax((20, 20), stock, gap=0).bound


@st.composite
def worlds(draw: st.DrawFn) -> tuple[list[Kind], dict[Shelf, int]]:
    """Up to four orders of a unit or two, and stock at three centres."""
    kinds = []
    for _ in range(draw(st.integers(1, 4))):
        items = tuple(draw(st.sets(st.integers(0, 1), min_size=1)))
        cost = st.integers(100, 2000)
        offers = [Offer(node, node, draw(cost), tuple((0, draw(cost)) for _ in items)) for node in range(3)]
        ones, none = (1,) * len(items), (0,) * len(items)
        kinds.append(Kind(Problem(ones, none, none, (UNMET,) * len(items), offers), items))
    return kinds, {shelf: draw(st.integers(0, 3)) for shelf in product(range(3), range(2))}


@settings(max_examples=60, deadline=None)
@given(worlds())
def test_no_way_to_serve_all_costs_less_than_the_bound(world: tuple[list[Kind], dict[Shelf, int]]) -> None:
    kinds, stock = world
    relaxed = transport_of(*kinds).relax([1] * len(kinds), stock, gap=0)
    assert relaxed.bound <= _least(kinds, stock)
    assert all(price > 0 for price in relaxed.prices.values())


def _least(kinds: Sequence[Kind], stock: dict[Shelf, int]) -> int:
    """By trying every node, or nobody, for every unit of every order."""
    if not kinds:
        return 0
    (problem, items), *others = kinds
    found = []
    for nodes in product((*range(3), None), repeat=len(items)):
        shelves = [(node, item) for node, item in zip(nodes, items, strict=True) if node is not None]
        if all(stock[shelf] for shelf in shelves):
            left = {shelf: units - (shelf in shelves) for shelf, units in stock.items()}
            found.append(_cost(problem, nodes) + _least(others, left))
    return min(found)


def _cost(problem: Problem, nodes: Sequence[int | None]) -> int:
    used = {node for node in nodes if node is not None}
    lines = [UNMET if node is None else problem.offers[node].curves[line][1] for line, node in enumerate(nodes)]
    return sum(lines) + sum(problem.offers[node].fixed for node in used)


@settings(max_examples=100)
@given(problems(plain=True), st.dictionaries(st.tuples(st.integers(0, 3), st.integers(0, 2)), st.integers(0, 50_000)))
def test_no_price_keeps_a_unit_from_an_order(problem: Problem, prices: dict[Shelf, int]) -> None:
    items = range(len(problem.quantities))
    assert solve(problem).backordered == solve(priced(problem, items, prices)).backordered
