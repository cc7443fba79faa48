"""What we could not use, kept whole."""

from __future__ import annotations

from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Row, select, text, update

from hub.model.identity import ConnectionId, DocumentId, OrderId
from hub.model.queue import ItemIds, QuarantineEntry, QuarantineState
from hub.storage.tables import quarantine
from hub.storage.transaction import Transaction

_OPEN = QuarantineState.OPEN.value
_REPLACED = ("connection", "code", "message", "cure", "at", "order_id", "waits_for", "map_version")
_WAITS_FOR = TypeAdapter(ItemIds)


class SqlQuarantineStore:
    """QuarantineStore."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def add(self, entry: QuarantineEntry) -> int:
        """See QuarantineStore. A replaced entry keeps its id."""
        insert = self._transaction.insert(quarantine).values(
            document=entry.document,
            connection=entry.connection,
            path=entry.path,
            code=entry.code,
            message=entry.message,
            cure=entry.cure,
            at=entry.at,
            order_id=entry.order_id,
            state=entry.state.value,
            waits_for=_WAITS_FOR.dump_json(entry.waits_for).decode() if entry.waits_for else None,
            map_version=entry.map_version if entry.waits_for else None,
        )
        statement = insert.on_conflict_do_update(
            index_elements=["document", "path"],
            index_where=text("state = 'open'"),
            set_={name: insert.excluded[name] for name in _REPLACED},
        ).returning(quarantine.c.id)
        return int(self._transaction.execute(statement).scalar_one())

    def get(self, entry_id: int) -> QuarantineEntry | None:
        """See QuarantineStore."""
        row = self._transaction.execute(select(quarantine).where(quarantine.c.id == entry_id)).one_or_none()
        return None if row is None else _entry(row)

    def open(
        self, *, connection: ConnectionId | None = None, document: DocumentId | None = None, limit: int = 100
    ) -> list[QuarantineEntry]:
        """See QuarantineStore."""
        query = select(quarantine).where(quarantine.c.state == _OPEN).order_by(quarantine.c.id.desc()).limit(limit)
        if connection is not None:
            query = query.where(quarantine.c.connection == connection)
        if document is not None:
            query = query.where(quarantine.c.document == document)
        return [_entry(row) for row in self._transaction.execute(query)]

    def waiting(self, connection: ConnectionId, *, after: int = 0, limit: int = 100) -> list[QuarantineEntry]:
        """See QuarantineStore."""
        table = quarantine.c
        query = (
            select(quarantine)
            .where(text("state = 'open' AND waits_for IS NOT NULL"), table.connection == connection, table.id > after)
            .order_by(table.id)
            .limit(limit)
        )
        return [_entry(row) for row in self._transaction.execute(query)]

    def release(self, document: DocumentId, path: str | None = None) -> int:
        """See QuarantineStore."""
        statement = (
            update(quarantine)
            .where(quarantine.c.document == document, quarantine.c.state == _OPEN)
            .values(state=QuarantineState.RELEASED.value)
        )
        if path is not None:
            statement = statement.where(quarantine.c.path == path)
        return self._transaction.execute(statement).rowcount


def _entry(row: Row[Any]) -> QuarantineEntry:
    return QuarantineEntry(
        document=DocumentId(row.document),
        connection=ConnectionId(row.connection),
        path=row.path,
        code=row.code,
        message=row.message,
        cure=row.cure,
        at=row.at,
        order_id=None if row.order_id is None else OrderId(row.order_id),
        id=row.id,
        state=QuarantineState(row.state),
        waits_for=() if row.waits_for is None else _WAITS_FOR.validate_json(row.waits_for),
        map_version=row.map_version or "",
    )
