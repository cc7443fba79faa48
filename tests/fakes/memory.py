"""A unit of work in dictionaries, for tests of the flows. Same promises as the real stores, no transactions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import cast

from hub.model.identity import ChannelId, ConnectionId, LocationId, Sku
from hub.model.queue import (
    ConnectionHealth,
    Publication,
    PublicationState,
)
from hub.ports import (
    CheckpointStore,
    CompactionStore,
    ConnectionStore,
    DocumentStore,
    DriftStore,
    ExchangeStore,
    FeedStore,
    InboxStore,
    LaneStore,
    LedgerStore,
    OrderStore,
    OutboxStore,
    OutlookStore,
    PriceStore,
    PublicationStore,
    QuarantineStore,
    RefStore,
    RequestStore,
    SequenceStore,
    SoftHoldStore,
    TaskStore,
    TransferStore,
)
from tests.fakes.memory_drift import MemoryDrift
from tests.fakes.memory_exchanges import MemoryExchanges
from tests.fakes.memory_feeds import MemoryFeeds, MemoryOutlooks
from tests.fakes.memory_goods import MemoryPrices, MemoryTransfers
from tests.fakes.memory_history import MemoryCheckpoints, MemoryCompaction
from tests.fakes.memory_ledger import MemoryLedger
from tests.fakes.memory_orders import MemoryOrders, MemoryRequests
from tests.fakes.memory_queues import MemoryDocuments, MemoryInbox, MemoryOutbox, MemoryQuarantine, MemoryTasks
from tests.fakes.memory_soft_holds import MemorySoftHolds


@dataclass
class MemoryLanes:
    """Only what flows may do to lanes: mark them. Claiming is the engine's, tested on the real stores."""

    dues: dict[str, datetime | None] = field(default_factory=dict)

    def mark(self, lane: str, due: datetime | None = None) -> None:
        self.dues[lane] = due


@dataclass
class MemoryRefs:
    rows: list[tuple[str, str, ConnectionId, str]] = field(default_factory=list)

    def put(self, kind: str, ours: str, connection: ConnectionId, theirs: str) -> None:
        if (kind, ours, connection, theirs) not in self.rows:
            self.rows.append((kind, ours, connection, theirs))

    def theirs(self, kind: str, ours: str, connection: ConnectionId) -> str | None:
        return next((row[3] for row in reversed(self.rows) if row[:3] == (kind, ours, connection)), None)

    def ours(self, kind: str, connection: ConnectionId, theirs: str) -> str | None:
        wanted = (kind, connection, theirs)
        return next((row[1] for row in reversed(self.rows) if (row[0], row[2], row[3]) == wanted), None)


