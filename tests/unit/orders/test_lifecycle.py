"""Moves of units: legal ones conserve, illegal ones are errors."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.errors import IllegalTransitionError
from hub.model.identity import LineId
from hub.model.order import LineCounters, OrderStatus
from hub.orders import lifecycle
from tests.builders import an_order

Move = Callable[[LineCounters, Decimal], LineCounters]
MOVES: dict[str, Move] = {
    "reserve": lifecycle.reserve,
    "allocate": lifecycle.allocate,
    "backorder": lifecycle.backorder,
    "reject": lambda c, n: lifecycle.reopen(c, reserved=n),
    "give up": lambda c, n: lifecycle.reopen(c, allocated=n),
    "un-backorder": lambda c, n: lifecycle.reopen(c, backordered=n),
    "fill": lambda c, n: lifecycle.answer(c, opened=Decimal(0), reserved=Decimal(0), allocated=n, backordered=-n),
    "ship allocated": lambda c, n: lifecycle.ship(c, allocated=n),
    "ship reserved": lambda c, n: lifecycle.ship(c, reserved=n),
    "ship backordered": lambda c, n: lifecycle.ship(c, backordered=n),
    "ship cancelled": lambda c, n: lifecycle.ship(c, cancelled=n),
    "cancel open": lambda c, n: lifecycle.cancel(c, opened=n),
    "cancel allocated": lambda c, n: lifecycle.cancel(c, allocated=n),
    "return": lifecycle.take_back,
    "add": lifecycle.add_demand,
}


@given(
    st.integers(1, 20),
    st.lists(st.tuples(st.sampled_from(sorted(MOVES)), st.integers(-2, 6).map(Decimal)), max_size=30),
)
def test_every_sequence_of_moves_conserves_units(ordered: int, moves: list[tuple[str, Decimal]]) -> None:
    counters = LineCounters.fresh(Decimal(ordered))
    for name, units in moves:
        before = counters
        try:
            counters = MOVES[name](counters, units)
        except IllegalTransitionError:
            assert counters == before
            continue
        placed = counters.open + counters.reserved + counters.allocated + counters.backordered
        assert counters.ordered == placed + counters.shipped + counters.cancelled
        assert Decimal(0) <= counters.returned <= counters.shipped


@pytest.mark.parametrize("name", sorted(set(MOVES) - {"add", "reserve", "cancel open"}))
def test_units_that_are_not_there_cannot_be_moved(name: str) -> None:
    with pytest.raises(IllegalTransitionError):
        MOVES[name](LineCounters.fresh(Decimal(5)), Decimal(1))


def test_rejection_of_more_than_was_answered_is_illegal() -> None:
    with pytest.raises(IllegalTransitionError):
        lifecycle.answer(
            LineCounters.fresh(Decimal(5)),
            opened=Decimal(-1),
            reserved=Decimal(1),
            allocated=Decimal(0),
            backordered=Decimal(0),
        )


def counted(**units: int) -> LineCounters:
    amounts = {name: Decimal(value) for name, value in units.items()}
    return LineCounters(ordered=sum(amounts.values(), Decimal(0)), **amounts)


@pytest.mark.parametrize(
    ("first", "second", "hold", "status"),
    [
        (counted(open=2), counted(open=1), "", OrderStatus.OPEN),
        (counted(allocated=2), counted(shipped=1), "", OrderStatus.PARTIALLY_FULFILLED),
        (counted(shipped=2), counted(shipped=1), "", OrderStatus.FULFILLED),
        (counted(shipped=2), counted(cancelled=1), "", OrderStatus.FULFILLED),
        (counted(cancelled=2), counted(cancelled=1), "", OrderStatus.CANCELLED),
        (counted(open=2), counted(shipped=1), "look", OrderStatus.HELD),
        (counted(shipped=2), counted(shipped=1), "look", OrderStatus.FULFILLED),
    ],
)
def test_status_follows_from_the_lines(
    first: LineCounters, second: LineCounters, hold: str, status: OrderStatus
) -> None:
    order = an_order(A=2, B=1)
    assert lifecycle.derive_status(order, {LineId("A"): first, LineId("B"): second}, hold) is status


def test_order_of_unmapped_lines_only_is_quarantined() -> None:
    order = an_order(A=(None, 2), B=("B", 1))
    fresh = {LineId("A"): counted(open=2), LineId("B"): counted(open=1)}
    assert lifecycle.derive_status(order, fresh, "") is OrderStatus.OPEN
    rest = {**fresh, LineId("B"): counted(cancelled=1)}
    assert lifecycle.derive_status(order, rest, "") is OrderStatus.QUARANTINED
