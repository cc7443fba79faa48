"""Numbers that never repeat."""

from __future__ import annotations

from hub.storage.transaction import Transaction

_NEXT = """
    INSERT INTO sequences (name, value) VALUES (:name, 1)
    ON CONFLICT (name) DO UPDATE SET value = sequences.value + 1
    RETURNING value
"""


class SqlSequenceStore:
    """SequenceStore. The row is locked until the commit, so numbers have no gaps and no second owner."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def next(self, name: str) -> int:
        """See SequenceStore."""
        return int(self._transaction.run(_NEXT, {"name": name}).scalar_one())
