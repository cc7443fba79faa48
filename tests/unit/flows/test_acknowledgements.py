"""What partners answer, in one piece or several, in order or late, and what it does to stock and routing."""

from __future__ import annotations

from decimal import Decimal

import pytest

from hub.errors import DataError
from hub.flows.answer import Answer, Verdict
from hub.flows.expire_request import reroute_request
from hub.flows.release_order import release_order
from hub.flows.requests import outbox_key
from hub.model.events import EventKind
from hub.model.fulfilment import Execution, Negotiation
from hub.model.identity import LocationId, OrderId, Sku
from hub.model.network import CountingRule, NetOf
from hub.model.order import OrderStatus
from hub.model.purchase import Acknowledgement, AcknowledgementOutcome, PurchaseOrderState
from hub.model.queue import OutboxState
from hub.model.stock import CountBasis
from tests.builders import Desk, a_location, a_network, a_report, a_shipment, an_ack, at, broken_laws


@pytest.fixture
def desk() -> Desk:
    desk = Desk(a_network(a_location("acme"), a_location("bolt", per_request="8")))
    desk.stock("acme", A=20, B=20)
    desk.stock("bolt", A=20, B=20)
    desk.tick()
    return desk


@pytest.fixture
def order_id(desk: Desk) -> OrderId:
    order_id = desk.place(A=10)
    desk.send()
    return order_id


def counters(desk: Desk, order_id: OrderId, line: str = "A") -> dict[str, int]:
    return {name: int(units) for name, units in desk.counters(order_id, line) if units and name != "ordered"}


def answer(desk: Desk, order_id: OrderId, reference: str, minutes: int, **answers: tuple[int, str, int]) -> None:
    desk.receive(an_ack(desk.requests(order_id)[0].request_id, reference, at(minutes), **answers), "acme")


def test_several_answers_for_a_line_add_up(desk: Desk, order_id: OrderId) -> None:
    answer(
        desk,
        order_id,
        "AK1",
        1,
        a=(1, "accepted", 4),
        b=(1, "accepted", 1),
        c=(1, "backordered", 2),
        d=(1, "rejected", 1),
    )
    assert counters(desk, order_id) == {"allocated": 5, "backordered": 2, "reserved": 2, "open": 1}
    request = desk.requests(order_id)[0]
    assert request.negotiation is Negotiation.ACCEPTED
    assert request.purchase is PurchaseOrderState.ACKNOWLEDGED_PART
    assert desk.balance("A", "acme").reserved == Decimal(7)
    assert broken_laws(desk) == []


def test_rejected_units_are_routed_elsewhere_and_the_rejecter_not_asked_again(desk: Desk, order_id: OrderId) -> None:
    answer(desk, order_id, "AK1", 1, a=(1, "accepted", 6), b=(1, "rejected", 4))
    desk.tick()
    assert [(each.location, int(each.lines[0].quantity)) for each in desk.requests(order_id)] == [
        ("acme", 10),
        ("bolt", 4),
    ]
    assert desk.balance("A", "acme").reserved == Decimal(6)
    assert desk.order(order_id).excluded == {"A": frozenset({"acme"})}
    assert broken_laws(desk) == []


def test_full_rejection_closes_the_request(desk: Desk, order_id: OrderId) -> None:
    answer(desk, order_id, "AK1", 1, a=(1, "rejected", 10))
    request = desk.requests(order_id)[0]
    assert (request.negotiation, request.execution) == (Negotiation.REJECTED, Execution.CANCELLED)
    assert request.purchase is PurchaseOrderState.REJECTED


def test_same_reference_twice_is_one_answer(desk: Desk, order_id: OrderId) -> None:
    answer(desk, order_id, "AK1", 1, a=(1, "rejected", 4))
    desk.tick()
    events = len(desk.kinds(order_id))
    answer(desk, order_id, "AK1", 1, a=(1, "rejected", 4))
    desk.tick()
    assert len(desk.kinds(order_id)) == events
    assert len(desk.requests(order_id)) == 2


