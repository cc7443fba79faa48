"""A report's moment by the clock of whoever counts: of when are the figures really?

    as of = the moment the report gives - as_of_lag_minutes

Many partners stamp a report when they write it, from a copy of their books that is older: taken at its word, it would
count what left in between as if it were still there. Worked: a file of 10:00 is written from the books of 9:30, and 6
units left at 9:45; with as_of_lag_minutes of 30 they are taken off, for the figure still held them. A clock that runs
behind ours has a lag below zero. Times without a zone are read by the partner's ``timezone`` (x12.yaml) before.

A partner that takes our requests in by a nightly batch leaves out those that the batch had read, whatever its figure is
as of: the last ``net_of_cutoff`` in ``net_of_zone`` at or before that moment. Worked: batch at 02:00 in Stockholm; the
figure as of 14:00 UTC leaves out what it had by 01:00 UTC, in winter, and nothing that we sent at 9. A cut-off that the
clocks pass over in spring is as late as it would have been without the change; of two in autumn it is the first.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hub.model.network import CountingRule
from hub.model.stock import StockReport


def true_moment(rule: CountingRule, given: datetime) -> datetime:
    """When it was counted that is said to be of ``given``."""
    return given - timedelta(minutes=float(rule.as_of_lag_minutes))


def by_partners_clock(rule: CountingRule, report: StockReport) -> StockReport:
    """The report as of when it was really counted, its single figures too."""
    if not rule.as_of_lag_minutes:
        return report
    rows = tuple(
        row if row.as_of is None else row.model_copy(update={"as_of": true_moment(rule, row.as_of)})
        for row in report.rows
    )
    return report.model_copy(update={"as_of": true_moment(rule, report.as_of), "rows": rows})


def read_until(rule: CountingRule, as_of: datetime) -> datetime:
    """Which of our requests a figure as of then may leave out: those that the partner knew at or before this moment."""
    if rule.net_of_cutoff is None:
        return as_of
    zone = ZoneInfo(rule.net_of_zone)
    today = as_of.astimezone(zone).date()
    cutoffs = (
        datetime.combine(today - timedelta(days=days), rule.net_of_cutoff, zone).astimezone(UTC) for days in range(3)
    )
    return next(each for each in cutoffs if each <= as_of)
