"""832: what a retailer is asked for our items."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from retailer import NOW, codebook, price, price_list, profile, rendered, sets_of

from hub.edi.documents.price_catalogue import CataloguePrice, PriceCatalogue, parse_catalogue
from hub.errors import DataError
from hub.model.money import Money
from hub.model.price import ItemPrice, PriceList
from hub.model.stock import FeedMode
from hub.sdk.capabilities import Envelope, Stamp
from hub.sdk.x12.translate.prices import prices_of
from hub.sdk.x12.translate.sets import Received
from hub_x12_retailer.connector import X12Retailer
from hub_x12_retailer.translate.prices import catalogues


def catalogue(connector: X12Retailer, told: Envelope, **changes: Any) -> PriceCatalogue:
    [found] = sets_of(rendered(connector, told, book=codebook(x12=profile(**changes))))
    return parse_catalogue(found)


def told_prices(prices: tuple[CataloguePrice, ...]) -> list[tuple[str, Decimal | None, Decimal | None, str]]:
    return [(each.qualifier, each.amount, each.quantity, each.unit) for each in prices]


def heard(told: Envelope) -> PriceList:
    assert isinstance(told.item, PriceList)
    [written] = sets_of(catalogues([(told.key, told.item)], codebook(), Stamp(NOW, "stamp", (5, 6))))
    items, problems = prices_of(written, Received(codebook(), NOW, "832"))
    [found] = items
    assert ([], True) == (list(problems), isinstance(found, PriceList))
    assert isinstance(found, PriceList)
    return found


def test_list_has_a_line_per_item_in_the_retailers_units(connector: X12Retailer) -> None:
    told = price_list(price("MUG-BLUE", "4.50", title="Blue mug"), price("TEA-TIN", "2.50"))
    found = catalogue(connector, told, timezone="America/New_York")
    assert ("PC", "C17", "05", "USD") == (found.purpose, found.number, found.action, found.currency)
    assert [("097", "2026-11-22", "06:00:00")] == [
        (each.qualifier, str(each.date), str(each.time)) for each in found.dates
    ]
    assert [
        ("1", (("SK", "70001"), ("UP", "012345678905")), ["Blue mug"]),
        ("2", (("SK", "70002"),), []),
    ] == [(each.number, each.ids, [said.text for said in each.descriptions]) for each in found.lines]
    assert [[("UCP", Decimal("4.5"), Decimal(1), "EA")], [("UCP", Decimal(30), Decimal(1), "CA")]] == [
        told_prices(each.prices) for each in found.lines
    ]
    assert ((), 2) == (found.findings, found.lines_claimed)


def test_change_of_a_list_says_that_it_is_one(connector: X12Retailer) -> None:
    assert "04" == catalogue(connector, price_list(price("MUG-BLUE", "4.50"), mode=FeedMode.DELTA)).action


def test_breaks_and_days_stand_with_their_price(connector: X12Retailer) -> None:
    may = dt.date(2026, 5, 1)
    told = price_list(
        price("TEA-TIN", "2.50", until=may - dt.timedelta(days=1)),
        price("TEA-TIN", "2.60", since=may),
        price("TEA-TIN", "2.40", 48, since=may),
    )
    [found] = catalogue(connector, told).lines
    assert [
        ("UCP", Decimal(30), Decimal(1), "CA"),
        ("UCP", Decimal("31.2"), Decimal(1), "CA"),
        ("UCP", Decimal("28.8"), Decimal(4), "CA"),
    ] == told_prices(found.prices)
    assert [[("197", "2026-04-30")], [("196", "2026-05-01")], [("196", "2026-05-01")]] == [
        [(date.qualifier, str(date.date)) for date in each.dates] for each in found.prices
    ]


def test_price_that_begins_in_the_midst_of_a_pack_is_that_of_one_each(connector: X12Retailer) -> None:
    [found] = catalogue(connector, price_list(price("TEA-TIN", "2.50"), price("TEA-TIN", "2.40", 30))).lines
    assert [("UCP", Decimal(30), Decimal(1), "CA"), ("UCP", Decimal("2.4"), Decimal(30), "EA")] == told_prices(
        found.prices
    )


@pytest.mark.parametrize("begins", [6, 12])
def test_single_eaches_have_their_own_price_where_the_first_pack_is_cheaper(
    connector: X12Retailer, begins: int
) -> None:
    [found] = catalogue(connector, price_list(price("TEA-TIN", "2.50"), price("TEA-TIN", "2", begins))).lines
    assert [("UCP", Decimal("2.5"), Decimal(1), "EA"), ("UCP", Decimal(2), Decimal(begins), "EA")] == told_prices(
        found.prices
    )


def test_list_in_two_currencies_is_not_sent(connector: X12Retailer) -> None:
    euros = price("TEA-TIN", "2").model_copy(update={"unit_price": Money(amount=Decimal(2), currency="EUR")})
    with pytest.raises(DataError) as caught:
        catalogue(connector, price_list(price("MUG-BLUE", "4.50"), euros))
    assert "x12.not-writable" == caught.value.code


def test_item_that_the_retailer_does_not_know_is_not_priced(connector: X12Retailer) -> None:
    with pytest.raises(DataError) as caught:
        catalogue(connector, price_list(price("NO-SUCH", "4.50")))
    assert "data.unmapped-sku" == caught.value.code


days = st.none() | st.dates(dt.date(2026, 1, 1), dt.date(2026, 6, 30))


@st.composite
def price_lists(draw: st.DrawFn) -> Envelope:
    """No two prices of an item for the same beginning and quantity: no reader could choose."""
    lines: dict[tuple[str, int, dt.date | None], ItemPrice] = {}
    for sku in draw(st.lists(st.sampled_from(["MUG-BLUE", "TEA-TIN"]), min_size=1, max_size=2, unique=True)):
        title = draw(st.sampled_from(["", "Tin of tea"]))
        for _ in range(draw(st.integers(min_value=1, max_value=5))):
            since, begins = draw(days), draw(st.sampled_from([1, 2, 6, 12, 13, 24, 30, 144]))
            until = draw(st.none() | st.dates(dt.date(2026, 7, 1), dt.date(2026, 12, 31)))
            amount = draw(st.decimals(min_value=Decimal("0.0001"), max_value=9999, places=4))
            lines[sku, begins, since] = price(sku, amount, begins, since=since, until=until, title=title)
    return price_list(*lines.values(), mode=draw(st.sampled_from(FeedMode)))


@given(told=price_lists())
def test_list_is_read_back_as_it_was(told: Envelope) -> None:
    assert isinstance(told.item, PriceList)
    found = heard(told)
    assert (told.item.catalogue, told.item.mode, told.item.issued_at) == (
        found.catalogue,
        found.mode,
        found.issued_at,
    )

    def in_places(prices: PriceList) -> list[tuple[object, ...]]:
        return [
            (
                each.sku,
                each.unit_price.currency,
                round(each.unit_price.amount, 8),
                each.from_quantity,
                each.since,
                each.until,
                each.title,
            )
            for each in sorted(prices.lines, key=lambda each: (each.sku, each.from_quantity, str(each.since)))
        ]

    assert in_places(told.item) == in_places(found)
