"""The linter of rules: what it finds, and that whatever it says is so."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.model.rule import Reserve, Rule, RuleBook
from hub.routing.facts import Facts, facts_of_example
from hub.routing.rule_lint import Finding, lint
from tests.unit.routing.rule_cases import NETWORK, a_rule, random_orders, random_rules, rule_set


def found(*rules: Rule) -> list[Finding]:
    return [each for each in lint(RuleBook(rules=rules), NETWORK) if each.kind != "uncovered"]


def said(*rules: Rule) -> list[tuple[str, tuple[str, ...]]]:
    return [(each.kind, each.rules) for each in found(*rules)]


HAZMAT = a_rule("hazmat", lines="line.hazmat", never="location.kind == 'store'")


@pytest.mark.parametrize(
    "when",
    [
        "order.total != null && order.total > 100.0 && order.total < 50.0",
        "order.country == 'US' && order.country in ['CA', 'MX']",
        "order.channel == 'shop' && order.channel != 'shop'",
        "order.ship_complete && !order.ship_complete",
        "order.attempts > 1 && order.attempts < 2",
        "order.attempts < 0",
        "order.units <= 0.0",
        "'gift' in order.tags && !('gift' in order.tags)",
        "order.lines.exists(line, line.hazmat) && !order.lines.exists(line, line.hazmat)",
        "order.promised_by != null && order.promised_by > date('2026-12-24') && order.promised_by < date('2026-12-24')",
        "order.total == null && has(order.total)",
        "!(order.country == 'US' || order.country != 'US')",
        "order.service == 'a' ? order.service == 'b' : false",
        "1 > 2",
    ],
)
def test_a_condition_that_never_holds_is_found(when: str) -> None:
    assert [("unreachable", ("never",))] == said(a_rule("never", when=when, hold="Look."))


@pytest.mark.parametrize(
    "when",
    [
        "order.total != null && order.total >= 100.0 && order.total <= 100.0",
        "order.attempts > 0 && order.attempts < 2",
        "order.country != 'US' && order.country != 'CA'",
        "order.country in ['US', 'CA'] && order.country != 'US'",
        "order.total == null || order.total > 5.0",
        "order.lines.exists(line, line.hazmat) && order.lines.exists(line, !line.hazmat)",
        "order.postal_code.startsWith('1') && order.postal_code.startsWith('2')",
    ],
)
def test_a_condition_that_may_hold_is_left_alone(when: str) -> None:
    assert [] == said(a_rule("sometimes", when=when, hold="Look."))


def test_a_rule_that_closes_nothing_of_this_set_up() -> None:
    (finding,) = found(a_rule("later", never="location.country == 'MX'"))
    assert ("idle", False) == (finding.kind, finding.is_wrong)


def test_a_rule_that_another_covers_adds_nothing() -> None:
    gifts = a_rule("gifts", when="'gift' in order.tags", lines="line.hazmat", never="location.id == 'corner'")
    assert [("shadowed", ("gifts", "hazmat"))] == said(gifts, HAZMAT)


def test_of_two_rules_that_close_the_same_the_later_adds_nothing() -> None:
    stores = a_rule("stores", lines="line.hazmat == true", only="location.kind in ['warehouse', 'dropship']")
    assert [("shadowed", ("stores", "hazmat"))] == said(HAZMAT, stores)


def test_a_rule_that_says_more_than_another_covers_is_left_alone() -> None:
    held = HAZMAT.model_copy(update={"name": "held", "hold": "Look."})
    assert [] == said(HAZMAT, held, a_rule("wider", never="location.id == 'corner'", reserve=Reserve(units=Decimal(1))))


def test_a_rule_that_leaves_nobody() -> None:
    rule = a_rule("nobody", when="order.country == 'CA'", only="location.country == 'CA' && location.kind == 'store'")
    (finding,) = found(rule)
    assert "nobody leaves no location where order.channel is shop, order.country is CA." == finding.words


def test_two_rules_that_contradict_each_other() -> None:
    near = a_rule("near", when="order.region == 'NY'", only="location.region == order.region")
    ours = a_rule("ours", when="order.total != null && order.total > 500.0", only="location.id in ['west', 'mill']")
    (finding,) = found(near, ours)
    assert ("shut-out", ("near", "ours")) == (finding.kind, finding.rules)
    assert "order.region is NY, order.total is above 500" in finding.words


def test_rules_that_send_to_each_other_after_a_rejection() -> None:
    there = a_rule("there", when="'east' in order.rejected_by", only="location.id == 'west'")
    back = a_rule("back", when="'west' in order.rejected_by", only="location.id == 'east'")
    (finding,) = found(there, back)
    assert ("shut-out", ("there", "back")) == (finding.kind, finding.rules)
    assert "order.rejected_by has east, order.rejected_by has west" in finding.words


def test_a_rule_that_asks_only_those_that_rejected() -> None:
    again = a_rule("again", when="size(order.rejected_by) > 0", only="location.id in order.rejected_by")
    assert [("re-route-loop", ("again",))] == [each for each in said(again) if each[0] != "shut-out"]
    assert [] == said(a_rule("others", never="location.id in order.rejected_by && location.kind == 'store'"))


def test_orders_that_no_rule_is_for() -> None:
    book = RuleBook(rules=(a_rule("us", when="order.country == 'US'", hold="Look."),))
    (finding,) = lint(book, NETWORK)
    assert ("uncovered", False, "No rule applies to an order where order.country is anything but US.") == (
        finding.kind,
        finding.is_wrong,
        finding.words,
    )
    assert () == lint(RuleBook(rules=(*book.rules, a_rule("all", reserve=Reserve(units=Decimal(1))))), NETWORK)


def test_facts_that_follow_from_each_other_are_no_proof() -> None:
    pounds = a_rule("pounds", when="order.weight_lb != null && order.weight_lb > 500.0", only="location.id == 'east'")
    kilos = a_rule("kilos", when="order.weight_kg != null && order.weight_kg < 1.0", only="location.id == 'west'")
    assert [] == said(pounds, kilos)


def test_rules_too_complex_to_reason_about_are_left_alone() -> None:
    either = " && ".join(f"('{letter}' in order.tags || 'not {letter}' in order.tags)" for letter in "abcdefghijkl")
    assert () == lint(RuleBook(rules=(a_rule("many", when=either, hold="Look."),)), NETWORK)


@given(st.lists(random_rules, min_size=1, max_size=3), st.lists(random_orders, min_size=1, max_size=8))
@settings(max_examples=200)
def test_whatever_is_found_is_so(given_rules: list[Rule], orders: list[Facts]) -> None:
    rules = [rule.model_copy(update={"name": f"rule{number}"}) for number, rule in enumerate(given_rules)]
    shipped = [order | {"pickup_at": None} for order in orders if order["channel"] == "shop"]
    for finding in lint(RuleBook(rules=tuple(rules)), NETWORK):
        assert [order for order in shipped if contradicts(finding, rules, order)] == []


def contradicts(finding: Finding, rules: Sequence[Rule], order: Facts) -> bool:
    """Whether an order shows that a finding is not so."""
    named = [rule for rule in rules if rule.name in finding.rules]
    closed = {rule.name: closed_lines(rule, order) for rule in named}
    match finding.kind:
        case "unreachable":
            return named[0].name in rule_set(named[0]).judge(order).applied
        case "idle":
            return any(closed[named[0].name])
        case "shadowed":
            first, second = finding.rules
            return any(mine & ~theirs for mine, theirs in zip(closed[first], closed[second], strict=True))
    return False


@given(st.lists(random_rules, min_size=1, max_size=3))
@settings(max_examples=200)
def test_an_order_as_found_is_as_it_was_found(given_rules: list[Rule]) -> None:
    rules = [rule.model_copy(update={"name": f"rule{number}"}) for number, rule in enumerate(given_rules)]
    for finding in lint(RuleBook(rules=tuple(rules)), NETWORK):
        if finding.witness is None:
            continue
        example = finding.witness.example()
        order = facts_of_example({"channel": "shop", **example["order"], "lines": (example["line"],)})
        named = [rule for rule in rules if rule.name in finding.rules]
        if finding.kind == "shut-out":
            assert (0,) == rule_set(*named).judge(order).lines
        else:
            assert () == rule_set(*rules).judge(order).applied


def closed_lines(rule: Rule, order: Facts) -> list[int]:
    """By line, the locations that the rule closes."""
    every = rule_set().judge(order).open
    return [every & ~line for line in rule_set(rule).judge(order).lines]
