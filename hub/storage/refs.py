"""Partners' ids for our things, kept both ways."""

from __future__ import annotations

from hub.model.identity import ConnectionId
from hub.storage.transaction import Transaction

_PUT = """
    INSERT INTO refs (kind, connection, ours, theirs) VALUES (:kind, :connection, :ours, :theirs)
    ON CONFLICT DO NOTHING
"""
_THEIRS = """
    SELECT theirs FROM refs WHERE kind = :kind AND connection = :connection AND ours = :ours
    ORDER BY id DESC LIMIT 1
"""
_OURS = """
    SELECT ours FROM refs WHERE kind = :kind AND connection = :connection AND theirs = :theirs
    ORDER BY id DESC LIMIT 1
"""


class SqlRefStore:
    """RefStore. Where one thing has had several ids (a resend under a new number), the newest answers."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def put(self, kind: str, ours: str, connection: ConnectionId, theirs: str) -> None:
        """See RefStore."""
        values = {"kind": kind, "connection": connection, "ours": ours, "theirs": theirs}
        self._transaction.run(_PUT, values)

    def theirs(self, kind: str, ours: str, connection: ConnectionId) -> str | None:
        """See RefStore."""
        values = {"kind": kind, "connection": connection, "ours": ours}
        found: str | None = self._transaction.run(_THEIRS, values).scalar()
        return found

    def ours(self, kind: str, connection: ConnectionId, theirs: str) -> str | None:
        """See RefStore."""
        values = {"kind": kind, "connection": connection, "theirs": theirs}
        found: str | None = self._transaction.run(_OURS, values).scalar()
        return found
