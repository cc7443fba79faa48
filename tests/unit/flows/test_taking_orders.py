"""Orders come in new, changed, unmapped, and again."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from hub.flows.release_order import release_order
from hub.flows.route_order import route_order
from hub.model.events import EventKind
from hub.model.order import OrderStatus
from hub.model.party import Address
from tests.builders import Desk, a_location, a_network, a_shipment, an_order, broken_laws


@pytest.fixture
def desk() -> Desk:
    desk = Desk(a_network(a_location("acme")))
    desk.stock("acme", A=20, B=20)
    desk.tick()
    return desk


def test_unmapped_line_is_quarantined_and_the_rest_flows(desk: Desk) -> None:
    order = an_order(1, "1", A=1, X=(None, 2))
    desk.receive(order, "shop", "webhook-1")
    desk.tick()
    [entry] = desk.uow.quarantine.open()
    assert (entry.document, entry.connection, entry.path, entry.code, entry.order_id) == (
        desk.stored["webhook-1"],
        "shop",
        "lines[1].sku",
        "data.unmapped-sku",
        order.order_id,
    )
    assert [line.sku for line in desk.request(order.order_id).lines] == ["A"]


def test_order_of_unmapped_lines_only_waits_in_quarantine(desk: Desk) -> None:
    order_id = desk.place(X=(None, 2))
    assert desk.order(order_id).status is OrderStatus.QUARANTINED
    assert desk.uow.tasks.due(desk.now, 10) == []


def test_reprocessed_document_fills_the_line_routes_it_and_closes_the_entry(desk: Desk) -> None:
    order_id = an_order(1, "1", A=1, X=(None, 2)).order_id
    desk.receive(an_order(1, "1", A=1, X=(None, 2)), "shop", "webhook-1")
    desk.tick()
    desk.receive(an_order(1, "1", A=1, X=("B", 2)), "shop", "webhook-1")
    desk.tick()
    assert desk.uow.quarantine.open() == []
    assert [request.lines[0].sku for request in desk.requests(order_id)] == ["A", "B"]
    assert EventKind.LINE_MAPPED in desk.kinds(order_id)
    assert broken_laws(desk) == []


def test_older_version_changes_nothing(desk: Desk) -> None:
    desk.receive(an_order(1, "2", A=3), "shop")
    desk.receive(an_order(1, "1", A=9), "shop")
    assert desk.counters(an_order(1, "1", A=9).order_id, "A").ordered == Decimal(3)


def test_more_units_are_routed_as_a_request_of_their_own(desk: Desk) -> None:
    order_id = desk.place(A=3)
    desk.receive(an_order(1, "2", A=5), "shop")
    desk.tick()
    assert [int(request.lines[0].quantity) for request in desk.requests(order_id)] == [3, 2]
    assert broken_laws(desk) == []


def test_new_address_after_a_location_was_asked_needs_a_person(desk: Desk) -> None:
    order = an_order(1, "1", A=3).model_copy(update={"ship_to": Address(name="N", city="Here", country="US")})
    desk.receive(order, "shop")
    desk.tick()
    moved = order.model_copy(update={"revision": "2", "ship_to": Address(name="N", city="There", country="US")})
    desk.receive(moved, "shop")
    assert desk.order(order.order_id).hold.startswith("order.address-changed")
    assert release_order(desk.work(), order.order_id)
    assert desk.order(order.order_id).status is OrderStatus.OPEN
    assert not release_order(desk.work(), order.order_id)


def test_timeline_names_the_document_that_caused_each_step(desk: Desk) -> None:
    desk.receive(an_order(1, "1", A=3), "shop", "webhook-7")
    [taken] = desk.uow.orders.timeline(an_order(1, "1", A=3).order_id)
    assert (taken.kind, taken.cause, taken.actor) == (EventKind.ORDER_TAKEN, desk.stored["webhook-7"], "test")
    assert [each.id for each in desk.uow.documents.for_order(taken.order_id)] == [desk.stored["webhook-7"]]


def test_units_asked_back_and_wanted_again_are_not_asked_for_twice(desk: Desk) -> None:
    order_id = desk.place(A=8)
    desk.send()
    desk.receive(an_order(1, "2", A=3), "shop")
    desk.receive(an_order(1, "3", A=8), "shop")
    desk.tick()
    assert desk.counters(order_id, "A").outstanding == Decimal(8)
    assert [request.outstanding for request in desk.requests(order_id)] == [Decimal(8)]
    assert broken_laws(desk) == []


@pytest.mark.parametrize("units", [2, 5, 7], ids=["fewer", "as many", "more"])
def test_line_that_one_version_drops_and_a_later_one_names_again_is_wanted_anew(desk: Desk, units: int) -> None:
    order_id = desk.place(A=5, B=1)
    desk.receive(an_order(1, "2", B=1), "shop")
    assert desk.counters(order_id, "A").cancelled == Decimal(5)
    desk.receive(an_order(1, "3", A=units, B=1), "shop")
    desk.tick()
    assert desk.counters(order_id, "A").outstanding == Decimal(units)
    assert desk.balance("A", "acme").reserved == Decimal(units)
    desk.receive(an_order(1, "4", A=units, B=2), "shop")
    desk.tick()
    assert desk.counters(order_id, "A").outstanding == Decimal(units)
    assert broken_laws(desk) == []


def test_units_that_a_location_may_still_stop_are_for_a_person_when_they_are_wanted_again(desk: Desk) -> None:
    order_id = desk.place(A=8)
    desk.send()
    desk.receive(a_shipment(desk.request(order_id), "S1", {1: 4}), "acme")
    desk.receive(an_order(1, "2", A=4), "shop")
    assert [item.kind for item in desk.pending("cancellation")] == ["cancellation"]
    desk.receive(an_order(1, "3", A=8), "shop")
    assert desk.order(order_id).hold.startswith("order.partial-cancel")
    assert desk.counters(order_id, "A").outstanding == Decimal(4)
    assert broken_laws(desk) == []


def test_an_order_may_wait_as_often_as_the_network_allows(desk: Desk) -> None:
    order_id = desk.place(A=99)
    desk.network = desk.network.model_copy(update={"max_attempts": 200})
    assert route_order(desk.work(), order_id, attempts=150) == desk.now + timedelta(hours=6)
