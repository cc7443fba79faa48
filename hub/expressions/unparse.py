"""A tree to text: what it gives parses to an equal tree."""

from __future__ import annotations

from decimal import Decimal

from hub.expressions.parser import PRECEDENCE
from hub.expressions.tree import (
    Binary,
    Call,
    Conditional,
    Has,
    Index,
    ListNode,
    Literal,
    Logic,
    Macro,
    MapNode,
    Name,
    Node,
    Select,
    Unary,
)

_CONDITIONAL, _OR, _AND, _UNARY, _MEMBER = -2, -1, 0, 4, 5
# Beyond what one line may hold, quotes and backslashes: all that an escape is needed for.
_ESCAPES = {"\\": "\\\\", "'": "\\'", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def unparse(node: Node) -> str:
    """``node`` in the usual spacing, with the parentheses it needs and no others."""
    match node:
        case Literal(value=value):
            return literal(value)
        case Name(name=name):
            return name
        case Select(owner=owner, field=field):
            return f"{_owner(owner)}.{field}"
        case Index(owner=owner, key=key):
            return f"{_owner(owner)}[{unparse(key)}]"
        case ListNode(items=items):
            return f"[{_listed(items)}]"
        case MapNode(entries=entries):
            return "{" + ", ".join(f"{unparse(key)}: {unparse(value)}" for key, value in entries) + "}"
        case Call() | Has() | Macro():
            return _called(node)
    return _operation(node)


def _called(node: Call | Has | Macro) -> str:
    match node:
        case Call(function=function, arguments=(owner, *rest), is_method=True):
            return f"{_owner(owner)}.{function}({_listed(rest)})"
        case Call(function=function, arguments=arguments):
            return f"{function}({_listed(arguments)})"
        case Has(field=field):
            return f"has({unparse(field)})"
        case Macro(kind=kind, items=items, variable=variable, body=body):
            return f"{_owner(items)}.{kind}({variable}, {unparse(body)})"


def literal(value: object) -> str:
    """A value as the language writes it."""
    match value:
        case None | bool():
            return {None: "null", True: "true", False: "false"}[value]
        case str():
            return "'" + "".join(_ESCAPES.get(letter, letter) for letter in value) + "'"
        case Decimal():
            plain = format(value, "f")
            return plain if "." in plain else f"{plain}.0"
    return str(value)


def _operation(node: Node) -> str:
    match node:
        case Unary(operator=operator, operand=operand):
            bare = _within(operand, _UNARY)
            # A minus right before a number is part of it.
            return f"-({bare})" if operator == "-" and bare.lstrip("-")[:1].isdigit() else f"{operator}{bare}"
        case Binary(operator=operator, left=left, right=right):
            level = PRECEDENCE[operator]
            return f"{_within(left, level)} {operator} {_within(right, level + 1)}"
        case Logic(operator=operator, operands=operands):
            level = _level(node) + 1
            return f" {operator} ".join(_within(operand, level) for operand in operands)
        case Conditional(condition=condition, yes=yes, no=no):
            return f"{_within(condition, _OR)} ? {_within(yes, _OR)} : {unparse(no)}"
    return unparse(node)


def _within(node: Node, level: int) -> str:
    """``node`` where only what binds at least as tight as ``level`` may stand without parentheses."""
    return f"({unparse(node)})" if _level(node) < level else unparse(node)


def _owner(node: Node) -> str:
    return _within(node, _MEMBER)


def _level(node: Node) -> int:
    match node:
        case Conditional():
            return _CONDITIONAL
        case Logic(operator=operator):
            return _OR if operator == "||" else _AND
        case Binary(operator=operator):
            return PRECEDENCE[operator]
        case Unary():
            return _UNARY
    return _MEMBER


def _listed(nodes: tuple[Node, ...] | list[Node]) -> str:
    return ", ".join(map(unparse, nodes))
