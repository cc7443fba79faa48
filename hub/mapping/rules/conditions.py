"""Conditions of rules, as expressions or as facts with their values: both become one text of the expression language.

    when: order.total != null && order.total > 50.0     when: {order.total: {above: 50}}

A key is an expression, mostly a fact's name; its value is what it must be, a list what it may be one of. Of a list of
words, such as tags, the value is one that is in it. Values that only a set-up can know (locations, channels, tags) are
looked up there.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from difflib import get_close_matches
from typing import Any, NamedTuple

from hub.errors import ConfigurationError
from hub.expressions import (
    BOOL,
    DATE,
    DECIMAL,
    INT,
    MOMENT,
    NULL,
    TEXT,
    Expression,
    ListOf,
    Node,
    Nullable,
    Type,
    compile_expression,
    unparse,
    walk,
)
from hub.expressions.declared import declared_records
from hub.expressions.errors import ExpressionError
from hub.expressions.narrowing import path_of
from hub.expressions.tree import Binary, Call, ListNode, Literal, Logic, Unary
from hub.mapping.faults import Faults
from hub.mapping.rules.places import FileText
from hub.mapping.yaml_nodes import Mark, YamlMap, mark_of
from hub.model.rule_facts import RECORDS

_TYPES = declared_records(RECORDS)
_SIGNS = {"above": ">", "at_least": ">=", "below": "<", "at_most": "<="}
_BOUNDS = ("not", *_SIGNS)

_CURES = {
    "expression.type": "Compare it with a value of its own type, as in order.units > 5.0.",
    "expression.pattern": "Correct the pattern, or compare the text itself.",
}

Known = Mapping[str, Collection[str]]
"""By fact: the words that it can have in this set-up."""


class Written(NamedTuple):
    """An entry of the file: its value, and the place of its key."""

    value: Any
    mark: Mark


class Conditions:
    """Reads the conditions of one file; what is wrong with them goes to ``faults``."""

    def __init__(self, file: FileText, known: Known, faults: Faults) -> None:
        self._file, self._known, self._faults = file, known, faults

    def text(self, written: Written, *names: str) -> str:
        """A condition over the records of these names, as one expression; ``true`` where it is at fault."""
        text = "true"
        with self._faults.collected():
            match written.value:
                case str():
                    text = self._expression(written, names)
                case Mapping():
                    text = self._entries(written, names)
                case None:
                    raise _fault("The condition is empty.", "Write one, or leave the key out.", written.mark)
                case listed:
                    ids = YamlMap()
                    ids.put("location.id", listed, written.mark)
                    text = self._entries(Written(ids, written.mark), names)
        return text

    def _entries(self, written: Written, names: Sequence[str]) -> str:
        if not written.value:
            raise _fault("The condition names no fact.", "Name one, or leave the key out.", written.mark)
        clauses: list[Node] = []
        for key in written.value:
            with self._faults.collected():
                clauses.append(self._clause(written, key, names))
        return unparse(_all(clauses)) if clauses else "true"

    def _clause(self, written: Written, key: str, names: Sequence[str]) -> Node:
        """One key and its value."""
        value, mark = written.value[key], mark_of(written.value, key) or written.mark
        asked = self._compiled(key, names, lambda offset: f"{mark.path}:{mark.line}:{mark.column + offset}")
        clause = _Clause(asked, Written(value, mark)).node()
        for path, literal in _named_values(clause):
            self._look_up(path, literal.value, str(_item_mark(value, literal.value) or mark))
        self._compiled(unparse(clause), names, lambda _: str(mark), wanted=BOOL)
        return clause

    def _expression(self, written: Written, names: Sequence[str]) -> str:
        text: str = written.value.strip()

        def place(offset: int) -> str:
            return self._file.place(written.mark, text, offset)

        compiled = self._compiled(text, names, place, wanted=BOOL)
        for path, literal in _named_values(compiled.tree):
            self._look_up(path, literal.value, place(literal.place.start))
        return text

    def _compiled(
        self, text: str, names: Sequence[str], place: Callable[[int], str], *, wanted: Type | None = None
    ) -> Expression:
        try:
            return compile_expression(text, {name: _TYPES[name] for name in names}, wanted=wanted)
        except ExpressionError as error:
            above = text.split("\n")[: error.line - 1]
            error.place = place(sum(len(line) + 1 for line in above) + error.column - 1)
            error.cure = error.cure or _CURES.get(error.code, "Correct it there, or just before.")
            raise

    def _look_up(self, path: str, value: object, place: str) -> None:
        known = self._known.get(path)
        if known is None or value in known or not isinstance(value, str):
            return
        near = get_close_matches(value, known, n=1)
        meant = f"Did you mean {near[0]}? " if near else ""
        cure = f"{meant}Known: {', '.join(sorted(known)) or 'none'}."
        words = f"{path} is never {value[:80]} in this set-up."
        self._faults.add(ConfigurationError(words, code="rule.unknown-value", cure=cure, place=place))


class _Clause:
    """What one key and its value say, as a tree."""

    def __init__(self, asked: Expression, written: Written) -> None:
        self._asked, self._written = asked, written
        self._may_be_null = isinstance(asked.type, Nullable)
        inner = asked.type.inner if isinstance(asked.type, Nullable) else asked.type
        self._listed = isinstance(inner, ListOf)
        self._type = inner.item if isinstance(inner, ListOf) else inner

    def node(self) -> Node:
        value = self._written.value
        if isinstance(value, Mapping):
            bounds = [self._bound(word, each) for word, each in value.items()]
            is_guarded = self._may_be_null and not _SIGNS.keys().isdisjoint(value)
            guard: list[Node] = [Binary("!=", self._asked.tree, Literal(None, NULL))] if is_guarded else []
            return _all([*guard, *bounds])
        return self._is(value, self._written.mark)

    def _bound(self, word: str, value: Any) -> Node:
        mark = mark_of(self._written.value, word) or self._written.mark
        if word == "not":
            return Unary("!", self._is(value, mark))
        if word not in _SIGNS or self._listed:
            bounds = _BOUNDS[:1] if self._listed else _BOUNDS
            near = get_close_matches(word, bounds, n=1)
            cure = f"{f'Did you mean {near[0]}? ' if near else ''}Known: {', '.join(bounds)}."
            raise _fault(f"{unparse(self._asked.tree)} has no bound {word[:40]}.", cure, mark)
        return Binary(_SIGNS[word], self._asked.tree, self._value(value, mark))

    def _is(self, value: Any, mark: Mark) -> Node:
        values = value if isinstance(value, list) else [value]
        if not values:
            raise _fault("The list is empty.", "Name a value, or leave the key out.", mark)
        nodes = [
            self._value(each, mark_of(value, number) or mark if isinstance(value, list) else mark)
            for number, each in enumerate(values)
        ]
        asked = self._asked.tree
        if self._listed:
            return _any([Binary("in", node, asked) for node in nodes])
        if isinstance(value, list):
            return Binary("in", asked, ListNode(tuple(nodes)))
        if self._type == BOOL:
            return asked if value is True else Unary("!", asked)
        return Binary("==", asked, nodes[0])

    def _value(self, value: Any, mark: Mark) -> Node:
        """A value as the literal of the type that is asked. ``mark.text`` is a number as it was written."""
        match self._type, value:
            case Type(name="bool"), bool():
                return Literal(value, BOOL)
            case Type(name="text"), str():
                return Literal(value, TEXT)
            case Type(name="int"), int() if not isinstance(value, bool):
                return Literal(value, INT)
            case Type(name="decimal"), int() | float() if not isinstance(value, bool):
                return Literal(Decimal(mark.text or str(value)), DECIMAL)
            case Type(name="date" | "moment"), str() if _is_day(value, self._type):
                return Call(self._type.name, (Literal(value, TEXT),))
            case _, None if self._may_be_null:
                return Literal(None, NULL)
        raise self._misfit(value, mark)

    def _misfit(self, value: Any, mark: Mark) -> ConfigurationError:
        asked = unparse(self._asked.tree)
        if self._type == TEXT and not isinstance(value, list | Mapping | None):
            return _fault(f"{asked} is text.", f'Quote it: "{mark.text or value}".', mark)
        wanted = {
            BOOL: "Write true or false.",
            INT: "Write a whole number.",
            DECIMAL: "Write a number.",
            DATE: "Write YYYY-MM-DD.",
            MOMENT: "Write a moment with its zone, such as 2026-11-23T09:30:00Z.",
        }
        cure = wanted.get(self._type, "Write it as an expression, such as order.lines.exists(line, line.hazmat).")
        return _fault(f"{asked} is of type {self._asked.type}.", cure, mark)


def _named_values(tree: Node) -> Iterator[tuple[str, Literal]]:
    """Facts that are compared with words, and each of the words."""
    for node in walk(tree):
        if isinstance(node, Binary) and node.operator in {"==", "!=", "in"}:
            for one, other in ((node.left, node.right), (node.right, node.left)):
                path = path_of(one)
                for literal in (other, *(other.items if isinstance(other, ListNode) else ())):
                    if path and isinstance(literal, Literal):
                        yield ".".join(path), literal


def _item_mark(value: Any, word: object) -> Mark | None:
    return mark_of(value, value.index(word)) if isinstance(value, list) and word in value else None


def _is_day(value: str, type_: Type) -> bool:
    try:
        read = datetime.fromisoformat(value)
    except ValueError:
        return False
    return len(value) == len("2026-11-23") if type_ == DATE else read.tzinfo is not None


def _all(nodes: Sequence[Node]) -> Node:
    flat: list[Node] = []
    for node in nodes:
        flat += node.operands if isinstance(node, Logic) and node.operator == "&&" else (node,)
    return flat[0] if len(flat) == 1 else Logic("&&", tuple(flat))


def _any(nodes: Sequence[Node]) -> Node:
    return nodes[0] if len(nodes) == 1 else Logic("||", tuple(nodes))


def _fault(words: str, cure: str, mark: Mark) -> ConfigurationError:
    return ConfigurationError(words, code="rule.invalid", cure=cure, place=str(mark))
