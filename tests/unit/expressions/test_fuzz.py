"""Whatever is written and whatever comes: a HubError with its place, or a value; nothing else leaves."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.errors import HubError
from hub.expressions import (
    EvaluationError,
    Expression,
    ExpressionError,
    Node,
    Template,
    Type,
    compile_expression,
    compile_template,
    parse,
    unparse,
)
from hub.expressions.parser import MACROS
from hub.expressions.standard import STANDARD
from hub.expressions.values import kind_of
from tests.unit.expressions.shop_order import NAMES, VALUES

_WORDS = [
    *STANDARD, *MACROS, *NAMES, "has", "true", "false", "null", "in", "if", "and", "l", "x",
    *("order.lines", "order.total", "order.note", "order.kind", "row.Qty", "l.sku", "row['a']", "l,", "l, l.weight"),
    *("&&", "||", "==", "!=", "<", ">=", "+", "-", "*", "/", "%", "!", "?", ":", ".", ",", "(", ")", "[", "]"),
    *("{", "}", "$", "\\", "//", "0", "1", "2.5", "-1", "'a'", '"b"', "r'c'", "''", "'\\n'", "0x1F", "1e3"),
    "9223372036854775807",
]  # fmt: skip
words = st.lists(st.sampled_from(_WORDS), max_size=25).map(" ".join)
scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.decimals()
    | st.text(max_size=5)
    | st.binary(max_size=3)
    | st.dates()
    | st.datetimes()
    | st.datetimes(timezones=st.just(UTC))
    | st.timedeltas()
)
anything = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=3) | st.integers(), inner, max_size=3)
        | st.builds(object)
    ),
    max_leaves=6,
)


@given(st.text() | words | words.map(lambda text: text.replace(" ", "")))
@settings(max_examples=150)
def test_any_text_is_an_expression_or_an_error_with_its_place(text: str) -> None:
    tree, error = _tried(lambda: parse(text))
    if isinstance(error, ExpressionError):
        assert 1 <= error.column <= len(text) + 1
        assert 2 == len(error.pointed().split("\n"))
    else:
        assert isinstance(tree, Node)
        assert tree == parse(unparse(tree))


def _tried(work_out: Callable[[], object]) -> tuple[object, HubError | None]:
    """What it gave, and the error that it raised; any other exception is a failure of the test."""
    try:
        return work_out(), None
    except HubError as error:
        return None, error


@given(words, anything)
@settings(max_examples=150)
def test_any_expression_gives_a_value_or_an_error_with_its_place(text: str, row: object) -> None:
    for compile_it in (compile_expression, compile_template):
        value, error = _tried(partial(_evaluated, compile_it, text, row))
        assert error is None or isinstance(error, ExpressionError | EvaluationError)
        assert value is None or isinstance(kind_of(value), Type)


def _evaluated(compile_it: Callable[..., Expression | Template], text: str, row: object) -> object:
    return compile_it(text, NAMES).evaluate({**VALUES, "row": row})


_PROGRAMS = [
    "{0} + {1}", "{0} - {1}", "{0} * {1}", "{0} / {1}", "{0} % {1}", "{0} == {1}", "{0} < {1}", "{0} in {1}", "-{0}",
    "!{0}", "{0}[{1}]", "{0}.a", "has({0}.a.b)", "{0} ? {1} : {0}", "{0} && {1}", "{0} || {1}", "[{0}, {1}]",
    "{{'a': {0}}}['a']", "{0}.all(i, i == {1})", "{0}.map(i, i + {1})", "{0}.filter(i, i != {1})", "coalesce({0}, {1})",
]  # fmt: skip
_CALLS = [
    f"{name}({', '.join('{' + str(at) + '}' for at in range(len(function.parameters)))})"
    for name, functions in STANDARD.items()
    if name != "matches"
    for function in functions
]


@given(st.sampled_from(_PROGRAMS + _CALLS), anything, anything, anything)
@settings(max_examples=250)
def test_any_value_is_worked_with_or_refused(program: str, a: object, b: object, c: object) -> None:
    work_or_refuse(program, a, b, c)


@pytest.mark.slow
@pytest.mark.timeout(600)
@given(st.sampled_from(_PROGRAMS + _CALLS), anything, anything, anything)
@settings(max_examples=2_000)
def test_any_of_two_thousand_values_is_worked_with_or_refused(program: str, a: object, b: object, c: object) -> None:
    work_or_refuse(program, a, b, c)


def work_or_refuse(program: str, a: object, b: object, c: object) -> None:
    """``program`` over ``a``, ``b`` and ``c`` gives a value of the language, or an EvaluationError with its place."""
    expression = compile_expression(program.format("x.a", "x.b", "x.c"), {"x": NAMES["row"]})
    value, error = _tried(lambda: expression.evaluate({"x": {"a": a, "b": b, "c": c}}))
    assert isinstance(kind_of(value), Type)
    if error is not None:
        assert isinstance(error, EvaluationError)
        assert error.column >= 1
        assert len(error.value) <= 43
