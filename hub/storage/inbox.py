"""Stored inbound documents waiting for parse and flow, and where each stream resumes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hub.errors import InvariantError
from hub.model.document import Document
from hub.model.identity import ConnectionId, DocumentId
from hub.model.queue import InboxEntry, InboxState
from hub.storage.column_types import document_id, document_number
from hub.storage.documents import insert_documents
from hub.storage.transaction import Transaction

_ADD = """
    INSERT INTO inbox (document, connection, stream, state, attempts, note)
    SELECT id, connection, :stream, 'stored', 0, '' FROM documents WHERE id = :document
"""
_CURSOR = "SELECT cursor FROM cursors WHERE connection = :connection AND stream = :stream"
_ADVANCE = """
    INSERT INTO cursors (connection, stream, cursor) VALUES (:connection, :stream, :cursor)
    ON CONFLICT (connection, stream) DO UPDATE SET cursor = excluded.cursor
"""
_PENDING = """
    SELECT document, connection, stream, state, attempts, note FROM inbox
    WHERE connection = :connection AND state = 'stored' ORDER BY document LIMIT :limit
"""
_ENTRY = "SELECT document, connection, stream, state, attempts, note FROM inbox WHERE document = :document"
_MARK = """
    UPDATE inbox SET state = :state, note = :note, attempts = COALESCE(CAST(:attempts AS BIGINT), attempts)
    WHERE document = :document
"""
_BACKLOG = "SELECT connection, COUNT(*) AS number FROM inbox WHERE state = 'stored' GROUP BY connection"


class SqlInboxStore:
    """InboxStore."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def add(self, documents: Sequence[Document], stream: str) -> list[DocumentId]:
        """See InboxStore."""
        added = insert_documents(self._transaction, documents)
        if added:
            self._transaction.run(_ADD, [{"document": number, "stream": stream} for number in added])
        return [document_id(number) for number in added]

    def cursor(self, connection: ConnectionId, stream: str) -> str | None:
        """See InboxStore."""
        found: str | None = self._transaction.run(_CURSOR, {"connection": connection, "stream": stream}).scalar()
        return found

    def advance(self, connection: ConnectionId, stream: str, cursor: str) -> None:
        """See InboxStore."""
        self._transaction.run(_ADVANCE, {"connection": connection, "stream": stream, "cursor": cursor})

    def pending(self, connection: ConnectionId, limit: int) -> list[InboxEntry]:
        """See InboxStore."""
        return [_entry(row) for row in self._transaction.run(_PENDING, {"connection": connection, "limit": limit})]

    def entry(self, document_id: DocumentId) -> InboxEntry | None:
        """See InboxStore."""
        row = self._transaction.run(_ENTRY, {"document": document_number(document_id)}).one_or_none()
        return None if row is None else _entry(row)

    def mark(self, document_id: DocumentId, state: InboxState, note: str = "", *, attempts: int | None = None) -> None:
        """See InboxStore. Raises InvariantError for a document that is not in the inbox."""
        values = {"document": document_number(document_id), "state": state.value, "note": note, "attempts": attempts}
        if self._transaction.run(_MARK, values).rowcount == 0:
            raise InvariantError(f"{document_id} is not in the inbox.", code="storage.unknown-document")

    def backlog(self) -> dict[ConnectionId, int]:
        """See InboxStore."""
        return {ConnectionId(row.connection): row.number for row in self._transaction.run(_BACKLOG)}


def _entry(row: Any) -> InboxEntry:
    return InboxEntry(
        document=document_id(row.document),
        connection=ConnectionId(row.connection),
        stream=row.stream,
        state=InboxState(row.state),
        attempts=row.attempts,
        note=row.note,
    )
