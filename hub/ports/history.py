"""Stores of the ledger's past: sums of its entries by day (ADR 0022)."""

from __future__ import annotations

from typing import Protocol


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
