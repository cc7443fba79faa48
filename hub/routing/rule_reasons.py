"""Why the rules say what they say: the clause that decided, and the values that it saw."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any, NamedTuple

from hub.expressions import EvaluationError, Expression
from hub.model.identity import LocationId
from hub.model.rule import Rule
from hub.routing.facts import Facts
from hub.routing.location_tests import LocationTest, places
from hub.routing.rules import CompiledRule, RuleSet

_MOST_SHOWN = 12


class Seen(NamedTuple):
    """A fact that a clause asked for, as it was: ``location.kind`` and ``store``."""

    fact: str
    value: str

    def __str__(self) -> str:
        return f"{self.fact} = {self.value or 'nothing'}"


class Refusal(NamedTuple):
    """A rule that closes a location to an order. ``clause``: the text that decided; ``lines``: whom it concerns, by
    position, none where it is the whole order; ``failed``: the clause could not be worked out."""

    rule: str
    clause: str
    seen: tuple[Seen, ...]
    lines: tuple[int, ...] = ()
    place: str = ""
    failed: str = ""

    def __str__(self) -> str:
        return f"{self.rule}: {self.failed or ', '.join(map(str, self.seen)) or self.clause}"


class Ruling(NamedTuple):
    """One rule and one order. Where it does not apply, ``clause`` and ``seen`` say why; ``closed``: where it may not
    ship, for at least one line."""

    rule: str
    applies: bool
    clause: str = ""
    seen: tuple[Seen, ...] = ()
    closed: tuple[LocationId, ...] = ()
    place: str = ""
    failed: str = ""


def reasons(rules: RuleSet, order: Facts) -> dict[LocationId, tuple[Refusal, ...]]:
    """By location, every rule that keeps it from shipping some line of an order; none where it may ship all."""
    found: list[list[Refusal]] = [[] for _ in rules.locations]
    for rule in rules.rules:
        for place, refusal in _refusals(rules, rule, order):
            found[place].append(refusal)
    return {location: tuple(found[place]) for place, location in enumerate(rules.locations)}


def rulings(rules: RuleSet, order: Facts) -> tuple[Ruling, ...]:
    """What each rule, built-in ones too, says of an order."""
    return tuple(_ruling(rules, rule, order) for rule in rules.rules)


def _ruling(rules: RuleSet, rule: CompiledRule, order: Facts) -> Ruling:
    name, place = rule.rule.name, rule.rule.place
    try:
        if not rule.applies(order):
            clause, seen = _first_false(rule.when_clauses, {"order": order})
            return Ruling(name, False, clause, seen, place=place)
    except EvaluationError as error:
        return Ruling(name, False, rule.rule.when, place=place, failed=error.reason)
    closed = sum({1 << at for at, _ in _refusals(rules, rule, order)})
    seen = _seen(rule.when_clauses, {"order": order})
    return Ruling(name, True, rule.rule.when, seen, tuple(rules.locations[at] for at in places(closed)), place)


def _refusals(rules: RuleSet, compiled: CompiledRule, order: Facts) -> Iterator[tuple[int, Refusal]]:
    """The locations that a rule closes, by their bits, each with the part of the rule that does."""
    rule = compiled.rule
    try:
        if not compiled.tests or not compiled.applies(order):
            return
        concerned = compiled.concerns(order)
        lines = tuple(line for line, yes in enumerate(concerned) if yes) if rule.lines else ()
        for test, closes in compiled.tests:
            if closes is not None and not any(concerned):
                continue
            holds, failed = test.found(order)
            for place in places(failed):
                said = _failure(test, {"order": order, "location": rules.facts[place]})
                yield place, Refusal(rule.name, test.text, (), () if closes is None else lines, rule.place, said)
            closed = 0 if closes is None else holds if closes else rules.every & ~holds & ~failed
            yield from test.reasons(order, lines, closed, partial(_refusal, rule))
    except EvaluationError:
        # The order is held by this rule, which closes nothing.
        return


def _refusal(rule: Rule, test: LocationTest, lines: tuple[int, ...], frame: Mapping[str, Any]) -> Refusal:
    """By the first clause that is false, or by all of them."""
    for clause in test.clauses:
        if not clause.evaluate(frame):
            return Refusal(rule.name, clause.text, _seen([clause], frame), lines, rule.place)
    return Refusal(rule.name, test.text, _seen(test.clauses, frame), lines, rule.place)


def _first_false(clauses: Sequence[Expression], frame: Mapping[str, Any]) -> tuple[str, tuple[Seen, ...]]:
    for clause in clauses:
        if not clause.evaluate(frame):
            return clause.text, _seen([clause], frame)
    raise AssertionError("every clause holds")


def _failure(test: LocationTest, frame: Mapping[str, Any]) -> str:
    for clause in test.clauses:
        try:
            clause.evaluate(frame)
        except EvaluationError as error:
            return error.reason
    return ""


def _seen(clauses: Iterable[Expression], frame: Mapping[str, Any]) -> tuple[Seen, ...]:
    """The facts that were asked for, each as deep as any clause went."""
    paths = {path for clause in clauses for path in clause.reads}
    deepest = sorted(path for path in paths if not any(path == other[: len(path)] for other in paths - {path}))
    return tuple(Seen(".".join(path), _shown(_value(frame, path))) for path in deepest)


def _value(frame: Any, path: Sequence[str]) -> Any:
    """What stands at a path; ``*`` is every item of a list."""
    if not path:
        return frame
    step, *rest = path
    if step == "*":
        return tuple(_value(item, rest) for item in frame)
    return _value(frame[step], rest)


def _shown(value: Any) -> str:
    match value:
        case None | bool():
            return {None: "null", True: "true", False: "false"}[value]
        case Decimal():
            return format(value, "f")
        case date():
            return value.isoformat()
        case list() | tuple():
            shown = [_shown(item) for item in value[:_MOST_SHOWN]]
            return f"[{', '.join([*shown, '...'] if len(value) > _MOST_SHOWN else shown)}]"
        case dict():
            return "{...}"
    return str(value)
