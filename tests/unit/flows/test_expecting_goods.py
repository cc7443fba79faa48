"""What orders that wait are told, and that the oldest of them gets what comes, whichever way it comes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest

from hub.flows.adjust_stock import Correction, adjust_stock
from hub.flows.announce_transfer import Consignment, announce_transfer
from hub.flows.cancel_order import cancel_order
from hub.flows.expect_goods import expect_order
from hub.flows.explain_stock import explain_stock
from hub.model.identity import ConnectionId, LineId, LocationId, OrderId, Sku
from hub.model.network import CountingRule
from hub.model.returns import Cancellation, Custody, Return, ReturnedLine
from hub.model.stock import ExpectedSupply, FeedMode, ItemOutlook
from hub.model.transfer import GoodsReceipt, ReceivedLine
from tests.builders import SHOP, Desk, a_location, a_network, a_report, a_shipment, an_ack, at, broken_laws

A, ACME = Sku("A"), LocationId("acme")
SOON, LATER = date(2026, 11, 5), date(2026, 11, 9)


@pytest.fixture
def desk() -> Desk:
    desk = Desk(a_network(a_location("acme"), a_location("bolt", per_request="9")))
    desk.stock("acme", A=0)
    desk.stock("bolt", A=0)
    return desk


def announced(desk: Desk, units: int, day: date) -> None:
    announce_transfer(desk.work(), ACME, Consignment({A: Decimal(units)}, desk.now, expected_on=day))


def may_expect(desk: Desk, order_id: OrderId) -> list[tuple[int, str, date]]:
    told = expect_order(desk.work(), desk.order(order_id)).get(A, ())
    return [(int(each.coming.quantity), each.coming.location, each.coming.day) for each in told]


def promised(desk: Desk) -> list[tuple[date, int]]:
    return [(each.day, int(each.quantity)) for each in explain_stock(desk.work(), A).promises]


def test_two_orders_that_wait_are_not_told_the_same_units(desk: Desk) -> None:
    younger, older = desk.place(2, A=4), desk.place(1, A=4)
    announced(desk, 5, SOON)
    announced(desk, 10, LATER)
    assert [(4, "acme", SOON)] == may_expect(desk, older)
    assert [(1, "acme", SOON), (3, "acme", LATER)] == may_expect(desk, younger)
    assert [(desk.now.date(), 0), (LATER, 7)] == promised(desk)


def test_backordered_units_are_filled_before_orders_that_nobody_took(desk: Desk) -> None:
    desk.now = at(5)
    desk.stock("acme", A=6)
    backordered = desk.place(1, A=6)
    desk.send()
    ack = an_ack(desk.request(backordered).request_id, "K1", at(6), one=(1, "backordered", 6))
    desk.now = at(10)
    desk.receive(ack, "acme")
    desk.stock("acme", A=0)
    waiting = desk.place(2, A=3)
    announced(desk, 8, SOON)
    announced(desk, 8, LATER)
    assert [(2, "acme", SOON), (1, "acme", LATER)] == may_expect(desk, waiting)
    assert [(desk.now.date(), 0), (LATER, 7)] == promised(desk)


def test_a_partners_outlook_is_told_until_the_location_rejects_the_line(desk: Desk) -> None:
    outlook = ItemOutlook(sku=A, location=ACME, expected=(ExpectedSupply(day=SOON, quantity=Decimal(9)),))
    report = a_report("acme", {"A": 3}, as_of=at(5), mode=FeedMode.DELTA).model_copy(update={"outlooks": (outlook,)})
    desk.now = at(5)
    desk.receive(report, "acme")
    order_id = desk.place(1, A=5)
    assert [(2, "acme", SOON)] == may_expect(desk, order_id)
    desk.send()
    desk.now = at(9)
    desk.receive(an_ack(desk.request(order_id).request_id, "K1", at(8), one=(1, "rejected", 3)), "acme")
    desk.tick()
    assert [] == may_expect(desk, order_id)


def test_order_that_does_not_wait_expects_nothing(desk: Desk) -> None:
    desk.now = at(1)
    desk.stock("acme", A=5)
    announced(desk, 5, SOON)
    assert [] == may_expect(desk, desk.place(1, A=5))


def by_count(desk: Desk) -> None:
    desk.stock("acme", as_of=desk.now, A=3)


def by_receipt(desk: Desk) -> None:
    line = ReceivedLine(number=1, sku=A, quantity=Decimal(3))
    receipt = GoodsReceipt(
        receipt_id="R1", connection=ConnectionId("acme"), location=ACME, received_at=desk.now, lines=(line,)
    )
    desk.receive(receipt, "acme")


def by_correction(desk: Desk) -> None:
    adjust_stock(desk.work(), ACME, Correction({A: Decimal(3)}, "found", desk.now))


def by_cancellation(desk: Desk) -> None:
    """An order that was to get three is cancelled before its request leaves."""
    cancel_order(desk.work("shop"), Cancellation(channel=SHOP, external_id="5009", cancelled_at=desk.now))


@pytest.mark.parametrize("news", [by_count, by_receipt, by_correction])
def test_what_comes_goes_to_the_oldest_order_that_waits(desk: Desk, news: Callable[[Desk], None]) -> None:
    younger, older = desk.place(2, A=3), desk.place(1, A=3)
    desk.now = at(0.5)
    news(desk)
    desk.tick()
    assert ([], 1) == (desk.requests(younger), len(desk.requests(older)))
    assert broken_laws(desk) == []


def took(desk: Desk) -> OrderId:
    """An order that has the three units there are."""
    desk.now = at(1)
    desk.stock("acme", A=3)
    return desk.place(9, A=3)


def waiting_two(desk: Desk) -> tuple[OrderId, OrderId]:
    orders = desk.place(2, A=3), desk.place(1, A=3)
    assert [[], []] == [desk.requests(each) for each in orders]
    # Before either looks again by itself, the younger one first.
    return orders


def test_units_of_a_cancelled_order_go_to_the_oldest_that_waits(desk: Desk) -> None:
    took(desk)
    younger, older = waiting_two(desk)
    by_cancellation(desk)
    desk.tick()
    assert ([], 1) == (desk.requests(younger), len(desk.requests(older)))


def test_units_that_a_location_agrees_to_stop_go_to_the_oldest_that_waits(desk: Desk) -> None:
    order_id = took(desk)
    desk.send()
    younger, older = waiting_two(desk)
    desk.now = at(1.5)
    by_cancellation(desk)
    desk.send(accepts=True, kinds=("cancellation",))
    desk.tick()
    assert ([], 1) == (desk.requests(younger), len(desk.requests(older)))
    assert Decimal(3) == desk.counters(order_id, "A").cancelled


def test_units_rejected_for_another_reason_go_to_the_oldest_other_order_that_waits(desk: Desk) -> None:
    desk.network = a_network(a_location("acme", counting=CountingRule(doubt_after_shortage=False)))
    order_id = took(desk)
    desk.send()
    younger, older = waiting_two(desk)
    desk.now = at(1.5)
    desk.receive(an_ack(desk.request(order_id).request_id, "K1", at(1.2), one=(1, "rejected", 3)), "acme")
    desk.tick()
    assert ([], 1) == (desk.requests(younger), len(desk.requests(older)))


def test_returned_goods_go_to_the_oldest_order_that_waits(desk: Desk) -> None:
    order_id = took(desk)
    desk.send()
    desk.now = at(1.2)
    desk.receive(a_shipment(desk.request(order_id), "S1", {1: 3}, shipped_at=at(1.1)), "acme")
    younger, older = waiting_two(desk)
    desk.now = at(1.5)
    back = Return(
        return_id="R1",
        channel=SHOP,
        order_external_id="5009",
        lines=(ReturnedLine(line_id=LineId("A"), quantity=Decimal(3)),),
        location=ACME,
        custody=Custody.RESTOCKED,
        at=at(1.4),
    )
    desk.receive(back, "shop")
    desk.tick()
    assert ([], 1) == (desk.requests(younger), len(desk.requests(older)))
