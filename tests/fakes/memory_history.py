"""The ledger's past in memory: it sums all entries at each question, so there is nothing to make."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from hub.model.identity import LocationId, RequestId, Sku
from tests.fakes.memory_orders import MemoryRequests


class MemoryCheckpoints:
    def advance(self, *, worth: int, most: int) -> int:
        return 0

    def drift(self) -> list[str]:
        return []


@dataclass
class MemoryCompaction:
    """Only what flows ask. Taking entries out is tested on the real stores."""

    requests: MemoryRequests
    before: datetime | None = None

    def boundary(self) -> datetime | None:
        return self.before

    def begin(self, before: datetime, at: datetime, archive: str) -> None:
        self.before = max(before, self.before or before)

    def compacted(self, sku: Sku, location: LocationId | None = None) -> int:
        return 0

    def oldest_open(self) -> tuple[RequestId, datetime] | None:
        waiting = [
            (each.submitted_at, each.request_id)
            for each in self.requests.rows.values()
            if each.outstanding and each.submitted_at is not None and not each.finished
        ]
        return next(((request_id, at) for at, request_id in sorted(waiting)), None)
