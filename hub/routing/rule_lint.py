"""What is true of rules and cannot be meant: rules that never apply or add nothing, rules that shut everything out.

Every finding is so: it follows from the conditions' texts and the network's locations (``rule_regions``). What is not
found may be there all the same: conditions over several lines, patterns and sums are compared by their text only, and
orders that the customer fetches are left out. Whether an item of a category or a tag exists is not known here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import NamedTuple

from hub.model.identity import LocationId
from hub.model.network import Network
from hub.model.rule import Rule, RuleBook
from hub.routing.facts import location_facts
from hub.routing.rule_regions import (
    NOTHING,
    Cell,
    Reader,
    Region,
    TooComplexError,
    has_word,
    join,
    meet,
    words,
)

_MOST_TOGETHER = 3
"""So many rules at most are looked at for shutting every location out together."""


class Finding(NamedTuple):
    """``kind``: unreachable, idle, shadowed, shut-out, re-route-loop or uncovered. ``rules`` it is about, the first of
    which stands at ``place``. ``is_wrong``: it cannot be meant; else it is good to know. ``witness``: where it is so.
    """

    kind: str
    rules: tuple[str, ...]
    words: str
    cure: str
    place: str
    is_wrong: bool = True
    witness: Cell | None = None


def lint(book: RuleBook, network: Network) -> tuple[Finding, ...]:
    """All findings of a book over a network."""
    return tuple(_Linter(book, network).findings())


class _Known(NamedTuple):
    """One rule: where it ``applies``; by location the orders and lines to which it ``closes`` it, and all others."""

    rule: Rule
    applies: Region
    closes: Mapping[LocationId, Region]
    leaves: Mapping[LocationId, Region]

    @property
    def only_closes(self) -> bool:
        """Whether it says nothing but where an order may not be shipped from."""
        said = self.rule.model_dump(exclude_defaults=True).keys()
        return said <= {"name", "about", "when", "lines", "only", "never", "place"}


class _Linter:
    def __init__(self, book: RuleBook, network: Network) -> None:
        channels = [channel.channel for channel in network.channels]
        self._domains = {"order.channel": words(*channels), "order.pickup_at": words(None)}
        self._locations = location_facts(network)
        self._rules = [known for rule in book.rules if (known := self._known(rule)) is not None]
        self._is_whole = len(self._rules) == len(book.rules)

    def findings(self) -> Iterator[Finding]:
        yield from self._without_effect()
        yield from self._shadowed()
        yield from self._loops()
        yield from self._shut_out()
        yield from self._uncovered()

    def _known(self, rule: Rule) -> _Known | None:
        """None where the rule is more than can be reasoned about."""
        order = Reader(self._domains)
        closes, leaves = {}, {}
        try:
            applies = order.region(rule.when)
            concerned = meet(applies, order.region(rule.lines or "true"))
            others = join([order.region(rule.when, holds=False), order.region(rule.lines or "true", holds=False)])
            for name, facts in self._locations.items():
                here = Reader(self._domains, facts)
                outside, inside = here.region(rule.only or "true", holds=False), here.region(rule.only or "true")
                shut, open_ = here.region(rule.never or "false"), here.region(rule.never or "false", holds=False)
                closes[name] = meet(concerned, join([outside, shut]))
                leaves[name] = join([others, meet(inside, open_)])
        except TooComplexError:
            return None
        return _Known(rule, applies, closes, leaves)

    def _without_effect(self) -> Iterator[Finding]:
        for known in self._rules:
            name = known.rule.name
            if not known.applies:
                said = f"{name} applies to no order: {known.rule.when} never holds."
                yield _finding("unreachable", [known.rule], said, "Correct its when, or remove the rule.")
            elif known.only_closes and not any(known.closes.values()):
                said = f"{name} closes no location of this set-up."
                yield _finding(
                    "idle", [known.rule], said, "Remove it, unless it is for locations to come.", is_wrong=False
                )

    def _shadowed(self) -> Iterator[Finding]:
        """Rules that another makes superfluous; of two that close the same, the later."""
        closing = [known for known in self._rules if known.only_closes and any(known.closes.values())]
        for number, known in enumerate(closing):
            for other_number, other in enumerate(closing):
                if other is known or not _covers(other, known) or (_covers(known, other) and number < other_number):
                    continue
                said = f"{known.rule.name} adds nothing: {other.rule.name} closes all that it closes."
                yield _finding("shadowed", [known.rule, other.rule], said, "Remove it, or correct one of the two.")
                break

    def _loops(self) -> Iterator[Finding]:
        """Rules that send an order to locations that rejected it, and nowhere else."""
        for known in self._rules:
            if _REJECTED not in f"{known.rule.when} {known.rule.only} {known.rule.never}":
                continue
            open_, elsewhere = NOTHING, NOTHING
            for location in self._locations:
                here = meet(known.applies, known.leaves[location])
                rejected = has_word(_REJECTED, location)
                open_ = join([open_, here])
                elsewhere = join([elsewhere, meet(here, (Cell({}, {rejected: False}),))])
            if open_ and not elsewhere:
                said = f"{known.rule.name} leaves only locations that rejected the order: nobody is asked again."
                yield _finding("re-route-loop", [known.rule], said, "Name other locations, or hold the order.")

    def _shut_out(self) -> Iterator[Finding]:
        """The fewest rules that together close every location of a channel to some order or line."""
        found: list[frozenset[str]] = []
        for size in range(1, _MOST_TOGETHER + 1):
            for together in combinations([known for known in self._rules if any(known.closes.values())], size):
                names = frozenset(known.rule.name for known in together)
                if any(fewer <= names for fewer in found):
                    continue
                witness = next(filter(None, (self._nobody(together, channel) for channel in self._channels())), None)
                if witness is not None:
                    found.append(names)
                    rules = [known.rule for known in together]
                    who = " and ".join(rule.name for rule in rules)
                    verb = "leave" if size > 1 else "leaves"
                    said = f"{who} {verb} no location where {witness}."
                    yield _finding(
                        "shut-out", rules, said, "Leave a location open, or hold such orders.", witness=witness
                    )

    def _channels(self) -> set[str]:
        return {channel for facts in self._locations.values() for channel in facts["channels"]}

    def _nobody(self, together: Sequence[_Known], channel: str) -> Cell | None:
        """An order of the channel to which these rules close every location that ships for it."""
        region: Region = (Cell({"order.channel": words(channel)}, {}),)
        for location, facts in self._locations.items():
            if channel in facts["channels"] and "ship" in facts["uses"]:
                closed = [known.closes[location] for known in together]
                if not any(closed):
                    return None
                try:
                    region = meet(region, join(closed))
                except TooComplexError:
                    return None
        return next((cell for cell in region if cell.is_sure), None)

    def _uncovered(self) -> Iterator[Finding]:
        """Orders to which no rule applies, where every rule is for some orders only."""
        rules = [known.rule for known in self._rules]
        if not rules or not self._is_whole:
            return
        try:
            region = meet(*(Reader(self._domains).region(rule.when, holds=False) for rule in rules))
        except TooComplexError:
            return
        witness = next((cell for cell in region if cell.is_sure), None)
        if witness is not None:
            said = f"No rule applies to an order where {witness}."
            cure = "Nothing has to be done where that is meant."
            yield _finding("uncovered", rules[:1], said, cure, is_wrong=False, witness=witness)


_REJECTED = "order.rejected_by"


def _covers(other: _Known, known: _Known) -> bool:
    """Whether ``other`` closes every location to all to which ``known`` does."""
    try:
        return not any(meet(known.closes[location], other.leaves[location]) for location in known.closes)
    except TooComplexError:
        return False


def _finding(
    kind: str, rules: Sequence[Rule], said: str, cure: str, *, is_wrong: bool = True, witness: Cell | None = None
) -> Finding:
    return Finding(kind, tuple(rule.name for rule in rules), said, cure, rules[0].place, is_wrong, witness)
