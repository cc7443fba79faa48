"""Counts of a partner whose stamp is later than its figures."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from hub.inventory.clock import by_partners_clock
from hub.inventory.counting import Known, count_location
from hub.model.identity import LocationId, RequestId, Sku
from hub.model.ledger import Departure
from hub.model.network import CountingRule
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
