"""Health of connections."""

from __future__ import annotations

from hub.model.identity import ConnectionId
from hub.model.queue import ConnectionHealth, ConnectionState
from hub.storage.column_types import from_micros, to_micros
from hub.storage.transaction import Transaction

_HEALTH = "SELECT connection, state, since, failures, code, message FROM connections ORDER BY connection"
_NOTE = """
    INSERT INTO connections (connection, state, since, failures, code, message)
    VALUES (:connection, :state, :since, :failures, :code, :message)
    ON CONFLICT (connection) DO UPDATE
    SET state = excluded.state, since = excluded.since, failures = excluded.failures, code = excluded.code,
        message = excluded.message
"""


class SqlConnectionStore:
    """ConnectionStore."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def health(self) -> dict[ConnectionId, ConnectionHealth]:
        """See ConnectionStore."""
        rows = self._transaction.run(_HEALTH)
        return {
            ConnectionId(row.connection): ConnectionHealth(
                connection=ConnectionId(row.connection),
                state=ConnectionState(row.state),
                since=from_micros(row.since),
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
            "since": to_micros(health.since),
            "failures": health.failures,
            "code": health.code,
            "message": health.message,
        }
        self._transaction.run(_NOTE, values)
