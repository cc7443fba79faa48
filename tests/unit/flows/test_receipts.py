"""Receipts (997, TA1) for what we sent: what they say of orders, and the clock that waits for them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from hub.flows.await_receipt import await_receipts
from hub.model.document import Direction, Document
from hub.model.events import EventKind
from hub.model.exchange import Exchange, ExchangeGroup, ExchangeMessage, ExchangeState, ReceiptState
from hub.model.fulfilment import Negotiation
from hub.model.identity import ConnectionId, DocumentId, OrderId
from hub.model.purchase import PurchaseOrderState, SyntaxReceipt
from hub.model.queue import OutboxItem, OutboxState
from tests.builders import Desk, a_location, a_network

ACME = ConnectionId("acme")
HOURS = 24


@pytest.fixture
def desk() -> Desk:
    desk = Desk(a_network(a_location("acme")))
    desk.stock("acme", A=20)
    desk.tick()
    return desk


@pytest.fixture
def orders(desk: Desk) -> tuple[OrderId, OrderId]:
    """Two orders whose purchase orders went out in one group, number 17 of exchange 42."""
    placed = (desk.place(1, A=2), desk.place(2, A=1))
    desk.send()
    log_sent(desk, *placed)
    return placed


def log_sent(desk: Desk, *placed: OrderId) -> Exchange:
    requests = [desk.request(order) for order in placed]
    stored = desk.uow.documents.add(Document(ACME, Direction.OUTBOUND, "850", "out-42", b"ISA", desk.now))
    messages = tuple(
        ExchangeMessage("850", f"{place:04d}", one.request_id, f"fulfilment:{one.request_id}", ReceiptState.AWAITED)
        for place, one in enumerate(requests, 1)
    )
    due = desk.now + timedelta(hours=HOURS)
    group = ExchangeGroup("PO", "TOYHUB", "ACME", "17", "004010", messages, ReceiptState.AWAITED, due)
    exchange = Exchange(
        ACME,
        Direction.OUTBOUND,
        "ZZ:TOYHUB",
        "ZZ:ACME",
        "000000042",
        "a" * 64,
        3,
        desk.now,
        ExchangeState.SENT,
        groups=(group,),
        document=stored or DocumentId(""),
    )
    saved = desk.uow.exchanges.save(exchange)
    await_receipts(desk.uow, saved)
    return saved


def receipt(code: str, number: str = "", **changes: Any) -> SyntaxReceipt:
    """Of one set of group 17, or of the group."""
    values = {"group_kind": "PO", "group_control_number": "000017", "set_control_number": number, "code": code}
    return SyntaxReceipt(**{**values, "set_id": "850" if number else "", "accepted": code in {"A", "E"}, **changes})


def states(desk: Desk) -> tuple[ReceiptState, list[ReceiptState]]:
    [exchange] = desk.uow.exchanges.page()
    return exchange.groups[0].state, [message.state for message in exchange.groups[0].messages]


def entries(desk: Desk) -> list[tuple[str, str, str | None]]:
    return [(entry.code, entry.path, entry.order_id) for entry in desk.uow.quarantine.open()]


@pytest.mark.parametrize(
    ("code", "hold", "purchase"),
    [
        ("A", "", PurchaseOrderState.RECEIVED),
        ("E", "", PurchaseOrderState.RECEIVED),
        ("R", "order.syntax-rejected", PurchaseOrderState.SENT),
    ],
)
def test_receipt_is_about_readability_only(
    desk: Desk, orders: tuple[OrderId, OrderId], code: str, hold: str, purchase: PurchaseOrderState
) -> None:
    first, other = orders
    desk.receive(receipt(code, "1"), "acme")
    assert purchase is desk.request(first).purchase
    assert Negotiation.SUBMITTED is desk.request(first).negotiation
    assert desk.order(first).hold.startswith(hold)
    assert (PurchaseOrderState.SENT, "") == (desk.request(other).purchase, desk.order(other).hold)


def test_receipt_of_a_whole_group_is_about_all_its_sets(desk: Desk, orders: tuple[OrderId, OrderId]) -> None:
    desk.receive(receipt("A"), "acme")
    assert [PurchaseOrderState.RECEIVED] * 2 == [desk.request(each).purchase for each in orders]
    assert (ReceiptState.RECEIVED, [ReceiptState.RECEIVED] * 2) == states(desk)


def test_sets_that_no_receipt_names_follow_the_group(desk: Desk, orders: tuple[OrderId, OrderId]) -> None:
    first, other = orders
    desk.receive(receipt("R", "0002", detail="PO1 at segment 9: element 2 is missing"), "acme")
    desk.receive(receipt("P", accepted=True), "acme")
    assert (ReceiptState.PARTIAL, [ReceiptState.RECEIVED, ReceiptState.REJECTED]) == states(desk)
    assert PurchaseOrderState.RECEIVED is desk.request(first).purchase
    assert "PO1 at segment 9" in desk.order(other).hold
    assert [("exchange.rejected", "850 2", other)] == [(c, p.replace("000", ""), o) for c, p, o in entries(desk)]
    [entry] = desk.uow.quarantine.open()
    assert f"acme could not read {entry.path} ({desk.request(other).request_id}): code R, PO1" in entry.message


def test_group_that_does_not_say_which_sets_it_rejected_goes_to_a_person(
    desk: Desk, orders: tuple[OrderId, OrderId]
) -> None:
    desk.receive(receipt("P", accepted=True, undecided=True), "acme")
    assert (ReceiptState.PARTIAL, [ReceiptState.AWAITED] * 2) == states(desk)
    assert ["exchange.rejected"] == [code for code, _, _ in entries(desk)]
    assert [PurchaseOrderState.SENT] * 2 == [desk.request(each).purchase for each in orders]


def test_same_receipt_again_changes_nothing(desk: Desk, orders: tuple[OrderId, OrderId]) -> None:
    for _ in range(2):
        desk.receive(receipt("A", "0001"), "acme")
        desk.receive(receipt("A"), "acme")
    assert 1 == desk.kinds(orders[0]).count(EventKind.SYNTAX_RECEIVED)
    assert 1 == desk.kinds(orders[1]).count(EventKind.SYNTAX_RECEIVED)


def test_errors_that_were_accepted_are_told_with_their_words(desk: Desk, orders: tuple[OrderId, OrderId]) -> None:
    desk.receive(receipt("E", "0001", detail="REF at segment 4 is unknown"), "acme")
    [told] = [one for one in desk.uow.orders.timeline(orders[0]) if one.kind is EventKind.SYNTAX_RECEIVED]
    assert ("E", "true", "REF at segment 4 is unknown") == (
        told.data["code"],
        told.data["accepted"],
        told.data["detail"],
    )
    assert ReceiptState.NOTED is states(desk)[1][0]


def test_acceptance_after_a_rejection_closes_its_entry(desk: Desk, orders: tuple[OrderId, OrderId]) -> None:
    desk.receive(receipt("R", "0001"), "acme")
    desk.receive(receipt("A", "0001"), "acme")
    assert [] == entries(desk)
    assert PurchaseOrderState.RECEIVED is desk.request(orders[0]).purchase


@pytest.mark.parametrize(
    ("changes", "connection"),
    [({"group_control_number": "18"}, "acme"), ({"group_kind": "IN"}, "acme"), ({}, "bolt")],
)
def test_receipt_for_what_was_never_sent_is_nothing_to_us(
    desk: Desk, orders: tuple[OrderId, OrderId], changes: dict[str, str], connection: str
) -> None:
    desk.receive(receipt("R", "0001", **changes), connection)
    assert ["", ""] == [desk.order(each).hold for each in orders]
    assert [] == entries(desk)


def test_exchange_rejected_as_a_whole_holds_all_its_orders(desk: Desk, orders: tuple[OrderId, OrderId]) -> None:
    whole = receipt("R", group_kind="", group_control_number="", exchange_control_number="42", detail="invalid sender")
    for _ in range(2):
        desk.receive(whole, "acme")
    assert [True, True] == [desk.order(each).hold.startswith("order.syntax-rejected") for each in orders]
    assert [("exchange.rejected", "", None)] == entries(desk)
    assert (ReceiptState.REJECTED, [ReceiptState.REJECTED] * 2) == states(desk)
    [exchange] = desk.uow.exchanges.page()
    assert (ExchangeState.REJECTED, "R") == (exchange.state, exchange.code)
    desk.tick(minutes=HOURS * 60)
    assert ["exchange.rejected"] == [code for code, _, _ in entries(desk) if code.startswith("exchange")]


def test_exchange_accepted_as_a_whole_says_nothing_of_its_orders(desk: Desk, orders: tuple[OrderId, OrderId]) -> None:
    desk.receive(receipt("A", group_kind="", group_control_number="", exchange_control_number="42"), "acme")
    assert [PurchaseOrderState.SENT] * 2 == [desk.request(each).purchase for each in orders]
    assert (ReceiptState.AWAITED, [ReceiptState.AWAITED] * 2) == states(desk)


def test_rejected_message_that_is_no_purchase_order_holds_its_order_too(desk: Desk) -> None:
    order = desk.place(3, A=1)
    item = OutboxItem("cancel:P9:1", ACME, "cancellation", "{}", desk.now, order_id=order)
    desk.uow.outbox.add(item)
    exchange = log_sent(desk, order)
    [group] = exchange.groups
    message = ExchangeMessage("860", "0001", "P9", item.key, ReceiptState.AWAITED)
    desk.uow.exchanges.save(replace(exchange, groups=(replace(group, kind="PC", messages=(message,)),)))
    desk.receive(receipt("R", "1", group_kind="PC", set_id="860"), "acme")
    assert desk.order(order).hold.startswith("order.syntax-rejected: acme could not read the cancellation")
    assert [("exchange.rejected", order)] == [(code, about) for code, _, about in entries(desk)]


def overdue(desk: Desk) -> list[str]:
    return [path for code, path, _ in entries(desk) if code == "exchange.acknowledgement-overdue"]


def test_overdue_receipt_is_one_entry_that_closes_when_it_comes(desk: Desk, orders: tuple[OrderId, OrderId]) -> None:
    desk.tick(minutes=HOURS * 60 - 1)
    assert [] == overdue(desk)
    desk.tick(minutes=1)
    assert ["group PO 17"] == overdue(desk)
    desk.tick(minutes=HOURS * 60)
    assert ["group PO 17"] == overdue(desk)
    desk.receive(receipt("A"), "acme")
    assert [] == overdue(desk)


def test_receipt_in_time_stops_the_clock(desk: Desk, orders: tuple[OrderId, OrderId]) -> None:
    desk.receive(receipt("A"), "acme")
    desk.tick(minutes=HOURS * 60)
    assert [] == overdue(desk)


def test_clock_waits_for_bytes_that_have_not_left(desk: Desk, orders: tuple[OrderId, OrderId]) -> None:
    [first, _] = desk.uow.outbox.page(state=OutboxState.ACCEPTED)
    desk.uow.outbox.settle(first.key, OutboxState.PENDING, due=desk.now)
    desk.tick(minutes=HOURS * 60)
    assert [] == overdue(desk)
    desk.uow.outbox.settle(first.key, OutboxState.ACCEPTED)
    desk.tick(minutes=HOURS * 60)
    assert ["group PO 17"] == overdue(desk)


def test_group_whose_items_were_all_taken_back_is_not_waited_for(desk: Desk, orders: tuple[OrderId, OrderId]) -> None:
    for item in desk.uow.outbox.page(state=OutboxState.ACCEPTED):
        desk.uow.outbox.settle(item.key, OutboxState.SUPERSEDED)
    desk.tick(minutes=HOURS * 60)
    assert [] == overdue(desk)
