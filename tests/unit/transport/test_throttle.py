"""The rate budget's arithmetic."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.transport.throttle import RateBudget


class Moment:
    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def test_calls_at_one_moment_are_spread_by_the_rate() -> None:
    budget = RateBudget(rate_per_second=2, burst=2, clock=Moment())
    assert [0.0, 0.0, 0.5, 1.0] == [budget.acquire() for _ in range(4)]


def test_tokens_come_back_with_time_up_to_the_burst() -> None:
    moment = Moment()
    budget = RateBudget(rate_per_second=2, burst=3, clock=moment)
    assert 0.0 == budget.acquire(3)
    moment.seconds = 100.0
    assert [0.0, 0.5] == [budget.acquire(3), budget.acquire(1)]


def test_the_partners_word_replaces_our_own_count() -> None:
    budget = RateBudget(rate_per_second=50, burst=1000, clock=Moment())
    budget.learn(available=100, restore_rate=100, maximum=2000)
    assert 4.0 == budget.acquire(500)


def test_a_clock_that_stands_still_or_turns_back_gives_no_tokens() -> None:
    moment = Moment()
    budget = RateBudget(rate_per_second=1, burst=1, clock=moment)
    budget.acquire()
    moment.seconds = -50.0
    assert 1.0 == budget.acquire()


@pytest.mark.parametrize(("rate", "burst"), [(0.0, 1.0), (1.0, 0.0)])
def test_a_budget_without_rate_or_burst_is_a_mistake(rate: float, burst: float) -> None:
    with pytest.raises(ValueError, match="above zero"):
        RateBudget(rate_per_second=rate, burst=burst, clock=Moment())


@given(costs=st.lists(st.integers(1, 10), max_size=50), pauses=st.lists(st.integers(0, 5), min_size=50, max_size=50))
def test_no_window_ever_sends_more_than_burst_plus_rate_times_its_length(costs: list[int], pauses: list[int]) -> None:
    moment = Moment()
    budget = RateBudget(rate_per_second=2, burst=10, clock=moment)
    sent = []
    for cost, pause in zip(costs, pauses, strict=False):
        moment.seconds += pause
        sent.append((moment.seconds + budget.acquire(cost), cost))
    for start, _ in sent:
        for end, _ in sent:
            spent = sum(cost for when, cost in sent if start <= when <= end)
            assert end < start or spent <= 10 + 2 * (end - start) + 10
