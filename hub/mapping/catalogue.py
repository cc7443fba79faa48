"""catalogue.csv: what the merchant's items weigh, measure and are worth, and what may be done with them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path

from hub.mapping.csv_sheet import CsvSheet, Row
from hub.mapping.faults import Faults
from hub.model.identity import Sku
from hub.model.item import CUBIC_CENTIMETRE, CUBIC_INCH, ItemFacts, whole_units
from hub.model.tariff import WEIGHT_UNITS

FILE = "catalogue.csv"
"""The file in the folder of the user's mappings."""

COLUMNS = (
    *("sku", "title", "weight", "weight_unit", "length", "width", "height", "size_unit"),
    *("value", "category", "hazmat", "tags"),
)
"""One row for each SKU; only ``sku`` must be there. Weight and size are of one each as packed, value in the currency of
the set-up, hazmat yes or no; tags are parted by blanks or semicolons."""

_CUBES = {"cm": (CUBIC_CENTIMETRE, 1), "mm": (CUBIC_CENTIMETRE, 1000), "in": (CUBIC_INCH, 1)}
"""By unit of length: its cube in units of volume, as a ratio."""

_SIDES = ("length", "width", "height")
_WEIGHT, _SIZE = ("weight", "weight_unit"), (*_SIDES, "size_unit")
_ANSWERS = {"": False, "no": False, "yes": True}
_BETWEEN_TAGS = re.compile(r"[\s;]+")

_Measures = dict[tuple[str, ...], int]
"""Units of weight and of volume by the texts of their columns."""


def load_catalogue(mappings: Path, faults: Faults) -> dict[Sku, ItemFacts]:
    """Every item of the mappings' catalogue.csv; none where there is no such file.

    Faults are ``configuration.catalogue``, each with line and column.
    """
    found: dict[Sku, ItemFacts] = {}
    lines: dict[Sku, int] = {}
    measures: _Measures = {}

    def take(row: Row) -> None:
        sku = Sku(row.needed("sku"))
        if sku in lines:
            raise row.fault("sku", f"{sku} stands in line {lines[sku]} already.", "Keep one of the rows.")
        lines[sku] = row.line
        found[sku] = _item(sku, row, measures)

    CsvSheet(mappings / FILE, COLUMNS, ("sku",), "configuration.catalogue", faults).read(take)
    return found


def _item(sku: Sku, row: Row, measures: _Measures) -> ItemFacts:
    cells = row.cells
    return ItemFacts(
        sku=sku,
        title=cells["title"],
        weight=_measured(row, _WEIGHT, _weight, measures),
        volume=_measured(row, _SIZE, _volume, measures),
        value=row.number("value") if cells["value"] else None,
        category=cells["category"],
        hazmat=_yes(row, "hazmat"),
        tags=tuple(filter(None, _BETWEEN_TAGS.split(cells["tags"]))) if cells["tags"] else (),
    )


def _measured(row: Row, columns: Sequence[str], measure: Callable[[Row], int], known: _Measures) -> int | None:
    """A measure by its columns, the last of which is its unit; None where the others are empty."""
    texts = tuple(map(row.cells.__getitem__, columns))
    if not any(texts[:-1]):
        return None
    # Many items weigh and measure what others do: of 300,000 rows that saves a fifth of the time.
    found = known.get(texts)
    if found is None:
        found = known[texts] = measure(row)
    return found


def _weight(row: Row) -> int:
    unit = row.one_of("weight_unit", tuple(WEIGHT_UNITS))
    return whole_units(row.number("weight"), WEIGHT_UNITS[unit])


def _volume(row: Row) -> int:
    given = [side for side in _SIDES if row.cells[side]]
    if len(given) < len(_SIDES):
        empty = next(side for side in _SIDES if side not in given)
        raise row.fault(empty, f"It is empty, while {given[0]} is not.", "Give all three sides, or none.")
    cube, below = _CUBES[row.one_of("size_unit", tuple(_CUBES))]
    length, width, height = map(row.number, _SIDES)
    return whole_units(length * width * height / below, cube)


def _yes(row: Row, column: str) -> bool:
    text = row.cells[column].lower()
    if text not in _ANSWERS:
        raise row.fault(column, f"{text[:40]} is neither yes nor no.", "Write yes, or leave it empty.")
    return _ANSWERS[text]
