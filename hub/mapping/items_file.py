"""items.csv: a partner's items against ours, the units it uses for each, and in what lots it sells them."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from itertools import pairwise
from pathlib import Path

from hub.errors import ConfigurationError
from hub.mapping.codebook import PartnerItem
from hub.model.identity import Sku
from hub.model.quantity import BASE_UNIT, Units, parse_units

OWN_COLUMNS = ("sku", "unit", "units_each", "since", "until", "minimum", "multiple", "external_id")
"""Every other column is an id qualifier."""

_LARGEST = Decimal(10) ** 9


def read_items(path: Path) -> tuple[PartnerItem, ...]:
    """Every row. Only ``sku`` is needed; ``units_each`` is a number or a ratio such as 1/3, dates are YYYY-MM-DD.

    Raises ConfigurationError ``configuration.items`` naming file, line and column, also for two rows that say of one
    day how many eaches an item's unit holds.
    """
    with path.open(encoding="utf-8-sig", newline="") as stream:
        reader = csv.DictReader(stream)
        if reader.fieldnames is None or "sku" not in reader.fieldnames:
            raise _fault("sku", "There is none.", "Head the column of our SKUs with sku.", f"{path}:1")
        rows = [(_item(row, f"{path}:{reader.line_num}"), reader.line_num) for row in reader]
    _check_days(rows, path)
    return tuple(item for item, _ in rows)


def _item(row: Mapping[str, str | None], place: str) -> PartnerItem:
    said = {name: (value or "").strip() for name, value in row.items() if isinstance(value, str) and name}
    if not said.get("sku"):
        raise _fault("sku", "It is empty.", "Write our SKU.", place)
    since, until = _day(said, "since", place), _day(said, "until", place)
    if since is not None and until is not None and until < since:
        raise _fault("until", "It is before since.", "Write the last day on which the row holds.", place)
    return PartnerItem(
        sku=Sku(said["sku"]),
        ids={name: value for name, value in said.items() if name not in OWN_COLUMNS and value},
        unit=said.get("unit") or BASE_UNIT,
        units_each=_units_each(said, place),
        external_id=said.get("external_id", ""),
        since=since,
        until=until,
        minimum=_eaches(said, "minimum", place),
        multiple=_eaches(said, "multiple", place),
    )


def _units_each(said: Mapping[str, str], place: str) -> Units:
    try:
        return parse_units(said.get("units_each") or "1")
    except ValueError as error:
        cure = "Write how many eaches one unit holds: a number, or a ratio such as 1/3."
        raise _fault("units_each", f"It is {error}.", cure, place) from None


def _eaches(said: Mapping[str, str], column: str, place: str) -> Decimal | None:
    text = said.get(column)
    if not text:
        return None
    try:
        eaches = Decimal(text)
    except InvalidOperation:
        eaches = Decimal(0)
    if not (eaches.is_finite() and 0 < eaches < _LARGEST and eaches == round(eaches, 6)):
        raise _fault(column, f"{text[:20]} is no quantity above zero.", "Write eaches, or leave it empty.", place)
    return eaches


def _day(said: Mapping[str, str], column: str, place: str) -> date | None:
    text = said.get(column)
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise _fault(column, f"{text[:20]} is no date.", "Write YYYY-MM-DD, or leave it empty.", place) from None


def _check_days(rows: Iterable[tuple[PartnerItem, int]], path: Path) -> None:
    """Rows that follow each other leave no day on which two of them hold."""
    by_unit: dict[tuple[Sku, frozenset[tuple[str, str]], str], list[tuple[PartnerItem, int]]] = {}
    for item, line in rows:
        by_unit.setdefault((item.sku, frozenset(item.ids.items()), item.unit), []).append((item, line))
    for alike in by_unit.values():
        alike.sort(key=lambda each: each[0].since or date.min)
        for (before, first), (after, second) in pairwise(alike):
            if (after.since or date.min) <= (before.until or date.max):
                what = f"Line {first} says of the same days what one {after.unit} of {after.sku} is."
                cure = "Give the earlier row an until before the later one's since."
                raise _fault("since", what, cure, f"{path}:{second}")


def _fault(column: str, what: str, cure: str, place: str) -> ConfigurationError:
    return ConfigurationError(f"Column {column}: {what}", code="configuration.items", cure=cure, place=place)
