"""What a figure is worth where the location did not have what it was asked for."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from hub.inventory.atp import Atp, available_to_promise, standing
from hub.inventory.freshness import freshness
from hub.inventory.shortages import newly_short, still_believed
from hub.model.fulfilment import RequestLine
from hub.model.identity import LineId, LocationId, OrderId, RequestId, Sku
from hub.model.ledger import Balance, Bucket, Cause, Movement, Reservation
from tests.builders import NOW, a_location, at

A, ACME, P1 = Sku("A"), LocationId("acme"), RequestId("P1")
PLACE = a_location("acme", safety=1)
FRESH = freshness(PLACE.counting, NOW, NOW)


def arrival(units: int, when: datetime, bucket: Bucket = Bucket.ON_HAND) -> Movement:
    return Movement("m", A, ACME, Decimal(units), Cause.RECEIPT, when, when, bucket)


def promise(units: int, when: datetime) -> Reservation:
    return Reservation("r", A, ACME, Decimal(units), OrderId("o"), LineId("A"), P1, Cause.RESERVATION, when)


def doubted(on_hand: int, reserved: int = 0, soft_held: int = 0) -> Balance:
    return Balance(
        A,
        ACME,
        Decimal(on_hand),
        reserved=Decimal(reserved),
        soft_held=Decimal(soft_held),
        counted_at=NOW,
        short_at=at(5),
        short_request=P1,
    )


def atp_of(balance: Balance, believed: int | None, backordered: int = 0) -> Atp:
    return available_to_promise(
        standing(PLACE, FRESH),
        balance,
        Decimal(backordered),
        Decimal(believed) if believed is not None else None,
    )


def test_figure_is_in_doubt_until_a_later_count() -> None:
    assert doubted(15).doubted
    assert not Balance(A, ACME, counted_at=at(6), short_at=at(5)).doubted
    assert Balance(A, ACME, counted_at=at(5), short_at=at(5)).doubted
    assert Balance(A, ACME, short_at=at(5)).doubted
    assert not Balance(A, ACME, counted_at=NOW).doubted


def test_nothing_of_a_figure_in_doubt_is_promised_and_the_term_says_why() -> None:
    atp = atp_of(doubted(15), 0)
    assert (Decimal(0), Decimal(15), Decimal(0)) == (atp.quantity, atp.floor, atp.shown)
    words = "it did not have what P1 asked for (2026-11-02 09:35 UTC), and has not counted it since"
    assert (words, Decimal(-14)) == (atp.terms[-1].words, atp.terms[-1].quantity)
    assert words == atp.doubt


def test_units_that_came_since_can_be_promised() -> None:
    assert Decimal(7) == atp_of(doubted(25, reserved=3), 7).quantity


def test_units_of_a_soft_hold_are_in_doubt_for_its_own_order_too() -> None:
    atp = atp_of(doubted(15, soft_held=4), 0)
    assert (Decimal(-4), Decimal(0)) == (atp.quantity, atp.for_holder(Decimal(4)))


def test_only_what_came_since_and_is_not_promised_yet_is_believed() -> None:
    arrivals = [arrival(9, at(4)), arrival(10, at(6)), arrival(-2, at(7)), arrival(5, at(8), Bucket.UNAVAILABLE)]
    promises = [promise(4, at(4)), promise(3, at(7)), promise(-3, at(8))]
    assert Decimal(7) == still_believed(doubted(25), arrivals, promises)
    assert Decimal(0) == still_believed(doubted(25), [], promises)
    assert Decimal(0) == still_believed(Balance(A, ACME), arrivals, [])


def test_units_that_waited_before_are_not_short_once_more() -> None:
    line = RequestLine(number=1, line_id=LineId("A"), sku=A, quantity=Decimal(9), backordered=Decimal(5))
    short = [newly_short(line, Decimal(rejected), Decimal(waiting)) for rejected, waiting in ((2, 3), (2, 5), (0, 0))]
    assert [Decimal(0), Decimal(2), Decimal(0)] == short


units = st.integers(0, 40)


@given(units, units, units, units, units)
def test_doubt_only_lowers_what_is_promised_and_never_below_what_came(
    on_hand: int, reserved: int, soft_held: int, backordered: int, believed: int
) -> None:
    balance = doubted(on_hand, reserved, soft_held)
    plain, less = atp_of(balance, None, backordered), atp_of(balance, believed, backordered)
    assert less.quantity <= plain.quantity
    assert less.shown <= plain.shown
    assert less.quantity == sum((term.quantity for term in less.terms), Decimal(0))
    assert less.quantity >= min(plain.quantity, Decimal(believed - soft_held))
    assert less.for_holder(Decimal(soft_held)) <= max(Decimal(0), min(Decimal(believed), plain.quantity + soft_held))
