"""A retailer whose case changes its size: an order, and all that is said of it, is in the cases of its own day."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from retailer import CHANNEL, NOW, answer, bill, billed, codebook, confirmation, document, line, profile, update

from hub.edi.documents.purchase_order import parse_purchase_order
from hub.edi.envelope import read_interchanges
from hub.mapping.codebook import Codebook, PartnerItem
from hub.model.identity import Sku
from hub.model.order import Order
from hub.model.sale import CustomerInvoice, OrderAcknowledgement
from hub.model.shipment import ShipmentConfirmation
from hub.model.stock import QuantityUpdate
from hub.sdk.x12.translate.sets import Received
from hub_x12_retailer.translate.answers import acknowledgement, change_acknowledgement
from hub_x12_retailer.translate.invoices import invoice
from hub_x12_retailer.translate.orders import order
from hub_x12_retailer.translate.ship_notices import ship_notice
from hub_x12_retailer.translate.stock import advice

ITEMS = (
    PartnerItem(Sku("TEA-TIN"), {"SK": "70002"}, "CA", Decimal(12), until=dt.date(2026, 11, 30)),
    PartnerItem(Sku("TEA-TIN"), {"SK": "70002"}, "CA", Decimal(10), since=dt.date(2026, 12, 1)),
)
NOVEMBER, DECEMBER = NOW, NOW.replace(month=12)
LATER = NOW.replace(month=12, day=20)

days = pytest.mark.parametrize(("placed", "size"), [(NOVEMBER, 12), (DECEMBER, 10)])


def book() -> Codebook:
    return codebook(items=ITEMS, x12=profile())


@days
def test_order_is_in_the_cases_of_its_day(placed: dt.datetime, size: int) -> None:
    body = f"BEG*00*SA*45**{placed:%Y%m%d}~N1*ST*Sample Buyer~N4***10001*US~PO1*1*5*CA*60**SK*70002~CTT*1"
    [interchange] = read_interchanges(document(body).body)
    read = parse_purchase_order(interchange.groups[0].sets[0])
    [taken], problems = order(read, Received(book(), LATER, "850"), CHANNEL)
    assert isinstance(taken, Order)
    assert not problems
    [line_] = taken.lines
    assert line_.unit_price is not None
    assert (Decimal(5 * size), Decimal(300)) == (line_.quantity, line_.quantity * line_.unit_price.amount)


@days
def test_what_is_said_of_an_order_is_in_its_cases_however_late(placed: dt.datetime, size: int) -> None:
    units = 60
    cases = Decimal(units // size)
    told = answer("45", line("1", "TEA-TIN", "1.00", accepted=units), placed_at=placed, answered_at=LATER).item
    assert isinstance(told, OrderAcknowledgement)
    assert [cases] == [each.quantity for each in acknowledgement(told, book()).lines]
    assert [cases] == [each.quantity for each in change_acknowledgement(told, book()).lines]
    left = confirmation("45", ("1", "TEA-TIN", units), placed_at=placed, shipped_at=LATER).item
    assert isinstance(left, ShipmentConfirmation)
    [shipped] = ship_notice(left, book(), LATER).items()
    assert cases == shipped.line.quantity
    claim = bill("45", billed("1", "TEA-TIN", units, "1.00"), placed_at=placed, invoiced_at=LATER).item
    assert isinstance(claim, CustomerInvoice)
    assert [cases] == [each.quantity for each in invoice(claim, book()).lines]


@days
def test_quantities_are_whole_cases_of_today(placed: dt.datetime, size: int) -> None:
    shown = update(1, "TEA-TIN", 65).item
    assert isinstance(shown, QuantityUpdate)
    told = advice([shown], book(), "1", placed)
    assert [Decimal(65 // size)] == [each.amount for row in told.lines for each in row.quantities]
