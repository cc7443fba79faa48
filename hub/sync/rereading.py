"""What a stored document said of stock, parsed again with today's codebook; nothing of it is recorded."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from hub.errors import InvariantError
from hub.flows.reread_counts import Said
from hub.model.identity import DocumentId, LocationId, Sku
from hub.model.queue import InboxEntry
from hub.model.stock import FeedRow, StockBatch, StockFeed, StockReport, StockRow
from hub.ports import UnitOfWork
from hub.sdk.capabilities import FeedSource, Parsed
from hub.sync.applying import source_of
from hub.sync.connections import LiveConnection

_Rows = dict[Sku, list[StockRow | FeedRow]]


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
    source, raw = source_of(connection, entry), uow.documents.get(entry.document)
    if raw is None:
        raise InvariantError(f"Document {entry.document} is in the inbox and not in the store.")
    with connection.using(source):
        codebook = connection.codebook.on(raw.at.date())
        pieces = source.feed(raw, codebook) if isinstance(source, FeedSource) else None
        if pieces is None:
            return _said(source.parse(raw, codebook), where, {})
        fed: dict[int, _Rows] = defaultdict(lambda: defaultdict(list))
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
