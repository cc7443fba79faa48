"""rules.yaml read: facts with their values and expressions become one text, and everything else is carried over."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from operator import ge, gt, le, lt
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.errors import ConfigurationError
from hub.expressions import parse, unparse
from hub.mapping.rules.load import load_rules, read_rules
from hub.model.identity import LocationId
from hub.model.prices import Goal
from hub.model.rule import Charge, Preference, Reserve, Rule, RuleBook
from hub.routing.rule_schema import compile_condition
from tests.architecture.rules_page import PAGE
from tests.unit.routing.rule_cases import NETWORK, facts

ROW = re.compile(r"^\| `(.+?)`(?:, of locations only)? \| `(.+)` \|$", re.MULTILINE)
TWINS = [
    (row[1], row[2].replace(r"\|", "|")) for row in ROW.finditer(PAGE.read_text()) if row[1].startswith(("{", "["))
]


def read(folder: Path, text: str) -> RuleBook:
    path = folder / "rules.yaml"
    path.write_text(text)
    return read_rules(path, NETWORK)


def only_rule(folder: Path, **said: Any) -> Rule:
    (rule,) = read(folder, yaml.safe_dump({"rules": [{"name": "rule", **said}]})).rules
    return rule


def faults(folder: Path, text: str) -> list[str]:
    with pytest.raises(ConfigurationError) as caught:
        read(folder, text)
    return [f"{each.place.rpartition('/')[2]} {each.code}" for each in caught.value.each()]


@pytest.mark.parametrize(("as_facts", "as_expression"), TWINS)
def test_facts_are_the_expression_that_the_reference_says(tmp_path: Path, as_facts: str, as_expression: str) -> None:
    key = "only" if as_facts.startswith("[") else "lines" if "line." in as_facts else "when"
    more = {"when": "    hold: Look.\n", "lines": "    never: [east]\n", "only": ""}[key]
    (rule,) = read(tmp_path, f"rules:\n  - name: rule\n    {key}: {as_facts}\n{more}").rules
    said = getattr(rule, key)
    assert parse(as_expression) == parse(said)
    assert unparse(parse(said)) == said


def test_the_reference_shows_every_form() -> None:
    assert len(TWINS) >= 9


def test_a_rule_as_it_is_written(tmp_path: Path) -> None:
    text = """\
rules:
  - name: winter
    about: Roads are slow.
    when: {order.placed_at: {at_least: "2026-12-01T00:00:00Z"}, order.promised_by: {at_most: 2026-12-24}}
    lines: line.quantity >= 2.0
    never: [mill]
    hold: Call them.
    charge: {where: {location.kind: store}, per_shipment: 1.25, per_unit: 0.1}
    prefer: {where: location.region == order.region, worth: 2}
    reserve: {units: 3}
    max_splits: 2
    ship_complete: true
    goal: speed
"""
    (rule,) = read(tmp_path, text).rules
    expected = Rule(
        name="winter",
        about="Roads are slow.",
        when="order.placed_at >= moment('2026-12-01T00:00:00Z')"
        " && order.promised_by != null && order.promised_by <= date('2026-12-24')",
        lines="line.quantity >= 2.0",
        never="location.id in ['mill']",
        hold="Call them.",
        charge=Charge(where="location.kind == 'store'", per_shipment=Decimal("1.25"), per_unit=Decimal("0.1")),
        prefer=Preference(where="location.region == order.region", worth=Decimal(2)),
        reserve=Reserve(units=Decimal(3)),
        max_splits=2,
        ship_complete=True,
        goal=Goal.SPEED,
        place=f"{tmp_path / 'rules.yaml'}:2:5",
    )
    assert expected == rule


def test_a_number_is_taken_as_it_is_written(tmp_path: Path) -> None:
    text = "rules:\n  - {name: rule, when: {order.units: 0.1234567890123456789}, hold: Look.}\n"
    assert "order.units == 0.1234567890123456789" == read(tmp_path, text).rules[0].when


def test_examples_and_drafts(tmp_path: Path) -> None:
    (tmp_path / "rules.summer.yaml").write_text("rules:\n  - {name: near, only: [east]}\n")
    (tmp_path / "rules.yaml").write_text("""\
rollout: {summer: 12.5}
shadow: [summer]
rules:
  - {name: near, only: [east, west]}
examples:
  - name: everything
    order:
      channel: shop
      total: 50.10
      promised_by: 2026-11-23
      placed_at: "2026-11-20T10:00:00+01:00"
      pickup_at: null
      lines: [{sku: PAINT, quantity: 2, tags: [wet], hazmat: true}]
    open: [east]
    refused: {corner: near}
    held: []
