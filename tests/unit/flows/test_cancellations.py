"""Cancelling is negotiated; what crosses it is recorded."""

from __future__ import annotations

from decimal import Decimal

import pytest

from hub.errors import TransientError
from hub.flows.answer import Answer, Verdict
from hub.model.events import EventKind
from hub.model.fulfilment import CancellationRequest, Execution, Negotiation
from hub.model.identity import ChannelId, LineId, OrderId
from hub.model.order import OrderStatus
from hub.model.queue import OutboxState
from hub.model.returns import Cancellation, CancelledLine
from tests.builders import Desk, a_location, a_network, a_shipment, an_ack, an_order, at, broken_laws


@pytest.fixture
def desk() -> Desk:
    desk = Desk(a_network(a_location("acme"), a_location("bolt", per_request="8")))
    desk.stock("acme", A=20, B=20)
    desk.stock("bolt", A=20, B=20)
    desk.tick()
    return desk


def cancel(desk: Desk, order_id: OrderId, **lines: int) -> None:
    record = desk.order(order_id)
    cancellation = Cancellation(
        channel=ChannelId("shop"),
        external_id=record.order.external_id,
        cancelled_at=desk.now,
        lines=tuple(CancelledLine(line_id=LineId(name), quantity=Decimal(units)) for name, units in lines.items()),
        reason="customer",
    )
    desk.receive(cancellation, "shop")


def test_open_units_are_cancelled_at_once(desk: Desk) -> None:
    order_id = desk.place(C=3)
    cancel(desk, order_id)
    assert desk.order(order_id).status is OrderStatus.CANCELLED


def test_request_still_in_the_outbox_is_withdrawn(desk: Desk) -> None:
    order_id = desk.place(A=3)
    cancel(desk, order_id)
    assert desk.pending("fulfilment") == []
    assert desk.order(order_id).status is OrderStatus.CANCELLED
    assert desk.request(order_id).execution is Execution.CANCELLED
    assert desk.balance("A", "acme").reserved == Decimal(0)
    assert broken_laws(desk) == []


def test_units_still_wanted_of_a_withdrawn_request_are_routed_again(desk: Desk) -> None:
    order_id = desk.place(A=3, B=2)
    cancel(desk, order_id, A=1)
    desk.tick()
    assert desk.counters(order_id, "A").cancelled == Decimal(1)
    assert [(line.sku, line.quantity) for line in desk.request(order_id).lines] == [
        ("A", Decimal(2)),
        ("B", Decimal(2)),
    ]
    assert broken_laws(desk) == []


def test_sent_request_is_asked_back_and_its_stock_held_until_agreed(desk: Desk) -> None:
    order_id = desk.place(A=3)
    desk.send()
    cancel(desk, order_id)
    [item] = desk.pending("cancellation")
    assert CancellationRequest.model_validate_json(item.payload).line_numbers == ()
    assert desk.request(order_id).negotiation is Negotiation.CANCEL_REQUESTED
    assert desk.balance("A", "acme").reserved == Decimal(3)
    assert desk.order(order_id).status is OrderStatus.OPEN
    desk.settle(item, Answer(Verdict.ACCEPTED, desk.now, accepts=True))
    assert desk.order(order_id).status is OrderStatus.CANCELLED
    assert desk.balance("A", "acme").reserved == Decimal(0)
    assert desk.request(order_id).negotiation is Negotiation.CANCEL_ACCEPTED
    assert broken_laws(desk) == []


def test_refused_cancellation_leaves_the_order_on_its_way(desk: Desk) -> None:
    order_id = desk.place(A=3)
    desk.send(accepts=True)
    cancel(desk, order_id)
    [item] = desk.pending("cancellation")
    desk.settle(item, Answer(Verdict.REFUSED, desk.now, message="already picked"))
    assert desk.request(order_id).negotiation is Negotiation.CANCEL_REFUSED
    assert EventKind.CANCELLATION_REFUSED in desk.kinds(order_id)
    desk.receive(a_shipment(desk.request(order_id), "S1", {1: 3}, shipped_at=at(1)), "acme")
    assert desk.order(order_id).status is OrderStatus.FULFILLED
    assert broken_laws(desk) == []


