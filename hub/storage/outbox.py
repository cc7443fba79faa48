"""Intentions for partners, and the order in which they may leave."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, select

from hub.errors import InvariantError
from hub.model.identity import ConnectionId, DocumentId, OrderId
from hub.model.queue import OutboxItem, OutboxState
from hub.storage.column_types import from_micros, instant_or_none, micros_or_none, to_micros
from hub.storage.tables import outbox
from hub.storage.transaction import Transaction

_ADD = """
    INSERT INTO outbox (key, connection, kind, payload, created_at, coalesce_key, order_id, subject, state, attempts,
                        due, document, note)
    VALUES (:key, :connection, :kind, :payload, :created_at, :coalesce_key, :order_id, :subject, :state, :attempts,
            :due, :document, :note)
    ON CONFLICT (key) DO NOTHING
    RETURNING id
"""
_SUPERSEDE = """
    UPDATE outbox SET state = 'superseded'
    WHERE connection = :connection AND kind = :kind AND coalesce_key = :coalesce_key AND coalesce_key <> ''
          AND state = 'pending' AND id < :id
"""
# An item waits for every earlier one of its order on this connection whose outcome is open.
_IN_TURN = """
    NOT EXISTS (
        SELECT 1 FROM outbox e
        WHERE e.connection = o.connection AND e.order_id = o.order_id AND e.id < o.id
              AND e.state IN ('pending', 'sending', 'unknown')
    )
"""
_DUE = f"""
    SELECT * FROM outbox o
    WHERE o.connection = :connection AND o.state = 'pending' AND o.due <= :now AND {_IN_TURN}
    ORDER BY o.id LIMIT :limit {{lock}}
"""
_IN_STATE = """
    SELECT * FROM outbox WHERE connection = :connection AND state = :state ORDER BY id LIMIT :limit
"""
_GET = "SELECT * FROM outbox WHERE key = :key"
_NEXT_DUE = f"""
    SELECT MIN(o.due) FROM outbox o
    WHERE o.connection = :connection AND o.state = 'pending' AND {_IN_TURN}
"""
# An item that was withdrawn or superseded since it was read must not leave: the caller reads anew.
_INTEND = """
    UPDATE outbox SET state = 'sending', document = :document, attempts = attempts + 1
    WHERE key = :key AND state IN ('pending', 'sending', 'unknown')
"""
# Back to pending means try again later: too late where a newer item has taken its place.
_SETTLE = """
    UPDATE outbox
    SET note = :note, due = COALESCE(CAST(:due AS BIGINT), due),
        state = CASE WHEN :state = 'pending' AND coalesce_key <> '' AND EXISTS (
                         SELECT 1 FROM outbox n
                         WHERE n.connection = outbox.connection AND n.kind = outbox.kind
                               AND n.coalesce_key = outbox.coalesce_key AND n.coalesce_key <> '' AND n.id > outbox.id
                     ) THEN 'superseded' ELSE :state END
    WHERE key = :key
"""
_MADE = """
    SELECT coalesce_key, COUNT(*) AS number, MIN(created_at) AS first FROM outbox
    WHERE connection = :connection AND kind = :kind AND coalesce_key <> '' AND created_at >= :since
          AND SUBSTR(coalesce_key, 1, :length) = :prefix AND state <> 'superseded'
    GROUP BY coalesce_key
"""
_WITHDRAW = "UPDATE outbox SET state = 'superseded' WHERE key = :key AND state = 'pending'"
_BACKLOG = """
    SELECT connection, state, COUNT(*) AS number FROM outbox
    WHERE state NOT IN ('accepted', 'refused', 'superseded') GROUP BY connection, state
