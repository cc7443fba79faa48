"""Locations that sell by the lot: whole packs, minimums, and the best shares found by trying everything."""

from __future__ import annotations

from decimal import Decimal
from itertools import combinations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.model.identity import LineId, Sku
from hub.model.routing import RoutingPlan
from hub.routing.candidates import Demand, Site
from tests.builders import a_location, a_plan

A = Sku("A")
COST = st.integers(0, 9).map(str)


def a_site(name: str, stock: int, *, pack: int = 1, minimum: int = 0, per_unit: str = "0", cost: str = "1") -> Site:
    return Site(
        a_location(name, per_request=cost, per_unit=per_unit),
        {A: Decimal(stock)},
        {A: Decimal(pack)},
        minimums={A: Decimal(minimum)},
    )


def line(units: int) -> Demand:
    return Demand(LineId("L"), A, Decimal(units))


def plan(units: int, *sites: Site) -> RoutingPlan:
    return a_plan([line(units)], sites)


def shipped(decided: RoutingPlan) -> list[tuple[str, int]]:
    return [(each.location, int(each.quantity)) for each in decided.assignments]


def test_fewer_than_the_minimum_are_not_rounded_up() -> None:
    decided = plan(2, a_site("crates", 60, minimum=6))
    assert not decided.assignments
    [unrouted] = decided.unrouted
    assert ("routing.below-minimum", Decimal(2)) == (unrouted.code, unrouted.quantity)
    assert "crates sells at least 6: 2 wanted" in unrouted.reason
    assert [("minimum", "sells at least 6: 2 wanted")] == [(each.code, each.reason) for each in decided.candidates]


def test_minimum_that_the_stock_does_not_reach_says_what_there_is() -> None:
    [candidate] = plan(20, a_site("crates", 4, minimum=6)).candidates
    assert ("minimum", "sells at least 6: 20 wanted, it has 4") == (candidate.code, candidate.reason)


def test_location_that_sells_singly_takes_the_order_that_is_below_another_ones_minimum() -> None:
    decided = plan(2, a_site("crates", 60, minimum=6), a_site("loose", 5, cost="90"))
    assert [("loose", 2)] == shipped(decided)
    assert {"crates": "minimum", "loose": "chosen"} == {each.location: each.code for each in decided.candidates}


def test_split_leaves_each_location_its_minimum() -> None:
    units = dict(shipped(plan(10, a_site("eight", 8), a_site("six", 8, minimum=6))))
    assert units["six"] >= 6
    assert sum(units.values()) == 10


def test_packs_of_two_sizes_make_up_a_line_that_the_larger_first_would_not() -> None:
    assert [("four", 4), ("six", 6)] == shipped(plan(10, a_site("six", 60, pack=6), a_site("four", 4, pack=4)))
    assert [("four", 8), ("nine", 9)] == shipped(plan(17, a_site("nine", 9, pack=9), a_site("four", 8, pack=4)))


def test_pack_that_is_sold_by_the_pallet_needs_both() -> None:
    decided = plan(20, a_site("yard", 100, pack=6, minimum=12))
    assert [("yard", 18)] == shipped(decided)
    assert "routing.broken-pack" != decided.unrouted[0].code
    [candidate] = plan(8, a_site("yard", 100, pack=6, minimum=12)).candidates
    assert ("minimum", "sells at least 12 in packs of 6: 8 wanted") == (candidate.code, candidate.reason)


@st.composite
def sites_with_lots(draw: st.DrawFn) -> list[Site]:
    return [
        a_site(
            f"s{place}",
            draw(st.integers(0, 12)),
            pack=draw(st.sampled_from([1, 1, 2, 3, 4, 6])),
            minimum=draw(st.sampled_from([0, 0, 2, 5, 6, 8])),
            per_unit=draw(COST),
            cost=draw(COST),
        )
        for place in range(draw(st.integers(1, 4)))
    ]


def amounts(site: Site) -> list[int]:
    """Everything that a location may be asked for at once."""
    most, pack, minimum = int(site.available[A]), int(site.pack(A)), int(site.minimum(A))
    return [units for units in range(pack, most + 1, pack) if units >= minimum]


@settings(max_examples=400)
@given(sites_with_lots(), st.integers(1, 20))
def test_plan_with_lots_is_the_best_of_all_that_keep_to_them(sites: list[Site], wanted: int) -> None:
    found = plan(wanted, *sites)
    by_id = {site.id: site for site in sites}
    for each in found.assignments:
        assert int(each.quantity) in amounts(by_id[each.location])
    tries = [
        list(zip(chosen, parts, strict=True))
        for size in range(len(sites) + 1)
        for chosen in combinations(sites, size)
        for parts in product(*map(amounts, chosen))
        if sum(parts) <= wanted
    ]
    most = max(sum(units for _, units in tried) for tried in tries)
    cheapest = min(_price(tried) for tried in tries if sum(units for _, units in tried) == most)
    filled = sum((each.quantity for each in found.assignments), Decimal(0))
    assert (Decimal(most), cheapest) == (filled, found.cost)


def _price(parts: list[tuple[Site, int]]) -> Decimal:
    costs = [(site.location.cost, units) for site, units in parts]
    return sum((cost.per_request + cost.per_unit * units for cost, units in costs), Decimal(0))


@settings(max_examples=200)
@given(sites_with_lots(), st.integers(1, 20))
def test_whatever_is_not_routed_has_a_reason_and_nothing_is_lost(sites: list[Site], wanted: int) -> None:
    decided = plan(wanted, *sites)
    units = [each.quantity for each in decided.assignments] + [each.quantity for each in decided.unrouted]
    assert Decimal(wanted) == sum(units, Decimal(0))
    assert all(each.code.startswith("routing.") and each.reason and each.cure for each in decided.unrouted)


@pytest.mark.parametrize("lots", [1, 2_000])
def test_very_many_packs_stay_within_what_is_wanted_and_there(lots: int) -> None:
    sites = [a_site(f"by-{size}", size * lots, pack=size, per_unit=price) for size, price in ((7, "2"), (11, "1"))]
    wanted = 13 * lots + 5
    units = dict(shipped(plan(wanted, *sites)))
    assert wanted - 11 < sum(units.values()) <= wanted
    assert all(count % size == 0 and count <= size * lots for size in (7, 11) for count in [units[f"by-{size}"]])
