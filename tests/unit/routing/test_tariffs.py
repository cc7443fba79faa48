"""A network's tables, asked as routing asks them: which services carry a parcel where, for what, and until when."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.model.calendar import Capacity
from hub.model.identity import LocationId, Sku
from hub.model.item import POUND
from hub.model.network import Location, Network
from hub.model.place import Place
from hub.model.prices import GOALS, Goal, Prices
from hub.model.tariff import (
    Carrier,
    Country,
    DefaultWeight,
    Dimensional,
    DistanceZones,
    LengthUnit,
    RatesFile,
    RateTable,
    Reserve,
    SoldService,
    Tariffs,
    Terms,
    ZoneCharts,
    ZoneEntry,
)
from hub.routing.carriage import Ask, Carried, NotCarried
from hub.routing.tariffs import TariffBook
from hub.routing.zones import Destination
from tests.builders import a_location

MONDAY = date(2026, 11, 23).toordinal()
GROUND = RateTable("parcelpost", "ground", POUND, {"2": (8000, 8000, 9000), "8": (11000, 11000, 15000)})
AIR = RateTable("parcelpost", "air", POUND, {"2": (20000, 20000, 24000), "8": (30000, 30000, 36000)})
TERMS = RatesFile(
    carriers={
        "parcelpost": Carrier(
            transit_days={"2": 1, "8": 5},
            services={"air": Terms(transit_days=1, delivers="mon-sat")},
        )
    },
    sold={"express": SoldService(use=("air",), within_days=2)},
)
CHARTS: ZoneCharts = {("", ""): {"@east": {"US 1": ZoneEntry("2"), "US 9": ZoneEntry("8"), "US": ZoneEntry("8")}}}


def a_network(
    *locations: Location,
    rates: tuple[RateTable, ...] = (GROUND, AIR),
    zones: ZoneCharts = CHARTS,
    terms: RatesFile = TERMS,
    prices: Prices = GOALS[Goal.COST],
    **more: Any,
) -> Network:
    return Network(
        locations=locations or (EAST,),
        prices=prices,
        tariffs=Tariffs(rates=rates, zones=zones, terms=terms, **more),
    )


EAST = a_location("east").model_copy(update={"place": Place(country="US", region="NJ", postal_code="07001")})


def asked(network: Network, postal: str = "10001", *, country: str = "US", **ask: Any) -> Carried | NotCarried:
    book = TariffBook(network)
    carriage = book.carriage(network.locations[0], book.destination(country, "", postal))
    return carriage.freight(Ask(**{"today": MONDAY, "shipped": MONDAY, **ask}))


def prices(answer: Carried | NotCarried) -> list[tuple[int, ...]]:
    assert isinstance(answer, Carried), answer
    return [tuple(each.prices) for each in answer.freight]


def services(answer: Carried | NotCarried) -> list[tuple[int, ...]]:
    assert isinstance(answer, Carried), answer
    return [tuple(each.services) for each in answer.freight]


def refused(answer: Carried | NotCarried) -> tuple[str, str]:
    assert isinstance(answer, NotCarried), answer
    return answer.code, answer.words


def test_cheapest_service_that_meets_the_date() -> None:
    network = a_network()
    assert [(0, 0, 0)] == services(asked(network, "90001", due=MONDAY + 7))
    assert [(11000, 11000, 15000)] == prices(asked(network, "90001", due=MONDAY + 7))
    assert [(30000, 30000, 36000)] == prices(asked(network, "90001", due=MONDAY + 1, today=MONDAY))


def test_services_deliver_on_days_that_the_answer_names() -> None:
    answer = asked(a_network(), "90001", due=MONDAY + 7)
    assert isinstance(answer, Carried)
    assert {0: MONDAY + 7, 1: MONDAY + 1} == answer.delivered


def test_lateness_is_priced_by_day() -> None:
    late = a_network(prices=GOALS[Goal.COST].model_copy(update={"late_day": Decimal(2)}))
    assert [(11000 + 6 * 2000, 11000 + 6 * 2000, 15000 + 6 * 2000)] == prices(asked(late, "90001", due=MONDAY + 1))
    assert [(0, 0, 0)] == services(asked(late, "90001", due=MONDAY + 1))


def test_without_a_price_nothing_is_late() -> None:
    never = a_network(prices=GOALS[Goal.COST].model_copy(update={"late_day": None}))
    assert [(1, 1, 1)] == services(asked(never, "90001", due=MONDAY + 1))
    assert ("late", "parcelpost air is late by 1 day.") == refused(asked(never, "90001", due=MONDAY))


def test_each_day_until_delivery_may_have_a_price() -> None:
    speed = a_network(prices=Prices(per_day=Decimal(4)))
    assert [(8000 + 4000, 8000 + 4000, 9000 + 4000)] == prices(asked(speed, "10001", service="ground"))
    assert [(8000 + 12000, 8000 + 12000, 9000 + 12000)] == prices(
        asked(speed, "10001", service="ground", today=MONDAY - 2)
    )


def test_order_without_a_date_goes_by_what_was_sold() -> None:
    network = a_network()
    assert [(1, 1, 1)] == services(asked(network, service="express"))
    assert [(1, 1, 1)] == services(asked(network, service="air"))
    assert [(0, 0, 0)] == services(asked(network, service="standard"))


def test_what_was_sold_says_when_an_order_is_due() -> None:
    book = TariffBook(a_network())
    assert MONDAY + 2 == book.due_day("express", None, MONDAY)
    assert MONDAY + 9 == book.due_day("express", date.fromordinal(MONDAY + 9), MONDAY)
    assert book.due_day("standard", None, MONDAY) is None


def test_homes_and_hazardous_goods() -> None:
    own = Carrier(residential=Decimal("4.10"), services={"air": Terms(hazmat=False)})
    network = a_network(terms=RatesFile(carriers={"parcelpost": own}))
    assert [(12100, 12100, 13100)] == prices(asked(network, residential=True))
    assert [(8000, 8000, 9000)] == prices(asked(network, hazmat=True))
    only_air = a_network(terms=RatesFile(carriers={"parcelpost": own}), rates=(AIR,))
    assert ("hazmat", "parcelpost air carries no hazardous goods.") == refused(asked(only_air, hazmat=True))


def test_services_own_terms_lie_over_the_carriers() -> None:
    own = Carrier(
        fuel_percent=Decimal(10),
        per_parcel=Decimal(1),
        services={"air": Terms(fuel_percent=Decimal(0), most_parcels=2)},
    )
    network = a_network(terms=RatesFile(carriers={"parcelpost": own}))
    assert [(9800, 9800, 10900)] == prices(asked(network, service="ground"))
    assert [(21000, 21000, 25000, 46000, 50000)] == prices(asked(network, service="air"))


def test_each_that_needs_a_parcel_of_its_own() -> None:
    network = a_network(terms=RatesFile(carriers={"parcelpost": Carrier(most_parcels=3)}))
    assert 2 * POUND == TariffBook(network).heaviest_each
    assert [7] == [len(each) for each in prices(asked(network))]
    assert [3] == [len(each) for each in prices(asked(network, one_parcel=True))]


def test_fee_of_a_location_for_each_parcel() -> None:
    east = EAST.model_copy(update={"cost": EAST.cost.model_copy(update={"per_parcel": Decimal("2.5")})})
    network = a_network(east, terms=RatesFile(carriers={"parcelpost": Carrier(most_parcels=2)}))
    assert [(10500, 10500, 11500, 22000, 23000)] == prices(asked(network, service="ground"))
    assert 5000 == TariffBook(network).handling(east).fixed
    assert 5000 == TariffBook(a_network(east, rates=(GROUND,))).handling(east).fixed
    without = a_network(east, rates=(), zones={})
    assert 7500 == TariffBook(without).handling(east).fixed


def test_without_tables_freight_costs_nothing_and_no_day_is_known() -> None:
    assert Carried((), {}, {}) == asked(a_network(rates=(), zones={}, terms=RatesFile()), due=MONDAY)


def test_location_whose_freight_is_not_ours_to_pay() -> None:
    assert Carried((), {}, {}) == asked(a_network(EAST.model_copy(update={"carriers": ()})))


def test_location_is_served_by_the_carriers_that_it_names() -> None:
    other = RateTable("swiftvan", "ground", POUND, {"2": (1000, 1000)})
    both = a_network(rates=(GROUND, other), terms=RatesFile())
    assert [(1000, 1000, 9000)] == prices(asked(both))
    one = a_network(EAST.model_copy(update={"carriers": ("parcelpost",)}), rates=(GROUND, other), terms=RatesFile())
    assert [(8000, 8000, 9000)] == prices(asked(one))


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"zones": {}}, ("no-zone", "No table names a zone of parcelpost ground from east to US.")),
        (
            {"zones": {("", ""): {"*": {"*": ZoneEntry("44")}}}},
            ("no-rate", "The rates of parcelpost ground name no zone 44."),
        ),
        ({"terms": RatesFile()}, ("no-days", "No table says how long parcelpost ground takes.")),
    ],
)
def test_broken_data_are_a_reason_and_no_error(changed: Mapping[str, Any], reason: tuple[str, str]) -> None:
    assert reason == refused(asked(a_network(rates=(GROUND,), **changed), due=MONDAY + 9))


def test_reason_names_no_postal_code() -> None:
    assert "90001" not in refused(asked(a_network(zones={}), "90001"))[1]


def test_destination_without_a_country_is_a_reason() -> None:
    words = "No table names a zone of parcelpost ground from east to a place without a country."
    assert ("no-zone", words) == refused(asked(a_network(rates=(GROUND,)), "10001", country=""))


def test_delivery_waits_for_the_countrys_holidays() -> None:
    closed = (date.fromordinal(MONDAY + 1),)
    network = a_network(terms=TERMS.model_copy(update={"countries": {"US": Country(closed=closed)}}))
    answer = asked(network, "10001", due=MONDAY + 9)
    assert isinstance(answer, Carried)
    assert {0: MONDAY + 2, 1: MONDAY + 2} == answer.delivered


def test_chart_may_say_the_days_on_the_way() -> None:
    charts = {("parcelpost", "ground"): {"@east": {"US": ZoneEntry("2", 3)}}, **CHARTS}
    answer = asked(a_network(zones=charts), "10001", due=MONDAY + 9)
    assert isinstance(answer, Carried)
    assert {0: MONDAY + 3, 1: MONDAY + 1} == answer.delivered


@pytest.mark.parametrize(
    ("charts", "zone"),
    [
        ({("", ""): {"*": {"*": "w"}}}, "w"),
        ({("", ""): {"*": {"*": "w", "US": "c"}}}, "c"),
        ({("", ""): {"*": {"US": "c", "US-NY": "r"}}}, "r"),
        ({("", ""): {"*": {"US-NY": "r", "US 1": "p1"}}}, "p1"),
        ({("", ""): {"*": {"US 1": "p1", "US 100": "p3", "US 10": "p2"}}}, "p3"),
        ({("", ""): {"*": {"US 100": "p3"}, "US": {"*": "from"}}}, "from"),
        ({("", ""): {"US": {"US 100": "c"}, "US-NJ": {"*": "r"}, "US 07": {"*": "p"}}}, "p"),
        ({("", ""): {"US 07001": {"US 100": "p"}, "@east": {"*": "own"}}}, "own"),
        ({("", ""): {"@east": {"US 100": "all"}}, ("parcelpost", ""): {"*": {"*": "carrier"}}}, "carrier"),
        ({("parcelpost", ""): {"*": {"*": "carrier"}}, ("parcelpost", "ground"): {"*": {"*": "s"}}}, "s"),
        ({("", ""): {"*": {"*": "all"}}, ("", "ground"): {"*": {"*": "s"}}}, "s"),
        ({("", ""): {"*": {"US": "c"}, "@west": {"US 100": "other"}}}, "c"),
    ],
)
def test_most_exact_row_of_a_chart_wins(charts: dict[tuple[str, str], dict[str, dict[str, str]]], zone: str) -> None:
    entries = {
        scope: {origin: {area: ZoneEntry(name) for area, name in rows.items()} for origin, rows in chart.items()}
        for scope, chart in charts.items()
    }
    rates = RateTable("parcelpost", "ground", POUND, {zone: (1, 1)})
    network = a_network(rates=(rates,), zones=entries, terms=RatesFile())
    book = TariffBook(network)
    answer = book.carriage(EAST, book.destination("US", "NY", "100-01")).freight(Ask(MONDAY, MONDAY))
    assert [(1, 1)] == prices(answer)


FAR = DistanceZones(unit=LengthUnit.MILES, up_to={"2": Decimal(150), "8": Decimal(3000)})


def test_zones_by_distance_where_no_chart_names_one() -> None:
    east = EAST.model_copy(update={"place": Place(country="US", latitude=40.57, longitude=-74.33)})
    places = {"US 100": (40.75, -73.99), "US 900": (34.0, -118.2), "US 967": (21.3, -157.9)}
    terms = RatesFile(distances=FAR)
    network = a_network(east, zones={}, terms=terms, rates=(GROUND,), places=places)
    assert [(8000, 8000, 9000)] == prices(asked(network, "10001"))
    assert [(11000, 11000, 15000)] == prices(asked(network, "90012"))
    assert "no-zone" == refused(asked(network, "96701"))[0]
    assert "no-zone" == refused(asked(network, "60601"))[0]


def test_location_lies_where_its_postal_code_does() -> None:
    places = {"US 07": (40.57, -74.33), "US 1": (40.75, -73.99)}
    network = a_network(zones={}, terms=RatesFile(distances=FAR), rates=(GROUND,), places=places)
    assert [(8000, 8000, 9000)] == prices(asked(network, "10001"))


def test_kilometres_and_what_lies_beyond() -> None:
    zones = DistanceZones(unit=LengthUnit.KILOMETRES, up_to={"1": Decimal(100), "2": Decimal(500)}, beyond="3")
    assert ["1", "1", "2", "3"] == [zones.zone(each) for each in (0, 100, 100.1, 501)]


def test_destinations_that_no_table_tells_apart_are_one() -> None:
    book = TariffBook(a_network())
    one, other = (book.destination("US", region, code) for region, code in [("NY", "10001-1234"), ("nj", "19999")])
    assert one == other == Destination("US", "", "1")
    assert book.carriage(EAST, one) is book.carriage(EAST, other)


def test_carriage_over_the_same_zones_shares_their_answers() -> None:
    book = TariffBook(a_network())
    one, other = (book.carriage(EAST, book.destination("US", "", code)) for code in ("90001", "50001"))
    assert one is other
    assert one.freight(Ask(MONDAY, MONDAY)) is other.freight(Ask(MONDAY, MONDAY))


def test_size_is_billed_by_the_divisor() -> None:
    carrier = Carrier(dimensional=Dimensional(divisor=Decimal(5000), unit="cm3/kg"))
    answer = asked(a_network(terms=RatesFile(carriers={"parcelpost": carrier})), service="ground")
    assert isinstance(answer, Carried)
    # 5,000 cubic centimetres a kilogram are 2,267.96185 for a pound.
    assert 2_267_961_850 == answer.freight[0].volume_step


def test_reserve_and_default_weight_and_shipping() -> None:
    terms = RatesFile(default_weight=DefaultWeight(weight=Decimal("0.5"), unit="lb"))
    network = a_network(terms=terms, reserves={(LocationId("east"), Sku("ROBOT")): Reserve(700, 3)})
    book = TariffBook(network)
    assert Reserve(700, 3) == book.reserve(LocationId("east"), Sku("ROBOT"))
    assert book.reserve(LocationId("west"), Sku("ROBOT")) is None
    assert POUND // 2 == book.default_weight
    assert 0 == TariffBook(a_network()).default_weight
    busy = EAST.model_copy(update={"capacity": Capacity(orders=2), "lead_days": 0})
    assert book.shipping(busy) is book.shipping(busy)


ask_strategy = st.builds(
    Ask,
    today=st.just(MONDAY),
    shipped=st.integers(MONDAY, MONDAY + 9),
    due=st.none() | st.integers(MONDAY, MONDAY + 20),
    service=st.sampled_from(["standard", "express", "air"]),
)


@given(ask_strategy, st.sampled_from(["10001", "90001"]), st.sampled_from([Goal.COST, Goal.SPEED]))
def test_a_later_date_never_costs_more(ask: Ask, postal: str, goal: Goal) -> None:
    if ask.due is None:
        return
    network = a_network(prices=GOALS[goal])
    sooner, later = (asked(network, postal, **ask._replace(due=ask.due + days)._asdict()) for days in (0, 1))
    assert all(one >= other for one, other in zip(prices(sooner)[0], prices(later)[0], strict=True))
