"""Fetches kept to a partner's hours: over midnight, over weekends, and over changes of the clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.mapping.polling import PollWindow
from hub.sync.opening_hours import OpeningHours
from hub.sync.schedule import PollSchedule

NEW_YORK = ZoneInfo("America/New_York")


def at(text: str) -> datetime:
    """A New York time, in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=NEW_YORK).astimezone(UTC)


def hours(between: str = "", days: str = "") -> OpeningHours:
    return OpeningHours.of(between, days, "America/New_York")


# 2 November 2026 is a Monday.
@pytest.mark.parametrize(
    ("now", "due"),
    [
        ("2026-11-02T12:00", "2026-11-02T12:05"),
        ("2026-11-02T21:54", "2026-11-02T21:59"),
        ("2026-11-02T21:55", "2026-11-03T06:00"),
        ("2026-11-02T03:00", "2026-11-02T06:00"),
        ("2026-11-02T05:57", "2026-11-02T06:02"),
        ("2026-11-07T21:58", "2026-11-09T06:00"),
        ("2026-11-08T12:00", "2026-11-09T06:00"),
    ],
)
def test_stream_is_fetched_within_hours_and_days_of_the_partner(now: str, due: str) -> None:
    window = PollWindow(every=300, between="06:00-22:00", days="mon-sat", timezone="America/New_York")
    assert at(due) == PollSchedule.of(window).after(at(now))


@pytest.mark.parametrize(
    ("now", "due"),
    [
        ("2026-11-02T23:59", "2026-11-03T00:04"),
        ("2026-11-03T05:54", "2026-11-03T05:59"),
        ("2026-11-03T05:55", "2026-11-03T22:00"),
        ("2026-11-07T05:50", "2026-11-07T05:55"),
        ("2026-11-07T05:55", "2026-11-09T22:00"),
        ("2026-11-07T22:30", "2026-11-09T22:00"),
    ],
)
def test_hours_over_midnight_belong_to_the_day_on_which_they_open(now: str, due: str) -> None:
    window = PollWindow(every=300, between="22:00-06:00", days="mon-fri", timezone="America/New_York")
    assert at(due) == PollSchedule.of(window).after(at(now))


def test_days_alone_are_whole_days() -> None:
    assert at("2026-11-09T00:00") == hours(days="mon-fri").opening(at("2026-11-07T00:00"))
    assert at("2026-11-06T23:59") == hours(days="mon-fri").opening(at("2026-11-06T23:59"))


def test_midnight_may_close_the_day() -> None:
    assert hours("22:00-24:00").contains(at("2026-11-02T23:59"))
    assert at("2026-11-03T22:00") == hours("22:00-24:00").opening(at("2026-11-03T00:00"))


def test_opening_keeps_its_local_hour_when_the_clock_changes() -> None:
    open_at_six = hours("06:00-22:00")
    assert datetime(2026, 3, 7, 11, tzinfo=UTC) == open_at_six.opening(at("2026-03-07T01:00"))
    assert datetime(2026, 3, 8, 10, tzinfo=UTC) == open_at_six.opening(at("2026-03-08T01:00"))
    assert datetime(2026, 11, 1, 11, tzinfo=UTC) == open_at_six.opening(at("2026-11-01T00:30"))


def test_opening_in_the_hour_that_the_clock_leaves_out_is_at_the_change() -> None:
    assert at("2026-03-08T03:00") == hours("02:30-04:00").opening(at("2026-03-08T01:45"))


def test_hours_that_the_clock_leaves_out_whole_open_on_the_next_day() -> None:
    assert at("2026-03-09T02:15") == hours("02:15-02:45").opening(at("2026-03-08T01:45"))


def test_opening_in_the_hour_that_comes_twice_is_its_first_time() -> None:
    assert datetime(2026, 11, 1, 5, 30, tzinfo=UTC) == hours("01:30-03:00").opening(at("2026-11-01T00:10"))


def test_interval_over_a_change_of_the_clock_stays_as_long() -> None:
    window = PollWindow(every=3600, between="00:00-24:00", timezone="America/New_York")
    now = at("2026-03-08T01:30")
    assert now + timedelta(hours=1) == PollSchedule.of(window).after(now)


def test_cron_expression_may_be_in_the_partners_time() -> None:
    schedule = PollSchedule.of(PollWindow(cron="0 6 * * *", timezone="America/New_York"))
    assert datetime(2026, 3, 7, 11, tzinfo=UTC) == schedule.after(at("2026-03-07T01:00"))
    assert datetime(2026, 3, 8, 10, tzinfo=UTC) == schedule.after(at("2026-03-07T06:00"))


CLOCK = st.times().map(lambda time: time.strftime("%H:%M"))


@given(
    opens=CLOCK,
    closes=CLOCK,
    days=st.sets(st.sampled_from(["mon", "tue", "wed", "thu", "fri", "sat", "sun"]), min_size=1),
    zone=st.sampled_from(["America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "Asia/Kathmandu"]),
    moment=st.datetimes(datetime(2025, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC)),  # noqa: DTZ001
)
def test_opening_is_the_first_moment_at_which_it_is_open(
    opens: str, closes: str, days: set[str], zone: str, moment: datetime
) -> None:
    if opens == closes:
        return
    schedule = OpeningHours.of(f"{opens}-{closes}", ",".join(sorted(days)), zone)
    opening = schedule.opening(moment)
    assert schedule.contains(opening)
    assert opening >= moment
    assert opening == moment or not schedule.contains(moment)
