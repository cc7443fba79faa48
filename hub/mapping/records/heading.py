"""From the cells of a heading, or from the format alone, to the names of a table's columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from itertools import chain, count

from hub.errors import DataError
from hub.mapping.records.columns import column_index, column_letters, heading_key
from hub.mapping.records.faults import too_big
from hub.mapping.records.fixed import columns_in_order
from hub.mapping.records.format import RecordFormat

REJECT_COLUMNS = ("reject_row", "reject_reason")
"""What a reject file has beside the columns of the file it was made of; a file may come back with them."""


def named_columns(form: RecordFormat, heading: Sequence[str]) -> tuple[str, ...]:
    """A name for each cell of a row: the declared one, else the heading, else the column's letters.

    Raises DataError ``records.column-missing``, ``records.column-twice``, ``records.column-unknown``,
    ``records.too-big``.
    """
    _check_width(form, sum(map(bool, heading)))
    cells = [" ".join(cell.split()) for cell in heading]
    if not form.columns:
        return _free(form, cells)
    found = _placed(form, len(cells)) | _headed(form, cells)
    _check_missing(form, found, cells)
    if form.extra == "refuse":
        _check_unknown(form, found, cells)
    # A column that is listed and not there keeps its name.
    taken = set(form.columns)
    width = max(len(cells), 1 + max(found, default=-1))
    return tuple(found.get(index) or _extra(cells, index, taken) for index in range(width))


def declared_columns(form: RecordFormat, width: int) -> tuple[str, ...]:
    """Of a file without a heading: declared names by their places, letters for the columns between.

    Where no columns are listed there are ``width``. Raises DataError ``records.too-big``.
    """
    if form.kind == "fixed":
        return tuple(name for name, _ in columns_in_order(form))
    found = dict(zip(column_places(form), form.columns, strict=True))
    last = max(found, default=width - 1)
    _check_width(form, last + 1)
    return tuple(found.get(index, column_letters(index)) for index in range(last + 1))


def column_places(form: RecordFormat) -> list[int]:
    """The place of each declared column, from 0 on: its own (``at``), or the first that is still free."""
    own = [column_index(column.at) if column.at is not None else None for column in form.columns.values()]
    free = (index for index in count() if index not in own)
    return [next(free) if index is None else index for index in own]


def _check_width(form: RecordFormat, columns: int) -> None:
    """Raises DataError ``records.too-big`` where there are more columns than the format allows."""
    if columns > form.limits.max_columns:
        raise too_big(f"It has {columns} columns, more than {form.limits.max_columns}.")


def _placed(form: RecordFormat, width: int) -> dict[int, str]:
    places = {column_index(one.at): name for name, one in form.columns.items() if one.at is not None}
    return {index: name for index, name in places.items() if index is not None and index < width}


def _headed(form: RecordFormat, cells: Sequence[str]) -> dict[int, str]:
    names: dict[str, str] = {}
    for name, column in form.columns.items():
        if column.at is None:
            names |= {heading_key(each): name for each in (name, *column.aliases)}
    taken = set(_placed(form, len(cells)))
    found: dict[int, str] = {}
    for index, cell in enumerate(cells):
        name = names.get(heading_key(cell), "")
        if not name or index in taken:
            continue
        if name in found.values():
            first = next(place for place, each in found.items() if each == name)
            what = f"The columns {column_letters(first)} and {column_letters(index)} are both {name}."
            raise _wrong(form, "records.column-twice", what, "Write in the format at which place it is (at).", name)
        found[index] = name
    return found


def _free(form: RecordFormat, cells: Sequence[str]) -> tuple[str, ...]:
    seen: dict[str, int] = {}
    for index, cell in enumerate(cells):
        if cell and seen.setdefault(cell, index) != index:
            what = f"The columns {column_letters(seen[cell])} and {column_letters(index)} are both {cell[:80]}."
            raise _wrong(form, "records.column-twice", what, "List the columns in the format, with their places.", cell)
    taken = set(seen)
    return tuple(cell or _extra(cells, index, taken) for index, cell in enumerate(cells))


def _extra(cells: Sequence[str], index: int, taken: set[str]) -> str:
    """What a column goes by that is not listed."""
    letters = column_letters(index)
    heading = cells[index] if index < len(cells) else ""
    names = chain((heading or letters, letters), (f"{letters} {turn}" for turn in count(2)))
    name = next(each for each in names if each not in taken)
    taken.add(name)
    return name


def _check_missing(form: RecordFormat, found: Mapping[int, str], cells: Sequence[str]) -> None:
    there = set(found.values())
    for name, column in form.columns.items():
        if column.required and name not in there:
            near = get_close_matches(heading_key(name), [heading_key(cell) for cell in cells if cell], n=1)
            cure = f"Is it {near[0][:80]}? Then add that to its aliases." if near else "Add its heading to its aliases."
            listed = ", ".join(cell[:40] for cell in cells[:20] if cell) or "none"
            raise _wrong(
                form, "records.column-missing", f"There is no column {name}. The headings are: {listed}.", cure, name
            )


def _check_unknown(form: RecordFormat, found: Mapping[int, str], cells: Sequence[str]) -> None:
    for index, cell in enumerate(cells):
        if cell and index not in found and cell not in REJECT_COLUMNS:
            what = f"The column {column_letters(index)}, {cell[:80]}, is not listed."
            cure = "List it in the format, or write extra: ignore."
            raise _wrong(form, "records.column-unknown", what, cure, cell)


def _wrong(form: RecordFormat, code: str, what: str, cure: str, column: str = "") -> DataError:
    path = f"row {form.heading}" if form.heading else ""
    return DataError(what, code=code, cure=cure, path=f"{path}, column {column[:80]}" if path and column else path)
