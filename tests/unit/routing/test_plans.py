"""Who ships, and why the others do not."""

from __future__ import annotations

from decimal import Decimal

import pytest

from hub.model.identity import LineId, LocationId, Sku
from hub.model.routing import RoutingPlan
from hub.routing.candidates import Demand, Site
from tests.builders import a_location, a_plan


def a_site(
    name: str,
    cost: str = "5",
    *,
    code: str = "",
    per_unit: str = "0",
    packs: dict[str, int] | None = None,
    site: str = "",
    doubts: str = "",
    **stock: int,
) -> Site:
    location = a_location(name, per_request=cost, per_unit=per_unit, pack_multiple=packs is not None, site=site)
    sizes = {Sku(sku): Decimal(size) for sku, size in (packs or {}).items()}
    available = {Sku(sku): Decimal(units) for sku, units in stock.items()}
    unsure = {Sku(doubts): "it had none before"} if doubts else {}
    return Site(location, available, sizes, code, "for a reason" if code else "", doubts=unsure)


def wanting(*excluded: str, **lines: int) -> list[Demand]:
    rejecters = frozenset(LocationId(each) for each in excluded)
    return [Demand(LineId(sku), Sku(sku), Decimal(units), rejecters) for sku, units in lines.items()]


def plan(demands: list[Demand], *sites: Site, max_splits: int = 4) -> RoutingPlan:
    return a_plan(demands, sites, max_splits)


def shipped(decided: RoutingPlan) -> list[tuple[str, str, int]]:
    return [(each.location, each.sku, int(each.quantity)) for each in decided.assignments]


def verdicts(decided: RoutingPlan) -> dict[str, str]:
    return {each.location: each.code for each in decided.candidates}


def test_cheapest_single_location_that_has_everything_ships() -> None:
    decided = plan(
        wanting(A=1, B=1), a_site("near", "9", A=5, B=5), a_site("far", "6", A=5, B=5), a_site("odd", "1", A=5)
    )
    assert decided.locations == ("far",)
    assert decided.cost == Decimal(6)
    assert verdicts(decided) == {"near": "dearer", "far": "chosen", "odd": "short"}
    assert decided.summary == "far for 6.00 USD: 2 of 2 units, of 3 candidates."


def test_two_parcels_are_taken_only_where_they_cost_less_than_one() -> None:
    pair = (a_site("x", "2", A=1), a_site("y", "2", B=1))
    assert plan(wanting(A=1, B=1), a_site("one", "5", A=1, B=1), *pair).locations == ("x", "y")
    assert plan(wanting(A=1, B=1), a_site("one", "4", A=1, B=1), *pair).locations == ("one",)


def test_locations_of_one_site_are_one_parcel_and_win_over_one_dearer_location() -> None:
    pools = (a_site("own", "4", site="mill", A=2), a_site("lent", "5", site="mill", A=3, B=1))
    decided = plan(wanting(A=5, B=1), *pools, a_site("one", "6", A=5, B=1), max_splits=1)
    assert shipped(decided) == [("lent", "A", 3), ("own", "A", 2), ("lent", "B", 1)]
    assert decided.cost == Decimal(5)
    assert plan(wanting(A=5, B=1), *pools, a_site("one", "3", A=5, B=1)).locations == ("one",)


def test_two_sites_are_two_splits_however_many_locations_they_have() -> None:
    sites = [a_site("own", site="mill", A=2), a_site("lent", site="mill", A=2), a_site("far", A=2)]
    assert sum(units for _, _, units in shipped(plan(wanting(A=6), *sites, max_splits=1))) == 4
    assert sum(units for _, _, units in shipped(plan(wanting(A=6), *sites, max_splits=2))) == 6


def test_least_cost_split_where_no_single_location_has_everything() -> None:
    decided = plan(
        wanting(A=1, B=1, C=1),
        a_site("ab", "7", A=1, B=1),
        a_site("c", "4", C=1),
        a_site("bc", "5", B=1, C=1),
        a_site("a", "3", A=1),
    )
    assert decided.locations == ("a", "bc")
    assert decided.cost == Decimal(8)


