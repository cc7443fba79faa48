"""items.csv: a partner's items against ours, the units it uses for each, and in what lots it sells them.

Several items may be one SKU; an id is of one SKU at a time, and may be another's from a day on.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from itertools import pairwise
from pathlib import Path

from hub.errors import ConfigurationError
from hub.mapping.codebook import PartnerItem
from hub.mapping.gtin import STRICT_QUALIFIERS, gtin_of, has_wrong_check_digit
from hub.model.identity import Sku
from hub.model.quantity import BASE_UNIT, Units, parse_units

OWN_COLUMNS = ("sku", "unit", "units_each", "since", "until", "minimum", "multiple", "external_id", "preferred")
"""Every other column is an id qualifier."""

_LARGEST = Decimal(10) ** 9
_FOLLOW = "Give the earlier row an until before the later one's since."
_SAID = {"": False, "no": False, "yes": True}


def read_items(path: Path) -> tuple[PartnerItem, ...]:
    """Every row. Only ``sku`` is needed; ``units_each`` is a number or a ratio such as 1/3, dates are YYYY-MM-DD.

    Raises ConfigurationError ``configuration.items`` naming file, line and column, also for a GTIN with a wrong check
    digit, for two rows that say of one day how many eaches an item's unit holds, that give one id to two SKUs, or that
    are both preferred for one.
    """
    with path.open(encoding="utf-8-sig", newline="") as stream:
        reader = csv.DictReader(stream)
        if reader.fieldnames is None or "sku" not in reader.fieldnames:
            raise _fault("sku", "There is none.", "Head the column of our SKUs with sku.", f"{path}:1")
        rows = [_item(row, f"{path}:{reader.line_num}", reader.line_num) for row in reader]
    _check_days(rows, path)
    _check_ids(rows, path)
    _check_preferred(rows, path)
    return tuple(rows)


def _item(row: Mapping[str, str | None], place: str, line: int) -> PartnerItem:
    said = {name: (value or "").strip() for name, value in row.items() if isinstance(value, str) and name}
    if not said.get("sku"):
        raise _fault("sku", "It is empty.", "Write our SKU.", place)
    since, until = _day(said, "since", place), _day(said, "until", place)
    if since is not None and until is not None and until < since:
        raise _fault("until", "It is before since.", "Write the last day on which the row holds.", place)
    return PartnerItem(
        sku=Sku(said["sku"]),
        ids=_ids(said, place),
        unit=said.get("unit") or BASE_UNIT,
        units_each=_units_each(said, place),
        external_id=said.get("external_id", ""),
        since=since,
        until=until,
        minimum=_eaches(said, "minimum", place),
        multiple=_eaches(said, "multiple", place),
        preferred=_yes(said, "preferred", place),
        line=line,
    )


def _ids(said: Mapping[str, str], place: str) -> dict[str, str]:
    ids = {name: value for name, value in said.items() if name not in OWN_COLUMNS and value}
    for name, value in ids.items():
        if has_wrong_check_digit(name, value):
            raise _fault(name, f"{value[:20]} has a wrong check digit.", "Copy the number from the barcode.", place)
        if name in STRICT_QUALIFIERS and gtin_of(name, value) is None:
            cure = "Write 8, 12, 13 or 14 digits; name another column for a number of the partner's own."
            raise _fault(name, f"{value[:20]} is no GTIN.", cure, place)
    return ids


def _yes(said: Mapping[str, str], column: str, place: str) -> bool:
    text = said.get(column, "")
    if text not in _SAID:
        raise _fault(column, f"{text[:20]} is neither yes nor no.", "Write yes, or leave it empty.", place)
    return _SAID[text]


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


def _check_days(rows: Iterable[PartnerItem], path: Path) -> None:
    """Rows that follow each other leave no day on which two of them hold."""
    by_unit: dict[tuple[Sku, frozenset[tuple[str, str]], str], list[PartnerItem]] = {}
    for item in rows:
        by_unit.setdefault((item.sku, frozenset(item.ids.items()), item.unit), []).append(item)
    for alike in by_unit.values():
        alike.sort(key=lambda each: each.since or date.min)
        for before, after in pairwise(alike):
            if before.meets(after):
                what = f"Line {before.line} says of the same days what one {after.unit} of {after.sku} is."
                raise _fault("since", what, _FOLLOW, f"{path}:{after.line}")


def _check_ids(rows: Iterable[PartnerItem], path: Path) -> None:
    """An id, and a GTIN under whatever qualifiers, is one SKU's at a time."""
    named: dict[tuple[str, str], list[PartnerItem]] = {}
    for item in rows:
        for name, value in item.ids.items():
            gtin = gtin_of(name, value)
            others = named.setdefault((name, value) if gtin is None else ("", gtin), [])
            taken = next((each for each in others if each.sku != item.sku and each.meets(item)), None)
            if taken is not None:
                what = f"{value[:40]} is {taken.sku} in line {taken.line} and {item.sku} here on the same days."
                raise _fault(name, what, f"Name one SKU. {_FOLLOW}", f"{path}:{item.line}")
            others.append(item)


def _check_preferred(rows: Iterable[PartnerItem], path: Path) -> None:
    """Of the items that are one SKU at most one is preferred at a time; rows for its other units may say it again."""
    preferred: dict[Sku, list[PartnerItem]] = {}
    for item in rows:
        if item.preferred:
            others = preferred.setdefault(item.sku, [])
            taken = next((each for each in others if each.ids != item.ids and each.meets(item)), None)
            if taken is not None:
                what = f"Line {taken.line} is preferred for {item.sku} on the same days."
                raise _fault("preferred", what, f"Say yes in one of them. {_FOLLOW}", f"{path}:{item.line}")
            others.append(item)


def _fault(column: str, what: str, cure: str, place: str) -> ConfigurationError:
    return ConfigurationError(f"Column {column}: {what}", code="configuration.items", cure=cure, place=place)
