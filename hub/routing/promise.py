"""When a location ships what it is told now, and when that is delivered.

Days are proleptic ordinals (``date.toordinal``), so that a promise is a look-up in a table and no walk over days:

    begun    = the first working day whose cut-off has not passed, plus the working days that the backlog takes
    ready    = begun + lead days, in working days
    shipped  = the first day of collection from ready on; the next one where its cut-off has passed today
    arrives  = shipped + days on the way, in days on which the carrier moves
    delivered = the first day of delivery from then on, neither carrier nor country being closed

Worked: told on Friday at 15:00, cut-off 14:00, Monday to Friday, 1 day of lead, 2 on the way: begun on Monday, ready
and shipped on Tuesday, delivered on Thursday.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from hub.model.calendar import Calendar, Capacity, CarrierCollection, read_days

EVERY_DAY = frozenset(range(7))

_BLOCK = 512
_SPAN = 4 * _BLOCK


class _Table(NamedTuple):
    """``ranks[i]``: working days before the i-th day of the table; ``days``: the working days, as ordinals."""

    ranks: list[int]
    days: list[int]


class WorkingDays:
    """Which days count, by weekday and without some dates.

    >>> weekdays = WorkingDays(frozenset(range(5)))
    >>> friday = date(2026, 11, 27).toordinal()
    >>> date.fromordinal(weekdays.after(friday + 1, 2) or 0)
    datetime.date(2026, 12, 2)
    """

    __slots__ = ("_closed", "_tables", "_weekdays")

    def __init__(self, weekdays: frozenset[int] = EVERY_DAY, closed: Iterable[date] = ()) -> None:
        self._weekdays = weekdays
        self._closed = frozenset(each.toordinal() for each in closed)
        self._tables: dict[int, _Table] = {}

    def after(self, day: int, count: int = 0) -> int | None:
        """The ``count``-th working day after the first one that is not before ``day``; None where it lies years
        ahead."""
        block, position = divmod(day, _BLOCK)
        table = self._tables.get(block) or self._tabulated(block)
        index = table.ranks[position] + count
        return table.days[index] if index < len(table.days) else None

    def _tabulated(self, block: int) -> _Table:
        ranks: list[int] = []
        days: list[int] = []
        first = block * _BLOCK
        for day in range(first, first + _SPAN):
            ranks.append(len(days))
            # The first ordinal is a Monday.
            if (day - 1) % 7 in self._weekdays and day not in self._closed:
                days.append(day)
        self._tables[block] = _Table(ranks, days)
        return self._tables[block]


class Backlog(NamedTuple):
    """What a location has been asked to ship and has not yet begun."""

    orders: int = 0
    units: int = 0


NO_BACKLOG = Backlog()


class Room(NamedTuple):
    """``days`` that the backlog fills; on the next one ``orders`` and ``units`` may be added, -1 for any."""

    days: int
    orders: int
    units: int


def room(capacity: Capacity, backlog: Backlog) -> Room:
    """When a location has room again, worked off in the order of asking.

    >>> room(Capacity(orders=40), Backlog(orders=95, units=300))
    Room(days=2, orders=25, units=-1)
    """
    days = max(
        backlog.orders // capacity.orders if capacity.orders else 0,
        backlog.units // capacity.units if capacity.units else 0,
    )
    return Room(days, _left(capacity.orders, backlog.orders, days), _left(capacity.units, backlog.units, days))


def _left(most: int | None, waiting: int, days: int) -> int:
    return -1 if most is None else min(most, most * (days + 1) - waiting)


class _Known(NamedTuple):
    """What was asked last: the answer is ``day`` for any moment later than ``after`` up to ``until``."""

    after: datetime
    until: datetime
    waiting: int
    day: int | None


_MOMENT = timedelta(microseconds=1)
_ANY = Room(0, -1, -1)


class ShippingDays:
    """When a location ships: its calendar and collection made into tables. Without a calendar it always works."""

    __slots__ = ("_capacity", "_collected", "_collected_until", "_cut_off", "_known", "_lead_days", "_works", "_zone")

    def __init__(
        self,
        calendar: Calendar | None,
        collection: CarrierCollection | None,
        lead_days: int,
        capacity: Capacity = Capacity(),  # noqa: B008  frozen
    ) -> None:
        self._zone = ZoneInfo(calendar.timezone if calendar else "UTC")
        self._works = WorkingDays(read_days(calendar.days), calendar.closed) if calendar else WorkingDays()
        self._cut_off = calendar.cut_off if calendar else None
        self._collected = WorkingDays(read_days(collection.days), collection.closed) if collection else self._works
        self._collected_until = collection.cut_off if collection else None
        self._lead_days = lead_days
        self._capacity = None if capacity == Capacity() else capacity
        self._known: _Known | None = None

    def room(self, backlog: Backlog) -> Room:
        """When it has room again, and how much."""
        return _ANY if self._capacity is None else room(self._capacity, backlog)

    def ship_day(self, now: datetime, backlog: Backlog = NO_BACKLOG) -> int | None:
        """The day on which what it is told ``now`` (aware) leaves; None where it does not work for years."""
        waiting = self.room(backlog).days
        known = self._known
        if known is not None and known.after < now <= known.until and known.waiting == waiting:
            return known.day
        today = now.astimezone(self._zone).toordinal()
        day = self._ship_day(now, today, waiting)
        self._known = _Known(*self._steady(now, today), waiting, day)
        return day

    def seconds_left(self, now: datetime) -> int | None:
        """Until the cut-off of today, below zero where it has passed; None without one, and on a day without work."""
        today = now.astimezone(self._zone).toordinal()
        if self._cut_off is None or self._works.after(today) != today:
            return None
        return int((self._moment(today, self._cut_off) - now).total_seconds())

    def _ship_day(self, now: datetime, today: int, waiting: int) -> int | None:
        begins = today if self._in_time(now, today, self._cut_off) else today + 1
        ready = self._works.after(begins, waiting + self._lead_days)
        if ready is None:
            return None
        missed = ready == today and not self._in_time(now, today, self._collected_until)
        return self._collected.after(ready + 1 if missed else ready)

    def _steady(self, now: datetime, today: int) -> tuple[datetime, datetime]:
        """Later than the first and up to the second of these moments, nothing changes: neither day nor cut-off."""
        midnights = [(self._moment(day, time(fold=0)), self._moment(day, time(fold=1))) for day in (today, today + 1)]
        # Clocks that change at midnight show it twice or never: only what is surely this day counts.
        after, until = max(midnights[0]) - _MOMENT, min(midnights[1]) - _MOMENT
        for cut_off in (self._cut_off, self._collected_until):
            moment = self._moment(today, cut_off) if cut_off is not None else None
            if moment is not None and moment < now:
                after = max(after, moment)
            elif moment is not None:
                until = min(until, moment)
        return after, until

    def _in_time(self, now: datetime, today: int, cut_off: time | None) -> bool:
        return cut_off is None or now <= self._moment(today, cut_off)

    def _moment(self, day: int, at: time) -> datetime:
        """A local time of a day. Of one that the clock shows twice it is the first, and one that it leaves out is as
        long after midnight as if it did not."""
        return datetime.combine(date.fromordinal(day), at, self._zone).astimezone(UTC)


class DeliveryDays:
    """When one service delivers in one country."""

    __slots__ = ("_delivers", "_moves")

    def __init__(self, moves: WorkingDays, delivers: WorkingDays) -> None:
        self._moves = moves
        self._delivers = delivers

    def delivery_day(self, shipped: int, transit_days: int) -> int | None:
        """When a parcel that left on that day is delivered; None where that is years ahead."""
        arrives = shipped if transit_days == 0 else self._moves.after(shipped + 1, transit_days - 1)
        return None if arrives is None else self._delivers.after(arrives)
