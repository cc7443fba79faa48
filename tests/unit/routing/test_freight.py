"""What freight costs by weight: tables, fuel, several parcels, and the cheapest of several services."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from hypothesis import given
from hypothesis import strategies as st

from hub.model.item import CUBIC_INCH, OUNCE, POUND
from hub.model.tariff import Dimensional, RateTable, Terms
from hub.routing.freight import Grid, Quote, cheapest, grid_of, mills, parcel_prices, shipment_prices
from hub.routing.problem import NEVER, Freight

PLAIN = Terms()
PRICES = st.lists(st.integers(0, 50_000), min_size=2, max_size=12).map(lambda some: tuple(sorted(some)))


def price(freight: Freight, weight: int, volume: int = 0) -> int:
    """As ``hub.routing.problem`` says it; NEVER where it is not carried."""
    steps = -(-weight // freight.weight_step)
    if freight.volume_step:
        steps = max(steps, -(-volume // freight.volume_step))
    return freight.prices[steps] if steps < len(freight.prices) else NEVER


def test_fuel_is_of_the_table_and_surcharges_are_added_as_they_are() -> None:
    terms = Terms(fuel_percent=Decimal("12.5"))
    assert (10_950, 12_075) == parcel_prices((9_200, 10_200), terms, 600)


def test_half_a_mill_is_rounded_upwards() -> None:
    assert (2, 5, 6) == parcel_prices((1, 3, 4), Terms(fuel_percent=Decimal(50)), 0)
    assert 1 == mills(Decimal("0.0005"))


def test_heavier_than_the_heaviest_parcel_goes_in_several() -> None:
    assert (5, 5, 7, 12, 14, 19, 21) == shipment_prices((5, 5, 7), 3)
    assert (5, 5, 7) == shipment_prices((5, 5, 7), 1)


def test_volume_step_of_ounces_never_bills_an_exact_volume_as_more() -> None:
    """139 cubic inches are a pound: sixteen of the steps of an ounce, which are no whole number of nanolitres."""
    terms = Terms(dimensional=Dimensional(divisor=Decimal(139), unit="in3/lb"))
    grid = grid_of(RateTable("c", "s", OUNCE, {}), terms)
    assert 16 == -(-139 * CUBIC_INCH // grid.volume_step)
    assert 17 == -(-(139 * CUBIC_INCH + 1000) // grid.volume_step)


def test_volume_step_of_pounds_is_exact() -> None:
    terms = Terms(dimensional=Dimensional(divisor=Decimal(139), unit="in3/lb"))
    assert Grid(POUND, 139 * CUBIC_INCH) == grid_of(RateTable("c", "s", POUND, {}), terms)
    assert Grid(POUND, 0) == grid_of(RateTable("c", "s", POUND, {}), PLAIN)


def test_cheapest_service_by_weight_with_lateness_on_top() -> None:
    grid = Grid(10, 0)
    [found] = cheapest([Quote(2, grid, (5, 5, 9)), Quote(7, grid, (6, 6, 6, 6), extra=1)])
    assert Freight(10, 0, (5, 5, 7, 7), (2, 2, 7, 7)) == found


def test_of_equally_dear_services_the_first_wins() -> None:
    grid = Grid(10, 0)
    [found] = cheapest([Quote(3, grid, (5, 5)), Quote(1, grid, (5, 5))])
    assert (1, 1) == found.services


def test_services_of_other_grids_stay_apart() -> None:
    found = cheapest([Quote(0, Grid(10, 0), (5, 5)), Quote(1, Grid(7, 0), (4, 4)), Quote(2, Grid(10, 3), (3, 3))])
    assert [(7, 0), (10, 0), (10, 3)] == [each[:2] for each in found]


@given(PRICES, st.decimals(0, 60, places=2), st.integers(0, 900))
def test_prices_are_those_of_exact_decimals(base: tuple[int, ...], fuel: Decimal, extra: int) -> None:
    terms = Terms(fuel_percent=fuel)
    exact = [(each * (1 + fuel / 100)).to_integral_value(ROUND_HALF_UP) + extra for each in base]
    assert exact == list(parcel_prices(base, terms, extra))


@given(PRICES, st.integers(1, 5))
def test_prices_never_fall_with_the_weight(base: tuple[int, ...], parcels: int) -> None:
    found = shipment_prices((base[1], *base[1:]), parcels)
    assert sorted(found) == list(found)
    assert (len(base) - 1) * parcels + 1 == len(found)


quotes = st.lists(
    st.builds(
        Quote,
        service=st.integers(0, 9),
        grid=st.builds(Grid, st.sampled_from([6, 10]), st.sampled_from([0, 7])),
        prices=PRICES,
        extra=st.integers(0, 5_000),
    ),
    min_size=1,
    max_size=6,
    unique_by=lambda quote: quote.service,
)


@given(quotes, st.integers(0, 130), st.integers(0, 90))
def test_merged_tables_ask_what_the_cheapest_single_one_asks(some: list[Quote], weight: int, volume: int) -> None:
    single = [
        price(Freight(*each.grid, each.prices, ()), weight, volume) + each.extra
        for each in some
        if price(Freight(*each.grid, each.prices, ()), weight, volume) < NEVER
    ]
    merged = cheapest(some)
    assert min(single, default=NEVER) == min(price(each, weight, volume) for each in merged)
    assert all(sorted(each.prices) == list(each.prices) for each in merged)