@pytest.mark.parametrize("agreed", [True, False])
def test_location_may_answer_a_cancellation_later(desk: Desk, agreed: bool) -> None:
    order_id = desk.place(A=3)
    desk.send(accepts=True)
    cancel(desk, order_id)
    desk.send(kinds=("cancellation",))
    ack = an_ack(desk.request(order_id).request_id, "865-1", at(5)).model_copy(update={"cancel_accepted": agreed})
    desk.receive(ack, "acme")
    assert desk.counters(order_id, "A").cancelled == Decimal(3 if agreed else 0)
    assert broken_laws(desk) == []


def test_location_that_stops_some_of_the_lines_ships_the_others(desk: Desk) -> None:
    order_id = desk.place(A=3, B=2)
    desk.send(accepts=True)
    cancel(desk, order_id)
    desk.send(kinds=("cancellation",))
    first = desk.request(order_id).lines[0]
    answer = an_ack(desk.request(order_id).request_id, "A1").model_copy(
        update={"cancel_accepted": True, "cancelled_lines": (first.number,)}
    )
    desk.receive(answer, "acme")
    request = desk.request(order_id)
    assert [Decimal(0), Decimal(2)] == [line.outstanding for line in request.lines]
    assert (Negotiation.CANCEL_REFUSED, Execution.OPEN) == (request.negotiation, request.execution)
    assert {EventKind.CANCELLATION_REFUSED, EventKind.ORDER_CANCELLED} <= set(desk.kinds(order_id))
    assert broken_laws(desk) == []


def test_shipment_that_crosses_an_agreed_cancellation_is_shown(desk: Desk) -> None:
    order_id = desk.place(A=3)
    desk.send(accepts=True)
    cancel(desk, order_id)
    [item] = desk.pending("cancellation")
    desk.settle(item, Answer(Verdict.ACCEPTED, desk.now, accepts=True))
    desk.receive(a_shipment(desk.request(order_id), "S1", {1: 3}, shipped_at=at(1)), "acme")
    assert EventKind.SHIPPED_AFTER_CANCEL in desk.kinds(order_id)
    assert desk.counters(order_id, "A").shipped == Decimal(3)
    assert desk.order(order_id).hold.startswith("order.shipped-after-cancel")
    assert desk.balance("A", "acme").on_hand == Decimal(17)
    assert desk.pending("shipment") == []
    assert broken_laws(desk) == []


def test_rejection_of_a_request_being_cancelled_is_consent_and_not_routed_again(desk: Desk) -> None:
    order_id = desk.place(A=3)
    desk.send()
    cancel(desk, order_id)
    desk.receive(an_ack(desk.request(order_id).request_id, "AK1", at(1), a=(1, "rejected", 3)), "acme")
    desk.tick()
    assert desk.order(order_id).status is OrderStatus.CANCELLED
    assert len(desk.requests(order_id)) == 1
    assert broken_laws(desk) == []


def put_off(desk: Desk, units: int = 3) -> OrderId:
    """An order of three units; its location has that many of them on backorder and accepts the others."""
    order_id = desk.place(A=3)
    desk.send()
    answers = ((1, "backordered", units), *(((1, "accepted", 3 - units),) if units < 3 else ()))
    desk.receive(
        an_ack(desk.request(order_id).request_id, "AK1", at(1), **dict(zip("ab", answers, strict=False))), "acme"
    )
    return order_id


def test_backordered_units_are_the_locations_until_it_agrees(desk: Desk) -> None:
    order_id = put_off(desk)
    cancel(desk, order_id)
    assert desk.counters(order_id, "A").backordered == Decimal(3)
    [item] = desk.pending("cancellation")
    desk.settle(item, Answer(Verdict.ACCEPTED, desk.now, accepts=True))
    assert desk.order(order_id).status is OrderStatus.CANCELLED
    assert broken_laws(desk) == []


