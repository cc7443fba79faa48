"""Tables written: rows of cells as CSV, TSV, lines of fixed width or a workbook, always the same bytes."""

from __future__ import annotations

import csv
import shutil
import tempfile
from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from hub.errors import DataError
from hub.mapping.records.faults import too_big, unwritable
from hub.mapping.records.fixed import columns_in_order
from hub.mapping.records.format import RecordFormat
from hub.mapping.records.formulas import quoted
from hub.mapping.records.layout import Trailer
from hub.mapping.records.packing import ByteSink
from hub.mapping.records.text_sink import TextSink

TableCell = str | Decimal
"""A text, or a number that a workbook keeps as one."""

MAX_ROWS = 1_048_576
"""What a workbook's sheet can hold."""

_LONGEST_CELL = 32_767
_ANY_DAY = datetime(1980, 1, 1)  # noqa: DTZ001  a workbook knows no zones


LINE_ENDS = {"crlf": "\r\n", "lf": "\n"}


def write_delimited(form: RecordFormat, rows: Iterable[Sequence[TableCell]], text: TextSink, *, safe: bool) -> int:
    """Rows with the declared delimiter, quote and line end; how many.

    ``safe``: texts that a spreadsheet would run get a ``'`` before them. Raises DataError ``records.unencodable``, and
    ``records.unwritable`` where a cell holds the delimiter or a line break and the format knows no quote.
    """
    sink = _RowSink(text, LINE_ENDS[form.line_end])
    # With this line end every cell that holds either half of it is quoted.
    writer = csv.writer(
        sink,
        delimiter=form.separator,
        quotechar=form.quote or None,
        quoting=csv.QUOTE_MINIMAL if form.quote else csv.QUOTE_NONE,
        lineterminator="\r\n",
    )
    for cells in rows:
        texts = [quoted(cell) if safe and isinstance(cell, str) else text_of(cell, form) for cell in cells]
        try:
            writer.writerow(texts)
        except csv.Error:
            what = "A cell holds the delimiter or a line break, and the format knows no quote."
            raise unwritable(what, "Declare a quote, or another delimiter.", f"row {sink.row + 1}") from None
    return sink.row


def text_of(cell: TableCell, form: RecordFormat) -> str:
    """A number without exponent, with the declared decimal mark."""
    return cell if isinstance(cell, str) else f"{cell:f}".replace(".", form.locale.decimal)


def fixed_line(form: RecordFormat, cells: Sequence[TableCell], row: int) -> str:
    """``cells``, in the order of their positions, each where it belongs.

    Raises DataError ``records.too-wide`` for a cell that is longer than its column: nothing is cut off.
    """
    line = ""
    for (name, column), cell in zip(columns_in_order(form), cells, strict=True):
        width = column.width or 0
        text = text_of(cell, form)
        if len(text) > width:
            raise DataError(
                f"The value of {name} has {len(text)} characters, its column {width}.",
                code="records.too-wide",
                cure="Map a shorter value: nothing is cut off by itself.",
                path=f"row {row}, column {name}",
            )
        line = line.ljust((column.start or 1) - 1)
        line += text.rjust(width, column.fill) if column.align == "right" else text.ljust(width, column.fill)
    return line


def trailer_cells(trailer: Trailer, records: int) -> list[str]:
    """The last row of a table."""
    return [trailer.prefix, *[""] * (trailer.count - 2), str(records + trailer.besides)]


def trailer_line(trailer: Trailer, records: int) -> str:
    """The last line of a file of fixed width."""
    return trailer.prefix.ljust(trailer.count - 1) + str(records + trailer.besides).rjust(trailer.width or 0, "0")


def write_workbook(sheet_name: str, rows: Iterable[Sequence[TableCell]], sink: ByteSink, *, frozen: int = 0) -> int:
    """Rows as the only sheet; texts are never taken for numbers or formulas. The first ``frozen`` rows stay in sight.

    Raises DataError ``records.too-big``, ``records.unwritable``.
    """
    import xlsxwriter

    # Row by row onto the disk; strings in place, for a table of them would be kept whole in memory.
    number = 0
    with tempfile.TemporaryFile() as file:
        with xlsxwriter.Workbook(file, {"constant_memory": True}) as book:
            book.set_properties({"created": _ANY_DAY})
            sheet = book.add_worksheet(sheet_name or None)
            sheet.freeze_panes(frozen, 0)
            for number, cells in enumerate(rows, start=1):
                if number > MAX_ROWS:
                    raise too_big(f"A sheet holds {MAX_ROWS} rows and there are more.")
                for place, cell in enumerate(cells):
                    _write_cell(sheet, number, place, cell)
        file.seek(0)
        shutil.copyfileobj(file, sink)
    return number


def _write_cell(sheet: Any, number: int, place: int, cell: TableCell) -> None:
    if isinstance(cell, Decimal):
        if Decimal(repr(float(cell))) == cell:
            sheet.write_number(number - 1, place, float(cell))
            return
        cell = f"{cell:f}"
    if len(cell) > _LONGEST_CELL or any(mark < " " and mark not in "\t\n" for mark in cell):
        what = f"A cell of a workbook holds at most {_LONGEST_CELL} characters, none of which controls."
        raise unwritable(what, "Map another value, or write CSV.", f"row {number}")
    if cell:
        sheet.write_string(number - 1, place, cell)


class _RowSink:
    """What csv.writer writes to: whole rows, which it ends with CR LF."""

    def __init__(self, text: TextSink, line_end: str) -> None:
        self.row = 0
        self._text, self._end = text, line_end

    def write(self, row: str) -> None:
        self.row += 1
        self._text.write(row.removesuffix("\r\n") + self._end, f"row {self.row}")