def test_later_answer_replaces_an_earlier_one_for_units_not_shipped(desk: Desk, order_id: OrderId) -> None:
    answer(desk, order_id, "AK1", 1, a=(1, "backordered", 10))
    desk.receive(a_shipment(desk.requests(order_id)[0], "S1", {1: 3}, shipped_at=at(2)), "acme")
    answer(desk, order_id, "AK2", 3, a=(1, "accepted", 10))
    assert counters(desk, order_id) == {"shipped": 3, "allocated": 7}
    assert desk.balance("A", "acme").reserved == Decimal(7)
    assert broken_laws(desk) == []


def test_older_answer_speaks_only_for_unanswered_units(desk: Desk, order_id: OrderId) -> None:
    desk.now = at(10)
    answer(desk, order_id, "AK2", 5, a=(1, "accepted", 6))
    answer(desk, order_id, "AK1", 1, a=(1, "backordered", 10))
    assert counters(desk, order_id) == {"allocated": 6, "backordered": 4}
    assert broken_laws(desk) == []


def test_backordered_units_hold_no_stock_but_are_not_promised_again(desk: Desk, order_id: OrderId) -> None:
    answer(desk, order_id, "AK1", 1, a=(1, "backordered", 10))
    assert desk.balance("A", "acme").reserved == Decimal(0)
    second = desk.place(2, A=15)
    assert ("bolt", 15) == (desk.request(second).location, int(desk.request(second).lines[0].quantity))


def test_overdue_backorder_is_held_for_a_person(desk: Desk, order_id: OrderId) -> None:
    answer(desk, order_id, "AK1", 1, a=(1, "backordered", 10))
    desk.tick(8 * 24 * 60)
    assert desk.order(order_id).hold.startswith("order.backorder-overdue")


def test_default_outcome_speaks_for_units_no_line_names(desk: Desk, order_id: OrderId) -> None:
    request = desk.requests(order_id)[0]
    ack = an_ack(request.request_id, "AK1", at(1), a=(1, "rejected", 2))
    desk.receive(ack.model_copy(update={"default_outcome": AcknowledgementOutcome.ACCEPTED}), "acme")
    assert counters(desk, order_id) == {"allocated": 8, "open": 2}


def test_silence_holds_the_order_and_does_not_ask_a_second_location(desk: Desk, order_id: OrderId) -> None:
    desk.tick(24 * 60 - 1)
    assert desk.order(order_id).status is OrderStatus.OPEN
    desk.tick(1)
    assert desk.order(order_id).hold.startswith("order.unacknowledged")
    assert EventKind.REQUEST_TIMED_OUT in desk.kinds(order_id)
    assert len(desk.requests(order_id)) == 1
    answer(desk, order_id, "AK1", 24 * 60, a=(1, "accepted", 10))
    assert counters(desk, order_id) == {"allocated": 10}


def test_released_order_gives_its_silent_location_a_new_clock(desk: Desk, order_id: OrderId) -> None:
    desk.tick(24 * 60)
    assert release_order(desk.work(), order_id)
    desk.tick(24 * 60 - 1)
    assert desk.order(order_id).hold == ""
    desk.tick(1)
    assert desk.order(order_id).hold.startswith("order.unacknowledged")


def test_person_can_give_a_silent_location_up(desk: Desk, order_id: OrderId) -> None:
    assert reroute_request(desk.work(), desk.requests(order_id)[0].request_id)
    desk.tick()
    assert [each.location for each in desk.requests(order_id)] == ["acme", "bolt"]
    assert desk.requests(order_id)[0].negotiation is Negotiation.TIMED_OUT
    answer(desk, order_id, "AK1", 5, a=(1, "accepted", 10))
    assert desk.order(order_id).hold.startswith("order.late-acceptance")
    assert broken_laws(desk) == []


