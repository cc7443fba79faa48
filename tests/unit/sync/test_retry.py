"""Backoff with full jitter, and the circuit of a connection."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from hub.errors import InvariantError, RefusedError, TransientError
from hub.sync.retry import Circuit, RetryPolicy, as_hub_error

NOW = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
POLICY = RetryPolicy(base_seconds=4, cap_seconds=100)


class Dice(random.Random):
    """Always throws the same share of the range."""

    def __init__(self, share: float) -> None:
        super().__init__()
        self.share = share

    def uniform(self, a: float, b: float) -> float:
        return a + (b - a) * self.share


@pytest.mark.parametrize(("attempt", "seconds"), [(1, 4), (2, 8), (3, 16), (5, 64), (6, 100), (5000, 100)])
def test_longest_wait_doubles_up_to_the_cap(attempt: int, seconds: float) -> None:
    assert seconds == POLICY.ceiling(attempt)


def test_wait_is_spread_over_the_whole_range() -> None:
    assert [timedelta(0), timedelta(seconds=8), timedelta(seconds=16)] == [
        POLICY.wait(3, Dice(share)) for share in (0.0, 0.5, 1.0)
    ]


def test_jobs_that_failed_together_do_not_come_back_together() -> None:
    rng = random.Random(1)
    waits = sorted(POLICY.wait(6, rng).total_seconds() for _ in range(200))
    assert max(after - before for before, after in pairwise(waits)) < 10
    assert (True, True) == (waits[0] < 10, waits[-1] > 90)


def test_wish_of_the_partner_is_the_least_wait() -> None:
    assert timedelta(seconds=300) == POLICY.wait(1, Dice(0.0), 300)
    assert timedelta(seconds=330) == POLICY.wait(1, Dice(1.0), 300)


def test_circuit_opens_at_the_third_failure_and_closes_with_success() -> None:
    circuit = Circuit(POLICY, Dice(1.0))
    circuit.failed(TransientError("Away."), NOW)
    circuit.failed(TransientError("Away."), NOW)
    assert circuit.closed_at(NOW) is None
    circuit.failed(TransientError("Away."), NOW)
    assert NOW + timedelta(seconds=16) == circuit.closed_at(NOW)
    assert circuit.closed_at(NOW + timedelta(seconds=16)) is None
    circuit.succeeded()
    assert (None, 0) == (circuit.closed_at(NOW), circuit.failures)


def test_circuit_opens_at_once_for_a_time_the_partner_names() -> None:
    circuit = Circuit(POLICY, Dice(0.0))
    circuit.failed(TransientError("Slow down.", retry_after_seconds=30), NOW)
    assert NOW + timedelta(seconds=30) == circuit.closed_at(NOW)


def test_unforeseen_exception_becomes_our_bug_without_its_text() -> None:
    try:
        dict[str, str]()["secret"]
    except KeyError as raised:
        error = as_hub_error(raised)
    assert isinstance(error, InvariantError)
    assert "secret" not in str(error)
    assert "KeyError" in error.message
    assert "test_retry.py" in error.message


def test_error_of_ours_stays_what_it_is() -> None:
    error = RefusedError("No.")
    assert error is as_hub_error(error)
