"""When a place works: on which days, until when on each, and how much on each."""

from __future__ import annotations

from datetime import date, time
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field

from hub.model.canonical import Canonical, ZoneName

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def read_days(days: str) -> frozenset[int]:
    """Weekdays from 0, Monday; empty text is every day. Raises ValueError."""
    found: set[int] = set()
    for part in days.lower().split(","):
        first, dash, last = (word.strip() for word in part.partition("-"))
        if first not in _DAYS or (dash and last not in _DAYS):
            if days:
                raise ValueError("write days such as mon-sat or mon,wed,fri")
            return frozenset(range(7))
        start, count = _DAYS.index(first), (_DAYS.index(last or first) - _DAYS.index(first)) % 7
        found.update((start + step) % 7 for step in range(count + 1))
    return frozenset(found)


def _joined(given: object) -> object:
    return ",".join(str(each) for each in given) if isinstance(given, list | tuple) else given


def _readable_days(days: str) -> str:
    read_days(days)
    return days


Days = Annotated[str, BeforeValidator(_joined, json_schema_input_type=str | list[str]), AfterValidator(_readable_days)]
"""Days of the week as text or a list; ``read_days`` gives them as numbers."""


def _without_offset(at: time) -> time:
    if at.tzinfo is not None:
        raise ValueError("write a time of day without an offset; the zone is timezone")
    return at


def _each_once(days: tuple[date, ...]) -> tuple[date, ...]:
    if len(set(days)) < len(days):
        raise ValueError("each date may stand there once")
    return days


ClosedDates = Annotated[tuple[date, ...], AfterValidator(_each_once)]
"""Dates on which nothing is done, each once."""

TimeOfDay = Annotated[time, AfterValidator(_without_offset)]
"""A local time of day."""


class CarrierCollection(Canonical):
    """When carriers collect parcels at a location, in the local time of its calendar."""

    days: Days = Field(default="mon-fri", description="days on which they come", examples=["mon-sat"])
    cut_off: TimeOfDay | None = Field(
        default=None,
        description="what is ready later that day leaves with the next collection; null: the whole day",
        examples=['"17:00"'],
    )
    closed: ClosedDates = Field(default=(), description="dates on which they don't come", examples=["[2026-12-25]"])


class Calendar(Canonical):
    """On which days, and until when on each, a partner works off what it is told.

    Days and times are local ones of ``timezone`` and stay so when its clock changes.
    """

    timezone: ZoneName = Field(default="UTC", description="of cut_off and of the days", examples=["America/New_York"])
    days: Days = Field(default="mon-fri", description="working days: mon-fri, or a list", examples=["mon-sat"])
    cut_off: TimeOfDay | None = Field(
        default=None,
        description="what comes later is worked off on the next working day; null: any time of the day will do",
        examples=['"14:00"'],
    )
    closed: ClosedDates = Field(
        default=(), description="dates on which it does not work", examples=["[2026-12-25, 2027-01-01]"]
    )


class Capacity(Canonical):
    """The most that a location works off on one of its working days; None: any number."""

    orders: int | None = Field(default=None, ge=1, description="most requests that it works off on a working day")
    units: int | None = Field(default=None, ge=1, description="most units that it works off on a working day")

    @property
    def limits(self) -> bool:
        """Whether it is limited at all."""
        return self.orders is not None or self.units is not None
