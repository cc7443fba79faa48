"""Locations that sell by the lot: what is routed to them, shown of them, held there, and what a cancellation leaves."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import pytest

from hub.errors import DataError
from hub.flows.explain_stock import explain_stock
from hub.flows.follow_settings import follow_settings
from hub.flows.hold_stock import Wanted, hold_stock
from hub.flows.lots import lot_at
from hub.model.identity import LineId, LocationId, Sku, SoftHoldKey
from hub.model.lot import Lot
from hub.model.network import ItemLimits, Location
from hub.model.returns import Cancellation, CancelledLine
from hub.model.stock import QuantityUpdate
from tests.builders import SHOP, Desk, a_location, a_network, a_report, an_order, at

A = Sku("A")
BULK = LocationId("bulk")
LAST_OF_TWELVES = date(2026, 11, 30)


def selling(*lots: Lot, name: str = "bulk", per_request: str = "5", pack_multiple: bool = False) -> Location:
    location = a_location(name, per_request=per_request, pack_multiple=pack_multiple)
    return location.model_copy(update={"lots": {A: lots} if lots else {}})


def by(multiple: int, minimum: int = 0) -> Lot:
    return Lot(multiple=Decimal(multiple), minimum=Decimal(minimum))


def told(desk: Desk) -> int:
    """What the shop was told last."""
    newest = next(item for item in desk.uow.outbox.page(limit=1000) if item.kind == "inventory")
    return int(QuantityUpdate.model_validate_json(newest.payload).quantity)


def test_order_below_the_minimum_waits_with_its_reason() -> None:
    desk = Desk(a_network(selling(by(1, minimum=6))))
    desk.stock("bulk", A=60)
    order_id = desk.place(A=2)
    assert [] == desk.requests(order_id)
    [unrouted] = desk.uow.requests.plans(order_id)[-1].unrouted
    assert ("routing.below-minimum", Decimal(2)) == (unrouted.code, unrouted.quantity)
    assert "bulk sells at least 6: 2 wanted" in unrouted.reason


def test_order_that_reaches_the_minimum_is_sent_as_it_was_ordered() -> None:
    desk = Desk(a_network(selling(by(1, minimum=6))))
    desk.stock("bulk", A=60)
    [request] = desk.requests(desk.place(A=7))
    assert [Decimal(7)] == [line.quantity for line in request.lines]


def test_what_the_partner_says_of_its_packs_goes_before_how_it_counts() -> None:
    desk = Desk(a_network(selling(by(6), pack_multiple=True)))
    desk.receive(a_report("bulk", {"A": 10}, units_each=12), "bulk")
    [request] = desk.requests(desk.place(A=6))
    assert [Decimal(6)] == [line.quantity for line in request.lines]


def test_lot_of_the_day_binds() -> None:
    twelves = Lot(multiple=Decimal(12), until=LAST_OF_TWELVES)
    tens = Lot(multiple=Decimal(10), since=date(2026, 12, 1))
    location = selling(twelves, tens)
    desk = Desk(a_network(location))
    desk.now = datetime(2026, 11, 30, 23, 59, tzinfo=UTC)
    assert Decimal(12) == lot_at(desk.work(), location, A).multiple
    desk.now = datetime(2026, 12, 1, tzinfo=UTC)
    assert Decimal(10) == lot_at(desk.work(), location, A).multiple


def test_shop_is_not_shown_cases_that_its_customers_cannot_buy() -> None:
    network = a_network(selling(by(6)), a_location("loose"))
    desk = Desk(network)
    desk.stock("loose", A=4)
    desk.stock("bulk", A=60)
    desk.tick()
    assert 4 == told(desk)
    words = [term.words for term in explain_stock(desk.work(), A).channels[SHOP].terms]
    assert "bulk: sells by 6, the channel by 1" in words


def test_shop_whose_item_is_sold_by_the_case_is_shown_whole_cases() -> None:
    network = a_network(selling(by(6)))
    shop = network.channels[0].model_copy(update={"items": {A: ItemLimits(multiple=Decimal(6))}})
    desk = Desk(network.model_copy(update={"channels": (shop,)}))
    desk.stock("bulk", A=20)
    desk.tick()
    assert 18 == told(desk)


def test_units_of_a_cart_are_kept_where_they_can_be_shipped() -> None:
    desk = Desk(a_network(selling(by(1, minimum=6)), a_location("loose")))
    desk.stock("bulk", A=60)
    desk.stock("loose", A=3)
    cart = Wanted(SoftHoldKey("cart"), {A: Decimal(2)}, at(30), channel=SHOP)
    assert [LocationId("loose")] == [each.location for each in hold_stock(desk.work(), cart).units]
    more = Wanted(SoftHoldKey("more"), {A: Decimal(5)}, at(30), location=BULK)
    with pytest.raises(DataError, match="0 can"):
        hold_stock(desk.work(), more)


def test_channels_hear_of_other_lots_on_the_day_they_begin() -> None:
    last = Lot(multiple=Decimal(1), until=LAST_OF_TWELVES)
    cases = Lot(multiple=Decimal(6), since=LAST_OF_TWELVES + timedelta(days=1))
    desk = Desk(a_network(selling(last, cases)))
    desk.stock("bulk", A=60)
    follow_settings(desk.work())
    desk.tick()
    assert 60 == told(desk)
    desk.now = datetime.combine(LAST_OF_TWELVES, time(23, 59), UTC)
    desk.tick()
    assert 60 == told(desk)
    desk.tick(minutes=2)
    assert 0 == told(desk)


def cancelled(units: int) -> Cancellation:
    line = CancelledLine(line_id=LineId("A"), quantity=Decimal(units))
    return Cancellation(channel=SHOP, external_id=an_order(A=8).external_id, cancelled_at=at(1), lines=(line,))


def test_rest_of_an_unsent_request_that_falls_below_the_minimum_is_not_sent() -> None:
    desk = Desk(a_network(selling(by(1, minimum=6))))
    desk.stock("bulk", A=60)
    order_id = desk.place(A=8)
    desk.receive(cancelled(3), "shop")
    desk.tick(minutes=1)
    assert Decimal(5) == desk.counters(order_id, "A").open
    assert Decimal(0) == desk.balance("A", "bulk").reserved
    assert "routing.below-minimum" == desk.uow.requests.plans(order_id)[-1].unrouted[0].code


def test_part_of_a_sent_line_is_left_as_it_is_whatever_the_minimum() -> None:
    desk = Desk(a_network(selling(by(1, minimum=6))))
    desk.stock("bulk", A=60)
    order_id = desk.place(A=8)
    desk.send()
    desk.receive(cancelled(3), "shop")
    desk.tick(minutes=1)
    [request] = desk.requests(order_id)
    assert [Decimal(8)] == [line.outstanding for line in request.lines]
