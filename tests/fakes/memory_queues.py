"""Documents, inbox, outbox, timers and quarantine in dictionaries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from hub.model.document import Direction, Document
from hub.model.identity import ConnectionId, DocumentId, OrderId
from hub.model.queue import (
    InboxEntry,
    InboxState,
    OutboxItem,
    OutboxState,
    QuarantineEntry,
    QuarantineState,
    Task,
)

_SETTLED = {OutboxState.ACCEPTED, OutboxState.REFUSED, OutboxState.SUPERSEDED}


@dataclass
class MemoryDocuments:
    rows: dict[DocumentId, Document] = field(default_factory=dict)
    links: set[tuple[DocumentId, OrderId]] = field(default_factory=set)

    def add(self, document: Document) -> DocumentId | None:
        if self.known(document.connection, document.direction, document.source_id) is not None:
            return None
        document_id = DocumentId(document.id or f"d{len(self.rows) + 1}")
        self.rows[document_id] = replace(document, id=document_id)
        return document_id

    def known(self, connection: ConnectionId, direction: Direction, source_id: str) -> DocumentId | None:
        key = (connection, direction, source_id)
        found = (each.id for each in self.rows.values() if (each.connection, each.direction, each.source_id) == key)
        return next(found, None)

    def get(self, document_id: DocumentId) -> Document | None:
        return self.rows.get(document_id)

    def page(
        self, *, connection: ConnectionId | None = None, after: DocumentId | None = None, limit: int = 50
    ) -> list[Document]:
        return [row for row in reversed(self.rows.values()) if connection in {None, row.connection}][:limit]

    def link(self, document_id: DocumentId, order_ids: Iterable[OrderId]) -> None:
        self.links |= {(document_id, order_id) for order_id in order_ids}

    def for_order(self, order_id: OrderId) -> list[Document]:
        return [self.rows[doc] for doc, about in sorted(self.links) if about == order_id and doc in self.rows]

    def orders(self, document_id: DocumentId) -> list[OrderId]:
        return sorted(about for doc, about in self.links if doc == document_id)


@dataclass
class MemoryInbox:
    documents: MemoryDocuments
    entries: dict[DocumentId, InboxEntry] = field(default_factory=dict)
    cursors: dict[tuple[ConnectionId, str], str] = field(default_factory=dict)

    def add(self, documents: Sequence[Document], stream: str) -> list[DocumentId]:
        new = []
        for document in documents:
            document_id = self.documents.add(document)
            if document_id is not None:
                self.entries[document_id] = InboxEntry(document_id, document.connection, stream, InboxState.STORED)
                new.append(document_id)
        return new

    def cursor(self, connection: ConnectionId, stream: str) -> str | None:
        return self.cursors.get((connection, stream))

    def advance(self, connection: ConnectionId, stream: str, cursor: str) -> None:
        self.cursors[connection, stream] = cursor

    def pending(self, connection: ConnectionId, limit: int) -> list[InboxEntry]:
        waiting = [e for e in self.entries.values() if e.connection == connection and e.state is InboxState.STORED]
        return waiting[:limit]

    def entry(self, document_id: DocumentId) -> InboxEntry | None:
        return self.entries.get(document_id)

    def mark(self, document_id: DocumentId, state: InboxState, note: str = "", *, attempts: int | None = None) -> None:
        entry = self.entries[document_id]
        attempts = entry.attempts if attempts is None else attempts
        self.entries[document_id] = replace(entry, state=state, note=note, attempts=attempts)

    def backlog(self) -> dict[ConnectionId, int]:
        counted: dict[ConnectionId, int] = defaultdict(int)
        for entry in self.entries.values():
            counted[entry.connection] += entry.state is InboxState.STORED
        return {connection: count for connection, count in counted.items() if count}


@dataclass
class MemoryOutbox:
    rows: dict[str, OutboxItem] = field(default_factory=dict)

    def add(self, item: OutboxItem) -> bool:
        if item.key in self.rows:
            return False
        for older in list(self.rows.values()):
            same = (older.connection, older.kind, older.coalesce) == (item.connection, item.kind, item.coalesce)
            if item.coalesce and same and older.state is OutboxState.PENDING:
                self.settle(older.key, OutboxState.SUPERSEDED)
        self.rows[item.key] = replace(item, id=len(self.rows) + 1)
        return True

    def due(self, connection: ConnectionId, now: datetime, limit: int) -> list[OutboxItem]:
        ready: list[OutboxItem] = []
        busy: set[OrderId] = set()
        for item in self.rows.values():
            if item.connection != connection or item.state in _SETTLED:
                continue
            free = item.order_id is None or item.order_id not in busy
            if item.state is OutboxState.PENDING and free and (item.due is None or item.due <= now):
                ready.append(item)
            if item.order_id is not None:
                busy.add(item.order_id)
        return ready[:limit]

    def in_state(self, connection: ConnectionId, state: OutboxState, limit: int) -> list[OutboxItem]:
        return [row for row in self.rows.values() if (row.connection, row.state) == (connection, state)][:limit]

    def withdraw(self, key: str) -> bool:
        pending = self.rows[key].state is OutboxState.PENDING
        if pending:
            self.settle(key, OutboxState.SUPERSEDED)
        return pending

    def intend(self, items: Sequence[OutboxItem], document: DocumentId) -> None:
        for item in items:
            sending = replace(item, state=OutboxState.SENDING, document=document, attempts=item.attempts + 1)
            self.rows[item.key] = sending

    def settle(self, key: str, state: OutboxState, note: str = "", *, due: datetime | None = None) -> None:
        self.rows[key] = replace(self.rows[key], state=state, note=note, due=due)

    def get(self, key: str) -> OutboxItem | None:
        return self.rows.get(key)

    def next_due(self, connection: ConnectionId) -> datetime | None:
        dues = [row.due or row.created_at for row in self.in_state(connection, OutboxState.PENDING, len(self.rows))]
        return min(dues, default=None)

    def backlog(self) -> dict[ConnectionId, dict[OutboxState, int]]:
        counted: dict[ConnectionId, dict[OutboxState, int]] = {}
        for row in self.rows.values():
            if row.state not in _SETTLED:
                states = counted.setdefault(row.connection, {})
                states[row.state] = states.get(row.state, 0) + 1
        return counted

    def page(
        self,
        *,
        connection: ConnectionId | None = None,
        state: OutboxState | None = None,
        coalesce: str = "",
        limit: int = 50,
    ) -> list[OutboxItem]:
        rows = [r for r in self.rows.values() if connection in {None, r.connection} and state in {None, r.state}]
        return [row for row in rows if coalesce in {"", row.coalesce}][::-1][:limit]

    def made(
        self, connection: ConnectionId, kind: str, prefix: str, *, since: datetime
    ) -> dict[str, tuple[int, datetime]]:
        found: dict[str, tuple[int, datetime]] = {}
        for row in self.rows.values():
            named = row.connection == connection and row.kind == kind and row.coalesce.startswith(prefix)
            if named and row.created_at >= since and row.state is not OutboxState.SUPERSEDED:
                number, first = found.get(row.coalesce, (0, row.created_at))
                found[row.coalesce] = number + 1, min(first, row.created_at)
        return found


@dataclass
class MemoryTasks:
    rows: dict[tuple[str, str], Task] = field(default_factory=dict)
    versions: int = 0

    def schedule(self, kind: str, key: str, due: datetime) -> None:
        self.versions += 1
        known = self.rows.get((kind, key))
        if known is None:
            self.rows[kind, key] = Task(kind, key, due, self.versions)
        else:
            self.rows[kind, key] = replace(known, due=min(due, known.due), version=self.versions)

    def due(self, now: datetime, limit: int) -> list[Task]:
        ready = [task for task in self.rows.values() if task.due <= now]
        return sorted(ready, key=lambda task: (task.due, task.kind, task.key))[:limit]

    def finish(self, task: Task) -> None:
        if self._current(task):
            del self.rows[task.kind, task.key]

    def postpone(self, task: Task, due: datetime, note: str) -> None:
        if self._current(task):
            self.rows[task.kind, task.key] = replace(task, due=due, note=note, attempts=task.attempts + 1)

    def cancel(self, kind: str, key: str) -> None:
        self.rows.pop((kind, key), None)

    def next_due(self) -> datetime | None:
        return min((task.due for task in self.rows.values()), default=None)

    def _current(self, task: Task) -> bool:
        known = self.rows.get((task.kind, task.key))
        return known is not None and known.version == task.version


@dataclass
class MemoryQuarantine:
    rows: dict[int, QuarantineEntry] = field(default_factory=dict)

    def add(self, entry: QuarantineEntry) -> int:
        for known in self.open(limit=len(self.rows)):
            if (known.document, known.path) == (entry.document, entry.path):
                self.rows[known.id] = replace(entry, id=known.id)
                return known.id
        number = len(self.rows) + 1
        self.rows[number] = replace(entry, id=number)
        return number

    def get(self, entry_id: int) -> QuarantineEntry | None:
        return self.rows.get(entry_id)

    def open(
        self, *, connection: ConnectionId | None = None, document: DocumentId | None = None, limit: int = 100
    ) -> list[QuarantineEntry]:
        found = [
            row
            for row in reversed(self.rows.values())
            if row.state is QuarantineState.OPEN
            and connection in {None, row.connection}
            and document in {None, row.document}
        ]
        return found[:limit]

    def waiting(self, connection: ConnectionId, *, after: int = 0, limit: int = 100) -> list[QuarantineEntry]:
        found = [row for row in self.open(connection=connection, limit=len(self.rows)) if row.waits_for]
        return sorted((row for row in found if row.id > after), key=lambda row: row.id)[:limit]

    def release(self, document: DocumentId, path: str | None = None) -> int:
        found = [row for row in self.open(document=document, limit=len(self.rows)) if path in {None, row.path}]
        self.rows |= {row.id: replace(row, state=QuarantineState.RELEASED) for row in found}
        return len(found)
