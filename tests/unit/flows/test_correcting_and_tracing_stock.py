"""A person corrects the ledger, once; and every row of it can be read with the balance that it left behind."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.errors import DataError
from hub.flows.adjust_stock import Corrected, Correction, adjust_stock
from hub.flows.hold_stock import Wanted, hold_stock
from hub.flows.trace_stock import StockTrace, trace_stock
from hub.model.identity import LocationId, Sku, SoftHoldKey
from hub.model.ledger import Bucket, Cause, HeldEntry, Reservation
from tests.builders import Desk, a_location, a_network, at


@pytest.fixture
def desk() -> Desk:
    return Desk(a_network(a_location("acme"), a_location("bolt")), now=at(20))


def corrected(
    desk: Desk, when: datetime | None = None, reason: str = "found behind the shelf", **units: int
) -> list[Corrected]:
    signed = {Sku(sku): Decimal(each) for sku, each in units.items()}
    return adjust_stock(desk.work(), LocationId("acme"), Correction(signed, reason, when or desk.now))


def on_hand(desk: Desk, sku: str = "A") -> Decimal:
    return desk.balance(sku, "acme").on_hand


def traced(desk: Desk, location: str | None = None, limit: int = 100, since: datetime | None = None) -> StockTrace:
    with_limit = LocationId(location) if location else None
    return trace_stock(desk.work().uow, Sku("A"), with_limit, limit=limit, since=since)


def test_a_correction_moves_the_stock_and_says_before_and_after(desk: Desk) -> None:
    desk.stock("acme", as_of=at(0), A=5, B=2)
    found = corrected(desk, A=3, B=-1)
    assert [("A", 5, 8), ("B", 2, 1)] == [
        (str(each.before.sku), int(each.before.on_hand), int(each.after.on_hand)) for each in found
    ]
    [row] = [row for row in desk.uow.ledger.movements(Sku("A")) if row.cause is Cause.ADJUSTMENT]
    assert ("found behind the shelf (test)", desk.now, Decimal(3)) == (row.reference, row.observed_at, row.quantity)


def test_a_correction_may_leave_less_than_nothing(desk: Desk) -> None:
    corrected(desk, A=-4)
    assert Decimal(-4) == on_hand(desk)


def test_the_same_correction_of_the_same_moment_counts_once(desk: Desk) -> None:
    desk.stock("acme", as_of=at(0), A=5)
    first, again = corrected(desk, at(10), A=3), corrected(desk, at(10), A=3)
    assert (False, True, Decimal(8)) == (first[0].known, again[0].known, on_hand(desk))
    corrected(desk, at(11), A=3)
    corrected(desk, at(11), "and another", A=3)
    assert Decimal(14) == on_hand(desk)


def test_a_correction_that_a_later_count_has_seen_leaves_the_count_standing(desk: Desk) -> None:
    desk.stock("acme", as_of=at(10), A=5)
    [found] = corrected(desk, at(9), A=3)
    assert (True, False, Decimal(5)) == (found.counted, found.known, on_hand(desk))
    assert Decimal(3) == sum(
        row.quantity for row in desk.uow.ledger.movements(Sku("A")) if row.cause is Cause.ADJUSTMENT
    )


def test_a_correction_repeated_after_a_count_is_still_the_same(desk: Desk) -> None:
    corrected(desk, at(9), A=3)
    desk.stock("acme", as_of=at(10), A=5)
    [again] = corrected(desk, at(9), A=3)
    assert (True, Decimal(5)) == (again.known, on_hand(desk))


def test_a_count_of_before_keeps_what_was_corrected_since(desk: Desk) -> None:
    corrected(desk, at(9), A=3)
    desk.stock("acme", as_of=at(8), A=5)
    assert Decimal(8) == on_hand(desk)


def test_an_order_that_waited_is_routed_when_a_correction_finds_stock(desk: Desk) -> None:
    desk.stock("acme", as_of=at(0), A=0)
    order_id = desk.place(A=2)
    assert [] == desk.requests(order_id)
    corrected(desk, A=2)
    desk.tick()
    assert "acme" == desk.request(order_id).location


@pytest.mark.parametrize(
    ("where", "units", "reason", "minutes", "code"),
    [
        ("attic", 1, "found", 0, "stock.unknown-location"),
        ("acme", 0, "found", 0, "stock.adjustment"),
        ("acme", 1, " ", 0, "stock.adjustment"),
        ("acme", 1, "found", 60, "stock.adjustment"),
    ],
)
def test_a_correction_that_makes_no_sense_is_refused(
    desk: Desk, where: str, units: int, reason: str, minutes: int, code: str
) -> None:
    correction = Correction({Sku("A"): Decimal(units)}, reason, desk.now + timedelta(minutes=minutes))
    with pytest.raises(DataError) as raised:
        adjust_stock(desk.work(), LocationId(where), correction)
    assert code == raised.value.code


def test_the_trace_names_every_row_newest_first_with_what_was_there_after_it(desk: Desk) -> None:
    desk.stock("acme", as_of=at(0), A=5)
    desk.now = at(21)
    desk.place(A=2)
    desk.now = at(22)
    corrected(desk, A=4)
    found = traced(desk)
    assert [("adjustment", 9, 2), ("reservation", 5, 2), ("count", 5, 0)] == [
        (each.row.cause.value, int(each.after.on_hand), int(each.after.reserved)) for each in found.rows
    ]
    assert not found.more


def test_the_trace_ends_where_it_is_told_to(desk: Desk) -> None:
    desk.stock("acme", as_of=at(0), A=5)
    desk.stock("bolt", as_of=at(0), A=1)
    desk.now = at(30)
    corrected(desk, A=4)
    assert (["adjustment"], True) == ([each.row.cause.value for each in traced(desk, limit=1).rows], True)
    assert traced(desk, limit=1).more
    assert [LocationId("bolt")] == [each.row.location for each in traced(desk, "bolt").rows]
    assert ["adjustment"] == [each.row.cause.value for each in traced(desk, since=at(25)).rows]


steps = st.lists(st.tuples(st.sampled_from(["count", "correct", "hold", "place"]), st.integers(1, 9)), max_size=8)


@settings(max_examples=40, deadline=None)
@given(steps)
def test_every_balance_in_the_trace_is_the_sum_of_the_rows_up_to_it(history: list[tuple[str, int]]) -> None:
    desk = Desk(a_network(a_location("acme"), a_location("bolt")), now=at(0))
    for number, (kind, units) in enumerate(history, start=1):
        desk.now = at(number)
        if kind == "count":
            desk.stock("acme", A=units)
        elif kind == "correct":
            corrected(desk, A=units - 5 or 5)
        elif kind == "hold":
            with suppress(DataError):
                key, kept = SoftHoldKey(f"cart-{number}"), {Sku("A"): Decimal(units)}
                hold_stock(desk.work(), Wanted(key, kept, at(number + 3), LocationId("acme")))
            desk.tick()
        else:
            desk.place(number, A=units)
    on_hand, reserved, soft_held = Decimal(0), Decimal(0), Decimal(0)
    for each in reversed(traced(desk, "acme").rows):
        if isinstance(each.row, Reservation):
            reserved += each.row.quantity
        elif isinstance(each.row, HeldEntry):
            soft_held += each.row.quantity
        else:
            assert each.row.bucket is Bucket.ON_HAND
            on_hand += each.row.quantity
        assert (on_hand, reserved, soft_held) == (each.after.on_hand, each.after.reserved, each.after.soft_held)
