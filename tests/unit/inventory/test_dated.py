"""What can be promised for a day never robs a promise made for a later one."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from hub.inventory.dated import Dated, dated_promises, promise_for

TODAY = date(2026, 12, 1)


def day(offset: int) -> date:
    return TODAY + timedelta(days=offset)


def promised(free: int, *entries: tuple[int, int]) -> dict[int, int]:
    """By day from today."""
    found = dated_promises(Decimal(free), [Dated(day(at), Decimal(units)) for at, units in entries], TODAY)
    return {(each.day - TODAY).days: int(each.quantity) for each in found}


def test_supply_can_be_promised_from_its_day_on() -> None:
    assert {0: 5, 2: 15} == promised(5, (2, 10))


def test_a_promise_for_today_leaves_what_a_later_one_counts_on() -> None:
    assert {0: 3} == promised(5, (2, 10), (4, -12)), "the docstring's numbers"


def test_overdue_supply_counts_from_today_on() -> None:
    assert {0: 9} == promised(5, (-3, 4))


def test_what_is_short_now_is_made_good_by_supply() -> None:
    found = dated_promises(Decimal(-2), [Dated(day(3), Decimal(5))], TODAY)
    assert [Decimal(-2), Decimal(3)] == [each.quantity for each in found]
    assert [Decimal(0), Decimal(0), Decimal(3)] == [promise_for(found, day(at)) for at in (-1, 0, 3)]


entries = st.lists(st.tuples(st.integers(-3, 9), st.integers(-20, 20)), max_size=8)


@given(st.integers(-10, 30), entries, st.integers(0, 9))
def test_taking_all_that_is_promised_for_a_day_leaves_every_later_day_covered(
    free: int, given_entries: list[tuple[int, int]], on: int
) -> None:
    """Nobody is worse off: where every later promise was covered before, it is after."""
    rows = [Dated(day(at), Decimal(units)) for at, units in given_entries]
    units = promise_for(dated_promises(Decimal(free), rows, TODAY), day(on))
    taken = [*rows, Dated(day(on), -units)]
    for later in range(on, 10):
        before = free + sum(max_units for at, max_units in given_entries if at <= later)
        after = free + sum(int(row.quantity) for row in taken if row.day <= day(later))
        assert after >= min(0, before)


@given(st.integers(-10, 30), entries, st.integers(0, 9))
def test_promise_is_the_least_of_all_that_is_left_from_then_on(
    free: int, given_entries: list[tuple[int, int]], on: int
) -> None:
    found = dated_promises(Decimal(free), [Dated(day(at), Decimal(units)) for at, units in given_entries], TODAY)
    left = [free + sum(units for at, units in given_entries if at <= later) for later in range(on, 10)]
    assert max(0, min(left)) == promise_for(found, day(on))
