"""When a stream is fetched next."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from hub.errors import ConfigurationError
from hub.sync.schedule import PollSchedule, PollState

NOW = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)


def test_interval_counts_from_now() -> None:
    assert NOW + timedelta(seconds=90) == PollSchedule.of(90).after(NOW)


def test_cron_expression_names_times_in_utc() -> None:
    assert datetime(2026, 11, 3, 2, 15, tzinfo=UTC) == PollSchedule.of("15 2 * * *").after(NOW)


@pytest.mark.parametrize("value", [0, -5, "at noon", "99 * * * *"])
def test_schedule_that_says_nothing_is_refused(value: float | str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        PollSchedule.of(value)
    assert "configuration.poll-schedule" == refused.value.code


@pytest.mark.parametrize("last", [None, NOW - timedelta(minutes=1)])
@pytest.mark.parametrize("began", [None, NOW - timedelta(minutes=2)])
def test_state_survives_its_text(last: datetime | None, began: datetime | None) -> None:
    state = PollState(NOW, last, began)
    assert state == PollState.read(state.text)


def test_stream_never_tried_has_no_state() -> None:
    assert PollState.read(None) is None
