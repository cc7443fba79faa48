"""Counts of a partner whose stamp is later than its figures."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.inventory.clock import by_partners_clock, read_until
from hub.inventory.counting import Known, count_location
from hub.model.identity import LocationId, RequestId, Sku
from hub.model.ledger import Departure
from hub.model.network import CountingRule, NetOf
from hub.model.stock import CountBasis
from tests.builders import a_report, at

HERE = LocationId("acme")
MINUTE = st.integers(0, 120)


@given(st.integers(-30, 60), MINUTE, MINUTE, st.integers(1, 9))
def test_a_late_stamp_with_its_lag_is_a_true_stamp(lag: int, counted: int, shipped: int, units: int) -> None:
    lagging, exact = CountingRule(as_of_lag_minutes=Decimal(lag)), CountingRule()
    known = Known({}, (), [Departure(Sku("A"), HERE, Decimal(units), at(shipped), RequestId("P"), None, None)])
    stamped = by_partners_clock(lagging, a_report("acme", {"A": 20}, as_of=at(counted + lag), reference="file"))
    true = a_report("acme", {"A": 20}, as_of=at(counted), reference="file")
    assert true == stamped
    assert count_location(exact, true, HERE, known) == count_location(lagging, stamped, HERE, known)


def test_single_figures_have_the_same_clock_as_their_report() -> None:
    report = a_report("acme", {"A": 20}, as_of=at(60))
    [row] = report.rows
    report = report.model_copy(update={"rows": (row.model_copy(update={"as_of": at(50)}),)})
    shifted = by_partners_clock(CountingRule(as_of_lag_minutes=Decimal("7.5")), report)
    assert at(50) - timedelta(minutes=7.5) == shifted.rows[0].as_of


def batch(cutoff: str, zone: str) -> CountingRule:
    return CountingRule(
        basis=CountBasis.AVAILABLE, net_of=NetOf.SENT, net_of_cutoff=time.fromisoformat(cutoff), net_of_zone=zone
    )


def utc(month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("rule", "as_of", "known_until"),
    [
        (batch("02:00", "Europe/Stockholm"), utc(11, 2, 14), utc(11, 2, 1)),
        (batch("02:00", "Europe/Stockholm"), utc(7, 2, 14), utc(7, 2, 0)),
        (batch("02:00", "Europe/Stockholm"), utc(11, 2, 1), utc(11, 2, 1)),
        (batch("02:00", "Europe/Stockholm"), utc(11, 2, 0, 59), utc(11, 1, 1)),
        (batch("22:00", "America/New_York"), utc(11, 3, 2, 30), utc(11, 2, 3)),
        # 25 October: 02:30 comes twice, at 00:30 and 01:30 UTC.
        (batch("02:30", "Europe/Stockholm"), utc(10, 25, 0, 45), utc(10, 25, 0, 30)),
        (batch("02:30", "Europe/Stockholm"), utc(10, 25, 1, 45), utc(10, 25, 0, 30)),
        # 29 March: there is no 02:30; the clock shows 03:30 at 01:30 UTC.
        (batch("02:30", "Europe/Stockholm"), utc(3, 29, 1, 15), utc(3, 28, 1, 30)),
        (batch("02:30", "Europe/Stockholm"), utc(3, 29, 1, 30), utc(3, 29, 1, 30)),
        (CountingRule(), utc(11, 2, 14), utc(11, 2, 14)),
    ],
)
def test_a_batch_had_read_what_came_before_its_last_run(
    rule: CountingRule, as_of: datetime, known_until: datetime
) -> None:
    assert known_until == read_until(rule, as_of)


ZONES = st.sampled_from(["UTC", "Europe/Stockholm", "America/New_York", "Pacific/Apia", "Australia/Lord_Howe"])
MOMENTS = st.datetimes(datetime(2011, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@given(st.times(), ZONES, MOMENTS, MOMENTS)
def test_batches_run_one_after_the_other_and_none_in_the_future(
    cutoff: time, zone: str, one: datetime, other: datetime
) -> None:
    rule = batch(cutoff.isoformat(), zone)
    earlier, later = sorted((one, other))
    assert read_until(rule, earlier) <= read_until(rule, later) <= later
    assert later - read_until(rule, later) <= timedelta(hours=50)
