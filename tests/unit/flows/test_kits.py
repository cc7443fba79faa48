"""A kit from the channel's line to the confirmed shipment: parts on the way, kits to the channel."""

from __future__ import annotations

from decimal import Decimal

import pytest

from hub.errors import DataError
from hub.flows.expire_request import reroute_request
from hub.flows.hold_stock import Wanted, hold_stock
from hub.flows.separate_kit import separate_kit
from hub.model.events import EventKind
from hub.model.identity import ConnectionId, LineId, LocationId, OrderId, ShipmentId, Sku, SoftHoldKey
from hub.model.money import Money
from hub.model.network import ItemLimits
from hub.model.order import OrderStatus
from hub.model.returns import Cancellation, CancelledLine, Custody, Return, ReturnedLine
from hub.model.sale import CustomerInvoice, OrderAcknowledgement
from hub.model.shipment import Shipment, ShipmentConfirmation, ShippedLine
from hub.model.stock import QuantityUpdate
from hub.orders.kits import condense, sold_counters
from tests.builders import (
    SHOP,
    Desk,
    a_kit,
    a_location,
    a_network,
    a_report,
    a_shipment,
    an_ack,
    an_order,
    at,
    broken_laws,
    with_kits,
)

SHELF = a_kit("SHELF", BOLT=2, PLATE=1)


@pytest.fixture
def desk() -> Desk:
    desk = Desk(with_kits(a_network(a_location("acme"), a_location("bolt", per_request="8")), SHELF))
    desk.stock("acme", BOLT=10, PLATE=3)
    desk.stock("bolt", BOLT=5, PLATE=4)
    desk.tick()
    return desk


def shown(desk: Desk, sku: str) -> Decimal | None:
    """What the channel was last asked to show."""
    items = [item for item in desk.uow.outbox.page(limit=10_000) if item.kind == "inventory"]
    updates = [QuantityUpdate.model_validate_json(item.payload) for item in items]
    asked = [update for update in updates if update.sku == sku]
    return max(asked, key=lambda update: update.key).quantity if asked else None


def told(desk: Desk) -> list[str]:
    """What the channel is told of shipments, each as one line of words."""
    confirmations = [ShipmentConfirmation.model_validate_json(item.payload) for item in desk.pending("shipment")]
    return [
        f"{line.quantity:f} of {line.line_id} ({line.sku}) in {' '.join(each.tracking_number for each in one.parcels)}"
        for one in confirmations
        for line in one.lines
    ]


def sold(desk: Desk, order_id: OrderId, line: str = "L1") -> dict[str, Decimal]:
    """The counters of a line as it was sold, those above zero."""
    return {name: units for name, units in sold_counters(desk.order(order_id))[LineId(line)] if units}


def test_kit_is_kept_as_its_parts_and_told_back_as_it_was_sold(desk: Desk) -> None:
    order = an_order(L1=("SHELF", 2), L2=("BOLT", 1))
    desk.receive(order, "shop")
    record = desk.order(order.order_id)
    assert ["L1/BOLT: 4 BOLT", "L1/PLATE: 2 PLATE", "L2: 1 BOLT"] == [
        f"{line.line_id}: {line.quantity:f} {line.sku}" for line in record.order.lines
    ]
    assert order == condense(record.order)


def test_kit_ships_whole_from_one_location_with_the_loose_line_beside_it(desk: Desk) -> None:
    order_id = desk.place(L1=("SHELF", 2), L2=("BOLT", 1))
    request = desk.request(order_id)
    assert "acme" == request.location
    assert ["4 of L1/BOLT", "2 of L1/PLATE", "1 of L2"] == [
        f"{each.quantity:f} of {each.line_id}" for each in request.lines
    ]
    assert Decimal(5) == desk.balance("BOLT", "acme").reserved
    assert broken_laws(desk) == []


def test_kits_are_split_over_locations_by_sets_and_a_set_never_is(desk: Desk) -> None:
    order_id = desk.place(L1=("SHELF", 5))
    assert [("acme", 6, 3), ("bolt", 4, 2)] == [
        (request.location, *(int(line.quantity) for line in request.lines)) for request in desk.requests(order_id)
    ]
    assert {"ordered": 5, "reserved": 5} == sold(desk, order_id)


