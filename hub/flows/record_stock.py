"""A partner's stock report becomes ledger movements, and whoever waited for that stock is woken.

Where a location's counts are believed for some hours only, a timer has the channels look again at the end of each band
(``inventory.freshness``, ``expire_stock``); a count that comes later makes all of its stock count whole again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import ClassVar

from hub.errors import DataError
from hub.flows.counted_kits import flag_counted_kits
from hub.flows.lots import note_packs
from hub.flows.record_outlooks import Telling, delist, discontinued, forget_outlooks, keep_outlooks
from hub.flows.work import Work
from hub.inventory import ledger
from hub.inventory.clock import by_partners_clock
from hub.inventory.counting import PART_MISSING, CountDecision, Known, Refusal, count_location
from hub.inventory.feed_guard import Seen, future_refusal
from hub.inventory.freshness import Band, freshness, next_change
from hub.model.identity import ConnectionId, LocationId, Sku
from hub.model.network import Location
from hub.model.stock import BulkCount, FeedMode, StockReport

_INSTANT = timedelta(microseconds=1)


def record_stock(work: Work, report: StockReport) -> None:
    """Apply a report, each of its locations by its own counting rule (``inventory.counting``).

    A location that is unknown or belongs to another connection's partner (``stock.unknown-location``,
    ``stock.wrong-partner``), and one of which the report is not believed (``inventory.feed_guard``), is quarantined and
    the others go on; with no document behind the report the DataError is raised instead. So are figures that cannot be
    used (``stock.part-missing``), all of a location together. Figures of virtual kits are applied and told to a person
    (``stock.counted-kit``). The same document again changes nothing.
    """
    changes = Changes(work)
    named = (*(row.location for row in report.rows), *(each.location for each in report.outlooks))
    for where in dict.fromkeys((*report.locations, *named)):
        changes.begin(where)
        try:
            with work.uow.savepoint():
                changes.apply(report, where, _count(work, report, where))
        except DataError as error:
            refuse_count(work, report, where, error)
            continue
        changes.end(where)
    changes.publish()


class Changes:
    """What counts changed: written location by location, told to channels and to waiting orders.

    ``one_by_one``: every decision is wanted (``apply``), so that nothing may be counted at once.
    """

    one_by_one: ClassVar[bool] = False

    def __init__(self, work: Work) -> None:
        self._work = work
        self._rose: set[Sku] = set()
        self._changed: set[Sku] = set()
        self._band, self._decided = Band.TRUSTED, False

    def begin(self, where: LocationId) -> None:
        """Before the first count at a location."""
        self._band, self._decided = _band(self._work, where), False

    def apply(self, report: StockReport, where: LocationId, decisions: Sequence[CountDecision]) -> None:
        """Move the ledger."""
        _apply(self._work, report, where, decisions)
        self._decided = self._decided or bool(decisions)
        self._changed.update(each.sku for each in decisions if each.delta or each.unavailable_delta)
        self._rose.update(each.sku for each in decisions if each.delta > each.unavailable_delta or each.ends_doubt)

    def counted(self, bulk: BulkCount) -> None:
        """The ledger was moved, and what moved touched, by many figures at once."""
        self._decided = self._decided or bool(bulk.items)
        self._rose.update(bulk.awaited)
        if bulk.moved:
            self._work.look_again()

    def end(self, where: LocationId) -> None:
        """After the last count at it: what was too old to be trusted may be usable again."""
        if self._decided:
            watch_age(self._work, where)
        if self._band is not _band(self._work, where):
            self._rose.update(_touch_stocked(self._work, where))

    def publish(self) -> None:
        """Have the channels look at what changed so far, and wake who waited for the stock."""
        self._work.touch(self._changed - self._rose)
        self._work.wake(self._rose)
        self._changed.clear()
        self._rose.clear()


def _count(work: Work, report: StockReport, where: LocationId) -> Sequence[CountDecision]:
    location, report = counted_location(work, report, where)
    rule = location.counting
    note_packs(work, report, location)
    known = _known(work, report, location)
    gone = discontinued(work, where, None if report.mode is FeedMode.FULL else list(known.balances))
    result = count_location(rule, report, where, known)
    refusal = Seen.of(result, known.balances, gone).refusal(rule, report, where)
    if refusal is not None:
        raise refusal_error(refusal, where)
    telling, named = Telling.of(report, where, rule), {row.sku for row in report.rows if row.location == where}
    forget_outlooks(work, telling, named.intersection)
    delist(work, telling, result.decisions, gone)
    keep_outlooks(work, telling, report.outlooks)
    unusable = Unusable()
    unusable.note(result.refusals)
    unusable.refuse(work, report, where)
    flag_counted_kits(work, report.connection, where, {row.sku for row in report.rows if row.location == where})
    return result.decisions


class Unusable:
    """Figures of a location that could not be used, for a person: the first, and how many they are. Those merely older
    than what is known are no news."""

    def __init__(self) -> None:
        self._first: Refusal | None = None
        self._figures = 0

    def note(self, refusals: Sequence[Refusal]) -> None:
        """Remember those that a person has to see."""
        lacking = [each for each in refusals if each.code == PART_MISSING]
        self._first = self._first or next(iter(lacking), None)
        self._figures += len(lacking)

    def refuse(self, work: Work, report: StockReport, where: LocationId) -> None:
        """Keep them in quarantine, as one entry of the location."""
        if self._first is None:
            return
        more = f" There are {self._figures} such figures at {where}." if self._figures > 1 else ""
        refused = replace(self._first, message=self._first.message + more)
        refuse_count(work, report, where, refusal_error(refused, where))


def counted_location(
    work: Work, report: StockReport, where: LocationId, *, by_us: bool = False
) -> tuple[Location, StockReport]:
    """The location, if the report may count there now, and the report as of when it was really counted: ``by_us`` as it
    says, else by the clock of the location's partner.

    Raises DataError ``stock.unknown-location``, ``stock.wrong-partner``, ``stock.future-report``.
    """
    location = location_told_of(work, where, report.connection, f"Report {report.reference} counts")
    report = report if by_us else by_partners_clock(location.counting, report)
    refusal = future_refusal(report, where, work.now)
    if refusal is not None:
        raise refusal_error(refusal, where)
    return location, report


def location_told_of(work: Work, where: LocationId, connection: ConnectionId, what: str) -> Location:
    """The location, if that connection's partner may speak for it; ``what`` it says, for the error.

    Raises DataError ``stock.unknown-location``, ``stock.wrong-partner``.
    """
    location = work.network.location(where)
    if location is None:
        raise DataError(
            f"{what} at {where}, which is no location of ours.",
            code="stock.unknown-location",
            cure="Add the location, or map the partner's name for it, and reprocess.",
            path=where,
        )
    if location.connection != connection and not _speaks_for(work, connection, location):
        raise DataError(
            f"{what} at {where}, which belongs to {location.connection} and not to {connection}.",
            code="stock.wrong-partner",
            cure="Check the location's connection and which partner sent this.",
            path=where,
        )
    return location


def _speaks_for(work: Work, connection: ConnectionId, location: Location) -> bool:
    """A partner may count through one connection and take orders through another."""
    return any(each.partner == location.partner and each.connection == connection for each in work.network.locations)


def _known(work: Work, report: StockReport, location: Location) -> Known:
    rows = [row for row in report.rows if row.location == location.location]
    return known_of(work, report, location, None if report.mode is FeedMode.FULL else sorted({row.sku for row in rows}))


def known_of(work: Work, report: StockReport, location: Location, skus: Sequence[Sku] | None) -> Known:
    """What we know of these SKUs at a location, or of all there; nobody moves them until the count is written."""
    where = location.location
    rows = [row for row in report.rows if row.location == where]
    since = min((row.as_of or report.as_of for row in rows), default=report.as_of)
    since = min(since, report.as_of)
    store = work.uow.ledger
    return Known(
        balances=store.lock(where, {row.sku for row in rows} if skus is None else skus, others=skus is None),
        commitments=store.commitments(where, skus),
        departures=store.departures(where, since, skus),
        arrivals=store.arrivals(where, since, skus),
        given_up=store.given_up(where, since, skus),
    )


def _apply(work: Work, report: StockReport, where: LocationId, decisions: Sequence[CountDecision]) -> None:
    source = work.cause or report.reference
    work.uow.ledger.move(
        [row for each in decisions for row in ledger.count_movements(each, source, work.cause, work.now)]
    )
    by_time: dict[object, list[CountDecision]] = {}
    for each in decisions:
        by_time.setdefault(each.as_of, []).append(each)
    for group in by_time.values():
        work.uow.ledger.counted([each.sku for each in group], where, group[0].as_of, work.cause)


def expire_stock(work: Work, where: LocationId) -> datetime | None:
    """Have the channels look again at everything a location has; gives when its newest count is believed less again."""
    if _band(work, where) is not Band.TRUSTED:
        _touch_stocked(work, where)
    return _band_ends(work, where)


def watch_age(work: Work, where: LocationId) -> None:
    """Set the timer for when its newest count is believed less."""
    ends = _band_ends(work, where)
    if ends is not None:
        work.uow.tasks.schedule("stale", where, ends)


def _band_ends(work: Work, where: LocationId) -> datetime | None:
    location, fresh = _counted(work, where)
    until = next_change(location.counting, fresh, work.now) if location is not None and fresh is not None else None
    return until + _INSTANT if until is not None else None


def _band(work: Work, where: LocationId) -> Band:
    location, fresh = _counted(work, where)
    return freshness(location.counting, fresh, work.now).band if location is not None else Band.TRUSTED


def _counted(work: Work, where: LocationId) -> tuple[Location | None, datetime | None]:
    """The location, and as of when it was last counted."""
    return work.network.location(where), work.uow.ledger.freshness([where]).get(where)


def _touch_stocked(work: Work, where: LocationId) -> list[Sku]:
    """Have the channels look again at everything a location has; those SKUs of it that orders may wait for."""
    awaited = work.uow.publications.touch_stocked(where)
    work.look_again()
    return awaited


def refuse_count(work: Work, report: StockReport, where: LocationId, error: DataError) -> None:
    """Keep what a report said of one location for a person."""
    kept = work.quarantine(report.connection, where, code=error.code, message=error.message, cure=error.cure)
    if not kept:
        raise error


def refusal_error(refusal: Refusal, where: LocationId) -> DataError:
    """The refusal as an error."""
    return DataError(refusal.message, code=refusal.code, cure=refusal.cure, path=where)
