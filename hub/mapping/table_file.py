"""Tables as people keep them: CSV and XLSX, read as text cell by cell and written so that no spreadsheet runs them."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

from hub.errors import DataError

KINDS = (".csv", ".xlsx")

Cell = str | Decimal | None

MAX_BYTES = 256 * 1024 * 1024
"""Of a file, and of what a workbook holds once it is unpacked."""

MAX_CELLS = 10_000_000
"""Of a sheet, from A1 to its last used row and column: the library keeps empty ones, too, 32 bytes each."""

MAX_ROWS = 1_048_576
"""What a workbook's sheet can hold."""

# A text that begins so is run as a formula by one spreadsheet or another (OWASP, CSV injection); full-width forms too.
_DANGEROUS = frozenset("=+-@\t\r\0＝＋－＠")
_QUOTE = "'"
# Rows and cells with their places, where they give any; a cell without a place stands beside the one before it.
_PLACES = re.compile(rb"""<(?:\w+:)?(row|c)(?=[\s/>])|[\s"']r\s*=\s*["']\s*([A-Za-z]*)([0-9]+)""")


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
        raise _too_big(f"It has {len(body)} bytes")
    rows = _csv_rows(body) if kind_of(name) == ".csv" else _xlsx_rows(body)
    for number, cells in rows:
        texts = [cell.strip() for cell in cells]
        if any(texts):
            yield number, texts


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
    try:
        text = body.decode("utf-8-sig")
        heading = text[: text.find("\n")] if "\n" in text else text
        # Spreadsheets of many countries write ";" where the decimal mark is a comma.
        delimiter = max(",;\t", key=heading.count)
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        for cells in reader:
            yield reader.line_num, [_unquoted(cell) for cell in cells]
    except UnicodeDecodeError:
        raise _unreadable("It is no text in UTF-8", "Save it as CSV in UTF-8.") from None
    except csv.Error as error:
        raise _unreadable(f"It is no CSV file ({error})", "Save it anew as CSV.") from None


def _xlsx_rows(body: bytes) -> Iterator[tuple[int, list[str]]]:
    from python_calamine import CalamineError, CalamineWorkbook

    _check_archive(body)
    try:
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(body)).get_sheet_by_index(0)
        for number, cells in enumerate(sheet.iter_rows(), start=1):
            yield number, [_text(cell) for cell in cells]
    except (CalamineError, IndexError) as error:
        cure = "Save it anew as a workbook (.xlsx), without a password."
        raise _unreadable(f"It is no workbook that can be read ({type(error).__name__})", cure) from None


def _check_archive(body: bytes) -> None:
    """Nothing is unpacked before its size is known; the library, too, refuses a member bigger than it says it is."""
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            unpacked = sum(member.file_size for member in archive.infolist())
            if unpacked > MAX_BYTES:
                raise _too_big(f"Unpacked it has {unpacked} bytes")
            for member in archive.infolist():
                _check_cells(archive.read(member))
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        cure = "Save it anew as a workbook (.xlsx), without a password."
        raise _unreadable(f"It is no workbook ({type(error).__name__})", cure) from None


def _check_cells(member: bytes) -> None:
    """One cell in the last corner of a sheet would have the library make room for all before it."""
    height = width = beside = 0
    for found in _PLACES.finditer(member):
        tag, letters, digits = found.groups()
        if tag == b"row":
            beside, height = 0, height + 1
        elif tag:
            beside += 1
            width = max(width, beside)
        else:
            height = max(height, int(digits[:9]))
            width = max(width, _column(letters[:4]))
    if height * width > MAX_CELLS:
        raise _too_big(f"Its sheet reaches over {height} rows and {width} columns")


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


def _text(value: object) -> str:
    match value:
        case str():
            return value
        case float():
            # What a spreadsheet itself shows of 0.1 + 0.2: fifteen digits.
            return f"{Decimal(f'{value:.15g}'):f}"
        case datetime() | date():
            return value.isoformat()
        case _:
            return str(value)


def _unquoted(cell: str) -> str:
    quoted = cell[:1] == _QUOTE and (cell[1:2] in _DANGEROUS or cell[1:2] == _QUOTE)
    return cell[1:] if quoted else cell


def _quoted(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, Decimal):
        return f"{cell:f}"
    return _QUOTE + cell if cell[:1] in _DANGEROUS or cell[:1] == _QUOTE else cell


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
    return DataError(f"The file cannot be read. {message}.", code="table.unreadable", cure=cure)


def _too_big(message: str) -> DataError:
    return DataError(
        f"The file is not opened. {message}, too much for a table of stock.",
        code="table.too-big",
        cure="Remove formatting and values outside the table, or save it as CSV, in parts where it is big.",
    )
