"""Rows of big feeds between being read and being published: staged in file order, taken out SKU by SKU."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache

from hub.model.identity import DocumentId, LocationId, Sku
from hub.model.quantity import from_scaled, to_scaled
from hub.model.stock import BulkCount, CountBasis, FeedRow
from hub.storage import feed_counts
from hub.storage.transaction import Transaction

_COLUMNS = ("document", "feed", "location", "sku", "number", "basis", "quantity", "unit", "units_each", "confirmed")
_LOCATIONS = "SELECT DISTINCT location FROM feed_rows WHERE document = :document AND feed = :feed ORDER BY location"
_ROWS = """
    SELECT sku, location, basis, quantity, unit, units_each FROM feed_rows
    WHERE document = :document AND feed = :feed AND location = :location AND confirmed <= :most AND sku > :after
          AND sku <= (
        SELECT max(sku) FROM (
            SELECT DISTINCT sku FROM feed_rows
            WHERE document = :document AND feed = :feed AND location = :location AND confirmed <= :most
                  AND sku > :after
            ORDER BY sku LIMIT :limit
        ) AS next
    )
    ORDER BY sku, number
"""
_UNNAMED = """
    SELECT b.sku FROM balances b
    WHERE b.location = :location AND b.sku > :after AND (b.counted_at IS NOT NULL OR b.on_hand <> 0)
          AND NOT EXISTS (
              SELECT 1 FROM feed_rows f
              WHERE f.document = :document AND f.feed = :feed AND f.location = :location AND f.sku = b.sku
          )
    ORDER BY b.sku LIMIT :limit
"""
_CLEAR = "DELETE FROM feed_rows WHERE document = :document"


class SqlFeedStore:
    """FeedStore."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def stage(self, document: DocumentId, feed: int, first: int, rows: Sequence[FeedRow]) -> None:
        """See FeedStore."""
        scaled = lru_cache(maxsize=10_000)(to_scaled)
        # All of them first: a figure that cannot be kept stops no COPY halfway. Plain until ``count`` looks.
        values = [
            (document, feed, location, sku, number, basis.value, scaled(quantity), unit, scaled(each), 1)
            for number, (sku, location, basis, quantity, unit, each) in enumerate(rows, first)
        ]
        self._transaction.load("feed_rows", _COLUMNS, values)

    def locations(self, document: DocumentId, feed: int) -> list[LocationId]:
        """See FeedStore."""
        found = self._transaction.run(_LOCATIONS, {"document": document, "feed": feed})
        return [LocationId(row.location) for row in found]

    def count(
        self,
        document: DocumentId,
        feed: int,
        location: LocationId,
        *,
        basis: CountBasis,
        as_of: datetime,
        now: datetime,
    ) -> BulkCount:
        """See FeedStore."""
        return feed_counts.count(self._transaction, (document, feed, location), basis, as_of, now)

    def rows(
        self, document: DocumentId, feed: int, location: LocationId, after: Sku | None, limit: int, *, left: bool
    ) -> list[FeedRow]:
        """See FeedStore."""
        page = _page(document, feed, location, after, limit)
        found = self._transaction.run(_ROWS, {**page, "most": 0 if left else 1})
        return [
            (
                Sku(row.sku),
                LocationId(row.location),
                CountBasis(row.basis),
                from_scaled(row.quantity),
                row.unit,
                from_scaled(row.units_each),
            )
            for row in found
        ]

    def unnamed(
        self, document: DocumentId, feed: int, location: LocationId, after: Sku | None, limit: int
    ) -> list[Sku]:
        """See FeedStore."""
        return [Sku(row.sku) for row in self._transaction.run(_UNNAMED, _page(document, feed, location, after, limit))]

    def clear(self, document: DocumentId) -> None:
        """See FeedStore."""
        self._transaction.run(_CLEAR, {"document": document})


def _page(document: DocumentId, feed: int, location: LocationId, after: Sku | None, limit: int) -> dict[str, str | int]:
    # No SKU is empty, so all of them come after the empty text.
    return {"document": document, "feed": feed, "location": location, "after": after or "", "limit": limit}