def test_kit_whose_parts_lie_apart_waits_and_says_which_part_is_short(desk: Desk) -> None:
    desk.stock("acme", as_of=at(1), BOLT=1, PLATE=3)
    desk.stock("bolt", as_of=at(1), BOLT=5, PLATE=0)
    desk.now = at(2)
    order_id = desk.place(L1=("SHELF", 1))
    assert desk.requests(order_id) == []
    reasons = {each.reason for each in desk.uow.requests.plans(order_id)[-1].unrouted}
    assert {
        "No location has a whole SHELF: acme has only 1 of BOLT, 2 a set; bolt has only 0 of PLATE, 1 a set."
    } == reasons


def test_separable_kit_ships_its_parts_from_where_they_lie() -> None:
    kit = a_kit("SHELF", separable=True, BOLT=2, PLATE=1)
    desk = Desk(with_kits(a_network(a_location("acme"), a_location("bolt")), kit))
    desk.stock("acme", BOLT=2)
    desk.stock("bolt", PLATE=1)
    desk.tick()
    assert Decimal(1) == shown(desk, "SHELF")
    order_id = desk.place(L1=("SHELF", 1))
    assert [("acme", "BOLT"), ("bolt", "PLATE")] == [
        (request.location, line.sku) for request in desk.requests(order_id) for line in request.lines
    ]


def test_channel_shows_the_sets_of_all_its_locations(desk: Desk) -> None:
    assert (Decimal(3 + 2), Decimal(15)) == (shown(desk, "SHELF"), shown(desk, "BOLT"))


def test_loose_part_that_is_sold_leaves_fewer_kits_and_a_kit_fewer_parts(desk: Desk) -> None:
    desk.place(1, L1=("BOLT", 7))
    assert Decimal(1 + 2) == shown(desk, "SHELF")
    desk.place(2, L1=("SHELF", 1))
    assert (Decimal(0 + 2), Decimal(6), Decimal(6)) == (
        shown(desk, "SHELF"),
        shown(desk, "BOLT"),
        shown(desk, "PLATE"),
    )


def test_waiting_order_blocks_as_many_kits_as_its_most_demanding_part() -> None:
    desk = Desk(with_kits(a_network(a_location("acme")), SHELF))
    desk.stock("acme", BOLT=10, PLATE=10)
    desk.tick()
    order = an_order(1, "1", L1=("SHELF", 2), L2=("BOLT", 1))
    desk.receive(order, "shop")
    for task in desk.uow.tasks.due(desk.now, 100):
        if task.kind == "route":
            desk.uow.tasks.cancel("route", task.key)
    desk.tick()
    assert Decimal(5 - 3) == shown(desk, "SHELF")


def test_kit_is_confirmed_with_the_shipment_that_makes_it_whole(desk: Desk) -> None:
    order_id = desk.place(L1=("SHELF", 2), L2=("BOLT", 1))
    desk.send()
    request = desk.request(order_id)
    desk.receive(a_shipment(request, "S1", {1: 3, 3: 1}, shipped_at=at(5)), "acme")
    assert ["1 of L2 (BOLT) in T-S1"] == told(desk)
    assert {"ordered": 2, "reserved": 2} == sold(desk, order_id)
    desk.receive(a_shipment(request, "S2", {2: 1}, shipped_at=at(6)), "acme")
    assert {"ordered": 2, "reserved": 1, "shipped": 1} == sold(desk, order_id)
    desk.receive(a_shipment(request, "S3", {1: 1}, shipped_at=at(7)), "acme")
    desk.receive(a_shipment(request, "S4", {2: 1}, shipped_at=at(8)), "acme")
    assert ["1 of L2 (BOLT) in T-S1", "1 of L1 (SHELF) in T-S2", "1 of L1 (SHELF) in T-S3 T-S4"] == told(desk)
    assert OrderStatus.FULFILLED is desk.order(order_id).status
    assert broken_laws(desk) == []


def test_more_and_fewer_kits_are_more_and_fewer_parts(desk: Desk) -> None:
    order_id = desk.place(L1=("SHELF", 1))
    desk.receive(an_order(1, "2", L1=("SHELF", 3)), "shop")
    desk.tick()
    assert {"ordered": 3, "reserved": 3} == sold(desk, order_id)
    desk.receive(an_order(1, "3", L1=("SHELF", 2)), "shop")
    desk.tick()
    assert {"ordered": 3, "reserved": 2, "cancelled": 1} == sold(desk, order_id)
    assert (Decimal(4), Decimal(2)) == (desk.balance("BOLT", "acme").reserved, desk.balance("PLATE", "acme").reserved)
    assert broken_laws(desk) == []


