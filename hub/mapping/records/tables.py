"""Tables: a heading and rows of texts, in batches, whatever kind of file they come in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from hub.errors import ConfigurationError
from hub.mapping.records.delimited import DelimitedRows
from hub.mapping.records.faults import in_file
from hub.mapping.records.fixed import FixedRows
from hub.mapping.records.format import TABLES, RecordFormat
from hub.mapping.records.raw_rows import RawRows
from hub.mapping.records.reading import Batch, Reading, Reject
from hub.mapping.records.source import ByteSource, opened, whole
from hub.mapping.records.text import Text
from hub.mapping.records.workbook import WorkbookRows

__all__ = ["Batch", "Reject", "Table", "open_table"]


class Table:
    """A file whose heading was read. ``columns`` has a name for each cell of a row: the declared one where the format
    lists the column, else its heading, else its letters (``F``)."""

    def __init__(self, form: RecordFormat, name: str, columns: tuple[str, ...], batches: Iterator[Batch]) -> None:
        self.form, self.name, self.columns = form, name, columns
        self._batches = batches

    def batches(self) -> Iterator[Batch]:
        """The records, some 2,000 at a time, once. Raises DataError ``records.truncated``, ``records.too-big``,
        ``records.unreadable`` as soon as it shows that the file cannot be trusted: what was read until then must not
        be used before the last batch has come."""
        return self._batches

    def row_number(self, batch: Batch, index: int) -> int:
        """The number that a spreadsheet shows beside the record ``batch.rows[index]``."""
        return batch.numbers[index]


def open_table(form: RecordFormat, name: str, body: bytes | Path) -> Table:
    """Open a file and read its heading. ``name`` is for errors only.

    Rows without any value, comments and declared rows beside the records are passed over; a row that cannot be used is
    rejected. Raises DataError ``records.*`` for a file that cannot be read or has not the declared columns,
    ConfigurationError ``configuration.record-kind`` for a format that is no table's.
    """
    check_is_table(form)
    stack = ExitStack()
    try:
        with in_file(name):
            reading = Reading(form, raw_rows(form, stack.enter_context(opened(form, body))))
            columns = reading.heading()
    except BaseException:
        stack.close()
        raise
    return Table(form, name, columns, _read(name, stack, reading))


def check_is_table(form: RecordFormat) -> None:
    """Raises ConfigurationError ``configuration.record-kind`` for a format of trees."""
    if form.kind not in TABLES:
        raise ConfigurationError(
            f"A file of the kind {form.kind} is no table.",
            code="configuration.record-kind",
            cure=f"Write one of the kinds {', '.join(sorted(TABLES))}.",
        )


def raw_rows(form: RecordFormat, source: ByteSource) -> RawRows:
    """Every row of a table as it stands."""
    if form.kind == "xlsx":
        return WorkbookRows(whole(source), form.sheet, form.limits)
    text = Text(source, form.encoding)
    return FixedRows(text, form) if form.kind == "fixed" else DelimitedRows(text, form.separator, form.quote)


def _read(name: str, stack: ExitStack, reading: Reading) -> Iterator[Batch]:
    with stack, in_file(name):
        yield from _but_last(reading.batches(), reading.form.skip_after)


def _but_last(batches: Iterator[Batch], skipped: int) -> Iterator[Batch]:
    """Without the last rows of the last of them."""
    if not skipped:
        yield from batches
        return
    rows: list[list[str]] = []
    numbers: list[int] = []
    for batch in batches:
        rows, numbers = rows + batch.rows, [*numbers, *batch.numbers]
        yield Batch(numbers[0] if numbers else batch.first, rows[:-skipped], batch.rejects, numbers[:-skipped])
        rows, numbers = rows[-skipped:], numbers[-skipped:]
