"""The keys of rules.yaml. Descriptions stand on the fields: the JSON Schema carries them to editors."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any, Self

from pydantic import Discriminator, Field, Tag, model_validator

from hub.model.canonical import Amount, Canonical, Text
from hub.model.identity import LocationId
from hub.model.prices import Goal
from hub.model.rule import Price

_EFFECTS = ("only", "never", "hold", "charge", "prefer", "reserve", "max_splits", "ship_complete", "goal")


def _form(given: Any) -> str:
    if isinstance(given, list | tuple):
        return "list"
    return "mapping" if isinstance(given, Mapping) else "text"


Condition = Annotated[Annotated[Text, Tag("text")] | Annotated[Mapping[str, Any], Tag("mapping")], Discriminator(_form)]
"""An expression, or facts and the values that they must have; what is in it is checked by ``conditions``."""

Where = Annotated[
    Annotated[Text, Tag("text")]
    | Annotated[Mapping[str, Any], Tag("mapping")]
    | Annotated[tuple[LocationId, ...], Tag("list")],
    Discriminator(_form),
]
"""A condition over locations; a list names them."""


class ChargeConfig(Canonical):
    """Money on top of what shipping costs."""

    where: Where = Field(default="true", description="of which locations; all where it is left out")
    per_shipment: Price = Field(default=Decimal(0), description="for each shipment from there")
    per_unit: Price = Field(default=Decimal(0), description="for each unit from there")

    @model_validator(mode="after")
    def _charges_something(self) -> Self:
        if not (self.per_shipment or self.per_unit):
            raise ValueError("write per_shipment, per_unit or both, above zero")
        return self


class PreferenceConfig(Canonical):
    """Locations that are worth money."""

    where: Where = Field(description="which locations")
    worth: Price = Field(gt=0, description="what a shipment from any other location is taken to cost more")


class ReserveConfig(Canonical):
    """Units that stay where they are."""

    where: Where = Field(default="true", description="at which locations; at all where it is left out")
    units: Amount = Field(gt=0, description="of each SKU, beyond the location's safety stock")


class RuleConfig(Canonical):
    """One rule; see hub.model.rule.Rule."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_-]{0,63}$", description="its own name: small letters, digits, _ and -")
    about: str = Field(default="", description="why there is such a rule, for people")
    when: Condition = Field(default="true", description="of which orders; of all where it is left out")
    lines: Condition | None = Field(default=None, description="only and never are about these lines of the order only")
    only: Where | None = Field(default=None, description="the locations that may ship")
    never: Where | None = Field(default=None, description="the locations that may not ship")
    hold: Text | None = Field(default=None, description="the order waits for a person, with these words")
    charge: ChargeConfig | None = Field(default=None, description="money on top of what shipping costs")
    prefer: PreferenceConfig | None = Field(default=None, description="locations that are worth money")
    reserve: ReserveConfig | None = Field(default=None, description="units that stay where they are")
    max_splits: int | None = Field(default=None, ge=1, description="most sites that ship such an order")
    ship_complete: bool = Field(default=False, description="ship all of the order at once, or nothing")
    goal: Goal | None = Field(
        default=None, description="what comes first: cost, speed, margin, balance, few-splits or priority"
    )

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if all(getattr(self, effect) in (None, False) for effect in _EFFECTS):
            raise ValueError(f"the rule says nothing; write one of {', '.join(_EFFECTS)}")
        if self.lines is not None and self.only is None and self.never is None:
            raise ValueError("lines goes with only or never")
        return self


class ExampleConfig(Canonical):
    """An order and what the rules must make of it; `hub rule test` compares."""

    name: Text = Field(description="what it shows")
    order: Mapping[str, Any] = Field(default_factory=dict, description="facts of the order; the others say nothing")
    open: tuple[LocationId, ...] | None = Field(default=None, description="the locations that may ship all of it")
    refused: Mapping[LocationId, str] = Field(
        default_factory=dict, description="by location: the rule that keeps it from shipping"
    )
    held: tuple[str, ...] | None = Field(default=None, description="the rules that make it wait; [] for none")


class RuleFile(Canonical):
    """rules.yaml, or a draft of it."""

    rules: tuple[RuleConfig, ...] = Field(default=(), description="the rules, in the order in which they are told")
    examples: tuple[ExampleConfig, ...] = Field(default=(), description="orders and what the rules must make of them")
    rollout: Mapping[str, Decimal] = Field(
        default_factory=dict, description="by draft: percent of orders that it decides, in place of these rules"
    )
    shadow: tuple[str, ...] = Field(
        default=(), description="drafts that are judged beside these rules, without effect, to see what would differ"
    )
