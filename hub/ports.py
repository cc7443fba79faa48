"""What the domain and the engine need from the outside, as Protocols. Storage implements the stores.

One ``UnitOfWork`` is one database transaction: leaving it normally commits, leaving it by an exception rolls back.
All instants given and returned are aware and in UTC; all quantities are Decimals in eaches.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Protocol

from hub.model.document import Direction, Document
from hub.model.events import OrderEvent
from hub.model.exchange import Exchange, ExchangeGroup, ExchangeState, SentGroup
from hub.model.fulfilment import FulfilmentRequest
from hub.model.identity import ChannelId, ConnectionId, DocumentId, LineId, LocationId, OrderId, RequestId, Sku
from hub.model.ledger import Balance, Commitment, Departure, Movement, Reservation
from hub.model.order import OpenDemand, OrderRecord, OrderStatus
from hub.model.purchase import Invoice
from hub.model.queue import (
    ConnectionHealth,
    InboxEntry,
    InboxState,
    Lease,
    OutboxItem,
    OutboxState,
    Publication,
    QuarantineEntry,
    Task,
)
from hub.model.returns import Return
from hub.model.routing import RoutingPlan
from hub.model.shipment import Shipment

Clock = Callable[[], datetime]
"""Returns now, aware, in UTC."""


class OrderStore(Protocol):
    """Orders, their counters and their timeline."""

    def add(self, record: OrderRecord) -> bool:
        """Store a new order; False where (channel, external_id) is already there (nothing is changed)."""

    def get(self, order_id: OrderId, *, lock: bool = False) -> OrderRecord | None:
        """The order; ``lock`` holds its row until the transaction ends."""

    def find(self, channel: ChannelId, external_id: str, *, lock: bool = False) -> OrderRecord | None:
        """The order by the channel's id."""

    def save(self, record: OrderRecord) -> None:
        """Write counters, hold, exclusions, attempts, status and the order itself (a line may have been mapped).

        Raises InvariantError where ``record.version`` is not the stored one (a lost update).
        """

    def page(
        self,
        *,
        status: OrderStatus | None = None,
        text: str = "",
        after: OrderId | None = None,
        limit: int = 50,
    ) -> list[OrderRecord]:
        """A page by order id (keyset). ``text`` matches the id or the channel's number."""

    def with_unmapped(self, skus: Iterable[str]) -> list[OrderId]:
        """Orders with a line whose ``sku`` is None and whose ``channel_item`` is one of these."""

    def unrouted(self, skus: Iterable[Sku] | None = None) -> list[OpenDemand]:
        """Open units of mapped lines (counter ``open`` above 0) of these SKUs, all where None; oldest order first."""

    def count(self) -> dict[OrderStatus, int]:
        """Orders by status."""

    def record(self, event: OrderEvent) -> None:
        """Append to the order's timeline."""

    def timeline(self, order_id: OrderId) -> list[OrderEvent]:
        """The order's events, oldest first."""


class RequestStore(Protocol):
    """Fulfilment requests, shipments, invoices, returns and routing plans."""

    def add(self, request: FulfilmentRequest) -> None:
        """Store a new request."""

    def get(self, request_id: RequestId, *, lock: bool = False) -> FulfilmentRequest | None:
        """The request of that id."""

    def save(self, request: FulfilmentRequest) -> None:
        """Replace the stored request."""

    def for_order(self, order_id: OrderId) -> list[FulfilmentRequest]:
        """All requests of an order, oldest first."""

    def add_shipment(self, shipment: Shipment, request_ids: Sequence[RequestId], order_id: OrderId) -> bool:
        """Store the part of a shipment that is about one order; False where it is already there."""

    def shipments(self, order_id: OrderId) -> list[Shipment]:
        """Shipments of an order, oldest first."""

    def add_invoice(self, invoice: Invoice, state: str) -> bool:
        """Store an invoice; False where (partner, number) is already there."""

    def invoices(self, request_id: RequestId) -> list[Invoice]:
        """Invoices for a request."""

    def save_return(self, returned: Return, order_id: OrderId) -> None:
        """Insert or replace a return by (channel, return_id)."""

    def get_return(self, channel: ChannelId, return_id: str) -> Return | None:
        """The return of that id."""

    def add_plan(self, plan: RoutingPlan) -> None:
        """Keep a routing decision."""

    def plans(self, order_id: OrderId) -> list[RoutingPlan]:
        """Routing decisions of an order, oldest first."""


