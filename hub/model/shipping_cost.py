"""What a location costs us beside the freight: fees, labour, and what its stock is worth keeping or losing."""

from __future__ import annotations

from decimal import Decimal

from pydantic import Field, model_validator

from hub.model.canonical import Canonical, NonNegativeAmount, Text

_ZERO = Decimal(0)


class UnitTier(Canonical):
    """The price of each unit of a line up to the ``up_to``-th, from where the tier before ends."""

    up_to: int | None = Field(default=None, ge=1, description="the last unit of the tier; null in the last tier")
    price: NonNegativeAmount = Field(description="for each unit of the tier")


class Labour(Canonical):
    """Minutes of work, and what an hour of it costs."""

    per_hour: NonNegativeAmount = Field(default=_ZERO, description="price of an hour of work")
    minutes_per_request: NonNegativeAmount = Field(default=_ZERO, description="minutes for each request")
    minutes_per_line: NonNegativeAmount = Field(default=_ZERO, description="minutes for each line")
    minutes_per_unit: NonNegativeAmount = Field(default=_ZERO, description="minutes for each unit")


class LastUnits(Canonical):
    """A price on the last units of an item that a location has, so that they are kept for who needs them most."""

    units: int = Field(ge=1, description="the last so many units of an item")
    price: NonNegativeAmount = Field(description="for each of them")


class Markdown(Canonical):
    """A credit for selling slow stock before it has to be marked down."""

    percent: Decimal = Field(ge=0, le=100, description="credit for each unit, as a share of the item's value")
    tags: tuple[Text, ...] = Field(
        default=("slow",), min_length=1, description="items with one of these tags in catalogue.csv"
    )


class ShippingCost(Canonical):
    """What a location costs us, in the merchant's currency; freight not included.

    ``per_request`` is for each shipment, ``per_parcel`` for each of its parcels; ``unit_tiers`` come on top of
    ``per_unit``. ``acceptance``: the share of requests that it does not reject. ``scarce`` and ``markdown``: where
    None, what the goal of routing says (``hub.model.prices``).
    """

    per_request: Decimal = Field(default=_ZERO, description="for each request")
    per_line: Decimal = Field(default=_ZERO, description="for each line of a request")
    per_unit: Decimal = Field(default=_ZERO, description="for each unit")
    per_parcel: NonNegativeAmount = Field(default=_ZERO, description="for each parcel")
    unit_tiers: tuple[UnitTier, ...] = Field(
        default=(), description="for each unit of a line by how many they are: each costs the price of its tier"
    )
    labour: Labour = Field(default=Labour(), description="minutes of work, and what an hour costs")
    acceptance: Decimal = Field(default=Decimal(1), gt=0, le=1, description="share of requests that it does not reject")
    scarce: LastUnits | None = Field(default=None, description="price on the last units of an item; null: the goal's")
    markdown: Markdown | None = Field(default=None, description="credit for slow stock; null: the goal's")

    @model_validator(mode="after")
    def _tiers_rise(self) -> ShippingCost:
        ends = [tier.up_to for tier in self.unit_tiers]
        limits = [each for each in ends[:-1] if each is not None]
        if ends and (ends[-1] is not None or len(limits) < len(ends) - 1 or limits != sorted(set(limits))):
            raise ValueError("unit_tiers rise by up_to, and only the last has none")
        return self
