"""Soft holds: kept for carts and quotes, counted once, given to the order that names them, never longer than agreed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from hub.errors import DataError
from hub.flows.explain_stock import explain_stock
from hub.flows.hold_stock import Wanted, extend_hold, hold_stock, release_hold
from hub.flows.publish_quantities import channel_quantities
from hub.flows.route_order import plan_again
from hub.flows.trace_stock import trace_stock
from hub.model.events import EventKind
from hub.model.identity import ChannelId, ConnectionId, LocationId, OrderId, Sku, SoftHoldKey
from hub.model.ledger import Cause
from hub.model.network import Channel, Network
from hub.model.order import Order
from hub.model.returns import Cancellation
from hub.model.soft_hold import SoftHold
from tests.builders import NOW, SHOP, Desk, a_location, a_network, a_report, an_order, at, broken_laws

CART = SoftHoldKey("cart-1")
ACME, BOLT = LocationId("acme"), LocationId("bolt")


def a_desk(**network: int) -> Desk:
    """A shop that sells from acme (5 of A) and bolt (3 of A and 8 of B)."""
    desk = Desk(a_network(a_location("acme"), a_location("bolt", per_request="9"), **network))
    desk.stock("acme", A=5)
    desk.stock("bolt", A=3, B=8)
    desk.tick()
    return desk


def hold(
    desk: Desk,
    key: SoftHoldKey = CART,
    *,
    minutes: float = 30,
    location: str | None = None,
    channel: ChannelId | None = SHOP,
    **units: int,
) -> SoftHold:
    return hold_stock(
        desk.work(),
        Wanted(
            key=key,
            units={Sku(sku): Decimal(quantity) for sku, quantity in units.items()},
            expires_at=desk.now + timedelta(minutes=minutes),
            location=LocationId(location) if location else None,
            channel=channel,
        ),
    )


def naming(order: Order, key: SoftHoldKey = CART) -> Order:
    return order.model_copy(update={"soft_hold": key})


def order(desk: Desk, number: int = 1, key: SoftHoldKey = CART, **lines: int | tuple[str | None, int]) -> OrderId:
    """An order that names the hold, taken and not yet routed."""
    placed = naming(an_order(number, "1", **lines), key)
    desk.receive(placed, "shop")
    return placed.order_id


def kept(desk: Desk, key: SoftHoldKey = CART) -> SoftHold:
    found = desk.uow.soft_holds.get(key)
    assert found is not None
    return found


def shown(desk: Desk, sku: str = "A") -> Decimal:
    return channel_quantities(desk.work(), desk.network.channels[0], [Sku(sku)])[Sku(sku)].quantity


def test_held_units_are_a_term_of_what_may_be_promised_and_are_not_sold() -> None:
    desk = a_desk()
    hold(desk, location="acme", channel=None, A=2)
    found = explain_stock(desk.work(), Sku("A"))
    assert Decimal(3) == found.atps[ACME].quantity
    assert [("on hand", Decimal(5)), ("kept by soft holds", Decimal(-2))] == [
        (term.words, term.quantity) for term in found.atps[ACME].terms
    ]
    assert Decimal(3) == desk.balance("A", "acme").available
    assert Decimal(6) == found.channels[SHOP].quantity
    assert broken_laws(desk) == []


def test_channel_is_told_when_units_are_held_and_when_they_are_free_again() -> None:
    desk = a_desk()
    desk.send(kinds=("inventory",))
    hold(desk, A=5)
    desk.tick()
    assert ["A = 3"] == [item.subject for item in desk.pending("inventory")]
    desk.tick(minutes=31)
    assert ["A = 8"] == [item.subject for item in desk.pending("inventory")]


def test_another_order_does_not_get_held_units() -> None:
    desk = a_desk()
    hold(desk, A=8)
    other = desk.place(2, A=1)
    assert Decimal(1) == desk.counters(other, "A").open
    desk.tick(minutes=31)
    assert Decimal(1) == desk.counters(other, "A").reserved


def test_units_are_kept_together_where_one_location_has_them() -> None:
    desk = a_desk()
    assert [(BOLT, Decimal(2)), (BOLT, Decimal(1))] == [
        (each.location, each.held) for each in hold(desk, A=2, B=1).units
    ]
    parts = hold(desk, SoftHoldKey("cart-2"), A=6)
    assert [(ACME, Decimal(5)), (BOLT, Decimal(1))] == [(each.location, each.held) for each in parts.units]


def test_more_than_may_be_promised_is_not_held_and_nothing_is_kept_of_it() -> None:
    desk = a_desk()
    with pytest.raises(DataError) as refused:
        hold(desk, A=9, B=1)
    assert ("hold.not-covered", "9 A cannot be kept, 8 can.") == (refused.value.code, refused.value.message)
    assert desk.uow.soft_holds.page(live_only=False) == []
    assert Decimal(0) == desk.balance("B", "bolt").soft_held


def test_orders_that_wait_for_a_location_go_before_a_hold() -> None:
    desk = a_desk()
    desk.receive(an_order(A=6), "shop")
    with pytest.raises(DataError, match="2 can"):
        hold(desk, A=3)
    assert Decimal(2) == hold(desk, A=2).held[Sku("A")]


def test_safety_stock_is_not_held() -> None:
    desk = Desk(a_network(a_location("acme", safety=2)))
    desk.stock("acme", A=5)
    with pytest.raises(DataError, match="3 can"):
        hold(desk, A=4)


def test_where_whole_packs_are_shipped_only_whole_packs_are_held() -> None:
    desk = Desk(a_network(a_location("acme", pack_multiple=True), a_location("bolt")))
    desk.receive(a_report("acme", {"A": 3}, units_each=4), "acme")
    desk.stock("bolt", A=2)
    found = hold(desk, A=6)
    assert [(ACME, Decimal(4)), (BOLT, Decimal(2))] == [(each.location, each.held) for each in found.units]
    with pytest.raises(DataError, match="0 can"):
        hold(desk, SoftHoldKey("cart-2"), A=3)
    mine = order(desk, A=6)
    desk.tick()
    assert Decimal(6) == desk.counters(mine, "A").reserved


def test_the_same_key_again_is_the_same_hold_and_other_units_are_refused() -> None:
    desk = a_desk()
    first = hold(desk, A=2)
    assert first == hold(desk, minutes=50, A=2)
    with pytest.raises(DataError) as more:
        hold(desk, A=3)
    with pytest.raises(DataError) as others:
        hold(desk, A=2, B=1)
    assert ["hold.known-key"] * 2 == [more.value.code, others.value.code]
    desk.tick(minutes=40)
    assert not hold(desk, A=2).live
    assert Decimal(0) == desk.balance("A", "acme").soft_held


@pytest.mark.parametrize("minutes", [0, -5, 72 * 60 + 1])
def test_a_hold_ends_within_the_time_that_is_allowed(minutes: float) -> None:
    desk = a_desk()
    with pytest.raises(DataError) as refused:
        hold(desk, minutes=minutes, A=1)
    assert refused.value.code == "hold.moment"


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"location": "nowhere"}, "hold.place"),
        ({"channel": ChannelId("nobody")}, "hold.place"),
        ({"channel": None}, "hold.place"),
        ({"A": 0}, "hold.units"),
        ({"key": SoftHoldKey("")}, "hold.units"),
    ],
)
def test_what_cannot_be_meant_is_refused(given: dict[str, object], code: str) -> None:
    with pytest.raises(DataError) as refused:
        hold(a_desk(), **{"A": 1, **given})  # type: ignore[arg-type]
    assert refused.value.code == code


def test_an_expired_hold_holds_nothing_and_wakes_who_waits() -> None:
    desk = a_desk()
    hold(desk, A=8)
    waiting = desk.place(1, A=2)
    assert Decimal(2) == desk.counters(waiting, "A").open
    desk.tick(minutes=30)
    assert not kept(desk).live
    assert Decimal(2) == desk.counters(waiting, "A").reserved
    assert broken_laws(desk) == []


def test_an_extended_hold_ends_later_and_never_sooner() -> None:
    desk = a_desk()
    hold(desk, A=8)
    assert at(60) == extend_hold(desk.work(), CART, at(60)).expires_at
    assert at(60) == extend_hold(desk.work(), CART, at(10)).expires_at
    desk.tick(minutes=45)
    assert kept(desk).live
    desk.tick(minutes=15)
    assert not kept(desk).live
    with pytest.raises(DataError) as ended:
        extend_hold(desk.work(), CART, desk.now + timedelta(hours=1))
    assert ended.value.code == "hold.ended"


def test_a_released_hold_gives_its_units_to_who_waits() -> None:
    desk = a_desk()
    hold(desk, A=8)
    waiting = desk.place(1, A=2)
    assert not release_hold(desk.work(), CART).live
    desk.tick()
    assert Decimal(2) == desk.counters(waiting, "A").reserved
    assert not release_hold(desk.work(), CART).live
    with pytest.raises(DataError) as unknown:
        release_hold(desk.work(), SoftHoldKey("none"))
    assert unknown.value.code == "hold.unknown"


def test_the_order_that_names_the_hold_gets_its_units() -> None:
    desk = a_desk()
    hold(desk, A=8)
    rival = desk.place(2, A=1)
    mine = order(desk, 3, A=8)
    desk.tick()
    assert Decimal(8) == desk.counters(mine, "A").reserved
    assert Decimal(1) == desk.counters(rival, "A").open
    assert not kept(desk).live
    assert (Decimal(5), Decimal(0)) == (desk.balance("A", "acme").reserved, desk.balance("A", "acme").soft_held)
    assert EventKind.SOFT_HOLD_CLAIMED in desk.kinds(mine)
    assert broken_laws(desk) == []


def test_units_of_an_order_that_waits_with_its_hold_count_once() -> None:
    desk = a_desk()
    hold(desk, A=3)
    mine = order(desk, A=3)
    assert Decimal(3) == desk.counters(mine, "A").open
    assert Decimal(5) == shown(desk)
    desk.tick()
    assert Decimal(5) == shown(desk)


def test_an_order_takes_what_it_needs_of_its_hold_and_the_rest_is_free() -> None:
    desk = a_desk()
    hold(desk, A=6, B=2)
    mine = order(desk, A=2)
    assert {Sku("A"): Decimal(2), Sku("B"): Decimal(0)} == kept(desk).held
    desk.tick()
    assert Decimal(2) == desk.counters(mine, "A").reserved
    assert Decimal(6) == shown(desk)


def test_an_order_for_more_than_its_hold_gets_the_rest_where_it_is_free() -> None:
    desk = a_desk()
    hold(desk, location="acme", A=3)
    mine = order(desk, A=7)
    desk.tick()
    assert Decimal(7) == desk.counters(mine, "A").reserved
    assert broken_laws(desk) == []


def test_where_shipping_is_cheaper_elsewhere_the_held_units_are_free_again() -> None:
    desk = a_desk()
    hold(desk, location="bolt", A=3)
    mine = order(desk, A=3)
    desk.tick()
    assert [ACME] == [request.location for request in desk.requests(mine)]
    assert Decimal(0) == desk.balance("A", "bolt").soft_held
    assert broken_laws(desk) == []


def test_explained_again_routing_knows_of_the_hold() -> None:
    desk = a_desk()
    hold(desk, A=8)
    mine = order(desk, A=8)
    plan = plan_again(desk.work(), mine)
    assert plan is not None
    assert plan.unrouted == ()


def test_a_hold_is_not_given_back_while_its_order_needs_it() -> None:
    desk = a_desk()
    hold(desk, A=5)
    mine = order(desk, A=5)
    record = desk.work().keep(replace(desk.order(mine), hold="order.price-missing: A person must look."))
    for _ in range(3):
        desk.tick(minutes=60 * 72)
        assert kept(desk).live
    with pytest.raises(DataError) as refused:
        release_hold(desk.work(), CART)
    assert refused.value.code == "hold.owed"
    desk.work().keep(replace(desk.order(mine), hold=""))
    desk.uow.tasks.schedule("route", record.order_id, desk.now)
    desk.tick()
    assert Decimal(5) == desk.counters(mine, "A").reserved
    assert not kept(desk).live


def test_a_cancelled_order_keeps_nothing() -> None:
    desk = a_desk()
    hold(desk, A=5)
    mine = order(desk, A=5)
    desk.receive(Cancellation(channel=SHOP, external_id="5001", cancelled_at=desk.now), "shop")
    assert Decimal(5) == desk.counters(mine, "A").cancelled
    assert not kept(desk).live
    assert Decimal(8) == shown(desk)


def test_a_line_without_sku_keeps_the_hold_until_it_has_one() -> None:
    desk = a_desk()
    hold(desk, A=5)
    mine = order(desk, L1=(None, 5))
    desk.tick(minutes=60)
    assert Decimal(5) == kept(desk).held[Sku("A")]
    desk.receive(naming(an_order(L1=("A", 5))), "shop")
    desk.tick()
    assert Decimal(5) == desk.counters(mine, "L1").reserved
    assert not kept(desk).live


def test_only_one_order_claims_a_hold() -> None:
    desk = a_desk()
    hold(desk, A=8)
    first, second = order(desk, 1, A=8), order(desk, 2, A=8)
    desk.tick()
    assert Decimal(8) == desk.counters(first, "A").reserved
    assert Decimal(8) == desk.counters(second, "A").open
    assert [{"hold": "cart-1", "reason": f"claimed by {first}"}] == [
        dict(event.data) for event in desk.uow.orders.timeline(second) if event.kind is EventKind.SOFT_HOLD_MISSED
    ]


def test_a_hold_of_another_channel_and_one_that_ended_are_passed_over() -> None:
    shops = (SHOP, ChannelId("stall"))
    locations = (a_location("acme"),)
    channels = tuple(Channel(channel=each, connection=ConnectionId("shop"), sells_from=(ACME,)) for each in shops)
    desk = Desk(Network(locations=locations, channels=channels))
    desk.stock("acme", A=5)
    hold(desk, channel=shops[1], A=3)
    hold(desk, SoftHoldKey("short"), minutes=1, A=1)
    mine = order(desk, A=1)
    assert kept(desk).order_id is None
    desk.tick(minutes=2)
    late, lost = order(desk, 2, SoftHoldKey("short"), A=1), order(desk, 3, SoftHoldKey("never"), A=1)
    missed = [
        event.data["reason"]
        for each in (mine, late, lost)
        for event in desk.uow.orders.timeline(each)
        if event.kind is EventKind.SOFT_HOLD_MISSED
    ]
    assert ["for stall", "ended", "unknown"] == missed
    desk.tick(minutes=31)
    assert [Decimal(1)] * 3 == [desk.counters(each, "A").reserved for each in (mine, late, lost)]


def test_a_hold_where_the_order_cannot_be_shipped_from_is_passed_over() -> None:
    desk = Desk(a_network(a_location("acme")))
    away = a_location("away")
    desk.network = desk.network.model_copy(update={"locations": (*desk.network.locations, away)})
    desk.stock("away", A=3)
    hold(desk, location="away", channel=None, A=3)
    mine = order(desk, A=3)
    assert ["kept at away"] == [
        event.data["reason"] for event in desk.uow.orders.timeline(mine) if event.kind is EventKind.SOFT_HOLD_MISSED
    ]
    desk.tick(minutes=31)
    assert not kept(desk).live


def test_a_newer_version_that_names_no_hold_keeps_the_one_it_has() -> None:
    desk = a_desk()
    hold(desk, A=8)
    mine = order(desk, A=8)
    desk.receive(an_order(1, "2", A=4), "shop")
    assert Decimal(4) == kept(desk).held[Sku("A")]
    desk.tick()
    assert Decimal(4) == desk.counters(mine, "A").reserved
    assert not kept(desk).live


def test_the_same_order_again_changes_nothing() -> None:
    desk = a_desk()
    hold(desk, A=5)
    mine = order(desk, A=5)
    order(desk, A=5)
    assert 1 == desk.kinds(mine).count(EventKind.SOFT_HOLD_CLAIMED)
    assert Decimal(5) == kept(desk).held[Sku("A")]


def test_where_a_count_leaves_less_than_is_held_the_first_order_gets_what_is_there() -> None:
    desk = Desk(a_network(a_location("acme")))
    desk.stock("acme", A=10)
    hold(desk, SoftHoldKey("one"), A=5)
    hold(desk, SoftHoldKey("two"), A=5)
    desk.now = at(1)
    desk.stock("acme", A=5)
    assert Decimal(-5) == desk.balance("A", "acme").available
    first, second = order(desk, 1, SoftHoldKey("one"), A=5), order(desk, 2, SoftHoldKey("two"), A=5)
    desk.tick()
    assert [Decimal(5), Decimal(0)] == [desk.counters(each, "A").reserved for each in (first, second)]
    assert broken_laws(desk) == []


def test_history_tells_of_holds_and_balances_add_up_backwards() -> None:
    desk = a_desk()
    desk.now = at(1)
    hold(desk, location="acme", A=4)
    desk.now = at(2)
    order(desk, A=3)
    desk.tick()
    rows = trace_stock(desk.uow, Sku("A"), ACME, limit=10).rows
    assert [Cause.RESERVATION, Cause.SOFT_HOLD_RESERVED, Cause.SOFT_HOLD_RELEASED, Cause.SOFT_HOLD, Cause.COUNT] == [
        each.row.cause for each in rows
    ]
    assert [Decimal(2), Decimal(5), Decimal(2), Decimal(1), Decimal(5)] == [each.after.available for each in rows]


def test_as_of_knows_what_was_held_then() -> None:
    desk = a_desk()
    hold(desk, location="acme", A=4)
    desk.tick(minutes=31)
    [then] = desk.uow.ledger.as_of(at(5), desk.now, [Sku("A")], [ACME])
    assert (Decimal(4), Decimal(1)) == (then.soft_held, then.available)
    [later] = desk.uow.ledger.as_of(desk.now, desk.now, [Sku("A")], [ACME])
    assert Decimal(0) == later.soft_held
    assert desk.now > NOW