class LedgerStore(Protocol):
    """The stock ledger (domain.md 1.2). Every write is keyed; the same key again changes nothing."""

    def move(self, movements: Sequence[Movement]) -> int:
        """Append movements and add them to the balances; returns how many were new."""

    def reserve(
        self, reservations: Sequence[Reservation], floors: Mapping[tuple[Sku, LocationId], Decimal]
    ) -> list[str]:
        """Promise stock, all or nothing, guarded in the statement itself.

        A promise is kept only where on hand - unavailable - reserved - floor covers it (``floors``: Decimal per SKU
        and location, 0 where not named). Returns the keys that were not covered; then nothing was written.
        """

    def release(self, reservations: Sequence[Reservation]) -> int:
        """Append negative reservations. Raises InvariantError where more would be released than is held."""

    def held(self, request_id: RequestId) -> dict[tuple[LineId, Sku, LocationId], Decimal]:
        """Units (Decimal) still reserved for a request, by line."""

    def balances(
        self, skus: Iterable[Sku] | None = None, locations: Iterable[LocationId] | None = None
    ) -> list[Balance]:
        """Balances, all where a filter is None. Pairs never moved have none."""

    def counted(self, skus: Sequence[Sku], location: LocationId, as_of: datetime, document: DocumentId | None) -> None:
        """Note that a count of these items as of then has been applied."""

    def freshness(self, locations: Iterable[LocationId] | None = None) -> dict[LocationId, datetime]:
        """As-of time of the newest count applied at each location; one never counted has no entry."""

    def arrivals(self, location: LocationId, since: datetime, skus: Iterable[Sku] | None = None) -> list[Movement]:
        """On-hand movements that are neither counts nor shipments, observed after ``since``."""

    def commitments(self, location: LocationId, skus: Iterable[Sku] | None = None) -> list[Commitment]:
        """Outstanding request lines at a location."""

    def departures(self, location: LocationId, since: datetime, skus: Iterable[Sku] | None = None) -> list[Departure]:
        """Shipments from a location that left after ``since``."""

    def movements(self, sku: Sku, location: LocationId | None = None, *, limit: int = 100) -> list[Movement]:
        """Newest first."""

    def reservations(self, sku: Sku, location: LocationId | None = None, *, limit: int = 100) -> list[Reservation]:
        """Newest first."""

    def drift(self) -> list[str]:
        """Balances that differ from the sums of their rows, in words; empty where the ledger is true."""


class DocumentStore(Protocol):
    """Raw documents (compressed, checksummed)."""

    def add(self, document: Document) -> DocumentId | None:
        """Store it; None where (connection, direction, source_id) is already there."""

    def get(self, document_id: DocumentId) -> Document | None:
        """The document with its body; raises InvariantError where the checksum no longer fits."""

    def page(
        self, *, connection: ConnectionId | None = None, after: DocumentId | None = None, limit: int = 50
    ) -> list[Document]:
        """Newest first, bodies included."""

    def link(self, document_id: DocumentId, order_ids: Iterable[OrderId]) -> None:
        """Note that a document is about these orders."""

    def for_order(self, order_id: OrderId) -> list[Document]:
        """Documents about an order, oldest first."""

    def orders(self, document_id: DocumentId) -> list[OrderId]:
        """Orders a document is about."""


class InboxStore(Protocol):
    """Stored inbound documents and where each stream resumes."""

    def add(self, documents: Sequence[Document], stream: str) -> list[DocumentId]:
        """Store documents with their inbox rows; duplicates by source_id are dropped. Returns the new ids."""

    def cursor(self, connection: ConnectionId, stream: str) -> str | None:
        """Where to resume; None before the first fetch."""

    def advance(self, connection: ConnectionId, stream: str, cursor: str) -> None:
        """Store where to resume; in the same transaction as the documents before it."""

    def pending(self, connection: ConnectionId, limit: int) -> list[InboxEntry]:
        """Stored, not yet applied, oldest first."""

    def entry(self, document_id: DocumentId) -> InboxEntry | None:
        """The inbox row of a document."""

    def mark(self, document_id: DocumentId, state: InboxState, note: str = "", *, attempts: int | None = None) -> None:
        """Set the state (``STORED`` asks for reprocessing)."""

    def backlog(self) -> dict[ConnectionId, int]:
        """Stored rows waiting, by connection."""


