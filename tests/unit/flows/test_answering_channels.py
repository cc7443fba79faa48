"""A channel that wants it is told what becomes of its orders: once when that is decided, again when it changes."""

from __future__ import annotations

from decimal import Decimal

import pytest

from hub.flows.acknowledge_order import PATIENCE
from hub.flows.answer import Answer, Verdict
from hub.model.events import EventKind
from hub.model.identity import LineId, OrderId
from hub.model.purchase import AcknowledgementOutcome
from hub.model.returns import Cancellation, CancelledLine
from hub.model.sale import OrderAcknowledgement
from tests.builders import SHOP, Desk, a_location, a_network, a_shipment, an_ack, an_order, at

WAIT = PATIENCE.total_seconds() / 60


@pytest.fixture
def desk() -> Desk:
    network = a_network(a_location("acme"), a_location("bolt", per_request="9"))
    [channel] = network.channels
    desk = Desk(network.model_copy(update={"channels": (channel.model_copy(update={"acknowledge": True}),)}))
    desk.stock("acme", A=10, B=10)
    desk.tick()
    return desk


def answers(desk: Desk) -> list[dict[str, str]]:
    """What the channel was told, answer by answer: ``{"A": "2 accepted, 1 backordered"}``."""
    told = [OrderAcknowledgement.model_validate_json(item.payload) for item in desk.pending("acknowledgement")]
    assert [each.revision for each in told] == list(range(1, len(told) + 1))
    return [
        {line.line_id: ", ".join(f"{one.quantity:f} {one.outcome}" for one in line.units) for line in each.lines}
        for each in told
    ]


def cancel(desk: Desk, order_id: OrderId, *lines: str, minute: int = 5) -> None:
    cancellation = Cancellation(
        channel=SHOP,
        external_id=desk.order(order_id).order.external_id,
        cancelled_at=at(minute),
        lines=tuple(CancelledLine(line_id=LineId(line)) for line in lines),
    )
    desk.receive(cancellation, "shop")
    desk.tick()


def test_an_order_that_is_routed_is_accepted_once(desk: Desk) -> None:
    order_id = desk.place(A=2, B=1)
    assert [{"A": "2 accepted", "B": "1 accepted"}] == answers(desk)
    desk.send(accepts=True)
    desk.receive(a_shipment(desk.request(order_id), "S1", {1: 2, 2: 1}, shipped_at=at(1)), "acme")
    desk.tick()
    assert 1 == len(answers(desk)), "that it ships is told by the shipment"


def test_a_channel_that_does_not_ask_for_answers_gets_none() -> None:
    desk = Desk(a_network(a_location("acme")))
    desk.stock("acme", A=10)
    desk.place(A=2)
    assert [] == desk.pending("acknowledgement")


def test_an_order_of_which_only_the_location_changes_is_not_answered_again(desk: Desk) -> None:
    desk.stock("bolt", A=10)
    order_id = desk.place(A=2)
    desk.send()
    desk.receive(an_ack(desk.request(order_id).request_id, "A1", one=(1, "rejected", 2)), "acme")
    desk.tick()
    assert "bolt" == desk.request(order_id).location
    assert [{"A": "2 accepted"}] == answers(desk)


def test_units_that_no_location_has_are_backordered_after_a_while(desk: Desk) -> None:
    desk.place(A=12)
    assert [] == answers(desk)
    desk.tick(WAIT - 1)
    assert [] == answers(desk)
    desk.tick(1)
    assert [{"A": "10 accepted, 2 backordered"}] == answers(desk)


def test_stock_that_comes_in_time_is_never_told_as_missing(desk: Desk) -> None:
    desk.place(C=1)
    desk.tick(2)
    desk.stock("acme", C=1)
    desk.tick(WAIT)
    assert [{"C": "1 accepted"}] == answers(desk)


def test_backordered_units_that_are_placed_later_are_told_again(desk: Desk) -> None:
    desk.place(C=1)
    desk.tick(WAIT)
    desk.stock("acme", C=1)
    desk.tick()
    assert [{"C": "1 backordered"}, {"C": "1 accepted"}] == answers(desk)


def test_an_executor_that_backorders_is_passed_on(desk: Desk) -> None:
    order_id = desk.place(A=2)
    desk.send()
    desk.receive(an_ack(desk.request(order_id).request_id, "A1", one=(1, "backordered", 2)), "acme")
    desk.tick()
    assert [{"A": "2 accepted"}, {"A": "2 backordered"}] == answers(desk)


def test_a_cancellation_in_time_is_answered_with_what_was_stopped(desk: Desk) -> None:
    order_id = desk.place(A=2, B=1)
    cancel(desk, order_id, "B")
    assert [{"A": "2 accepted", "B": "1 accepted"}, {"A": "2 accepted", "B": "1 rejected"}] == answers(desk)


def test_a_cancellation_waits_for_the_location_before_it_is_answered(desk: Desk) -> None:
    order_id = desk.place(A=2)
    desk.send(accepts=True)
    cancel(desk, order_id)
    assert 1 == len(answers(desk))
    desk.send(kinds=("cancellation",), accepts=True)
    desk.tick()
    assert {"A": "2 rejected"} == answers(desk)[-1]


def test_a_cancellation_that_comes_too_late_is_answered_too(desk: Desk) -> None:
    order_id = desk.place(A=2)
    desk.send(accepts=True)
    desk.receive(a_shipment(desk.request(order_id), "S1", {1: 2}, shipped_at=at(1)), "acme")
    cancel(desk, order_id)
    assert [{"A": "2 accepted"}, {"A": "2 accepted"}] == answers(desk)
    cancel(desk, order_id)
    assert 2 == len(answers(desk)), "the same cancellation again"


def test_an_order_with_an_unmapped_line_is_answered_once_it_is_mapped(desk: Desk) -> None:
    first = an_order(1, "1", A=1, L2=(None, 1))
    desk.receive(first, "shop")
    desk.tick(WAIT)
    assert [] == answers(desk)
    desk.receive(an_order(1, "1", A=1, L2=("B", 1)), "shop")
    desk.tick()
    assert [{"A": "1 accepted", "L2": "1 accepted"}] == answers(desk)


def test_prices_of_the_order_stand_in_the_answer_and_a_refused_answer_holds_it(desk: Desk) -> None:
    order_id = desk.place(A=2)
    [item] = desk.pending("acknowledgement")
    desk.settle(item, Answer(Verdict.REFUSED, at(1), code="data.unmapped-sku", message="A is not known there."))
    assert desk.order(order_id).hold.startswith("order.answer-refused")


def test_an_answer_that_arrived_stands_in_the_timeline(desk: Desk) -> None:
    order_id = desk.place(A=2)
    desk.send(kinds=("acknowledgement",))
    assert EventKind.ORDER_ANSWERED in desk.kinds(order_id)


def test_every_answer_adds_up(desk: Desk) -> None:
    desk.place(A=2)
    [item] = desk.pending("acknowledgement")
    told = OrderAcknowledgement.model_validate_json(item.payload)
    [line] = told.lines
    assert (Decimal(2), AcknowledgementOutcome.ACCEPTED) == (line.ordered, line.units[0].outcome)
    with pytest.raises(ValueError, match="not those ordered"):
        type(line).model_validate({**dict(line), "ordered": Decimal(3)})
