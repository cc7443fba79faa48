"""Rules compiled, and what they say of an order: which locations may ship which line, at what price, or that it waits.

    may ship = the locations where every ``only`` holds and no ``never`` does, of the rules whose ``when`` holds

Worked: ``never: location.kind == 'store'`` with ``lines: line.hazmat``, over a warehouse (bit 0) and a store (bit 1):
an order of paint and a brush is open at 0b01 for its first line and at 0b11 for its second.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import reduce
from operator import and_
from typing import Any, NamedTuple

from hub.expressions import EvaluationError, Expression, conjuncts
from hub.model.identity import LocationId
from hub.model.prices import Goal
from hub.model.rule import BUILT_IN, Rule, RuleBook
from hub.routing.facts import Facts
from hub.routing.freight import mills
from hub.routing.location_tests import LocationTest
from hub.routing.rule_schema import compile_condition


class Hold(NamedTuple):
    """A rule that makes the order wait for a person, and its words."""

    rule: str
    words: str


class Surcharge(NamedTuple):
    """Mills that a rule adds to each shipment, and to each unit, from the ``locations`` of a bitmask."""

    rule: str
    locations: int
    per_shipment: int
    per_unit: int


class Kept(NamedTuple):
    """Units of each SKU that a rule leaves at the ``locations`` of a bitmask."""

    rule: str
    locations: int
    units: Decimal


class Verdict(NamedTuple):
    """What the rules of a ``version`` say of one order.

    ``lines[line]`` is the bitmask of the locations that may ship that line; bits count as ``RuleSet.locations``.
    ``applied``: the merchant's rules whose condition held. ``max_splits``, ``goal``: None where no rule says.
    """

    version: str
    lines: tuple[int, ...]
    surcharges: tuple[Surcharge, ...] = ()
    kept: tuple[Kept, ...] = ()
    holds: tuple[Hold, ...] = ()
    applied: tuple[str, ...] = ()
    max_splits: int | None = None
    ship_complete: bool = False
    goal: Goal | None = None

    @property
    def open(self) -> int:
        """The locations that may ship every line."""
        return reduce(and_, self.lines) if self.lines else 0


class CompiledRule:
    """One rule, its conditions compiled; None where it does not say that. ``is_own``: the merchant wrote it.

    ``tests``: its conditions over locations, and whether a location is closed where they hold; None: of prices.
    """

    def __init__(self, rule: Rule, locations: Sequence[Mapping[str, Any]]) -> None:
        def test(text: str) -> LocationTest | None:
            return LocationTest(text, locations) if text else None

        self.rule = rule
        self.is_own = rule not in BUILT_IN
        self.when = _condition(rule.when, "order")
        self.when_clauses = conjuncts(self.when) if self.when else ()
        self.lines = _condition(rule.lines or "true", "order", "line")
        self.only, self.never = test(rule.only), test(rule.never)
        self.charged = test(rule.charge.where if rule.charge else "")
        self.preferred = test(rule.prefer.where if rule.prefer else "")
        self.kept = test(rule.reserve.where if rule.reserve else "")
        self.prices = bool(self.charged or self.preferred or self.kept)
        ways = ((self.only, False), (self.never, True), (self.charged, None), (self.preferred, None), (self.kept, None))
        self.tests = [(test, closes) for test, closes in ways if test is not None]

    def applies(self, order: Facts) -> bool:
        """Whether it says anything of this order. Raises EvaluationError."""
        return self.when is None or bool(self.when.evaluate({"order": order}))

    def concerns(self, order: Facts) -> list[bool]:
        """Of each line, whether it says where it may be shipped from. Raises EvaluationError."""
        lines = self.lines
        if lines is None:
            return [True] * len(order["lines"])
        return [bool(lines.evaluate({"order": order, "line": line})) for line in order["lines"]]


class RuleSet:
    """The rules of a book, bound to the locations of a network. ``locations`` says which bit is whose, ``every`` has
    all of them.

    A location whose facts a condition cannot work with is closed by that rule; an order whose facts it cannot work with
    is held.
    """

    def __init__(self, book: RuleBook, locations: Mapping[LocationId, Mapping[str, Any]]) -> None:
        self.name = book.name
        self.version = book.version
        self.locations = tuple(locations)
        self.facts = tuple(locations.values())
        self.rules = tuple(CompiledRule(rule, self.facts) for rule in (*BUILT_IN, *book.rules))
        self.every = (1 << len(self.facts)) - 1

    def judge(self, order: Facts) -> Verdict:
        """What all rules together say of an order (``facts.order_facts``)."""
        judging = _Judging(order, self.every)
        for rule in self.rules:
            try:
                if rule.applies(order):
                    judging.take(rule)
            except EvaluationError as error:
                judging.holds.append(Hold(rule.rule.name, f"The rule cannot be worked out: {error.reason}"))
        return judging.verdict(self.version)


class _Judging:
    """One order's verdict in the making."""

    def __init__(self, order: Facts, every: int) -> None:
        self._order = order
        self._every = every
        self._open = every
        self._lines: list[int] = []
        self._surcharges: list[Surcharge] = []
        self._kept: list[Kept] = []
        self.holds: list[Hold] = []
        self._applied: list[str] = []
        self._max_splits: int | None = None
        self._ship_complete = False
        self._goal: Goal | None = None

    def take(self, compiled: CompiledRule) -> None:
        """What one rule that applies says."""
        rule = compiled.rule
        if compiled.only is not None:
            self._restrict(compiled, compiled.only.found(self._order).holds)
        if compiled.never is not None:
            holds, failed = compiled.never.found(self._order)
            self._restrict(compiled, self._every & ~(holds | failed))
        if not compiled.is_own:
            return
        self._applied.append(rule.name)
        if compiled.prices:
            self._price(compiled)
        if rule.hold:
            self.holds.append(Hold(rule.name, rule.hold))
        if rule.max_splits is not None:
            self._max_splits = min(rule.max_splits, self._max_splits or rule.max_splits)
        self._ship_complete |= rule.ship_complete
        self._goal = self._goal or rule.goal

    def _restrict(self, compiled: CompiledRule, mask: int) -> None:
        if compiled.lines is None:
            self._open &= mask
            return
        self._lines = self._lines or [self._every] * len(self._order["lines"])
        for line, concerned in enumerate(compiled.concerns(self._order)):
            if concerned:
                self._lines[line] &= mask

    def _price(self, compiled: CompiledRule) -> None:
        rule = compiled.rule
        if compiled.charged is not None and rule.charge is not None:
            holds, failed = compiled.charged.found(self._order)
            self._open &= ~failed
            per_shipment, per_unit = mills(rule.charge.per_shipment), mills(rule.charge.per_unit)
            self._surcharges.append(Surcharge(rule.name, holds, per_shipment, per_unit))
        if compiled.preferred is not None and rule.prefer is not None:
            holds, failed = compiled.preferred.found(self._order)
            self._open &= ~failed
            self._surcharges.append(Surcharge(rule.name, self._every & ~holds, mills(rule.prefer.worth), 0))
        if compiled.kept is not None and rule.reserve is not None:
            holds, failed = compiled.kept.found(self._order)
            self._open &= ~failed
            self._kept.append(Kept(rule.name, holds, rule.reserve.units))

    def verdict(self, version: str) -> Verdict:
        """What all that was taken comes to."""
        lines = tuple(self._open & line for line in self._lines) or (self._open,) * len(self._order["lines"])
        return Verdict(
            version,
            lines,
            tuple(self._surcharges),
            tuple(self._kept),
            tuple(self.holds),
            tuple(self._applied),
            self._max_splits,
            self._ship_complete,
            self._goal,
        )


def _condition(text: str, *names: str) -> Expression | None:
    return None if text == "true" else compile_condition(text, *names)
