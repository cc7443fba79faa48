"""When a stream is fetched next: every so many seconds, within hours and days if wished, or by a cron expression."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hub.errors import ConfigurationError
from hub.mapping.polling import PollWindow, checked_cron
from hub.sync.opening_hours import OpeningHours

DEFAULT_POLL_SECONDS = 60.0
_NEVER = "-"


@dataclass(frozen=True, slots=True)
class PollSchedule:
    """Either ``seconds`` between the starts of two fetches, or a cron expression of five fields in the zone
    ``timezone``. ``hours`` keep the fetches by seconds to hours and days."""

    seconds: float = 0.0
    cron: str = ""
    hours: OpeningHours | None = None
    timezone: str = "UTC"

    @classmethod
    def of(cls, value: PollSchedule | PollWindow | float | str) -> PollSchedule:
        """From what the configuration says. Raises ConfigurationError for an expression that can't be read."""
        if isinstance(value, PollSchedule):
            return value
        if isinstance(value, PollWindow):
            if value.cron:
                return replace(cls.of(value.cron), timezone=value.timezone)
            hours = OpeningHours.of(value.between, value.days, value.timezone) if value.between or value.days else None
            return replace(cls.of(value.every or 0), hours=hours)
        if isinstance(value, str):
            _check_cron(value)
            return cls(cron=value)
        if value <= 0:
            raise _no_schedule("A poll interval must be more than 0 seconds.")
        return cls(seconds=float(value))

    def after(self, now: datetime) -> datetime:
        """The next time after ``now`` (aware, UTC). Missed times are not made up for: the cursor does that."""
        if not self.cron:
            return self.opening(now + timedelta(seconds=self.seconds))
        from cronsim import CronSim

        return next(CronSim(self.cron, now.astimezone(ZoneInfo(self.timezone)))).astimezone(UTC)

    def opening(self, moment: datetime) -> datetime:
        """``moment`` itself where fetches are allowed then, else when they are allowed next."""
        return self.hours.opening(moment) if self.hours else moment

    def allows(self, moment: datetime) -> bool:
        """Whether fetches are allowed then."""
        return self.hours is None or self.hours.contains(moment)


@dataclass(frozen=True, slots=True)
class PollState:
    """When a stream is fetched next, and how far we know it; kept beside its cursor, so that all processes and
    restarts keep the schedule.

    ``last``: when the newest fetch began that came to its end, so that everything the partner had then is stored.
    ``began``: when the fetch began that is under way, over as many turns as it takes.
    """

    next_due: datetime
    last: datetime | None = None
    began: datetime | None = None

    @classmethod
    def read(cls, text: str | None) -> PollState | None:
        """From what ``text`` wrote; None where the stream was never tried."""
        if not text:
            return None
        due, last, began = (datetime.fromisoformat(word) if word != _NEVER else None for word in text.split())
        return cls(due, last, began) if due is not None else None

    def due_at(self, due: datetime) -> PollState:
        """The same, to be fetched then."""
        return replace(self, next_due=due)

    @property
    def text(self) -> str:
        """Three ISO instants with a space between, a dash for one that there is not."""
        return " ".join(each.isoformat() if each else _NEVER for each in (self.next_due, self.last, self.began))


def poll_row(stream: str) -> str:
    """The name of the cursor row that holds a stream's PollState."""
    return f"{stream}@next"


def _check_cron(expression: str) -> None:
    try:
        known = checked_cron(expression)
    except ValueError as error:
        raise _no_schedule(f"The poll schedule {expression!r} is none: {error}.") from None
    if not known:
        raise _no_schedule("A poll schedule is empty.")


def _no_schedule(message: str) -> ConfigurationError:
    return ConfigurationError(
        message,
        code="configuration.poll-schedule",
        cure="Write a number of seconds, or a cron expression of five fields such as '*/5 * * * *'.",
    )
