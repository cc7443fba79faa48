"""A departure told in whole seconds must not look earlier than it was."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from hub.sdk.moments import last_of_second

TOLD = datetime(2026, 11, 2, 9, 30, 27, tzinfo=UTC)


@pytest.mark.parametrize(
    ("told", "received", "milliseconds"),
    [(0, 60_000, 999.999), (0, 400, 400), (0, -500, 0), (250, 60_000, 250)],
    ids=["the last of its second", "not after we heard of it", "a partner's clock ahead of ours", "a finer time"],
)
def test_departure_is_as_late_as_its_time_allows(told: int, received: int, milliseconds: float) -> None:
    read = last_of_second(TOLD + timedelta(milliseconds=told), TOLD + timedelta(milliseconds=received))
    assert TOLD + timedelta(milliseconds=milliseconds) == read
