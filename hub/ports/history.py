"""Stores of the ledger's past: sums of its entries by day, beside them (ADR 0023) and in their place (ADR 0024)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from hub.model.identity import LocationId, RequestId, Sku
from hub.model.ledger import EntryTable, LedgerEntry


class CheckpointStore(Protocol):
    """Sums of the ledger's entries by item, location and day, kept beside them: a question about the past then reads
    days instead of entries. They may be made at any moment and change no answer of ``LedgerStore.as_of``."""

    def advance(self, *, worth: int, most: int) -> int:
        """Look at the next ``most`` entries of each kind that were written down since the last time, and sum up those
        of every item and location with at least ``worth`` entries that are in no sum yet.

        Returns how many entries were looked at, 0 where none is left. Those written beside transactions that have not
        ended wait for another time.
        """

    def drift(self) -> list[str]:
        """Sums that differ from their entries, in words; empty where all are true."""


class CompactionStore(Protocol):
    """Takes old entries out of the ledger: their sums by cause and day stay, and their keys.

    In this order, each step in transactions of its own: ``begin``, ``spend`` all, wait until none is left of those who
    were ``writers`` then, and for each ``part``, once it is in the archive, ``fold``. Stopped anywhere and begun anew,
    nothing is lost or counted twice.
    """

    def boundary(self) -> datetime | None:
        """Entries that happened and were written down before it may be gone; None where none ever was taken out."""

    def oldest_open(self) -> tuple[RequestId, datetime] | None:
        """The request that waits longest for its units, and since when its location may know of it."""

    def compacted(self, sku: Sku, location: LocationId | None = None) -> int:
        """How many entries of an item were taken out."""

    def old(self, table: EntryTable, before: datetime) -> int:
        """How many entries would be taken out.

        They happened and were written down before; a promise or soft hold of which units are still held stays, and so
        does what arrived (all but counts and shipments) after the item's newest count there, or where there is none.
        """

    def begin(self, before: datetime, at: datetime, archive: str) -> None:
        """Note a run, and the file that it writes its entries to."""

    def spend(self, table: EntryTable, before: datetime, after: int, most: int) -> int | None:
        """Of the ``most`` entries after that row number, note the keys of those to be taken out, so that they change
        nothing any more. Returns the last row number looked at, None where there is none."""

    def writers(self) -> frozenset[str]:
        """Transactions of others that may write entries by what they read before now."""

    def part(self, table: EntryTable, after: int, most: int) -> list[tuple[int, LedgerEntry]]:
        """The next entries whose keys are spent, after that row number, each with its own."""

    def fold(self, table: EntryTable, rows: Sequence[int]) -> None:
        """Add the entries of these row numbers to the sums and take them out; one that is gone already is no matter."""
