"""A small typed expression language, a subset of CEL (ADR 0027): checked when it is compiled, bounded when it runs.

    >>> expression = compile_expression("total > 50.0 && state in ['CA', 'NY']", {"total": DECIMAL, "state": TEXT})
    >>> expression.evaluate({"total": Decimal("70"), "state": "NY"})
    True

Grammar, types and functions: docs/reference/expressions.md.
"""

from hub.expressions.errors import EvaluationError, ExpressionError, Spot
from hub.expressions.expression import Expression, compile_expression, conjuncts
from hub.expressions.functions import Function
from hub.expressions.limits import LIMITS, Limits
from hub.expressions.parser import parse
from hub.expressions.template import Template, compile_template
from hub.expressions.tree import Node, children, walk
from hub.expressions.types import (
    BOOL,
    DATE,
    DECIMAL,
    DURATION,
    DYN,
    INT,
    MOMENT,
    NULL,
    TEXT,
    ListOf,
    MapOf,
    Nullable,
    Struct,
    Type,
)
from hub.expressions.unparse import unparse

__all__ = [
    "BOOL",
    "DATE",
    "DECIMAL",
    "DURATION",
    "DYN",
    "INT",
    "LIMITS",
    "MOMENT",
    "NULL",
    "TEXT",
    "EvaluationError",
    "Expression",
    "ExpressionError",
    "Function",
    "Limits",
    "ListOf",
    "MapOf",
    "Node",
    "Nullable",
    "Spot",
    "Struct",
    "Template",
    "Type",
    "children",
    "compile_expression",
    "compile_template",
    "conjuncts",
    "parse",
    "unparse",
    "walk",
]
