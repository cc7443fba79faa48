"""Laws of every plan, and the optimum found by trying everything on small cases."""

from __future__ import annotations

from decimal import Decimal
from itertools import combinations, product

from hypothesis import given, settings
from hypothesis import strategies as st

from hub.model.identity import LineId, LocationId, Sku
from hub.model.shipping_cost import ShippingCost
from hub.routing.candidates import Demand, Site
from hub.routing.record import replayed
from tests.builders import a_location, a_plan

SKUS = "ABC"
COST = st.integers(0, 9).map(str)


@st.composite
def cases(draw: st.DrawFn) -> tuple[list[Demand], list[Site]]:
    names = [f"s{index}" for index in range(draw(st.integers(1, 4)))]
    sites = []
    for name in names:
        location = a_location(
            name,
            per_request=draw(COST),
            per_line=draw(COST),
            per_unit=draw(COST),
            site=draw(st.sampled_from(["", "", "mill"])),
        )
        stock = {Sku(sku): Decimal(draw(st.integers(-1, 5))) for sku in SKUS}
        sites.append(Site(location, stock, code=draw(st.sampled_from(["", "", "", "stale"]))))
    demands = [
        Demand(
            LineId(f"L{index}"),
            Sku(draw(st.sampled_from(SKUS))),
            Decimal(draw(st.integers(1, 6))),
            frozenset(draw(st.sets(st.sampled_from([LocationId(name) for name in names]), max_size=1))),
        )
        for index in range(draw(st.integers(1, 3)))
    ]
    return demands, sites


@given(cases(), st.integers(1, 4))
def test_no_plan_ships_more_than_there_is_or_loses_a_unit(case: tuple[list[Demand], list[Site]], most: int) -> None:
    demands, sites = case
    plan = a_plan(demands, sites, most)
    by_id = {site.id: site for site in sites}
    for where, sku in {(each.location, each.sku) for each in plan.assignments}:
        taken = sum(each.quantity for each in plan.assignments if (each.location, each.sku) == (where, sku))
        assert taken <= by_id[where].available[sku]
    for demand in demands:
        given_out = [each for each in plan.assignments if each.line_id == demand.line_id]
        missing = [each.quantity for each in plan.unrouted if each.line_id == demand.line_id]
        assert sum((each.quantity for each in given_out), Decimal(0)) + sum(missing, Decimal(0)) == demand.quantity
        assert not demand.excluded & {each.location for each in given_out}
    assert not any(by_id[where].code for where in plan.locations)
    assert len({by_id[where].location.ships_from for where in plan.locations}) <= most
    assert {each.location for each in plan.candidates if each.chosen} == set(plan.locations)
    again = a_plan(demands, sites[::-1], most)
    assert again.assignments == plan.assignments
    assert replayed(plan.inputs) == plan.assignments


@st.composite
def whole_line_cases(draw: st.DrawFn) -> tuple[list[Demand], list[Site]]:
    """Lines of different SKUs, each covered alone by somebody: then a plan assigns whole lines."""
    demands, sites = draw(cases())
    demands = [
        Demand(each.line_id, Sku(SKUS[index]), each.quantity, each.excluded) for index, each in enumerate(demands)
    ]
    return demands, sites


@settings(max_examples=150)
@given(whole_line_cases())
def test_plan_is_no_dearer_than_any_plan_of_whole_lines(case: tuple[list[Demand], list[Site]]) -> None:
    demands, sites = case
    options = [
        [site for site in sites if not site.code and site.id not in each.excluded and _has(site, each)]
        for each in demands
    ]
    if not all(options):
        return
    best = min(_price(demands, list(chosen)) for chosen in product(*options))
    assert a_plan(demands, sites).cost <= best


@settings(max_examples=100)
@given(st.lists(st.tuples(st.integers(1, 4), COST, COST, COST), min_size=2, max_size=4), st.integers(5, 12))
def test_line_nobody_covers_is_split_as_cheaply_as_possible(
    stocked: list[tuple[int, str, str, str]], wanted: int
) -> None:
    sites = [
        Site(a_location(f"s{n}", per_request=a, per_line=b, per_unit=c), {Sku("A"): Decimal(units)})
        for n, (units, a, b, c) in enumerate(stocked)
    ]
    found = a_plan([Demand(LineId("L"), Sku("A"), Decimal(wanted))], sites)
    filled = sum((each.quantity for each in found.assignments), Decimal(0))
    tries = [
        (units, _split_price([site.location.cost for site, _ in chosen], [part for _, part in chosen]))
        for size in range(1, len(sites) + 1)
        for subset in combinations(sites, size)
        for parts in product(*(range(1, int(site.available[Sku("A")]) + 1) for site in subset))
        for chosen in [list(zip(subset, parts, strict=True))]
        for units in [sum(parts)]
        if units <= wanted
    ]
    most = max(units for units, _ in tries)
    assert (filled, found.cost) == (Decimal(most), min(price for units, price in tries if units == most))


def _has(site: Site, demand: Demand) -> bool:
    return demand.sku is not None and site.available[demand.sku] >= demand.quantity


def _price(demands: list[Demand], chosen: list[Site]) -> Decimal:
    requests: dict[str, Decimal] = {}
    for site in chosen:
        place, cost = site.location.ships_from, site.location.cost.per_request
        requests[place] = max(cost, requests.get(place, cost))
    lines = (
        site.location.cost.per_line + site.location.cost.per_unit * demand.quantity
        for site, demand in zip(chosen, demands, strict=True)
    )
    return sum(requests.values(), Decimal(0)) + sum(lines, Decimal(0))


def _split_price(costs: list[ShippingCost], parts: list[int]) -> Decimal:
    prices = (
        cost.per_request + cost.per_line + cost.per_unit * units for cost, units in zip(costs, parts, strict=True)
    )
    return sum(prices, Decimal(0))
