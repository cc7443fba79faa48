"""Values of the canonical model: exact, strict, and silent about people."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from hub.errors import DataError
from hub.model.fulfilment import RequestLine
from hub.model.identity import ChannelId, LineId, Sku, order_id_for
from hub.model.money import Money
from hub.model.order import LineCounters
from hub.model.party import Address
from hub.model.quantity import from_base, from_scaled, to_base, to_scaled

millionths = st.integers(min_value=-(10**15), max_value=10**15)


@given(millionths)
def test_scaled_quantity_comes_back_as_it_was(scaled: int) -> None:
    assert scaled == to_scaled(from_scaled(scaled))


def test_seventh_decimal_place_is_refused() -> None:
    with pytest.raises(DataError) as caught:
        to_scaled(Decimal("0.0000001"))
    assert "data.quantity-precision" == caught.value.code


@given(st.integers(min_value=0, max_value=10**6), st.integers(min_value=1, max_value=500))
def test_packs_and_eaches_convert_both_ways(packs: int, size: int) -> None:
    assert Decimal(packs) == from_base(to_base(Decimal(packs), Decimal(size)), Decimal(size))


def test_broken_pack_is_no_rounding_matter() -> None:
    with pytest.raises(DataError) as caught:
        from_base(Decimal(7), Decimal(12))
    assert "data.broken-pack" == caught.value.code


@given(
    st.decimals(min_value=-10000, max_value=10000, places=2),
    st.lists(st.integers(min_value=1, max_value=50), min_size=1, max_size=7),
)
def test_shares_of_money_add_up_to_the_coin(amount: Decimal, weights: list[int]) -> None:
    shares = Money(amount=amount, currency="USD").allocate([Decimal(weight) for weight in weights])
    assert amount == sum(share.amount for share in shares)


def test_yen_have_no_smaller_coin() -> None:
    shares = Money(amount=Decimal(100), currency="JPY").allocate([Decimal(1)] * 3)
    assert [Decimal(34), Decimal(33), Decimal(33)] == [share.amount for share in shares]


def test_currencies_are_never_added_together() -> None:
    with pytest.raises(ValueError, match="cannot add EUR to USD"):
        Money(amount=Decimal(1), currency="USD") + Money(amount=Decimal(1), currency="EUR")


def test_counters_that_do_not_add_up_cannot_exist() -> None:
    with pytest.raises(ValidationError):
        LineCounters(ordered=Decimal(3), open=Decimal(1), shipped=Decimal(1))
    with pytest.raises(ValidationError):
        LineCounters(ordered=Decimal(1), shipped=Decimal(1), returned=Decimal(2))


def test_request_line_cannot_ship_more_than_was_asked() -> None:
    with pytest.raises(ValidationError):
        RequestLine(number=1, line_id=LineId("1"), sku=Sku("A"), quantity=Decimal(1), shipped=Decimal(2))


def test_number_is_no_identifier() -> None:
    with pytest.raises(ValidationError):
        RequestLine(number=1, line_id=1234, sku=Sku("A"), quantity=Decimal(1))  # type: ignore[arg-type]


def test_address_shows_nobody_in_repr_or_error() -> None:
    canary = "canary-77-person"
    address = Address(
        name=canary, line1=canary, city=canary, postal_code=canary, phone=canary, email=canary, country="US"
    )
    assert canary not in repr(address)
    with pytest.raises(ValidationError) as caught:
        Address(name=canary, country=canary)
    assert canary not in str(caught.value)


@given(st.text(max_size=30), st.text(max_size=30))
def test_order_id_is_safe_to_print_and_to_name_a_file(channel: str, external_id: str) -> None:
    found = order_id_for(ChannelId("shop"), channel + external_id)
    assert all(character.isascii() and (character.isalnum() or character in "._-") for character in found)
