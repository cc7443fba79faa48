"""Invoices are matched to what shipped; returns come back once."""

from __future__ import annotations

from decimal import Decimal

import pytest

from hub.errors import DataError, IllegalTransitionError, TransientError
from hub.model.events import EventKind
from hub.model.identity import LineId, LocationId, OrderId, PartnerId, RequestId
from hub.model.money import Money
from hub.model.network import InvoiceTolerance
from hub.model.purchase import Invoice, InvoiceLine, PurchaseOrderState
from hub.model.returns import Custody, Return, ReturnedLine
from tests.builders import SHOP, Desk, a_location, a_network, a_shipment, at


@pytest.fixture
def desk() -> Desk:
    desk = Desk(a_network(a_location("acme")))
    desk.stock("acme", A=20)
    desk.tick()
    return desk


@pytest.fixture
def shipped(desk: Desk) -> OrderId:
    order_id = desk.place(A=5)
    desk.send(accepts=True)
    desk.receive(a_shipment(desk.request(order_id), "S1", {1: 5}, shipped_at=at(1)), "acme")
    return order_id


def an_invoice(request: RequestId, number: str, units: int, *, price: str = "2.00", total: str = "") -> Invoice:
    lines = (InvoiceLine(number=1, quantity=Decimal(units), unit_price=Money(amount=Decimal(price), currency="USD")),)
    amount = Decimal(total) if total else Decimal(price) * units
    return Invoice(
        invoice_number=number,
        request_id=request,
        partner=PartnerId("acme"),
        invoiced_at=at(2),
        lines=lines,
        total=Money(amount=amount, currency="USD"),
    )


def test_invoice_for_what_shipped_is_matched(desk: Desk, shipped: OrderId) -> None:
    invoice = an_invoice(desk.request(shipped).request_id, "I1", 5)
    desk.receive(invoice, "acme")
    desk.receive(invoice, "acme")
    assert desk.kinds(shipped).count(EventKind.INVOICE_RECORDED) == 1
    assert desk.request(shipped).purchase is PurchaseOrderState.MATCHED


@pytest.mark.parametrize(
    ("units", "total", "reason"),
    [(6, "", "line 1: bills 6, shipped 5"), (5, "11.00", "total 11.00, lines and charges make 10.00")],
)
def test_invoice_that_does_not_fit_is_disputed(
    desk: Desk, shipped: OrderId, units: int, total: str, reason: str
) -> None:
    desk.receive(an_invoice(desk.request(shipped).request_id, "I1", units, total=total), "acme")
    event = desk.uow.orders.timeline(shipped)[-1]
    assert (event.kind, event.data["reasons"]) == (EventKind.INVOICE_DISPUTED, reason)


@pytest.mark.parametrize(
    ("percent", "amount", "price", "total", "matched"),
    [
        ("0", "0.01", "2.01", "", False),
        ("0.5", "0.01", "2.01", "", True),
        ("0", "0", "2.00", "10.01", False),
        ("0", "0.01", "2.00", "10.01", True),
    ],
)
def test_invoice_may_be_off_by_what_is_agreed_with_the_partner(
    percent: str, amount: str, price: str, total: str, *, matched: bool
) -> None:
    agreed = InvoiceTolerance(price_percent=Decimal(percent), total_amount=Decimal(amount))
    desk = Desk(a_network(a_location("acme").model_copy(update={"invoices": agreed})))
    desk.stock("acme", A=20)
    desk.tick()
    order_id = desk.place(A=5)
    desk.send(accepts=True)
    request = desk.request(order_id)
    cost = Money(amount=Decimal("2.00"), currency="USD")
    lines = tuple(line.model_copy(update={"unit_cost": cost}) for line in request.lines)
    desk.uow.requests.save(request.model_copy(update={"lines": lines}))
    desk.receive(a_shipment(desk.request(order_id), "S1", {1: 5}, shipped_at=at(1)), "acme")
    desk.receive(an_invoice(request.request_id, "I1", 5, price=price, total=total), "acme")
    assert matched == (desk.kinds(order_id)[-1] is EventKind.INVOICE_RECORDED)


