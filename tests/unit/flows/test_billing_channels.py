"""A channel that is billed by us gets one invoice per shipment, at the prices its order names."""

from __future__ import annotations

from decimal import Decimal

import pytest

from hub.flows.answer import Answer, Verdict
from hub.model.events import EventKind
from hub.model.identity import OrderId
from hub.model.money import Money
from hub.model.order import Order
from hub.model.sale import CustomerInvoice
from tests.builders import Desk, a_location, a_network, a_shipment, an_order, at


@pytest.fixture
def desk() -> Desk:
    network = a_network(a_location("acme"))
    [channel] = network.channels
    desk = Desk(network.model_copy(update={"channels": (channel.model_copy(update={"invoice": True}),)}))
    desk.stock("acme", A=10, B=10)
    desk.tick()
    return desk


def priced(order: Order, shipping: str = "", **prices: str) -> Order:
    def money(amount: str) -> Money:
        return Money(amount=Decimal(amount), currency="USD")

    lines = tuple(
        line.model_copy(update={"unit_price": money(prices[line.line_id])}) if line.line_id in prices else line
        for line in order.lines
    )
    return order.model_copy(update={"lines": lines, "shipping_charge": money(shipping) if shipping else None})


def sold(desk: Desk, shipping: str = "", **prices: str) -> OrderId:
    order = priced(an_order(1, "1", A=3, B=1), shipping, **prices)
    desk.receive(order, "shop")
    desk.tick()
    desk.send(accepts=True)
    return order.order_id


def invoices(desk: Desk) -> list[CustomerInvoice]:
    return [CustomerInvoice.model_validate_json(item.payload) for item in desk.pending("invoice")]


def test_each_shipment_is_billed_once_and_shipping_with_the_first(desk: Desk) -> None:
    order_id = sold(desk, "4.95", A="2.50", B="10.00")
    request = desk.request(order_id)
    desk.receive(a_shipment(request, "S1", {1: 2}, shipped_at=at(1)), "acme")
    desk.receive(a_shipment(request, "S1", {1: 2}, shipped_at=at(1)), "acme")
    desk.receive(a_shipment(request, "S2", {1: 1, 2: 1}, shipped_at=at(2)), "acme")
    found = invoices(desk)
    assert [("I00000001", Decimal("9.95")), ("I00000002", Decimal("12.50"))] == [
        (each.invoice_number, each.total.amount) for each in found
    ]
    assert [True, False] == [each.shipping is not None for each in found]


def test_a_total_is_rounded_once(desk: Desk) -> None:
    order_id = sold(desk, A="0.333333", B="0.005")
    desk.receive(a_shipment(desk.request(order_id), "S1", {1: 3, 2: 1}, shipped_at=at(1)), "acme")
    [invoice] = invoices(desk)
    assert Decimal("1.00") == invoice.total.amount


def test_units_above_the_order_are_not_billed(desk: Desk) -> None:
    order_id = sold(desk, A="2.00", B="1.00")
    desk.receive(a_shipment(desk.request(order_id), "S1", {1: 5, 2: 1}, shipped_at=at(1)), "acme")
    [invoice] = invoices(desk)
    assert {"A": Decimal(3), "B": Decimal(1)} == {line.line_id: line.quantity for line in invoice.lines}


def test_a_line_without_a_price_is_for_a_person(desk: Desk) -> None:
    order_id = sold(desk, A="2.00")
    desk.receive(a_shipment(desk.request(order_id), "S1", {1: 3, 2: 1}, shipped_at=at(1)), "acme")
    assert [] == invoices(desk)
    assert desk.order(order_id).hold.startswith("order.price-missing")


def test_a_channel_that_is_not_billed_by_us_gets_no_invoice() -> None:
    desk = Desk(a_network(a_location("acme")))
    desk.stock("acme", A=10, B=10)
    order_id = sold(desk, A="2.00", B="1.00")
    desk.receive(a_shipment(desk.request(order_id), "S1", {1: 3, 2: 1}, shipped_at=at(1)), "acme")
    assert [] == desk.pending("invoice")


@pytest.mark.parametrize("verdict", [Verdict.ACCEPTED, Verdict.REFUSED])
def test_what_became_of_an_invoice_is_told(desk: Desk, verdict: Verdict) -> None:
    order_id = sold(desk, A="2.00", B="1.00")
    desk.receive(a_shipment(desk.request(order_id), "S1", {1: 3, 2: 1}, shipped_at=at(1)), "acme")
    [item] = desk.pending("invoice")
    desk.settle(item, Answer(verdict, at(2), message="no such order"))
    billed = EventKind.SHIPMENT_BILLED in desk.kinds(order_id)
    held = desk.order(order_id).hold.startswith("order.invoice-refused")
    assert (verdict is Verdict.ACCEPTED, verdict is Verdict.REFUSED) == (billed, held)


def test_an_invoice_whose_total_does_not_add_up_cannot_be_made(desk: Desk) -> None:
    order_id = sold(desk, A="2.00", B="1.00")
    desk.receive(a_shipment(desk.request(order_id), "S1", {1: 3, 2: 1}, shipped_at=at(1)), "acme")
    [invoice] = invoices(desk)
    with pytest.raises(ValueError, match="total"):
        CustomerInvoice.model_validate({**dict(invoice), "total": Money(amount=Decimal("7.01"), currency="USD")})
