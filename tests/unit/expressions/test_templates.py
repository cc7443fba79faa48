"""Text with ``${...}`` parts."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.expressions import DECIMAL, TEXT, EvaluationError, ExpressionError, Template, compile_template
from tests.unit.expressions.shop_order import NAMES, VALUES


def template(text: str) -> Template:
    return compile_template(text, NAMES)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        ("plain", "plain"),
        ("${order.total}", Decimal("70.50")),
        ("${order.note}", None),
        (" ${order.total}", " 70.50"),
        ("PO-${n}/${order.kind}", "PO-7/gift"),
        ("${n}${n}", "77"),
        ("${order.placed} ${order.paid} ${n > 1}", "2026-11-20T23:30:00Z 2026-11-20 true"),
        ("${ {'a': {'b': '}'}}.a.b }", "}"),
        ("$${n} costs $5, $$", "${n} costs $5, $$"),
        ("$${${n}}", "${7}"),
        ("{n} }", "{n} }"),
    ],
)
def test_value(text: str, expected: object) -> None:
    value = template(text).evaluate(VALUES)
    assert (expected, type(expected)) == (value, type(value))


def test_type_and_reads() -> None:
    assert DECIMAL == template("${order.total}").type
    assert TEXT == template("${order.total} ${n}").type
    assert {("order", "total"), ("n",)} == template("${order.total} ${n}").reads
    assert template("a ${1 + 1}").is_constant
    assert not template("a ${n}").is_constant


@pytest.mark.parametrize(
    ("text", "code", "column"),
    [
        ("PO-${n", "expression.syntax", 4),
        ("PO-${}", "expression.syntax", 6),
        ("PO-${n + }", "expression.syntax", 10),
        ("PO-${$n}", "expression.syntax", 6),
        ("${n} and ${nn}", "expression.unknown-name", 12),
        ("PO-${order.note}", "expression.null", 12),
        ("PO-${order.lines}", "expression.type", 12),
    ],
)
def test_error_points_into_the_whole_text(text: str, code: str, column: int) -> None:
    with pytest.raises(ExpressionError) as caught:
        template(text)
    assert (code, column) == (caught.value.code, caught.value.column)
    assert text == caught.value.text


def test_failure_points_into_the_whole_text() -> None:
    with pytest.raises(EvaluationError) as caught:
        template("PO-${n} ${row.empty}").evaluate(VALUES)
    assert "PO-${n} ${row.empty}\n              ^" == caught.value.pointed()


@given(st.lists(st.text("ab${}'\\ ", max_size=6)))
def test_text_without_parts_is_itself(pieces: list[str]) -> None:
    text = "".join(pieces)
    escaped = text.replace("${", "$${")
    if "$$${" not in escaped:
        assert text == template(escaped).evaluate({})


@given(st.datetimes(), st.decimals(-(10**9), 10**9, places=4))
def test_parts_are_written_as_text_writes_them(at: datetime, number: Decimal) -> None:
    values = {**VALUES, "row": {"at": at.replace(tzinfo=UTC), "number": number}}
    both = template("${text(row.at)}/${text(row.number)}").evaluate(values)
    assert both == template("${row.at}/${row.number}").evaluate(values)
