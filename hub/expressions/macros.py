"""``all``, ``exists``, ``exists_one``, ``filter`` and ``map`` over lists, paid for by the step."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hub.expressions.parts import FAULTS, ITEM, Binding, Part, Run, Scope, Workshop, all_reads
from hub.expressions.standard import few
from hub.expressions.tree import Macro, walk
from hub.expressions.types import BOOL, DYN, ListOf, Nullable, Type
from hub.expressions.unparse import unparse

MOST_NESTED = 2
"""A macro may stand in the body of another, and no deeper: three loops over one order are nobody's rule."""


def variable_scope(shop: Workshop, node: Macro, items: Part, scope: Scope) -> Scope:
    """What the body sees. Raises ExpressionError: macro, type, null."""
    if scope.macros >= MOST_NESTED:
        raise shop.source.error(
            "expression.macro",
            node.place.caret,
            f"{node.kind} stands inside two others: macros nest one in another and no deeper.",
            "Filter the list first, or decide in two expressions.",
        )
    if node.variable in scope.names:
        raise shop.source.error(
            "expression.macro",
            node.place.caret,
            f"{node.variable} is the name of something else here.",
            "Give the variable another name.",
        )
    origin = (*items.origin, ITEM) if items.origin else None
    return scope.inside_macro(node.variable, Binding(_item_type(shop, items), origin))


def _item_type(shop: Workshop, items: Part) -> Type:
    match items.type:
        case ListOf(item=item):
            return item
        case Nullable() | Type(name="null"):
            raise shop.null_error(items)
    if items.type == DYN:
        return DYN
    raise shop.type_error(items.caret, f"{unparse(items.node)} is of type {items.type}, not a list.")


def looped(shop: Workshop, node: Macro, items: Part, body: Part) -> Part:
    """The part of a macro over ``items``."""
    if node.kind != "map":
        body = shop.needed(body, BOOL)
    given = _paid(shop, node, shop.needed(items, ListOf(DYN)).run)
    run = _LOOPS[node.kind](given, node.variable, body.run)
    return Part(node, run, _result(node.kind, items.type, body.type), all_reads((items, body)))


def _result(kind: str, items: Type, body: Type) -> Type:
    if kind == "map":
        return ListOf(body)
    return (items if isinstance(items, ListOf) else ListOf(DYN)) if kind == "filter" else BOOL


def _paid(shop: Workshop, node: Macro, items: Run) -> Run:
    """The list, once the steps of going through all of it are taken: what fails is the size, not where it stops."""
    each, caret = sum(1 for _ in walk(node.body)), node.place.caret

    def pay(frame: Any) -> Any:
        found = items(frame)
        try:
            shop.charge(frame, len(few(found)) * each, caret)
        except FAULTS as fault:
            raise shop.failed(caret, fault) from None
        return found

    return pay


def _all(items: Run, variable: str, body: Run) -> Run:
    def hold(frame: Any) -> bool:
        for item in items(frame):
            frame[variable] = item
            if not body(frame):
                return False
        return True

    return hold


def _exists(items: Run, variable: str, body: Run) -> Run:
    def exist(frame: Any) -> bool:
        for item in items(frame):
            frame[variable] = item
            if body(frame):
                return True
        return False

    return exist


def _exists_one(items: Run, variable: str, body: Run) -> Run:
    kept = _filter(items, variable, body)
    return lambda frame: len(kept(frame)) == 1


def _filter(items: Run, variable: str, body: Run) -> Run:
    def keep(frame: Any) -> list[object]:
        kept = []
        for item in items(frame):
            frame[variable] = item
            if body(frame):
                kept.append(item)
        return kept

    return keep


def _map(items: Run, variable: str, body: Run) -> Run:
    def make(frame: Any) -> list[object]:
        made = []
        for item in items(frame):
            frame[variable] = item
            made.append(body(frame))
        return made

    return make


_LOOPS: dict[str, Callable[[Run, str, Run], Run]] = {
    "all": _all,
    "exists": _exists,
    "exists_one": _exists_one,
    "filter": _filter,
    "map": _map,
}
