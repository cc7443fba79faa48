"""The one reader of workbooks (XLSX): nothing is unpacked before its size is known, every cell is read as text."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from itertools import islice, pairwise, repeat

from hub.errors import DataError
from hub.mapping.records.archives import ZIP_FAULTS, opened_zip
from hub.mapping.records.faults import too_big, unreadable
from hub.mapping.records.format import Limits
from hub.mapping.records.raw_rows import BATCH_ROWS, BrokenRow

MAX_CELLS = 10_000_000
"""Of a sheet, from A1 to its last used row and column: the library keeps empty ones, too, 32 bytes each."""

_LARGEST_TEXT = 256 * 1024 * 1024
"""Bytes that the texts of a sheet's cells hold together: one that is stored once may be shown by a million cells."""

# Rows and cells with their places, where they give any; a cell without a place stands beside the one before it.
_PLACES = re.compile(rb"""<(?:\w+:)?(row|c)(?=[\s/>])|[\s"']r\s*=\s*["']\s*([A-Za-z]*)([0-9]+)""")
_SHARED = re.compile(rb"<(?:\w+:)?si(?=[\s/>])")
# Any number between tags may be the index of a shared text.
_VALUES = re.compile(rb">\s*\+?0*(\d+)\s*<")
_LONG_TEXT = 64
_PIECE = 1024 * 1024
_CURE = "Save it anew as a workbook (.xlsx), without a password."


class WorkbookRows:
    """The rows of one sheet, from its first row and column on."""

    damaged = False
    broken: Mapping[int, BrokenRow] = {}

    def __init__(self, body: bytes, sheet: int | str, limits: Limits) -> None:
        self._rows = workbook_rows(body, sheet, limits)

    def read(self) -> list[list[str]]:
        """The next rows; see ``RawRows``."""
        return list(islice(self._rows, BATCH_ROWS))


def workbook_rows(
    body: bytes, sheet: int | str, limits: Limits, *, from_first_column: bool = True
) -> Iterator[list[str]]:
    """Every row of a sheet (its name, or its number from 1 on), empty ones included; all have the same width.

    Formulas are not worked out: a cell has the value its program stored. Numbers come without exponent, days and
    moments as ISO 8601. Unless ``from_first_column`` rows begin at the first column that is used. Raises DataError
    ``records.unreadable``, ``records.archive``, ``records.too-big``, ``records.sheet``.
    """
    from python_calamine import CalamineError, CalamineWorkbook

    _check_archive(body, limits)
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(body)) as book:
            index = _sheet_index(book.sheet_names, sheet)
            read = book.get_sheet_by_index(index)
            before = [""] * (read.start[1] if read.start and from_first_column else 0)
            for cells in read.iter_rows():
                yield before + [_text(cell) for cell in cells]
    except CalamineError as error:
        raise unreadable(f"It is no workbook that can be read ({type(error).__name__}).", _CURE) from None


def _sheet_index(names: list[str], sheet: int | str) -> int:
    if isinstance(sheet, str) and sheet in names:
        return names.index(sheet)
    if isinstance(sheet, int) and sheet <= len(names):
        return sheet - 1
    listed = ", ".join(name[:31] for name in names[:10]) or "none"
    raise DataError(
        f"The workbook has no sheet {sheet}; it has {listed}.",
        code="records.sheet",
        cure="Write in sheet which is meant.",
    )


def _check_archive(body: bytes, limits: Limits) -> None:
    """The library, too, refuses a member bigger than it says it is."""
    try:
        with opened_zip(io.BytesIO(body), limits) as archive:
            unpacked = sum(member.file_size for member in archive.infolist())
            if unpacked > limits.max_bytes:
                raise too_big(f"Unpacked it has {unpacked} bytes, more than {limits.max_bytes}.")
            cells = max((_cells(archive, member) for member in archive.infolist()), default=0)
            _check_texts(archive, cells)
    except ZIP_FAULTS as error:
        raise unreadable(f"It is no workbook ({type(error).__name__}).", _CURE) from None


def _cells(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> int:
    """How many cells the library makes room for: one in the last corner of a sheet has it make room for all before."""
    height = width = beside = 0
    for _, piece in _tags(archive, member):
        for found in _PLACES.finditer(piece):
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
            raise too_big(f"Its sheet reaches over {height} rows and {width} columns.")
    return height * width


def _check_texts(archive: zipfile.ZipFile, cells: int) -> None:
    """A text that the workbook keeps once is kept by the library for every cell that shows it."""
    lengths: dict[bytes, int] = {}
    for member in archive.infolist():
        starts = [
            offset + found.start() for offset, piece in _tags(archive, member) for found in _SHARED.finditer(piece)
        ]
        for index, (start, end) in enumerate(pairwise((*starts, member.file_size))):
            if end - start > _LONG_TEXT:
                key = b"%d" % index
                lengths[key] = max(lengths.get(key, 0), end - start)
    if cells * max(lengths.values(), default=0) <= _LARGEST_TEXT:
        return
    for member in archive.infolist():
        shown = sum(sum(map(lengths.get, _VALUES.findall(piece), repeat(0))) for _, piece in _tags(archive, member))
        if shown > _LARGEST_TEXT:
            raise too_big(f"The texts of its cells have {shown} characters in all.")


def _tags(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Iterator[tuple[int, bytes]]:
    """A member in pieces that begin where a tag does, each with its offset."""
    offset, rest = 0, b""
    with archive.open(member) as stream:
        while read := stream.read(_PIECE):
            piece = rest + read
            end = piece.rfind(b"<")
            end = end if end > 0 else len(piece)
            yield offset, piece[:end]
            offset, rest = offset + end, piece[end:]
    yield offset, rest


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
