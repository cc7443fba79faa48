"""Requests, shipments, invoices, returns and plans on both databases."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from hub.errors import InvariantError
from hub.model.fulfilment import Execution, RequestLine
from hub.model.identity import LineId, LocationId, OrderId, PartnerId, RequestId, ShipmentId, Sku
from hub.model.ledger import Departure
from hub.model.money import Money
from hub.model.purchase import Invoice, InvoiceLine
from hub.model.returns import Custody, Return, ReturnedLine
from hub.model.routing import Assignment, Candidate, RoutingPlan
from hub.model.shipment import Parcel, ShippedLine
from hub.ports import Storage
from tests.contract.storage.rows import DEPOT, KITE, LINE, ORDER, REQUEST, ROBOT, SHOP, request, shipment
from tests.fakes.storage import NOW

BEFORE = NOW - timedelta(days=1)


def test_a_request_comes_back_as_it_was_stored_and_saved(storage: Storage) -> None:
    changed = request().execute(Execution.OPEN).model_copy(update={"submitted_at": NOW, "promised_by": NOW.date()})
    with storage.begin() as work:
        work.requests.add(request())
        work.requests.add(request("P00000002"))
        assert request() == work.requests.get(REQUEST, lock=True)
        work.requests.save(changed)
    with storage.read() as work:
        assert changed == work.requests.get(REQUEST)
        assert [changed, request("P00000002")] == work.requests.for_order(ORDER)
        assert work.requests.get(RequestId("none")) is None


def test_saving_a_request_that_was_never_added_is_our_bug(storage: Storage) -> None:
    with pytest.raises(InvariantError), storage.begin() as work:
        work.requests.save(request())


def test_a_request_number_is_given_once(storage: Storage) -> None:
    with storage.begin() as work:
        work.requests.add(request())
    with pytest.raises(InvariantError) as caught, storage.begin() as work:
        work.requests.add(request())
    assert caught.value.code == "storage.refused"


def test_a_finished_request_commits_nothing(storage: Storage) -> None:
    cancelled = request().execute(Execution.CANCELLED)
    with storage.begin() as work:
        work.requests.add(request())
        assert 1 == len(work.ledger.commitments(DEPOT))
        work.requests.save(cancelled)
        assert [] == work.ledger.commitments(DEPOT)


def test_backordered_units_are_told_apart(storage: Storage) -> None:
    line = RequestLine(number=1, line_id=LINE, sku=ROBOT, quantity=Decimal(5), backordered=Decimal(3))
    with storage.begin() as work:
        work.requests.add(request("P00000001", line))
        found = work.ledger.commitments(DEPOT)
    assert [(Decimal(5), Decimal(3))] == [(row.quantity, row.backordered) for row in found]


def test_the_same_shipment_of_an_order_is_stored_once(storage: Storage) -> None:
    first = shipment().model_copy(update={"parcels": (Parcel(tracking_number="1Z1", carrier="UPS"),)})
    with storage.begin() as work:
        work.requests.add(request())
        assert work.requests.add_shipment(first, [REQUEST], ORDER)
        assert not work.requests.add_shipment(first, [REQUEST], ORDER)
        assert work.requests.add_shipment(first, [], OrderId("toyshop-5002"))
        assert [first] == work.requests.shipments(ORDER)
        assert 1 == len(work.ledger.departures(DEPOT, BEFORE))


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (ShippedLine(request_id=REQUEST, number=2, quantity=Decimal(1)), (KITE, DEPOT, REQUEST)),
        (ShippedLine(request_id=REQUEST, sku=ROBOT, quantity=Decimal(1)), (ROBOT, DEPOT, REQUEST)),
        (ShippedLine(order_external_id="5001", line_id=LineId("20"), quantity=Decimal(1)), (KITE, DEPOT, REQUEST)),
        (ShippedLine(order_external_id="5001", line_id=LineId("99"), quantity=Decimal(1)), None),
    ],
    ids=["request and number", "request and SKU", "order line", "nothing we know"],
)
def test_a_departure_is_that_of_the_request_line_a_shipment_means(
    storage: Storage, line: ShippedLine, expected: tuple[Sku, LocationId, RequestId] | None
) -> None:
    lines = (
        RequestLine(number=1, line_id=LineId("10"), sku=ROBOT, quantity=Decimal(5)),
        RequestLine(number=2, line_id=LineId("20"), sku=KITE, quantity=Decimal(5)),
    )
    with storage.begin() as work:
        work.requests.add(request("P00000001", *lines))
        assert work.requests.add_shipment(shipment("S1", line), [REQUEST], ORDER)
        found = work.ledger.departures(DEPOT, BEFORE)
    assert ([expected] if expected else []) == [(row.sku, row.location, row.request_id) for row in found]


def test_a_shipment_nobody_asked_for_departs_from_where_it_says(storage: Storage) -> None:
    line = ShippedLine(sku=ROBOT, quantity=Decimal(1))
    with storage.begin() as work:
        work.requests.add_shipment(shipment("S1", line).model_copy(update={"location": DEPOT}), [], ORDER)
        expected = [Departure(ROBOT, DEPOT, Decimal(1), NOW, None, None, None)]
        assert expected == work.ledger.departures(DEPOT, BEFORE)


def test_shipments_are_oldest_first(storage: Storage) -> None:
    with storage.begin() as work:
        work.requests.add_shipment(shipment("S2"), [], ORDER)
        work.requests.add_shipment(shipment("S1"), [], ORDER)
        found = work.requests.shipments(ORDER)
    assert [ShipmentId("S2"), ShipmentId("S1")] == [row.shipment_id for row in found]


def test_an_invoice_number_of_a_partner_counts_once(storage: Storage) -> None:
    price = Money(amount=Decimal("9.50"), currency="USD")
    invoice = Invoice(
        invoice_number="INV-1",
        request_id=REQUEST,
        partner=PartnerId("acme"),
        invoiced_at=NOW,
        lines=(InvoiceLine(number=1, quantity=Decimal(2), unit_price=price),),
        total=Money(amount=Decimal(19), currency="USD"),
    )
    with storage.begin() as work:
        assert work.requests.add_invoice(invoice, "matched")
        assert not work.requests.add_invoice(invoice, "disputed")
        assert [invoice] == work.requests.invoices(REQUEST)
        assert [] == work.requests.invoices(RequestId("none"))


def test_a_return_is_replaced_by_its_newer_state(storage: Storage) -> None:
    asked = Return(
        return_id="R1",
        channel=SHOP,
        order_external_id="5001",
        lines=(ReturnedLine(line_id=LINE, quantity=Decimal(1)),),
        at=NOW,
    )
    received = asked.hand_on(Custody.RECEIVED)
    with storage.begin() as work:
        work.requests.save_return(asked, ORDER)
        work.requests.save_return(received, ORDER)
        assert received == work.requests.get_return(SHOP, "R1")
        assert work.requests.get_return(SHOP, "R2") is None


def test_plans_are_kept_oldest_first(storage: Storage) -> None:
    plans = [
        RoutingPlan(
            order_id=ORDER,
            decided_at=NOW,
            assignments=(Assignment(line_id=LINE, sku=ROBOT, location=DEPOT, quantity=Decimal(2)),),
            candidates=(
                Candidate(location=DEPOT, chosen=True, code="cheapest", reason="", available={"ROBOT": Decimal("2.5")}),
            ),
            cost=Decimal(cost),
        )
        for cost in (7, 5)
    ]
    with storage.begin() as work:
        for plan in plans:
            work.requests.add_plan(plan)
        assert plans == work.requests.plans(ORDER)
