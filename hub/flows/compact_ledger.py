"""Up to where entries of the ledger may be taken out, and what can no longer be asked of the time before."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hub.errors import DataError
from hub.flows.work import Work
from hub.ports import UnitOfWork

LEAST_DAYS = 60
"""Reconciling looks back a month and more, and a month is what late news take at worst."""


def boundary_of(now: datetime, keep_days: int) -> datetime:
    """When the day (UTC) began that is so many days ago."""
    return now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=keep_days)


def check_boundary(work: Work, before: datetime) -> None:
    """Whether entries from before that moment may be taken out.

    Raises DataError ``ledger.boundary`` where it is no beginning of a day in UTC or not long ago, ``ledger.needed``
    where a request is open since before: what its location counted since is needed when it is told of.
    """
    latest = boundary_of(work.now, LEAST_DAYS)
    if before > latest or before != boundary_of(before, 0):
        raise DataError(
            f"{before.isoformat()} is no day that the ledger can be compacted to.",
            code="ledger.boundary",
            cure=f"Name a day up to {latest.date()}: the last {LEAST_DAYS} days are always kept.",
        )
    oldest = work.uow.compaction.oldest_open()
    if oldest is not None and oldest[1] < before:
        raise DataError(
            f"Request {oldest[0]} is open since {oldest[1].isoformat(timespec='seconds')}.",
            code="ledger.needed",
            cure="Settle or cancel it first, or name a day up to then: counts since are needed when it is told of.",
        )


def require_entries(uow: UnitOfWork, since: datetime) -> None:
    """Raises DataError ``ledger.compacted`` where entries since that moment may have been taken out."""
    boundary = uow.compaction.boundary()
    if boundary is not None and since < boundary:
        raise DataError(
            f"Entries of the ledger from before {boundary.date()} were compacted.",
            code="ledger.compacted",
            cure=f"Ask for {boundary.date()} or later, or look into the archive that `hub stock compact` wrote.",
        )
