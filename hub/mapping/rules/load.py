"""Rules and their drafts from the folder of the user's mappings."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from hub.errors import ConfigurationError
from hub.mapping.faults import Faults
from hub.mapping.rules.conditions import Conditions, Known, Written
from hub.mapping.rules.example_facts import example_facts
from hub.mapping.rules.places import FileText
from hub.mapping.rules.rule_file import (
    ChargeConfig,
    ExampleConfig,
    PreferenceConfig,
    ReserveConfig,
    RuleConfig,
    RuleFile,
)
from hub.mapping.yaml_file import place_of, read_yaml, validate
from hub.mapping.yaml_nodes import Mark, Steps, deepest_mark
from hub.model.fulfilment import RequestKind
from hub.model.network import Network
from hub.model.place import Use
from hub.model.rule import BUILT_IN, LIVE, Charge, Preference, Reserve, Rule, RuleBook, RuleExample

FILE = "rules.yaml"
"""The rules that decide; ``rules.NAME.yaml`` beside it is the draft NAME."""

_DRAFTS = "rules.*.yaml"
_ORDER, _LINE, _PLACE = ("order",), ("order", "line"), ("order", "location")


def load_rules(mappings: Path, network: Network) -> tuple[RuleBook, dict[str, RuleBook]]:
    """The rules of a folder and its drafts by their names; no rules where there is no such file.

    Raises ConfigurationError ``rule.*`` and ``expression.*`` with every fault of all of them, each with its place.
    """
    faults = Faults()
    drafts: dict[str, RuleBook] = {}
    for path in sorted(mappings.glob(_DRAFTS)):
        name = path.name.removeprefix("rules.").removesuffix(".yaml")
        with faults.collected():
            drafts[name] = read_rules(path, network, name=name)
    live = RuleBook()
    path = mappings / FILE
    if path.is_file():
        with faults.collected():
            live = read_rules(path, network)
            _check_drafts(live, drafts, read_yaml(path), path)
    faults.raise_all()
    return live, drafts


def read_rules(path: Path, network: Network, *, name: str = LIVE) -> RuleBook:
    """The rules of one file, checked against the facts and the network. Raises ConfigurationError with every fault."""
    document = read_yaml(path)
    given = validate(RuleFile, document, path)
    return _Reader(document, path, network).book(given, name)


class _Reader:
    """Makes the rules of one file of what it says."""

    def __init__(self, document: Any, path: Path, network: Network) -> None:
        self._document, self._path, self._network = document, path, network
        self._faults = Faults()
        self._conditions = Conditions(FileText(path), known_words(network), self._faults)

    def book(self, given: RuleFile, name: str) -> RuleBook:
        rules = tuple(self._rule(rule, ("rules", number)) for number, rule in enumerate(given.rules))
        self._check_names(given)
        examples = tuple(self._example(each, number, given) for number, each in enumerate(given.examples))
        if name and (given.rollout or given.shadow):
            step = "rollout" if given.rollout else "shadow"
            self._fault("rule.draft", f"A draft has no {step}.", f"Write {step} in {FILE}.", (step,))
        self._faults.raise_all()
        return RuleBook(name=name, rules=rules, examples=examples, rollout=given.rollout, shadow=given.shadow)

    def _rule(self, given: RuleConfig, steps: Steps) -> Rule:
        return Rule(
            name=given.name,
            about=given.about,
            when=self._text((*steps, "when"), *_ORDER) or "true",
            lines=self._text((*steps, "lines"), *_LINE),
            only=self._text((*steps, "only"), *_PLACE),
            never=self._text((*steps, "never"), *_PLACE),
            hold=given.hold or "",
            charge=self._charge(given.charge, (*steps, "charge", "where")) if given.charge else None,
            prefer=self._preference(given.prefer, (*steps, "prefer", "where")) if given.prefer else None,
            reserve=self._reserve(given.reserve, (*steps, "reserve", "where")) if given.reserve else None,
            max_splits=given.max_splits,
            ship_complete=given.ship_complete,
            goal=given.goal,
            place=place_of(self._document, (*steps, "name"), self._path),
        )

    def _charge(self, given: ChargeConfig, where: Steps) -> Charge:
        text = self._text(where, *_PLACE) or "true"
        return Charge(where=text, per_shipment=given.per_shipment, per_unit=given.per_unit)

    def _preference(self, given: PreferenceConfig, where: Steps) -> Preference:
        return Preference(where=self._text(where, *_PLACE), worth=given.worth)

    def _reserve(self, given: ReserveConfig, where: Steps) -> Reserve:
        return Reserve(where=self._text(where, *_PLACE) or "true", units=given.units)

    def _text(self, steps: Steps, *names: str) -> str:
        """The condition at ``steps`` as an expression; empty where there is none."""
        node = self._document
        for step in steps:
            if isinstance(node, Mapping) and step not in node:
                return ""
            node = node[step]
        return self._conditions.text(Written(node, self._mark(steps)), *names)

    def _mark(self, steps: Steps) -> Mark:
        return deepest_mark(self._document, steps) or Mark(self._path, 1, 1)

    def _check_names(self, given: RuleFile) -> None:
        taken = {rule.name: "every hub has" for rule in BUILT_IN}
        for number, rule in enumerate(given.rules):
            if rule.name in taken:
                words = f"The rule {rule.name} is one that {taken[rule.name]}."
                self._fault("rule.twice", words, "Give it a name of its own.", ("rules", number, "name"))
            taken.setdefault(rule.name, "stands there already")

    def _example(self, given: ExampleConfig, number: int, file: RuleFile) -> RuleExample:
        steps = ("examples", number)
        rules = [*(rule.name for rule in BUILT_IN), *(rule.name for rule in file.rules)]
        locations = [location.location for location in self._network.locations]
        for position, location in enumerate(given.open or ()):
            self._named(location, locations, "location", (*steps, "open", position))
        for where, rule in given.refused.items():
            self._named(where, locations, "location", (*steps, "refused", where))
            self._named(rule, rules, "rule", (*steps, "refused", where))
        for position, rule in enumerate(given.held or ()):
            self._named(rule, rules, "rule", (*steps, "held", position))
        written = self._document["examples"][number]
        facts = example_facts(written.get("order", {}), self._mark((*steps, "order")), self._faults)
        place = place_of(self._document, (*steps, "name"), self._path)
        return RuleExample(
            name=given.name, order=facts, open=given.open, refused=given.refused, held=given.held, place=place
        )

    def _named(self, name: str, known: list[Any], what: str, steps: Steps) -> None:
        if name not in known:
            self._fault("rule.unknown-name", f"There is no {what} {name[:80]}.", _meant(name, known), steps)

    def _fault(self, code: str, words: str, cure: str, steps: Steps) -> None:
        place = place_of(self._document, steps, self._path)
        self._faults.add(ConfigurationError(words, code=code, cure=cure, place=place))


def _check_drafts(live: RuleBook, drafts: Mapping[str, RuleBook], document: Any, path: Path) -> None:
    """Raises ConfigurationError ``rule.draft`` for what names no draft or decides more orders than there are."""
    faults = Faults()

    def fault(words: str, cure: str, steps: Steps) -> None:
        place = place_of(document, steps, path)
        faults.add(ConfigurationError(words, code="rule.draft", cure=cure, place=place))

    named: list[tuple[str, Steps]] = [(name, ("rollout", name)) for name in live.rollout]
    named += [(name, ("shadow", position)) for position, name in enumerate(live.shadow)]
    for name, steps in named:
        if name not in drafts:
            cure = f"Write it as rules.{name[:40]}.yaml. {_meant(name, list(drafts))}"
            fault(f"There is no draft {name[:80]}.", cure, steps)
    for name, percent in live.rollout.items():
        if not 0 <= percent <= 100:
            fault(f"The draft {name} decides {percent} percent.", "Write a number from 0 to 100.", ("rollout", name))
    if sum(live.rollout.values(), Decimal(0)) > 100 and not len(faults):
        fault("The drafts together decide more than 100 percent.", "Lower one of them.", ("rollout",))
    faults.raise_all()


def _meant(name: str, known: list[str]) -> str:
    near = get_close_matches(name, known, n=1)
    return f"{f'Did you mean {near[0]}? ' if near else ''}Known: {', '.join(sorted(known)) or 'none'}."


def known_words(network: Network) -> Known:
    """What facts can be in this set-up, of those that only it can know."""
    locations = network.locations
    names = {each.location for each in locations}
    channels = {each.channel for each in network.channels}
    return {
        "location.id": names,
        "location.kind": {kind.value for kind in RequestKind},
        "location.partner": {each.partner for each in locations},
        "location.owner": {"", *(each.stock_owner for each in locations)},
        "location.site": {each.ships_from for each in locations},
        "location.tags": {tag for each in locations for tag in each.tags},
        "location.uses": {use.value for use in Use},
        "location.channels": channels,
        "order.channel": channels,
        "order.pickup_at": names,
        "order.rejected_by": names,
    }
