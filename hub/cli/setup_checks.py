"""What can only be checked of a set-up that holds together: its connections' settings and its worked examples."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from hub.errors import ConfigurationError
from hub.mapping.faults import Faults

if TYPE_CHECKING:
    from hub.bootstrap import Hub
    from hub.mapping.partner import Partner
    from hub.model.network import Network


def check_setup(hub: Hub, faults: Faults) -> None:
    """Adds each fault of a connection's settings, and of the examples of counting contracts and of rules."""
    for error in _examples_of_rules(hub.setup.network):
        faults.add(error)
    for partner in hub.setup.partners.values():
        for error in _examples(partner):
            faults.add(error)
    for name, connection in hub.setup.config.connections.items():
        with faults.collected():
            if connection.enabled:
                hub.connection(name).close()


def _examples_of_rules(network: Network) -> Iterator[ConfigurationError]:
    """Examples of which the rules, or the rules of a draft, make something else."""
    from hub.routing.facts import location_facts
    from hub.routing.rule_examples import differences
    from hub.routing.rules import RuleSet

    locations = location_facts(network)
    for book in (network.rules, *network.drafts.values()):
        rules = RuleSet(book, locations)
        for example in book.examples:
            found = differences(rules, example)
            if found:
                yield ConfigurationError(
                    f"The example {example.name} comes out otherwise: {'; '.join(found)}.",
                    code="rule.differs",
                    cure="Correct the rules, or the example.",
                    place=example.place,
                )


def _examples(partner: Partner) -> Iterator[ConfigurationError]:
    """Worked examples that do not come out as they are written."""
    from hub.inventory.worked import difference
    from hub.mapping.yaml_nodes import place_of

    document, file = partner.documents.get("counting.yaml"), Path(f"mappings/partners/{partner.partner}/counting.yaml")
    for position, example in enumerate(partner.counting.examples):
        found = difference(partner.counting.rule_at(example.location), example)
        if found:
            yield ConfigurationError(
                f"Example {position + 1} says {example.on_hand:f} on hand, and its rule makes of it {found}.",
                code="configuration.counting-example",
                cure="Correct the rule, or the example, until both say how this partner counts.",
                place=place_of(document, ("examples", position), file),
            )
