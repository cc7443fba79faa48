"""Staged rows of big feeds in a dictionary."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from hub.model.identity import DocumentId, LocationId, Sku
from hub.model.stock import BulkCount, CountBasis, FeedRow, ItemOutlook, Outlook
from hub.ports import LedgerStore


@dataclass
class MemoryFeeds:
    ledger: LedgerStore
    staged: dict[tuple[DocumentId, int, int], FeedRow] = field(default_factory=dict)
    said: dict[tuple[DocumentId, int, LocationId, Sku], ItemOutlook] = field(default_factory=dict)

    def stage(self, document: DocumentId, feed: int, first: int, rows: Sequence[FeedRow]) -> None:
        self.staged |= {(document, feed, first + number): row for number, row in enumerate(rows)}

    def locations(self, document: DocumentId, feed: int) -> list[LocationId]:
        rows = {row[1] for key, row in self.staged.items() if key[:2] == (document, feed)}
        return sorted(rows | {key[2] for key in self.said if key[:2] == (document, feed)})

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

    def named(self, document: DocumentId, feed: int, location: LocationId, skus: Sequence[Sku]) -> set[Sku]:
        rows = [row for key, row in self.staged.items() if key[:2] == (document, feed)]
        return {row[0] for row in rows if row[1] == location}.intersection(skus)

    def stage_outlooks(self, document: DocumentId, feed: int, outlooks: Sequence[ItemOutlook]) -> None:
        self.said |= {(document, feed, each.location, each.sku): each for each in outlooks}

    def outlooks(
        self, document: DocumentId, feed: int, location: LocationId, after: Sku | None, limit: int
    ) -> list[ItemOutlook]:
        found = sorted(key[3] for key in self.said if key[:3] == (document, feed, location))
        return [self.said[document, feed, location, sku] for sku in found if after is None or sku > after][:limit]

    def clear(self, document: DocumentId) -> None:
        self.said = {key: each for key, each in self.said.items() if key[0] != document}
        self.staged = {key: row for key, row in self.staged.items() if key[0] != document}


@dataclass
class MemoryOutlooks:
    rows: dict[tuple[Sku, LocationId], Outlook] = field(default_factory=dict)

    def save(self, outlooks: Sequence[Outlook]) -> None:
        for each in outlooks:
            key = each.said.sku, each.said.location
            if key not in self.rows or self.rows[key].as_of <= each.as_of:
                self.rows[key] = each

    def forget(self, location: LocationId, skus: Sequence[Sku], as_of: datetime) -> None:
        for sku in skus:
            known = self.rows.get((sku, location))
            if known is not None and known.as_of <= as_of:
                del self.rows[sku, location]

    def of(self, skus: Iterable[Sku] | None = None, locations: Iterable[LocationId] | None = None) -> list[Outlook]:
        some, places = (None if each is None else set(each) for each in (skus, locations))
        return [
            self.rows[sku, where]
            for sku, where in sorted(self.rows)
            if (some is None or sku in some) and (places is None or where in places)
        ]

    def page(self, location: LocationId, after: Sku | None, limit: int) -> list[Outlook]:
        found = self.of(None, [location])
        return [each for each in found if after is None or each.said.sku > after][:limit]
