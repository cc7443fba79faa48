"""A newer version of an order changes only what is still open; the rest is to be negotiated."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from hub.model.identity import LineId
from hub.model.order import LineCounters, Order, OrderRecord
from hub.orders import lifecycle
from hub.orders.changes import map_lines, merge
from tests.builders import an_order

A = LineId("A")


def a_record(order: Order, reserved: int = 0) -> OrderRecord:
    counters = {line.line_id: LineCounters.fresh(line.quantity) for line in order.lines}
    return OrderRecord(order, {**counters, A: lifecycle.reserve(counters[A], Decimal(reserved))})


def test_more_units_are_open_demand() -> None:
    change = merge(a_record(an_order(A=2), reserved=2), an_order(1, "2", A=5))
    assert change.more == {A: Decimal(3)}
    assert (change.record.counters[A].open, change.record.counters[A].reserved) == (Decimal(3), Decimal(2))


def test_fewer_units_come_off_the_open_ones_and_the_rest_is_negotiated() -> None:
    change = merge(a_record(an_order(A=5), reserved=4), an_order(1, "2", A=2))
    assert change.record.counters[A].cancelled == Decimal(1)
    assert change.to_stop == {A: Decimal(2)}


def test_edit_that_repeats_a_cancellation_stops_nothing_twice() -> None:
    record = a_record(an_order(A=5))
    record = replace(record, counters={A: lifecycle.cancel(record.counters[A], opened=Decimal(2))})
    change = merge(record, an_order(1, "2", A=3))
    assert change.record.counters[A].cancelled == Decimal(2)
    assert not change.to_stop


def test_units_that_could_not_be_stopped_are_wanted_again_before_there_is_new_demand() -> None:
    order = an_order(A=8)
    counters = {A: lifecycle.cancel(lifecycle.reserve(LineCounters.fresh(Decimal(8)), Decimal(4)), opened=Decimal(4))}
    lessened = OrderRecord(order.model_copy(update={"lines": an_order(A=1).lines}), counters)
    change = merge(lessened, an_order(1, "3", A=8))
    assert (change.again, change.more) == ({A: Decimal(3)}, {A: Decimal(4)})
    assert change.record.counters[A].outstanding == Decimal(8)


def test_line_no_longer_named_is_kept_with_its_history() -> None:
    change = merge(a_record(an_order(A=2, B=1), reserved=2), an_order(1, "2", B=1))
    assert {line.line_id for line in change.record.order.lines} == {"A", "B"}
    assert change.to_stop == {A: Decimal(2)}


def test_line_under_way_keeps_its_sku() -> None:
    change = merge(a_record(an_order(A=2), reserved=1), an_order(1, "2", A=("Z", 2)))
    assert change.record.order.lines[0].sku == "A"


def test_parsing_again_fills_in_missing_skus_only() -> None:
    change = map_lines(a_record(an_order(A=(None, 2), B=("B", 1))), an_order(A=("A", 9), B=("Z", 1)))
    assert change.mapped == (A,)
    assert [(line.sku, line.quantity) for line in change.record.order.lines] == [("A", Decimal(2)), ("B", Decimal(1))]


@given(st.lists(st.integers(1, 9), min_size=1, max_size=6), st.integers(0, 9))
def test_versions_converge_on_the_newest_quantity(versions: list[int], reserved: int) -> None:
    record = a_record(an_order(A=9), reserved=reserved)
    for number, quantity in enumerate(versions, 2):
        change = merge(record, an_order(1, str(number), A=quantity))
        stop = (change.to_stop or {}).get(A, Decimal(0))
        counters = {A: lifecycle.cancel(change.record.counters[A], reserved=stop)}
        record = replace(change.record, counters=counters)
        assert record.counters[A].outstanding == Decimal(quantity)
