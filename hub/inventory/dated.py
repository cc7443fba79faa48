"""What can be promised for a day: supply and promises in the order of their dates, with a look ahead.

    atp(day) = the least, over that day and every later one, of
               what is free now + supply due until then - promises due until then

So a promise made for today never takes what a later promise already counts on. Worked: 5 free now, 10 due on the 3rd,
12 promised for the 5th. 5 + 10 - 12 = 3 are left then: today 3 can be promised, not 5, and 3 on every later day. Supply
that is overdue counts from today on: it is late, not lost; whoever knows better closes the transfer.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import accumulate

_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Dated:
    """Units that come (plus) or are promised (minus) on a day, and what they are in words."""

    day: date
    quantity: Decimal
    words: str = ""


@dataclass(frozen=True, slots=True)
class DatedPromise:
    """From ``day`` on so many units can be promised."""

    day: date
    quantity: Decimal


def dated_promises(free: Decimal, entries: Iterable[Dated], today: date) -> tuple[DatedPromise, ...]:
    """What can be promised from each day on, today first; days on which nothing changes are left out.

    ``free`` are the units that can be promised now, before any dated promise; it may be below zero.
    """
    by_day: dict[date, Decimal] = {today: free}
    for entry in entries:
        day = max(entry.day, today)
        by_day[day] = by_day.get(day, _ZERO) + entry.quantity
    days = sorted(by_day)
    left = list(accumulate(by_day[day] for day in days))
    ahead = list(accumulate(reversed(left), min))[::-1]
    return tuple(
        DatedPromise(day, ahead[place])
        for place, day in enumerate(days)
        if place == 0 or ahead[place] != ahead[place - 1]
    )


def promise_for(promises: Sequence[DatedPromise], day: date) -> Decimal:
    """The units that can be promised for that day: those of the last entry that has begun; none before the first."""
    begun = [each.quantity for each in promises if each.day <= day]
    return max(_ZERO, begun[-1]) if begun else _ZERO
