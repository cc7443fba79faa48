"""What a supplier asks for its items stands in our purchase orders, and its invoices are held against it."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest

from hub.errors import DataError
from hub.model.events import EventKind
from hub.model.identity import ConnectionId, PartnerId, Sku
from hub.model.money import Money
from hub.model.price import ItemPrice, PriceList, price_for
from hub.model.purchase import Invoice, InvoiceLine
from hub.model.stock import FeedMode
from tests.builders import Desk, a_location, a_network, a_shipment, at


def a_price(sku: str, amount: str, start: int = 1, since: date | None = None, until: date | None = None) -> ItemPrice:
    price = Money(amount=Decimal(amount), currency="USD")
    return ItemPrice(sku=Sku(sku), unit_price=price, from_quantity=Decimal(start), since=since, until=until)


def a_list(*lines: ItemPrice, issued: datetime, mode: FeedMode = FeedMode.FULL, catalogue: str = "C1") -> PriceList:
    return PriceList(
        partner=PartnerId("acme"),
        connection=ConnectionId("acme"),
        catalogue=catalogue,
        issued_at=issued,
        mode=mode,
        lines=lines,
    )


@pytest.fixture
def desk() -> Desk:
    desk = Desk(a_network(a_location("acme")))
    desk.stock("acme", A=100, B=100)
    desk.tick()
    return desk


def cost(desk: Desk, number: int, **lines: int) -> list[str | None]:
    """What the purchase order for these lines says of their prices."""
    order_id = desk.place(number, **lines)
    return [str(line.unit_cost.amount) if line.unit_cost else None for line in desk.request(order_id).lines]


def test_a_purchase_order_names_the_price_in_force_for_its_quantity(desk: Desk) -> None:
    assert [None] == cost(desk, 1, A=1)
    desk.receive(a_list(a_price("A", "5.00"), a_price("A", "4.50", 10), issued=at(0)), "acme")
    assert ["5.00", None] == cost(desk, 2, A=9, B=1)
    assert ["4.50"] == cost(desk, 3, A=10)


def test_a_newer_list_replaces_its_catalogue_and_leaves_others_alone(desk: Desk) -> None:
    desk.receive(a_list(a_price("A", "5.00"), a_price("B", "2.00"), issued=at(0)), "acme")
    desk.receive(a_list(a_price("A", "6.00"), issued=at(5)), "acme")
    assert ["6.00", None] == cost(desk, 1, A=1, B=1)
    desk.receive(a_list(a_price("B", "3.00"), issued=at(6), catalogue="C2"), "acme")
    assert ["6.00", "3.00"] == cost(desk, 2, A=1, B=1)


def test_a_change_leaves_what_it_does_not_name(desk: Desk) -> None:
    desk.receive(a_list(a_price("A", "5.00"), a_price("B", "2.00"), issued=at(0)), "acme")
    desk.receive(a_list(a_price("A", "6.00"), issued=at(5), mode=FeedMode.DELTA), "acme")
    assert ["6.00", "2.00"] == cost(desk, 1, A=1, B=1)


@pytest.mark.parametrize("mode", [FeedMode.FULL, FeedMode.DELTA])
def test_an_older_list_that_comes_late_changes_nothing(desk: Desk, mode: FeedMode) -> None:
    desk.receive(a_list(a_price("A", "6.00"), issued=at(5)), "acme")
    desk.receive(a_list(a_price("A", "5.00"), issued=at(0), mode=mode), "acme")
    assert ["6.00"] == cost(desk, 1, A=1)


def test_prices_begin_and_end_on_their_days(desk: Desk) -> None:
    today = desk.now.date()
    tomorrow, yesterday = date.fromordinal(today.toordinal() + 1), date.fromordinal(today.toordinal() - 1)
    lines = (
        a_price("A", "5.00"),
        a_price("A", "4.00", since=today, until=today),
        a_price("A", "9.00", since=tomorrow),
        a_price("B", "1.00", until=yesterday),
    )
    desk.receive(a_list(*lines, issued=at(0)), "acme")
    assert ["4.00", None] == cost(desk, 1, A=1, B=1)
    desk.tick(24 * 60)
    assert ["9.00"] == cost(desk, 2, A=1)


def test_a_list_for_a_day_to_come_leaves_the_prices_until_then(desk: Desk) -> None:
    tomorrow = date.fromordinal(desk.now.date().toordinal() + 1)
    desk.receive(a_list(a_price("A", "5.00"), a_price("B", "2.00", since=tomorrow), issued=at(0)), "acme")
    desk.receive(a_list(a_price("A", "6.00", since=tomorrow), issued=at(5)), "acme")
    assert ["5.00", None] == cost(desk, 1, A=1, B=1)
    desk.tick(24 * 60)
    assert ["6.00", None] == cost(desk, 2, A=1, B=1)


def test_prices_told_by_another_partner_are_refused(desk: Desk) -> None:
    stranger = a_list(a_price("A", "5.00"), issued=at(0)).model_copy(update={"partner": PartnerId("bolt")})
    with pytest.raises(DataError) as raised:
        desk.receive(stranger, "acme")
    assert "price.wrong-partner" == raised.value.code


@pytest.mark.parametrize(
    ("billed", "kind"), [("5.00", EventKind.INVOICE_RECORDED), ("5.50", EventKind.INVOICE_DISPUTED)]
)
def test_an_invoice_above_the_price_that_was_told_is_disputed(desk: Desk, billed: str, kind: EventKind) -> None:
    desk.receive(a_list(a_price("A", "5.00"), issued=at(0)), "acme")
    order_id = desk.place(A=2)
    desk.send(accepts=True)
    request = desk.request(order_id)
    desk.receive(a_shipment(request, "S1", {1: 2}, shipped_at=at(1)), "acme")
    price = Money(amount=Decimal(billed), currency="USD")
    claim = Invoice(
        invoice_number="I1",
        request_id=request.request_id,
        partner=PartnerId("acme"),
        invoiced_at=at(2),
        lines=(InvoiceLine(number=1, quantity=Decimal(2), unit_price=price),),
        total=price.times(Decimal(2)),
    )
    desk.receive(claim, "acme")
    assert kind is desk.kinds(order_id)[-1]


def test_the_price_is_the_one_the_docstring_works_out() -> None:
    march, may = date(2026, 3, 1), date(2026, 5, 1)
    prices = [a_price("A", "5.00", since=march), a_price("A", "4.50", 10, march), a_price("A", "5.20", since=may)]
    found = [price_for(prices, Decimal(12), date(2026, month, 15)) for month in (2, 4, 5)]
    assert [None, Decimal("4.50"), Decimal("5.20")] == [each and each.unit_price.amount for each in found]
