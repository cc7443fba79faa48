"""Staged rows of big feeds in a dictionary."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from hub.model.identity import DocumentId, LocationId, Sku
from hub.model.stock import BulkCount, CountBasis, FeedRow
from hub.ports import LedgerStore


@dataclass
class MemoryFeeds:
    ledger: LedgerStore
    staged: dict[tuple[DocumentId, int, int], FeedRow] = field(default_factory=dict)

    def stage(self, document: DocumentId, feed: int, first: int, rows: Sequence[FeedRow]) -> None:
        self.staged |= {(document, feed, first + number): row for number, row in enumerate(rows)}

    def locations(self, document: DocumentId, feed: int) -> list[LocationId]:
        return sorted({row[1] for key, row in self.staged.items() if key[:2] == (document, feed)})

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
        """Nothing is counted at once here: the long way must give the same."""
        return BulkCount()

    def rows(
        self, document: DocumentId, feed: int, location: LocationId, after: Sku | None, limit: int, *, left: bool
    ) -> list[FeedRow]:
        found = [row for key, row in self.staged.items() if key[:2] == (document, feed) and row[1] == location]
        skus = sorted({row[0] for row in found if after is None or row[0] > after})[:limit]
        return sorted((row for row in found if row[0] in skus), key=lambda row: row[0])

    def unnamed(
        self, document: DocumentId, feed: int, location: LocationId, after: Sku | None, limit: int
    ) -> list[Sku]:
        named = {row[0] for key, row in self.staged.items() if key[:2] == (document, feed) and row[1] == location}
        known = [each for each in self.ledger.balances(None, [location]) if each.counted_at is not None or each.on_hand]
        return sorted(each.sku for each in known if each.sku not in named and (after is None or each.sku > after))[
            :limit
        ]

    def clear(self, document: DocumentId) -> None:
        self.staged = {key: row for key, row in self.staged.items() if key[0] != document}
