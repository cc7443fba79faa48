"""Up to where the ledger may be compacted: never past what an open request or a report of differences needs."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from hub.errors import DataError
from hub.flows.compact_ledger import LEAST_DAYS, boundary_of, check_boundary
from hub.flows.reconcile_stock import Reconciliation
from hub.model.network import Location
from tests.builders import Desk, a_location, a_network, a_shipment, at

DAY = timedelta(days=1)
TODAY = boundary_of(at(0), 0)


@pytest.fixture
def desk() -> Desk:
    desk = Desk(a_network(a_location("acme")), now=at(0))
    desk.stock("acme", A=10)
    return desk


def refusal(desk: Desk, before: datetime) -> str | None:
    try:
        check_boundary(desk.work(), before)
    except DataError as error:
        return error.code
    return None


def test_the_last_sixty_days_are_always_kept(desk: Desk) -> None:
    desk.now += (LEAST_DAYS + 1) * DAY
    assert [None, None] == [refusal(desk, TODAY), refusal(desk, TODAY + DAY)]
    assert "ledger.boundary" == refusal(desk, TODAY + 2 * DAY)


def test_a_boundary_is_where_a_day_begins_in_utc(desk: Desk) -> None:
    desk.now += 100 * DAY
    assert "ledger.boundary" == refusal(desk, TODAY + timedelta(hours=1))


def test_no_boundary_passes_a_request_that_is_open(desk: Desk) -> None:
    order = desk.place(1, A=2)
    desk.send()
    sent = desk.request(order).submitted_at
    assert sent is not None
    desk.now += 100 * DAY
    assert [None, "ledger.needed"] == [refusal(desk, boundary_of(sent, 0)), refusal(desk, boundary_of(sent, -1))]
    desk.receive(a_shipment(desk.request(order), "S1", {1: 2}, shipped_at=at(60)), "acme", "asn")
    assert refusal(desk, boundary_of(sent, -1)) is None


def test_differences_from_before_the_boundary_are_refused_and_not_left_out(desk: Desk) -> None:
    where = desk.network.location(a_location("acme").location)
    assert isinstance(where, Location)
    desk.uow.compaction.begin(TODAY, at(0), "archive")
    assert [] == list(Reconciliation(desk.work(), where, TODAY).differences())
    with pytest.raises(DataError) as refused:
        list(Reconciliation(desk.work(), where, TODAY - DAY).differences())
    assert "ledger.compacted" == refused.value.code
