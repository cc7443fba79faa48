"""The types of the facts that rules may ask, and how a rule's condition is compiled."""

from __future__ import annotations

from hub.expressions import BOOL, Expression, compile_expression
from hub.expressions.declared import declared_records
from hub.model.rule_facts import RECORDS

_RECORDS = declared_records(RECORDS)
ORDER = _RECORDS["order"]


def compile_condition(text: str, *names: str) -> Expression:
    """A condition over the records of these names. Raises ExpressionError."""
    return compile_expression(text, {name: _RECORDS[name] for name in names}, wanted=BOOL)
