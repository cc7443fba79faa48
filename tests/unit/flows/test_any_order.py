"""Up to five events of an order or a feed give the same state in whatever order they reach us, and however often."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from itertools import permutations

import pytest

from hub.errors import DataError, TransientError
from hub.model.fulfilment import FulfilmentRequest
from hub.model.identity import ConnectionId, LocationId, OrderId, PartnerId, Sku
from hub.model.money import Money
from hub.model.network import CountingRule, NetOf
from hub.model.purchase import Invoice, InvoiceLine
from hub.model.returns import Custody, Return, ReturnedLine
from hub.model.stock import CountBasis
from hub.model.transfer import GoodsReceipt, ReceivedLine
from tests.builders import SHOP, Desk, a_location, a_network, a_report, a_shipment, an_ack, at, broken_laws

Event = tuple[str, object]
"""Who tells it, and what."""

Story = Callable[[Desk, OrderId, FulfilmentRequest, CountingRule], list[Event]]

RULES = {
    "on hand": CountingRule(),
    "net of sent": CountingRule(basis=CountBasis.AVAILABLE, net_of=NetOf.SENT),
    "net of acknowledged": CountingRule(basis=CountBasis.AVAILABLE, net_of=NetOf.ACKNOWLEDGED),
    "net of sent, read by a batch": CountingRule(
        basis=CountBasis.AVAILABLE, net_of=NetOf.SENT, net_of_cutoff=at(0).time()
    ),
    "net of sent, the batch was before": CountingRule(
        basis=CountBasis.AVAILABLE, net_of=NetOf.SENT, net_of_cutoff=at(-1).time()
    ),
}


def a_receipt(minute: int, units: int) -> GoodsReceipt:
    return GoodsReceipt(
        receipt_id=f"R{minute}",
        connection=ConnectionId("acme"),
        location=LocationId("acme"),
        received_at=at(minute),
        lines=(ReceivedLine(number=1, sku=Sku("A"), quantity=Decimal(units)),),
    )


def an_invoice(request: FulfilmentRequest, units: int) -> Invoice:
    price = Money(amount=Decimal("2.00"), currency="USD")
    return Invoice(
        invoice_number="I1",
        request_id=request.request_id,
        partner=PartnerId("acme"),
        invoiced_at=at(9),
        lines=(InvoiceLine(number=1, quantity=Decimal(units), unit_price=price),),
        total=price.times(Decimal(units)),
    )


def put_back(desk: Desk, order_id: OrderId, minute: int, units: int) -> Return:
    line = desk.order(order_id).order.lines[0].line_id
    return Return(
        return_id="RT1",
        channel=SHOP,
        order_external_id=desk.order(order_id).order.external_id,
        lines=(ReturnedLine(line_id=line, quantity=Decimal(units)),),
        location=LocationId("acme"),
        custody=Custody.RESTOCKED,
        at=at(minute),
    )


def holds_ours(rule: CountingRule) -> bool:
    """Whether a figure has in it what is promised to the order."""
    return rule.basis is CountBasis.ON_HAND or rule.net_of_cutoff == at(-1).time()


def counted(minute: int, figure: int, rule: CountingRule) -> Event:
    return "acme", a_report("acme", {"A": figure}, as_of=at(minute), basis=rule.basis)


def opened(rule: CountingRule) -> tuple[Desk, OrderId, FulfilmentRequest]:
    """Acme has 20 of A; it was sent an order of 5 a minute after they were counted."""
    desk = Desk(a_network(a_location("acme", counting=rule)), now=at(-1))
    desk.receive(a_report("acme", {"A": 20}, as_of=at(-1), basis=rule.basis), "acme")
    desk.tick()
    desk.now = at(0)
    order_id = desk.place(A=5)
    desk.send()
    desk.now = at(30)
    return desk, order_id, desk.request(order_id)


def of_an_order(desk: Desk, order_id: OrderId, request: FulfilmentRequest, rule: CountingRule) -> list[Event]:
    """It acknowledges at 2, ships 3 at 4 and 2 at 6, bills, and counts at 5: 17 lie there, 2 of them promised to us."""
    figure = 17 if holds_ours(rule) else 15
    return [
        ("acme", an_ack(request.request_id, "AK", at(2), one=(1, "accepted", 5))),
        ("acme", a_shipment(request, "S1", {1: 3}, shipped_at=at(4))),
        ("acme", a_shipment(request, "S2", {1: 2}, shipped_at=at(6))),
        ("acme", an_invoice(request, 5)),
        counted(5, figure, rule),
    ]


def of_a_feed(desk: Desk, order_id: OrderId, request: FulfilmentRequest, rule: CountingRule) -> list[Event]:
    """It ships all 5 at 3; 6 new ones come at 4; it counts 21 at 5; 7 more come at 8; 2 of ours are put back at 9."""
    return [
        ("acme", a_shipment(request, "S1", {1: 5}, shipped_at=at(3))),
        ("acme", a_receipt(4, 6)),
        counted(5, 21, rule),
        ("acme", a_receipt(8, 7)),
        ("shop", put_back(desk, order_id, 9, 2)),
    ]


def of_a_change_of_mind(minute: int, left_out: int) -> Story:
    """It accepts at 2, ships 2 at 3, rejects the other 3 at 6; 7 more come at 9. It counts at ``minute``: 18 lie there,
    of which ``left_out`` are still promised to us."""

    def story(desk: Desk, order_id: OrderId, request: FulfilmentRequest, rule: CountingRule) -> list[Event]:
        figure = 18 if holds_ours(rule) else 18 - left_out
        rest = {"one": (1, "accepted", 2), "two": (1, "rejected", 3)}
        return [
            ("acme", an_ack(request.request_id, "AK", at(2), one=(1, "accepted", 5))),
            ("acme", a_shipment(request, "S1", {1: 2}, shipped_at=at(3))),
            ("acme", an_ack(request.request_id, "AK2", at(6), **rest)),
            counted(minute, figure, rule),
            ("acme", a_receipt(9, 7)),
        ]

    return story


def of_a_repeated_answer(desk: Desk, order_id: OrderId, request: FulfilmentRequest, rule: CountingRule) -> list[Event]:
    """It accepts at 2 and says so again at 4, ships 3 at 5, and counts at 3 and at 6: 20 lie there, then 17."""
    left_out = 0 if holds_ours(rule) else 1
    return [
        ("acme", an_ack(request.request_id, "AK", at(2), one=(1, "accepted", 5))),
        counted(3, 20 - 5 * left_out, rule),
        ("acme", an_ack(request.request_id, "AK2", at(4), one=(1, "accepted", 5))),
        ("acme", a_shipment(request, "S1", {1: 3}, shipped_at=at(5))),
        counted(6, 17 - 2 * left_out, rule),
    ]


STORIES: dict[str, tuple[Story, int]] = {
    "an order": (of_an_order, 15),
    "a feed": (of_a_feed, 30),
    "a rejection after the count": (of_a_change_of_mind(4, 3), 25),
    "a rejection before the count": (of_a_change_of_mind(8, 0), 25),
    "an answer repeated between two counts": (of_a_repeated_answer, 17),
}


def told(desk: Desk, events: list[Event]) -> None:
    """Each as it comes; what needs another one first is tried again afterwards, as the engine does."""
    waiting = list(enumerate(events))
    for _ in range(len(events) + 1):
        again = []
        for number, (who, item) in waiting:
            try:
                desk.receive(item, who, f"event {number} {item!r:.40}")
            except TransientError:
                again.append((number, (who, item)))
            except DataError as error:
                if error.code not in {"return.too-many", "return.unknown-order"}:
                    raise
                again.append((number, (who, item)))
        waiting = again
        if not waiting:
            return
    raise AssertionError(f"never taken: {waiting}")


def state(desk: Desk, order_id: OrderId) -> object:
    balance, request = desk.balance("A", "acme"), desk.request(order_id)
    return (
        balance.on_hand,
        balance.reserved,
        balance.unavailable,
        desk.order(order_id).status,
        dict(desk.order(order_id).counters),
        request.execution,
        request.lines,
    )


def in_every_order(story: Story, rule: CountingRule) -> Iterator[tuple[object, Decimal, list[str]]]:
    for order in permutations(range(5)):
        desk, order_id, request = opened(rule)
        events = story(desk, order_id, request, rule)
        told(desk, [events[place] for place in order])
        told(desk, [events[place] for place in reversed(order)])
        yield state(desk, order_id), desk.balance("A", "acme").on_hand, broken_laws(desk)


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
@pytest.mark.parametrize(("story", "on_hand"), STORIES.values(), ids=STORIES)
def test_every_order_of_five_events_ends_in_one_state(story: Story, on_hand: int, rule: CountingRule) -> None:
    found = list(in_every_order(story, rule))
    assert 120 == len(found)
    assert {on_hand} == {int(units) for _, units, _ in found}
    assert 1 == len({repr(each) for each, _, _ in found})
    assert [] == [broken for _, _, laws in found for broken in laws]


def test_older_of_two_shipments_heard_last_says_since_when_the_partner_knew() -> None:
    """Nothing says that the request arrived but its shipments, of 8 and of 12; the count of 10 left 6 of ours out."""
    rule = RULES["net of sent"]
    desk = Desk(a_network(a_location("acme", counting=rule)))
    desk.receive(a_report("acme", {"A": 20}, basis=rule.basis, as_of=desk.now), "acme")
    request = desk.request(desk.place(A=10))
    desk.now = at(30)
    who, item = counted(10, 10, rule)
    desk.receive(item, who)
    desk.receive(a_shipment(request, "S2", {1: 2}, shipped_at=at(12)), "acme")
    desk.receive(a_shipment(request, "S1", {1: 4}, shipped_at=at(8)), "acme")
    assert Decimal(14) == desk.balance("A", "acme").on_hand
    assert broken_laws(desk) == []
