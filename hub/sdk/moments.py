"""Moments as partners write them, against moments as they were."""

from __future__ import annotations

from datetime import datetime, timedelta

_REST_OF_A_SECOND = timedelta(seconds=1) - timedelta(microseconds=1)


def last_of_second(at: datetime, received: datetime) -> datetime:
    """The last moment that a time given in whole seconds may mean, at most ``received``; a finer one as it is.

    For departures. One must not look earlier than it was: a count taken just before it would seem to leave its
    units out already, and they would be promised twice. Worked: counted as of 27.5 s, left at 27.8 s, told as 27 s:
    read as 27.999999 s it is later than the count.
    """
    return at if at.microsecond else max(at, min(at + _REST_OF_A_SECOND, received))
