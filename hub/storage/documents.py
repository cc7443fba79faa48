"""Raw documents: compressed, and checked against their own digest whenever they are read."""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select

from hub.errors import InvariantError
from hub.model.document import Direction, Document
from hub.model.identity import ConnectionId, DocumentId, OrderId
from hub.storage.column_types import document_id, document_number, from_micros, to_micros
from hub.storage.dialect import as_rows
from hub.storage.tables import document_orders, documents
from hub.storage.transaction import Transaction

# Level 1 compresses text five to ten times at a tenth of the default's CPU; intake is a hot path.
_LEVEL = 1
_ADD = """
    INSERT INTO documents (connection, direction, kind, source_id, at, media_type, meta, item_keys, sha256, body)
    VALUES (:connection, :direction, :kind, :source_id, :at, :media_type, :meta, :item_keys, :sha256, :body)
    ON CONFLICT DO NOTHING
    RETURNING id
"""
_KNOWN = """
    SELECT source_id FROM documents
    WHERE connection = :connection AND direction = :direction AND source_id IN (SELECT source FROM {rows source text})
"""
_ONE = """
    SELECT id FROM documents WHERE connection = :connection AND direction = :direction AND source_id = :source_id
"""
_GET = "SELECT * FROM documents WHERE id = :id"
_LINK = """
    INSERT INTO document_orders (order_id, document) VALUES (:order_id, :document) ON CONFLICT DO NOTHING
"""


def insert_documents(transaction: Transaction, rows: Sequence[Document]) -> list[int]:
    """Store those that are new; their row numbers in the order given."""
    known = _known(transaction, rows)
    # Overlapping polls show most documents again: those are not even compressed.
    fresh = [row for row in rows if (row.connection, row.direction, row.source_id) not in known]
    added = [transaction.run(_ADD, _values(row)).scalar() for row in fresh]
    return [number for number in added if number is not None]


def _known(transaction: Transaction, rows: Sequence[Document]) -> set[tuple[ConnectionId, Direction, str]]:
    found: set[tuple[ConnectionId, Direction, str]] = set()
    for connection, direction in {(row.connection, row.direction) for row in rows}:
        sources = as_rows(
            {"source": row.source_id} for row in rows if (row.connection, row.direction) == (connection, direction)
        )
        values = {"rows": sources, "connection": connection, "direction": direction.value}
        found.update((connection, direction, source) for source in transaction.run(_KNOWN, values).scalars())
    return found


class SqlDocumentStore:
    """DocumentStore."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def add(self, document: Document) -> DocumentId | None:
        """See DocumentStore. The id is given here; one the document carries is not used."""
        added = insert_documents(self._transaction, [document])
        return document_id(added[0]) if added else None

    def known(self, connection: ConnectionId, direction: Direction, source_id: str) -> DocumentId | None:
        """See DocumentStore."""
        which = {"connection": connection, "direction": direction.value, "source_id": source_id}
        number = self._transaction.run(_ONE, which).scalar()
        return None if number is None else document_id(number)

    def get(self, document_id: DocumentId) -> Document | None:
        """See DocumentStore."""
        number = document_number(document_id)
        if number is None:
            return None
        row = self._transaction.run(_GET, {"id": number}).one_or_none()
        return None if row is None else _document(row, from_micros(row.at))

    def page(
        self, *, connection: ConnectionId | None = None, after: DocumentId | None = None, limit: int = 50
    ) -> list[Document]:
        """See DocumentStore."""
        query: Select[Any] = select(documents).order_by(documents.c.id.desc()).limit(limit)
        if connection is not None:
            query = query.where(documents.c.connection == connection)
        if after is not None:
            query = query.where(documents.c.id < (document_number(after) or 0))
        return [_document(row, row.at) for row in self._transaction.execute(query)]

    def link(self, document_id: DocumentId, order_ids: Iterable[OrderId]) -> None:
        """See DocumentStore. Raises InvariantError where the document was never stored."""
        number = document_number(document_id)
        rows = [{"order_id": order_id, "document": number} for order_id in sorted(set(order_ids))]
        if number is None:
            raise InvariantError(f"{document_id} is no stored document.", code="storage.unknown-document")
        if rows:
            self._transaction.run(_LINK, rows)

    def for_order(self, order_id: OrderId) -> list[Document]:
        """See DocumentStore."""
        query = (
            select(documents)
            .join(document_orders, document_orders.c.document == documents.c.id)
            .where(document_orders.c.order_id == order_id)
            .order_by(documents.c.id)
        )
        return [_document(row, row.at) for row in self._transaction.execute(query)]

    def orders(self, document_id: DocumentId) -> list[OrderId]:
        """See DocumentStore."""
        query = (
            select(document_orders.c.order_id)
            .where(document_orders.c.document == document_number(document_id))
            .order_by(document_orders.c.order_id)
        )
        return [OrderId(order_id) for order_id in self._transaction.execute(query).scalars()]


def _values(document: Document) -> dict[str, Any]:
    return {
        "connection": document.connection,
        "direction": document.direction.value,
        "kind": document.kind,
        "source_id": document.source_id,
        "at": to_micros(document.at),
        "media_type": document.media_type,
        "meta": json.dumps(dict(document.meta)),
        "item_keys": json.dumps(document.item_keys),
        "sha256": document.sha256,
        "body": zlib.compress(document.body, _LEVEL),
    }


def _document(row: Any, at: datetime) -> Document:
    return Document(
        connection=ConnectionId(row.connection),
        direction=Direction(row.direction),
        kind=row.kind,
        source_id=row.source_id,
        body=_body(row),
        at=at,
        media_type=row.media_type,
        meta=json.loads(row.meta),
        item_keys=tuple(json.loads(row.item_keys)),
        id=document_id(row.id),
    )


def _body(row: Any) -> bytes:
    try:
        body = zlib.decompress(row.body)
    except zlib.error:
        body = None
    if body is None or hashlib.sha256(body).hexdigest() != row.sha256:
        raise InvariantError(
            f"Document {document_id(row.id)} is not what was stored: its checksum no longer fits.",
            code="storage.checksum",
            cure="Restore it from a backup, or fetch it again from the partner.",
        )
    return body
