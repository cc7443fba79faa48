"""What a stored document said of stock, parsed again with today's codebook; nothing of it is recorded."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Generator, Iterable, Iterator
from contextlib import closing
from datetime import datetime

from hub.errors import InvariantError
from hub.flows.reread_counts import Said
from hub.model.document import Document
from hub.model.identity import ConnectionId, DocumentId, LocationId, Sku
from hub.model.queue import InboxEntry
from hub.model.stock import FeedRow, StockBatch, StockFeed, StockReport, StockRow
from hub.ports import Storage, UnitOfWork
from hub.sdk.capabilities import FeedSource, Parsed
from hub.sync.applying import source_of
from hub.sync.connections import LiveConnection

_Rows = dict[Sku, list[StockRow | FeedRow]]


def stored_documents(storage: Storage, connection: ConnectionId) -> Iterator[tuple[Document, InboxEntry]]:
    """The inbound documents of a connection, the newest first and one at a time; each in a transaction of its own."""
    after = None
    while True:
        with storage.read() as uow:
            page = uow.documents.page(connection=connection, after=after, limit=1)
            entry = uow.inbox.entry(page[0].id) if page else None
        if not page:
            return
        after = page[0].id
        if entry is not None:
            yield page[0], entry


def pieces_of(connection: LiveConnection, entry: InboxEntry, document: Document) -> Generator[StockBatch | Parsed]:
    """What the document says: batches of rows where it is big, and the rest at the end.

    Raises DataError ``data.unknown-stream``, and what the connector's ``parse`` raises."""
    source = source_of(connection, entry)
    with connection.using(source):
        codebook = connection.codebook.on(document.at.date())
        pieces = source.feed(document, codebook) if isinstance(source, FeedSource) else None
        if pieces is None:
            yield source.parse(document, codebook)
        else:
            yield from pieces


def newest_counts(
    uow: UnitOfWork, where: LocationId, since: datetime, skus: Iterable[Sku] | None = None
) -> dict[DocumentId, list[Sku]]:
    """The documents of the newest counts of a location as of ``since`` or later, with the items each counted last."""
    found: dict[DocumentId, list[Sku]] = defaultdict(list)
    for each in uow.ledger.balances(skus, [where]):
        if each.counted_document is not None and each.counted_at is not None and each.counted_at >= since:
            found[each.counted_document].append(each.sku)
    return found


def read_again(uow: UnitOfWork, connection: LiveConnection, entry: InboxEntry, where: LocationId) -> list[Said]:
    """Every report of the document that speaks for ``where``, with its rows of that location.

    Raises DataError ``data.unknown-stream``, and what the connector's ``parse`` raises.
    """
    raw = uow.documents.get(entry.document)
    if raw is None:
        raise InvariantError(f"Document {entry.document} is in the inbox and not in the store.")
    fed: dict[int, _Rows] = defaultdict(lambda: defaultdict(list))
    with closing(pieces_of(connection, entry, raw)) as pieces:
        for piece in pieces:
            if isinstance(piece, Parsed):
                return _said(piece, where, fed)
            _keep(piece, where, fed[piece.feed])
    raise InvariantError("A feed ended without saying what else its document says.")


def _keep(batch: StockBatch, where: LocationId, rows: _Rows) -> None:
    for row in batch.rows:
        if row[1] == where:
            rows[row[0]].append(row)


def _said(parsed: Parsed, where: LocationId, fed: dict[int, _Rows]) -> list[Said]:
    found: list[Said] = []
    for item in parsed.items:
        if isinstance(item, StockReport):
            rows: _Rows = defaultdict(list)
            for row in item.rows:
                if row.location == where:
                    rows[row.sku].append(row)
            if rows or where in item.locations:
                found.append(Said(item.model_copy(update={"rows": ()}), rows))
        elif isinstance(item, StockFeed) and (fed[item.number] or where in item.locations):
            found.append(Said(_header(item), fed[item.number]))
    return found


def _header(feed: StockFeed) -> StockReport:
    return StockReport(
        connection=feed.connection,
        reference=feed.reference,
        as_of=feed.as_of,
        mode=feed.mode,
        locations=feed.locations,
        rows=(),
    )
