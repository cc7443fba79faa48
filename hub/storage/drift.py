"""What is asked of the ledger to explain counts: read only, by location, in parts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from hub.model.identity import LineId, LocationId, Sku
from hub.model.ledger import Movement
from hub.model.quantity import from_scaled
from hub.model.returns import Return
from hub.storage import ledger_rows
from hub.storage.column_types import to_micros
from hub.storage.transaction import Transaction

_COUNTED = """
    SELECT COUNT(*) AS items, CAST(COALESCE(SUM(on_hand), 0) AS BIGINT) AS units FROM balances
    WHERE location = :location AND counted_at >= :since
"""
# Neither sorted nor told apart here: for that, SQLite would walk an index and look up every row by itself.
_RECOUNTED = """
    SELECT m.sku FROM movements m
    WHERE m.location = :location AND m.observed_at >= :since AND m.cause = 'count' AND m.bucket = 'on_hand'
          AND m.key LIKE 'count:%'
          AND (EXISTS (
              SELECT 1 FROM movements b
              WHERE b.sku = m.sku AND b.location = m.location AND b.id < m.id AND b.bucket = 'on_hand'
          ) OR EXISTS (
              SELECT 1 FROM compacted_sums c WHERE c.sku = m.sku AND c.location = m.location AND c.bucket = 'on_hand'
          ))
"""
_MOVED = """
    SELECT * FROM movements
    WHERE location = :location AND bucket = 'on_hand' AND recorded_at >= :since
          AND sku IN (SELECT sku FROM {rows sku text})
    ORDER BY id
"""
_RETURNED = """
    SELECT DISTINCT v.sku, v.line_id, t.body FROM reservations v JOIN returns t ON t.order_id = v.order_id
    WHERE v.location = :location AND v.cause = 'reservation' AND v.sku IN (SELECT sku FROM {rows sku text})
    ORDER BY v.sku, v.line_id, t.body
"""


class SqlDriftStore:
    """DriftStore."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def counted(self, location: LocationId, since: datetime) -> tuple[int, Decimal]:
        """See DriftStore."""
        [row] = self._transaction.run(_COUNTED, {"location": location, "since": to_micros(since)})
        return row.items, from_scaled(row.units)

    def recounted(self, location: LocationId, since: datetime) -> list[Sku]:
        """See DriftStore."""
        rows = self._transaction.run(_RECOUNTED, {"location": location, "since": to_micros(since)})
        return sorted({Sku(row.sku) for row in rows})

    def moved(self, location: LocationId, skus: Iterable[Sku], since: datetime) -> list[Movement]:
        """See DriftStore."""
        rows = self._transaction.run(_MOVED, _of_items(location, skus, since))
        return [ledger_rows.stored_movement(row) for row in rows]

    def returned(self, location: LocationId, skus: Iterable[Sku]) -> list[tuple[Sku, LineId, Return]]:
        """See DriftStore."""
        rows = self._transaction.run(_RETURNED, {"location": location, "rows": ledger_rows.sku_rows(skus)})
        return [(Sku(row.sku), LineId(row.line_id), Return.model_validate_json(row.body)) for row in rows]


def _of_items(location: LocationId, skus: Iterable[Sku], since: datetime) -> dict[str, str | int]:
    return {"location": location, "since": to_micros(since), "rows": ledger_rows.sku_rows(skus)}
