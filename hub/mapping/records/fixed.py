"""Lines of fixed width, cut at the declared positions."""

from __future__ import annotations

from itertools import islice

from hub.mapping.records.format import Column, RecordFormat
from hub.mapping.records.lines import Lines
from hub.mapping.records.raw_rows import BATCH_CHARACTERS, BATCH_ROWS, STEP_ROWS, BrokenRow
from hub.mapping.records.text import Text


def columns_in_order(form: RecordFormat) -> list[tuple[str, Column]]:
    """Its columns by the positions they start at."""
    return sorted(form.columns.items(), key=lambda one: one[1].start or 0)


class FixedRows:
    """A row for each line, its cells in the order of their positions; blanks that fill a cell up are taken off.

    Lines that begin as comments or the trailer do are rows of one cell, the whole line.
    """

    def __init__(self, text: Text, form: RecordFormat) -> None:
        self.broken: dict[int, BrokenRow] = {}
        self._lines = Lines(text)
        columns = [column for _, column in columns_in_order(form)]
        self._cuts = [((one.start or 1) - 1, (one.start or 1) - 1 + (one.width or 0)) for one in columns]
        self._right = [index for index, one in enumerate(columns) if one.align == "right"]
        self._whole = tuple(filter(None, (form.comment, form.trailer.prefix if form.trailer else "")))
        self._longest = self._cuts[-1][1] if form.extra == "refuse" else None

    @property
    def damaged(self) -> bool:
        """Whether bytes came that are no text."""
        return self._lines.damaged

    def read(self) -> list[list[str]]:
        """The next rows; see ``RawRows``."""
        rows: list[list[str]] = []
        self.broken = {}
        most = self._lines.characters + BATCH_CHARACTERS
        while len(rows) < BATCH_ROWS and self._lines.characters < most:
            self._lines.begin_step()
            lines = list(islice(self._lines.each, STEP_ROWS))
            if not lines:
                break
            for line in lines:
                rows.append(self._cells(line.rstrip("\r\n"), len(rows)))
        return rows

    def _cells(self, line: str, index: int) -> list[str]:
        if self._whole and line.startswith(self._whole):
            return [line]
        if self._longest is not None and line[self._longest :].strip():
            what = f"The line goes on behind its last column, position {self._longest}."
            self.broken[index] = BrokenRow("records.too-many-cells", what, line)
            return []
        cells = [line[start:end] for start, end in self._cuts]
        for column in self._right:
            cells[column] = cells[column].lstrip(" ")
        return [cell.rstrip(" ") for cell in cells]