def test_kit_line_that_is_named_no_more_is_dropped_and_comes_back(desk: Desk) -> None:
    order_id = desk.place(L1=("SHELF", 1), L2=("BOLT", 1))
    desk.receive(an_order(1, "2", L2=("BOLT", 1)), "shop")
    desk.tick()
    assert {"ordered": 1, "cancelled": 1} == sold(desk, order_id)
    desk.receive(an_order(1, "3", L2=("BOLT", 1), L1=("SHELF", 1)), "shop")
    desk.tick()
    assert {"ordered": 2, "reserved": 1, "cancelled": 1} == sold(desk, order_id)
    assert broken_laws(desk) == []


def test_item_that_is_mapped_to_a_kit_later_becomes_one(desk: Desk) -> None:
    order_id = desk.place(L1=(None, 2), L2=("BOLT", 1))
    assert 1 == len(desk.uow.quarantine.open())
    desk.receive(an_order(1, "1", L1=("SHELF", 2), L2=("BOLT", 1)), "shop", "doc-3")
    desk.tick()
    assert {"ordered": 2, "reserved": 2} == sold(desk, order_id)
    assert [] == desk.uow.quarantine.open()


def test_order_keeps_the_definition_it_was_taken_by(desk: Desk) -> None:
    order_id = desk.place(L1=("SHELF", 1))
    desk.network = with_kits(desk.network, a_kit("SHELF", BOLT=1, PLATE=1, LAMP=1))
    desk.receive(an_order(1, "2", L1=("SHELF", 2)), "shop")
    desk.tick()
    assert {"ordered": 2, "reserved": 2} == sold(desk, order_id)
    assert Decimal(4) == desk.balance("BOLT", "acme").reserved


def test_channel_cancels_kits(desk: Desk) -> None:
    order_id = desk.place(L1=("SHELF", 3))
    cancelled = Cancellation(
        channel=SHOP,
        external_id="5001",
        cancelled_at=at(1),
        lines=(CancelledLine(line_id=LineId("L1"), quantity=Decimal(2)),),
    )
    desk.receive(cancelled, "shop")
    desk.tick()
    assert {"ordered": 3, "reserved": 1, "cancelled": 2} == sold(desk, order_id)
    assert (Decimal(2), Decimal(1)) == (desk.balance("BOLT", "acme").reserved, desk.balance("PLATE", "acme").reserved)


def test_kit_that_comes_back_is_its_parts_on_the_shelf(desk: Desk) -> None:
    order_id = desk.place(L1=("SHELF", 2))
    desk.send()
    desk.receive(a_shipment(desk.request(order_id), "S1", {1: 4, 2: 2}, shipped_at=at(5)), "acme")
    back = Return(
        return_id="R1",
        channel=SHOP,
        order_external_id="5001",
        lines=(ReturnedLine(line_id=LineId("L1"), quantity=Decimal(1)),),
        location=desk.request(order_id).location,
        custody=Custody.RESTOCKED,
        at=at(90),
    )
    desk.now = at(91)
    for _ in range(2):
        desk.receive(back, "shop")
    assert {"ordered": 2, "shipped": 2, "returned": 1} == sold(desk, order_id)
    assert (Decimal(10 - 4 + 2), Decimal(3 - 2 + 1)) == (
        desk.balance("BOLT", "acme").on_hand,
        desk.balance("PLATE", "acme").on_hand,
    )


def rejected_plate(desk: Desk) -> OrderId:
    """A kit whose location has its bolts and not its plate."""
    order_id = desk.place(L1=("SHELF", 1))
    desk.send()
    request = desk.request(order_id)
    desk.receive(an_ack(request.request_id, "AK1", at(5), two=(2, "rejected", 1)), "acme")
    desk.tick()
    return order_id


def test_part_whose_other_parts_are_placed_waits_and_says_who_has_them(desk: Desk) -> None:
    order_id = rejected_plate(desk)
    assert ["acme"] == [request.location for request in desk.requests(order_id)]
    [waiting] = desk.uow.requests.plans(order_id)[-1].unrouted
    assert ("routing.kit-incomplete", "L1/PLATE") == (waiting.code, waiting.line_id)
    assert "Parts of SHELF whose other parts acme has in P00000001." == waiting.reason
    assert broken_laws(desk) == []


def test_kit_is_whole_again_when_its_other_parts_are_taken_back(desk: Desk) -> None:
    order_id = rejected_plate(desk)
    assert reroute_request(desk.work(), desk.request(order_id).request_id)
    desk.tick()
    assert ("bolt", {"ordered": Decimal(1), "reserved": Decimal(1)}) == (
        desk.request(order_id).location,
        sold(desk, order_id),
    )
    assert broken_laws(desk) == []


