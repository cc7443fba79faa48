"""Kits in plans: whole sets at one location, solved jointly with loose lines of the same items."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from hub.model.identity import LineId, LocationId, Sku
from hub.model.routing import RoutingPlan
from hub.model.shipping_cost import ShippingCost
from hub.routing.candidates import Demand, Need, Site
from tests.builders import a_location, a_plan

SKUS = "AB"
COST = st.integers(0, 4).map(str)


def a_kit_line(line: str, sets: int, **units: int) -> Demand:
    parts = tuple(Need(LineId(f"{line}/{sku}"), Sku(sku), Decimal(count)) for sku, count in units.items())
    return Demand(LineId(line), Sku("KIT"), Decimal(sets), parts=parts)


def a_line(line: str, sku: str, units: int) -> Demand:
    return Demand(LineId(line), Sku(sku), Decimal(units))


def a_site(name: str, per_request: str = "1", **stock: int) -> Site:
    return Site(a_location(name, per_request=per_request), {Sku(sku): Decimal(units) for sku, units in stock.items()})


def plan(demands: list[Demand], *sites: Site, max_splits: int = 4) -> RoutingPlan:
    return a_plan(demands, sites, max_splits)


def test_loose_line_that_chooses_first_does_not_break_the_kit() -> None:
    decided = plan([a_line("L1", "A", 1), a_kit_line("L2", 1, A=1, B=1)], a_site("x", A=1, B=1))
    assert ["1 of L2/A", "1 of L2/B"] == [f"{each.quantity:f} of {each.line_id}" for each in decided.assignments]
    assert ["L1"] == [each.line_id for each in decided.unrouted]


def test_kits_that_share_a_part_are_given_out_together() -> None:
    demands = [a_kit_line("L1", 2, A=2, B=1), a_kit_line("L2", 1, A=1, C=1)]
    decided = plan(demands, a_site("x", A=4, B=2, C=1), a_site("y", "3", A=1, C=1))
    assert () == decided.unrouted
    assert ["x", "y"] == list(decided.locations)
    assert {"L1/A", "L1/B"} == {each.line_id for each in decided.assignments if each.location == "x"}


def test_whole_packs_of_every_part_make_the_sets() -> None:
    site = Site(
        a_location("x", pack_multiple=True), {Sku("A"): Decimal(12), Sku("B"): Decimal(9)}, {Sku("A"): Decimal(4)}
    )
    decided = plan([a_kit_line("L1", 5, A=2, B=1)], site)
    assert ["8 of L1/A", "4 of L1/B"] == [f"{each.quantity:f} of {each.line_id}" for each in decided.assignments]
    assert {"routing.broken-pack"} == {each.code for each in decided.unrouted}


def test_explanation_names_the_part_that_is_short() -> None:
    decided = plan([a_kit_line("L1", 3, A=2, B=1)], a_site("x", A=5, B=9))
    short = "No location has a whole KIT: x has only 1 of A, 2 a set."
    assert [("L1/A", Decimal(2)), ("L1/B", Decimal(1))] == [(each.line_id, each.quantity) for each in decided.unrouted]
    assert {short} == {each.reason for each in decided.unrouted}
    empty = plan([a_kit_line("L1", 1, A=2, B=1)], a_site("x", A=1, B=9))
    assert "has only 1 of A, 2 a set" == empty.candidates[0].reason


def test_search_that_would_take_too_long_says_so_and_still_ships_what_it_can() -> None:
    demands = [a_kit_line(f"L{n}", 40, A=1 + n, B=4 - n) for n in range(4)]
    sites = [a_site(f"s{n}", A=97 + n, B=89 - n) for n in range(4)]
    decided = plan(demands, *sites)
    assert "not proven" in decided.summary
    assert decided.assignments


@st.composite
def sharing_cases(draw: st.DrawFn) -> tuple[list[Demand], list[Site]]:
    """A kit of every item, so that all lines share some, and up to two lines more."""
    names = [f"s{index}" for index in range(draw(st.integers(1, 2)))]
    sites = [
        Site(
            a_location(name, per_request=draw(COST), per_line=draw(COST), per_unit=draw(COST)),
            {Sku(sku): Decimal(draw(st.integers(0, 4))) for sku in SKUS},
        )
        for name in names
    ]
    excluded = st.frozensets(st.sampled_from([LocationId(name) for name in names]), max_size=1)
    demands = [a_kit_line("L0", draw(st.integers(1, 3)), A=draw(st.integers(1, 2)), B=draw(st.integers(1, 2)))]
    for index in range(draw(st.integers(0, 2))):
        line, count = f"L{index + 1}", draw(st.integers(1, 3))
        kit = draw(st.booleans())
        demands.append(a_kit_line(line, count, A=1, B=1) if kit else a_line(line, draw(st.sampled_from(SKUS)), count))
    return [Demand(d.line_id, d.sku, d.quantity, draw(excluded), d.parts) for d in demands], sites


@settings(max_examples=120)
@given(sharing_cases(), st.integers(1, 2))
def test_lines_that_share_parts_get_the_best_of_all_plans(case: tuple[list[Demand], list[Site]], most: int) -> None:
    demands, sites = case
    found = a_plan(demands, sites, most)
    assert found.exact
    filled = sum((each.quantity for each in found.assignments), Decimal(0))
    assert best_of_all(demands, sites, most) == (filled, found.cost)


def best_of_all(demands: list[Demand], sites: list[Site], most: int) -> tuple[Decimal, Decimal]:
    """By trying every way: most units, then least cost."""
    plans = [each for each in every_plan(demands, sites) if len({site.id for _, site, _ in each}) <= most]
    units, cost = min((-_filled(each), _price(each)) for each in plans)
    return -units, cost


Parts = list[tuple[Demand, Site, int]]


def every_plan(demands: list[Demand], sites: list[Site]) -> Iterator[Parts]:
    """Every way to give whole sets to sites, within what they have."""
    options = [
        [
            counts
            for counts in product(range(int(demand.quantity) + 1), repeat=len(sites))
            if sum(counts) <= demand.quantity
        ]
        for demand in demands
    ]
    for chosen in product(*options):
        parts = [
            (demand, site, count)
            for demand, counts in zip(demands, chosen, strict=True)
            for site, count in zip(sites, counts, strict=True)
            if count
        ]
        if all(site.id not in demand.excluded for demand, site, _ in parts) and _fits(parts):
            yield parts


def _fits(parts: Parts) -> bool:
    taken: dict[tuple[LocationId, Sku], Decimal] = {}
    for demand, site, sets in parts:
        for need in demand.needs:
            taken[site.id, need.sku] = taken.get((site.id, need.sku), Decimal(0)) + need.units * sets
    stock = {(site.id, sku): units for _, site, _ in parts for sku, units in site.available.items()}
    return all(units <= stock[pair] for pair, units in taken.items())


def _filled(parts: Parts) -> Decimal:
    return sum((demand.weight * sets for demand, _, sets in parts), Decimal(0))


def _price(parts: Parts) -> Decimal:
    requests = sum((site.location.cost.per_request for site in {s.id: s for _, s, _ in parts}.values()), Decimal(0))
    return requests + sum((_lines(site.location.cost, demand, sets) for demand, site, sets in parts), Decimal(0))


def _lines(cost: ShippingCost, demand: Demand, sets: int) -> Decimal:
    return sum((cost.per_line + cost.per_unit * need.units * sets for need in demand.needs), Decimal(0))
