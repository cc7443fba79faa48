"""``== != < <= > >= in`` and arithmetic, each as the closure that fits the types on both sides."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from hub.expressions.arithmetic import operation, partners
from hub.expressions.errors import OperandError
from hub.expressions.parts import FAULTS, Part, Run, Workshop, all_reads
from hub.expressions.standard import few
from hub.expressions.tree import Binary
from hub.expressions.types import (
    BOOL,
    DATE,
    DECIMAL,
    DURATION,
    DYN,
    INT,
    MOMENT,
    NULL,
    NUMBERS,
    TEXT,
    ListOf,
    MapOf,
    Struct,
    Type,
    joined,
    without_null,
)
from hub.expressions.unparse import unparse
from hub.expressions.values import MOST_COMPARED, compared, kind_of

_ORDERINGS: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_ORDERED = frozenset({INT, DECIMAL, TEXT, DATE, MOMENT, DURATION})
_SCALARS = _ORDERED | {BOOL}
_ITEMS_PER_STEP = 8


def binary(shop: Workshop, node: Binary, left: Part, right: Part) -> Part:
    """The part of two operands and the operator between them. Raises ExpressionError: type, null."""
    sign = node.operator
    if sign in {"==", "!="}:
        type_, run = BOOL, _equality(shop, node, left, right)
    elif sign == "in":
        type_, run = BOOL, _membership(shop, node, left, right)
    elif sign in _ORDERINGS:
        type_, run = BOOL, _ordering(shop, node, left, right)
    else:
        type_, run = _arithmetic(shop, node, left, right)
    return Part(node, run, type_, all_reads((left, right)))


def _equality(shop: Workshop, node: Binary, left: Part, right: Part) -> Run:
    _must_be_comparable(shop, node, left.type, right.type)
    a, b = left.run, right.run
    kinds = {without_null(left.type), without_null(right.type)} - {NULL}
    if NULL in {left.type, right.type}:
        value = a if right.type == NULL else b
        return (
            (lambda frame: value(frame) is None) if node.operator == "==" else (lambda frame: value(frame) is not None)
        )
    if kinds <= _SCALARS:
        return _applied(operator.eq if node.operator == "==" else operator.ne, left, right)
    caret, metered = node.place.caret, shop.metered
    is_equality = node.operator == "=="

    def compare(frame: Any) -> bool:
        try:
            equal, parts = compared(a(frame), b(frame))
            if metered:
                shop.charge(frame, parts // _ITEMS_PER_STEP, caret)
            return equal is is_equality
        except FAULTS as fault:
            raise shop.failed(caret, fault) from None

    return compare


def _applied(apply: Callable[[Any, Any], bool], left: Part, right: Part) -> Run:
    """A comparison that cannot fail, because the types were checked; the constant side is taken once."""
    a, b = left.run, right.run
    if right.is_constant:
        constant = b({})
        return lambda frame: apply(a(frame), constant)
    return lambda frame: apply(a(frame), b(frame))


def _must_be_comparable(shop: Workshop, node: Binary, left: Type, right: Type) -> None:
    first, second = without_null(left), without_null(right)
    if NULL in {first, second}:
        return
    if joined(first, second) is None or (isinstance(first, Struct) and first == second):
        raise shop.type_error(
            node.place.caret,
            f"{node.operator} compares {first} with {second}: they are never equal.",
            _conversion(first, second),
        )


def _conversion(first: Type, second: Type) -> str:
    """How two scalars of different types are brought to one."""
    if TEXT in {first, second}:
        other = second if first == TEXT else first
        if other in {INT, DECIMAL, DATE, MOMENT, DURATION}:
            return f"Convert the text: {other}(...)."
    if {first, second} == {DATE, MOMENT}:
        return "Convert the moment: date(...)."
    return ""


def _ordering(shop: Workshop, node: Binary, left: Part, right: Part) -> Run:
    for part in (left, right):
        if without_null(part.type) != part.type or part.type == NULL:
            raise shop.null_error(part)
    known = {left.type, right.type} - {DYN}
    if not known <= _ORDERED or not (len(known) <= 1 or known <= NUMBERS):
        message = f"{node.operator} cannot compare {left.type} with {right.type}."
        raise shop.type_error(node.place.caret, message, _conversion(left.type, right.type))
    if DYN not in {left.type, right.type}:
        return _applied(_ORDERINGS[node.operator], left, right)
    a, b, apply, caret, sign = left.run, right.run, _ORDERINGS[node.operator], node.place.caret, node.operator

    def compare(frame: Any) -> bool:
        first, second = a(frame), b(frame)
        try:
            kinds = {kind_of(first), kind_of(second)}
            if kinds <= _ORDERED and (len(kinds) == 1 or kinds <= NUMBERS):
                return apply(first, second)
            raise _unfit(sign, first, second)
        except FAULTS as fault:
            raise shop.failed(caret, fault) from None

    return compare


def _unfit(sign: str, first: object, second: object) -> OperandError:
    return OperandError(f"{sign} does not go between {kind_of(first)} and {kind_of(second)}.")


def _membership(shop: Workshop, node: Binary, left: Part, right: Part) -> Run:
    if without_null(right.type) != right.type or right.type == NULL:
        raise shop.null_error(right)
    match right.type:
        case ListOf(item=item):
            _must_be_comparable(shop, node, left.type, item)
        case MapOf():
            _must_be_comparable(shop, node, left.type, TEXT)
        case _ if right.type != DYN:
            raise shop.type_error(
                node.place.caret,
                f"in looks into a list or a map, not into {right.type}.",
                "Of a text: text.contains(part)." if right.type == TEXT else "",
            )
    scalar = without_null(left.type) in _SCALARS
    if right.is_constant and scalar and isinstance(right.type, ListOf) and right.type.item in _SCALARS:
        among = frozenset(right.run({}))
        value = left.run
        return lambda frame: value(frame) in among
    return _looked_up(shop, node, left, right)


def _looked_up(shop: Workshop, node: Binary, left: Part, right: Part) -> Run:
    a, b, caret, metered = left.run, right.run, node.place.caret, shop.metered

    def contains(frame: Any) -> bool:
        value, items = a(frame), b(frame)
        if metered and hasattr(items, "__len__"):
            shop.charge(frame, len(items) // _ITEMS_PER_STEP, caret)
        try:
            if isinstance(items, Mapping):
                return value.__class__ is str and value in items
            if kind_of(items) != ListOf(DYN):
                raise OperandError("in looks into a list or a map.", items)
            return _among(value, few(items))
        except FAULTS as fault:
            raise shop.failed(caret, fault) from None

    return contains


def _among(value: object, items: Sequence[object]) -> bool:
    """Whether one of ``items`` is ``value``; of lists in lists, no more is compared than of two lists."""
    looked_at = 0
    for item in items:
        equal, parts = compared(value, item)
        looked_at += parts - 1
        if equal:
            return True
        if looked_at > MOST_COMPARED:
            raise OperandError(f"More than {MOST_COMPARED:,} parts are to be compared.", code="expression.budget")
    return False


def _arithmetic(shop: Workshop, node: Binary, left: Part, right: Part) -> tuple[Type, Run]:
    for part in (left, right):
        if without_null(part.type) != part.type or part.type == NULL:
            raise shop.null_error(part)
    sign, caret = node.operator, node.place.caret
    if DYN in {left.type, right.type}:
        known = right.type if left.type == DYN else left.type
        if known != DYN and not partners(sign, known):
            raise _no_operation(shop, node, left, right)
        return DYN, _arithmetic_of_any(shop, sign, left, right, caret)
    found = operation(sign, left.type, right.type)
    if found is None:
        raise _no_operation(shop, node, left, right)
    type_, apply = found
    a, b = left.run, right.run
    weighs = shop.metered and (type_ == TEXT or isinstance(type_, ListOf))

    def work_out(frame: Any) -> Any:
        try:
            return apply(a(frame), b(frame))
        except FAULTS as fault:
            raise shop.failed(caret, fault) from None

    return type_, weighed(shop, work_out, caret) if weighs else work_out


def weighed(shop: Workshop, run: Run, caret: int) -> Run:
    """``run``, whose result costs steps by its length."""

    def weigh(frame: Any) -> Any:
        value = run(frame)
        if hasattr(value, "__len__"):
            shop.charge(frame, len(value) // 64, caret)
        return value

    return weigh


def _arithmetic_of_any(shop: Workshop, sign: str, left: Part, right: Part, caret: int) -> Run:
    a, b = left.run, right.run

    def work_out(frame: Any) -> Any:
        first, second = a(frame), b(frame)
        try:
            found = operation(sign, kind_of(first), kind_of(second))
            if found is None:
                raise _unfit(sign, first, second)
            return found[1](first, second)
        except FAULTS as fault:
            raise shop.failed(caret, fault) from None

    return weighed(shop, work_out, caret) if shop.metered else work_out


def _no_operation(shop: Workshop, node: Binary, left: Part, right: Part) -> Exception:
    cure = _conversion(left.type, right.type)
    if node.operator == "+" and TEXT in {left.type, right.type}:
        other = right if left.type == TEXT else left
        cure = f"To put it into a text: text({unparse(other.node)})."
    message = f"{node.operator} does not go between {left.type} and {right.type}."
    return shop.type_error(node.place.caret, message, cure)
