"""What a partner gets back: the rows that could not be used, as they were, each with its number and the reason."""

from __future__ import annotations

import csv
import io
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from hub.mapping.records.fixed import columns_in_order
from hub.mapping.records.format import DELIMITED, RecordFormat
from hub.mapping.records.formulas import unquoted
from hub.mapping.records.heading import REJECT_COLUMNS
from hub.mapping.records.lines import Lines
from hub.mapping.records.packing import packed
from hub.mapping.records.raw_rows import BATCH_ROWS, BrokenRow, RawRows
from hub.mapping.records.source import ByteSource, opened
from hub.mapping.records.tables import check_is_table, raw_rows
from hub.mapping.records.text import Text
from hub.mapping.records.text_sink import TextSink
from hub.mapping.records.write_tables import LINE_ENDS, trailer_cells, trailer_line, write_delimited, write_workbook

_LONGEST_RAW = 10_000
"""Characters that are kept of a row which cannot be taken apart."""


def reject_file(form: RecordFormat, body: bytes | Path, rejected: Mapping[int, tuple[str, str]]) -> bytes:
    """A file of the same format and packed alike: what stands before the records, then the rows whose numbers are in
    ``rejected`` (code and message of each), with ``reject_row`` and ``reject_reason`` behind their own cells.

    Mended, it can be sent again as it is: who reads it passes over those two columns (in fixed width and without a
    heading only where ``extra`` is ``ignore``). Where there is a heading, cells that a spreadsheet would run are made
    harmless, and turned back when it is read. Raises as ``open_table``.
    """
    check_is_table(form)
    with opened(form, body) as source:
        kept = _kept(form, source, rejected)
    stream = io.BytesIO()
    with packed(form, stream) as sink:
        if form.kind == "fixed":
            text = TextSink(form, sink, "replace")
            for line in _lines(form, kept, rejected):
                text.write(line + LINE_ENDS[form.line_end])
        elif form.kind == "xlsx":
            write_workbook(form.sheet if isinstance(form.sheet, str) else "", _rows(form, kept, rejected), sink)
        else:
            rows = _rows(form, kept, rejected)
            write_delimited(form, rows, TextSink(form, sink, "replace"), safe=form.formula_safe or form.heading > 0)
    return stream.getvalue()


@dataclass
class _Kept:
    """Rows as they stand in the file: those before the records, those rejected by number, and those after the last."""

    before: list[list[str]]
    after: deque[list[str]]
    rejected: dict[int, list[str]] = field(default_factory=dict)


class _LineRows:
    """Lines of fixed width as they stand, a row of one cell each."""

    damaged = False
    broken: Mapping[int, BrokenRow] = {}

    def __init__(self, text: Text) -> None:
        self._lines = Lines(text)

    def read(self) -> list[list[str]]:
        """The next rows; see ``RawRows``."""
        rows: list[list[str]] = []
        for line in islice(self._lines.each, BATCH_ROWS):
            self._lines.begin_step()
            rows.append([line.rstrip("\r\n")])
        return rows


def _kept(form: RecordFormat, source: ByteSource, rejected: Mapping[int, tuple[str, str]]) -> _Kept:
    reader: RawRows = _LineRows(Text(source, form.encoding)) if form.kind == "fixed" else raw_rows(form, source)
    first = form.heading + form.skip_before
    kept = _Kept([], deque(maxlen=form.skip_after))
    number = 0
    while rows := reader.read():
        for index, row in enumerate(rows):
            number += 1
            if number <= first:
                kept.before.append(row)
            elif number in rejected:
                broken = reader.broken.get(index)
                kept.rejected[number] = _taken_apart(form, broken) if broken else row
            if form.skip_after and any(row) and not _is_trailer(form, row):
                kept.after.append(row)
    return kept


def _is_trailer(form: RecordFormat, row: Sequence[str]) -> bool:
    return form.trailer is not None and row[0].startswith(form.trailer.prefix)


def _taken_apart(form: RecordFormat, broken: BrokenRow) -> list[str]:
    try:
        return next(csv.reader([broken.raw], delimiter=form.separator, quotechar=form.quote or None), [])
    except csv.Error:
        return [broken.raw[:_LONGEST_RAW]]


def _rows(form: RecordFormat, kept: _Kept, rejected: Mapping[int, tuple[str, str]]) -> Iterator[list[str]]:
    heading = kept.before[form.heading - 1] if 0 < form.heading <= len(kept.before) else []
    # A file that comes back a second time: its old numbers and reasons go.
    old = {index for index, cell in enumerate(heading) if cell in REJECT_COLUMNS}
    quoted = form.kind in DELIMITED and (form.formula_safe or len(old) == len(REJECT_COLUMNS))
    width = max((len(row) for row in (heading, *kept.rejected.values())), default=0)

    def cells(row: Sequence[str]) -> list[str]:
        filled = [*row, *[""] * (width - len(row))]
        return [unquoted(cell) if quoted else cell for index, cell in enumerate(filled) if index not in old]

    for index, row in enumerate(kept.before, start=1):
        yield [*cells(row), *REJECT_COLUMNS] if index == form.heading else row
    for number, row in kept.rejected.items():
        yield [*cells(row), str(number), _reason(form, *rejected[number])]
    yield from kept.after
    if form.trailer:
        yield trailer_cells(form.trailer, len(kept.rejected))


def _lines(form: RecordFormat, kept: _Kept, rejected: Mapping[int, tuple[str, str]]) -> Iterator[str]:
    _, last = columns_in_order(form)[-1]
    width = (last.start or 1) - 1 + (last.width or 0)
    yield from (line for [line] in kept.before)
    for number, [line] in kept.rejected.items():
        yield f"{line[:width].ljust(width)}  {number} {_reason(form, *rejected[number])}"
    yield from (line for [line] in kept.after)
    if form.trailer:
        yield trailer_line(form.trailer, len(kept.rejected))


def _reason(form: RecordFormat, code: str, message: str) -> str:
    words = " ".join(f"{code}: {message}".split())
    return words if form.quote else words.replace(form.separator, " ")
