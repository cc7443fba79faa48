"""Where a location is, as far as routing has to know."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from hub.model.canonical import Canonical


class Use(StrEnum):
    """What a location may do for an order: ship it to the customer, or hand it over to them there."""

    SHIP = "ship"
    PICKUP = "pickup"


class Place(Canonical):
    """``country`` is ISO 3166 alpha-2, ``region`` its state or province as channels write it. Degrees are decimal,
    north and east positive."""

    country: str = Field(default="", pattern=r"^([A-Z]{2})?$", description="ISO 3166 alpha-2, quoted where it is NO")
    region: str = Field(default="", description="state or province, as channels write it")
    postal_code: str = Field(default="", description="postal code, quoted")
    latitude: float | None = Field(default=None, ge=-90, le=90, description="degrees, north positive")
    longitude: float | None = Field(default=None, ge=-180, le=180, description="degrees, east positive")
