"""zones/*.csv and places.csv: which zone applies between which areas, and where areas lie.

An area is written ``US`` (a country), ``US-CA`` (a region, as channels write it), ``US 902`` (a postal prefix),
``US 900-918`` (prefixes from one to another) or ``*``; as an origin also as a location of the set-up.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path

from hub.mapping.csv_sheet import CsvSheet, Row
from hub.mapping.faults import Faults
from hub.model.identity import LocationId
from hub.model.tariff import ANYWHERE, ZoneEntry, normal_postal

FOLDER = "zones"
"""The folder in that of the user's mappings."""

PLACES = "places.csv"
"""Where areas lie, for zones by distance."""

COLUMNS = ("from", "to", "zone", "carrier", "service", "transit_days")
"""``carrier`` and ``service``: whose zone it is; empty is all of them. ``transit_days``: working days of the carrier on
the way, where they are not those of rates.yaml."""

PLACES_COLUMNS = ("area", "latitude", "longitude")
"""Degrees, north and east positive."""

_AREA = re.compile(
    r"(?P<country>[A-Z]{2})(?:-(?P<region>\S.*)| +(?P<first>[0-9A-Za-z][0-9A-Za-z ]*?)(?:-(?P<last>.*))?)?"
)
_MOST_PREFIXES = 10_000
_MOST_DAYS = 365
_FORMS = "Write a country (US), a region (US-CA), a postal prefix (US 902), prefixes (US 900-918) or *."

Charts = dict[tuple[str, str], dict[str, dict[str, ZoneEntry]]]


def load_zones(
    mappings: Path,
    locations: Collection[LocationId],
    services: Mapping[str, Collection[str]],
    faults: Faults,
) -> Charts:
    """The charts of the folder (``hub.model.tariff.ZoneCharts``). ``services``: those that have rates, by carrier.

    Faults are ``configuration.zones``.
    """
    charts: Charts = {}
    places: dict[tuple[str, str, str, str], str] = {}

    def take(row: Row) -> None:
        cells = row.cells
        scope = _scope(row, services)
        origins = list(_origins(row, locations))
        targets = list(_areas(row, "to"))
        days = row.whole("transit_days", _MOST_DAYS) if cells["transit_days"] else None
        entry = ZoneEntry(row.needed("zone"), days)
        for origin in origins:
            for target in targets:
                taken = places.setdefault((*scope, origin, target), row.place)
                if taken != row.place:
                    raise row.fault("to", f"{taken} gives a zone of the same areas.", "Keep one of the rows.")
                charts.setdefault(scope, {}).setdefault(origin, {})[target] = entry

    for path in sorted((mappings / FOLDER).glob("*.csv")):
        CsvSheet(path, COLUMNS, ("to", "zone"), "configuration.zones", faults).read(take)
    return charts


def load_places(mappings: Path, faults: Faults) -> dict[str, tuple[float, float]]:
    """Degrees north and east by area, of places.csv. Faults are ``configuration.places``."""
    found: dict[str, tuple[float, float]] = {}

    def take(row: Row) -> None:
        degrees = _degrees(row, "latitude", 90), _degrees(row, "longitude", 180)
        for area in _areas(row, "area"):
            if area in found:
                raise row.fault("area", "It is there already.", "Keep one of the rows.")
            found[area] = degrees

    CsvSheet(mappings / PLACES, PLACES_COLUMNS, PLACES_COLUMNS, "configuration.places", faults).read(take)
    return found


def _scope(row: Row, services: Mapping[str, Collection[str]]) -> tuple[str, str]:
    carrier = row.one_of("carrier", sorted(services)) if row.cells["carrier"] else ""
    named = services.values() if not carrier else [services[carrier]]
    known = sorted({service for each in named for service in each})
    return carrier, row.one_of("service", known) if row.cells["service"] else ""


def _degrees(row: Row, column: str, most: int) -> float:
    text = row.needed(column)
    try:
        degrees = float(text)
    except ValueError:
        degrees = float("nan")
    if not -most <= degrees <= most:
        raise row.fault(column, f"{text[:40]} is no number from -{most} to {most}.", "Write decimal degrees.")
    return degrees


def _origins(row: Row, locations: Collection[LocationId]) -> Iterator[str]:
    text = row.cells["from"]
    if text in locations:
        yield f"@{text}"
    elif not text:
        yield ANYWHERE
    elif _AREA.fullmatch(text) or text == ANYWHERE:
        yield from _areas(row, "from")
    else:
        near = get_close_matches(text[:40], sorted(locations), n=1)
        hint = f"Did you mean {near[0]}? " if near else ""
        raise row.fault("from", f"{text[:40]} is no location and no area.", f"{hint}{_FORMS}")


def _areas(row: Row, column: str) -> Iterator[str]:
    """The areas as keys (``hub.model.tariff.area_keys``)."""
    text = row.needed(column)
    found = _AREA.fullmatch(text)
    if text == ANYWHERE:
        yield ANYWHERE
    elif found is None:
        raise row.fault(column, f"{text[:40]} is no area.", _FORMS)
    elif found["region"]:
        yield f"{found['country']}-{found['region'].upper()}"
    elif found["last"] is not None:
        yield from (f"{found['country']} {code}" for code in _range(row, column, found["first"], found["last"].strip()))
    elif found["first"]:
        yield f"{found['country']} {normal_postal(found['first'])}"
    else:
        yield found["country"]


def _range(row: Row, column: str, first: str, last: str) -> Iterator[str]:
    digits = first.isdecimal() and last.isdecimal() and len(first) == len(last)
    if not digits or not int(first) <= int(last) < int(first) + _MOST_PREFIXES:
        what = f"{first[:20]}-{last[:20]} are no prefixes from one to another."
        raise row.fault(column, what, "Write two rising numbers with as many digits, such as US 900-918.")
    for code in range(int(first), int(last) + 1):
        yield f"{code:0{len(first)}}"
