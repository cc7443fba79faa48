"""Health of connections."""

from __future__ import annotations

from sqlalchemy import select

from hub.model.identity import ConnectionId
from hub.model.queue import ConnectionHealth, ConnectionState
from hub.storage.tables import connections
from hub.storage.transaction import Transaction


class SqlConnectionStore:
    """ConnectionStore."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def health(self) -> dict[ConnectionId, ConnectionHealth]:
        """See ConnectionStore."""
        rows = self._transaction.execute(select(connections).order_by(connections.c.connection))
        return {
            ConnectionId(row.connection): ConnectionHealth(
                connection=ConnectionId(row.connection),
                state=ConnectionState(row.state),
                since=row.since,
                failures=row.failures,
                code=row.code,
                message=row.message,
            )
            for row in rows
        }

    def note(self, health: ConnectionHealth) -> None:
        """See ConnectionStore."""
        values = {
            "connection": health.connection,
            "state": health.state.value,
            "since": health.since,
            "failures": health.failures,
            "code": health.code,
            "message": health.message,
        }
        self._transaction.put(connections, ("connection",), values)
