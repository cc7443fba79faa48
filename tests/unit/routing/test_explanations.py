"""What a decision tells: costs that re-add, the next best plans, and changes that flip it."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from hub.model.identity import LineId, Sku
from hub.model.routing import RoutingPlan
from hub.routing.candidates import Demand, Site
from hub.routing.counterfactuals import flips
from hub.routing.record import read, replayed, written
from tests.builders import a_location, a_plan


def a_site(name: str, cost: str, per_unit: str = "0", **stock: int) -> Site:
    location = a_location(name, per_request=cost, per_unit=per_unit)
    return Site(location, {Sku(sku): Decimal(units) for sku, units in stock.items()})


def wanting(**lines: int) -> list[Demand]:
    return [Demand(LineId(sku), Sku(sku), Decimal(units)) for sku, units in lines.items()]


def told(plan: RoutingPlan) -> list[str]:
    return [flip.words for flip in flips(read(plan.inputs))]


def test_shipments_say_their_costs_by_name() -> None:
    plan = a_plan(wanting(A=2, B=1), [a_site("x", "4", "0.10", A=2), a_site("y", "3", B=1)])
    assert {each.locations: dict(each.costs) for each in plan.shipments} == {
        ("x",): {"request": Decimal("4.00"), "lines and units": Decimal("0.20")},
        ("y",): {"request": Decimal("3.00")},
    }
    assert plan.cost == Decimal("7.20")


def test_next_plans_leave_out_a_location_of_each_better_one_and_say_what_they_cost_more() -> None:
    sites = [a_site("cheap", "4", A=9), a_site("mid", "5", "0.50", A=9), a_site("dear", "9", A=9)]
    plan = a_plan(wanting(A=1), sites)
    assert ["mid: +1.50 USD (lines and units +0.50, request +1.00).", "dear: +5.00 USD (request +5.00)."] == [
        each.why for each in plan.alternatives
    ]


def test_next_plan_that_ships_fewer_says_so() -> None:
    plan = a_plan(wanting(A=2), [a_site("whole", "4", A=2), a_site("half", "3", A=1)])
    [other] = plan.alternatives
    assert (Decimal(1), "half: 1 unit fewer, -1.00 USD (request -1.00).") == (other.short, other.why)


def test_smallest_changes_that_flip_the_choice() -> None:
    plan = a_plan(wanting(A=2), [a_site("x", "4", A=2), a_site("y", "5.20", A=2), a_site("z", "1", A=1)])
    assert told(plan) == [
        "If y asked 1.201 less for a shipment, y would ship.",
        "If x asked 1.201 more for a shipment, y would ship.",
        "If z had 1 more of each line, z would ship.",
    ]


@st.composite
def cases(draw: st.DrawFn) -> tuple[list[Demand], list[Site]]:
    sites = [
        a_site(
            f"s{n}",
            str(draw(st.integers(0, 9))),
            f"0.{draw(st.integers(0, 99)):02d}",
            **{sku: draw(st.integers(0, 4)) for sku in "AB"},
        )
        for n in range(draw(st.integers(1, 5)))
    ]
    return wanting(A=draw(st.integers(1, 4)), B=draw(st.integers(1, 3))), sites


@settings(max_examples=120, deadline=None)
@given(cases())
def test_every_plan_re_adds_to_the_mill_and_replays_alike(case: tuple[list[Demand], list[Site]]) -> None:
    demands, sites = case
    plan = a_plan(demands, sites)
    assert plan.cost == sum((sum(each.costs.values()) for each in plan.shipments), plan.split)
    assert all(each.cost == sum(each.costs.values()) for each in plan.shipments)
    assert replayed(plan.inputs) == plan.assignments
    assert written(read(plan.inputs)) == plan.inputs
    assert RoutingPlan.model_validate_json(plan.model_dump_json()) == plan
    filled = sum((each.quantity for each in plan.assignments), Decimal(0))
    shown = [frozenset(plan.locations)]
    last = (-filled, plan.cost)
    for other in plan.alternatives:
        units = sum((each.quantity for each in other.assignments), Decimal(0))
        assert units == filled - other.short
        assert other.cost - plan.cost == sum(other.differs.values())
        assert last <= (-units, other.cost)
        where = frozenset(each.location for each in other.assignments)
        assert not any(better <= where for better in shown)
        shown.append(where)
        last = (-units, other.cost)


@settings(max_examples=80, deadline=None)
@given(cases())
def test_every_change_that_is_told_flips_the_choice(case: tuple[list[Demand], list[Site]]) -> None:
    demands, sites = case
    plan = a_plan(demands, sites)
    for flip in flips(read(plan.inputs)):
        assert set(flip.then) != set(plan.locations)