@pytest.mark.parametrize("state", ["pending", "sending", "unknown", "waiting", "failed"])
def test_location_given_up_is_not_sent_the_request_any_more(desk: Desk, state: str) -> None:
    order_id = desk.place(2, B=3)
    request = desk.requests(order_id)[0]
    desk.uow.outbox.settle(outbox_key(request.request_id), OutboxState(state))
    assert reroute_request(desk.work(), request.request_id)
    desk.tick()
    item = desk.uow.outbox.get(outbox_key(request.request_id))
    assert item is not None
    assert OutboxState.SUPERSEDED is item.state
    assert ["acme", "bolt"] == [each.location for each in desk.requests(order_id)]
    assert [] == broken_laws(desk)


def test_clock_runs_on_for_units_without_an_answer(desk: Desk, order_id: OrderId) -> None:
    answer(desk, order_id, "AK1", 1, a=(1, "accepted", 4), b=(1, "held", 6))
    assert counters(desk, order_id) == {"allocated": 4, "reserved": 6}
    desk.tick(24 * 60)
    assert desk.order(order_id).hold.startswith("order.unacknowledged")


def test_substitute_needs_a_person(desk: Desk, order_id: OrderId) -> None:
    answer(desk, order_id, "AK1", 1, a=(1, "substituted", 10))
    assert desk.order(order_id).hold.startswith("order.substitution")
    assert counters(desk, order_id) == {"reserved": 10}


@pytest.mark.parametrize(
    ("changes", "speaker", "code"),
    [
        ({"request_id": "P99999999"}, "acme", "ack.unknown-request"),
        ({}, "bolt", "ack.wrong-partner"),
    ],
)
def test_answer_to_nothing_of_ours_is_a_data_error(
    desk: Desk, order_id: OrderId, changes: dict[str, str], speaker: str, code: str
) -> None:
    ack = an_ack(desk.requests(order_id)[0].request_id, "AK1", at(1), a=(1, "accepted", 1))
    with pytest.raises(DataError) as caught:
        desk.receive(ack.model_copy(update=changes), speaker)
    assert caught.value.code == code


def test_answer_for_a_line_we_never_asked_changes_nothing(desk: Desk, order_id: OrderId) -> None:
    with pytest.raises(DataError) as caught:
        answer(desk, order_id, "AK1", 1, a=(1, "accepted", 4), b=(7, "accepted", 1))
    assert (caught.value.code, caught.value.path) == ("ack.unknown-line", "lines[1]")
    assert counters(desk, order_id) == {"reserved": 10}


def test_refused_request_is_like_a_full_rejection(desk: Desk) -> None:
    order_id = desk.place(A=10)
    [item] = desk.pending("fulfilment")
    refusal = Answer(Verdict.REFUSED, desk.now, code="partner.refused", message="unknown ship method")
    desk.settle(item, refusal)
    desk.settle(item, refusal)
    desk.tick()
    assert [each.location for each in desk.requests(order_id)] == ["acme", "bolt"]
    assert desk.kinds(order_id).count(EventKind.REQUEST_REFUSED) == 1
    assert broken_laws(desk) == []


def test_uncertain_request_waits_for_its_clock_and_then_a_person(desk: Desk) -> None:
    order_id = desk.place(A=10)
    [item] = desk.pending("fulfilment")
    desk.settle(item, Answer(Verdict.UNCERTAIN, desk.now))
    desk.tick(24 * 60)
    assert EventKind.REQUEST_UNCERTAIN in desk.kinds(order_id)
    assert desk.order(order_id).hold.startswith("order.unacknowledged")
    assert len(desk.requests(order_id)) == 1