def test_backorder_that_is_taken_up_while_it_is_being_cancelled_has_its_stock(desk: Desk) -> None:
    """The location had not read the cancellation yet; what it takes from its shelf nobody else may be promised."""
    order_id = put_off(desk)
    cancel(desk, order_id)
    desk.receive(an_ack(desk.request(order_id).request_id, "AK2", at(2), a=(1, "accepted", 3)), "acme")
    assert desk.balance("A", "acme").reserved == Decimal(3)
    desk.receive(a_shipment(desk.request(order_id), "S1", {1: 3}, shipped_at=at(3)), "acme")
    assert desk.counters(order_id, "A").shipped == Decimal(3)
    assert EventKind.SHIPPED_AFTER_CANCEL not in desk.kinds(order_id)
    assert broken_laws(desk) == []


def test_part_of_a_line_on_backorder_is_left_to_a_person(desk: Desk) -> None:
    """The location can only be asked for the whole line: it would ship the backordered unit one day."""
    order_id = put_off(desk, 1)
    cancel(desk, order_id, A=1)
    assert desk.counters(order_id, "A").cancelled == Decimal(0)
    assert desk.order(order_id).hold.startswith("order.partial-cancel")
    assert broken_laws(desk) == []


def test_one_line_of_a_sent_request_is_asked_back_alone(desk: Desk) -> None:
    order_id = desk.place(A=3, B=2)
    desk.send(accepts=True)
    cancel(desk, order_id, B=2)
    [item] = desk.pending("cancellation")
    assert CancellationRequest.model_validate_json(item.payload).line_numbers == (2,)
    desk.settle(item, Answer(Verdict.ACCEPTED, desk.now, accepts=True))
    assert (desk.counters(order_id, "A").allocated, desk.counters(order_id, "B").cancelled) == (Decimal(3), Decimal(2))
    assert desk.request(order_id).negotiation is Negotiation.ACCEPTED
    assert broken_laws(desk) == []


def test_part_of_a_sent_line_is_left_to_a_person(desk: Desk) -> None:
    order_id = desk.place(A=3)
    desk.send(accepts=True)
    cancel(desk, order_id, A=1)
    assert desk.pending("cancellation") == []
    assert desk.order(order_id).hold.startswith("order.partial-cancel")


def test_same_cancellation_twice_stops_once(desk: Desk) -> None:
    order_id = desk.place(C=3)
    cancel(desk, order_id, C=1)
    cancel(desk, order_id, C=1)
    assert desk.counters(order_id, "C").cancelled == Decimal(1)


def test_cancellation_while_the_request_is_being_sent_follows_it(desk: Desk) -> None:
    order_id = desk.place(A=3)
    desk.uow.outbox.settle(f"fulfilment:{desk.request(order_id).request_id}", OutboxState.SENDING)
    cancel(desk, order_id)
    assert desk.balance("A", "acme").reserved == Decimal(3)
    [item] = desk.pending("cancellation")
    assert item.order_id == order_id


def test_cancellation_that_overtakes_its_order_is_tried_again(desk: Desk) -> None:
    order = an_order(9, A=2)
    cancellation = Cancellation(channel=order.channel, external_id=order.external_id, cancelled_at=at(0))
    with pytest.raises(TransientError) as caught:
        desk.receive(cancellation, "shop", "the cancellation")
    assert caught.value.code == "cancel.unknown-order"
    desk.receive(order, "shop")
    desk.receive(cancellation, "shop", "the cancellation")
    assert desk.order(order.order_id).status is OrderStatus.CANCELLED


def test_order_edit_asks_back_what_is_under_way(desk: Desk) -> None:
    order_id = desk.place(A=3, B=2)
    desk.send(accepts=True)
    desk.receive(an_order(1, "2", A=3), "shop")
    [item] = desk.pending("cancellation")
    assert CancellationRequest.model_validate_json(item.payload).line_numbers == (2,)
    assert EventKind.ORDER_CHANGED in desk.kinds(order_id)
    assert broken_laws(desk) == []


