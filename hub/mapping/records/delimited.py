"""The one reader of delimited text (CSV, TSV): rows as they stand, straight from the csv module."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from itertools import islice

from hub.mapping.records.faults import truncated
from hub.mapping.records.lines import Lines
from hub.mapping.records.raw_rows import BATCH_CHARACTERS, BATCH_ROWS, STEP_ROWS, BrokenRow
from hub.mapping.records.text import Text


class DelimitedRows:
    """Rows in batches (``read``, see ``RawRows``) or one by one (``numbered``)."""

    def __init__(self, text: Text, delimiter: str, quote: str = '"') -> None:
        self.broken: dict[int, BrokenRow] = {}
        self._lines = Lines(text)
        self._reader = csv.reader(
            self._lines.each,
            delimiter=delimiter,
            quotechar=quote or None,
            quoting=csv.QUOTE_MINIMAL if quote else csv.QUOTE_NONE,
            strict=True,
        )

    @property
    def damaged(self) -> bool:
        """Whether bytes came that are no text."""
        return self._lines.damaged

    def read(self) -> list[list[str]]:
        """The next rows. Raises DataError ``records.truncated`` where the file ends inside quotes."""
        rows: list[list[str]] = []
        self.broken = {}
        most = self._lines.characters + BATCH_CHARACTERS
        while len(rows) < BATCH_ROWS and self._lines.characters < most:
            before = len(rows)
            self._lines.begin_step()
            try:
                rows.extend(islice(self._reader, STEP_ROWS))
            except csv.Error as error:
                # The rows before it are in the list already, and the reader goes on behind the line it stopped in.
                self.broken[len(rows)] = self._broken(error)
                rows.append([])
            if len(rows) == before:
                break
        return rows

    def numbered(self) -> Iterator[tuple[int, list[str]]]:
        """Rows with the number of the line each ends on. Raises csv.Error for the first that is broken."""
        for row in self._reader:
            self._lines.begin_step()
            yield self._reader.line_num, row

    def _broken(self, error: csv.Error) -> BrokenRow:
        said = str(error)
        if said == "unexpected end of data":
            raise truncated("The file ends inside quotes.", f"line {self._reader.line_num}")
        if "field limit" in said:
            what = "A cell is too long, or its quote is never closed."
            return BrokenRow("records.cell-too-long", what, self._lines.last())
        return BrokenRow("records.quote", "A quoted cell goes on behind its closing quote.", self._lines.last())
