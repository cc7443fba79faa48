"""Landed cost: bids of the merchant's tables, through the kernel to a plan whose costs re-add."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from hub.model.calendar import Calendar, Capacity
from hub.model.identity import LineId, LocationId, Sku
from hub.model.item import POUND, ItemFacts
from hub.model.network import Network
from hub.model.order import LineCounters, Order, OrderRecord
from hub.model.party import Address
from hub.model.prices import GOALS, Goal, Prices
from hub.model.shipping_cost import LastUnits, ShippingCost
from hub.model.tariff import Carrier, DefaultWeight, RatesFile, RateTable, SoldService, Tariffs, Terms, ZoneEntry
from hub.routing.candidates import Demand, Need, Site
from hub.routing.carriage import NotCarried
from hub.routing.costs import landed_bid, wanted_of
from hub.routing.explain import plan_order
from hub.routing.promise import Backlog
from hub.routing.question import Bid
from hub.routing.question import Terms as Limits
from hub.routing.strategy import Case, Strategy
from hub.routing.tariffs import TariffBook
from tests import builders
from tests.builders import a_location, an_order

NOW = datetime(2026, 11, 23, 15, tzinfo=UTC)
ROBOT, KITE = Sku("ROBOT"), Sku("KITE")
ITEMS = {
    ROBOT: ItemFacts(sku=ROBOT, weight=2 * POUND, value=Decimal(30), tags=("slow",)),
    KITE: ItemFacts(sku=KITE, weight=POUND, hazmat=True),
}
GROUND = RateTable(
    "parcelpost", "ground", POUND, {"2": (8000, 8000, 9000, 9500, 9900), "8": (11000,) * 2 + (15000,) * 3}
)
AIR = RateTable("parcelpost", "air", POUND, {"2": (20000,) * 5, "8": (30000,) * 5})
TERMS = RatesFile(
    carriers={
        "parcelpost": Carrier(
            transit_days={"2": 1, "8": 5},
            residential=Decimal(4),
            services={"air": Terms(transit_days=1, hazmat=False)},
        )
    },
    sold={"express": SoldService(within_days=2)},
)
COST = ShippingCost(per_request=Decimal("0.40"), per_unit=Decimal("0.35"))


def a_site(name: str, cost: ShippingCost = COST, *, stock: int = 9, **settings: Any) -> Site:
    location = a_location(name).model_copy(update={"cost": cost, "lead_days": 0, **settings})
    return Site(location, {ROBOT: Decimal(stock), KITE: Decimal(stock)})


def a_network(*sites: Site, prices: Prices = GOALS[Goal.COST], terms: RatesFile = TERMS) -> Network:
    charts = {("", ""): {"@near": {"US": ZoneEntry("2")}, "@far": {"US": ZoneEntry("8")}}}
    tables = {"items": ITEMS, "prices": prices, "tariffs": Tariffs((GROUND, AIR), charts, terms=terms)}
    return builders.a_network(*(site.location for site in sites)).model_copy(update=tables)


def a_book(*sites: Site, prices: Prices = GOALS[Goal.COST]) -> TariffBook:
    return TariffBook(a_network(*sites, prices=prices))


def an_order_to(company: str = "Alder Ltd", **changes: Any) -> Order:
    to = Address(name="Desk", company=company, country="US", postal_code="10001")
    return an_order(ROBOT=2).model_copy(update={"ship_to": to, "placed_at": NOW, **changes})


def an_order_record(order: Order) -> OrderRecord:
    to = Address(name="Desk", company="Alder Ltd", country="US", postal_code="10001")
    counters = {line.line_id: LineCounters.fresh(line.quantity) for line in order.lines}
    return OrderRecord(order.model_copy(update={"ship_to": to}), counters)


ROBOTS = (Demand(LineId("1"), ROBOT, Decimal(2)),)


def bids(
    book: TariffBook,
    order: Order,
    *sites: Site,
    demands: tuple[Demand, ...] = ROBOTS,
    backlog: Backlog = Backlog(),  # noqa: B008
) -> list[Bid | NotCarried]:
    wanted = wanted_of(book, order, demands, ITEMS, NOW, [site.id for site in sites])
    return [landed_bid(book, site, wanted, ITEMS, backlog) for site in sites]


def bid(*sites: Site, order: Order | None = None, prices: Prices = GOALS[Goal.COST], **more: Any) -> Bid:
    found = bids(a_book(*sites, prices=prices), order or an_order_to(), *sites, **more)[-1]
    assert isinstance(found, Bid), found
    return found


def test_worked_example() -> None:
    order = an_order_to(promised_by=date(2026, 11, 23))
    found = bid(a_site("near"), order=order)
    assert (400, (0, 350, 700)) == (found.fixed, found.curve(ROBOTS[0], 2, Decimal(1)))
    assert 9900 + 8000 == found.freight[0].prices[4]
    assert ({0: 8000, 1: 8000}, date(2026, 11, 24).toordinal()) == (found.days_cost, found.delivered[0])


def test_plan_by_tables_re_adds_to_the_mill() -> None:
    near, far = a_site("near"), a_site("far")
    order = an_order_to(promised_by=date(2026, 11, 25))
    book = a_book(near, far)
    found = [each for each in bids(book, order, near, far) if isinstance(each, Bid)]
    plan = plan_order(order.order_id, ROBOTS, [near, far], found, Limits(), items=ITEMS, currency="USD", decided_at=NOW)
    [shipment] = plan.shipments
    assert ("near",) == shipment.locations
    assert {
        "request": Decimal("0.40"),
        "lines and units": Decimal("0.70"),
        "freight": Decimal("9.90"),
    } == shipment.costs
    assert (Decimal(11), "parcelpost ground", date(2026, 11, 24)) == (
        shipment.cost, shipment.service, shipment.delivered_on,
    )  # fmt: skip


def test_late_standard_parcel_against_a_fast_one() -> None:
    """Ground from far away is late: the dearer service from there competes with a location that is nearer."""
    order = an_order_to(promised_by=date(2026, 11, 24))
    never_late = GOALS[Goal.COST].model_copy(update={"late_day": None})
    found = bid(a_site("far"), order=order, prices=never_late)
    assert {1} == set(found.freight[0].services)
    cheap = GOALS[Goal.COST].model_copy(update={"late_day": Decimal("0.50")})
    assert {0} == set(bid(a_site("far"), order=order, prices=cheap).freight[0].services)


def test_homes_pay_more_and_hazardous_goods_go_by_road() -> None:
    assert 13_900 == bid(a_site("near"), order=an_order_to(company="")).freight[0].prices[4]
    kites = (Demand(LineId("1"), KITE, Decimal(1)),)
    found = bid(a_site("near"), order=an_order_to(service="express"), demands=kites)
    assert {0} == set(found.freight[0].services)


def test_what_is_picked_up_has_no_freight() -> None:
    assert () == bid(a_site("near"), order=an_order_to(pickup_at=LocationId("near"))).freight


def test_location_that_no_table_covers_says_why() -> None:
    [found] = bids(a_book(a_site("lost")), an_order_to(), a_site("lost"))
    assert "no-zone" == (found.code if isinstance(found, NotCarried) else "")


def test_location_that_never_works_says_so() -> None:
    closed = tuple(date.fromordinal(NOW.toordinal() + each) for each in range(3000))
    shut = a_site("near", calendar=Calendar(days="mon-sun", closed=closed))
    [found] = bids(a_book(shut), an_order_to(), shut)
    assert NotCarried("never", "near does not work on any day of the next years.") == found


def test_order_without_an_address_is_carried_by_no_table() -> None:
    [found] = bids(a_book(a_site("near")), an_order_to(ship_to=None), a_site("near"))
    assert "no-zone" == (found.code if isinstance(found, NotCarried) else "")


def test_backlog_delays_and_load_costs() -> None:
    busy = a_site("near", capacity=Capacity(orders=40, units=100))
    found = bid(busy, prices=GOALS[Goal.BALANCE], backlog=Backlog(50, 130))
    assert (date(2026, 11, 24).toordinal(), 70) == (found.ships_on, found.room)
    assert ("load", 1500) in found.fixed_by_name
    assert bid(a_site("near")).room is None


def test_rank_is_a_price_by_the_order_of_locations() -> None:
    near, far = a_site("near"), a_site("far")
    assert ("rank", 1_000_000) in bid(near, far, prices=GOALS[Goal.PRIORITY]).fixed_by_name


def test_kit_costs_what_its_parts_cost() -> None:
    scarce = a_site("near", replace_cost(scarce=LastUnits(units=1, price=Decimal(5))), stock=4)
    kit = Demand(
        LineId("1"), ROBOT, Decimal(2), parts=(Need(LineId("1/a"), ROBOT, Decimal(2)), Need(LineId("1/b"), KITE))
    )
    assert (0, 1050, 7100) == bid(scarce, demands=(kit,)).curve(kit, 2, Decimal(1))


def replace_cost(**changes: Any) -> ShippingCost:
    return COST.model_copy(update=changes)


@pytest.mark.parametrize(("goal", "robots"), [(Goal.COST, 700), (Goal.MARGIN, 700 - 4800)])
def test_slow_stock_is_credited_by_the_goal(goal: Goal, robots: int) -> None:
    assert robots == bid(a_site("near"), prices=GOALS[goal]).curve(ROBOTS[0], 2, Decimal(1))[2]


def test_fractions_of_a_unit() -> None:
    site = replace(a_site("near"), available={ROBOT: Decimal("2.5")})
    assert (0, 175, 350) == bid(site).curve(ROBOTS[0], 2, Decimal("0.5"))


@pytest.mark.parametrize(("default", "freight"), [(None, "8"), (DefaultWeight(weight=Decimal(24), unit="oz"), "9.5")])
def test_item_that_nobody_weighed_weighs_what_the_tables_say(default: DefaultWeight | None, freight: str) -> None:
    lamp = Sku("LAMP")
    site = replace(a_site("near"), available={lamp: Decimal(5)})
    network = a_network(site, terms=TERMS.model_copy(update={"default_weight": default}))
    record = an_order_record(an_order(LAMP=2))
    demands = [Demand(LineId("LAMP"), lamp, Decimal(2))]
    [shipment] = Strategy(network).decide(Case(record, demands, [site], NOW, {})).plan.shipments
    assert Decimal(freight) == shipment.costs["freight"]
