"""Days from one to another, both included; None is open."""

from __future__ import annotations

from datetime import date, timedelta


def holds(since: date | None, until: date | None, day: date) -> bool:
    """Whether a day is among them.

    >>> holds(None, date(2026, 11, 30), date(2026, 11, 30))
    True
    """
    return (since or date.min) <= day <= (until or date.max)


def changes(since: date | None, until: date | None) -> tuple[date, ...]:
    """The first of them, and the first after them.

    >>> changes(date(2026, 11, 1), date(2026, 11, 30))
    (datetime.date(2026, 11, 1), datetime.date(2026, 12, 1))
    """
    after = until + timedelta(days=1) if until is not None and until < date.max else None
    return tuple(day for day in (since, after) if day is not None)


def meet(one: tuple[date | None, date | None], other: tuple[date | None, date | None]) -> bool:
    """Whether two of them have a day in common.

    >>> meet((None, date(2026, 5, 31)), (date(2026, 6, 1), None))
    False
    """
    (since, until), (other_since, other_until) = one, other
    return (since or date.min) <= (other_until or date.max) and (other_since or date.min) <= (until or date.max)