def test_line_is_split_where_that_costs_less_or_nobody_covers_it() -> None:
    parts = (a_site("x", "1", A=4, B=1), a_site("y", "1", A=2))
    assert plan(wanting(A=6, B=1), *parts, a_site("z", "90", A=6)).locations == ("x", "y")
    assert set(plan(wanting(A=6, B=1), *parts, a_site("z", "0", A=6)).locations) == {"x", "z"}
    split = plan(wanting(A=6), a_site("x", "1", A=4), a_site("y", "1", A=2))
    assert shipped(split) == [("x", "A", 4), ("y", "A", 2)]


def test_lines_of_one_sku_share_its_stock() -> None:
    demands = [Demand(LineId(name), Sku("A"), Decimal(5)) for name in ("l1", "l2")]
    decided = plan(demands, a_site("x", A=8), a_site("y", A=2))
    assert sorted(shipped(decided)) == [("x", "A", 3), ("x", "A", 5), ("y", "A", 2)]
    assert decided.unrouted == ()


def test_equal_cost_goes_to_the_first_by_name_whatever_the_order() -> None:
    sites = [a_site("b", A=1), a_site("a", A=1), a_site("c", A=1)]
    assert plan(wanting(A=1), *sites).locations == plan(wanting(A=1), *sites[::-1]).locations == ("a",)


def test_rejecter_is_not_asked_again() -> None:
    decided = plan(wanting("x", A=1), a_site("x", "1", A=5), a_site("y", "9", A=5))
    assert decided.locations == ("y",)
    assert verdicts(decided)["x"] == "rejected-before"


def test_many_candidates_are_all_looked_at() -> None:
    owners = [a_site("sa", "1", A=1), a_site("sb", "2", B=1), a_site("sc", "3", C=1)]
    crowd = [a_site(f"t{index:02d}", "20", A=1) for index in range(11)]
    decided = plan(wanting(A=1, B=1, C=1), *owners, *crowd)
    assert decided.unrouted == ()
    assert decided.cost == Decimal(6)
    assert decided.exact


@pytest.mark.parametrize(
    ("sites", "code"),
    [
        ([], "routing.no-locations"),
        ([a_site("x", B=3)], "routing.no-stock"),
        ([a_site("x", doubts="A", A=0)], "routing.doubted-stock"),
        ([a_site("bad", A=3)], "routing.all-rejected"),
        ([a_site("x", code="stale", A=3)], "routing.unusable-stock"),
        ([a_site("x", packs={"A": 12}, A=24)], "routing.broken-pack"),
    ],
)
def test_unrouted_units_say_why_and_name_a_cure(sites: list[Site], code: str) -> None:
    [unrouted] = plan(wanting("bad", A=2), *sites).unrouted
    assert (unrouted.code, unrouted.quantity) == (code, Decimal(2))
    assert unrouted.cure


def test_more_locations_than_allowed_leave_the_rest_unrouted() -> None:
    decided = plan(wanting(A=3), a_site("x", A=1), a_site("y", A=1), a_site("z", A=1), max_splits=2)
    assert len(decided.assignments) == 2
    assert [(each.code, each.quantity) for each in decided.unrouted] == [("routing.too-many-splits", Decimal(1))]


def test_unmapped_line_waits_and_the_rest_is_routed() -> None:
    decided = plan([*wanting(A=1), Demand(LineId("L"), None, Decimal(1))], a_site("x", A=1))
    assert decided.locations == ("x",)
    assert [each.code for each in decided.unrouted] == ["routing.unmapped-sku"]


def test_whole_packs_are_shipped_and_never_rounded_up() -> None:
    packer = a_site("packer", "1", packs={"A": 12}, A=30)
    assert shipped(plan(wanting(A=24), packer)) == [("packer", "A", 24)]
    assert shipped(plan(wanting(A=26), packer, a_site("loose", "9", A=5))) == [("loose", "A", 2), ("packer", "A", 24)]


def test_location_that_may_not_ship_keeps_its_reason() -> None:
    decided = plan(wanting(A=1), a_site("off", "1", code="inactive", A=9), a_site("on", A=1))
    assert verdicts(decided) == {"off": "inactive", "on": "chosen"}
