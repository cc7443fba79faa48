"""What expressions give over values."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.errors import DataError, HubError, InvariantError
from hub.expressions import (
    BOOL,
    DECIMAL,
    DYN,
    INT,
    MOMENT,
    TEXT,
    EvaluationError,
    Function,
    ListOf,
    Nullable,
    Struct,
    compile_expression,
    conjuncts,
)
from tests.unit.expressions.shop_order import NAMES, VALUES, failed, value_of


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("order.total > 50 && order.kind == 'gift' && order.lines.exists(l, l.weight > 5)", True),
        ("order.lines.all(l, l.quantity >= 2)", False),
        ("order.lines.exists_one(l, l.sku == 'DESK')", True),
        ("order.lines.filter(l, l.weight > 5).map(l, l.sku).join('/')", "DESK"),
        ("order.lines.exists(l, order.lines.exists(m, m.quantity > l.quantity))", True),
        ("order.lines[1].sku", "DESK"),
        ("order.lines[0].note == null", True),
        ("codes['EA'] + '/' + codes.CS", "each/case"),
        ("'EA' in codes && !('XX' in codes)", True),
        ("row['Ship to'].lower()", "depot 4"),
        ("row.Qty.int() * 2", 24),
        ("row.count + 1 == 4", True),
        ("row.count < 3.5", True),
        ("has(row.Qty) && !has(row.nothing) && !has(row.empty)", True),
        ("has(order.ship_to.second) || has(order.ship_to.state)", True),
        ("coalesce(order.note, row.empty, 'none')", "none"),
        ("order.kind in ['gift', 'loan'] ? 'y' : 'n'", "y"),
        ("n in [1, 7.0]", True),
        ("[1, 2] + [3] == [1, 2, 3.0]", True),
        ("{'a': 1} == {'a': 1.0}", True),
        ("row.count == 'three'", False),
        ("7 / 2", 3),
        ("-7 / 2", -3),
        ("-7 % 3", -1),
        ("7.0 / 2", Decimal("3.5")),
        ("0.1 + 0.2 == 0.3", True),
        ("1.0 / 3", Decimal("0.3333333333333333333333333333")),
        ("0x1F + 1", 32),
        ("-9223372036854775808 < 0", True),
        ("date('2026-11-23') - order.paid == days(3)", True),
        ("order.paid + days(1)", date(2026, 11, 21)),
        ("order.placed + duration('45m') > moment('2026-11-21T00:00:00Z')", True),
        ("// a comment\n n", 7),
        ("r'\\d' + '\\x41\\u00e9\\n'", "\\dA\u00e9\n"),
    ],
)
def test_value(text: str, expected: object) -> None:
    value = value_of(text)
    assert (expected, type(expected)) == (value, type(value))


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("n / (n - 7)", 3),
        ("n % (n - 7)", 3),
        ("n * 9223372036854775807", 3),
        ("order.total / (n - 7)", 13),
        ("int(row.Qty + 'x')", 1),
        ("order.lines[n].sku", 12),
        ("order.lines[-n].sku", 12),
        ("codes.XX", 7),
        ("codes[row.Qty]", 6),
        ("row.nothing", 5),
        ("row.Qty.deep", 9),
        ("row.price > 1", 5),
        ("row.Qty > 3", 9),
        ("row.empty + 1", 11),
        ("row.count && true", 5),
        ("row.Qty.exists(x, true)", 5),
        ("n in row.Qty", 3),
        ("row.count.lower()", 5),
        ("order.kind.substring(n)", 12),
        ("order.kind.split(row.Qty.substring(2))", 12),
        ("order.paid + duration('1h')", 12),
    ],
)
def test_failure_has_its_place_and_no_traceback(text: str, column: int) -> None:
    error = failed(text)
    assert isinstance(error, DataError)
    assert ("expression.evaluation", column) == (error.code, error.column)
    assert f"{text}\n{' ' * (column - 1)}^" == error.pointed()


def test_right_side_is_not_looked_at_where_the_left_decides() -> None:
    assert value_of("n == 7 || row.nothing") is True
    assert value_of("n == 8 && row.nothing") is False
    assert "no" == value_of("n == 8 ? row.nothing : 'no'")


class _Kind(StrEnum):
    GIFT = "gift"


class _Item(NamedTuple):
    sku: str
    kind: _Kind


def test_fields_of_objects_are_read_and_members_of_enums_are_their_text() -> None:
    names = {"items": ListOf(Struct("item", {"sku": TEXT, "kind": TEXT}))}
    values = {"items": (_Item("LAMP", _Kind.GIFT),)}
    value = compile_expression("items.filter(i, i.kind == 'gift').map(i, i.kind)[0]", names).evaluate(values)
    assert ("gift", str) == (value, type(value))


def test_mappings_need_not_be_dicts() -> None:
    values = {"row": MappingProxyType({"Qty": "5"}), "codes": MappingProxyType({"EA": "each"})}
    assert "each5" == compile_expression("codes.EA + row.Qty", NAMES).evaluate(MappingProxyType(values))


@pytest.mark.parametrize("field", ["__class__", "__dict__", "_private"])
def test_what_begins_with_an_underscore_is_never_read_of_an_object(field: str) -> None:
    expression = compile_expression(f"item.{field}", {"item": Struct("item", {field: DYN})})
    with pytest.raises(EvaluationError):
        expression.evaluate({"item": _Item("LAMP", _Kind.GIFT)})


def test_objects_are_no_values_but_where_their_fields_are_declared() -> None:
    with pytest.raises(EvaluationError):
        compile_expression("item.sku", {"item": DYN}).evaluate({"item": _FrozenThing()})


class _FrozenThing:
    sku = "LAMP"


@pytest.mark.parametrize(
    ("type_", "value"),
    [
        (DECIMAL, 1.5),
        (DECIMAL, Decimal("NaN")),
        (DECIMAL, Decimal("Infinity")),
        (DECIMAL, True),
        (INT, "1"),
        (INT, Decimal(1)),
        (INT, True),
        (INT, None),
        (TEXT, b"x"),
        (TEXT, 1),
        (BOOL, 1),
        (BOOL, "true"),
        (MOMENT, datetime(2026, 11, 23)),  # noqa: DTZ001
        (MOMENT, date(2026, 11, 23)),
        (DYN, 1.5),
        (DYN, object()),
        (DYN, {1, 2}),
        (ListOf(INT), "12"),
        (ListOf(INT), {"a": 1}),
        (Nullable(INT), "x"),
    ],
)
def test_value_of_another_type_than_declared_is_refused(type_: object, value: object) -> None:
    with pytest.raises(EvaluationError) as caught:
        compile_expression("x", {"x": type_}).evaluate({"x": value})  # type: ignore[dict-item]
    assert "expression.evaluation" == caught.value.code


def test_floats_inside_lists_are_refused_where_they_are_read() -> None:
    for text in ("x[0]", "x.map(i, i)", "min(x)", "x.exists(i, i > 1)"):
        with pytest.raises(EvaluationError):
            compile_expression(text, {"x": ListOf(DECIMAL)}).evaluate({"x": [1.5]})


def test_missing_value_is_named() -> None:
    with pytest.raises(EvaluationError, match="No value was given for n"):
        compile_expression("n + 1", NAMES).evaluate({})


def test_errors_show_the_value_shortened_and_never_in_the_message() -> None:
    error = failed("int(row)", row="Mr Verylongname " * 20)
    assert "Verylongname" not in str(error)
    assert 43 == len(error.value)


def test_functions_of_the_caller() -> None:
    functions = {
        "unit": Function("unit", (TEXT,), TEXT, {"EA": "each"}.__getitem__),
        "date": Function("date", (TEXT, TEXT), INT, lambda text, form: len(text + form)),
    }
    assert "each" == compile_expression("unit('EA')", {}, functions=functions).evaluate({})
    assert 5 == compile_expression("'abc'.date('de')", {}, functions=functions).evaluate({})
    assert date(2026, 11, 23) == compile_expression("date('2026-11-23')", {}, functions=functions).evaluate({})


def test_broken_function_of_the_caller_is_our_bug_and_its_own_errors_pass() -> None:
    def refuse(text: str) -> str:
        raise DataError("No such unit.", code="data.unknown-unit")

    functions = {
        "broken": Function("broken", (TEXT,), TEXT, lambda text: text / 1),
        "wrong": Function("wrong", (TEXT,), TEXT, len),
        "unit": Function("unit", (TEXT,), TEXT, refuse),
    }
    for name, error in (("broken", InvariantError), ("wrong", InvariantError), ("unit", DataError)):
        expression = compile_expression(f"{name}(t)", {"t": TEXT}, functions=functions)
        with pytest.raises(HubError) as caught:
            expression.evaluate({"t": "EA"})
        assert type(caught.value) is error


def test_conjuncts_are_clauses_of_their_own() -> None:
    text = "order.total > 50 && (order.note != null && order.note.size() > 3) && (n > 9 || row.count == 3)"
    clauses = conjuncts(compile_expression(text, NAMES))
    assert ["order.total > 50", "order.note != null", "order.note.size() > 3", "n > 9 || row.count == 3"] == [
        clause.text for clause in clauses
    ]
    assert [{("order", "total")}, {("order", "note")}, {("order", "note")}, {("n",), ("row", "count")}] == [
        clause.reads for clause in clauses
    ]
    assert [True, False, True] == [clauses[at].evaluate(VALUES) for at in (0, 1, 3)]
    with pytest.raises(EvaluationError):
        clauses[2].evaluate(VALUES)


decimals = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**12), max_value=10**12, places=6)


@given(decimals, decimals, decimals)
def test_sums_and_products_of_decimals_are_exact(a: Decimal, b: Decimal, c: Decimal) -> None:
    names = {"a": DECIMAL, "b": DECIMAL, "c": DECIMAL}
    values: Mapping[str, object] = {"a": a, "b": b, "c": c}
    expression = compile_expression("(a + b) * c - (a * c + b * c) == 0.0 && a + b - b == a", names)
    assert expression.evaluate(values) is True


@given(st.integers(-(2**40), 2**40), st.integers(-(2**40), 2**40).filter(bool))
def test_quotient_and_remainder_make_up_the_whole(a: int, b: int) -> None:
    expression = compile_expression("(a / b) * b + a % b == a && abs(a % b) < abs(b)", {"a": INT, "b": INT})
    assert expression.evaluate({"a": a, "b": b}) is True


@given(st.integers(0, 2**32), st.integers(-(10**6), 10**6))
def test_moments_move_by_durations_and_back(stamp: int, seconds: int) -> None:
    moment = datetime.fromtimestamp(stamp, UTC)
    expression = compile_expression("m + d - m == d && text(m).moment() == m", {"m": MOMENT, "d": DYN})
    assert expression.evaluate({"m": moment, "d": timedelta(seconds=seconds)}) is True
