"""Open orders assigned anew together: by hand, and by laws against every joint assignment of small pools."""

from __future__ import annotations

import sys
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.errors import ConfigurationError
from hub.routing.pool import reoptimise
from hub.routing.pool_problem import Bundle, Draw, OpenOrder, Pool, Reoptimised, takes_of
from hub.routing.pricing import shipped, solution_of
from hub.routing.problem import Offer, Problem, Solution
from tests.unit.routing.pools import BACKORDER, best_cost, fits_together, pools


def an_order(name: str, *costs: int, at: int | None, steps: int = 1) -> OpenOrder:
    """One line of ``steps``; node ``n`` ships it for ``costs[n]`` and takes row ``n``. It stands at node ``at``."""
    curve = (0,) * (steps + 1)
    offers = [Offer(node, node, cost, (curve,)) for node, cost in enumerate(costs)]
    problem = Problem((steps,), (0,), (0,), (BACKORDER,), offers)
    draws = [Draw((((node, 1),),)) for node in range(len(costs))]
    shipments = [] if at is None else [shipped(problem, at, (steps,))]
    return OpenOrder(name, problem, draws, solution_of(problem, shipments))


def after(pool: Pool, bundles: tuple[Bundle, ...]) -> list[Solution]:
    """Each order's plan when these bundles are carried out."""
    moved = {move.order: move.plan for bundle in bundles for move in bundle.moves}
    return [moved.get(order.id, order.standing) for order in pool.orders]


def moved_to(found: Reoptimised) -> dict[str, list[int]]:
    return {move.order: [shipment.offer for shipment in move.plan.shipments] for move in found.moves}


def test_orders_exchange_what_each_holds_for_the_other() -> None:
    pool = Pool([an_order("x", 5000, 5500, at=0), an_order("y", 6000, 9000, at=1)], rows=[1, 1], change_fee=100)
    found = reoptimise(pool)
    assert moved_to(found) == {"x": [1], "y": [0]}
    assert [move.saving for move in found.moves] == [-500, 3000]
    assert [bundle.saving for bundle in found.bundles] == [2300]
    assert (found.before, found.after, found.bound, found.gap_ppm) == (14_000, 11_700, 11_700, 0)


def test_moves_that_do_not_pay_the_change_fee_are_left() -> None:
    pool = Pool([an_order("x", 5000, 5500, at=0), an_order("y", 6000, 9000, at=1)], rows=[1, 1], change_fee=1250)
    assert reoptimise(pool).moves == ()
    assert len(reoptimise(pool._replace(change_fee=1249)).moves) == 2


def test_moves_that_need_nothing_of_each_other_are_bundles_of_their_own() -> None:
    pool = Pool([an_order("x", 5, 3, at=0), an_order("y", 9, 4, at=0)], rows=[2, 2])
    assert [[move.order for move in bundle.moves] for bundle in reoptimise(pool).bundles] == [["x"], ["y"]]


def test_chain_of_moves_is_one_bundle() -> None:
    orders = [
        an_order("x", 900, 100, 900, at=0),
        an_order("y", 900, 300, 200, at=1),
        an_order("z", 200, 900, 300, at=2),
    ]
    found = reoptimise(Pool(orders, rows=[1, 1, 1]))
    assert moved_to(found) == {"x": [1], "y": [2], "z": [0]}
    assert [bundle.saving for bundle in found.bundles] == [1000]


def test_limit_of_churn_picks_the_moves_that_save_most() -> None:
    orders = [an_order(f"o{number}", 1000 + number, 0, at=0) for number in range(10)]
    found = reoptimise(Pool(orders, rows=[10, 10], churn_permille=200))
    assert moved_to(found) == {"o8": [1], "o9": [1]}
    assert reoptimise(Pool(orders, rows=[10, 10], churn_permille=0)).moves == ()


def test_order_keeps_the_units_that_it_has_however_much_another_would_gain() -> None:
    greedy = an_order("y", 0, at=None)
    pool = Pool([an_order("x", 5000, at=0), greedy], rows=[1])
    assert reoptimise(pool).moves == ()
    found = reoptimise(pool._replace(orders=[an_order("x", 5000, 7000, at=0), greedy], rows=[1, 1]))
    assert moved_to(found) == {"x": [1], "y": [0]}


def test_order_that_is_short_of_some_stays_short_of_no_more() -> None:
    short = an_order("x", 100, at=None, steps=3)
    short = short._replace(standing=solution_of(short.problem, [shipped(short.problem, 0, (2,))]))
    pool = Pool([short, an_order("y", 100, at=None)], rows=[2])
    assert reoptimise(pool).moves == ()
    assert moved_to(reoptimise(pool._replace(rows=[3]))) in ({"x": [0]}, {"y": [0]})


def test_row_that_ran_short_since_leaves_the_standing_plans_alone() -> None:
    pool = Pool([an_order("x", 100, 900, at=0), an_order("y", 100, 900, at=0)], rows=[1, 5])
    assert reoptimise(pool).moves == ()


def test_capacity_of_a_location_is_a_row_like_a_shelf() -> None:
    """Three rows: both shelves have enough, but the first node ships one parcel today."""
    orders = []
    for name, at in (("x", 0), ("y", 1)):
        order = an_order(name, 100, 500 if name == "x" else 900, at=at)
        orders.append(order._replace(draws=[Draw((((0, 1),),), shipment=((2, 1),)), Draw((((1, 1),),))]))
    found = reoptimise(Pool(orders, rows=[9, 9, 1]))
    assert moved_to(found) == {"x": [1], "y": [0]}
    assert [tight.row for tight in found.tight] == [2]