def test_person_lets_the_parts_of_a_kit_ship_apart(desk: Desk) -> None:
    order_id = rejected_plate(desk)
    assert separate_kit(desk.work(), order_id, LineId("L1"))
    assert not separate_kit(desk.work(), order_id, LineId("L1"))
    desk.tick()
    assert ["acme", "bolt"] == [request.location for request in desk.requests(order_id)]
    assert EventKind.KIT_SEPARATED in desk.kinds(order_id)
    desk.receive(an_order(1, "2", L1=("SHELF", 1)), "shop")
    assert desk.order(order_id).order.kits[0].kit.separable


def test_answer_and_invoice_are_of_kits_at_their_price(desk: Desk) -> None:
    channel = desk.network.channels[0].model_copy(update={"acknowledge": True, "invoice": True})
    desk.network = desk.network.model_copy(update={"channels": (channel,)})
    order = an_order(L1=("SHELF", 2))
    price = Money(amount=Decimal("49.90"), currency="USD")
    line = order.lines[0].model_copy(update={"unit_price": price})
    desk.receive(order.model_copy(update={"lines": (line,)}), "shop")
    desk.tick()
    [answer] = desk.pending("acknowledgement")
    [answered] = OrderAcknowledgement.model_validate_json(answer.payload).lines
    assert ("L1", "SHELF", Decimal(2), price) == (answered.line_id, answered.sku, answered.ordered, answered.unit_price)
    desk.send()
    request = desk.request(order.order_id)
    desk.receive(a_shipment(request, "S1", {1: 4}, shipped_at=at(5)), "acme")
    assert [] == desk.pending("invoice")
    desk.receive(a_shipment(request, "S2", {2: 2}, shipped_at=at(6)), "acme")
    [bill] = desk.pending("invoice")
    assert Money(amount=Decimal("99.80"), currency="USD") == CustomerInvoice.model_validate_json(bill.payload).total


def test_quota_and_buffer_of_a_kit_are_counted_in_kits(desk: Desk) -> None:
    channel = desk.network.channels[0].model_copy(
        update={"items": {Sku("SHELF"): ItemLimits(quota=Decimal(4), buffer=Decimal(1))}}
    )
    desk.network = desk.network.model_copy(update={"channels": (channel,)})
    desk.place(1, L1=("SHELF", 1))
    assert Decimal(min(5 - 1 - 1, 4 - 1)) == shown(desk, "SHELF")
    desk.place(2, L1=("SHELF", 2))
    assert Decimal(min(5 - 3 - 1, 4 - 3)) == shown(desk, "SHELF")


def test_count_of_a_virtual_kit_is_for_a_person_and_sells_nothing(desk: Desk) -> None:
    desk.receive(a_report("acme", {"SHELF": 50, "LAMP": 1}, as_of=at(1)), "acme", "count")
    desk.receive(a_report("acme", {"SHELF": 50, "LAMP": 1}, as_of=at(1)), "acme", "count")
    desk.tick(2)
    [entry] = desk.uow.quarantine.open()
    assert ("stock.counted-kit", "acme/SHELF") == (entry.code, entry.path)
    assert (Decimal(5), Decimal(1)) == (shown(desk, "SHELF"), shown(desk, "LAMP"))


def test_store_that_ships_in_the_channel_names_the_kit(desk: Desk) -> None:
    order_id = desk.place(L1=("SHELF", 2))
    shipped = Shipment(
        shipment_id=ShipmentId("F1"),
        connection=ConnectionId("shop"),
        channel=SHOP,
        location=LocationId("acme"),
        shipped_at=at(5),
        lines=(ShippedLine(order_external_id="5001", line_id=LineId("L1"), quantity=Decimal(1)),),
    )
    for _ in range(2):
        desk.receive(shipped, "shop")
    assert {"ordered": 2, "reserved": 1, "shipped": 1} == sold(desk, order_id)
    assert (Decimal(10 - 2), Decimal(3 - 1)) == (
        desk.balance("BOLT", "acme").on_hand,
        desk.balance("PLATE", "acme").on_hand,
    )
    assert [] == told(desk)


def test_virtual_kit_is_not_kept_for_a_cart(desk: Desk) -> None:
    wanted = Wanted(SoftHoldKey("cart"), {Sku("SHELF"): Decimal(1)}, at(60), channel=SHOP)
    with pytest.raises(DataError) as caught:
        hold_stock(desk.work(), wanted)
    assert "hold.kit" == caught.value.code
