"""A big feed, staged row by row, becomes ledger movements, all of it in one transaction.

Figures that are the whole story are counted at once where they are staged; the rest, a thousand items at a time, as in
``record_stock``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain

from hub.errors import DataError, InvariantError
from hub.flows.counted_kits import flag_counted_kits, virtual_kits
from hub.flows.lots import note_packs
from hub.flows.record_outlooks import Telling, delist, discontinued, forget_outlooks, keep_outlooks
from hub.flows.record_stock import (
    Changes,
    Unusable,
    counted_location,
    known_of,
    refusal_error,
    refuse_count,
)
from hub.flows.work import Work
from hub.inventory.counting import count_location
from hub.inventory.feed_guard import Seen
from hub.model.identity import DocumentId, LocationId, Sku
from hub.model.network import Location
from hub.model.stock import BulkCount, FeedMode, StockFeed, StockReport, StockRow

PART = 1_000
"""SKUs counted together."""

_Part = tuple[list[Sku], list[StockRow]]


def record_feed(work: Work, feed: StockFeed, changes: Changes | None = None, *, by_us: bool = False) -> None:
    """Apply a feed as ``record_stock`` applies a report; ``changes`` is told what it does, ``by_us``: we
    counted ourselves, so the moment is of our own clock, and of what the partner has in view nothing is said.

    Each location is all or nothing: one that is unknown, belongs to somebody else or trips the feed guard is
    quarantined and keeps its old stock.
    """
    if work.cause is None:
        raise InvariantError("A feed came without the document its rows are staged under.")
    document, changes = work.cause, changes or Changes(work)
    for where in dict.fromkeys((*feed.locations, *work.uow.feeds.locations(document, feed.number))):
        changes.begin(where)
        try:
            with work.uow.savepoint():
                _count_at(work, feed, document, where, changes, by_us=by_us)
        except DataError as error:
            refuse_count(work, _report(feed, where, ()), where, error)
            continue
        changes.end(where)
        changes.publish()


def _count_at(
    work: Work, feed: StockFeed, document: DocumentId, where: LocationId, changes: Changes, *, by_us: bool
) -> None:
    location, header = counted_location(work, _report(feed, where, ()), where, by_us=by_us)
    rule, feed = location.counting, feed.model_copy(update={"as_of": header.as_of})
    at_once = rule.plain and not changes.one_by_one
    bulk = _count_at_once(work, feed, document, location) if at_once else BulkCount()
    changes.counted(bulk)
    seen = Seen.in_bulk(bulk)
    unusable = Unusable()
    missing = feed.mode is FeedMode.FULL and rule.names_all and not bulk.names_all
    telling = Telling.of(header, where, rule)
    left = () if bulk.complete else _named(work, feed, document, where, left=at_once)
    unnamed = _unnamed(work, feed, document, where) if missing else ()
    for skus, rows in chain(left, unnamed):
        report = _report(feed, where, rows)
        note_packs(work, report, location)
        known, gone = known_of(work, report, location, skus), discontinued(work, where, skus)
        result = count_location(rule, report, where, known)
        seen.add(Seen.of(result, known.balances, gone))
        unusable.note(result.refusals)
        changes.apply(report, where, result.decisions)
        if not by_us:
            delist(work, telling, result.decisions, gone)
        changes.publish()
    refusal = seen.refusal(rule, header, where)
    if refusal is not None:
        raise refusal_error(refusal, where)
    unusable.refuse(work, header, where)
    kits = virtual_kits(work)
    if kits:
        named = work.uow.feeds.named(document, feed.number, where, kits)
        flag_counted_kits(work, feed.connection, where, named)
    if not by_us:
        _record_outlooks(work, feed, document, telling)


def _record_outlooks(work: Work, feed: StockFeed, document: DocumentId, telling: Telling) -> None:
    def named(skus: Sequence[Sku]) -> set[Sku]:
        return work.uow.feeds.named(document, feed.number, telling.where, skus)

    forget_outlooks(work, telling, named)
    after: Sku | None = None
    while said := work.uow.feeds.outlooks(document, feed.number, telling.where, after, PART):
        after = said[-1].sku
        keep_outlooks(work, telling, said)


def _count_at_once(work: Work, feed: StockFeed, document: DocumentId, location: Location) -> BulkCount:
    """Where the figure is the whole story, which is nearly everywhere, there is nothing to work out item by item."""
    where = location.location
    basis = location.counting.basis
    bulk = work.uow.feeds.count(document, feed.number, where, basis=basis, as_of=feed.as_of, now=work.now)
    if bulk.items:
        work.uow.ledger.counted([], where, feed.as_of, document)
    return bulk


def _named(work: Work, feed: StockFeed, document: DocumentId, where: LocationId, *, left: bool) -> Iterator[_Part]:
    """The SKUs named, with their rows; with ``left`` those that were not counted at once."""
    after: Sku | None = None
    while rows := work.uow.feeds.rows(document, feed.number, where, after, PART, left=left):
        after = rows[-1][0]
        yield list(dict.fromkeys(row[0] for row in rows)), [StockRow.of(row) for row in rows]


def _unnamed(work: Work, feed: StockFeed, document: DocumentId, where: LocationId) -> Iterator[_Part]:
    """The SKUs that the feed speaks for and does not name."""
    after: Sku | None = None
    while skus := work.uow.feeds.unnamed(document, feed.number, where, after, PART):
        after = skus[-1]
        yield skus, []


def _report(feed: StockFeed, where: LocationId, rows: Sequence[StockRow]) -> StockReport:
    return StockReport(
        connection=feed.connection,
        reference=feed.reference,
        as_of=feed.as_of,
        mode=feed.mode,
        locations=(where,),
        rows=tuple(rows),
    )
