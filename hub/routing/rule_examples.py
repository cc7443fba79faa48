"""Examples of rules run by the rules themselves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from hub.model.rule import RuleExample
from hub.routing.facts import Facts, facts_of_example
from hub.routing.location_tests import places
from hub.routing.rule_reasons import Refusal, reasons
from hub.routing.rules import RuleSet


def differences(rules: RuleSet, example: RuleExample) -> tuple[str, ...]:
    """In words, each way in which the rules make of an example's order something else than it expects."""
    return tuple(_differences(rules, example, facts_of_example(example.order)))


def _differences(rules: RuleSet, example: RuleExample, order: Facts) -> Iterator[str]:
    verdict, refused = rules.judge(order), reasons(rules, order)
    may_ship = {rules.locations[place] for place in places(verdict.open)}
    if example.open is not None:
        for location in sorted(may_ship.symmetric_difference(example.open)):
            if location in may_ship:
                yield f"{location} may ship it"
            else:
                yield f"{location} may not ship it: {_listed(refused[location])}"
    for location, rule in example.refused.items():
        if rule not in {refusal.rule for refusal in refused[location]}:
            said = _listed(refused[location])
            yield f"{location} is not refused by {rule}, " + (f"but by {said}" if said else "and may ship it")
    held = [hold.rule for hold in verdict.holds]
    if example.held is not None and sorted(held) != sorted(example.held):
        expected = ", ".join(example.held) or "no rule"
        yield f"it is held by {', '.join(held) or 'no rule'}, not by {expected}"


def _listed(refusals: Iterable[Refusal]) -> str:
    return "; ".join(map(str, refusals))
