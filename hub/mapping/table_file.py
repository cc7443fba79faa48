"""Tables as people keep them: CSV and XLSX, read as text cell by cell and written so that no spreadsheet runs them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path

from hub.errors import DataError
from hub.mapping.records.delimited import DelimitedRows
from hub.mapping.records.format import Limits, RecordFormat
from hub.mapping.records.formulas import unquoted
from hub.mapping.records.text import Text
from hub.mapping.records.text_sink import TextSink
from hub.mapping.records.workbook import workbook_rows
from hub.mapping.records.write_tables import TableCell, write_delimited, write_workbook

KINDS = (".csv", ".xlsx")

Cell = TableCell | None

MAX_BYTES = 256 * 1024 * 1024
"""Of a file, and of what a workbook holds once it is unpacked."""

# A sheet that a person keeps may be as empty as it likes: deflate packs 1,032 bytes into one at the most.
_LIMITS = Limits(max_bytes=MAX_BYTES, max_ratio=1_100)

_CSV = RecordFormat(kind="csv", encoding="utf-8")


def kind_of(name: str) -> str:
    """``.csv`` or ``.xlsx``. Raises DataError ``table.kind``."""
    kind = Path(name).suffix.lower()
    if kind not in KINDS:
        raise DataError(
            f"{name} is neither CSV nor XLSX.", code="table.kind", cure="Name a file that ends in .csv or .xlsx."
        )
    return kind


def read_rows(name: str, body: bytes) -> Iterator[tuple[int, list[str]]]:
    """Rows that are not empty, with their numbers as a spreadsheet shows them (a CSV file's: of the line they end on).

    Of a workbook the first sheet. Formulas are not worked out: a cell has the value its program stored. Numbers come
    without exponent, days and moments as ISO 8601. Raises DataError ``table.kind``, ``table.unreadable``,
    ``table.too-big``.
    """
    if len(body) > MAX_BYTES:
        raise _too_big(f"It has {len(body)} bytes.")
    rows = _csv_rows(body) if kind_of(name) == ".csv" else _xlsx_rows(body)
    try:
        for number, cells in rows:
            texts = [cell.strip() for cell in cells]
            if any(texts):
                yield number, texts
    except DataError as error:
        if error.code == "records.too-big":
            raise _too_big(error.message) from None
        if error.code.startswith("records."):
            raise _unreadable(error.message, error.cure) from None
        raise


def write_rows(path: Path, columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> int:
    """Write a heading and rows; how many. Texts are written as text, whatever they look like; decimals as numbers.

    In CSV a text that a spreadsheet might run gets a ``'`` before it, which ``read_rows`` takes off again. A file of
    that name is replaced, once the new one is whole. Raises DataError ``table.kind``, ``table.too-big``,
    ``records.unwritable``, OSError.
    """
    kind = kind_of(path.name)
    unfinished = path.with_name(f".{path.name}.part")
    filled = (["" if cell is None else cell for cell in cells] for cells in chain([columns], rows))
    try:
        written = _write(unfinished, kind, filled) - 1
        unfinished.replace(path)
    except DataError as error:
        if error.code == "records.too-big":
            cure = "Write CSV, or one location at a time."
            raise DataError(error.message, code="table.too-big", cure=cure) from None
        raise
    finally:
        unfinished.unlink(missing_ok=True)
    return written


def _write(path: Path, kind: str, rows: Iterable[Sequence[TableCell]]) -> int:
    with path.open("wb") as stream:
        if kind == ".csv":
            return write_delimited(_CSV, rows, TextSink(_CSV, stream), safe=True)
        return write_workbook("", rows, stream, frozen=1)


def _csv_rows(body: bytes) -> Iterator[tuple[int, list[str]]]:
    text = Text(io.BytesIO(body), "utf-8-sig")
    # Spreadsheets of many countries write ";" where the decimal mark is a comma.
    delimiter = max(b",;\t", key=body.partition(b"\n")[0].count)
    try:
        for number, cells in DelimitedRows(text, chr(delimiter)).numbered():
            if text.undecodable:
                raise _unreadable("It is no text in UTF-8.", "Save it as CSV in UTF-8.")
            yield number, [unquoted(cell) for cell in cells]
    except csv.Error as error:
        raise _unreadable(f"It is no CSV file ({error}).", "Save it anew as CSV.") from None


def _xlsx_rows(body: bytes) -> Iterator[tuple[int, list[str]]]:
    return enumerate(workbook_rows(body, 1, _LIMITS, from_first_column=False), start=1)


def _unreadable(message: str, cure: str) -> DataError:
    return DataError(f"The file cannot be read. {message}", code="table.unreadable", cure=cure)


def _too_big(message: str) -> DataError:
    return DataError(
        f"The file is not opened. {message} That is too much for a table of stock.",
        code="table.too-big",
        cure="Remove formatting and values outside the table, or save it as CSV, in parts where it is big.",
    )
