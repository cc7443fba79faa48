"""The main flow from order to confirmed shipment, step by step and with its repeats."""

from __future__ import annotations

from decimal import Decimal

import pytest

from hub.errors import DataError
from hub.model.events import EventKind
from hub.model.fulfilment import Execution, FulfilmentRequest, Negotiation
from hub.model.identity import Sku
from hub.model.order import OrderStatus
from hub.model.party import Address
from hub.model.purchase import PurchaseOrderState
from hub.model.queue import OutboxState
from hub.model.shipment import ShipmentConfirmation
from tests.builders import Desk, a_location, a_network, a_shipment, an_ack, an_order, at, broken_laws


@pytest.fixture
def desk() -> Desk:
    desk = Desk(a_network(a_location("acme"), a_location("bolt", per_request="8")))
    desk.stock("acme", A=10, B=10)
    desk.stock("bolt", A=10, B=10)
    desk.tick()
    return desk


def test_order_is_routed_to_the_cheapest_location_and_its_stock_promised(desk: Desk) -> None:
    order_id = desk.place(A=3)
    request = desk.request(order_id)
    assert request.location == "acme"
    assert request.request_id == "P00000001"
    assert (request.negotiation, request.execution) == (Negotiation.UNSUBMITTED, Execution.PLANNED)
    assert request.purchase is PurchaseOrderState.APPROVED
    assert desk.balance("A", "acme").reserved == Decimal(3)
    assert desk.counters(order_id, "A").reserved == Decimal(3)
    assert [f"fulfilment:{request.request_id}"] == [item.key for item in desk.pending("fulfilment")]
    assert broken_laws(desk) == []


def test_whole_life_of_an_order(desk: Desk) -> None:
    order_id = desk.place(A=3)
    desk.send()
    request = desk.request(order_id)
    assert (request.negotiation, request.execution) == (Negotiation.SUBMITTED, Execution.OPEN)
    assert request.purchase is PurchaseOrderState.SENT
    desk.receive(an_ack(request.request_id, "AK1", at(5), one=(1, "accepted", 3)), "acme")
    assert desk.counters(order_id, "A").allocated == Decimal(3)
    assert desk.request(order_id).purchase is PurchaseOrderState.ACKNOWLEDGED
    desk.now = at(30)
    desk.receive(a_shipment(request, "S1", {1: 3}, shipped_at=at(20)), "acme")
    assert desk.counters(order_id, "A").shipped == Decimal(3)
    assert desk.order(order_id).status is OrderStatus.FULFILLED
    assert desk.request(order_id).execution is Execution.CLOSED
    assert (desk.balance("A", "acme").on_hand, desk.balance("A", "acme").reserved) == (Decimal(7), Decimal(0))
    [item] = desk.pending("shipment")
    assert item.key == f"confirm:acme:S1:{order_id}"
    confirmation = ShipmentConfirmation.model_validate_json(item.payload)
    assert [(line.line_id, line.quantity) for line in confirmation.lines] == [("A", Decimal(3))]
    assert confirmation.parcels[0].tracking_number == "T-S1"
    assert broken_laws(desk) == []


def test_confirmation_names_the_items_and_the_channels_place_they_go_to(desk: Desk) -> None:
    store = Address(company="Brightmart", line1="Store 0042", country="US", site="0042")
    order = an_order(L1=("A", 3)).model_copy(update={"ship_to": store})
    desk.receive(order, "shop")
    desk.tick()
    desk.send()
    desk.receive(a_shipment(desk.request(order.order_id), "S1", {1: 3}, shipped_at=at(1)), "acme")
    [item] = desk.pending("shipment")
    confirmation = ShipmentConfirmation.model_validate_json(item.payload)
    assert [("L1", "A")] == [(line.line_id, line.sku) for line in confirmation.lines]
    assert "0042" == confirmation.ship_to_site


