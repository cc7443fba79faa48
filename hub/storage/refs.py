"""Partners' ids for our things, kept both ways."""

from __future__ import annotations

from sqlalchemy import select

from hub.model.identity import ConnectionId
from hub.storage.tables import refs
from hub.storage.transaction import Transaction


class SqlRefStore:
    """RefStore. Where one thing has had several ids (a resend under a new number), the newest answers."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def put(self, kind: str, ours: str, connection: ConnectionId, theirs: str) -> None:
        """See RefStore."""
        insert = self._transaction.insert(refs).values(kind=kind, connection=connection, ours=ours, theirs=theirs)
        self._transaction.execute(insert.on_conflict_do_nothing())

    def theirs(self, kind: str, ours: str, connection: ConnectionId) -> str | None:
        """See RefStore."""
        query = select(refs.c.theirs).where(refs.c.kind == kind, refs.c.connection == connection, refs.c.ours == ours)
        found: str | None = self._transaction.execute(query.order_by(refs.c.id.desc()).limit(1)).scalar()
        return found

    def ours(self, kind: str, connection: ConnectionId, theirs: str) -> str | None:
        """See RefStore."""
        query = select(refs.c.ours).where(refs.c.kind == kind, refs.c.connection == connection, refs.c.theirs == theirs)
        found: str | None = self._transaction.execute(query.order_by(refs.c.id.desc()).limit(1)).scalar()
        return found
