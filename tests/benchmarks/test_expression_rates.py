"""How long a compiled expression takes, as a multiple of the same condition written in Python by hand.

CPU time of this process, in turns with the hand-written one; the best of each counts. Nothing is judged here.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any, NamedTuple

import pytest

from hub.expressions import DECIMAL, DYN, TEXT, ListOf, Struct, compile_expression
from tests.benchmarks.figures import RESULTS

pytestmark = [pytest.mark.bench, pytest.mark.timeout(300)]

_EVALUATIONS = 20_000
_ROUNDS = 7

LINE = Struct("line", {"sku": TEXT, "weight": DECIMAL})
ORDER = Struct("order", {"total": DECIMAL, "kind": TEXT, "state": TEXT, "lines": ListOf(LINE)})
WITHOUT_LINES = "order.total > 50.0 && order.kind == 'gift' && order.state in ['CA', 'NY', 'TX']"
WITH_LINES = f"{WITHOUT_LINES} && order.lines.exists(line, line.weight > 5.0)"
AMOUNT = "round(decimal(row.Price) * int(row.Qty), 2)"

_FIFTY, _FIVE, _STATES, _CENTS = Decimal("50.0"), Decimal("5.0"), frozenset({"CA", "NY", "TX"}), Decimal("0.01")


class Line(NamedTuple):
    """A line as an object."""

    sku: str
    weight: Decimal


class Order(NamedTuple):
    """An order as an object: three lines, of which the last is heavy."""

    total: Decimal
    kind: str
    state: str
    lines: tuple[Line, ...]


OBJECT = Order(
    Decimal("70.50"), "gift", "NY", (Line("LAMP", Decimal(1)), Line("MUG", Decimal(2)), Line("DESK", Decimal(7)))
)
MAPPING = {**OBJECT._asdict(), "lines": [line._asdict() for line in OBJECT.lines]}
ROW = {"Price": "12.345", "Qty": "7"}


def _object_without_lines(order: Any) -> bool:
    return order.total > _FIFTY and order.kind == "gift" and order.state in _STATES


def _object_with_lines(order: Any) -> bool:
    return _object_without_lines(order) and any(line.weight > _FIVE for line in order.lines)


def _mapping_without_lines(order: Any) -> bool:
    return order["total"] > _FIFTY and order["kind"] == "gift" and order["state"] in _STATES


def _mapping_with_lines(order: Any) -> bool:
    return _mapping_without_lines(order) and any(line["weight"] > _FIVE for line in order["lines"])


def _amount(row: Any) -> Decimal:
    return (Decimal(row["Price"]) * int(row["Qty"])).quantize(_CENTS)


@dataclass(frozen=True)
class Timing:
    """Microseconds of one evaluation and of the hand-written function."""

    what: str
    over: str
    expression_us: float
    python_us: float

    @property
    def ratio(self) -> float:
        return self.expression_us / self.python_us


@pytest.fixture(scope="module")
def timings(pytestconfig: pytest.Config) -> Iterator[list[Timing]]:
    found: list[Timing] = []
    yield found
    path = RESULTS.with_name("expressions.json")
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps([asdict(one) for one in found], indent=1))
    rows = [
        f"| {one.what} | {one.over} | {one.expression_us:.2f} | {one.python_us:.2f} | {one.ratio:.1f} |"
        for one in found
    ]
    head = "| expression | over | us | us by hand | ratio |\n|---|---|---:|---:|---:|"
    capture = pytestconfig.pluginmanager.getplugin("capturemanager")
    with capture.global_and_fixture_disabled():
        print(f"\n\n{head}\n" + "\n".join(rows) + f"\n\n{path}")


@pytest.mark.parametrize(
    ("what", "text", "over", "value", "by_hand"),
    [
        ("total, kind, state", WITHOUT_LINES, "mappings", MAPPING, _mapping_without_lines),
        ("total, kind, state", WITHOUT_LINES, "objects", OBJECT, _object_without_lines),
        ("total, kind, state, any of 3 lines", WITH_LINES, "mappings", MAPPING, _mapping_with_lines),
        ("total, kind, state, any of 3 lines", WITH_LINES, "objects", OBJECT, _object_with_lines),
        ("price by quantity of a row, rounded", AMOUNT, "texts of any type", ROW, _amount),
    ],
)
def test_expression_beside_the_same_by_hand(
    what: str, text: str, over: str, value: object, by_hand: Callable[[Any], object], timings: list[Timing]
) -> None:
    name, type_ = ("row", DYN) if value is ROW else ("order", ORDER)
    evaluate, values = compile_expression(text, {name: type_}).evaluate, {name: value}
    assert by_hand(value) == evaluate(values)
    both = [(_seconds(evaluate, values), _seconds(by_hand, value)) for _ in range(_ROUNDS)]
    ours, theirs = (min(each) / _EVALUATIONS * 1e6 for each in zip(*both, strict=True))
    timings.append(Timing(what, over, ours, theirs))


def _seconds(job: Callable[[Any], object], argument: object) -> float:
    started = time.process_time()
    for _ in range(_EVALUATIONS):
        job(argument)
    return time.process_time() - started


def test_compiling(timings: list[Timing]) -> None:
    """Beside Python's own compiler over the same condition."""
    started = time.process_time()
    for _ in range(200):
        compile_expression(WITH_LINES, {"order": ORDER})
    ours = (time.process_time() - started) / 200 * 1e6
    python = "order.total > 50.0 and order.kind == 'gift' and any(line.weight > 5.0 for line in order.lines)"
    started = time.process_time()
    for _ in range(200):
        compile(python, "", "eval")
    timings.append(Timing("compiled", "the third row", ours, (time.process_time() - started) / 200 * 1e6))