def test_price_of_a_tight_row_is_what_another_unit_would_save() -> None:
    pool = Pool([an_order("x", 5000, 5500, at=0), an_order("y", 6000, 9000, at=1)], rows=[1, 1])
    (tight,) = reoptimise(pool).tight
    more = reoptimise(pool._replace(rows=[2, 1]))
    assert tight.row == 0
    assert reoptimise(pool).after - more.after <= tight.price


def test_pool_is_done_when_time_is_up() -> None:
    orders = [an_order(f"o{number}", 700 + number, 500, 100 * number, at=0) for number in range(8)]
    pool = Pool(orders, rows=[8, 3, 4])
    turns = count()
    found = reoptimise(pool, lambda: next(turns) < 0)
    assert found.rounds == 1
    assert found.bound <= reoptimise(pool).after <= found.after <= found.before


def test_pool_beyond_a_window_is_solved_in_several(monkeypatch: pytest.MonkeyPatch) -> None:
    orders = [an_order(f"o{number}", 700 + number, 500, 100 * number, at=0) for number in range(9)]
    pool = Pool(orders, rows=[9, 3, 4], churn_permille=500)
    whole = reoptimise(pool)
    monkeypatch.setattr("hub.routing.pool_windows.WINDOW", 3)
    cut = reoptimise(pool)
    assert cut.bound <= whole.after <= cut.after < cut.before
    assert cut.bound == whole.bound, "the LP over all windows' plans"
    assert len(cut.moves) <= pool.most_moves
    assert fits_together(pool, after(pool, cut.bundles))


def test_orders_that_the_prices_settle_are_fixed_where_there_are_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub.routing.pool_master.MOST_TOGETHER", 2)
    orders = [
        an_order(f"o{number}", 700 + number, 500, 100 * number, at=0, steps=1 + number % 2) for number in range(8)
    ]
    pool = Pool(orders, rows=[12, 4, 5])
    found = reoptimise(pool)
    assert found.bound <= found.after < found.before
    assert fits_together(pool, after(pool, found.bundles))


def test_pool_that_has_nothing_to_gain_needs_no_solver(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "highspy", None)
    found = reoptimise(Pool([an_order("x", 100, 5000, at=0)], rows=[1, 1]))
    assert (found.moves, found.before, found.after, found.bound) == ((), 100, 100, 100)


def test_missing_solver_is_named_with_its_cure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "highspy", None)
    with pytest.raises(ConfigurationError) as caught:
        reoptimise(Pool([an_order("x", 5000, 100, at=0)], rows=[1, 1]))
    assert caught.value.code == "configuration.optimiser-missing"
    assert "crossdock[optimiser]" in caught.value.cure


@given(pools())
def test_pool_gets_no_dearer_and_no_better_than_its_bound(pool: Pool) -> None:
    found = reoptimise(pool)
    plans = after(pool, found.bundles)
    fees = pool.change_fee * len(found.moves)
    assert found.before == sum(order.standing.cost for order in pool.orders)
    assert found.after == sum(plan.cost for plan in plans) + fees
    assert found.bound <= best_cost(pool) <= found.after <= found.before
    assert all(bundle.saving > 0 for bundle in found.bundles)


@given(pools())
def test_moves_overdraw_nothing_and_take_nothing_from_anybody(pool: Pool) -> None:
    found = reoptimise(pool)
    plans = after(pool, found.bundles)
    assert fits_together(pool, plans)
    assert len(found.moves) <= pool.most_moves
    for order, plan in zip(pool.orders, plans, strict=True):
        shipments = [shipped(order.problem, each.offer, each.amounts) for each in plan.shipments]
        assert solution_of(order.problem, shipments).cost == plan.cost
        pairs = zip(plan.backordered, order.standing.backordered, strict=True)
        assert all(now <= before for now, before in pairs)


@given(pools(), st.data())
def test_any_of_the_bundles_may_fail(pool: Pool, data: st.DataObject) -> None:
    found = reoptimise(pool)
    some = tuple(bundle for bundle in found.bundles if data.draw(st.booleans()))
    plans = after(pool, some)
    assert fits_together(pool, plans)
    fees = pool.change_fee * sum(len(bundle.moves) for bundle in some)
    assert sum(plan.cost for plan in plans) + fees == found.before - sum(bundle.saving for bundle in some)


@given(pools())
def test_same_pool_gets_the_same_answer(pool: Pool) -> None:
    assert reoptimise(pool) == reoptimise(pool)


@given(pools())
def test_second_run_has_nothing_left_to_do_but_within_the_gap(pool: Pool) -> None:
    found = reoptimise(pool)
    again = pool._replace(
        orders=[
            order._replace(standing=plan) for order, plan in zip(pool.orders, after(pool, found.bundles), strict=True)
        ]
    )
    if pool.most_moves >= len(pool.orders) and found.gap_ppm == 0:
        assert reoptimise(again).saving == 0


def test_takes_add_up_by_row() -> None:
    draw = Draw(steps=(((7, 1),), ((7, 2), (9, 1))), shipment=((3, 1),))
    problem = Problem((2, 1), (0, 0), (0, 0), (1, 1), [Offer(0, 0, 0, ((0, 0, 0), (0, 0)))])
    assert takes_of([draw], [shipped(problem, 0, (2, 1))]) == ((3, 1), (7, 4), (9, 1))
