"""Hours and days in a partner's own time, over midnight and over changes of the clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hub.mapping.polling import read_hours
from hub.model.calendar import read_days

_DAY = timedelta(days=1)
_STEP = timedelta(minutes=1)
# A week has the next weekday; another one where the clock leaves out that day's opening.
_DAYS_AHEAD = 15


@dataclass(frozen=True, slots=True)
class OpeningHours:
    """Open from ``opens`` until before ``closes`` (00:00 is the day's end; not later than ``opens``: the next day)
    on the weekdays ``days`` (0 is Monday; the day on which it opens), in local time of ``timezone``."""

    opens: time = time(0)
    closes: time = time(0)
    days: frozenset[int] = frozenset(range(7))
    timezone: str = "UTC"

    @classmethod
    def of(cls, between: str, days: str, timezone: str) -> OpeningHours:
        """From the words of a PollWindow; empty ``between`` is the whole day. Raises ValueError."""
        opens, closes = read_hours(between) if between else (time(0), time(0))
        return cls(opens, closes, read_days(days), timezone)

    def contains(self, moment: datetime) -> bool:
        """Whether it is open at ``moment`` (aware)."""
        local = moment.astimezone(ZoneInfo(self.timezone))
        clock, weekday = local.time(), local.weekday()
        if self.opens < self.closes:
            return weekday in self.days and self.opens <= clock < self.closes
        started = weekday in self.days and clock >= self.opens
        return started or ((weekday - 1) % 7 in self.days and clock < self.closes)

    def opening(self, moment: datetime) -> datetime:
        """``moment`` where it is open then, else when it opens next (UTC)."""
        if self.contains(moment):
            return moment
        today = moment.astimezone(ZoneInfo(self.timezone)).date()
        for ahead in range(_DAYS_AHEAD):
            opened = self._opened(today + ahead * _DAY)
            if opened is not None and opened > moment:
                return opened
        return moment + _DAYS_AHEAD * _DAY

    def _opened(self, day: date) -> datetime | None:
        """When it opens on that day, None where it does not."""
        if day.weekday() not in self.days:
            return None
        local = datetime.combine(day, self.opens, ZoneInfo(self.timezone))
        opened = local.astimezone(UTC)
        if opened.astimezone(local.tzinfo).replace(tzinfo=None) == local.replace(tzinfo=None):
            return opened
        # The clock leaves that time out (the offset after the change gives the earlier moment): open from the
        # change on, if it is then still before the close.
        change = local.replace(fold=1).astimezone(UTC)
        while change < opened:
            change += _STEP
            if self.contains(change):
                return change
        return None
