"""Which rules decide an order while a draft is rolled out, and what a draft would have decided otherwise."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from hashlib import sha256
from typing import NamedTuple

from hub.model.identity import LocationId, OrderId
from hub.model.network import Network
from hub.routing.facts import Facts, location_facts
from hub.routing.location_tests import places
from hub.routing.rules import RuleSet, Verdict

_PARTS = 100_000


class RuleSets(NamedTuple):
    """The rules of a network: the live ones, drafts by name, which percent of orders each decides, and those that are
    judged beside."""

    live: RuleSet
    drafts: Mapping[str, RuleSet]
    rollout: Mapping[str, Decimal]
    shadow: tuple[str, ...]

    def deciding(self, order_id: OrderId) -> RuleSet:
        """The rules that decide an order; the same for as long as no percentage falls.

        Drafts are asked in turn, each for its part of the orders that are left: of A at 10 and B at 20 percent, B takes
        20/90 of those that A leaves, which are 20 percent of all.
        """
        left = Decimal(100)
        for name, percent in sorted(self.rollout.items()):
            if _share(order_id, name) * left < percent * 100:
                return self.drafts[name]
            left -= percent
        return self.live

    def shadows(self, decided_by: RuleSet) -> Iterator[RuleSet]:
        """The drafts to be judged beside the rules that decided."""
        return (self.drafts[name] for name in self.shadow if name != decided_by.name)


class Change(NamedTuple):
    """What other rules say otherwise of one order; false where that is nothing.

    ``opened``, ``closed``: locations that may ship, or may no more ship, some line; ``said``: what else differs, by
    name, as both have it.
    """

    draft: str
    version: str
    opened: tuple[LocationId, ...]
    closed: tuple[LocationId, ...]
    said: Mapping[str, tuple[str, str]]

    def __bool__(self) -> bool:
        return bool(self.opened or self.closed or self.said)


def rule_sets(network: Network) -> RuleSets:
    """All rules of a network, compiled. Make them once for each network."""
    locations = location_facts(network)
    drafts = {name: RuleSet(book, locations) for name, book in network.drafts.items()}
    return RuleSets(RuleSet(network.rules, locations), drafts, network.rules.rollout, network.rules.shadow)


def change(live: RuleSet, draft: RuleSet, order: Facts) -> Change:
    """What the draft says otherwise of an order. Both are of one network."""
    before, after = live.judge(order), draft.judge(order)
    opened = closed = 0
    for was, will_be in zip(before.lines, after.lines, strict=True):
        opened |= will_be & ~was
        closed |= was & ~will_be
    words, other_words = _said(live, before), _said(draft, after)
    said = {name: (words[name], other_words[name]) for name in words if words[name] != other_words[name]}
    return Change(draft.name, draft.version, _named(live, opened), _named(live, closed), said)


def _said(rules: RuleSet, verdict: Verdict) -> dict[str, str]:
    """What a verdict says beside who may ship, in words; nothing where it does not say that."""
    charges = [
        f"{_money(each.per_shipment)} a shipment, {_money(each.per_unit)} a unit from {_listed(rules, each.locations)}"
        for each in verdict.surcharges
    ]
    return {
        "charges": "; ".join(charges),
        "reserves": "; ".join(f"{each.units:f} at {_listed(rules, each.locations)}" for each in verdict.kept),
        "holds": "; ".join(hold.words for hold in verdict.holds),
        "max_splits": str(verdict.max_splits or ""),
        "ship_complete": "yes" if verdict.ship_complete else "",
        "goal": verdict.goal or "",
    }


def _named(rules: RuleSet, mask: int) -> tuple[LocationId, ...]:
    return tuple(rules.locations[place] for place in places(mask))


def _listed(rules: RuleSet, mask: int) -> str:
    return "all locations" if mask == rules.every else ", ".join(_named(rules, mask)) or "no location"


def _money(mills: int) -> str:
    return f"{Decimal(mills) / 1000:.3f}"


def _share(order_id: OrderId, draft: str) -> Decimal:
    """From 0 to below 100, spread evenly over orders, for each draft in its own way."""
    digest = sha256(f"{draft}\0{order_id}".encode()).digest()
    return Decimal(int.from_bytes(digest[:8], "big") % _PARTS) * 100 / _PARTS
