"""When a stream is polled, as hub.yaml says it: the forms of ``connections.NAME.poll``."""

from __future__ import annotations

import re
from datetime import datetime, time
from typing import Annotated, Any

from pydantic import AfterValidator, Discriminator, Field, Tag, field_validator, model_validator

from hub.model.calendar import Days
from hub.model.canonical import Canonical, ZoneName

_HOURS = re.compile(r"(?P<opens>(?:[01]\d|2[0-3]):[0-5]\d)\s*-\s*(?P<closes>(?:[01]\d|2[0-3]):[0-5]\d|24:00)")


def checked_cron(expression: str) -> str:
    """``expression`` itself. Raises ValueError for one that can't be read; empty text is none."""
    from cronsim import CronSim, CronSimError

    if expression:
        try:
            CronSim(expression, datetime(2026, 1, 1))  # noqa: DTZ001  only the syntax is looked at
        except CronSimError as error:
            raise ValueError(
                f"the cron expression can't be read ({error}); write five fields: minute, hour, day of month, month, "
                "day of week"
            ) from None
    return expression


Cron = Annotated[str, AfterValidator(checked_cron)]


class PollWindow(Canonical):
    """Fetches kept to hours and days, or a cron expression in a zone of its own.

    ``every`` is seconds between fetches while it is open: from the first to the second time of ``between``
    (``06:00-22:00``; ``22:00-06:00`` goes over midnight) on ``days`` (``mon-sat``, ``sun,wed``; the day on which it
    opens). Both are local time of ``timezone``. A ``cron`` expression names its own hours and days.
    """

    every: float | None = Field(default=None, gt=0)
    cron: Cron = ""
    between: str = ""
    days: Days = ""
    timezone: ZoneName = "UTC"

    @field_validator("between")
    @classmethod
    def _readable_hours(cls, between: str) -> str:
        if between:
            read_hours(between)
        return between

    @model_validator(mode="after")
    def _says_one_thing(self) -> PollWindow:
        if (self.every is None) is not bool(self.cron):
            raise ValueError("write either every (seconds) or cron")
        if self.cron and (self.between or self.days):
            raise ValueError("a cron expression names its own hours and days; remove between and days, or write every")
        return self


def read_hours(between: str) -> tuple[time, time]:
    """When it opens and when it closes; 24:00 is read as 00:00. Raises ValueError."""
    found = _HOURS.fullmatch(between.strip())
    if found is None or found["opens"] == found["closes"]:
        raise ValueError("write two times of day, such as 06:00-22:00 or, over midnight, 22:00-06:00")
    return time.fromisoformat(found["opens"]), time.fromisoformat(found["closes"].replace("24:00", "00:00"))


def _form(given: Any) -> str:
    if isinstance(given, str):
        return "cron"
    return "window" if isinstance(given, dict | PollWindow) else "seconds"


Poll = Annotated[
    Annotated[float, Field(ge=0), Tag("seconds")] | Annotated[Cron, Tag("cron")] | Annotated[PollWindow, Tag("window")],
    Discriminator(_form),
]
"""Seconds between fetches, a cron expression in UTC, or a PollWindow; 0 and empty text are no polling."""
