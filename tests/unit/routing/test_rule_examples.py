"""Examples are judged by the rules themselves; each difference is said in words."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from hub.model.rule import RuleExample
from hub.routing.facts import facts_of_example
from hub.routing.rule_examples import differences
from tests.unit.routing.rule_cases import a_rule, facts, rule_set

RULES = rule_set(
    a_rule("hazmat", lines="line.hazmat", never="location.kind == 'store'"),
    a_rule("many", when="order.units > 10.0", hold="Too many."),
)
PAINT = {"channel": "shop", "lines": ({"sku": "PAINT", "hazmat": True},)}


@pytest.mark.parametrize(
    ("expected", "found"),
    [
        ({"open": ("east", "west", "mill")}, ()),
        ({"refused": {"corner": "hazmat"}, "held": ()}, ()),
        ({"open": ("east", "west")}, ("mill may ship it",)),
        ({"open": ("corner", "east", "mill", "west")}, ("corner may not ship it: hazmat: location.kind = store",)),
        ({"refused": {"east": "hazmat"}}, ("east is not refused by hazmat, and may ship it",)),
        (
            {"refused": {"corner": "many"}},
            ("corner is not refused by many, but by hazmat: location.kind = store",),
        ),
        ({"held": ("many",)}, ("it is held by no rule, not by many",)),
    ],
)
def test_what_comes_out_otherwise(expected: dict[str, Any], found: tuple[str, ...]) -> None:
    assert found == differences(RULES, RuleExample(name="paint", order=PAINT, **expected))


def test_an_example_that_is_held() -> None:
    order = {"channel": "shop", "lines": ({"sku": "BRUSH", "quantity": Decimal(11)},)}
    assert () == differences(RULES, RuleExample(name="many", order=order, held=("many",)))
    found = differences(RULES, RuleExample(name="many", order=order, held=()))
    assert ("it is held by many, not by no rule",) == found


def test_an_example_has_every_fact_of_an_order() -> None:
    told = facts_of_example({"lines": ({"sku": "A"},)})
    assert facts().keys() == told.keys()
    assert facts()["lines"][0].keys() == told["lines"][0].keys()


def test_sums_of_an_example_are_of_its_lines_unless_they_are_said() -> None:
    lines = ({"unit_price": Decimal(3), "quantity": Decimal(2)}, {"unit_price": Decimal(4)})
    assert (Decimal(10), Decimal(3)) == tuple(facts_of_example({"lines": lines})[name] for name in ("total", "units"))
    assert Decimal(99) == facts_of_example({"lines": lines, "total": Decimal(99)})["total"]
