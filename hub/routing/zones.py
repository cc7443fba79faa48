"""Between which places which zone of a carrier's tables applies."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import asin, cos, radians, sin, sqrt
from typing import NamedTuple

from hub.model.identity import LocationId
from hub.model.place import Place
from hub.model.tariff import Tariffs, ZoneEntry, area_keys, normal_postal

_EARTH_KM = 6371.0088

Degrees = tuple[float, float]
"""North and east."""


class Destination(NamedTuple):
    """Where a parcel goes, as far as tables tell it from other places (``Zones.destination``)."""

    country: str
    region: str = ""
    postal_code: str = ""


def kilometres(one: Degrees, other: Degrees) -> float:
    """The great-circle distance.

    >>> round(kilometres((40.7, -74.0), (34.1, -118.2)))
    3931
    """
    north, east, other_north, other_east = map(radians, (*one, *other))
    chord = sin((other_north - north) / 2) ** 2 + cos(north) * cos(other_north) * sin((other_east - east) / 2) ** 2
    return 2 * _EARTH_KM * asin(min(1.0, sqrt(chord)))


class Zones:
    """The zone charts, and distances where these say nothing. The most exact row wins: first by scope (service,
    carrier, all), then by origin, then by destination."""

    def __init__(self, tariffs: Tariffs) -> None:
        self._charts = tariffs.zones
        self._places = tariffs.places
        self._distances = tariffs.terms.distances
        areas = [area for chart in self._charts.values() for rows in chart.values() for area in rows]
        self._longest_prefix = max((_prefix(area) for area in (*areas, *self._places)), default=0)
        self._by_region = any("-" in area for area in (*areas, *self._places))

    def destination(self, country: str, region: str, postal_code: str) -> Destination:
        """A place without what no table looks at."""
        code = normal_postal(postal_code)[: self._longest_prefix]
        return Destination(country, region.upper() if self._by_region else "", code)

    def entry(
        self, carrier: str, service: str, location: LocationId, place: Place, destination: Destination
    ) -> ZoneEntry | None:
        """The zone from a location to a place; None where no table says it."""
        areas = list(self._areas(destination.country, destination.region, destination.postal_code))
        origins = [f"@{location}", *self._areas(place.country, place.region, place.postal_code)]
        for scope in ((carrier, service), (carrier, ""), ("", service), ("", "")):
            chart = self._charts.get(scope)
            found = _first(chart, origins, areas) if chart else None
            if found is not None:
                return found
        return self._by_distance(place, destination)

    def degrees(self, place: Place | Destination) -> Degrees | None:
        """Where that is; None where nobody says it."""
        if isinstance(place, Place) and place.latitude is not None and place.longitude is not None:
            return place.latitude, place.longitude
        areas = self._areas(place.country, place.region, place.postal_code)
        return next((self._places[area] for area in areas if area in self._places), None)

    def _areas(self, country: str, region: str, postal: str) -> Iterator[str]:
        return area_keys(country, region, normal_postal(postal)[: self._longest_prefix])

    def _by_distance(self, place: Place, destination: Destination) -> ZoneEntry | None:
        here, there = self.degrees(place), self.degrees(destination)
        if self._distances is None or here is None or there is None:
            return None
        zone = self._distances.zone(kilometres(here, there))
        return ZoneEntry(zone) if zone else None


def _prefix(area: str) -> int:
    return len(area.partition(" ")[2])


def _first(chart: Mapping[str, Mapping[str, ZoneEntry]], origins: list[str], areas: list[str]) -> ZoneEntry | None:
    for origin in origins:
        rows = chart.get(origin)
        found = next((rows[area] for area in areas if area in rows), None) if rows else None
        if found is not None:
            return found
    return None