def cancel_two_lines(desk: Desk) -> OrderId:
    """Two cancellations of one request are on their way at the same time."""
    order_id = desk.place(A=2, B=3)
    desk.send()
    cancel(desk, order_id, A=2)
    cancel(desk, order_id, B=3)
    return order_id


def test_each_of_two_cancellations_gets_its_own_answer(desk: Desk) -> None:
    order_id = cancel_two_lines(desk)
    first, second = desk.pending("cancellation")
    desk.settle(first, Answer(Verdict.ACCEPTED, desk.now, accepts=True))
    desk.settle(second, Answer(Verdict.REFUSED, desk.now))
    assert desk.counters(order_id, "A").cancelled == Decimal(2)
    assert desk.counters(order_id, "B").outstanding == Decimal(3)
    assert broken_laws(desk) == []


def test_answers_that_follow_are_taken_in_the_order_of_the_cancellations(desk: Desk) -> None:
    order_id = cancel_two_lines(desk)
    desk.send(kinds=("cancellation",))
    request_id = desk.request(order_id).request_id
    desk.receive(an_ack(request_id, "K1").model_copy(update={"cancel_accepted": False}), "acme")
    assert desk.counters(order_id, "A").outstanding == Decimal(2)
    desk.receive(an_ack(request_id, "K2").model_copy(update={"cancel_accepted": True}), "acme")
    assert desk.counters(order_id, "A").outstanding == Decimal(2)
    assert desk.counters(order_id, "B").cancelled == Decimal(3)
    assert broken_laws(desk) == []


def test_agreement_is_to_what_can_still_be_stopped(desk: Desk) -> None:
    """The first line has left before its cancellation is answered: the refusal is to that, as the agreement shows."""
    order_id = cancel_two_lines(desk)
    desk.send(kinds=("cancellation",))
    request = desk.request(order_id)
    desk.receive(a_shipment(request, "S1", {1: 2}), "acme")
    desk.receive(an_ack(request.request_id, "K1").model_copy(update={"cancel_accepted": False}), "acme")
    desk.receive(an_ack(request.request_id, "K2").model_copy(update={"cancel_accepted": True}), "acme")
    assert (desk.counters(order_id, "A").shipped, desk.counters(order_id, "B").cancelled) == (Decimal(2), Decimal(3))
    assert broken_laws(desk) == []


def test_answer_after_a_partial_agreement_is_to_the_next_cancellation(desk: Desk) -> None:
    """First both lines were asked back, of which it stops the second only; the next answer is not about the first."""
    desk.stock("acme", C=5)
    order_id = desk.place(A=2, B=3, C=1)
    desk.send(accepts=True)
    cancel(desk, order_id, A=2, B=3)
    cancel(desk, order_id, C=1)
    desk.send(kinds=("cancellation",))
    request = desk.request(order_id)
    numbers = {str(line.line_id): line.number for line in request.lines}
    part = {"cancel_accepted": True, "cancelled_lines": (numbers["B"],)}
    desk.receive(an_ack(request.request_id, "K1").model_copy(update=part), "acme")
    desk.receive(an_ack(request.request_id, "K2").model_copy(update={"cancel_accepted": True}), "acme")
    left = {name: int(desk.counters(order_id, name).outstanding) for name in "ABC"}
    assert left == {"A": 2, "B": 0, "C": 0}
    assert broken_laws(desk) == []


def test_rejected_line_is_cancelled_though_another_was_asked_back_since(desk: Desk) -> None:
    order_id = cancel_two_lines(desk)
    request_id = desk.request(order_id).request_id
    desk.receive(an_ack(request_id, "K1", one=(1, "rejected", 2)), "acme")
    desk.tick()
    assert desk.counters(order_id, "A").cancelled == Decimal(2)
    assert [request.location for request in desk.requests(order_id)] == ["acme"]
    assert broken_laws(desk) == []
