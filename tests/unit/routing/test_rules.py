"""What rules say of an order: who may ship which line, at what price, and what waits."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.model.identity import ChannelId, LocationId
from hub.model.place import Use
from hub.model.prices import Goal
from hub.model.rule import BUILT_IN, Charge, Preference, Reserve, Rule, RuleBook
from hub.routing.facts import Facts
from hub.routing.rule_schema import compile_condition
from hub.routing.rules import Hold, Kept, Surcharge
from tests.builders import an_order
from tests.unit.routing.rule_cases import NETWORK, a_rule, facts, open_to, random_orders, random_rules, rule_set

EVERYWHERE = {"east", "west", "corner", "mill"}


def test_without_rules_every_location_of_the_channel_may_ship() -> None:
    assert EVERYWHERE == open_to(rule_set(), facts())


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"only": "location.kind == 'warehouse'"}, {"east", "west"}),
        ({"never": "location.kind == 'warehouse'"}, {"corner", "mill"}),
        ({"only": "location.id in ['east', 'mill']"}, {"east", "mill"}),
        ({"never": "location.id in ['east', 'mill']"}, {"west", "corner"}),
        ({"only": "location.region == order.region"}, {"east", "corner"}),
        ({"only": "location.country == order.country && location.kind != 'store'"}, {"east", "west"}),
        ({"never": "'cold' in location.tags || order.units > 100.0"}, {"west", "corner", "mill"}),
        ({"when": "order.channel == 'web'", "only": "location.id == 'east'"}, EVERYWHERE),
        ({"when": "order.channel == 'shop'", "only": "location.id == 'east'"}, {"east"}),
        ({"only": "order.units > 100.0 && location.id == 'east'"}, set()),
        ({"never": "order.units > 100.0 && location.id == 'east'"}, EVERYWHERE),
        ({"only": "location.owner == ''"}, {"east", "west", "corner"}),
        ({"never": "'pickup' in location.uses"}, {"east", "west", "mill"}),
    ],
)
def test_a_rule_opens_and_closes_locations(said: dict[str, Any], expected: set[str]) -> None:
    assert expected == open_to(rule_set(a_rule(**said)), facts())


def test_rules_hold_together() -> None:
    rules = rule_set(a_rule("us", only="location.country == 'US'"), a_rule("cold", never="'cold' in location.tags"))
    assert {"west", "corner"} == open_to(rules, facts())


def test_a_rule_of_some_lines_leaves_the_others_open() -> None:
    rules = rule_set(a_rule(lines="line.hazmat", never="location.kind == 'store'"))
    assert EVERYWHERE - {"corner"} == open_to(rules, facts(), 0)
    assert EVERYWHERE == open_to(rules, facts(), 1)
    assert EVERYWHERE - {"corner"} == open_to(rules, facts())


def test_what_is_fetched_comes_from_where_the_customer_fetches_it() -> None:
    assert {"corner"} == open_to(rule_set(), facts(pickup_at=LocationId("corner")))
    assert set() == open_to(rule_set(), facts(pickup_at=LocationId("east")))


def test_a_location_that_only_hands_over_ships_nothing() -> None:
    corner = NETWORK.location(LocationId("corner"))
    assert corner is not None
    only_pickup = corner.model_copy(update={"uses": (Use.PICKUP,)})
    network = NETWORK.model_copy(update={"locations": (*NETWORK.locations[:2], only_pickup)})
    assert {"east", "west"} == open_to(rule_set(network=network), facts())


def test_a_location_ships_only_for_channels_that_sell_from_it() -> None:
    order = an_order(BRUSH=1).model_copy(update={"channel": ChannelId("web")})
    assert set() == open_to(rule_set(), facts(order))


def test_prices_are_added_where_they_hold() -> None:
    rules = rule_set(
        a_rule("handling", charge=Charge(where="location.kind == 'store'", per_shipment=Decimal("1.50"))),
        a_rule("fragile", charge=Charge(per_unit=Decimal("0.125"))),
        a_rule("near", prefer=Preference(where="location.region == order.region", worth=Decimal(3))),
    )
    assert (
        Surcharge("handling", 0b0100, 1500, 0),
        Surcharge("fragile", 0b1111, 0, 125),
        Surcharge("near", 0b1010, 3000, 0),
    ) == rules.judge(facts()).surcharges


def test_limits_and_wishes_of_several_rules() -> None:
    rules = rule_set(
        a_rule("few", max_splits=3, goal=Goal.SPEED),
        a_rule("fewer", max_splits=2, goal=Goal.COST, ship_complete=True),
        a_rule("safe", reserve=Reserve(where="location.kind == 'store'", units=Decimal(2))),
        a_rule("look", hold="Ask the customer."),
        a_rule("not this", when="order.units > 100.0", max_splits=1, hold="Too many."),
    )
    verdict = rules.judge(facts())
    assert (2, True, Goal.SPEED) == (verdict.max_splits, verdict.ship_complete, verdict.goal)
    assert (Kept("safe", 0b0100, Decimal(2)),) == verdict.kept
    assert (Hold("look", "Ask the customer."),) == verdict.holds
    assert ("few", "fewer", "safe", "look") == verdict.applied


def test_a_rule_that_cannot_be_worked_out_holds_the_order() -> None:
    rules = rule_set(a_rule(when="10 / order.attempts > 3", never="location.kind == 'store'"))
    (held,) = rules.judge(facts(attempts=0)).holds
    assert ("rule", True) == (held.rule, "divides by zero" in held.words)
    assert () == rules.judge(facts(attempts=2)).holds


@pytest.mark.parametrize("effect", ["only", "never"])
def test_a_location_whose_facts_cannot_be_worked_with_is_closed(effect: str) -> None:
    rules = rule_set(a_rule(**{effect: "10 / size(location.tags) > 100"}))
    expected = {"only": set[str](), "never": {"east", "corner"}}[effect]
    assert expected == open_to(rules, facts())
    assert () == rules.judge(facts()).holds


def test_a_location_whose_price_cannot_be_worked_out_is_closed() -> None:
    where = "10 / size(location.tags) > 1"
    rules = [
        a_rule(charge=Charge(where=where, per_shipment=Decimal(1))),
        a_rule(prefer=Preference(where=where, worth=Decimal(1))),
        a_rule(reserve=Reserve(where=where, units=Decimal(1))),
    ]
    assert [{"east", "corner"}] * 3 == [open_to(rule_set(rule), facts()) for rule in rules]


def naive(rule: Rule, order: Facts, location: Mapping[str, Any], line: Facts) -> bool:
    """Whether one rule lets a location ship a line, each condition worked out whole."""

    def holds(text: str, **told: Mapping[str, Any]) -> bool:
        return bool(compile_condition(text, *told).evaluate(told))

    if not holds(rule.when, order=order) or (rule.lines and not holds(rule.lines, order=order, line=line)):
        return True
    return (not rule.only or holds(rule.only, order=order, location=location)) and not (
        rule.never and holds(rule.never, order=order, location=location)
    )


@given(st.lists(random_rules, min_size=1, max_size=3), st.lists(random_orders, min_size=1, max_size=3))
@settings(max_examples=150)
def test_masks_are_what_asking_each_pair_gives(given_rules: list[Rule], orders: list[Facts]) -> None:
    rules = rule_set(*given_rules)
    for order in orders:
        expected = tuple(
            sum(
                1 << place
                for place, location in enumerate(rules.facts)
                if all(naive(rule, order, location, line) for rule in (*BUILT_IN, *given_rules))
            )
            for line in order["lines"]
        )
        assert expected == rules.judge(order).lines


@given(st.lists(random_rules, max_size=2), random_rules, random_orders)
def test_another_rule_never_opens_a_location(before: list[Rule], another: Rule, order: Facts) -> None:
    fewer, more = rule_set(*before).judge(order).lines, rule_set(*before, another).judge(order).lines
    assert all(narrow | wide == wide for narrow, wide in zip(more, fewer, strict=True))


def test_the_version_follows_what_rules_say_and_nothing_else() -> None:
    said = RuleBook(rules=(a_rule(only="location.id == 'east'"),))
    words = RuleBook(rules=(a_rule(only="location.id == 'east'", about="East first.", place="rules.yaml:2:3"),))
    other = RuleBook(rules=(a_rule(only="location.id == 'west'"),))
    assert said.version == words.version != other.version
