"""The tree of a parsed expression: plain frozen data, equal where it means the same text, wherever that stood."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from hub.expressions.types import Type


class Place(NamedTuple):
    """Where a node stands: ``start`` and ``end`` in the source, ``caret`` where an error points, ``depth`` below it."""

    start: int = 0
    end: int = 0
    caret: int = 0
    depth: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class _Placed:
    place: Place = field(default=Place(), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Literal(_Placed):
    """A value as written. ``type`` keeps 1, 1.0 and true apart."""

    value: object
    type: Type


@dataclass(frozen=True, slots=True)
class Name(_Placed):
    """A declared name or the variable of a macro."""

    name: str


@dataclass(frozen=True, slots=True)
class Select(_Placed):
    """``owner.field``."""

    owner: Node
    field: str


@dataclass(frozen=True, slots=True)
class Index(_Placed):
    """``owner[key]``."""

    owner: Node
    key: Node


@dataclass(frozen=True, slots=True)
class Call(_Placed):
    """``function(arguments)``; as a method, ``arguments[0].function(the rest)``."""

    function: str
    arguments: tuple[Node, ...]
    is_method: bool = False


@dataclass(frozen=True, slots=True)
class Unary(_Placed):
    """``!operand`` or ``-operand``."""

    operator: str
    operand: Node


@dataclass(frozen=True, slots=True)
class Binary(_Placed):
    """``left operator right``: arithmetic, comparisons and ``in``."""

    operator: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Logic(_Placed):
    """``a && b && c`` or the same with ``||``: at least two operands, held side by side."""

    operator: str
    operands: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Conditional(_Placed):
    """``condition ? yes : no``."""

    condition: Node
    yes: Node
    no: Node


@dataclass(frozen=True, slots=True)
class ListNode(_Placed):
    """``[a, b]``."""

    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class MapNode(_Placed):
    """``{'a': b}``."""

    entries: tuple[tuple[Node, Node], ...]


@dataclass(frozen=True, slots=True)
class Has(_Placed):
    """``has(a.b.c)``: whether the field is there and not null."""

    field: Node


@dataclass(frozen=True, slots=True)
class Macro(_Placed):
    """``items.kind(variable, body)``: all, exists, exists_one, filter or map."""

    kind: str
    items: Node
    variable: str
    body: Node


Node = Literal | Name | Select | Index | Call | Unary | Binary | Logic | Conditional | ListNode | MapNode | Has | Macro


def children(node: Node) -> tuple[Node, ...]:
    """The nodes right below ``node``, in the order they are written."""
    match node:
        case Select(owner=one) | Unary(operand=one) | Has(field=one):
            return (one,)
        case Index(owner=one, key=other) | Binary(left=one, right=other) | Macro(items=one, body=other):
            return (one, other)
        case Call(arguments=nodes) | Logic(operands=nodes) | ListNode(items=nodes):
            return nodes
        case Conditional(condition=condition, yes=yes, no=no):
            return (condition, yes, no)
        case MapNode(entries=entries):
            return tuple(part for entry in entries for part in entry)
    return ()


def walk(node: Node) -> Iterator[Node]:
    """``node`` and all below it, each before what is below it."""
    yield node
    for child in children(node):
        yield from walk(child)
