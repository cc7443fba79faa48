"""How far an old count is believed: whole, in part, to a few units, not at all.

    age of the location's newest count      channels show of what it may promise (ATP)
    up to discount_after_hours              all of it
    up to floor_after_hours                 discount_keep of it, in whole units
    up to stale_after_hours                 the same, at most ``floor`` units
    older                                   nothing, and nothing is promised from there either

A band without its bound does not begin. Routing promises from a location until it is stale: what a channel shows is a
promise to somebody unknown, what routing asks for is answered by the location. Worked: ATP 20, discount after 6 h with
keep 0.5, floor 3 after 12 h, stale after 24 h: at 5 h 20 are shown, at 7 h 10, at 13 h 3, at 25 h none.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_FLOOR, Decimal
from enum import StrEnum

from hub.model.network import CountingRule

_ZERO = Decimal(0)


class Band(StrEnum):
    """How far a location's figures are believed now."""

    TRUSTED = "trusted"
    DISCOUNTED = "discounted"
    FLOORED = "floored"
    STALE = "stale"


@dataclass(frozen=True, slots=True)
class Freshness:
    """A location's band at a moment; ``age`` of its newest count, None where it was never counted."""

    band: Band
    age: timedelta | None

    @property
    def age_hours(self) -> Decimal | None:
        """The age to a tenth of an hour."""
        return None if self.age is None else Decimal(f"{self.age.total_seconds() / 3600:.1f}")


def freshness(rule: CountingRule, fresh_as_of: datetime | None, now: datetime) -> Freshness:
    """The band of a location whose newest count is as of then."""
    if fresh_as_of is None:
        return Freshness(Band.STALE if rule.stale_after_hours is not None else Band.TRUSTED, None)
    passed = [band for band, bound in _bounds(rule) if now > fresh_as_of + bound]
    return Freshness(passed[-1] if passed else Band.TRUSTED, now - fresh_as_of)


def next_change(rule: CountingRule, fresh_as_of: datetime, now: datetime) -> datetime | None:
    """The last moment of the present band; None where no other follows."""
    ends = [fresh_as_of + bound for _, bound in _bounds(rule)]
    return min((end for end in ends if end >= now), default=None)


def shown_of(rule: CountingRule, fresh: Freshness, quantity: Decimal) -> tuple[Decimal, str]:
    """What channels show of so many units to promise, and why it is less; never more, and none of less than nothing."""
    there = max(_ZERO, quantity)
    if fresh.band is Band.TRUSTED:
        return there, ""
    if fresh.band is Band.STALE:
        return _ZERO, "its newest count is too old" if fresh.age_hours is not None else "never counted"
    kept = (there * rule.discount_keep).to_integral_value(ROUND_FLOOR) if _discounts(rule) else there
    words = f"its count is {fresh.age_hours} h old"
    if fresh.band is Band.FLOORED:
        return min(kept, rule.floor), f"{words}, at most {rule.floor:f} are shown"
    return kept, f"{words}, {rule.discount_keep:f} of it is shown"


def _discounts(rule: CountingRule) -> bool:
    return rule.discount_after_hours is not None


def _bounds(rule: CountingRule) -> list[tuple[Band, timedelta]]:
    """Bands beyond the first and how old a count may be before they begin, in order."""
    found = (
        (Band.DISCOUNTED, rule.discount_after_hours),
        (Band.FLOORED, rule.floor_after_hours),
        (Band.STALE, rule.stale_after_hours),
    )
    return [(band, timedelta(hours=float(hours))) for band, hours in found if hours is not None]