def test_whole_acceptance_without_lines(desk: Desk, order_id: OrderId) -> None:
    request = desk.requests(order_id)[0]
    desk.receive(
        Acknowledgement(
            request_id=request.request_id,
            reference="AK1",
            acknowledged_at=at(1),
            default_outcome=AcknowledgementOutcome.ACCEPTED,
        ),
        "acme",
    )
    assert counters(desk, order_id) == {"allocated": 10}
    assert desk.requests(order_id)[0].purchase is PurchaseOrderState.ACKNOWLEDGED


def test_answers_of_a_clock_that_is_behind_ours_revise_each_other(desk: Desk) -> None:
    desk.tick(30)
    order_id = desk.place(A=10)
    desk.send()
    answer(desk, order_id, "AK1", 1, a=(1, "accepted", 10))
    answer(desk, order_id, "AK2", 2, a=(1, "rejected", 10))
    assert desk.requests(order_id)[0].outstanding == 0
    assert desk.balance("A", "acme").reserved == 0
    assert broken_laws(desk) == []


def test_second_answer_does_not_change_since_when_a_count_has_known_the_request() -> None:
    rule = CountingRule(basis=CountBasis.AVAILABLE, net_of=NetOf.ACKNOWLEDGED)
    desk = Desk(a_network(a_location("acme", counting=rule)))
    desk.receive(a_report("acme", {"A": 20}, basis=CountBasis.AVAILABLE, as_of=desk.now), "acme")
    order_id = desk.place(A=10)
    desk.send()
    answer(desk, order_id, "AK1", 5, a=(1, "accepted", 10))
    desk.tick(60)
    desk.receive(a_report("acme", {"A": 10}, basis=CountBasis.AVAILABLE, as_of=at(20)), "acme")
    answer(desk, order_id, "AK2", 30, a=(1, "accepted", 4), b=(1, "backordered", 6))
    desk.receive(a_shipment(desk.requests(order_id)[0], "S1", {1: 4}, shipped_at=at(15)), "acme")
    assert desk.balance("A", "acme").on_hand == 16
    assert broken_laws(desk) == []


def shelf_at(desk: Desk, minute: float) -> Decimal:
    """What the ledger, as we know it now, has of A at that minute."""
    [balance] = desk.uow.ledger.as_of(at(minute), desk.now, [Sku("A")], [LocationId("acme")])
    return balance.on_hand


@pytest.mark.parametrize("gave_up", [6, 11, 16, 21], ids=lambda minute: f"rejected at {minute}")
def test_late_news_correct_every_count_that_knew_of_it(gave_up: int) -> None:
    """20 lie there; 10 are ours and acknowledged from 5 on; 4 leave at 12, and 6 are rejected some time. Of all this we
    hear when the counts of 10, 15 and 20 have been taken in."""
    rule = CountingRule(basis=CountBasis.AVAILABLE, net_of=NetOf.ACKNOWLEDGED)
    desk = Desk(a_network(a_location("acme", counting=rule)))
    desk.receive(a_report("acme", {"A": 20}, basis=CountBasis.AVAILABLE, as_of=desk.now), "acme")
    order_id = desk.place(A=10)
    desk.send()
    desk.tick(60)
    for minute, shelf, left in ((10, 20, 0), (15, 16, 4), (20, 16, 4)):
        ours = 10 - left - (6 if gave_up <= minute else 0)
        desk.receive(a_report("acme", {"A": shelf - ours}, basis=CountBasis.AVAILABLE, as_of=at(minute)), "acme")
    answer(desk, order_id, "AK1", 5, a=(1, "accepted", 10))
    answer(desk, order_id, "AK2", gave_up, a=(1, "accepted", 4), b=(1, "rejected", 6))
    desk.receive(a_shipment(desk.requests(order_id)[0], "S1", {1: 4}, shipped_at=at(12)), "acme")
    assert [Decimal(20), Decimal(16), Decimal(16)] == [shelf_at(desk, minute) for minute in (10, 15, 20)]
    assert Decimal(16) == desk.balance("A", "acme").on_hand
    assert broken_laws(desk) == []
