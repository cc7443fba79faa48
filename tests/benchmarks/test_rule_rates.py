"""How long rules take for an order over 60 locations: worked out ahead to bitmasks, and asked location by location.

CPU time of this process, in turns; the best of each counts. Nothing is judged here.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

import pytest

from hub.model.fulfilment import RequestKind
from hub.model.identity import LocationId
from hub.model.rule import BUILT_IN, Rule
from hub.routing.facts import Facts
from hub.routing.rule_reasons import reasons
from hub.routing.rule_schema import compile_condition
from hub.routing.rules import RuleSet
from tests.benchmarks.figures import RESULTS
from tests.builders import a_network
from tests.unit.routing.rule_cases import a_place, a_rule, facts, rule_set

pytestmark = [pytest.mark.bench, pytest.mark.timeout(300)]

_LOCATIONS = 60
_ORDERS = 500
_ROUNDS = 5
_REGIONS = ("NY", "CA", "TX", "ON")

RULES = (
    a_rule("hazmat", lines="line.hazmat", never="location.kind == 'store'"),
    a_rule("dear", when="order.total != null && order.total > 500.0", only="location.kind == 'warehouse'"),
    a_rule("near", when="order.service == 'same-day'", only="location.region == order.region"),
    a_rule("cold", when="'frozen' in order.tags", only="'cold' in location.tags"),
    a_rule("gifts", when="order.channel == 'shop' && order.units > 20.0", never="location.kind == 'dropship'"),
)
ORDERS = [
    facts(
        total=Decimal(100 + 150 * (number % 7)),
        service=("standard", "same-day")[number % 2],
        region=_REGIONS[number % len(_REGIONS)],
        tags=((), ("frozen",), ("gift",))[number % 3],
        units=Decimal(1 + number % 30),
    )
    for number in range(_ORDERS)
]


@dataclass(frozen=True)
class Timing:
    """Microseconds of one order."""

    what: str
    us: float
    ratio: float


@pytest.fixture(scope="module")
def rules() -> RuleSet:
    kinds = (RequestKind.STORE, RequestKind.STORE, RequestKind.WAREHOUSE, RequestKind.DROPSHIP)
    locations = [
        a_place(f"l{number}", kinds[number % 4], region=_REGIONS[number % 3], tags=("cold",) if number % 5 else ())
        for number in range(_LOCATIONS)
    ]
    return rule_set(*RULES, network=a_network(*locations))


@pytest.fixture
def shown(pytestconfig: pytest.Config) -> Callable[[Sequence[Timing]], None]:
    def show(timings: Sequence[Timing]) -> None:
        path = RESULTS.with_name("rules.json")
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps([asdict(one) for one in timings], indent=1))
        rows = [f"| {one.what} | {one.us:.1f} | {one.ratio:.1f} |" for one in timings]
        head = f"| {len(RULES)} rules, {_LOCATIONS} locations | us an order | ratio |\n|---|---:|---:|"
        capture = pytestconfig.pluginmanager.getplugin("capturemanager")
        with capture.global_and_fixture_disabled():
            print(f"\n\n{head}\n" + "\n".join(rows) + f"\n\n{path}")

    return show


def test_masks_beside_asking_each_pair(rules: RuleSet, shown: Callable[[Sequence[Timing]], None]) -> None:
    ask_pairs = by_pairs([*BUILT_IN, *RULES], rules.facts)
    assert [ask_pairs(order) for order in ORDERS[:50]] == [rules.judge(order).lines for order in ORDERS[:50]]

    ways: dict[str, Callable[[Facts], object]] = {
        "worked out ahead": rules.judge,
        "each pair of rule and location asked": ask_pairs,
        "every location's reasons": lambda order: reasons(rules, order),
    }
    seconds = {what: min(_seconds(way) for _ in range(_ROUNDS)) for what, way in ways.items()}
    least = seconds["worked out ahead"]
    shown([Timing(what, each / _ORDERS * 1e6, each / least) for what, each in seconds.items()])


def by_pairs(rules: Sequence[Rule], locations: Sequence[Any]) -> Callable[[Facts], tuple[int, ...]]:
    """The same verdict by the same expressions, each asked of every location."""
    compiled = [
        (
            compile_condition(rule.when, "order"),
            compile_condition(rule.lines or "true", "order", "line"),
            compile_condition(rule.only or "true", "order", "location"),
            compile_condition(rule.never or "false", "order", "location"),
        )
        for rule in rules
    ]

    def judge(order: Facts) -> tuple[int, ...]:
        open_ = [(1 << len(locations)) - 1] * len(order["lines"])
        for place, location in enumerate(locations):
            told = {"order": order, "location": location}
            for when, lines, only, never in compiled:
                if not when.evaluate(told) or (only.evaluate(told) and not never.evaluate(told)):
                    continue
                for number, line in enumerate(order["lines"]):
                    if lines.evaluate({"order": order, "line": line}):
                        open_[number] &= ~(1 << place)
        return tuple(open_)

    return judge


def _seconds(way: Callable[[Facts], object]) -> float:
    started = time.process_time()
    for order in ORDERS:
        way(order)
    return time.process_time() - started


def test_the_rules_close_some_and_leave_some(rules: RuleSet) -> None:
    masks = {rules.judge(order).open for order in ORDERS}
    assert len(masks) > len(RULES)
    assert LocationId("l2") in rules.locations
