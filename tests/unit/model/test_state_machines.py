"""The state machines of domain.md 1.4: listed moves work, all others are errors, never ignored."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from hub.errors import IllegalTransitionError
from hub.model.fulfilment import Execution, FulfilmentRequest, Negotiation, RequestKind, RequestLine
from hub.model.identity import ChannelId, ConnectionId, LineId, LocationId, OrderId, RequestId, Sku
from hub.model.purchase import PurchaseOrderState, move_purchase_order
from hub.model.returns import Custody, Refund, Return, ReturnedLine
from hub.model.shipment import ShipmentState, move_shipment

NOW = dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)


def a_request(
    execution: Execution = Execution.OPEN, negotiation: Negotiation = Negotiation.SUBMITTED
) -> FulfilmentRequest:
    return FulfilmentRequest(
        request_id=RequestId("P00000001"),
        order_id=OrderId("toyshop-1"),
        channel=ChannelId("toyshop"),
        order_external_id="1",
        order_number="#1",
        location=LocationId("main"),
        connection=ConnectionId("acme"),
        kind=RequestKind.DROPSHIP,
        execution=execution,
        negotiation=negotiation,
        lines=(RequestLine(number=1, line_id=LineId("1"), sku=Sku("A"), quantity=Decimal(2)),),
        requested_at=NOW,
    )


def a_return() -> Return:
    line = ReturnedLine(line_id=LineId("1"), quantity=Decimal(1))
    return Return(return_id="R1", channel=ChannelId("toyshop"), order_external_id="1", lines=(line,), at=NOW)


LEGAL_EXECUTION = {
    ("planned", "scheduled"), ("planned", "open"), ("planned", "cancelled"),
    ("scheduled", "open"), ("scheduled", "cancelled"),
    ("open", "on_hold"), ("open", "in_progress"), ("open", "closed"), ("open", "incomplete"), ("open", "cancelled"),
    ("on_hold", "open"), ("on_hold", "cancelled"),
    ("in_progress", "closed"), ("in_progress", "incomplete"), ("in_progress", "cancelled"),
}  # fmt: skip
LEGAL_NEGOTIATION = {
    ("unsubmitted", "submitted"),
    ("submitted", "accepted"), ("submitted", "rejected"), ("submitted", "timed_out"), ("submitted", "cancel_requested"),
    ("accepted", "cancel_requested"),
    ("cancel_requested", "cancel_accepted"), ("cancel_requested", "cancel_refused"),
    ("cancel_refused", "cancel_requested"),
}  # fmt: skip


@pytest.mark.parametrize("before", Execution)
@pytest.mark.parametrize("after", Execution)
def test_execution_moves_as_listed_and_no_other_way(before: Execution, after: Execution) -> None:
    request = a_request(execution=before)
    if before is after or (before, after) in LEGAL_EXECUTION:
        assert after is request.execute(after).execution
    else:
        with pytest.raises(IllegalTransitionError):
            request.execute(after)


@pytest.mark.parametrize("before", Negotiation)
@pytest.mark.parametrize("after", Negotiation)
def test_negotiation_moves_as_listed_and_no_other_way(before: Negotiation, after: Negotiation) -> None:
    request = a_request(negotiation=before)
    if before is after or (before, after) in LEGAL_NEGOTIATION:
        assert after is request.negotiate(after).negotiation
    else:
        with pytest.raises(IllegalTransitionError):
            request.negotiate(after)


def test_purchase_order_lives_from_draft_to_closed() -> None:
    state = PurchaseOrderState.DRAFT
    for step in (
        "approved",
        "sent",
        "received",
        "acknowledged_part",
        "part_shipped",
        "shipped",
        "invoiced",
        "matched",
        "closed",
    ):
        state = move_purchase_order(state, PurchaseOrderState(step))
    assert PurchaseOrderState.CLOSED is state


@pytest.mark.parametrize(
    ("before", "after"),
    [("draft", "shipped"), ("rejected", "shipped"), ("closed", "sent"), ("invoiced", "sent"), ("matched", "cancelled")],
)
def test_purchase_order_refuses_a_move_that_is_not_listed(before: str, after: str) -> None:
    with pytest.raises(IllegalTransitionError):
        move_purchase_order(PurchaseOrderState(before), PurchaseOrderState(after))


def test_cancelled_purchase_order_that_ships_all_the_same_is_a_legal_fact() -> None:
    assert PurchaseOrderState.SHIPPED is move_purchase_order(PurchaseOrderState.CANCELLED, PurchaseOrderState.SHIPPED)


def test_lost_parcel_may_turn_up_and_a_delivered_one_stays_delivered() -> None:
    assert ShipmentState.DELIVERED is move_shipment(ShipmentState.LOST, ShipmentState.DELIVERED)
    with pytest.raises(IllegalTransitionError):
        move_shipment(ShipmentState.DELIVERED, ShipmentState.IN_TRANSIT)


def test_return_is_refunded_before_or_after_it_arrives() -> None:
    paid_first = a_return().pay(Refund.REFUNDED).hand_on(Custody.RECEIVED).hand_on(Custody.RESTOCKED)
    arrived_first = a_return().hand_on(Custody.RECEIVED).hand_on(Custody.RESTOCKED).pay(Refund.REFUNDED)
    assert paid_first == arrived_first
    with pytest.raises(IllegalTransitionError):
        paid_first.hand_on(Custody.SCRAP)
    with pytest.raises(IllegalTransitionError):
        paid_first.pay(Refund.PROMISED)
