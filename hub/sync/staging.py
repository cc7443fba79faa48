"""A document too big to be parsed into objects: its rows are staged as they are read, in short transactions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from hub.errors import InvariantError
from hub.model.identity import DocumentId
from hub.model.stock import FeedRow, ItemOutlook, StockBatch
from hub.sdk.capabilities import Parsed
from hub.sync.runtime import Turn

ROWS_PER_TRANSACTION = 10_000


def staged(turn: Turn, document: DocumentId, pieces: Iterator[StockBatch | Parsed]) -> Parsed:
    """Stage the rows a FeedSource gives; what the document says besides.

    What an earlier try left is forgotten first. Raises what the source raises, LeaseLostError.
    """
    with turn.begin() as uow:
        uow.feeds.clear(document)
    stage = _Stage(turn, document)
    for piece in pieces:
        if isinstance(piece, Parsed):
            stage.write()
            return piece
        stage.take(piece)
    raise InvariantError("A feed ended without saying what else its document says.")


class _Stage:
    """Rows on their way into the database."""

    def __init__(self, turn: Turn, document: DocumentId) -> None:
        self._turn, self._document = turn, document
        self._waiting: dict[int, tuple[list[FeedRow], list[ItemOutlook]]] = {}
        self._written: Counter[int] = Counter()

    def take(self, batch: StockBatch) -> None:
        rows, outlooks = self._waiting.setdefault(batch.feed, ([], []))
        rows += batch.rows
        outlooks += batch.outlooks
        if len(rows) + len(outlooks) >= ROWS_PER_TRANSACTION:
            self.write()

    def write(self) -> None:
        """All that waits, in one transaction."""
        self._turn.keep()
        with self._turn.begin() as uow:
            for feed, (rows, outlooks) in self._waiting.items():
                uow.feeds.stage(self._document, feed, self._written[feed] + 1, rows)
                uow.feeds.stage_outlooks(self._document, feed, outlooks)
                self._written[feed] += len(rows)
        self._waiting = {}
