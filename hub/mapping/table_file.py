"""Tables as people keep them: CSV and XLSX, read as text cell by cell and written so that no spreadsheet runs them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from pathlib import Path

from hub.errors import DataError
from hub.mapping.records.delimited import DelimitedRows
from hub.mapping.records.format import Limits
from hub.mapping.records.formulas import quoted, unquoted
from hub.mapping.records.text import Text
from hub.mapping.records.workbook import workbook_rows

KINDS = (".csv", ".xlsx")

Cell = str | Decimal | None

MAX_BYTES = 256 * 1024 * 1024
"""Of a file, and of what a workbook holds once it is unpacked."""

# A sheet that a person keeps may be as empty as it likes: deflate packs 1,032 bytes into one at the most.
_LIMITS = Limits(max_bytes=MAX_BYTES, max_ratio=1_100)

MAX_ROWS = 1_048_576
"""What a workbook's sheet can hold."""


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
    that name is replaced, once the new one is whole. Raises DataError ``table.kind``, ``table.too-big``, OSError.
    """
    write = _write_csv if kind_of(path.name) == ".csv" else _write_xlsx
    unfinished = path.with_name(f".{path.name}.part")
    try:
        written = write(unfinished, columns, rows)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
    return written


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


def _quoted(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, Decimal):
        return f"{cell:f}"
    return quoted(cell)


def _write_csv(path: Path, columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> int:
    number = 0
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(columns)
        for number, cells in enumerate(rows, start=1):  # noqa: B007  counted
            writer.writerow([_quoted(cell) for cell in cells])
    return number


def _write_xlsx(path: Path, columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> int:
    import xlsxwriter

    number = 0
    # Row by row onto the disk; strings in place, for a table of them would be kept whole in memory.
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.freeze_panes(1, 0)
        for place, name in enumerate(columns):
            sheet.write_string(0, place, name)
        for number, cells in enumerate(rows, start=1):
            if number >= MAX_ROWS:
                raise DataError(
                    f"A sheet holds {MAX_ROWS} rows and there are more.",
                    code="table.too-big",
                    cure="Write CSV, or one location at a time.",
                )
            for place, cell in enumerate(cells):
                if isinstance(cell, Decimal) and Decimal(repr(float(cell))) == cell:
                    sheet.write_number(number, place, float(cell))
                elif cell is not None:
                    sheet.write_string(number, place, f"{cell:f}" if isinstance(cell, Decimal) else cell)
    return number


def _unreadable(message: str, cure: str) -> DataError:
    return DataError(f"The file cannot be read. {message}", code="table.unreadable", cure=cure)


def _too_big(message: str) -> DataError:
    return DataError(
        f"The file is not opened. {message} That is too much for a table of stock.",
        code="table.too-big",
        cure="Remove formatting and values outside the table, or save it as CSV, in parts where it is big.",
    )