""")
    live, drafts = load_rules(tmp_path, NETWORK)
    assert ({"summer": Decimal("12.5")}, ("summer",)) == (live.rollout, live.shadow)
    assert {"summer": "summer"} == {name: book.name for name, book in drafts.items()}
    (example,) = live.examples
    assert {
        "channel": "shop",
        "total": Decimal("50.10"),
        "promised_by": date(2026, 11, 23),
        "placed_at": datetime(2026, 11, 20, 9, tzinfo=UTC),
        "pickup_at": None,
        "lines": ({"sku": "PAINT", "quantity": Decimal(2), "tags": ("wet",), "hazmat": True},),
    } == example.order
    assert ((LocationId("east"),), {"corner": "near"}, ()) == (example.open, example.refused, example.held)


def test_a_folder_without_rules_has_none(tmp_path: Path) -> None:
    assert (RuleBook(), {}) == load_rules(tmp_path, NETWORK)


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    text = """\
rules:
  - name: one
    when: {order.total: {over: 5}, order.chanel: shop, order.units: x}
    only: location.kind == 'sotre' && location.id == 'estat'
  - name: one
    hold: Look.
    lines: line.hazmat
    never: lines.hazmat
examples:
  - {name: a, order: {unit: 5}}
"""
    assert [
        "rules.yaml:3:26 rule.invalid",
        "rules.yaml:3:42 expression.unknown-field",
        "rules.yaml:3:56 rule.invalid",
        "rules.yaml:4:28 rule.unknown-value",
        "rules.yaml:4:54 rule.unknown-value",
        "rules.yaml:8:12 expression.unknown-name",
        "rules.yaml:5:5 rule.twice",
        "rules.yaml:10:23 rule.example",
    ] == faults(tmp_path, text)


@pytest.mark.parametrize(
    ("written", "place"),
    [
        ("when: order.chanel == 'shop'", "3:17"),
        ("when: order.channel == 'shop' && order.chanel == 'shop'", "3:44"),
        ("when: 'order.chanel == \"shop\"'", "3:18"),
        ("when: \"order.chanel == 'shop'\"", "3:18"),
        ("when:   order.channel == 'shop'\n      && order.chanel == 'x'", "4:16"),
        ("when: |\n      order.channel == 'shop' &&\n\n      order.chanel == 'x'", "6:13"),
        ("when: >-\n      order.channel == 'shop' &&\n      order.chanel == 'x'", "5:13"),
        ("when: 'order.chanel == ''shop'''", "3:5"),
    ],
    ids=["plain", "later", "single quotes", "double quotes", "on", "literal", "folded", "escaped: its key"],
)
def test_a_fault_within_an_expression_has_its_place_in_the_file(tmp_path: Path, written: str, place: str) -> None:
    text = f"rules:\n  - name: one\n    {written}\n    hold: Look.\n"
    assert [f"rules.yaml:{place} expression.unknown-field"] == faults(tmp_path, text)


_VALUES: dict[str, st.SearchStrategy[Any]] = {
    "order.channel": st.sampled_from(["shop"]),
    "order.country": st.text("UCS '\\", max_size=2),
    "order.tags": st.sampled_from(["gift", "a b"]),
    "order.units": st.integers(-3, 5) | st.just(2.5),
    "order.total": st.integers(-3, 50) | st.none(),
    "order.attempts": st.integers(-1, 2),
    "order.ship_complete": st.booleans(),
    "order.pickup_at": st.sampled_from([None, "east"]),
}
_SIGNS: dict[str, Callable[[Any, Any], bool]] = {"above": gt, "at_least": ge, "below": lt, "at_most": le}


@given(st.data(), st.sets(st.sampled_from(sorted(_VALUES)), min_size=1, max_size=4))
@settings(max_examples=100)
def test_facts_hold_where_each_of_them_does(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject, names: set[str]
) -> None:
    bounds = st.dictionaries(st.sampled_from(sorted(_SIGNS)), st.integers(0, 6), min_size=1)
    wanted: dict[str, Any] = {"order.units": data.draw(bounds)}
    for name in names:
        several = st.lists(_VALUES[name].filter(lambda value: value is not None), min_size=1, max_size=2)
        wanted[name] = data.draw(_VALUES[name] | several)
    rule = only_rule(tmp_path_factory.getbasetemp(), when=wanted, hold="Look.")
    total = data.draw(st.none() | st.just(Decimal(5)))
    told = facts(tags=("gift",), ship_complete=data.draw(st.booleans()), total=total)
    expected = all(_is(told[name.removeprefix("order.")], value) for name, value in wanted.items())
    assert expected == compile_condition(rule.when, "order").evaluate({"order": told})


def _is(fact: Any, wanted: Any) -> bool:
    """The meaning of a value, said in Python."""
    if isinstance(wanted, dict):
        return all(_SIGNS[word](fact, bound) for word, bound in wanted.items())
    options = wanted if isinstance(wanted, list) else [wanted]
    return any(each in fact for each in options) if isinstance(fact, tuple) else fact in options
