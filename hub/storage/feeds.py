"""Rows of big feeds between being read and being published: staged in file order, taken out SKU by SKU."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from hub.model.identity import DocumentId, LocationId, Sku
from hub.model.quantity import SCALE, from_scaled, to_scaled
from hub.model.stock import CountBasis, FeedRow
from hub.storage.column_types import to_micros
from hub.storage.dialect import as_rows
from hub.storage.transaction import Transaction

# One JSON parameter stays below a few megabytes.
_CHUNK = 5000

_STAGE = """
    INSERT INTO feed_rows (document, feed, location, sku, number, basis, quantity, unit, units_each, confirmed)
    SELECT :document, :feed, r.l, r.s, r.n, r.b, r.q, r.u, r.e, 0
    FROM {rows l text, s text, n bigint, b text, q bigint, u text, e bigint}
    WHERE true
"""
_LOCATIONS = "SELECT DISTINCT location FROM feed_rows WHERE document = :document AND feed = :feed ORDER BY location"
_ROWS = """
    SELECT sku, location, basis, quantity, unit, units_each FROM feed_rows
    WHERE document = :document AND feed = :feed AND location = :location AND confirmed = 0 AND sku > :after AND sku <= (
        SELECT max(sku) FROM (
            SELECT DISTINCT sku FROM feed_rows
            WHERE document = :document AND feed = :feed AND location = :location AND confirmed = 0 AND sku > :after
            ORDER BY sku LIMIT :limit
        ) AS next
    )
    ORDER BY sku, number
"""
_CONFIRM = """
    UPDATE feed_rows SET confirmed = 1
    WHERE document = :document AND feed = :feed AND location = :location AND basis = :basis AND units_each = :one
          AND EXISTS (
              SELECT 1 FROM balances b
              WHERE b.sku = feed_rows.sku AND b.location = :location AND b.on_hand = feed_rows.quantity
                    AND b.unavailable = 0 AND b.counted_at <= :as_of
          )
          AND NOT EXISTS (
              SELECT 1 FROM feed_rows o
              WHERE o.document = :document AND o.feed = :feed AND o.location = :location AND o.sku = feed_rows.sku
                    AND o.number <> feed_rows.number
          )
          AND sku NOT IN (SELECT sku FROM request_lines WHERE location = :location AND outstanding > 0)
          AND sku NOT IN (SELECT sku FROM departures WHERE location = :location AND shipped_at > :as_of)
          AND sku NOT IN (SELECT sku FROM given_up WHERE location = :location AND at > :as_of)
          AND sku NOT IN (
              SELECT sku FROM movements
              WHERE location = :location AND bucket = 'on_hand' AND cause NOT IN ('count', 'shipment')
                    AND observed_at > :as_of
          )
"""
_COUNTED = """
    UPDATE balances SET counted_at = :as_of, counted_document = :document
    WHERE location = :location AND unavailable = 0 AND counted_at <= :as_of AND (sku, on_hand) IN (
        SELECT sku, quantity FROM feed_rows
        WHERE document = :document AND feed = :feed AND location = :location AND confirmed = 1
    )
"""
# Somebody moved them after they were compared: _COUNTED waited for him and found another figure.
_MOVED_MEANWHILE = """
    UPDATE feed_rows SET confirmed = 0
    WHERE document = :document AND feed = :feed AND location = :location AND confirmed = 1
          AND NOT EXISTS (
              SELECT 1 FROM balances b
              WHERE b.sku = feed_rows.sku AND b.location = :location AND b.on_hand = feed_rows.quantity
                    AND b.unavailable = 0 AND b.counted_at = :as_of AND b.counted_document = :document
          )
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
        for start in range(0, len(rows), _CHUNK):
            values = as_rows(
                _values(row, first + number) for number, row in enumerate(rows[start : start + _CHUNK], start)
            )
            self._transaction.run(_STAGE, {"document": document, "feed": feed, "rows": values})

    def locations(self, document: DocumentId, feed: int) -> list[LocationId]:
        """See FeedStore."""
        found = self._transaction.run(_LOCATIONS, {"document": document, "feed": feed})
        return [LocationId(row.location) for row in found]

    def confirm(self, document: DocumentId, feed: int, location: LocationId, basis: CountBasis, as_of: datetime) -> int:
        """See FeedStore."""
        which = {"document": document, "feed": feed, "location": location, "as_of": to_micros(as_of)}
        found = self._transaction.run(_CONFIRM, {**which, "basis": basis.value, "one": SCALE}).rowcount
        counted = self._transaction.run(_COUNTED, which).rowcount if found else 0
        if counted < found:
            self._transaction.run(_MOVED_MEANWHILE, which)
        return counted

    def rows(
        self, document: DocumentId, feed: int, location: LocationId, after: Sku | None, limit: int
    ) -> list[FeedRow]:
        """See FeedStore."""
        found = self._transaction.run(_ROWS, _page(document, feed, location, after, limit))
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


def _values(row: FeedRow, number: int) -> dict[str, Any]:
    sku, location, basis, quantity, unit, units_each = row
    return {
        "l": location,
        "s": sku,
        "n": number,
        "b": basis.value,
        "q": to_scaled(quantity),
        "u": unit,
        "e": to_scaled(units_each),
    }


def _page(document: DocumentId, feed: int, location: LocationId, after: Sku | None, limit: int) -> dict[str, str | int]:
    # No SKU is empty, so all of them come after the empty text.
    return {"document": document, "feed": feed, "location": location, "after": after or "", "limit": limit}