def test_same_order_again_changes_nothing(desk: Desk) -> None:
    order_id = desk.place(A=3)
    before = desk.order(order_id)
    desk.receive(an_order(A=3), "shop")
    desk.tick()
    assert desk.order(order_id) == before
    assert len(desk.requests(order_id)) == 1


def test_duplicate_shipment_is_noted_and_moves_nothing(desk: Desk) -> None:
    order_id = desk.place(A=3)
    desk.send()
    shipment = a_shipment(desk.request(order_id), "S1", {1: 3}, shipped_at=at(1))
    desk.receive(shipment, "acme")
    desk.receive(shipment, "acme")
    assert desk.balance("A", "acme").on_hand == Decimal(7)
    assert desk.kinds(order_id)[-1] is EventKind.SHIPMENT_DUPLICATED
    assert len(desk.pending("shipment")) == 1


def test_line_that_a_shipment_did_not_name_before_is_recorded_once(desk: Desk) -> None:
    order_id = desk.place(A=3, B=2)
    desk.send()
    request = desk.request(order_id)
    numbers = {str(line.sku): line.number for line in request.lines}
    whole = a_shipment(request, "S1", {numbers["A"]: 3, numbers["B"]: 2}, shipped_at=at(1))
    for lines in (whole.lines[:1], whole.lines, whole.lines, whole.lines[1:], whole.lines[:1]):
        desk.receive(whole.model_copy(update={"lines": lines}), "acme")
    assert {"A": Decimal(3), "B": Decimal(2)} == {line.sku: line.shipped for line in desk.request(order_id).lines}
    told = [ShipmentConfirmation.model_validate_json(item.payload) for item in desk.pending("shipment")]
    assert [[("A", Decimal(3))], [("B", Decimal(2))]] == [
        [(line.line_id, line.quantity) for line in each.lines] for each in told
    ]
    assert 2 == len({each.key for each in told})
    assert 3 == desk.kinds(order_id).count(EventKind.SHIPMENT_DUPLICATED)
    assert broken_laws(desk) == []


def test_line_that_is_told_again_with_other_units_or_only_by_its_item_is_no_news(desk: Desk) -> None:
    order_id = desk.place(A=3)
    desk.send()
    shipment = a_shipment(desk.request(order_id), "S1", {1: 2}, shipped_at=at(1))
    [line] = shipment.lines
    by_item = line.model_copy(update={"number": None, "sku": Sku("A")})
    for again in (line, line.model_copy(update={"quantity": Decimal(3)}), by_item):
        desk.receive(shipment.model_copy(update={"lines": (again,)}), "acme")
    assert Decimal(2) == desk.request(order_id).lines[0].shipped
    assert 2 == desk.kinds(order_id).count(EventKind.SHIPMENT_DUPLICATED)


def test_short_shipment_leaves_rest_of_line_open_with_its_location(desk: Desk) -> None:
    order_id = desk.place(A=3)
    desk.send()
    desk.receive(an_ack(desk.request(order_id).request_id, "AK1", at(1), one=(1, "accepted", 3)), "acme")
    desk.receive(a_shipment(desk.request(order_id), "S1", {1: 2}, shipped_at=at(2)), "acme")
    assert desk.counters(order_id, "A").allocated == Decimal(1)
    assert desk.order(order_id).status is OrderStatus.PARTIALLY_FULFILLED
    assert desk.request(order_id).execution is Execution.IN_PROGRESS
    assert desk.request(order_id).purchase is PurchaseOrderState.PART_SHIPPED
    assert desk.balance("A", "acme").reserved == Decimal(1)
    assert broken_laws(desk) == []


def test_shipment_before_its_acknowledgement_accepts_only_what_it_ships(desk: Desk) -> None:
    order_id = desk.place(A=3)
    desk.send()
    desk.receive(a_shipment(desk.request(order_id), "S1", {1: 2}, shipped_at=at(1)), "acme")
    assert desk.request(order_id).negotiation is Negotiation.SUBMITTED
    desk.receive(an_ack(desk.request(order_id).request_id, "AK1", at(2), one=(1, "accepted", 3)), "acme")
    assert desk.counters(order_id, "A").allocated == Decimal(1)
    assert desk.request(order_id).purchase is PurchaseOrderState.PART_SHIPPED
    assert broken_laws(desk) == []


