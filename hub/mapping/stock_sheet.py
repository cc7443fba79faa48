"""A counted sheet (CSV or XLSX with a heading): what ``hub stock import`` reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation

from hub.errors import DataError
from hub.mapping.table_file import read_rows
from hub.model.identity import LocationId, Sku
from hub.model.quantity import BASE_UNIT
from hub.model.stock import CountBasis

COLUMNS = ("sku", "location", "quantity", "unit", "units_each", "unavailable", "as_of")
"""The first three are needed."""

PASSED_OVER = ("owner", "on_hand", "reserved", "soft_held", "available", "counted_at", "counted_document")
"""Columns of an export: whoever counts adds ``quantity`` to it and leaves the rest as it is."""

_LARGEST = Decimal(1_000_000_000)


@dataclass(frozen=True, slots=True)
class Figure:
    """One row: ``quantity`` packs of ``units_each`` eaches, ``unavailable`` of them; ``as_of`` None: as of the sheet's
    moment."""

    row: int
    sku: Sku
    location: LocationId
    quantity: Decimal
    unit: str = BASE_UNIT
    units_each: Decimal = Decimal(1)
    unavailable: Decimal | None = None
    as_of: datetime | None = None


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a row cannot be used, and what to do."""

    row: int
    column: str
    code: str
    message: str
    cure: str


class _WrongError(Exception):
    """Leaves a row at its first fault."""

    def __init__(self, column: str, message: str, cure: str, code: str = "stock.sheet-row") -> None:
        super().__init__(message)
        self.column, self.message, self.cure, self.code = column, message, cure, code


def read_sheet(name: str, body: bytes, bases: Mapping[LocationId, CountBasis]) -> Iterator[Figure | Fault]:
    """Every row, each a figure or a fault. ``bases``: what is counted at each location we have.

    Raises DataError ``stock.sheet`` for a heading that cannot be used, and as ``read_rows``.
    """
    rows = read_rows(name, body)
    _, heading = next(rows, (1, []))
    columns = [each.lower() for each in heading]
    _check_heading(columns)
    seen: dict[tuple[str, str, str, Decimal], int] = {}
    for number, cells in rows:
        said = dict(zip(columns, cells, strict=False))
        try:
            if len(cells) > len(columns) and any(cells[len(columns) :]):
                raise _WrongError("", "It has more cells than the heading.", "Check it for a comma too many.")
            figure = _figure(number, said, bases)
            pack = (figure.sku, figure.location, figure.unit, figure.units_each)
            if pack in seen:
                what = f"Row {seen[pack]} counts the same item at the same location."
                raise _WrongError("sku", what, "Add the two up in one row.")
            seen[pack] = number
            yield figure
        except _WrongError as wrong:
            yield Fault(number, wrong.column, wrong.code, wrong.message, wrong.cure)


def _check_heading(columns: list[str]) -> None:
    odd = [each for each in columns if each and each not in COLUMNS and each not in PASSED_OVER]
    twice = [each for each in COLUMNS if columns.count(each) > 1]
    missing = [each for each in COLUMNS[:3] if each not in columns]
    said = (
        f"has an unknown column {odd[0]}"
        if odd
        else f"has no column {missing[0]}"
        if missing
        else f"has the column {twice[0]} twice"
        if twice
        else ""
    )
    if said:
        raise DataError(
            f"The sheet {said}.",
            code="stock.sheet",
            cure=f"Its first row names the columns: {', '.join(COLUMNS)}; the first three are needed.",
            path="row 1",
        )


def _figure(number: int, said: Mapping[str, str], bases: Mapping[LocationId, CountBasis]) -> Figure:
    sku, location, unit = said.get("sku", ""), LocationId(said.get("location", "")), said.get("unit", "")
    if not sku:
        raise _WrongError("sku", "It names no SKU.", "Name it.")
    basis = bases.get(location)
    if basis is None:
        known = ", ".join(sorted(bases)) or "none"
        what = f"There is no location {location}." if location else "It names no location."
        raise _WrongError("location", what, f"Known: {known}.", "stock.unknown-location")
    quantity = _number(said, "quantity")
    if quantity is None:
        raise _WrongError("quantity", "It has no quantity.", "Write the figure counted; 0 where nothing is there.")
    if quantity < 0 and basis is CountBasis.ON_HAND:
        raise _WrongError("quantity", "Fewer than none cannot be on hand.", "Write 0, or what is there.")
    each = _number(said, "units_each")
    if each is None and unit not in {"", BASE_UNIT}:
        raise _WrongError("units_each", f"How many eaches one {unit} holds is not said.", "Write it.")
    if each is not None and each <= 0:
        raise _WrongError("units_each", "A unit holds more than none.", "Write how many eaches one of it holds.")
    return Figure(
        row=number,
        sku=Sku(sku),
        location=location,
        quantity=quantity,
        unit=unit or BASE_UNIT,
        units_each=Decimal(1) if each is None else each,
        unavailable=_unavailable(said, basis),
        as_of=_moment(said.get("as_of", "")),
    )


def _unavailable(said: Mapping[str, str], basis: CountBasis) -> Decimal | None:
    units = _number(said, "unavailable")
    if units is not None and units < 0:
        raise _WrongError("unavailable", "Fewer than none cannot be unavailable.", "Write 0, or leave it empty.")
    if units and basis is not CountBasis.ON_HAND:
        what = "What is counted at this location is available units: unavailable ones are left out of them already."
        raise _WrongError("unavailable", what, "Leave it empty.")
    return units if basis is CountBasis.ON_HAND else None


def _number(said: Mapping[str, str], column: str) -> Decimal | None:
    text = said.get(column, "")
    if not text:
        return None
    try:
        value = Decimal(text)
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite() or abs(value) > _LARGEST:
        raise _WrongError(column, f"{text[:20]} is no number we can use.", "Write digits, a point before decimals.")
    if value != round(value, 6):
        raise _WrongError(column, f"{text[:20]} has more than six decimal places.", "Round it.")
    return value


def _moment(text: str) -> datetime | None:
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        what = f"{text[:32]} is no moment with its zone."
        raise _WrongError("as_of", what, "Write it as text, for example 2026-11-20T09:30+01:00.")
    return moment
