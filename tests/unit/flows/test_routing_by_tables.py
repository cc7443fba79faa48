"""Orders routed by the merchant's tables of rates, zones and days."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

from hub.model.calendar import Calendar
from hub.model.identity import LocationId
from hub.model.item import POUND
from hub.model.party import Address
from hub.model.prices import Prices
from hub.model.routing import PlannedShipment, RoutingPlan
from hub.model.tariff import Carrier, RatesFile, RateTable, SoldService, Tariffs, ZoneEntry
from tests.builders import Desk, a_location, a_network, an_order

GROUND = RateTable("parcelpost", "ground", POUND, {"2": (8000, 8000), "8": (14000, 14000)})
CHARTS = {("", ""): {"@near": {"US": ZoneEntry("2", 1)}, "@far": {"US": ZoneEntry("8", 5)}}}
TERMS = RatesFile(
    carriers={"parcelpost": Carrier(residential=Decimal("4.10"))}, sold={"express": SoldService(within_days=4)}
)
MONDAY = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
HOME = Address(name="A. Customer", line1="1 Elm Street", country="US", postal_code="10001")


def a_desk(prices: Prices = Prices(), calendar: Calendar | None = None) -> Desk:  # noqa: B008  frozen
    """Two locations: the near one asks 3 more for a request than the far one, and is reached for 6 less."""
    near = a_location("near", per_request="6").model_copy(update={"lead_days": 0, "calendar": calendar})
    far = a_location("far", per_request="3").model_copy(update={"lead_days": 0})
    tables = {"tariffs": Tariffs((GROUND,), CHARTS, terms=TERMS), "prices": prices}
    desk = Desk(network=a_network(near, far).model_copy(update=tables))
    for name in ("near", "far"):
        desk.stock(name, A=50)
    return desk


def planned(desk: Desk, **changes: object) -> RoutingPlan:
    order = an_order(A=1).model_copy(update={"ship_to": HOME, "placed_at": MONDAY, **changes})
    desk.receive(order, "shop")
    desk.tick()
    [plan] = desk.uow.requests.plans(order.order_id)
    return plan


def shipped(desk: Desk, **changes: object) -> PlannedShipment:
    [shipment] = planned(desk, **changes).shipments
    return shipment


def test_freight_decides_who_ships_and_is_told_by_name() -> None:
    shipment = shipped(a_desk())
    assert ("near",) == shipment.locations
    assert {"request": Decimal(6), "freight": Decimal("12.10")} == shipment.costs
    assert ("parcelpost ground", date(2026, 11, 3)) == (shipment.service, shipment.delivered_on)


def test_location_that_would_be_late_is_kept_out_with_its_reason() -> None:
    closed = Calendar(closed=(date(2026, 11, 2), date(2026, 11, 3)))
    desk = a_desk(Prices(late_day=None), closed)
    plan = planned(desk, promised_by=date(2026, 11, 5))
    assert [LocationId("near")] == [each.location for each in plan.assignments]
    [far] = [each for each in plan.candidates if each.location == "far"]
    assert ("late", "parcelpost ground is late by 4 days.") == (far.code, far.reason)


def test_lateness_has_its_price() -> None:
    closed = Calendar(closed=(date(2026, 11, 2), date(2026, 11, 3), date(2026, 11, 4), date(2026, 11, 5)))
    shipment = shipped(a_desk(Prices(late_day=Decimal(1)), closed), service="express")
    # Near ships on Friday and delivers on Monday, far delivers then too: one day of both is late, and far costs 3 more.
    assert (("near",), Decimal(3)) == (shipment.locations, shipment.costs["days"])


def test_order_to_where_no_table_leads_waits_with_the_reason() -> None:
    plan = planned(a_desk(), ship_to=HOME.model_copy(update={"country": "CA"}))
    assert () == plan.assignments
    words = "No table names a zone of parcelpost ground from near to CA."
    assert [("no-zone", words)] == [(each.code, each.reason) for each in plan.candidates if each.location == "near"]
