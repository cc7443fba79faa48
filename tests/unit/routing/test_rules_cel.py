"""Conditions of rules mean what CEL says: each is compared with the official C++ implementation."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.model.rule import BUILT_IN, Rule
from hub.routing.facts import Facts
from hub.routing.location_tests import places
from hub.routing.rules import RuleSet
from tests.unit.routing.rule_cases import random_orders, random_rules, rule_set

cel = pytest.importorskip(
    "cel_expr_python.cel", reason="NOT COMPARED WITH CEL: cel-expr-python has no wheel for this Python or machine"
)

RECORD = cel.Type.Map(cel.Type.STRING, cel.Type.DYN)
ENVIRONMENT = cel.NewEnv(variables=dict.fromkeys(("order", "line", "location"), RECORD))

# CEL has moments, no days.
comparable = random_rules.filter(lambda rule: "date(" not in f"{rule.when}{rule.only}{rule.never}")


@given(st.lists(comparable, min_size=1, max_size=2), random_orders)
@settings(max_examples=100)
def test_rules_open_what_they_open_by_cel(given_rules: list[Rule], order: Facts) -> None:
    compare(rule_set(*given_rules), given_rules, order)


@pytest.mark.slow
@pytest.mark.timeout(900)
@given(st.lists(comparable, min_size=1, max_size=3), random_orders)
@settings(max_examples=2_000)
def test_rules_open_what_they_open_by_cel_two_thousand_times(given_rules: list[Rule], order: Facts) -> None:
    compare(rule_set(*given_rules), given_rules, order)


def compare(rules: RuleSet, given_rules: list[Rule], order: Facts) -> None:
    """The same locations may ship each line, whichever engine asks the conditions."""
    verdict = rules.judge(order)
    for line, mask in zip(order["lines"], verdict.lines, strict=True):
        expected = {
            place
            for place, location in enumerate(rules.facts)
            if all(opens(rule, order, line, location) for rule in (*BUILT_IN, *given_rules))
        }
        assert expected == set(places(mask))


def opens(rule: Rule, order: Facts, line: Facts, location: Any) -> bool:
    told = {"order": plain(order), "line": plain(line), "location": plain(location)}
    if not (of_cel(rule.when, told) and of_cel(rule.lines or "true", told)):
        return True
    return of_cel(rule.only or "true", told) and not of_cel(rule.never or "false", told)


def of_cel(text: str, told: Any) -> bool:
    """What the official implementation gives, which is no error."""
    value = ENVIRONMENT.compile(text).eval(data=told).plain_value()
    assert isinstance(value, bool), text
    return value


def plain(value: Any) -> Any:
    """Facts as CEL has them: the decimals of these tests are doubles, too."""
    match value:
        case dict():
            return {name: plain(each) for name, each in value.items() if not isinstance(each, date)}
        case list() | tuple():
            return [plain(each) for each in value]
        case Decimal():
            return float(value)
    return value
