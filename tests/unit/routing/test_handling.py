"""What a location costs beside the freight, re-added with exact decimals."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.model.identity import Sku
from hub.model.item import ItemFacts
from hub.model.prices import GOALS, Goal, Prices, prices_of
from hub.model.shipping_cost import Labour, LastUnits, Markdown, ShippingCost, UnitTier
from hub.model.tariff import Reserve
from hub.routing.handling import handling_of

COST = GOALS[Goal.COST]
SLOW = ItemFacts(sku=Sku("ROBOT"), value=Decimal("30.00"), tags=("slow",))


def test_worked_example_of_a_fixed_cost() -> None:
    labour = Labour(per_hour=Decimal(20), minutes_per_request=Decimal(3))
    cost = ShippingCost(per_request=Decimal(4), labour=labour, acceptance=Decimal("0.95"))
    handling = handling_of(cost, COST)
    assert 5250 == handling.fixed
    assert (("request", 4000), ("labour", 1000), ("rejection risk", 250)) == handling.fixed_by_name


def test_curve_of_lines_units_and_labour() -> None:
    labour = Labour(per_hour=Decimal(18), minutes_per_line=Decimal(1), minutes_per_unit=Decimal("0.5"))
    cost = ShippingCost(per_line=Decimal("0.10"), per_unit=Decimal("0.35"), labour=labour)
    assert (0, 900, 1400, 1900) == handling_of(cost, COST).curve(3, 10)


def test_units_cost_the_price_of_their_tier() -> None:
    tiers = (
        UnitTier(up_to=2, price=Decimal("0.50")),
        UnitTier(up_to=4, price=Decimal("0.30")),
        UnitTier(price=Decimal(0)),
    )
    assert (0, 500, 1000, 1300, 1600, 1600) == handling_of(ShippingCost(unit_tiers=tiers), COST).curve(5, 9)


def test_last_units_have_a_price_of_their_own() -> None:
    cost = ShippingCost(scarce=LastUnits(units=2, price=Decimal("1.50")))
    assert (0, 0, 0, 1500, 3000) == handling_of(cost, COST).curve(4, 4)
    assert (0, 0, 0, 0, 0) == handling_of(cost, COST).curve(4, 6)
    assert (0, 1500) == handling_of(cost, COST).curve(1, 1)


def test_an_items_own_price_goes_before_that_of_the_last_units() -> None:
    cost = ShippingCost(scarce=LastUnits(units=2, price=Decimal("1.50")))
    assert (0, 200, 400) == handling_of(cost, COST).curve(2, 9, reserve=Reserve(200))
    assert (0, 0, 200) == handling_of(cost, COST).curve(2, 9, reserve=Reserve(200, 8))


def test_slow_stock_is_credited_where_the_tags_say_so() -> None:
    handling = handling_of(ShippingCost(per_unit=Decimal(1), markdown=Markdown(percent=Decimal(8))), COST)
    assert (0, -1400, -2800) == handling.curve(2, 5, item=SLOW)
    assert (0, 1000, 2000) == handling.curve(2, 5, item=SLOW._replace(tags=("new",)))
    assert (0, 1000) == handling.curve(1, 5, item=ItemFacts(sku=Sku("ROBOT"), tags=("slow",)))
    assert (0, 1000) == handling.curve(1, 5)


def test_goal_prices_what_the_location_does_not() -> None:
    handling = handling_of(ShippingCost(), GOALS[Goal.MARGIN])
    assert (0, -1400, -2800) == handling.curve(2, 2, item=SLOW)
    own = ShippingCost(markdown=Markdown(percent=Decimal(0)), scarce=LastUnits(units=1, price=Decimal(0)))
    assert (0, 0, 0) == handling_of(own, GOALS[Goal.MARGIN]).curve(2, 2, item=SLOW)


def test_steps_of_several_units_and_of_parts_of_one() -> None:
    handling = handling_of(ShippingCost(per_line=Decimal("0.1"), per_unit=Decimal("0.3")), COST)
    assert (0, 3700, 7300) == handling.curve(2, 30, per_step=12)
    assert (0, 200, 300) == handling.curve(2, 5, per_step=Fraction(1, 3))


def test_load_is_priced_in_proportion() -> None:
    handling = handling_of(ShippingCost(), GOALS[Goal.BALANCE])
    assert [0, 1500, 6000, 0] == [handling.loaded(*each) for each in [(40, 40), (30, 40), (0, 40), (-1, None)]]


def test_prices_that_are_given_stand_in_place_of_the_goals() -> None:
    found = prices_of(Goal.SPEED, Prices(late_day=None, split=Decimal(2)))
    assert (Decimal(3), None, Decimal(2)) == (found.per_day, found.late_day, found.split)
    assert GOALS[Goal.SPEED] == prices_of(Goal.SPEED, Prices())


def test_cost_adds_nothing_that_nobody_asked_for() -> None:
    """A set-up without prices is routed by what shipping costs."""
    cost = ShippingCost(per_request=Decimal(5), per_line=Decimal(1), per_unit=Decimal("0.25"))
    handling = handling_of(cost, COST)
    assert (5000, (0, 1250, 1500)) == (handling.fixed, handling.curve(2, 2, item=SLOW))
    assert (Decimal(0), Decimal(0), Decimal(0)) == (COST.split, COST.per_day, COST.rank)


@pytest.mark.parametrize("ends", [(None, 3), (3, 3, None), (4, 3, None), (3, 4)])
def test_tiers_rise_and_the_last_is_open(ends: tuple[int | None, ...]) -> None:
    with pytest.raises(ValueError, match="unit_tiers rise"):
        ShippingCost(unit_tiers=tuple(UnitTier(up_to=each, price=Decimal(1)) for each in ends))


amounts = st.decimals(0, 20, places=4)


@given(amounts, amounts, amounts, st.integers(1, 6), amounts, st.integers(0, 12), st.integers(1, 4))
def test_curve_is_the_sum_of_its_parts(
    line: Decimal, unit: Decimal, tier: Decimal, until: int, kept: Decimal, available: int, last: int
) -> None:
    cost = ShippingCost(
        per_line=line,
        per_unit=unit,
        unit_tiers=(UnitTier(up_to=until, price=tier), UnitTier(price=Decimal("0.1"))),
        scarce=LastUnits(units=last, price=round(kept, 3)),
    )
    curve = handling_of(cost, COST).curve(available, available)
    for units in range(1, available + 1):
        exact = line + unit * units + tier * min(units, until) + Decimal("0.1") * max(0, units - until)
        exact += round(kept, 3) * max(0, units - max(0, available - last))
        assert int((exact * 1000).to_integral_value(ROUND_HALF_UP)) == curve[units]
