"""What tests of records share: tables read whole, codes of errors, packed bodies."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from collections.abc import Callable, Mapping
from typing import Any

import pytest
import xlsxwriter

from hub.errors import DataError
from hub.mapping.records.format import RecordFormat
from hub.mapping.records.tables import Batch, Reject, open_table


def form(kind: str = "csv", **given: Any) -> RecordFormat:
    """A format as a mapping file gives it."""
    return RecordFormat.model_validate_json(json.dumps({"kind": kind, **given}))


def batches(layout: RecordFormat, body: bytes) -> list[Batch]:
    return list(open_table(layout, "feed", body).batches())


def rows(layout: RecordFormat, body: bytes) -> list[list[str]]:
    return [row for batch in batches(layout, body) for row in batch.rows]


def numbered(layout: RecordFormat, body: bytes) -> list[tuple[int, list[str]]]:
    table = open_table(layout, "feed", body)
    return [(table.row_number(batch, index), row) for batch in table.batches() for index, row in enumerate(batch.rows)]


def rejects(layout: RecordFormat, body: bytes) -> list[Reject]:
    return [each for batch in batches(layout, body) for each in batch.rejects]


def refused(read: Callable[[], object]) -> DataError:
    """The error by which a file is refused as a whole."""
    with pytest.raises(DataError) as raised:
        read()
    return raised.value


def refused_table(layout: RecordFormat, body: bytes) -> DataError:
    return refused(lambda: batches(layout, body))


def zipped(members: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", method) as archive:
        for name, body in members.items():
            archive.writestr(name, body)
    return kept.getvalue()


def gzipped(body: bytes) -> bytes:
    return gzip.compress(body, mtime=0)


def book(*sheets: tuple[str, list[tuple[int, int, object]]]) -> bytes:
    """A workbook of sheets by name, each with cells by row and column from 0 on."""
    kept = io.BytesIO()
    with xlsxwriter.Workbook(kept) as workbook:
        for name, cells in sheets:
            sheet = workbook.add_worksheet(name)
            for row, column, value in cells:
                sheet.write(row, column, value)
    return kept.getvalue()
