"""A tree to closures: every part checked and made once, constants worked out on the way."""

from __future__ import annotations

from collections.abc import Sequence
from types import MappingProxyType
from typing import Any

from hub.expressions.arithmetic import negated
from hub.expressions.calls import called, folded, is_standard
from hub.expressions.comparing import binary
from hub.expressions.errors import OperandError
from hub.expressions.macros import looped, variable_scope
from hub.expressions.narrowing import path_of, proven
from hub.expressions.parts import FAULTS, Part, Run, Scope, Workshop, all_reads, constant
from hub.expressions.reading import constant_key, indexed, named, optional, selected, suggestion
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
from hub.expressions.types import (
    BOOL,
    DECIMAL,
    DURATION,
    DYN,
    INT,
    NULL,
    TEXT,
    ListOf,
    MapOf,
    Type,
    joined,
    without_null,
)
from hub.expressions.values import kind_of

_NEGATED = frozenset({INT, DECIMAL, DURATION})


class Compiler:
    """Makes the parts of one expression."""

    def __init__(self, shop: Workshop) -> None:
        self._shop = shop

    def part(self, node: Node, scope: Scope) -> Part:
        """The part of ``node``. Raises ExpressionError."""
        match node:
            case Literal(value=value, type=type_):
                return Part(node, constant(value), type_, is_constant=True)
            case Name():
                return self._name(node, scope)
            case Select() | Index():
                return self._read(node, scope)
            case Has(field=field):
                return self._has(node, field, scope)
            case Call():
                return self._call(node, scope)
            case Macro():
                items = self.part(node.items, scope)
                body = self.part(node.body, variable_scope(self._shop, node, items, scope))
                return looped(self._shop, node, items, body)
        return self._operation(node, scope)

    def _operation(self, node: Node, scope: Scope) -> Part:
        match node:
            case Unary(operand=operand):
                below = [self.part(operand, scope)]
                made = self._unary(node, below[0])
            case Binary(left=left, right=right):
                below = [self.part(left, scope), self.part(right, scope)]
                made = binary(self._shop, node, *below)
            case Logic():
                below = self._operands(node, scope)
                made = Part(node, _logic(node.operator, [one.run for one in below]), BOOL, all_reads(below))
            case Conditional():
                below = self._branches(node, scope)
                made = self._conditional(node, *below)
            case ListNode(items=items):
                below = [self.part(item, scope) for item in items]
                made = self._list(node, below)
            case MapNode():
                below = self._entries(node, scope)
                made = self._map(node, below)
            case _:
                raise TypeError(type(node).__name__)
        return self._folded(made, below)

    def _folded(self, made: Part, below: Sequence[Part]) -> Part:
        return folded(made, self._shop) if all(part.is_constant for part in below) else made

    def _name(self, node: Name, scope: Scope) -> Part:
        if node.name in scope.names:
            return named(self._shop, node, scope.names[node.name], not_null=(node.name,) in scope.not_null)
        raise self._shop.source.error(
            "expression.unknown-name",
            node.place.caret,
            f"There is nothing called {node.name} here.",
            suggestion(node.name, list(scope.names)),
        )

    def _read(self, node: Select | Index, scope: Scope) -> Part:
        owner = self.part(node.owner, scope)
        field = node.field if isinstance(node, Select) else constant_key(node, owner)
        if field is None:
            assert isinstance(node, Index)
            key = self.part(node.key, scope)
            return self._folded(indexed(self._shop, node, owner, key), [owner, key])
        not_null = path_of(node) in scope.not_null
        return self._folded(selected(self._shop, node, owner, field, not_null=not_null), [owner])

    def _has(self, node: Has, field: Node, scope: Scope) -> Part:
        part = self._optional(field, scope)
        run = part.run
        return self._folded(Part(node, lambda frame: run(frame) is not None, BOOL, part.reads), [part])

    def _optional(self, node: Node, scope: Scope) -> Part:
        """A field of a field as has() reads it."""
        if isinstance(node, Select):
            owner = self._optional(node.owner, scope)
            return self._folded(optional(self._shop, node, owner, node.field), [owner])
        if isinstance(node, Index):
            owner = self._optional(node.owner, scope)
            key = constant_key(node, owner)
            if key is None:
                message = "has looks at fields, and at keys that are written out."
                raise self._shop.type_error(node.place.caret, message)
            return self._folded(optional(self._shop, node, owner, key), [owner])
        return self.part(node, scope)

    def _call(self, node: Call, scope: Scope) -> Part:
        arguments = [self.part(argument, scope) for argument in node.arguments]
        made = called(self._shop, node, arguments)
        own = all(map(is_standard, self._shop.functions[node.function]))
        return self._folded(made, arguments) if own and arguments else made

    def _unary(self, node: Unary, operand: Part) -> Part:
        if node.operator == "!":
            run = self._shop.needed(operand, BOOL).run
            return Part(node, lambda frame: not run(frame), BOOL, operand.reads)
        if operand.type == NULL or without_null(operand.type) != operand.type:
            raise self._shop.null_error(operand)
        if operand.type not in {*_NEGATED, DYN}:
            raise self._shop.type_error(node.place.caret, f"- does not go before {operand.type}.")
        return Part(node, self._negation(node, operand), operand.type, operand.reads)

    def _negation(self, node: Unary, operand: Part) -> Run:
        run, shop, caret = operand.run, self._shop, node.place.caret

        def negate(frame: Any) -> Any:
            value = run(frame)
            try:
                if kind_of(value) in _NEGATED:
                    return negated(value)
            except FAULTS as fault:
                raise shop.failed(caret, fault) from None
            raise shop.failed(caret, OperandError("- goes before numbers and durations.", value))

        return negate

    def _operands(self, node: Logic, scope: Scope) -> list[Part]:
        """Each operand, where what stands before it has decided nothing."""
        made: list[Part] = []
        for operand in node.operands:
            made.append(self._shop.needed(self.part(operand, scope), BOOL))
            when_true, when_false = proven(operand)
            scope = scope.knowing(when_true if node.operator == "&&" else when_false)
        return made

    def _branches(self, node: Conditional, scope: Scope) -> list[Part]:
        when_true, when_false = proven(node.condition)
        return [
            self._shop.needed(self.part(node.condition, scope), BOOL),
            self.part(node.yes, scope.knowing(when_true)),
            self.part(node.no, scope.knowing(when_false)),
        ]

    def _conditional(self, node: Conditional, condition: Part, yes: Part, no: Part) -> Part:
        type_ = joined(yes.type, no.type)
        if type_ is None:
            message = f"The branches differ: one is {yes.type}, the other {no.type}."
            raise self._shop.type_error(node.place.caret, message, "Convert one of them, for example with text(...).")
        test, first, second = condition.run, yes.run, no.run
        return Part(
            node,
            lambda frame: first(frame) if test(frame) else second(frame),
            type_,
            all_reads((condition, yes, no)),
        )

    def _list(self, node: ListNode, items: Sequence[Part]) -> Part:
        type_ = self._common([(item, item.type) for item in items], "The items of a list")
        runs = [item.run for item in items]
        return Part(node, lambda frame: tuple(run(frame) for run in runs), ListOf(type_), all_reads(items))

    def _common(self, parts: Sequence[tuple[Part, Type]], what: str) -> Type:
        if not parts:
            return DYN
        found: Type | None = parts[0][1]
        for part, type_ in parts[1:]:
            before, found = found, found and joined(found, type_)
            if found is None:
                raise self._shop.type_error(part.caret, f"{what} differ: {before} and {type_}.")
        return found or DYN

    def _entries(self, node: MapNode, scope: Scope) -> list[Part]:
        parts: list[Part] = []
        keys: set[object] = set()
        for key, value in node.entries:
            if not isinstance(key, Literal) or key.type != TEXT:
                raise self._shop.type_error(key.place.caret, "The keys of a map are texts, written out.")
            if key.value in keys:
                raise self._shop.type_error(key.place.caret, f"The key {key.value!r} is there twice.")
            keys.add(key.value)
            parts += [self.part(key, scope), self.part(value, scope)]
        return parts

    def _map(self, node: MapNode, parts: Sequence[Part]) -> Part:
        keys, values = [part.run({}) for part in parts[::2]], parts[1::2]
        type_ = self._common([(value, value.type) for value in values], "The values of a map")
        runs = list(zip(keys, (value.run for value in values), strict=True))
        return Part(
            node,
            lambda frame: MappingProxyType({key: run(frame) for key, run in runs}),
            MapOf(type_),
            all_reads(values),
        )


def _logic(operator: str, runs: Sequence[Run]) -> Run:
    """Left to right, and no further than is needed. Few operands are common, and quicker without a loop."""
    decides = operator == "||"
    match runs:
        case [a, b]:
            return (lambda frame: a(frame) or b(frame)) if decides else (lambda frame: a(frame) and b(frame))
        case [a, b, c] if not decides:
            return lambda frame: a(frame) and b(frame) and c(frame)
        case [a, b, c, d] if not decides:
            return lambda frame: a(frame) and b(frame) and c(frame) and d(frame)

    def work_out(frame: Any) -> Any:
        for run in runs:
            if run(frame) is decides:
                return decides
        return not decides

    return work_out
