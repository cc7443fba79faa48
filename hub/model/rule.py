"""A merchant's rules of routing as data.

Their conditions are texts of the expression language, over the facts of ``hub.model.rule_facts``.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from hashlib import sha256
from typing import Annotated, Any

from pydantic import AfterValidator, Field

from hub.model.canonical import Amount, Canonical, NonNegativeAmount, Text
from hub.model.identity import LocationId
from hub.model.prices import Goal

LIVE = ""
"""The name of the rules that decide; every draft has one."""


def _in_mills(price: Decimal) -> Decimal:
    if price != round(price, 3):
        raise ValueError("more than three decimal places")
    return price


Price = Annotated[NonNegativeAmount, AfterValidator(_in_mills)]
"""Money in the network's currency, to a thousandth of it."""


class Charge(Canonical):
    """Money on top, in the network's currency: ``per_shipment`` and ``per_unit`` that leave a location where ``where``
    holds."""

    where: Text = "true"
    per_shipment: Price = Decimal(0)
    per_unit: Price = Decimal(0)


class Preference(Canonical):
    """Locations where ``where`` holds are worth so much: a shipment from any other is taken to cost ``worth`` more."""

    where: Text
    worth: Price = Field(gt=0)


class Reserve(Canonical):
    """``units`` of each SKU that these orders leave at a location where ``where`` holds."""

    where: Text = "true"
    units: Amount = Field(gt=0)


class Rule(Canonical):
    """One rule. Where ``when`` holds for an order, all that it says is so.

    ``only``, ``never``: the locations that may ship, and those that may not; for ``lines`` where that holds, of all
    lines where it is empty. ``hold``: the order waits for a person with these words. ``place``: where it was written.
    """

    name: Text
    about: str = ""
    when: Text = "true"
    lines: str = ""
    only: str = ""
    never: str = ""
    hold: str = ""
    charge: Charge | None = None
    prefer: Preference | None = None
    reserve: Reserve | None = None
    max_splits: int | None = Field(default=None, ge=1)
    ship_complete: bool = False
    goal: Goal | None = None
    place: str = ""


class RuleExample(Canonical):
    """An order and what the rules must make of it.

    ``order``: facts as the schema names them, those left out are as of an order that says nothing. ``open``: the
    locations that may ship all of it; ``refused``: a location and the rule that forbids it; ``held``: by which rules.
    None, or a location that is not named: nothing is expected.
    """

    name: Text
    order: Mapping[str, Any] = Field(default_factory=dict)
    open: tuple[LocationId, ...] | None = None
    refused: Mapping[LocationId, str] = Field(default_factory=dict)
    held: tuple[str, ...] | None = None
    place: str = ""


class RuleBook(Canonical):
    """The rules of one file, in their order. ``rollout``: percent of orders that each draft decides; ``shadow``: drafts
    that are judged beside, without effect."""

    name: str = LIVE
    rules: tuple[Rule, ...] = ()
    examples: tuple[RuleExample, ...] = ()
    rollout: Mapping[str, Decimal] = Field(default_factory=dict)
    shadow: tuple[str, ...] = ()

    @property
    def version(self) -> str:
        """A digest of what the rules say; equal versions, equal verdicts."""
        said = "\n".join(rule.model_dump_json(exclude={"about", "place"}) for rule in self.rules)
        return sha256(said.encode()).hexdigest()[:12]


BUILT_IN = (
    Rule(
        name="channel",
        about="A location ships only the orders of channels that sell from it.",
        only="order.channel in location.channels",
    ),
    Rule(
        name="shipping",
        about="What is shipped leaves a location that ships.",
        when="order.pickup_at == null",
        only="'ship' in location.uses",
    ),
    Rule(
        name="pickup",
        about="What the customer fetches waits for them where they chose, never elsewhere.",
        when="order.pickup_at != null",
        only="location.id == order.pickup_at && 'pickup' in location.uses",
    ),
)
"""Rules that hold for every merchant, before their own; these names are taken."""
