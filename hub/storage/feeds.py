"""Rows of big feeds between being read and being published: staged in file order, taken out SKU by SKU."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from functools import lru_cache

from hub.model.identity import DocumentId, LocationId, Sku
from hub.model.quantity import from_scaled, to_base, to_scaled
from hub.model.stock import BulkCount, CountBasis, FeedRow, ItemOutlook
from hub.storage import feed_counts
from hub.storage.dialect import as_rows
from hub.storage.transaction import Transaction

# One JSON parameter stays below a few megabytes.
_CHUNK = 5000

_COLUMNS = ("document", "feed", "location", "sku", "number", "basis", "quantity", "unit", "units_each", "confirmed")
_LOCATIONS = """
    SELECT location FROM feed_rows WHERE document = :document AND feed = :feed
    UNION SELECT location FROM feed_outlooks WHERE document = :document AND feed = :feed
    ORDER BY location
"""
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
_NAMED = """
    SELECT DISTINCT sku FROM feed_rows
    WHERE document = :document AND feed = :feed AND location = :location AND sku IN (SELECT sku FROM {rows sku text})
"""
_STAGE_OUTLOOKS = """
    INSERT INTO feed_outlooks (document, feed, location, sku, body)
    SELECT :document, :feed, r.location, r.sku, r.body FROM {rows location text, sku text, body text}
    WHERE true
    ON CONFLICT (document, feed, location, sku) DO UPDATE SET body = excluded.body
"""
_OUTLOOKS = """
    SELECT body FROM feed_outlooks
    WHERE document = :document AND feed = :feed AND location = :location AND sku > :after
    ORDER BY sku LIMIT :limit
"""
_CLEAR = (
    "DELETE FROM feed_rows WHERE document = :document",
    "DELETE FROM feed_outlooks WHERE document = :document",
)


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
            for number, (sku, location, basis, quantity, unit, each) in enumerate(map(_decimal_row, rows), first)
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

    def named(self, document: DocumentId, feed: int, location: LocationId, skus: Sequence[Sku]) -> set[Sku]:
        """See FeedStore."""
        which = {"document": document, "feed": feed, "location": location}
        found = self._transaction.run(_NAMED, {**which, "rows": as_rows({"sku": sku} for sku in skus)})
        return {Sku(row.sku) for row in found}

    def stage_outlooks(self, document: DocumentId, feed: int, outlooks: Sequence[ItemOutlook]) -> None:
        """See FeedStore."""
        # A statement may change a row only once.
        last = list({(each.location, each.sku): each for each in outlooks}.values())
        for start in range(0, len(last), _CHUNK):
            values = as_rows(
                {"location": each.location, "sku": each.sku, "body": each.model_dump_json()}
                for each in last[start : start + _CHUNK]
            )
            self._transaction.run(_STAGE_OUTLOOKS, {"document": document, "feed": feed, "rows": values})

    def outlooks(
        self, document: DocumentId, feed: int, location: LocationId, after: Sku | None, limit: int
    ) -> list[ItemOutlook]:
        """See FeedStore."""
        found = self._transaction.run(_OUTLOOKS, _page(document, feed, location, after, limit))
        return [ItemOutlook.model_validate_json(row.body) for row in found]

    def clear(self, document: DocumentId) -> None:
        """See FeedStore."""
        for statement in _CLEAR:
            self._transaction.run(statement, {"document": document})


def _decimal_row(row: FeedRow) -> FeedRow:
    """A figure in a unit of so many thirds is kept as its eaches under the unit's name: columns hold decimals."""
    sku, location, basis, quantity, unit, each = row
    if isinstance(each, Decimal):
        return row
    return sku, location, basis, to_base(quantity, each), unit, Decimal(1)


def _page(document: DocumentId, feed: int, location: LocationId, after: Sku | None, limit: int) -> dict[str, str | int]:
    # No SKU is empty, so all of them come after the empty text.
    return {"document": document, "feed": feed, "location": location, "after": after or "", "limit": limit}
