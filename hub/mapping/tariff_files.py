"""All tables of freight: rates.yaml, rates/, zones/, places.csv and reserve-prices.csv of the user's mappings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from hub.errors import ConfigurationError
from hub.mapping.csv_sheet import CsvSheet, Row
from hub.mapping.faults import Faults
from hub.mapping.network_file import LocationConfig
from hub.mapping.rate_tables import load_rates
from hub.mapping.yaml_file import place_of, read_yaml, validate
from hub.mapping.zone_charts import load_places, load_zones
from hub.model.identity import LocationId, Sku
from hub.model.tariff import RatesFile, Reserve, Tariffs

FILE = "rates.yaml"
"""The file in the folder of the user's mappings."""

RESERVES = "reserve-prices.csv"
"""Prices on stock that is kept for who needs it most."""

RESERVES_COLUMNS = ("location", "sku", "price", "last_units")
"""The price on each of the last so many units of an item at a location; empty ``last_units``: on all of them."""

_MOST_UNITS = 10**9


def load_tariffs(mappings: Path, locations: Mapping[LocationId, LocationConfig], faults: Faults) -> Tariffs:
    """What there is of these files; every fault with its place. Without any of them freight costs nothing."""
    path = mappings / FILE
    document: Any = {}
    terms = RatesFile()
    before = len(faults)
    with faults.collected():
        if path.is_file():
            document = read_yaml(path)
            terms = validate(RatesFile, document, path)
    rates = load_rates(mappings, faults)
    services: dict[str, set[str]] = {}
    for table in rates:
        services.setdefault(table.carrier, set()).add(table.service)
    # Zones of tables that could not be read would be told of carriers that nobody knows.
    zones = load_zones(mappings, locations, services, faults) if len(faults) == before else {}
    places = load_places(mappings, faults)
    reserves = _reserves(mappings, locations, faults)
    if len(faults) == before:
        _check_carriers(terms, services, document, path, faults)
    return Tariffs(rates, zones, places, reserves, terms)


def check_carriers_of(
    locations: Mapping[LocationId, LocationConfig], tariffs: Tariffs, document: Any, path: Path, faults: Faults
) -> None:
    """The carriers that locations name have rates."""
    carriers = {table.carrier for table in tariffs.rates}
    for name, location in locations.items():
        for position, carrier in enumerate(location.carriers or ()):
            place = place_of(document, ("locations", name, "carriers", position), path)
            _check(carrier, carriers, "carrier", place, faults)


def _reserves(
    mappings: Path, locations: Mapping[LocationId, LocationConfig], faults: Faults
) -> dict[tuple[LocationId, Sku], Reserve]:
    found: dict[tuple[LocationId, Sku], Reserve] = {}

    def take(row: Row) -> None:
        key = LocationId(row.one_of("location", sorted(locations))), Sku(row.needed("sku"))
        if key in found:
            raise row.fault("sku", f"{key[1]} has a price at {key[0]} already.", "Keep one of the rows.")
        units = row.whole("last_units", _MOST_UNITS) if row.cells["last_units"] else None
        found[key] = Reserve(int(row.number("price", places=3) * 1000), units)

    required = RESERVES_COLUMNS[:3]
    CsvSheet(mappings / RESERVES, RESERVES_COLUMNS, required, "configuration.reserve-prices", faults).read(take)
    return found


def _check_carriers(
    terms: RatesFile, services: Mapping[str, set[str]], document: Any, path: Path, faults: Faults
) -> None:
    """What rates.yaml names is what the tables name."""
    for carrier, given in terms.carriers.items():
        steps = ("carriers", carrier)
        if _check(carrier, services, "carrier", place_of(document, steps, path), faults):
            for service in given.services:
                place = place_of(document, (*steps, "services", service), path)
                _check(service, services[carrier], "service", place, faults)
    every = {service for named in services.values() for service in named}
    for sold, means in terms.sold.items():
        for position, service in enumerate(means.use):
            _check(service, every, "service", place_of(document, ("sold", sold, "use", position), path), faults)


def _check(name: str, known: Iterable[str], what: str, place: str, faults: Faults) -> bool:
    names = sorted(known)
    if name in names:
        return True
    near = get_close_matches(name, names, n=1)
    hint = f"Did you mean {near[0]}? " if near else ""
    words = f"The tables of rates name no {what} {name}."
    cure = f"{hint}Known: {', '.join(names) or 'none'}."
    faults.add(ConfigurationError(words, code="configuration.unknown-name", cure=cure, place=place))
    return False