def test_overshipment_is_accepted_and_flagged_and_not_confirmed(desk: Desk) -> None:
    order_id = desk.place(A=3)
    desk.send()
    desk.receive(a_shipment(desk.request(order_id), "S1", {1: 5}, shipped_at=at(1)), "acme")
    assert desk.counters(order_id, "A").shipped == Decimal(3)
    assert desk.balance("A", "acme").on_hand == Decimal(5)
    assert EventKind.SHIPMENT_EXCEEDED in desk.kinds(order_id)
    [item] = desk.pending("shipment")
    assert [line.quantity for line in ShipmentConfirmation.model_validate_json(item.payload).lines] == [Decimal(3)]


def test_shipment_of_an_unknown_request_is_a_data_error(desk: Desk) -> None:
    order_id = desk.place(A=3)
    stranger = desk.request(order_id).model_copy(update={"request_id": "P99999999"})
    with pytest.raises(DataError) as caught:
        desk.receive(a_shipment(FulfilmentRequest.model_validate(dict(stranger)), "S1", {1: 1}), "acme")
    assert caught.value.code == "shipment.unknown-request"


def test_partner_may_not_ship_what_another_was_asked_for(desk: Desk) -> None:
    order_id = desk.place(A=3)
    forged = a_shipment(desk.request(order_id), "S1", {1: 3}).model_copy(update={"connection": "bolt"})
    with pytest.raises(DataError) as caught:
        desk.receive(forged, "bolt")
    assert caught.value.code == "shipment.wrong-partner"


def test_shipment_made_in_the_channel_needs_no_confirmation(desk: Desk) -> None:
    order_id = desk.place(A=3)
    desk.send()
    shipment = a_shipment(desk.request(order_id), "S1", {1: 3}).model_copy(update={"channel": "shop"})
    desk.receive(shipment, "shop")
    assert desk.pending("shipment") == []
    assert desk.order(order_id).status is OrderStatus.FULFILLED


def test_channel_that_is_not_told_of_shipments_needs_no_confirmation(desk: Desk) -> None:
    [channel] = desk.network.channels
    desk.network = desk.network.model_copy(update={"channels": (channel.model_copy(update={"confirm": False}),)})
    order_id = desk.place(A=3)
    desk.send()
    desk.receive(a_shipment(desk.request(order_id), "S1", {1: 3}), "acme")
    assert desk.pending("shipment") == []
    assert desk.order(order_id).status is OrderStatus.FULFILLED
    assert "" == desk.order(order_id).hold


def test_answer_proves_arrival_of_a_request_whose_receipt_was_lost(desk: Desk) -> None:
    order_id = desk.place(A=3)
    request = desk.request(order_id)
    key = f"fulfilment:{request.request_id}"
    desk.uow.outbox.settle(key, OutboxState.WAITING)
    desk.receive(an_ack(request.request_id, "AK1", at(1), one=(1, "accepted", 3)), "acme")
    item = desk.uow.outbox.get(key)
    assert item is not None
    assert item.state is OutboxState.ACCEPTED
    assert desk.request(order_id).negotiation is Negotiation.ACCEPTED


def test_executor_that_books_at_once_has_accepted(desk: Desk) -> None:
    order_id = desk.place(A=3)
    desk.send(accepts=True)
    assert desk.request(order_id).negotiation is Negotiation.ACCEPTED
    assert desk.counters(order_id, "A").allocated == Decimal(3)
    assert broken_laws(desk) == []


def test_line_that_no_location_covers_alone_is_split(desk: Desk) -> None:
    order_id = desk.place(A=14)
    assert {"acme": Decimal(10), "bolt": Decimal(4)} == {
        request.location: request.lines[0].quantity for request in desk.requests(order_id)
    }
    assert broken_laws(desk) == []