"""


class SqlOutboxStore:
    """OutboxStore."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def add(self, item: OutboxItem) -> bool:
        """See OutboxStore. An item without ``due`` is due when it was created."""
        row_number = self._transaction.run(_ADD, _values(item)).scalar()
        if row_number is None:
            return False
        if item.coalesce:
            self._transaction.run(
                _SUPERSEDE,
                {
                    "connection": item.connection,
                    "kind": item.kind,
                    "coalesce_key": item.coalesce,
                    "id": row_number,
                },
            )
        return True

    def due(self, connection: ConnectionId, now: datetime, limit: int) -> list[OutboxItem]:
        """See OutboxStore. At most one item per order at a time; the next one follows when it is settled."""
        values = {"connection": connection, "now": to_micros(now), "limit": limit}
        return [_raw_item(row) for row in self._transaction.run(_DUE, values)]

    def in_state(self, connection: ConnectionId, state: OutboxState, limit: int) -> list[OutboxItem]:
        """See OutboxStore."""
        values = {"connection": connection, "state": state.value, "limit": limit}
        return [_raw_item(row) for row in self._transaction.run(_IN_STATE, values)]

    def withdraw(self, key: str) -> bool:
        """See OutboxStore."""
        return self._transaction.run(_WITHDRAW, {"key": key}).rowcount == 1

    def intend(self, items: Sequence[OutboxItem], document: DocumentId) -> None:
        """See OutboxStore. Raises InvariantError ``storage.outbox-settled`` where one of them has its outcome already
        or was withdrawn."""
        if not items:
            return
        rows = [{"key": item.key, "document": document} for item in items]
        with self._transaction.savepoint():
            if self._transaction.run(_INTEND, rows).rowcount != len(rows):
                raise InvariantError(
                    "An item with an outcome was about to be sent again.", code="storage.outbox-settled"
                )

    def settle(self, key: str, state: OutboxState, note: str = "", *, due: datetime | None = None) -> None:
        """See OutboxStore. An item that a newer one has replaced becomes SUPERSEDED instead of PENDING.

        Raises InvariantError for a key that was never added.
        """
        values = {"key": key, "state": state.value, "note": note, "due": micros_or_none(due)}
        if self._transaction.run(_SETTLE, values).rowcount == 0:
            raise InvariantError("An outbox item that does not exist was settled.", code="storage.unknown-item")

    def get(self, key: str) -> OutboxItem | None:
        """See OutboxStore."""
        row = self._transaction.run(_GET, {"key": key}).one_or_none()
        return None if row is None else _raw_item(row)

    def next_due(self, connection: ConnectionId) -> datetime | None:
        """See OutboxStore. Items that wait for an earlier one of their order are left out."""
        return instant_or_none(self._transaction.run(_NEXT_DUE, {"connection": connection}).scalar())

    def backlog(self) -> dict[ConnectionId, dict[OutboxState, int]]:
        """See OutboxStore. Settled are accepted, refused and superseded; waiting and failed need somebody."""
        found: dict[ConnectionId, dict[OutboxState, int]] = {}
        for row in self._transaction.run(_BACKLOG):
            found.setdefault(ConnectionId(row.connection), {})[OutboxState(row.state)] = row.number
        return found

    def page(
        self,
        *,
        connection: ConnectionId | None = None,
        state: OutboxState | None = None,
        coalesce: str = "",
        limit: int = 50,
    ) -> list[OutboxItem]:
        """See OutboxStore."""
        query: Select[Any] = select(outbox).order_by(outbox.c.id.desc()).limit(limit)
        if connection is not None:
            query = query.where(outbox.c.connection == connection)
        if state is not None:
            query = query.where(outbox.c.state == state.value)
        if coalesce:
            query = query.where(outbox.c.coalesce_key == coalesce, outbox.c.coalesce_key != "")
        return [_item(row) for row in self._transaction.execute(query)]

    def made(
        self, connection: ConnectionId, kind: str, prefix: str, *, since: datetime
    ) -> dict[str, tuple[int, datetime]]:
        """See OutboxStore."""
        values = {
            "connection": connection,
            "kind": kind,
            "prefix": prefix,
            "length": len(prefix),
            "since": to_micros(since),
        }
        found = self._transaction.run(_MADE, values)
        return {row.coalesce_key: (row.number, from_micros(row.first)) for row in found}


def _values(item: OutboxItem) -> dict[str, Any]:
    return {
        "key": item.key,
        "connection": item.connection,
        "kind": item.kind,
        "payload": item.payload,
        "created_at": to_micros(item.created_at),
        "coalesce_key": item.coalesce,
        "order_id": item.order_id,
        "subject": item.subject,
        "state": item.state.value,
        "attempts": item.attempts,
        "due": to_micros(item.due or item.created_at),
        "document": item.document,
        "note": item.note,
    }


def _raw_item(row: Any) -> OutboxItem:
    return _build(row, created_at=from_micros(row.created_at), due=from_micros(row.due))


def _item(row: Row[Any]) -> OutboxItem:
    return _build(row, created_at=row.created_at, due=row.due)


def _build(row: Any, *, created_at: datetime, due: datetime) -> OutboxItem:
    return OutboxItem(
        key=row.key,
        connection=ConnectionId(row.connection),
        kind=row.kind,
        payload=row.payload,
        created_at=created_at,
        coalesce=row.coalesce_key,
        order_id=None if row.order_id is None else OrderId(row.order_id),
        subject=row.subject,
        id=row.id,
        state=OutboxState(row.state),
        attempts=row.attempts,
        due=due,
        document=None if row.document is None else DocumentId(row.document),
        note=row.note,
    )
