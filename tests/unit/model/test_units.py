"""Units of measure are ratios: whatever one holds, nothing is rounded and nothing is lost."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from hub.errors import DataError
from hub.model.identity import LocationId, Sku
from hub.model.quantity import (
    SCALE,
    amount_of_each,
    amount_of_unit,
    exact_units,
    floored_units,
    from_base,
    from_scaled,
    parse_units,
    show_units,
    sold_at_once,
    to_base,
    whole_units,
)
from hub.model.stock import CountBasis, StockRow

ratios = st.builds(Fraction, st.integers(1, 10_000), st.integers(1, 10_000)).map(exact_units)
quantities = st.integers(-(10**12), 10**12).map(from_scaled)
eaches = st.integers(0, 10**9).map(from_scaled)
lots = st.integers(1, 50 * SCALE).map(from_scaled)


@given(ratios)
def test_ratio_is_read_as_it_is_shown(ratio: Decimal | Fraction) -> None:
    assert ratio == parse_units(show_units(ratio))


@pytest.mark.parametrize("text", ["", "0", "-1", "1/0", "0/3", "a", "1,5", "1e9", "NaN", "Infinity", "1/3/2", "9" * 13])
def test_what_holds_nothing_is_no_unit(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_units(text)


@given(st.integers(0, 10**6), ratios)
def test_whole_units_come_back_for_every_ratio(units: int, ratio: Decimal | Fraction) -> None:
    whole = Fraction(units) * Fraction(ratio) * SCALE
    assume(whole.denominator == 1)
    assert Decimal(units) == from_base(to_base(Decimal(units), ratio), ratio)


@given(quantities, ratios)
def test_eaches_are_exact_or_refused(quantity: Decimal, ratio: Decimal | Fraction) -> None:
    exact = Fraction(quantity) * Fraction(ratio)
    if (exact * SCALE).denominator == 1:
        assert exact == Fraction(to_base(quantity, ratio))
    else:
        with pytest.raises(DataError, match="six decimal places"):
            to_base(quantity, ratio)


@given(eaches, ratios)
def test_floored_units_are_the_most_whole_ones(units: Decimal, ratio: Decimal | Fraction) -> None:
    most = floored_units(units, ratio)
    assert Fraction(most) * Fraction(ratio) <= units < Fraction(most + 1) * Fraction(ratio)
    assert (whole_units(units, ratio) == most) is (Fraction(most) * Fraction(ratio) == units)


def test_thirds_add_up_to_wholes_only_in_threes() -> None:
    assert Decimal(2) == to_base(Decimal(6), Fraction(1, 3))
    assert Decimal(6) == from_base(Decimal(2), Fraction(1, 3))
    with pytest.raises(DataError) as caught:
        to_base(Decimal(1), Fraction(1, 3))
    assert "data.quantity-precision" == caught.value.code


def test_price_of_a_unit_and_of_an_each_are_inverse() -> None:
    assert Decimal("4.50") == amount_of_each(amount_of_unit(Decimal("4.50"), Fraction(1, 3)), Fraction(1, 3))
    assert Decimal("0.375") == amount_of_each(Decimal("4.50"), Decimal(12))


@given(eaches, lots, lots)
def test_lot_is_whole_reaches_the_minimum_and_is_the_most_there_is(
    units: Decimal, multiple: Decimal, minimum: Decimal
) -> None:
    sold = sold_at_once(units, multiple, minimum)
    assert sold <= units
    assert 0 == sold % multiple
    assert not sold or sold >= minimum
    assert sold + multiple > units or sold + multiple < minimum or not sold


def test_figure_in_thirds_survives_being_stored() -> None:
    row = StockRow(
        sku=Sku("ROPE"),
        location=LocationId("mill"),
        basis=CountBasis.ON_HAND,
        quantity=Decimal(3),
        unit="YD",
        units_each=Fraction(1, 3),
    )
    assert row == StockRow.model_validate_json(row.model_dump_json())
    assert Decimal(1) == to_base(row.quantity, row.units_each)
