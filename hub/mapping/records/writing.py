"""Records to a file: the inverse of reading."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import BinaryIO, TypeAlias, cast

from hub.mapping.records.faults import unwritable
from hub.mapping.records.fixed import columns_in_order
from hub.mapping.records.format import DELIMITED, TABLES, RecordFormat
from hub.mapping.records.heading import column_places, declared_columns
from hub.mapping.records.packing import ByteSink, packed
from hub.mapping.records.text_sink import TextSink
from hub.mapping.records.tree import Tree
from hub.mapping.records.write_tables import (
    LINE_ENDS,
    TableCell,
    fixed_line,
    trailer_cells,
    trailer_line,
    write_delimited,
    write_workbook,
)
from hub.mapping.records.write_trees import write_json, write_xml

Value: TypeAlias = str | Decimal | int | bool | None
"""A cell to be written."""

_CURE = "Map another value."


def write_records(form: RecordFormat, records: Iterable[Sequence[Value]] | Iterable[Tree], stream: BinaryIO) -> int:
    """Write every record to ``stream``, which stays open; how many. The same records always give the same bytes.

    Rows have a value for each of ``form.columns``, in the order they are listed in; decimals and truth are written by
    ``form.locale``, and a workbook keeps decimals as numbers where that is exact. What would not be read back as it is
    is refused: DataError ``records.unwritable``, ``records.too-wide``, ``records.unencodable``, ``records.too-big``.
    What stood in ``stream`` until then is to be thrown away.
    """
    with packed(form, stream) as sink:
        if form.kind not in TABLES:
            write = write_json if form.kind == "json" else write_xml
            return write(form, cast(Iterable[Tree], records), sink)
        return _Rows(form, cast(Iterable[Sequence[Value]], records)).write(sink)


class _Rows:
    """Rows on their way to a table; ``_count`` of them are records."""

    def __init__(self, form: RecordFormat, records: Iterable[Sequence[Value]]) -> None:
        if not form.columns:
            raise unwritable("The format lists no columns.", "List them in the order of the rows.")
        if form.heading > 1 or form.skip_before or form.skip_after:
            raise unwritable("The format passes rows over: it is for reading.", "Write one with heading 1 or 0.")
        self._form, self._records = form, records
        self._count = 0
        # Where each value of a row goes.
        self._places = column_places(form)
        if form.kind == "fixed":
            order = [name for name, _ in columns_in_order(form)]
            self._places = [order.index(name) for name in form.columns]

    def write(self, sink: ByteSink) -> int:
        form = self._form
        if form.kind == "xlsx":
            name = form.sheet if isinstance(form.sheet, str) else ""
            write_workbook(name, self._all(), sink, frozen=form.heading)
        elif form.kind in DELIMITED:
            write_delimited(form, self._all(), TextSink(form, sink), safe=form.formula_safe)
        else:
            text, end = TextSink(form, sink), LINE_ENDS[form.line_end]
            for row, line in enumerate(self._lines(), start=1):
                text.write(line + end, f"row {row}")
        return self._count

    def _lines(self) -> Iterator[str]:
        form = self._form
        if form.heading:
            names = {name: name[: column.width] for name, column in form.columns.items()}
            yield fixed_line(form, [names[name] for name in declared_columns(form, 0)], 1)
        for cells in self._cells():
            yield fixed_line(form, cells, self._row)
        if form.trailer:
            yield trailer_line(form.trailer, self._count)

    def _all(self) -> Iterator[Sequence[TableCell]]:
        form = self._form
        if form.heading:
            yield [name if name in form.columns else "" for name in declared_columns(form, 0)]
        yield from self._cells()
        if form.trailer:
            yield trailer_cells(form.trailer, self._count)

    @property
    def _row(self) -> int:
        return self._count + self._form.heading

    def _cells(self) -> Iterator[list[TableCell]]:
        """Checked rows, their cells in the order of the file."""
        width = 1 + max(self._places)
        for values in self._records:
            self._count += 1
            if len(values) != len(self._places):
                what = f"It has {len(values)} values, and there are {len(self._places)} columns."
                raise unwritable(what, _CURE, f"row {self._row}")
            cells: list[TableCell] = [""] * width
            for place, value in zip(self._places, values, strict=True):
                cells[place] = self._cell(value)
            self._check(cells)
            yield cells

    def _cell(self, value: Value) -> TableCell:
        match value:
            case None:
                return ""
            case bool():
                return (self._form.locale.true_words if value else self._form.locale.false_words)[0]
            case Decimal() if not value.is_finite():
                raise unwritable("A number is not finite.", _CURE, f"row {self._row}")
            case int():
                return Decimal(value)
        return value

    def _check(self, cells: Sequence[TableCell]) -> None:
        form, texts = self._form, [cell for cell in cells if isinstance(cell, str)]
        passed_over = tuple(filter(None, (form.comment, form.trailer.prefix if form.trailer else "")))
        if not any(texts) and len(texts) == len(cells):
            what = "A row without any value is passed over by whoever reads it."
        elif passed_over and str(cells[0]).startswith(passed_over):
            what = "The row begins as a comment or the trailer does."
        elif any("\0" in text or len(text) > form.limits.max_cell for text in texts):
            what = f"A cell has a NUL, or more than {form.limits.max_cell} characters."
        elif form.kind == "fixed" and any(mark in text for text in texts for mark in "\r\n"):
            what = "A cell has a line break."
        else:
            return
        raise unwritable(what, _CURE, f"row {self._row}")
