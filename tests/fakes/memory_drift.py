"""What is asked to explain counts, of the ledger in dictionaries."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from hub.inventory.ledger import is_count
from hub.model.identity import LineId, LocationId, Sku
from hub.model.ledger import Bucket, Cause, Movement
from hub.model.returns import Return
from tests.fakes.memory_ledger import MemoryLedger
from tests.fakes.memory_orders import MemoryRequests


@dataclass
class MemoryDrift:
    ledger: MemoryLedger
    requests: MemoryRequests

    def counted(self, location: LocationId, since: datetime) -> tuple[int, Decimal]:
        found = [
            each
            for each in self.ledger.balances(None, [location])
            if each.counted_at is not None and each.counted_at >= since
        ]
        return len(found), sum((each.on_hand for each in found), Decimal(0))

    def recounted(self, location: LocationId, since: datetime) -> list[Sku]:
        known: set[Sku] = set()
        found: set[Sku] = set()
        for row in self._on_hand(location):
            if row.sku in known and is_count(row) and row.observed_at >= since:
                found.add(row.sku)
            known.add(row.sku)
        return sorted(found)

    def moved(self, location: LocationId, skus: Iterable[Sku], since: datetime) -> list[Movement]:
        wanted = set(skus)
        return [row for row in self._on_hand(location) if row.sku in wanted and row.recorded_at >= since]

    def returned(self, location: LocationId, skus: Iterable[Sku]) -> list[tuple[Sku, LineId, Return]]:
        wanted = set(skus)
        promised = {
            (row.sku, row.line_id, self.requests.rows[row.request_id].order_external_id)
            for row in self.ledger.promised.values()
            if row.location == location and row.sku in wanted and row.cause is Cause.RESERVATION
        }
        return [
            (sku, line_id, returned)
            for sku, line_id, order in sorted(promised)
            for returned in self.requests.returns.values()
            if returned.order_external_id == order
        ]

    def _on_hand(self, location: LocationId) -> list[Movement]:
        rows = self.ledger.moved.values()
        return [row for row in rows if row.location == location and row.bucket is Bucket.ON_HAND]
