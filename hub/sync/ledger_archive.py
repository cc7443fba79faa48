"""Entries of the ledger as lines of a file: on the disk before they leave the database."""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Iterable
from dataclasses import fields
from datetime import datetime
from decimal import Decimal
from pathlib import Path

from hub.model.ledger import EntryTable, LedgerEntry


class LedgerArchive:
    """One gzip file of JSON lines: ``table``, ``row`` and the fields of the entry.

    Each part is a gzip member of its own. Where the process is killed, the last member may be cut; its entries are
    still in the database, and the next run writes them to a file of its own.
    """

    def __init__(self, path: Path) -> None:
        """Make the file. Raises OSError; one that is there already is never written over."""
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        # Orders' numbers are in it: as private as the database.
        self._file = os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def add(self, table: EntryTable, entries: Iterable[tuple[int, LedgerEntry]]) -> None:
        """Write entries; they are durable when this returns. Raises OSError."""
        lines = "".join(f"{_line(table, row, entry)}\n" for row, entry in entries)
        self._file.write(gzip.compress(lines.encode(), compresslevel=6, mtime=0))
        self._file.flush()
        os.fsync(self._file.fileno())

    def close(self) -> None:
        """Give the file back, and remove it where nothing was written."""
        empty = self._file.tell() == 0
        self._file.close()
        if empty:
            self.path.unlink()


def _line(table: EntryTable, row: int, entry: LedgerEntry) -> str:
    # Not asdict, which copies every value deeply: most of the time that a compaction takes.
    values = {each.name: getattr(entry, each.name) for each in fields(entry)}
    return json.dumps({"table": table.value, "row": row, **values}, default=_plain, ensure_ascii=False)


def _plain(value: object) -> str:
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no JSON form")
