"""Which rules decide an order while a draft is rolled out, and which drafts are judged beside them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from hashlib import sha256
from typing import NamedTuple

from hub.model.identity import OrderId
from hub.model.network import Network
from hub.routing.facts import location_facts
from hub.routing.rules import RuleSet

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


def rule_sets(network: Network) -> RuleSets:
    """All rules of a network, compiled. Make them once for each network."""
    locations = location_facts(network)
    drafts = {name: RuleSet(book, locations) for name, book in network.drafts.items()}
    return RuleSets(RuleSet(network.rules, locations), drafts, network.rules.rollout, network.rules.shadow)


def _share(order_id: OrderId, draft: str) -> Decimal:
    """From 0 to below 100, spread evenly over orders, for each draft in its own way."""
    digest = sha256(f"{draft}\0{order_id}".encode()).digest()
    return Decimal(int.from_bytes(digest[:8], "big") % _PARTS) * 100 / _PARTS
