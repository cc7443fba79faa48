"""Quotas and ring fences: what each of two channels is told of the stock that both sell from."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from hub.flows.explain_stock import explain_stock
from hub.model.identity import ChannelId, ConnectionId, LocationId, Sku
from hub.model.network import Channel
from hub.model.order import Order
from hub.model.returns import Cancellation
from hub.model.stock import QuantityUpdate
from tests.builders import SHOP, Desk, a_location, a_network, an_order

MARKET = ChannelId("market")


def a_desk(shop: dict[str, Any], market: dict[str, Any]) -> Desk:
    """A shop and a marketplace that sell the same 30 units."""
    network = a_network(a_location("acme"))
    first = network.channels[0].model_copy(update=shop)
    second = Channel(channel=MARKET, connection=ConnectionId("market"), sells_from=(LocationId("acme"),), **market)
    desk = Desk(network.model_copy(update={"channels": (first, second)}))
    desk.stock("acme", A=30)
    desk.tick()
    return desk


def told(desk: Desk) -> dict[str, int]:
    """What each channel was told last."""
    items = [item for item in desk.uow.outbox.page(limit=1000)[::-1] if item.kind == "inventory"]
    updates = [QuantityUpdate.model_validate_json(item.payload) for item in items]
    return {update.channel: int(update.quantity) for update in updates}


def sell(desk: Desk, number: int, units: int) -> Order:
    order = an_order(number, A=units).model_copy(update={"channel": MARKET, "placed_at": desk.now})
    desk.receive(order, "market")
    desk.tick()
    return order


def test_units_ring_fenced_for_the_shop_are_not_shown_elsewhere() -> None:
    desk = a_desk({"ring_fence": Decimal(20)}, {})
    assert {SHOP: 30, MARKET: 10} == told(desk)
    sell(desk, 1, 4)
    assert {SHOP: 26, MARKET: 6} == told(desk)
    words = [term.words for term in explain_stock(desk.work(), Sku("A")).channels[MARKET].terms]
    assert "ring-fenced for shop" in words


def test_order_of_more_than_is_left_outside_a_ring_fence_is_still_routed() -> None:
    desk = a_desk({"ring_fence": Decimal(20)}, {})
    order = sell(desk, 1, 15)
    assert [15] == [line.quantity for request in desk.requests(order.order_id) for line in request.lines]
    assert {SHOP: 15, MARKET: 0} == told(desk)


def test_marketplace_sells_no_more_than_its_quota_in_all() -> None:
    desk = a_desk({}, {"quota": Decimal(12)})
    assert {SHOP: 30, MARKET: 12} == told(desk)
    order = sell(desk, 1, 5)
    assert {SHOP: 25, MARKET: 7} == told(desk)
    sell(desk, 2, 7)
    assert {SHOP: 18, MARKET: 0} == told(desk)
    desk.receive(Cancellation(channel=MARKET, external_id=order.external_id, cancelled_at=desk.now), "market")
    desk.tick()
    assert {SHOP: 23, MARKET: 5} == told(desk)


def test_sale_that_is_older_than_the_window_counts_no_more() -> None:
    desk = a_desk({}, {"quota": Decimal(12), "quota_hours": Decimal(24)})
    sell(desk, 1, 5)
    desk.tick(6 * 60)
    sell(desk, 2, 4)
    assert {SHOP: 21, MARKET: 3} == told(desk)
    desk.tick(18 * 60)
    assert {SHOP: 21, MARKET: 3} == told(desk)
    desk.tick(1)
    assert {SHOP: 21, MARKET: 8} == told(desk)
    desk.tick(6 * 60)
    assert {SHOP: 21, MARKET: 12} == told(desk)


def test_quota_counts_from_its_day_on() -> None:
    desk = a_desk({}, {"quota": Decimal(12), "quota_from": (Desk.now).date()})
    sell(desk, 1, 5)
    assert 7 == told(desk)[MARKET]
    earlier = desk.network.channels[1].model_copy(update={"quota_from": desk.now.date().replace(day=desk.now.day + 1)})
    desk.network = desk.network.model_copy(update={"channels": (desk.network.channels[0], earlier)})
    desk.work().touch([Sku("A")])
    desk.tick()
    assert 12 == told(desk)[MARKET]
