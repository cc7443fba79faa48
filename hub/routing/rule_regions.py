"""Which facts a condition is true of, as far as its text shows: what the linter of rules reasons with.

A region is a union of cells; a cell says of some facts in which values they lie, and of some questions whether they are
true. A question is what stands for anything that is not understood, by its text: two conditions that ask the same ask
one question. So a region that is empty is empty indeed. That a region is not empty is sure only of a cell without
questions whose facts do not depend on each other (``Cell.is_sure``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from math import ceil, floor
from typing import Any, NamedTuple

from hub.errors import HubError
from hub.expressions import BOOL, NULL, TEXT, EvaluationError, Node, compile_expression, parse, unparse, walk
from hub.expressions.narrowing import path_of
from hub.expressions.tree import Binary, Conditional, Has, ListNode, Literal, Logic, Name, Unary
from hub.model.rule_facts import RECORDS
from hub.routing.rule_schema import compile_condition

MOST_CELLS = 2_000
"""Regions with more cells are not reasoned about."""

_TYPES = {f"{record}.{fact.name}": fact.type for record, facts in RECORDS.items() for fact in facts}
_ORDERED = frozenset({"int", "decimal", "date", "moment"})
_TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}
_NO_CONSTANT = object()
_DAY = timedelta(days=1)

_DEPENDENT = (
    frozenset({"order.weight_kg", "order.weight_lb", "line.weight_kg", "line.weight_lb"}),
    frozenset({"order.total", "order.currency", "order.units", "line.quantity", "line.unit_price"}),
    frozenset({"order.id", "order.channel"}),
    frozenset({"line.sku", "line.category"}),
    frozenset({"line.sku", "line.hazmat"}),
    frozenset({"line.sku", "line.tags"}),
)
"""Facts that follow from each other: not every pair of their values can be."""

Cut = tuple[int, Any, int]
"""A place between values: before (0) or after (1) one, or before and after all."""

_FIRST: Cut = (-1, 0, 0)
_LAST: Cut = (1, 0, 0)


class TooComplexError(Exception):
    """A region would have more than MOST_CELLS cells."""


class Values(NamedTuple):
    """A set of values of one fact: ``spans`` of ordered ones between cuts, or ``words``, all others where
    ``are_left_out``. Null is a word."""

    spans: tuple[tuple[Cut, Cut], ...]
    words: frozenset[Any]
    are_left_out: bool

    @property
    def is_empty(self) -> bool:
        return not self.spans and not self.words and not self.are_left_out

    def meet(self, other: Values) -> Values:
        """What is in both."""
        spans = [
            (max(low, start), min(high, end))
            for low, high in self.spans
            for start, end in other.spans
            if max(low, start) < min(high, end)
        ]
        match self.are_left_out, other.are_left_out:
            case True, True:
                words = self.words | other.words
            case True, False:
                words = other.words - self.words
            case False, True:
                words = self.words - other.words
            case _:
                words = self.words & other.words
        return Values(tuple(spans), words, self.are_left_out and other.are_left_out)

    def complement(self, *, is_ordered: bool) -> Values:
        """All that is not in it: of an ordered fact other values and null, else other words."""
        if not is_ordered:
            return Values((), self.words, not self.are_left_out)
        cuts = [_FIRST, *(cut for span in self.spans for cut in span), _LAST]
        gaps = tuple((low, high) for low, high in zip(cuts[::2], cuts[1::2], strict=True) if low < high)
        return Values(gaps, frozenset({None}) - self.words, are_left_out=False)

    def one(self) -> Any:
        """One of them; of words that are left out, another."""
        if self.spans:
            return _within(*self.spans[0])
        if self.are_left_out:
            return False if self.words == {True} else "other" if "other" not in self.words else "another"
        return min(self.words, key=str)

    def __str__(self) -> str:
        shown = [_span(low, high) for low, high in self.spans]
        words = ", ".join(sorted("null" if word is None else str(word) or "nothing" for word in self.words))
        if self.are_left_out:
            return f"anything but {words}" if words else "anything"
        return " or ".join([*shown, *([words] if words else [])])


class Question(NamedTuple):
    """Something that is true or not, by its ``text``. ``fact``: the list of words that is asked for a ``word``; empty
    where it is not understood."""

    text: str
    fact: str = ""
    word: str = ""


class Cell(NamedTuple):
    """Facts and the values that they lie in, questions and their answers."""

    facts: Mapping[str, Values]
    answers: Mapping[Question, bool]

    @property
    def is_sure(self) -> bool:
        """Whether there can be an order and a line of which all of it is true."""
        used = self.facts.keys() | {question.fact for question in self.answers}
        return "" not in used and all(len(used & group) < 2 for group in _DEPENDENT)

    def meet(self, other: Cell) -> Cell | None:
        """Where both are true; None where that is nowhere."""
        facts = dict(self.facts)
        for name, values in other.facts.items():
            facts[name] = facts[name].meet(values) if name in facts else values
            if facts[name].is_empty:
                return None
        if any(self.answers.get(question, answer) is not answer for question, answer in other.answers.items()):
            return None
        return Cell(facts, {**self.answers, **other.answers})

    def example(self) -> dict[str, dict[str, Any]]:
        """Facts of an order and a line of which a sure cell is true."""
        found: dict[str, dict[str, Any]] = {"order": {}, "line": {}}
        for name, values in self.facts.items():
            record, _, fact = name.partition(".")
            found[record][fact] = values.one()
        for question, answer in self.answers.items():
            record, _, fact = question.fact.partition(".")
            listed = found[record].setdefault(fact, ())
            found[record][fact] = (*listed, question.word) if answer else listed
        return found

    def __str__(self) -> str:
        facts = [f"{name} is {values}" for name, values in sorted(self.facts.items())]
        answers = [f"{'' if answer else 'not '}{question.text}" for question, answer in sorted(self.answers.items())]
        return ", ".join([*facts, *answers]) or "anything"


Region = tuple[Cell, ...]

EVERYTHING: Region = (Cell({}, {}),)
NOTHING: Region = ()


def meet(*regions: Region) -> Region:
    """Where all are true. Raises TooComplexError."""
    found = EVERYTHING
    for region in regions:
        found = _distinct(cell for one in found for other in region if (cell := one.meet(other)) is not None)
    return found


def join(regions: Iterable[Region]) -> Region:
    """Where one of them is true. Raises TooComplexError."""
    return _distinct(cell for region in regions for cell in region)


def _distinct(cells: Iterable[Cell]) -> Region:
    found: list[Cell] = []
    for cell in cells:
        if cell not in found:
            found.append(cell)
        if len(found) > MOST_CELLS:
            raise TooComplexError
    return tuple(found)


class Reader:
    """Reads conditions as regions of orders and lines; of one ``location``, whose facts are known. ``domains``: the
    values that facts can have at all."""

    def __init__(self, domains: Mapping[str, Values], location: Mapping[str, Any] | None = None) -> None:
        self._domains = {**_DOMAINS, **domains}
        self._location = location

    def region(self, text: str, *, holds: bool = True) -> Region:
        """Where a condition is true; where it is false, unless it ``holds``. Raises TooComplexError."""
        return self._region(parse(text), holds)

    def _region(self, node: Node, holds: bool) -> Region:
        match node:
            case Literal(value=bool(value)):
                return EVERYTHING if value is holds else NOTHING
            case Unary(operator="!", operand=operand):
                return self._region(operand, not holds)
            case Logic(operator=operator, operands=operands):
                regions = [self._region(operand, holds) for operand in operands]
                return meet(*regions) if (operator == "&&") is holds else join(regions)
            case Conditional(condition=condition, yes=yes, no=no):
                first = meet(self._region(condition, True), self._region(yes, holds))
                return join([first, meet(self._region(condition, False), self._region(no, holds))])
        return self._atom(node, holds)

    def _atom(self, node: Node, holds: bool) -> Region:
        names = {each.name for each in walk(node) if isinstance(each, Name)}
        if self._location is not None and names <= {"location"}:
            return self._of_location(node, holds)
        found = self._understood(node) if names else _constant(node)
        if isinstance(found, bool):
            return EVERYTHING if found is holds else NOTHING
        if found is None:
            where = f" at {self._location['id']}" if self._location is not None and "location" in names else ""
            return _answered(Question(f"{unparse(node)}{where}"), holds)
        if isinstance(found, Question):
            return _answered(found, holds)
        name, values = found
        values = values if holds else values.complement(is_ordered=_is_ordered(name))
        values = values.meet(self._domains.get(name, values))
        return NOTHING if values.is_empty else (Cell({name: values}, {}),)

    def _of_location(self, node: Node, holds: bool) -> Region:
        assert self._location is not None
        try:
            value = compile_condition(unparse(node), "location").evaluate({"location": self._location})
        except EvaluationError:
            return _answered(Question(f"{unparse(node)} at {self._location['id']}"), holds)
        return EVERYTHING if value is holds else NOTHING

    def _understood(self, node: Node) -> tuple[str, Values] | Question | None:
        """A fact and the values of which the node is true, or a list that is asked for a word."""
        match node:
            case Has(field=field):
                found = _compared("==", field, Literal(None, NULL))
                return found and (found[0], found[1].complement(is_ordered=_is_ordered(found[0])))
            case Binary(operator="in", left=left, right=right):
                return _in(self._known(left), self._known(right))
            case Binary(operator=operator, left=left, right=right):
                left, right = self._known(left), self._known(right)
                found = _compared(operator, left, right)
                return _compared(_TURNED.get(operator, ""), right, left) if found is None else found
        return _compared("==", node, Literal(True, BOOL))

    def _known(self, node: Node) -> Node:
        """A fact of the location as its value."""
        path = path_of(node)
        if self._location is None or path is None or path[0] != "location" or len(path) != 2:
            return node
        value = self._location[path[1]]
        if isinstance(value, tuple):
            return ListNode(tuple(Literal(each, TEXT) for each in value))
        return Literal(value, TEXT)


def _in(left: Node, right: Node) -> tuple[str, Values] | Question | None:
    name = _fact_of(right)
    if isinstance(left, Literal) and _TYPES.get(name) == "list of text":
        return has_word(name, str(left.value))
    name = _fact_of(left)
    if not isinstance(right, ListNode) or name not in _TYPES:
        return None
    every = Values((), frozenset(), are_left_out=False)
    for item in right.items:
        found = _compared("==", left, item)
        if found is None or found[1].are_left_out:
            return None
        spans = sorted({*every.spans, *found[1].spans})
        every = Values(tuple(spans), every.words | found[1].words, are_left_out=False)
    return name, every


def _compared(operator: str, left: Node, right: Node) -> tuple[str, Values] | None:
    """A fact beside a constant; None where they are something else."""
    name = _fact_of(left)
    value = _constant(right) if name in _TYPES else _NO_CONSTANT
    if value is _NO_CONSTANT or operator not in _TURNED:
        return None
    if operator == "!=":
        found = _compared("==", left, right)
        return found and (name, found[1].complement(is_ordered=_is_ordered(name)))
    type_ = _TYPES[name].removesuffix(" or null")
    if operator == "==" and (value is None or type_ == "text"):
        return name, words(value)
    if type_ == "bool":
        # False is all that is not true, so that there is nothing between the two.
        return name, Values((), frozenset({True}), are_left_out=value is False)
    if type_ not in _ORDERED or not isinstance(value, int | Decimal | date):
        return None
    return name, Values(_spans(operator, value, is_int=type_ == "int"), frozenset(), are_left_out=False)


def _fact_of(node: Node) -> str:
    path = path_of(node)
    return ".".join(path) if path else ""


def _constant(node: Node) -> Any:
    if any(isinstance(each, Name) for each in walk(node)):
        return _NO_CONSTANT
    try:
        return compile_expression(unparse(node), {}).evaluate({})
    except HubError:
        return _NO_CONSTANT


def _spans(operator: str, value: Any, *, is_int: bool) -> tuple[tuple[Cut, Cut], ...]:
    """The values on one side of a constant. Whole numbers and days are cut before them only: nothing lies between two
    of them."""
    before: Cut = (0, ceil(value) if is_int else value, 0)
    after: Cut = (0, floor(value) + 1, 0) if is_int else (0, value, 1)
    if isinstance(value, date) and not isinstance(value, datetime):
        after = (0, value + _DAY, 0) if value < date.max else _LAST
    low = before if operator in {">=", "=="} else after if operator == ">" else _FIRST
    high = after if operator in {"<=", "=="} else before if operator == "<" else _LAST
    return ((low, high),) if low < high else ()


def _within(low: Cut, high: Cut) -> Any:
    """A value of a span that has an end at least."""
    if low[0] == 0 and low[2] == 0:
        return low[1]
    if high[0] == 0 and (high[2] == 1 or low[0] == 0):
        return high[1] if high[2] == 1 else low[1] + (high[1] - low[1]) / 2
    bound, way = (low[1], 1) if low[0] == 0 else (high[1], -1)
    return bound + way * (_DAY if isinstance(bound, date) else 1)


def _span(low: Cut, high: Cut) -> str:
    if low[0] == high[0] == 0 and low[1] == high[1]:
        return str(low[1])
    parts = [f"{'above' if low[2] else 'at least'} {low[1]}"] if low[0] == 0 else []
    parts += [f"{'at most' if high[2] else 'below'} {high[1]}"] if high[0] == 0 else []
    return " and ".join(parts) or "any"


def _answered(question: Question, holds: bool) -> Region:
    return (Cell({}, {question: holds}),)


def _is_ordered(name: str) -> bool:
    return _TYPES[name].removesuffix(" or null") in _ORDERED


def has_word(name: str, word: str) -> Question:
    """Whether a list of words has one."""
    return Question(f"{name} has {word}", name, word)


def words(*given: Any) -> Values:
    """Only these words."""
    return Values((), frozenset(given), are_left_out=False)


def _at_least(operator: str, or_null: frozenset[Any] = frozenset(), *, is_int: bool = False) -> Values:
    return Values(_spans(operator, 0, is_int=is_int), or_null, are_left_out=False)


_OR_NULL = frozenset({None})
_DOMAINS = {
    "order.total": _at_least(">=", _OR_NULL),
    "order.units": _at_least(">"),
    "order.weight_kg": _at_least(">=", _OR_NULL),
    "order.weight_lb": _at_least(">=", _OR_NULL),
    "order.attempts": _at_least(">=", is_int=True),
    "line.quantity": _at_least(">"),
    "line.unit_price": _at_least(">=", _OR_NULL),
    "line.weight_kg": _at_least(">=", _OR_NULL),
    "line.weight_lb": _at_least(">=", _OR_NULL),
}
