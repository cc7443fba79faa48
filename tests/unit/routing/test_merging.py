"""Orders of one customer routed as one: units, money and promises are the same after as before."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from hub.routing.kernel import solve
from hub.routing.merging import Group, Part, apart, apportioned, merge, together, value_of_waiting
from hub.routing.pool import reoptimise
from hub.routing.pool_problem import Draw, OpenOrder, Pool, takes_of
from hub.routing.problem import NEVER, Freight, Offer, Problem, Solution
from tests.unit.routing.pools import BACKORDER

ITEMS, NODES = 3, 3
SERVICES = ((1, 9), (3, 4), (6, 1))
"""Days on the way, and mills for each step of weight beyond the first."""


def a_part(promise: int, *stock: dict[int, int], weight: int = 1, split: int = 0, most: int = 4) -> Part:
    """One line; ``stock[node]`` is cost by steps of the one line there; row ``node``."""
    offers, draws = [], []
    for node, costs in enumerate(stock):
        if costs:
            offers.append(Offer(node, node, 1900, (tuple(costs.values()),), (tables(promise, 7600),)))
            draws.append(Draw((((node, 1),),)))
    return Part(Problem((1,), (weight,), (0,), (BACKORDER,), offers, split, most), draws, promise)


def tables(promise: int, least: int) -> Freight:
    """The cheapest service that is in time, for up to eight steps of weight."""
    late = (NEVER, -1)
    prices = [
        min([(least + each * extra, days) for days, extra in SERVICES if days <= promise], default=late)
        for each in range(9)
    ]
    return Freight(1, 0, [price for price, _ in prices], [days for _, days in prices])


@st.composite
def groups(draw: st.DrawFn) -> tuple[list[Part], list[int]]:
    """Two or three orders of up to two lines of the same few items, and the units of each shelf."""
    rows = [draw(st.integers(0, 3)) for _ in range(NODES * ITEMS)]
    parts = []
    for _ in range(draw(st.integers(2, 3))):
        promise = draw(st.integers(1, 7))
        items = draw(st.lists(st.integers(0, ITEMS - 1), min_size=1, max_size=2, unique=True))
        nodes = draw(st.lists(st.integers(0, NODES - 1), unique=True))
        quantities = tuple(draw(st.integers(1, 2)) for _ in items)
        offers, draws = [], []
        for node in nodes:
            takes = tuple(((node * ITEMS + item, 1),) for item in items)
            draws.append(Draw(takes))
            unit = draw(st.integers(-3, 5))
            curves = tuple(tuple(unit * steps for steps in range(min(2, rows[row]) + 1)) for ((row, _),) in takes)
            offers.append(Offer(node, node, 5 + node, curves, (tables(promise, 10 + node),)))
        problem = Problem(
            quantities,
            tuple(draw(st.integers(0, 2)) for _ in items),
            (0,) * len(items),
            (BACKORDER,) * len(items),
            offers,
            split=draw(st.integers(0, 3)),
            most_shipments=draw(st.integers(1, 3)),
            complete=draw(st.integers(0, 4)) == 4,
        )
        parts.append(Part(problem, draws, promise))
    return parts, rows


def separate(parts: Sequence[Part], rows: Sequence[int]) -> list[Solution]:
    """The parts one after the other, each against what the former leave."""
    left, plans = list(rows), []
    for part in parts:
        offers = [
            offer._replace(
                curves=tuple(
                    curve[: left[step[0][0]] + 1] for curve, step in zip(offer.curves, draw.steps, strict=True)
                )
            )
            for offer, draw in zip(part.problem.offers, part.draws, strict=True)
        ]
        plans.append(solve(part.problem._replace(offers=offers)))
        for row, units in takes_of(part.draws, plans[-1].shipments):
            left[row] -= units
    return plans


def test_two_orders_share_a_parcel_and_what_it_costs() -> None:
    parts = [a_part(6, {0: 0, 1: 0}), a_part(6, {0: 0, 1: 0}, weight=3)]
    group = merge(parts, [2])
    plan = solve(group.problem)
    assert [each.amounts for each in plan.shipments] == [(1, 1)]
    assert plan.cost == 1900 + 7600 + 4
    assert [each.cost for each in apart(group, plan)] == [2376, 7128]


def test_shared_parcel_goes_as_the_earliest_promise_needs() -> None:
    group = merge([a_part(6, {0: 0, 1: 0}), a_part(1, {0: 0, 1: 0})], [2])
    plan = solve(group.problem)
    assert [(each.amounts, each.service) for each in plan.shipments] == [((1, 1), 1)]


def test_last_unit_on_a_shelf_is_not_given_to_both() -> None:
    group = merge([a_part(6, {0: 0, 1: 0}), a_part(6, {0: 0, 1: 0}, {0: 0, 1: 900})], [1, 1])
    assert [each.amounts for each in solve(group.problem).shipments] == [(1, 0), (0, 1)]


def test_group_in_the_pool_is_merged_only_where_that_is_cheaper() -> None:
    parts = [a_part(6, {0: 0, 1: 0}, {0: 0, 1: 0}), a_part(6, {0: 0, 1: 0}, {0: 0, 1: 0})]
    group = merge(parts, [2, 2])
    standing = together(group, [solve(part.problem) for part in parts])
    assert len(standing.shipments) == 2
    found = reoptimise(Pool([OpenOrder("x+y", group.problem, group.draws, standing)], [2, 2]))
    assert [len(move.plan.shipments) for move in found.moves] == [1]
    assert found.saving == standing.cost - sum(each.cost for each in apart(group, found.moves[0].plan)) > 0


@given(groups())
def test_merging_loses_no_unit(case: tuple[list[Part], list[int]]) -> None:
    parts, rows = case
    group = merge(parts, rows)
    plan = solve(group.problem)
    for row, units in takes_of(group.draws, plan.shipments):
        assert units <= rows[row]
    for part, own in zip(parts, apart(group, plan), strict=True):
        for line, wanted in enumerate(part.problem.quantities):
            assert wanted == sum(each.amounts[line] for each in own.shipments) + own.backordered[line]
        for each in own.shipments:
            curves = part.problem.offers[each.offer].curves
            assert all(amount < len(curve) for curve, amount in zip(curves, each.amounts, strict=True))
        assert len(own.shipments) <= part.problem.most_shipments
        assert not (part.problem.complete and any(own.backordered) and own.shipments)


@given(groups())
def test_merging_loses_no_mill(case: tuple[list[Part], list[int]]) -> None:
    parts, rows = case
    group = merge(parts, rows)
    plan = solve(group.problem)
    own = apart(group, plan)
    assert plan.cost == sum(each.cost for each in own)
    for index, shipment in enumerate(plan.shipments):
        assert shipment.cost == sum(_cost_of_parcel(group, plan, own, index))


def _cost_of_parcel(group: Group, plan: Solution, own: Sequence[Solution], index: int) -> list[int]:
    """What each part that has lines in the parcel pays for it."""
    offer = plan.shipments[index].offer
    return [
        each.cost
        for part, plan_of_part in zip(group.offered, own, strict=True)
        for each in plan_of_part.shipments
        if each.offer == part[offer]
    ]


@given(groups())
def test_merging_weakens_no_promise(case: tuple[list[Part], list[int]]) -> None:
    parts, rows = case
    group = merge(parts, rows)
    for part, own in zip(parts, apart(group, solve(group.problem)), strict=True):
        assert all(each.service <= part.promise for each in own.shipments)


@given(groups())
def test_parcels_of_their_own_stay_what_they_were(case: tuple[list[Part], list[int]]) -> None:
    parts, rows = case
    group, plans = merge(parts, rows), separate(parts, rows)
    again = apart(group, together(group, plans))
    for before, after in zip(plans, again, strict=True):
        assert [each[:2] for each in before.shipments] == [each[:2] for each in after.shipments]
        assert before.backordered == after.backordered
    assert sum(each.cost for each in plans) == sum(each.cost for each in again)


@given(st.integers(-1000, 1000), st.lists(st.integers(0, 50), min_size=1, max_size=5))
def test_apportioned_mills_add_up_and_follow_the_weights(total: int, weights: list[int]) -> None:
    shares = apportioned(total, weights)
    assert total == sum(shares)
    if any(weights):
        assert all(
            abs(share - total * weight / sum(weights)) < 1 for share, weight in zip(shares, weights, strict=True)
        )


def test_wait_is_worth_a_parcel_times_its_chance_less_what_it_delays() -> None:
    now = a_part(6, {0: 0, 1: 0}).problem
    later = now._replace(offers=[now.offers[0]._replace(fixed=3900)])
    assert value_of_waiting(now, now, 300) == 9500 * 300 // 1000
    assert value_of_waiting(now, later, 300) == 11500 * 300 // 1000 - 2000
    assert value_of_waiting(now, later, 100) < 0
