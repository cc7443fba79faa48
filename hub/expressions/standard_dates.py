"""Dates, moments and durations: made of text, taken apart, counted between."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hub.expressions.arithmetic import whole
from hub.expressions.errors import OperandError
from hub.expressions.functions import Function
from hub.expressions.types import DATE, DURATION, INT, MOMENT, TEXT

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,6})?(?:[Zz]|[+-][0-9]{2}:[0-9]{2})"
)
_DURATION = re.compile(
    r"(?P<sign>[+-]?)(?=[0-9.])(?:(?P<h>[0-9]{1,7})h)?(?:(?P<m>[0-9]{1,9})m)?(?:(?P<s>[0-9]{1,11})(?P<part>\.[0-9]{1,6})?s)?"
)


def _date_of_text(text: str) -> date:
    if not _DATE.fullmatch(text):
        raise OperandError("The text is no date: write year, month and day as in 2026-11-23.", text)
    try:
        return date.fromisoformat(text)
    except ValueError as fault:
        raise OperandError("There is no such day.", text) from fault


def _moment_of_text(text: str) -> datetime:
    if not _MOMENT.fullmatch(text):
        raise OperandError("The text is no moment: write it with its zone, as in 2026-11-23T09:30:00Z.", text)
    try:
        return datetime.fromisoformat(text.upper())
    except ValueError as fault:
        raise OperandError("There is no such moment.", text) from fault


def _duration_of_text(text: str) -> timedelta:
    match = _DURATION.fullmatch(text)
    if not match:
        raise OperandError("The text is no duration: write hours, minutes and seconds as in 1h30m or 45s.", text)
    micros = int((match["part"] or ".").removeprefix(".").ljust(6, "0"))
    span = timedelta(
        hours=int(match["h"] or 0), minutes=int(match["m"] or 0), seconds=int(match["s"] or 0), microseconds=micros
    )
    return -span if match["sign"] == "-" else span


def _days(count: int) -> timedelta:
    return timedelta(days=count)


def _date_in_utc(moment: datetime) -> date:
    return moment.astimezone(UTC).date()


def _date_in_zone(moment: datetime, zone: str) -> date:
    try:
        return moment.astimezone(ZoneInfo(zone)).date()
    except (KeyError, ValueError, OSError) as fault:
        raise OperandError("There is no such time zone: write it as in America/Chicago.", zone) from fault


def _days_between(first: date, second: date) -> int:
    return whole((second - first).days)


def _day(day: date) -> date:
    """The day itself, of a moment the one in UTC."""
    return _date_in_utc(day) if isinstance(day, datetime) else day


DATE_FUNCTIONS = (
    Function("date", (DATE,), DATE, _day),
    Function("date", (TEXT,), DATE, _date_of_text),
    Function("date", (MOMENT,), DATE, _date_in_utc),
    Function("date", (MOMENT, TEXT), DATE, _date_in_zone),
    *(
        function
        for name in ("moment", "timestamp")
        for function in (
            Function(name, (MOMENT,), MOMENT, lambda moment: moment),
            Function(name, (TEXT,), MOMENT, _moment_of_text),
        )
    ),
    Function("duration", (TEXT,), DURATION, _duration_of_text),
    Function("days", (INT,), DURATION, _days),
    Function("daysBetween", (DATE, DATE), INT, _days_between),
    *(
        function
        for kind in (DATE, MOMENT)
        for function in (
            Function("year", (kind,), INT, lambda day: _day(day).year),
            Function("month", (kind,), INT, lambda day: _day(day).month),
            Function("day", (kind,), INT, lambda day: _day(day).day),
            Function("weekday", (kind,), INT, lambda day: _day(day).isoweekday()),
        )
    ),
)
"""Parts of a moment are those of its day in UTC: two moments that are equal have equal parts."""
