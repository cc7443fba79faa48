"""Stores of what is exchanged with partners."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Protocol

from hub.model.document import Direction, Document
from hub.model.exchange import Exchange, ExchangeGroup, ExchangeState, SentGroup
from hub.model.identity import ConnectionId, DocumentId, OrderId
from hub.model.queue import InboxEntry, InboxState, OutboxItem, OutboxState, QuarantineEntry


class DocumentStore(Protocol):
    """Raw documents (compressed, checksummed)."""

    def add(self, document: Document) -> DocumentId | None:
        """Store it; None where (connection, direction, source_id) is already there."""

    def known(self, connection: ConnectionId, direction: Direction, source_id: str) -> DocumentId | None:
        """The stored document of that identity."""

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
        self,
        *,
        connection: ConnectionId | None = None,
        state: OutboxState | None = None,
        coalesce: str = "",
        limit: int = 50,
    ) -> list[OutboxItem]:
        """Newest first. ``coalesce``: only those of which the newest replaces the others."""

    def made(
        self, connection: ConnectionId, kind: str, prefix: str, *, since: datetime
    ) -> dict[str, tuple[int, datetime]]:
        """Items made since then whose ``coalesce`` begins so and that were not superseded: by ``coalesce`` how many,
        and when the first was made."""


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

    def waiting(self, connection: ConnectionId, *, after: int = 0, limit: int = 100) -> list[QuarantineEntry]:
        """Open entries that wait for an item, by id from the one behind ``after``."""

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