class OutboxStore(Protocol):
    """Intentions for partners."""

    def add(self, item: OutboxItem) -> bool:
        """Store an intention; False where the key is already there. Supersedes older pending ones by ``coalesce``."""

    def due(self, connection: ConnectionId, now: datetime, limit: int) -> list[OutboxItem]:
        """Pending items whose time has come, in order of entry, with none overtaking an earlier one of its order."""

    def in_state(self, connection: ConnectionId, state: OutboxState, limit: int) -> list[OutboxItem]:
        """Items in a state, in order of entry."""

    def withdraw(self, key: str) -> bool:
        """Mark a pending item superseded; False where it was no longer pending (one conditional statement)."""

    def intend(self, items: Sequence[OutboxItem], document: DocumentId) -> None:
        """Mark as sending with these bytes; attempts grow by one.

        Raises InvariantError ``storage.outbox-settled`` where one was settled, withdrawn or superseded since it was
        read; then none is marked.
        """

    def settle(self, key: str, state: OutboxState, note: str = "", *, due: datetime | None = None) -> None:
        """Record the outcome, or PENDING again with its next due time."""

    def get(self, key: str) -> OutboxItem | None:
        """The item of that key."""

    def next_due(self, connection: ConnectionId) -> datetime | None:
        """When the earliest pending item is due."""

    def backlog(self) -> dict[ConnectionId, dict[OutboxState, int]]:
        """Items by connection and state, settled ones left out."""

    def page(
        self, *, connection: ConnectionId | None = None, state: OutboxState | None = None, limit: int = 50
    ) -> list[OutboxItem]:
        """Newest first."""


class LaneStore(Protocol):
    """Leases on lanes with fences, in database time (engine.md section 4)."""

    def ensure(self, lanes: Iterable[str]) -> None:
        """Make rows for lanes that have none; they are due at once."""

    def claim(self, lane: str, owner: str, lease: timedelta) -> Lease | None:
        """Take the lane with the next fence, None while another holds it."""

    def renew(self, lease: Lease, by: timedelta) -> Lease | None:
        """Hold it longer, None where it was lost."""

    def confirm(self, lease: Lease) -> None:
        """Make this transaction conditional on the fence: raises LeaseLostError where it is no longer ours."""

    def release(self, lease: Lease, next_due: datetime | None) -> None:
        """Give it back; does nothing where it was lost. A mark set meanwhile keeps its earlier due time."""

    def reclaim(self, owner: str) -> list[str]:
        """Give back every lane ``owner`` holds and make them due; only after its process has surely ended.

        Returns their names. Fences keep growing: what a zombie of that name still wants to settle is refused.
        """

    def mark(self, lane: str, due: datetime | None = None) -> None:
        """Say that the lane has work, at once or then; keeps the earlier time."""

    def due(self, limit: int = 1000) -> list[str]:
        """Lanes that are due now and not held."""


class TaskStore(Protocol):
    """Durable timers."""

    def schedule(self, kind: str, key: str, due: datetime) -> None:
        """One row per (kind, key); scheduling again keeps the earlier time and raises the version."""

    def due(self, now: datetime, limit: int) -> list[Task]:
        """Tasks whose time has come, earliest first."""

    def finish(self, task: Task) -> None:
        """Delete it unless it was scheduled again since it was read."""

    def postpone(self, task: Task, due: datetime, note: str) -> None:
        """Try again then; attempts grow by one."""

    def cancel(self, kind: str, key: str) -> None:
        """Delete it."""

    def next_due(self) -> datetime | None:
        """When the earliest task is due."""


class QuarantineStore(Protocol):
    """What we could not use, kept whole."""

    def add(self, entry: QuarantineEntry) -> int:
        """Store it; an open entry for the same document and path is replaced. Returns its id."""

    def get(self, entry_id: int) -> QuarantineEntry | None:
        """The entry of that id."""

    def open(
        self, *, connection: ConnectionId | None = None, document: DocumentId | None = None, limit: int = 100
    ) -> list[QuarantineEntry]:
        """Open entries, newest first."""

    def release(self, document: DocumentId, path: str | None = None) -> int:
        """Close the entries of a document (of one path, or all); returns how many were open."""