@dataclass
class MemoryPublications:
    ledger: LedgerStore
    orders: OrderStore
    rows: dict[tuple[ChannelId, Sku], Publication] = field(default_factory=dict)
    touches: dict[Sku, int] = field(default_factory=dict)
    seen: dict[tuple[ChannelId, Sku], int] = field(default_factory=dict)
    ruled: dict[ChannelId, str] = field(default_factory=dict)
    counter: int = 0

    def touch(self, skus: Iterable[Sku]) -> None:
        for sku in skus:
            self.counter += 1
            self.touches[sku] = self.counter

    def touch_stocked(self, location: LocationId) -> list[Sku]:
        stocked = [each.sku for each in self.ledger.balances(None, [location]) if each.on_hand]
        self.touch(stocked)
        return sorted({each.sku for each in self.orders.unrouted(stocked)})

    def touched(self, channel: ChannelId, limit: int) -> list[Sku]:
        fresh = [sku for sku, count in self.touches.items() if count > self.seen.get((channel, sku), 0)]
        return sorted(fresh, key=lambda sku: self.touches[sku])[:limit]

    def settled(self, channel: ChannelId, skus: Iterable[Sku]) -> None:
        self.seen |= {(channel, sku): self.touches.get(sku, 0) for sku in skus}

    def rules(self, channel: ChannelId) -> str | None:
        return self.ruled.get(channel)

    def start_over(self, channel: ChannelId, rules: str) -> None:
        self.seen = {pair: count for pair, count in self.seen.items() if pair[0] != channel}
        self.ruled[channel] = rules

    def current(self, channel: ChannelId, skus: Iterable[Sku], *, lock: bool = False) -> dict[Sku, Publication]:
        return {sku: self.rows[channel, sku] for sku in skus if (channel, sku) in self.rows}

    def save(self, publication: Publication) -> None:
        self.rows[publication.channel, publication.sku] = publication

    def page(
        self,
        channel: ChannelId,
        *,
        state: PublicationState | None = None,
        after: Sku | None = None,
        limit: int = 50,
    ) -> list[Publication]:
        rows = [row for (name, sku), row in sorted(self.rows.items()) if name == channel and sku > (after or "")]
        return [row for row in rows if state in {None, row.state}][:limit]

    def unsettled(self) -> dict[ChannelId, dict[PublicationState, int]]:
        found: dict[ChannelId, dict[PublicationState, int]] = {}
        for row in self.rows.values():
            if row.state in {PublicationState.PENDING, PublicationState.ERROR}:
                states = found.setdefault(row.channel, {})
                states[row.state] = states.get(row.state, 0) + 1
        return found

    def waiting(self, channel: ChannelId, before: datetime) -> list[Sku]:
        rows = [row for row in self.rows.values() if row.channel == channel and row.waits_since is not None]
        return sorted(row.sku for row in rows if row.waits_since is not None and row.waits_since < before)

    def resume(self, channel: ChannelId, before: datetime) -> list[Sku]:
        waiting = self.waiting(channel, before)
        self.rows |= {(channel, sku): replace(self.rows[channel, sku], waits_since=None) for sku in waiting}
        return waiting


@dataclass
class MemoryConnections:
    rows: dict[ConnectionId, ConnectionHealth] = field(default_factory=dict)

    def health(self) -> dict[ConnectionId, ConnectionHealth]:
        return dict(self.rows)

    def note(self, health: ConnectionHealth) -> None:
        self.rows[health.connection] = health


@dataclass
class MemorySequences:
    last: dict[str, int] = field(default_factory=dict)

    def next(self, name: str) -> int:
        self.last[name] = self.last.get(name, 0) + 1
        return self.last[name]


class MemoryUnitOfWork:
    """One "transaction" for a whole test."""

    def __init__(self) -> None:
        requests, documents = MemoryRequests(), MemoryDocuments()
        self.orders: OrderStore = MemoryOrders()
        self.requests: RequestStore = requests
        self.transfers: TransferStore = MemoryTransfers()
        self.prices: PriceStore = MemoryPrices()
        ledger = MemoryLedger(requests)
        self.ledger: LedgerStore = ledger
        self.checkpoints: CheckpointStore = MemoryCheckpoints()
        self.compaction = cast("CompactionStore", MemoryCompaction(requests))
        self.soft_holds: SoftHoldStore = MemorySoftHolds(ledger)
        self.drift: DriftStore = MemoryDrift(ledger, requests)
        self.documents: DocumentStore = documents
        self.inbox: InboxStore = MemoryInbox(documents)
        self.outbox: OutboxStore = MemoryOutbox()
        self.lanes = cast("LaneStore", MemoryLanes())
        self.tasks: TaskStore = MemoryTasks()
        self.quarantine: QuarantineStore = MemoryQuarantine()
        self.refs: RefStore = MemoryRefs()
        self.exchanges: ExchangeStore = MemoryExchanges()
        self.feeds: FeedStore = MemoryFeeds(self.ledger)
        self.outlooks: OutlookStore = MemoryOutlooks()
        self.publications: PublicationStore = MemoryPublications(self.ledger, self.orders)
        self.connections: ConnectionStore = MemoryConnections()
        self.sequences: SequenceStore = MemorySequences()

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        kept = deepcopy(self.__dict__)
        try:
            yield
        except BaseException:
            self.__dict__.update(kept)
            raise
