"""Worked examples of how a partner counts, as they stand beside its rule in counting.yaml."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from pydantic import Field, model_validator

from hub.model.canonical import Amount, Canonical, NonNegativeAmount
from hub.model.identity import LocationId
from hub.model.network import PARTS
from hub.model.quantity import UnitSize
from hub.model.stock import CountBasis


class CountingExample(Canonical):
    """The partner says ``quantity`` of an item, and ``on_hand`` and ``unavailable`` (eaches) are what we make of it.

    ``quantity`` None: a full report does not name the item. ``parts``: what it says beside it, in the same unit of
    ``units_each`` eaches. ``before``: on hand before. Of our requests, in eaches, it knew ``known_open`` when it
    counted (sent and acknowledged before); ``unknown_open`` were sent after that, and ``shipped_since`` of those it
    knew have left: each so many minutes after the moment that its report gives. ``refused``: code of the refusal where
    the figure is not used; ``discontinued``: whether it is then known as given up. ``location``: whose rule it is an
    example of, None for the rule of all.
    """

    quantity: Amount | None = None
    on_hand: Amount
    unavailable: NonNegativeAmount = Decimal(0)
    parts: Mapping[CountBasis, NonNegativeAmount] = Field(default_factory=dict)
    before: Amount = Decimal(0)
    known_open: NonNegativeAmount = Decimal(0)
    unknown_open: NonNegativeAmount = Decimal(0)
    unknown_after_minutes: Decimal = Decimal(60)
    shipped_since: NonNegativeAmount = Decimal(0)
    shipped_after_minutes: Decimal = Decimal(60)
    units_each: UnitSize = Decimal(1)
    refused: str = ""
    discontinued: bool = False
    location: LocationId | None = None
    why: str = ""

    @model_validator(mode="after")
    def _parts_are_parts(self) -> CountingExample:
        if not PARTS.issuperset(self.parts):
            raise ValueError(f"parts are: {', '.join(sorted(PARTS))}")
        return self
