"""What routing puts a price on beside what shipping costs, and the goals: presets of these prices."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType

from pydantic import Field

from hub.model.canonical import Canonical, NonNegativeAmount

_ZERO = Decimal(0)


class Goal(StrEnum):
    """What routing is to aim for."""

    COST = "cost"
    SPEED = "speed"
    MARGIN = "margin"
    BALANCE = "balance"
    FEW_SPLITS = "few-splits"
    PRIORITY = "priority"


class Prices(Canonical):
    """What routing adds to the cost of a plan, in the network's currency.

    ``split``: for each shipment but the first. ``late_day``: for each day after the promised one, None where no plan
    may be late. ``per_day``: for each day until delivery, late or not. ``load``: for a shipment from a location that is
    fully used that day, in proportion where it is less. ``change``: for moving a line that another location has
    already. ``reroute``: what a rejected request costs us. ``rank``: for each shipment and step down in the order of
    locations. ``markdown_percent``: credit for slow stock where the location says none, ``scarce`` the price of each of
    the last ``scarce_units``.
    """

    split: NonNegativeAmount = Field(default=_ZERO, description="for each shipment but the first")
    late_day: NonNegativeAmount | None = Field(
        default=Decimal(8), description="for each day after the promised one; null: no plan may be late"
    )
    per_day: NonNegativeAmount = Field(default=_ZERO, description="for each day until delivery")
    load: NonNegativeAmount = Field(default=_ZERO, description="for a shipment from a location that is fully used")
    change: NonNegativeAmount = Field(default=Decimal(1), description="for moving what a location has already")
    reroute: NonNegativeAmount = Field(default=Decimal(5), description="what a rejected request costs")
    rank: NonNegativeAmount = Field(
        default=_ZERO, description="for each shipment and step down in the order of locations"
    )
    markdown_percent: Decimal = Field(
        default=_ZERO, ge=0, le=100, description="credit for items tagged slow, as a share of their value"
    )
    scarce: NonNegativeAmount = Field(default=_ZERO, description="for each of the last units that a location has")
    scarce_units: int = Field(default=2, ge=1, description="how many are the last units")


GOALS: Mapping[Goal, Prices] = MappingProxyType(
    {
        Goal.COST: Prices(),
        Goal.SPEED: Prices(per_day=Decimal(3), late_day=Decimal(20)),
        Goal.MARGIN: Prices(markdown_percent=Decimal(8), scarce=Decimal(1)),
        Goal.BALANCE: Prices(load=Decimal(6)),
        Goal.FEW_SPLITS: Prices(split=Decimal(10)),
        Goal.PRIORITY: Prices(rank=Decimal(1000)),
    }
)
"""The prices of each goal."""


def prices_of(goal: Goal, given: Prices) -> Prices:
    """The prices of a goal, with those that ``given`` says itself in their place.

    >>> prices_of(Goal.SPEED, Prices(split=Decimal(2))).per_day, prices_of(Goal.COST, Prices(split=Decimal(2))).split
    (Decimal('3'), Decimal('2'))
    """
    return GOALS[goal].model_copy(update={name: getattr(given, name) for name in given.model_fields_set})
