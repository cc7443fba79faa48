"""What the domain and the engine need from the outside, as Protocols. Storage implements the stores.

One ``UnitOfWork`` is one database transaction: leaving it normally commits, leaving it by an exception rolls back.
All instants given and returned are aware and in UTC; all quantities are Decimals in eaches.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from hub.ports.engine import ConnectionStore, LaneStore, SequenceStore, TaskStore
from hub.ports.exchange import DocumentStore, ExchangeStore, InboxStore, OutboxStore, QuarantineStore, RefStore
from hub.ports.history import CheckpointStore, CompactionStore
from hub.ports.stock import DriftStore, FeedStore, LedgerStore, OutlookStore, PublicationStore, SoftHoldStore
from hub.ports.trade import OrderStore, PriceStore, RequestStore, TransferStore

__all__ = [
    "CheckpointStore",
    "Clock",
    "CompactionStore",
    "ConnectionStore",
    "Dispatcher",
    "DocumentStore",
    "DriftStore",
    "ExchangeStore",
    "FeedStore",
    "InboxStore",
    "LaneStore",
    "LedgerStore",
    "OrderStore",
    "OutboxStore",
    "OutlookStore",
    "PriceStore",
    "PublicationStore",
    "QuarantineStore",
    "RefStore",
    "RequestStore",
    "SequenceStore",
    "SoftHoldStore",
    "Storage",
    "TaskStore",
    "TransferStore",
    "UnitOfWork",
]

Clock = Callable[[], datetime]
"""Returns now, aware, in UTC."""


class UnitOfWork(Protocol):
    """One database transaction and all stores in it."""

    orders: OrderStore
    requests: RequestStore
    transfers: TransferStore
    prices: PriceStore
    ledger: LedgerStore
    checkpoints: CheckpointStore
    compaction: CompactionStore
    soft_holds: SoftHoldStore
    drift: DriftStore
    documents: DocumentStore
    inbox: InboxStore
    outbox: OutboxStore
    lanes: LaneStore
    tasks: TaskStore
    quarantine: QuarantineStore
    refs: RefStore
    exchanges: ExchangeStore
    feeds: FeedStore
    outlooks: OutlookStore
    publications: PublicationStore
    connections: ConnectionStore
    sequences: SequenceStore

    def savepoint(self) -> AbstractContextManager[None]:
        """A nested block that can be rolled back alone by an exception leaving it."""


class Storage(Protocol):
    """Opens units of work. Safe to use from several threads."""

    def begin(self) -> AbstractContextManager[UnitOfWork]:
        """A writing transaction (SQLite: the only one)."""

    def read(self) -> AbstractContextManager[UnitOfWork]:
        """A reading transaction that waits for nobody; writing in it is an error."""

    def close(self) -> None:
        """Give back all connections."""


class Dispatcher(Protocol):
    """Wakes work; the durable truth is in the lanes, so a wake may be lost or doubled (ADR 0008)."""

    def start(self) -> None:
        """Begin to run handlers."""

    def stop(self, timeout_seconds: float) -> bool:
        """Finish what runs and take nothing new; False where something still ran at the end."""

    def wake(self, topic: str, key: str) -> None:
        """Hint that ``key`` (a lane) of ``topic`` has work. Never blocks, may be called from any thread."""

    def every(self, seconds: float, name: str, job: Callable[[], None]) -> None:
        """Run ``job`` about every so many seconds, never twice at the same time."""

    def run_once(self, job: Callable[[], None], job_id: str) -> None:
        """Run ``job`` soon; the same id while it waits or runs is dropped."""

    def health(self) -> Mapping[str, int]:
        """Counters: running, waiting, failed, workers."""
