"""What carriers ask and how long they take, as the merchant's tables say it.

Weights are in the units of ``hub.model.item``, prices whole mills: thousandths of the network's currency.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Literal, NamedTuple, Self

from pydantic import Field, model_validator

from hub.model.calendar import ClosedDates, Days
from hub.model.canonical import Canonical, NonNegativeAmount, PositiveAmount
from hub.model.identity import LocationId, Sku
from hub.model.item import CUBIC_CENTIMETRE, CUBIC_INCH, GRAM, KILOGRAM, OUNCE, POUND

WEIGHT_UNITS: Mapping[str, int] = {"g": GRAM, "kg": KILOGRAM, "oz": OUNCE, "lb": POUND}

MILES_PER_KM = 0.621371192237334

ANYWHERE = "*"


class RateTable(NamedTuple):
    """What one service of a carrier asks for a parcel, before fuel and surcharges.

    ``zones[zone][i]``: mills for a billable weight of up to ``i`` steps of ``step``. The last is the heaviest parcel.
    """

    carrier: str
    service: str
    step: int
    zones: Mapping[str, tuple[int, ...]]


class ZoneEntry(NamedTuple):
    """The zone between two areas, and the days on the way where the chart says them."""

    zone: str
    transit_days: int | None = None


ZoneCharts = Mapping[tuple[str, str], Mapping[str, Mapping[str, ZoneEntry]]]
"""By carrier and service (empty: all), then by the area of origin and that of destination: keys of ``area_keys``; a
location of its own is ``@`` and its id."""


def normal_postal(code: str) -> str:
    """A postal code as charts and addresses are compared.

    >>> normal_postal("sw1a 1aa"), normal_postal("90210-1234")
    ('SW1A1AA', '902101234')
    """
    return "".join(each for each in code.upper() if each.isalnum())


def area_keys(country: str, region: str, postal: str) -> Iterator[str]:
    """The areas that a place lies in, the most exact first; ``postal`` as ``normal_postal`` makes it.

    >>> list(area_keys("US", "ca", "902"))
    ['US 902', 'US 90', 'US 9', 'US-CA', 'US', '*']
    """
    if country:
        for length in range(len(postal), 0, -1):
            yield f"{country} {postal[:length]}"
        if region:
            yield f"{country}-{region.upper()}"
        yield country
    yield ANYWHERE


class Dimensional(Canonical):
    """From which volume on a parcel is billed by its size."""

    divisor: PositiveAmount = Field(description="volume that is billed as one unit of weight", examples=["139"])
    unit: Literal["in3/lb", "cm3/kg"] = Field(
        description="cubic inches for a pound, or cubic centimetres for a kilogram"
    )

    def volume_step(self, weight_step: int) -> int:
        """The volume that is billed as so much weight, in units of volume; rounded up to a whole one."""
        volume, weight = (CUBIC_INCH, POUND) if self.unit == "in3/lb" else (CUBIC_CENTIMETRE, KILOGRAM)
        above, below = (self.divisor * weight_step * volume).as_integer_ratio()
        return -(-above // (below * weight))


class Terms(Canonical):
    """What a carrier adds to its tables, and when it moves parcels.

    ``transit_days``: working days of ``moves`` on the way, one number or by zone; what a zone chart says itself goes
    first. ``most_parcels``: a shipment that is heavier than the heaviest parcel goes in so many.
    """

    dimensional: Dimensional | None = Field(default=None, description="how size is billed; null: weight only")
    fuel_percent: NonNegativeAmount = Field(default=Decimal(0), description="added to each price of the tables")
    per_parcel: NonNegativeAmount = Field(default=Decimal(0), description="surcharge for each parcel")
    residential: NonNegativeAmount = Field(
        default=Decimal(0), description="surcharge for each parcel to an address that names no company"
    )
    hazmat: bool = Field(default=True, description="whether it carries hazardous goods")
    most_parcels: int = Field(
        default=1, ge=1, le=50, description="most parcels that a shipment beyond the heaviest one is sent in"
    )
    transit_days: int | Mapping[str, int] | None = Field(
        default=None, description="working days on the way: a number, or by zone", examples=["2", '{"2": 1, "8": 5}']
    )
    moves: Days = Field(default="mon-fri", description="days that count on the way", examples=["mon-sat"])
    delivers: Days = Field(default="mon-fri", description="days on which it delivers", examples=["mon-sat"])
    closed: ClosedDates = Field(default=(), description="dates on which it neither moves nor delivers")

    @model_validator(mode="after")
    def _days_are_not_negative(self) -> Self:
        given = self.transit_days
        days = given.values() if isinstance(given, Mapping) else () if given is None else (given,)
        if any(not 0 <= each <= 365 for each in days):
            raise ValueError("transit_days are 0 to 365 working days")
        return self


class Carrier(Terms):
    """The terms of a carrier, and what differs for single services of it."""

    services: Mapping[str, Terms] = Field(
        default_factory=dict, description="by service: what differs from the carrier's own terms"
    )

    def terms(self, service: str) -> Terms:
        """The terms of one of its services."""
        own = self.services.get(service, Terms())
        said = {name: getattr(own if name in own.model_fields_set else self, name) for name in Terms.model_fields}
        return Terms.model_construct(**said)


class SoldService(Canonical):
    """What a delivery service that a channel sells means."""

    within_days: int | None = Field(
        default=None, ge=0, description="days from the order to the promised delivery, where the order names no date"
    )
    use: tuple[str, ...] = Field(
        default=(), description="services that may carry an order without a date; none: all, or the one of its name"
    )


class Country(Canonical):
    """When nothing is delivered in a country."""

    closed: ClosedDates = Field(default=(), description="dates on which nothing is delivered there")


class LengthUnit(StrEnum):
    """A unit of distance."""

    MILES = "mi"
    KILOMETRES = "km"


class DistanceZones(Canonical):
    """Zones by great-circle distance, for where no chart names one."""

    unit: LengthUnit = Field(description="mi or km")
    up_to: Mapping[str, PositiveAmount] = Field(min_length=1, description="by zone: the farthest that lies in it")
    beyond: str = Field(default="", description="the zone of all that is farther; empty: not carried")

    def zone(self, kilometres: float) -> str:
        """The nearest zone that reaches so far; empty where none does."""
        distance = kilometres * MILES_PER_KM if self.unit is LengthUnit.MILES else kilometres
        reached = [(limit, zone) for zone, limit in self.up_to.items() if distance <= limit]
        return min(reached)[1] if reached else self.beyond


class DefaultWeight(Canonical):
    """What an item weighs that the catalogue does not weigh."""

    weight: PositiveAmount = Field(description="of one each")
    unit: Literal["g", "kg", "oz", "lb"] = Field(description="g, kg, oz or lb")


class RatesFile(Canonical):
    """rates.yaml: what the tables in rates/ and zones/ do not say."""

    carriers: Mapping[str, Carrier] = Field(default_factory=dict, description="by name: terms of a carrier")
    sold: Mapping[str, SoldService] = Field(
        default_factory=dict, description="by service as orders name it: what was promised with it"
    )
    countries: Mapping[str, Country] = Field(
        default_factory=dict, description="by ISO 3166 alpha-2, quoted where it is NO: when nothing is delivered"
    )
    distances: DistanceZones | None = Field(default=None, description="zones by distance where no chart names one")
    default_weight: DefaultWeight | None = Field(
        default=None, description="what an item weighs that catalogue.csv does not weigh; null: nothing"
    )


class Reserve(NamedTuple):
    """A price, in mills, on each of the last ``units`` of an item at a location; None: on all."""

    price: int
    units: int | None = None


@dataclass(frozen=True, slots=True)
class Tariffs:
    """All of the merchant's tables. ``places``: degrees north and east by the keys of ``area_keys``; ``reserves``:
    prices on stock by location and SKU."""

    rates: tuple[RateTable, ...] = ()
    zones: ZoneCharts = field(default_factory=dict)
    places: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    reserves: Mapping[tuple[LocationId, Sku], Reserve] = field(default_factory=dict)
    terms: RatesFile = field(default_factory=RatesFile)
