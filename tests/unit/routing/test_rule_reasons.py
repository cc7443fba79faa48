"""Why a location is closed: the clause that decided and the values that it saw."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.model.identity import LocationId
from hub.model.rule import Rule
from hub.routing.facts import Facts
from hub.routing.rule_reasons import reasons, rulings
from tests.unit.routing.rule_cases import a_rule, facts, open_to, random_orders, random_rules, rule_set

CORNER = LocationId("corner")


@pytest.mark.parametrize(
    ("said", "clause", "words"),
    [
        ({"never": "location.kind == 'store'"}, "location.kind == 'store'", "location.kind = store"),
        (
            {"only": "order.units > 1.0 && location.kind == 'warehouse' && location.region == order.region"},
            "location.kind == 'warehouse'",
            "location.kind = store",
        ),
        ({"only": "'cold' in location.tags"}, "'cold' in location.tags", "location.tags = [small]"),
        (
            {"never": "location.region == order.region && order.units >= 3.0"},
            "location.region == order.region && order.units >= 3.0",
            "location.region = NY, order.region = NY, order.units = 3",
        ),
        (
            {"never": "location.kind == 'store' && order.lines.exists(line, line.hazmat)"},
            "location.kind == 'store' && order.lines.exists(line, line.hazmat)",
            "location.kind = store, order.lines.*.hazmat = [true, false]",
        ),
        ({"only": "order.pickup_at != null"}, "order.pickup_at != null", "order.pickup_at = null"),
        ({"only": "location.owner != ''"}, "location.owner != ''", "location.owner = nothing"),
    ],
)
def test_the_clause_that_decides_and_what_it_saw(said: dict[str, Any], clause: str, words: str) -> None:
    (refusal,) = reasons(rule_set(a_rule(**said)), facts())[CORNER]
    assert (clause, f"rule: {words}") == (refusal.clause, str(refusal))


def test_a_refusal_says_which_lines_it_concerns_and_where_the_rule_stands() -> None:
    rule = a_rule("no paint", lines="line.hazmat", never="location.kind == 'store'", place="rules.yaml:3:5")
    (refusal,) = reasons(rule_set(rule), facts())[CORNER]
    assert ("no paint", (0,), "rules.yaml:3:5") == (refusal.rule, refusal.lines, refusal.place)


def test_a_location_with_facts_that_cannot_be_worked_with_says_so() -> None:
    (refusal,) = reasons(rule_set(a_rule(only="10 / size(location.tags) > 1")), facts())[LocationId("west")]
    assert "rule: It divides by zero." == str(refusal)


@pytest.mark.parametrize("effect", ["only", "never"])
def test_facts_that_cannot_be_worked_with_close_only_the_lines_that_a_rule_is_about(effect: str) -> None:
    rules = rule_set(a_rule(lines="line.hazmat", **{effect: "10 / size(location.tags) > 100"}))
    (refusal,) = reasons(rules, facts())[LocationId("west")]
    assert ((0,), "It divides by zero.") == (refusal.lines, refusal.failed)
    assert [False, True] == [bool(line >> 1 & 1) for line in rules.judge(facts()).lines]
    brush = facts(lines=facts()["lines"][1:])
    assert () == reasons(rules, brush)[LocationId("west")]


def test_built_in_rules_give_reasons_too() -> None:
    (refusal,) = reasons(rule_set(), facts(pickup_at=CORNER))[LocationId("west")]
    assert "pickup: location.id = west, order.pickup_at = corner" == str(refusal)


@given(st.lists(random_rules, max_size=3), random_orders)
@settings(max_examples=100)
def test_a_location_is_closed_where_and_only_where_there_is_a_reason(given_rules: list[Rule], order: Facts) -> None:
    rules = rule_set(*given_rules)
    verdict, refused = rules.judge(order), reasons(rules, order)
    for place, location in enumerate(rules.locations):
        refusals = refused[location]
        closed = {line for line, mask in enumerate(verdict.lines) if not mask >> place & 1}
        everyone = range(len(verdict.lines))
        assert closed == {line for each in refusals for line in (each.lines or everyone)}


@given(st.lists(random_rules, max_size=3), random_orders)
@settings(max_examples=50)
def test_rulings_name_the_rules_that_close_a_location(given_rules: list[Rule], order: Facts) -> None:
    rules = rule_set(*given_rules)
    said = {where for ruling in rulings(rules, order) for where in ruling.closed}
    assert set(rules.locations) - said == open_to(rules, order)


def test_a_rule_that_does_not_apply_says_why() -> None:
    rules = rule_set(a_rule(when="order.channel == 'shop' && order.units > 10.0", hold="Many."))
    ruling = rulings(rules, facts())[-1]
    assert ("rule", False, "order.units > 10.0") == (ruling.rule, ruling.applies, ruling.clause)
    assert ["order.units = 3"] == list(map(str, ruling.seen))


def test_a_rule_that_cannot_be_worked_out_says_why() -> None:
    ruling = rulings(rule_set(a_rule(when="10 / order.attempts > 3")), facts())[-1]
    assert (False, "It divides by zero.") == (ruling.applies, ruling.failed)
