"""ATP and channel quantities with their working."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.inventory.atp import Atp, available_to_promise, standing
from hub.inventory.channels import channel_quantity
from hub.inventory.counting import Term
from hub.inventory.freshness import Band, Freshness, freshness
from hub.model.identity import ChannelId, ConnectionId, LocationId, Sku
from hub.model.ledger import Balance
from hub.model.network import Channel, CountingRule, ItemLimits
from tests.builders import NOW, a_location, at

SKU = Sku("A")
BELIEVED = Freshness(Band.TRUSTED, None)


def an_atp(location: str, quantity: int, *, why: str = "") -> Atp:
    units = Decimal(quantity)
    code = "stale" if why else ""
    return Atp(SKU, LocationId(location), units, Decimal(0), tuple, not why, code, why, max(Decimal(0), units))


def a_channel(*locations: str, buffer: int = 0, cap: int | None = None) -> Channel:
    return Channel(
        channel=ChannelId("shop"),
        connection=ConnectionId("shop"),
        sells_from=tuple(LocationId(each) for each in locations),
        buffer=Decimal(buffer),
        cap=None if cap is None else Decimal(cap),
    )


def test_promise_is_on_hand_less_all_that_is_taken() -> None:
    balance = Balance(SKU, LocationId("acme"), Decimal(40), Decimal(1), Decimal(12))
    atp = available_to_promise(standing(a_location("acme", safety=2), BELIEVED), balance, Decimal(3))
    assert atp.quantity == Decimal(22)
    assert atp.floor == Decimal(5)
    assert sum((term.quantity for term in atp.terms), Decimal(0)) == atp.quantity
    assert balance.available - atp.floor == atp.quantity


def test_negative_promise_is_shown_and_not_clamped() -> None:
    balance = Balance(SKU, LocationId("acme"), Decimal(2), Decimal(0), Decimal(5))
    assert available_to_promise(standing(a_location("acme"), BELIEVED), balance, Decimal(0)).quantity == Decimal(-3)


@pytest.mark.parametrize(("fresh", "usable"), [(at(-60), True), (at(-240), True), (at(-241), False), (None, False)])
def test_stock_of_a_stale_feed_is_not_promised(fresh: datetime | None, usable: bool) -> None:
    location = a_location("acme", counting=CountingRule(stale_after_hours=Decimal(4)))
    balance = Balance(SKU, LocationId("acme"), Decimal(9))
    atp = available_to_promise(standing(location, freshness(location.counting, fresh, NOW)), balance, Decimal(0))
    assert (atp.usable, atp.code) == (usable, "" if usable else "stale")


def test_worked_channel_quantity() -> None:
    atps = [an_atp("a", 7), an_atp("b", -2), an_atp("c", 12)]
    shown = channel_quantity(a_channel("a", "b", "c", buffer=2, cap=10), SKU, atps, Decimal(3))
    assert shown.quantity == Decimal(10)
    assert sum((term.quantity for term in shown.terms), Decimal(0)) == Decimal(10)


def test_quota_counts_what_was_sold_and_what_is_shown() -> None:
    channel = a_channel("a", cap=10).model_copy(update={"quota": Decimal(50)})
    shown = [channel_quantity(channel, SKU, [an_atp("a", 30)], Decimal(0), sold=Decimal(n)) for n in (0, 44, 50, 60)]
    assert [10, 6, 0, 0] == [each.quantity for each in shown]
    assert Term("quota of 50, 44 sold", Decimal(-24)) in shown[1].terms


def test_ring_fence_holds_back_no_more_than_both_channels_sell_from() -> None:
    shop = a_channel("a", "b").model_copy(update={"ring_fence": Decimal(20)})
    market = a_channel("b", "c").model_copy(update={"channel": ChannelId("market")})
    atps = [an_atp("a", 9), an_atp("b", 5), an_atp("c", 7)]
    assert Decimal(7) == channel_quantity(market, SKU, atps, Decimal(0), others=(shop, market)).quantity
    assert Decimal(14) == channel_quantity(shop, SKU, atps, Decimal(0), others=(shop, market)).quantity


def test_item_has_limits_of_its_own_and_else_those_of_the_channel() -> None:
    own = {SKU: ItemLimits(buffer=Decimal(5), quota=Decimal(8))}
    channel = a_channel("a", buffer=2, cap=10).model_copy(update={"items": own, "ring_fence": Decimal(1)})
    assert (5, 10, 8, 1, 1) == tuple(channel.limits(SKU).model_dump().values())
    assert (2, 10, None, 1, 1) == tuple(channel.limits(Sku("B")).model_dump().values())


def test_stale_location_is_named_and_adds_nothing() -> None:
    shown = channel_quantity(a_channel("a", "b"), SKU, [an_atp("a", 7), an_atp("b", 5, why="old")], Decimal(0))
    assert shown.quantity == Decimal(7)
    assert "b: not counted on, old" in [term.words for term in shown.terms]


def test_waiting_orders_can_take_the_last_unit_off_the_channel() -> None:
    assert channel_quantity(a_channel("a"), SKU, [an_atp("a", 2)], Decimal(5)).quantity == Decimal(0)


@given(
    st.lists(st.integers(-20, 50), max_size=4), st.integers(0, 30), st.integers(0, 9), st.none() | st.integers(0, 40)
)
def test_channel_never_shows_more_than_locations_can_promise(
    stock: list[int], waiting: int, buffer: int, cap: int | None
) -> None:
    names = [f"l{index}" for index in range(len(stock))]
    atps = [an_atp(name, units) for name, units in zip(names, stock, strict=True)]
    shown = channel_quantity(a_channel(*names, buffer=buffer, cap=cap), SKU, atps, Decimal(waiting)).quantity
    most = max(0, sum(max(0, units) for units in stock) - waiting - buffer)
    assert shown == min(most, cap if cap is not None else most)
