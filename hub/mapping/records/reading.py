"""A table from top to bottom: which rows are passed over, which are records, and which cannot be used."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain

from hub.errors import DataError
from hub.mapping.records.columns import column_letters
from hub.mapping.records.faults import too_big, truncated
from hub.mapping.records.format import DELIMITED, RecordFormat, Trailer
from hub.mapping.records.formulas import unquoted
from hub.mapping.records.heading import REJECT_COLUMNS, declared_columns, named_columns
from hub.mapping.records.raw_rows import BrokenRow, RawRows

_LOST = re.compile("[\ufffd\0]")
_SHOWN = 2_000
"""Characters of a rejected row that are kept to be shown."""
_CURES = {
    "records.too-many-cells": "Check the row for a delimiter too many, or one in a value without quotes around it.",
    "records.cell-too-long": "Check the row for a quote that is not closed; else raise limits.max_cell.",
    "records.undecodable": "Check the encoding that the format declares, or have the value mended.",
    "records.quote": "Double the quotes within the cell, or declare quote: '' where they are no more than characters.",
}


@dataclass(frozen=True, slots=True)
class Reject:
    """A row that cannot be used: its number, the column where one is to blame, its text or as much as can be shown."""

    row: int
    column: str
    code: str
    message: str
    cure: str
    raw: str


@dataclass(frozen=True, slots=True)
class Batch:
    """Records that stand together. ``first``: the number of the first of them, as a spreadsheet shows it; each of
    ``rows`` has a cell for every column of the table; ``numbers`` are theirs, one by one."""

    first: int
    rows: list[list[str]]
    rejects: list[Reject] = field(default_factory=list)
    numbers: Sequence[int] = ()


class Reading:
    """What is known while a table is read."""

    def __init__(self, form: RecordFormat, source: RawRows) -> None:
        self.form = form
        self._source = source
        self._rows: list[list[str]] = source.read()
        self._broken: Mapping[int, BrokenRow] = source.broken
        self._number = 1
        self._records = 0
        self._columns: tuple[str, ...] = ()
        self._unquotes = form.formula_safe
        # The csv module itself refuses a cell of more than its own limit.
        self._measures = form.kind not in DELIMITED or form.limits.max_cell < csv.field_size_limit()
        self._marks = tuple(filter(None, (form.comment, form.trailer.prefix if form.trailer else "")))
        self._over = False

    def heading(self) -> tuple[str, ...]:
        """The names of the columns; rows before the records are passed over. Raises DataError ``records.heading``,
        and as ``named_columns``."""
        form = self.form
        self._pass_over(max(0, form.heading - 1))
        heading = self._rows[0] if self._rows and not self._broken.get(0) else []
        if form.heading and not any(heading):
            raise DataError(
                f"Row {form.heading} holds no heading.",
                code="records.heading",
                cure="Write in heading which row does, or 0 where none does.",
                path=f"row {form.heading}",
            )
        self._pass_over(form.skip_before + (1 if form.heading else 0))
        self._columns = self._named(heading)
        self._unquotes |= form.kind in DELIMITED and set(REJECT_COLUMNS) <= set(self._columns)
        return self._columns

    def batches(self) -> Iterator[Batch]:
        """Every batch. Raises DataError ``records.too-big``, ``records.truncated``, and as the source."""
        while self._rows:
            first = self._number
            batch = (
                Batch(first, self._rows, [], range(first, first + len(self._rows)))
                if self._is_even()
                else self._sorted()
            )
            self._records += len(batch.rows) + len(batch.rejects)
            if self._records > self.form.limits.max_records:
                raise too_big(f"It has more than {self.form.limits.max_records} records.", f"row {first}")
            self._pass_over(len(self._rows))
            yield batch
        if self.form.trailer and not self._over:
            raise truncated(f"The last row, {self.form.trailer.prefix}, is not there.")

    def _named(self, heading: Sequence[str]) -> tuple[str, ...]:
        form = self.form
        if form.heading and form.kind != "fixed":
            return named_columns(form, heading)
        return declared_columns(form, len(self._rows[0]) if self._rows else 0)

    def _pass_over(self, count: int) -> None:
        while count and self._rows:
            passed = min(count, len(self._rows))
            count -= passed
            self._number += passed
            self._rows = self._rows[passed:]
            self._broken = {index - passed: one for index, one in self._broken.items() if index >= passed}
            if not self._rows:
                self._rows, self._broken = self._source.read(), self._source.broken

    def _is_even(self) -> bool:
        """Whether every row of the batch is a record as it stands: nearly all is asked in C."""
        form, rows = self.form, self._rows
        return not (
            self._broken
            or self._unquotes
            or self._over
            or self._source.damaged
            or set(map(len, rows)) != {len(self._columns)}
            or not all(map(any, rows))
            or (self._marks and any(row[0].startswith(self._marks) for row in rows))
            or (self._measures and max(map(len, chain.from_iterable(rows)), default=0) > form.limits.max_cell)
        )

    def _sorted(self) -> Batch:
        rows: list[list[str]] = []
        numbers: list[int] = []
        rejects: list[Reject] = []
        for index, row in enumerate(self._rows):
            number = self._number + index
            broken = self._broken.get(index)
            if broken is None and (not any(row) or self._is_comment(row)):
                continue
            if self._over:
                raise truncated("Rows follow the one that counts them.", f"row {number}")
            if self._is_trailer(row):
                self._check_count(row, self._records + len(rows) + len(rejects), number)
                continue
            found = _broken_row(number, broken) if broken else self._usable(row, number)
            if isinstance(found, Reject):
                rejects.append(found)
            else:
                rows.append(found)
                numbers.append(number)
        return Batch(numbers[0] if numbers else self._number, rows, rejects, numbers)

    def _usable(self, row: list[str], number: int) -> list[str] | Reject:
        """The row with as many cells as there are columns, or why it is none."""
        if self._source.damaged:
            lost = next((index for index, cell in enumerate(row) if _LOST.search(cell)), None)
            if lost is not None:
                what = "It holds bytes that are no text in the declared encoding."
                return self._rejected(number, "records.undecodable", what, row, lost)
        if max(map(len, row)) > self.form.limits.max_cell:
            longest = max(range(len(row)), key=lambda index: len(row[index]))
            what = f"A cell has more than {self.form.limits.max_cell} characters."
            return self._rejected(number, "records.cell-too-long", what, row, longest)
        if len(row) > len(self._columns):
            if any(row[len(self._columns) :]) and (self.form.heading or self.form.extra == "refuse"):
                what = f"It has {len(row)} cells, and there are {len(self._columns)} columns."
                return self._rejected(number, "records.too-many-cells", what, row, len(self._columns))
            row = row[: len(self._columns)]
        row = row + [""] * (len(self._columns) - len(row))
        return [unquoted(cell) for cell in row] if self._unquotes else row

    def _rejected(self, number: int, code: str, message: str, row: Sequence[str], index: int) -> Reject:
        column = self._columns[index] if index < len(self._columns) else column_letters(index)
        return Reject(number, column, code, message, _CURES[code], self.form.separator.join(row)[:_SHOWN])

    def _is_comment(self, row: Sequence[str]) -> bool:
        return bool(self.form.comment) and row[0].startswith(self.form.comment)

    def _is_trailer(self, row: Sequence[str]) -> bool:
        return self.form.trailer is not None and bool(row) and row[0].startswith(self.form.trailer.prefix)

    def _check_count(self, row: Sequence[str], records: int, number: int) -> None:
        trailer = self.form.trailer
        assert trailer is not None
        self._over = True
        text = _count(trailer, row)
        if not (text.isascii() and text.isdigit() and len(text) <= 12):
            raise truncated("The last row has no count where the format says.", f"row {number}")
        if int(text) - trailer.besides != records:
            raise truncated(
                f"The last row counts {int(text) - trailer.besides} records; {records} came.", f"row {number}"
            )


def _count(trailer: Trailer, row: Sequence[str]) -> str:
    start = trailer.count - 1
    if trailer.width is not None:
        return row[0][start : start + trailer.width].strip()
    return row[start].strip() if start < len(row) else ""


def _broken_row(number: int, broken: BrokenRow) -> Reject:
    return Reject(number, "", broken.code, broken.message, _CURES[broken.code], broken.raw[:_SHOWN])
