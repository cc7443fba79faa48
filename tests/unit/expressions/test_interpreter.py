"""Closures give what a plain walk over the tree gives, and a tree is what its text parses to."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from hub.expressions import EvaluationError, ExpressionError, Node, compile_expression, parse, unparse
from hub.expressions.types import Type
from tests.unit.expressions.naive import Undefined, interpret
from tests.unit.expressions.random_expressions import NAMES, VALUES, kinds_of_value, nodes, shown

typed_nodes = kinds_of_value().flatmap(lambda type_: st.tuples(st.just(type_), nodes(type_)))


@given(typed_nodes)
@settings(max_examples=40)
def test_text_of_a_tree_parses_to_that_tree(typed: tuple[Type, Any]) -> None:
    text = unparse(typed[1])
    tree = parse(text)
    assert text == unparse(tree)
    assert tree == parse(unparse(tree))


@given(typed_nodes, VALUES)
@settings(max_examples=80)
def test_closures_give_what_the_tree_means(typed: tuple[Type, Any], values: dict[str, Any]) -> None:
    hold_together(*typed, values)


@pytest.mark.slow
@pytest.mark.timeout(600)
@given(typed_nodes, VALUES)
@settings(max_examples=2_000)
def test_closures_give_what_the_tree_means_two_thousand_times(typed: tuple[Type, Any], values: dict[str, Any]) -> None:
    hold_together(*typed, values)


def hold_together(type_: Type, node: Node, values: dict[str, Any]) -> None:
    """The closures of ``node`` and the plain walk give the same over ``values``, or both nothing."""
    try:
        expression = compile_expression(unparse(node), NAMES)
    except ExpressionError as error:
        # A part without names that never has a value is refused.
        assume(error.code != "expression.constant")
        raise
    assert expression.type == type_
    # An int may stand for a decimal; what is done with it then is what is done with decimals.
    meant = {**values, "d": Decimal(values["d"])}
    assert _of(lambda: interpret(expression.tree, meant)) == _of(lambda: expression.evaluate(values)), expression.text


def _of(work_out: Callable[[], object]) -> object:
    try:
        return shown(work_out())
    except (Undefined, EvaluationError):
        return Undefined
