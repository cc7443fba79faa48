"""Goods to come, shared out among orders that wait."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from hub.inventory.atp import Atp
from hub.inventory.expected import Coming, Expected, Told, Waiting, coming, share_out
from hub.model.identity import DocumentId, LineId, LocationId, OrderId, Sku, TransferId

TODAY = date(2026, 11, 2)
PLACES = (LocationId("acme"), LocationId("bolt"))
ACME, BOLT = PLACES


def day(number: int) -> date:
    return TODAY + timedelta(days=number)


def atp(location: LocationId, units: int, *, usable: bool = True) -> Atp:
    return Atp(Sku("A"), location, Decimal(units), Decimal(0), tuple, usable=usable)


def transfer(number: int, units: int, where: LocationId = ACME) -> Expected:
    return Expected(where, Decimal(units), day(number), transfer=TransferId(f"T{number}"))


def said(number: int | None, units: int | None, where: LocationId = ACME) -> Expected:
    on = None if number is None else day(number)
    return Expected(where, None if units is None else Decimal(units), on, document=DocumentId("D1"))


def waiting(order: str, units: int, *where: LocationId) -> Waiting:
    return Waiting(OrderId(order), LineId("1"), Decimal(units), frozenset(where or PLACES))


def days(told: Sequence[Told]) -> list[tuple[str, str, int, int]]:
    """Order, location, day and units."""
    return [
        (each.order_id, each.coming.location, (each.coming.day - TODAY).days, int(each.coming.quantity))
        for each in told
    ]


def test_oldest_order_is_told_the_first_goods_and_what_is_owed_is_filled_before() -> None:
    supply = coming({ACME: atp(ACME, -2)}, [transfer(9, 10), transfer(3, 5)], TODAY)
    told = share_out([waiting("1", 4), waiting("2", 3)], supply)
    assert [("1", "acme", 3, 3), ("1", "acme", 9, 1), ("2", "acme", 9, 3)] == days(told)


def test_free_units_come_today_and_overdue_goods_from_today_on() -> None:
    supply = coming({ACME: atp(ACME, 2), BOLT: atp(BOLT, 0)}, [transfer(-4, 3, BOLT)], TODAY)
    assert [("acme", TODAY, None), ("bolt", TODAY, "T-4")] == [
        (each.location, each.day, each.source and each.source.transfer) for each in supply
    ]


def test_only_locations_that_may_ship_a_line_count() -> None:
    supply = coming({ACME: atp(ACME, 0), BOLT: atp(BOLT, 0)}, [transfer(2, 9, ACME), transfer(5, 9, BOLT)], TODAY)
    assert [("1", "bolt", 5, 3)] == days(share_out([waiting("1", 3, BOLT)], supply))
    assert () == share_out([waiting("1", 3, LocationId("elsewhere"))], supply)


def test_partners_word_counts_only_where_it_is_believed_and_cannot_be_our_own_transfer() -> None:
    words = [said(2, 5), said(None, 5), said(3, None), said(4, 5, BOLT), said(4, 5, LocationId("gone"))]
    both = {ACME: atp(ACME, 0), BOLT: atp(BOLT, 0)}
    assert [2, 4] == [(each.day - TODAY).days for each in coming(both, words, TODAY)]
    stale = {ACME: atp(ACME, 5, usable=False)}
    assert () == coming(stale, words, TODAY)
    assert [6] == [(each.day - TODAY).days for each in coming({ACME: atp(ACME, 0)}, [*words, transfer(6, 1)], TODAY)]


places = st.sampled_from(PLACES)
units = st.integers(1, 12)
supplies = st.lists(st.builds(transfer, st.integers(0, 6), units, places), max_size=6)
books = st.fixed_dictionaries({place: st.builds(atp, st.just(place), st.integers(-8, 8)) for place in PLACES})
lines = st.lists(st.tuples(units, st.sets(places, min_size=1)), max_size=6).map(
    lambda drawn: [waiting(str(number), count, *where) for number, (count, where) in enumerate(drawn)]
)


def is_by(each: Coming | Expected, place: LocationId, until: date) -> bool:
    return each.location == place and each.day is not None and each.day <= until


@given(books, supplies, lines)
def test_units_told_by_a_day_never_exceed_those_free_or_due_by_then(
    atps: dict[LocationId, Atp], expected: list[Expected], orders: list[Waiting]
) -> None:
    told = share_out(orders, coming(atps, expected, TODAY))
    for place in PLACES:
        for number in range(7):
            by_then = [each.coming.quantity for each in told if is_by(each.coming, place, day(number))]
            due = [each.quantity or Decimal(0) for each in expected if is_by(each, place, day(number))]
            here = sum(by_then, Decimal(0))
            assert here <= max(Decimal(0), atps[place].quantity + sum(due, Decimal(0)))


@given(books, supplies, lines, st.integers(0, 6))
def test_orders_after_it_never_change_what_an_order_is_told(
    atps: dict[LocationId, Atp], expected: list[Expected], orders: list[Waiting], first: int
) -> None:
    supply = coming(atps, expected, TODAY)
    alone = share_out(orders[:first], supply)
    assert alone == share_out(orders, supply)[: len(alone)]


def _left(supply: Sequence[Coming], told: Sequence[Told], place: LocationId, until: date) -> Decimal:
    there = sum((each.quantity for each in supply if (each.location, each.day) == (place, until)), Decimal(0))
    taken = (t.coming.quantity for t in told if (t.coming.location, t.coming.day) == (place, until))
    return there - sum(taken, Decimal(0))


@given(books, supplies, lines)
def test_nobody_waits_longer_than_for_the_first_goods_that_are_left(
    atps: dict[LocationId, Atp], expected: list[Expected], orders: list[Waiting]
) -> None:
    supply = coming(atps, expected, TODAY)
    told = share_out(orders, supply)
    for order in orders:
        mine = [each for each in told if each.order_id == order.order_id]
        got = sum((each.coming.quantity for each in mine), Decimal(0))
        assert got <= order.quantity
        last = day(99) if got < order.quantity else max(each.coming.day for each in mine)
        for place in order.locations:
            for on in {each.day for each in supply if each.day < last}:
                assert 0 == _left(supply, told, place, on)