class RefStore(Protocol):
    """External refs: partners' ids for our things, kept both ways."""

    def put(self, kind: str, ours: str, connection: ConnectionId, theirs: str) -> None:
        """Store the pair; the same pair again changes nothing."""

    def theirs(self, kind: str, ours: str, connection: ConnectionId) -> str | None:
        """The partner's id."""

    def ours(self, kind: str, connection: ConnectionId, theirs: str) -> str | None:
        """Our id."""


class ExchangeStore(Protocol):
    """The log of numbered envelopes (ADR 0015). Control numbers are compared and kept without leading zeros."""

    def save(self, exchange: Exchange) -> Exchange:
        """Log it with its groups and messages; what was logged before of the same bytes under the same number is
        replaced, its count of repeats kept. Gives it back with the ids it has in the log."""

    def known(
        self, connection: ConnectionId, direction: Direction, sender: str, receiver: str, control_number: str
    ) -> list[Exchange]:
        """All under that number, newest first, without their groups."""

    def highest(self, connection: ConnectionId, direction: Direction, sender: str, receiver: str) -> int | None:
        """The highest control number between the two, None where none is a number."""

    def repeated(self, exchange_id: int) -> None:
        """Count that the same bytes came again."""

    def get(self, exchange_id: int) -> Exchange | None:
        """The exchange of that id, with its groups and messages."""

    def sent_group(self, connection: ConnectionId, kind: str, control_number: str) -> SentGroup | None:
        """The newest group of ours with that number, its row locked."""

    def group(self, group_id: int) -> SentGroup | None:
        """The group of that id, its row locked."""

    def sent(self, connection: ConnectionId, control_number: str) -> Exchange | None:
        """The newest exchange of ours with that number, with its groups and messages."""

    def answer(self, group: ExchangeGroup) -> None:
        """Write state, code and answer of a group, and state and code of its messages."""

    def settle(self, exchange_id: int, state: ExchangeState, code: str) -> None:
        """What the partner said of the exchange as a whole."""

    def page(
        self,
        *,
        connection: ConnectionId | None = None,
        direction: Direction | None = None,
        awaiting: bool = False,
        after: int | None = None,
        limit: int = 50,
    ) -> list[Exchange]:
        """Newest first, with groups and messages; ``awaiting``: only those with a group that waits for its answer."""


class PublicationStore(Protocol):
    """What each channel shows, and which SKUs must be looked at again."""

    def touch(self, skus: Iterable[Sku]) -> None:
        """Say that the sellable quantity of these may have changed, for every channel."""

    def touched(self, channel: ChannelId, limit: int) -> list[Sku]:
        """SKUs touched since ``settled`` for this channel, oldest first."""

    def settled(self, channel: ChannelId, skus: Iterable[Sku]) -> None:
        """These have been looked at."""

    def current(self, channel: ChannelId, skus: Iterable[Sku]) -> dict[Sku, Publication]:
        """What we know the channel shows."""

    def save(self, publication: Publication) -> None:
        """Insert or replace."""

    def waiting(self, channel: ChannelId, before: datetime) -> list[Sku]:
        """SKUs whose publications wait since before that moment."""

    def resume(self, channel: ChannelId, before: datetime) -> list[Sku]:
        """Let publications that wait since before that moment wait no longer; returns their SKUs."""


class ConnectionStore(Protocol):
    """Health of connections."""

    def health(self) -> dict[ConnectionId, ConnectionHealth]:
        """All that were ever noted."""

    def note(self, health: ConnectionHealth) -> None:
        """Insert or replace."""


class SequenceStore(Protocol):
    """Numbers that never repeat: control numbers, request ids."""

    def next(self, name: str) -> int:
        """The next number of this sequence, from 1; rolls back with the transaction."""


class UnitOfWork(Protocol):
    """One database transaction and all stores in it."""

    orders: OrderStore
    requests: RequestStore
    ledger: LedgerStore
    documents: DocumentStore
    inbox: InboxStore
    outbox: OutboxStore
    lanes: LaneStore
    tasks: TaskStore
    quarantine: QuarantineStore
    refs: RefStore
    exchanges: ExchangeStore
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
