"""Sums of the ledger's entries by day: beside the entries (checkpoints), and in their place (compaction). ADR 0023."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Column, PrimaryKeyConstraint, Table

from hub.storage.tables.columns import count, instant, metadata, quantity, words


def _row_of(name: str) -> Column[Any]:
    """The number of a row of one of the three tables of entries."""
    return Column(name, BigInteger, nullable=False)


def _spans() -> list[Column[Any]]:
    """Within which moments the entries of a sum lie in both time axes."""
    return [instant(name) for name in ("first_observed", "last_observed", "first_recorded", "last_recorded")]


# ``source`` is a table of entries. Up to ``settled`` every row is committed or never will be; ``noted`` is to be the
# next such row, once the transactions in ``rivals`` (JSON) have ended. Up to ``reached`` rows have been looked at.
checkpoint_horizons = Table(
    "checkpoint_horizons",
    metadata,
    words("source", key=True),
    _row_of("noted"),
    words("rivals"),
    _row_of("settled"),
    _row_of("reached"),
)

checkpoints = Table(
    "checkpoints",
    metadata,
    words("sku"),
    words("location"),
    words("source"),
    _row_of("through"),
    PrimaryKeyConstraint("sku", "location", "source"),
    sqlite_with_rowid=False,
)
"""Up to which row the entries of a SKU at a location are in ``day_sums``."""

day_sums = Table(
    "day_sums",
    metadata,
    words("sku"),
    words("location"),
    words("bucket"),
    instant("observed_day"),
    instant("recorded_day"),
    quantity("units"),
    count("entries"),
    _row_of("first_row"),
    _row_of("last_row"),
    *_spans(),
    PrimaryKeyConstraint("sku", "location", "bucket", "observed_day", "recorded_day"),
    sqlite_with_rowid=False,
)
"""Sums of entries that are there, by the days (UTC) on which they happened and were written down."""

compacted_sums = Table(
    "compacted_sums",
    metadata,
    words("sku"),
    words("location"),
    words("bucket"),
    words("cause"),
    instant("observed_day"),
    instant("recorded_day"),
    quantity("units"),
    count("entries"),
    *_spans(),
    PrimaryKeyConstraint("sku", "location", "bucket", "cause", "observed_day", "recorded_day"),
    sqlite_with_rowid=False,
)
"""Sums of entries that are in the archive and no longer here."""

spent_keys = Table(
    "spent_keys",
    metadata,
    words("source"),
    words("key"),
    PrimaryKeyConstraint("source", "key"),
    sqlite_with_rowid=False,
)
"""Keys of entries that are compacted, or will be: what carries one of them changes nothing."""

compactions = Table(
    "compactions",
    metadata,
    instant("boundary"),
    instant("started_at"),
    words("archive"),
    PrimaryKeyConstraint("boundary", "started_at"),
)
"""Every run that took entries out: of those that happened and were written down before the boundary."""
