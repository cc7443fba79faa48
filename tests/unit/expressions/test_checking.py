"""What cannot work is refused when it is compiled, with the place and the cure."""

from __future__ import annotations

from decimal import Decimal

import pytest

from hub.errors import ConfigurationError
from hub.expressions import BOOL, DECIMAL, INT, TEXT, ExpressionError, ListOf, Nullable, Struct, compile_expression
from tests.unit.expressions.shop_order import NAMES, refused, value_of


@pytest.mark.parametrize(
    ("text", "code", "place", "cure"),
    [
        ("odrer.total > 1.0", "expression.unknown-name", 1, "Did you mean order?"),
        ("order.totl > 1.0", "expression.unknown-field", 7, "Did you mean total?"),
        ("order['totl'] > 1.0", "expression.unknown-field", 6, "Did you mean total?"),
        ("order.kind.uper()", "expression.unknown-function", 12, "Did you mean upper?"),
        ("order.lines.exist(l, l.quantity > 1)", "expression.unknown-name", 19, ""),
        ("order.lines.all(l, l.wieght > 1)", "expression.unknown-field", 22, "Did you mean weight?"),
        ("order.kind == 5", "expression.type", 12, "Convert the text: int(...)."),
        ("order.kind > 5", "expression.type", 12, "Convert the text: int(...)."),
        ("order.paid < order.placed", "expression.type", 12, "Convert the moment: date(...)."),
        ("order.kind in [1, 2]", "expression.type", 12, "Convert the text: int(...)."),
        ("'if' in order.kind", "expression.type", 6, "Of a text: text.contains(part)."),
        ("order.kind + n", "expression.type", 12, "To put it into a text: text(n)."),
        ("-order.kind", "expression.type", 1, ""),
        ("!n", "expression.type", 2, ""),
        ("n && true", "expression.type", 1, ""),
        ("n ? 1 : 2", "expression.type", 1, ""),
        ("true ? 1 : 'one'", "expression.type", 6, "Convert one of them, for example with text(...)."),
        ("[1, 'one']", "expression.type", 5, ""),
        ("{'a': 1, 'a': 2}", "expression.type", 10, ""),
        ("{1: 1}", "expression.type", 2, ""),
        ("order.lines.weight", "expression.type", 13, "Over a list: order.lines.exists(item, item.weight ...)."),
        ("order == order", "expression.type", 7, ""),
        ("order.lines['a']", "expression.type", 13, ""),
        ("order.kind[0]", "expression.type", 11, ""),
        ("substring(order.kind)", "expression.type", 1, ""),
        ("n.exists(x, x > 1)", "expression.type", 1, ""),
        ("order.lines.map(l, n, l)", "expression.macro", 13, "For example: lines.map(line, line.quantity > 0)."),
        ("order.lines.map(n, n)", "expression.macro", 13, "Give the variable another name."),
        ("filter(order.lines, 1)", "expression.macro", 1, "For example: lines.filter(line, ...)."),
        ("has(order)", "expression.syntax", 1, "For example: has(order.note)."),
        ("1 / 0", "expression.constant", 3, ""),
        ("date('2026-02-30')", "expression.constant", 1, ""),
        ("{'EA': 1}['CS']", "expression.constant", 10, ""),
        ("order.kind.matches('a(b')", "expression.pattern", 22, ""),
        ("order.kind.matches(order.kind)", "expression.pattern", 26, "Compare another way."),
    ],
)
def test_mistake_is_named_with_its_place_and_cure(text: str, code: str, place: int, cure: str) -> None:
    error = refused(text)
    assert (code, place) == (error.code, error.column)
    assert cure in error.cure


def test_error_points_at_its_place() -> None:
    error = refused("order.total > 50 && order.knd == 'gift'")
    assert isinstance(error, ConfigurationError)
    assert "order.total > 50 && order.knd == 'gift'\n                          ^" == error.pointed()
    assert "column 27: [expression.unknown-field] order has no field knd. Did you mean kind?" in str(error)


def test_error_in_text_of_several_lines_points_into_its_line() -> None:
    error = refused("order.total > 50 &&\n\torder.knd == 'gift'")
    assert (2, 8) == (error.line, error.column)
    assert " order.knd == 'gift'\n       ^" == error.pointed()


@pytest.mark.parametrize(
    "text",
    [
        "order.note.size() > 3",
        "order.note + '!'",
        "order.note < 'a'",
        "'a' + order.note",
        "order.note.trim()",
        "order.ship_to.state == 'NY'",
        "order.lines.map(l, l.note.upper())",
        "order.note == null && order.note.size() > 3",
        "order.note != null || order.note.size() > 3",
        "order.note == null ? order.note.size() : 0",
        "(order.note != null || n > 1) && order.note.size() > 3",
        "order.lines.all(l, l.note != null) && order.lines.all(l, l.note.size() > 1)",
        "null.size()",
        "-null == 1",
    ],
)
def test_what_may_be_null_must_be_guarded(text: str) -> None:
    assert "expression.null" == refused(text).code


@pytest.mark.parametrize(
    "text",
    [
        "order.note != null && order.note.size() > 3",
        "has(order.note) && order.note.size() > 3",
        "order.note == null || order.note.size() > 3",
        "!(order.note == null) && order.note.size() > 3",
        "!has(order.note) || order.note.size() > 3",
        "order.note == null ? false : order.note.size() > 3",
        "order.note == 'fragile' && order.note.size() > 3",
        "order.note in ['a', 'b'] && order.note.size() > 3",
        "n > 100 && order.note != null && order.note.size() > 3",
        "(n > 100 && order.note != null) && order.note.size() > 3",
        "has(order.ship_to.second) && order.ship_to.second == order.ship_to.state",
        "order['note'] != null && order.note.size() > 3",
        "order.lines.exists(l, l.note != null && l.note.size() > 30)",
        "coalesce(order.note, '').size() > 3",
    ],
)
def test_guard_lets_it_be_used(text: str) -> None:
    assert value_of(text) in {True, False}


def test_wanted_type_is_held() -> None:
    with pytest.raises(ExpressionError) as caught:
        compile_expression("order.total", NAMES, wanted=BOOL)
    assert "expression.type" == caught.value.code
    with pytest.raises(ExpressionError) as caught:
        compile_expression("order.note", NAMES, wanted=TEXT)
    assert "expression.null" == caught.value.code
    assert Nullable(TEXT) == compile_expression("order.note", NAMES, wanted=Nullable(TEXT)).type


def test_int_that_is_wanted_as_decimal_comes_as_one() -> None:
    value = compile_expression("n", {"n": INT}, wanted=DECIMAL).evaluate({"n": 7})
    assert (Decimal(7), Decimal) == (value, type(value))


def test_reads_are_paths_as_deep_as_the_text_knows() -> None:
    names = {"order": Struct("order", {"lines": ListOf(Struct("line", {"sku": TEXT})), "n": INT}), "row": NAMES["row"]}
    text = "order.lines.exists(l, l.sku == row['Ship to'].x) && order.lines[order.n].sku != row.a.b && row.size() > 0"
    assert {
        ("order", "lines"),
        ("order", "lines", "*", "sku"),
        ("order", "n"),
        ("row", "Ship to", "x"),
        ("row", "a", "b"),
        ("row",),
    } == compile_expression(text, names).reads


def test_constant_expression_is_worked_out_once() -> None:
    expression = compile_expression("1 + 2 * 3 == 7 && 'a'.upper() in ['A', 'B']", {})
    assert expression.is_constant
    assert expression.evaluate({}) is True
    assert not compile_expression("n + 1", NAMES).is_constant