def test_units_billed_twice_on_two_invoices_are_disputed(desk: Desk, shipped: OrderId) -> None:
    request = desk.request(shipped).request_id
    desk.receive(an_invoice(request, "I1", 5), "acme")
    desk.receive(an_invoice(request, "I2", 1), "acme")
    assert desk.kinds(shipped)[-1] is EventKind.INVOICE_DISPUTED


def test_an_invoice_number_that_comes_again_with_other_amounts_is_held(desk: Desk, shipped: OrderId) -> None:
    request = desk.request(shipped).request_id
    desk.receive(an_invoice(request, "I1", 2), "acme")
    desk.receive(an_invoice(request, "I1", 2), "acme", "the same in another file")
    with pytest.raises(DataError) as raised:
        desk.receive(an_invoice(request, "I1", 3), "acme")
    assert "invoice.number-reused" == raised.value.code
    assert 1 == len(desk.uow.requests.invoices(request))


def test_invoice_before_its_shipment_waits_for_it(desk: Desk) -> None:
    order_id = desk.place(A=5)
    desk.send(accepts=True)
    with pytest.raises(TransientError) as caught:
        desk.receive(an_invoice(desk.request(order_id).request_id, "I1", 5), "acme")
    assert caught.value.code == "invoice.before-shipment"


def a_return(order_id: OrderId, desk: Desk, custody: Custody, units: int = 2, minutes: int = 10) -> Return:
    return Return(
        return_id="R1",
        channel=SHOP,
        order_external_id=desk.order(order_id).order.external_id,
        lines=(ReturnedLine(line_id=LineId("A"), quantity=Decimal(units)),),
        location=LocationId("acme"),
        custody=custody,
        at=at(minutes),
    )


def test_returned_units_are_counted_and_restocked_once(desk: Desk, shipped: OrderId) -> None:
    for custody, minutes in (
        (Custody.REQUESTED, 10),
        (Custody.RECEIVED, 11),
        (Custody.RESTOCKED, 12),
        (Custody.RESTOCKED, 13),
    ):
        desk.receive(a_return(shipped, desk, custody, minutes=minutes), "shop")
    assert desk.counters(shipped, "A").returned == Decimal(2)
    assert desk.balance("A", "acme").on_hand == Decimal(17)


def test_scrapped_units_stay_off_the_shelf(desk: Desk, shipped: OrderId) -> None:
    desk.receive(a_return(shipped, desk, Custody.SCRAP), "shop")
    assert desk.counters(shipped, "A").returned == Decimal(2)
    assert desk.balance("A", "acme").on_hand == Decimal(15)


def test_older_state_of_a_return_changes_nothing_and_a_backward_move_is_illegal(desk: Desk, shipped: OrderId) -> None:
    desk.receive(a_return(shipped, desk, Custody.RESTOCKED, minutes=12), "shop")
    desk.receive(a_return(shipped, desk, Custody.IN_TRANSIT, minutes=11), "shop")
    with pytest.raises(IllegalTransitionError):
        desk.receive(a_return(shipped, desk, Custody.IN_TRANSIT, minutes=13), "shop")


def test_more_cannot_come_back_than_was_shipped(desk: Desk, shipped: OrderId) -> None:
    with pytest.raises(DataError) as caught:
        desk.receive(a_return(shipped, desk, Custody.RECEIVED, units=6), "shop")
    assert caught.value.code == "return.too-many"


def test_a_return_told_again_after_a_later_count_is_not_taken_back(desk: Desk, shipped: OrderId) -> None:
    desk.now = at(20)
    desk.receive(a_return(shipped, desk, Custody.RESTOCKED, minutes=5), "shop")
    desk.stock("acme", as_of=at(10), A=17)
    desk.receive(a_return(shipped, desk, Custody.RESTOCKED, minutes=6), "shop")
    assert Decimal(17) == desk.balance("A", "acme").on_hand
