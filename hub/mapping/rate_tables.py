"""rates/*.csv: what carriers ask by service, zone and weight, made into one grid of weights for each service."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import gcd
from pathlib import Path
from typing import NamedTuple

from hub.mapping.csv_sheet import CsvSheet, Row
from hub.mapping.faults import Faults
from hub.model.item import whole_units
from hub.model.tariff import WEIGHT_UNITS, RateTable

FOLDER = "rates"
"""The folder in that of the user's mappings."""

COLUMNS = ("carrier", "service", "zone", "up_to", "unit", "price", "each")
"""A row for each weight: the price of a parcel of up to ``up_to``, or with ``each`` what each begun ``each`` beyond the
row before adds. In place of ``zone`` and ``price`` there may be a column ``zone NAME`` for each zone."""

MOST_STEPS = 10_000
"""The finest grid: steps up to the heaviest parcel."""

_ZONE = "zone "
_CODE = "configuration.rates"


class _Break(NamedTuple):
    """Mills up to a weight, of a ``column`` of ``row``; ``each``: for each begun so much beyond the break before, 0 for
    one price."""

    row: Row
    column: str
    up_to: int
    price: int
    each: int


_Breaks = dict[tuple[str, str], dict[str, list[_Break]]]
"""By carrier and service, then by zone."""


def load_rates(mappings: Path, faults: Faults) -> tuple[RateTable, ...]:
    """Every table of the folder, by carrier and service. Faults are ``configuration.rates``."""
    breaks: _Breaks = {}
    before = len(faults)

    def take(row: Row) -> None:
        key = row.needed("carrier"), row.needed("service")
        for zone, found in _breaks(row):
            _follow(breaks.setdefault(key, {}).setdefault(zone, []), found)

    for path in sorted((mappings / FOLDER).glob("*.csv")):
        priced = ("zone", "price")
        required = ("carrier", "service", "up_to", "unit", *priced)
        CsvSheet(path, COLUMNS, required, _CODE, faults, family=_ZONE, instead=priced).read(take)
    tables: list[RateTable] = []
    if len(faults) > before:
        return ()
    for (carrier, service), zones in sorted(breaks.items()):
        with faults.collected():
            tables.append(_table(carrier, service, zones))
    return tuple(tables)


def _breaks(row: Row) -> Iterator[tuple[str, _Break]]:
    """What a row says of each zone that it prices."""
    unit = WEIGHT_UNITS[row.one_of("unit", tuple(WEIGHT_UNITS))]
    up_to = whole_units(row.number("up_to", above=True), unit)
    each = whole_units(row.number("each", above=True), unit) if row.cells["each"] else 0
    named = [column for column in row.cells if column.startswith(_ZONE)]
    if not named or row.cells["zone"]:
        yield row.needed("zone"), _Break(row, "price", up_to, _mills(row, "price"), each)
    for column in named:
        # A zone that a service does not carry so much to has no price there.
        if row.cells[column]:
            yield column.removeprefix(_ZONE).strip(), _Break(row, column, up_to, _mills(row, column), each)


def _mills(row: Row, column: str) -> int:
    return int(row.number(column, places=3) * 1000)


def _follow(breaks: list[_Break], found: _Break) -> None:
    last = breaks[-1] if breaks else None
    if last is not None and found.up_to <= last.up_to:
        what = f"It is not above that of {last.row.place}, of the same service and zone."
        raise found.row.fault("up_to", what, "Give each weight once, the lightest first.")
    breaks.append(found)


def _table(carrier: str, service: str, zones: Mapping[str, Sequence[_Break]]) -> RateTable:
    step = gcd(*(weight for breaks in zones.values() for weight in _weights(breaks)))
    for breaks in zones.values():
        if breaks[-1].up_to // step > MOST_STEPS:
            what = (
                f"The weights of {carrier} {service} have no common step: {breaks[-1].up_to // step} would be needed."
            )
            cure = "Round them to whole ones of one unit, such as 16 oz instead of 15.999."
            raise _oddest(zones).row.fault("up_to", what, cure)
    return RateTable(carrier, service, step, {zone: _prices(breaks, step) for zone, breaks in zones.items()})


def _weights(breaks: Iterable[_Break]) -> Iterator[int]:
    for found in breaks:
        yield found.up_to
        if found.each:
            yield found.each


def _oddest(zones: Mapping[str, Sequence[_Break]]) -> _Break:
    """The first break that makes the step absurdly small."""
    step = 0
    every = [found for breaks in zones.values() for found in breaks]
    heaviest = max(found.up_to for found in every)
    for found in every:
        step = gcd(step, *_weights([found]))
        if heaviest // step > MOST_STEPS:
            return found
    return every[0]


def _prices(breaks: Sequence[_Break], step: int) -> tuple[int, ...]:
    """Mills by steps of weight; nothing at all costs what the lightest parcel does."""
    prices: list[int] = [0]
    for found in breaks:
        begun, base = len(prices) - 1, prices[-1]
        steps = range(begun + 1, found.up_to // step + 1)
        if found.each:
            prices += [base + -((begun - index) * step // found.each) * found.price for index in steps]
        elif found.price < base:
            cure = "Give the lower price to the lighter parcel too: it may be sent as the heavier one."
            raise found.row.fault(found.column, "It is lower than that for less weight.", cure)
        else:
            prices += [found.price] * len(steps)
    prices[0] = prices[1]
    return tuple(prices)
