"""Programs that would hang or fill the memory elsewhere end here, with an error that says why."""

from __future__ import annotations

import pytest

from hub.expressions import DYN, INT, TEXT, EvaluationError, Limits, ListOf, compile_expression, compile_template, parse
from tests.unit.expressions.shop_order import failed, refused, value_of

NAMES = {"l": ListOf(INT), "t": TEXT, "x": DYN}


@pytest.mark.parametrize(
    "text",
    [
        "(" * 60 + "1" + ")" * 60,
        "[" * 60 + "]" * 60,
        "-" * 60 + "n",
        "!" * 60 + "true",
        "n" + " + n" * 60,
        "row" + ".a" * 60,
        "row" + "[0]" * 60,
        "true ? 1 : " * 60 + "1",
        "1" + "0" * 60,
        "1." + "0" * 60,
        "1e999999999999",
        "9223372036854775808",
        "-9223372036854775809",
        "n == 1 || " * 500 + "true",
    ],
)
def test_what_is_too_big_is_refused(text: str) -> None:
    assert "expression.too-big" == refused(text).code


def test_long_text_beside_a_part_of_a_template_is_none_of_the_expression() -> None:
    assert 100_001 == len(str(compile_template("a" * 100_000 + "${1}", {}).evaluate({})))


def test_many_clauses_side_by_side_are_no_nesting() -> None:
    assert value_of(" && ".join(["n > 1"] * 400)) is True
    assert value_of(" || ".join(["n < 1"] * 400)) is False


def test_tree_holds_its_depth() -> None:
    assert 50 == parse("n" + " + n" * 49).place.depth


@pytest.mark.parametrize(
    "text",
    [
        "l.all(a, l.all(b, a + b > 0))",
        "l.map(a, l.map(b, b)).size() > 0",
        "l.all(a, a in l)",
        "l.all(a, l == l)",
        "l.all(a, x == x || a in x)",
        "l.map(a, t + t).size() > 0",
        "l.map(a, t.replace('a', 'b')).size() > 0",
        "l.all(a, t.matches('(a|b)*$'))",
        "l.all(a, coalesce(x, t).size() + size(x) > 0)",
    ],
)
def test_loops_over_loops_and_texts_end_at_the_budget(text: str) -> None:
    expression = compile_expression(text, NAMES)
    with pytest.raises(EvaluationError) as caught:
        expression.evaluate({"l": list(range(1, 1_500)), "t": "ab" * 900, "x": "ab" * 900})
    assert "expression.budget" == caught.value.code


def test_budget_is_that_of_the_whole_list_wherever_the_loop_would_stop() -> None:
    expression = compile_expression("l.exists(a, a == 0)", NAMES, limits=Limits(steps=300))
    assert expression.evaluate({"l": [0] * 100}) is True
    with pytest.raises(EvaluationError):
        expression.evaluate({"l": [0] * 101})


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("t + t", {"t": "a" * 60_000}),
        ("x + x", {"x": "a" * 60_000}),
        ("l + l", {"l": [1] * 6_000}),
        ("1 in l", {"l": [0] * 10_001}),
        ("l == l", {"l": [0] * 10_001}),
        ("x == x", {"x": [[0] * 200] * 200}),
        ("l.size() > 1 && l.all(a, true)", {"l": [0] * 10_001}),
        ("min(l)", {"l": [0] * 10_001}),
        ("t.upper()", {"t": "a" * 100_001}),
        ("t.replace('a', t)", {"t": "a" * 10_000}),
        ("t.replace('', t)", {"t": "a" * 10_000}),
        ("t.split('a').size()", {"t": "a" * 20_000}),
        ("t.split('a').join(t)", {"t": "a" * 5_000}),
    ],
)
def test_texts_and_lists_have_a_longest(text: str, values: dict[str, object]) -> None:
    with pytest.raises(EvaluationError) as caught:
        compile_expression(text, NAMES).evaluate(values)
    assert "expression.budget" == caught.value.code


def test_more_calls_than_a_person_writes_are_counted() -> None:
    text = " || ".join(["-1 in l"] * 60)
    with pytest.raises(EvaluationError) as caught:
        compile_expression(text, NAMES).evaluate({"l": list(range(9_000))})
    assert "expression.budget" == caught.value.code


@pytest.mark.parametrize(
    "text", ["text(row)", "int(row)", "floor(row)", "round(row)", "round(row, 2)", "row * row", "row + 1", "-row % 3"]
)
@pytest.mark.parametrize("number", ["1E+999999", "1E-999999"])
def test_number_of_a_million_digits_is_not_written_out(text: str, number: str) -> None:
    from decimal import Decimal

    try:
        value = value_of(text, row=Decimal(number))
    except EvaluationError:
        return
    assert len(str(value)) < 100


def test_values_that_are_nested_for_ever_are_refused() -> None:
    deep: list[object] = []
    deep.append(deep)
    assert "expression.budget" == failed("row == [row]", row=deep).code
