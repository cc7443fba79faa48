"""Settings that decide what a channel shows were changed: it is told, though nothing moved."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from hub.flows.follow_settings import follow_settings
from hub.flows.publish_quantities import publish_quantities
from hub.model.identity import LocationId
from hub.model.network import CountingRule, Network
from hub.model.shipping_cost import ShippingCost
from hub.model.stock import QuantityUpdate
from tests.builders import SHOP, Desk, a_kit, a_location, a_network


def a_desk() -> Desk:
    """A shop that sells 30 units of A and 4 of B at one supplier, and 5 of A in a store."""
    desk = Desk(a_network(a_location("acme"), a_location("store")))
    desk.stock("acme", A=30, B=4)
    desk.stock("store", A=5)
    desk.tick()
    return desk


def shop_with(desk: Desk, **changes: Any) -> Network:
    channel = desk.network.channels[0].model_copy(update=changes)
    return desk.network.model_copy(update={"channels": (channel, *desk.network.channels[1:])})


def acme_with(desk: Desk, **changes: Any) -> Network:
    first, *rest = desk.network.locations
    return desk.network.model_copy(update={"locations": (first.model_copy(update=changes), *rest)})


def told(desk: Desk) -> list[tuple[str, int]]:
    """Every update of the shop there was, in order."""
    items = [item for item in desk.uow.outbox.page(limit=1000)[::-1] if item.kind == "inventory"]
    updates = [QuantityUpdate.model_validate_json(item.payload) for item in items]
    return [(update.sku, int(update.quantity)) for update in updates if update.channel == SHOP]


def told_after(desk: Desk, network: Network) -> list[tuple[str, int]]:
    """What the shop is told once its settings are these."""
    before = len(told(desk))
    desk.network = network
    follow_settings(desk.work())
    desk.tick()
    return told(desk)[before:]


def test_a_channel_starts_with_what_its_settings_give() -> None:
    assert [("A", 35), ("B", 4)] == sorted(told(a_desk()))


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"buffer": Decimal(2)}, [("A", 33), ("B", 2)]),
        ({"cap": Decimal(10)}, [("A", 10)]),
        ({"quota": Decimal(3)}, [("A", 3), ("B", 3)]),
        ({"sells_from": (LocationId("store"),)}, [("A", 5), ("B", 0)]),
        ({"sells_from": ()}, [("A", 0), ("B", 0)]),
    ],
)
def test_changed_settings_of_a_channel_reach_every_item(changes: dict[str, Any], expected: list[Any]) -> None:
    desk = a_desk()
    assert expected == sorted(told_after(desk, shop_with(desk, **changes)))


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"safety_stock": Decimal(1)}, [("A", 34), ("B", 3)]),
        ({"active": False}, [("A", 5), ("B", 0)]),
        ({"counting": CountingRule(floor_after_hours=Decimal(1), floor=Decimal(3))}, [("A", 8), ("B", 3)]),
    ],
)
def test_changed_settings_of_a_location_reach_every_item(changes: dict[str, Any], expected: list[Any]) -> None:
    desk = a_desk()
    desk.tick(61)
    assert expected == sorted(told_after(desk, acme_with(desk, **changes)))


def test_age_that_counts_only_since_the_change_is_watched_from_then_on() -> None:
    desk = a_desk()
    assert not told_after(desk, acme_with(desk, counting=CountingRule(stale_after_hours=Decimal(1))))
    desk.tick(61)
    assert [("A", 5), ("B", 0)] == sorted(told(desk)[2:])


def test_a_location_that_comes_ships_what_waits() -> None:
    desk = a_desk()
    whole = desk.network
    desk.network = acme_with(desk, active=False)
    order_id = desk.place(B=3)
    assert [] == desk.requests(order_id)
    told_after(desk, whole)
    assert ["acme"] == [request.location for request in desk.requests(order_id)]


def test_ring_fence_of_another_channel_is_seen_at_once() -> None:
    desk = a_desk()
    other = desk.network.channels[0].model_copy(update={"channel": "market", "ring_fence": Decimal(4)})
    assert [("A", 31), ("B", 0)] == sorted(
        told_after(desk, desk.network.model_copy(update={"channels": (*desk.network.channels, other)}))
    )


def test_settings_that_decide_no_quantity_have_nothing_computed() -> None:
    desk = a_desk()
    rules = desk.network.publishing_rules
    changed = acme_with(desk, cost=ShippingCost(per_unit=Decimal(9)), name="Acme West", lead_days=4)
    assert changed.publishing_rules == rules
    desk.network = changed
    publish_quantities(desk.work(), SHOP)
    assert [] == desk.uow.publications.touched(SHOP, 10)


def test_settings_changed_back_are_told_back() -> None:
    desk = a_desk()
    before = desk.network
    told_after(desk, shop_with(desk, buffer=Decimal(2)))
    assert [("A", 35), ("B", 4)] == sorted(told_after(desk, before))


def test_a_channel_that_never_sold_from_anywhere_is_told_nothing() -> None:
    desk = a_desk()
    other = desk.network.channels[0].model_copy(update={"channel": "edi", "sells_from": ()})
    assert not told_after(desk, desk.network.model_copy(update={"channels": (*desk.network.channels, other)}))


def test_kit_that_comes_is_shown_though_nothing_moved() -> None:
    desk = a_desk()
    kit = a_kit("PAIR", A=2, B=1)
    assert [("PAIR", 4)] == told_after(desk, desk.network.model_copy(update={"kits": {kit.sku: kit}}))
