"""The simulated retailer's books: what it takes down, what it counts as a repeat, and what it does not understand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest
from retailer import Retailer, answer, bill, billed, line, price, price_list, rendered, sets_of

from hub.edi.documents.acknowledgement import parse_acknowledgement
from hub.edi.documents.invoice import parse_invoice
from hub.edi.documents.price_catalogue import parse_catalogue
from hub.sdk.capabilities import Envelope
from hub_x12_retailer.connector import X12Retailer
from hub_x12_retailer.simulator_books import RetailerBooks


@pytest.fixture
def books(retailer: Retailer) -> RetailerBooks:
    retailer.sold()
    return retailer.simulator.books


def tell(connector: X12Retailer, books: RetailerBooks, told: Envelope) -> None:
    [found] = sets_of(rendered(connector, told))
    readers: dict[str, Callable[[], None]] = {
        "810": lambda: books.bill(parse_invoice(found)),
        "832": lambda: books.list_prices(parse_catalogue(found)),
        "855": lambda: books.answer(parse_acknowledgement(found)),
    }
    readers[found.id]()


def test_invoice_that_comes_again_is_counted_and_not_booked(connector: X12Retailer, books: RetailerBooks) -> None:
    [number] = books.orders
    for _ in range(2):
        tell(connector, books, bill(number, billed("1", "MUG-BLUE", 3), shipping="7.25"))
    tell(connector, books, bill(number, billed("2", "TEA-TIN", 24, "2.50"), number=2))
    assert {number: {"1": Decimal(3), "2": Decimal(24)}} == books.book(0).billed
    assert [Decimal("20.75"), Decimal(60)] == [each.total for each in books.invoices.values()]
    assert 1 == books.book(0).duplicates


def test_invoice_for_an_unknown_order_or_with_another_total_is_not_understood(
    connector: X12Retailer, books: RetailerBooks
) -> None:
    [number] = books.orders
    tell(connector, books, bill("4599999999", billed("1", "MUG-BLUE", 3)))
    [found] = sets_of(rendered(connector, bill(number, billed("1", "MUG-BLUE", 3), number=2)))
    books.bill(replace(parse_invoice(found), total=Decimal(15)))
    assert ({}, 2) == (books.invoices, len(books.not_understood))


def test_newest_answer_counts_and_one_that_does_not_add_up_is_not_understood(
    connector: X12Retailer, books: RetailerBooks
) -> None:
    [number] = books.orders
    whole = line("2", "TEA-TIN", accepted=24)
    tell(connector, books, answer(number, line("1", "MUG-BLUE", backordered=3), whole))
    tell(connector, books, answer(number, line("1", "MUG-BLUE", accepted=1, rejected=2), whole))
    tell(connector, books, answer(number, line("1", "MUG-BLUE", accepted=1), whole))
    assert {"accepted": Decimal(1), "rejected": Decimal(2)} == books.book(0).answered[number]["1"]
    assert [f"855 {number} line 1"] == books.not_understood


def test_price_list_leaves_the_prices_of_other_items_as_they_are(connector: X12Retailer, books: RetailerBooks) -> None:
    tell(connector, books, price_list(price("MUG-BLUE", "4.50"), price("TEA-TIN", "2.50")))
    tell(connector, books, price_list(price("TEA-TIN", "2.40"), price("TEA-TIN", "2.30", 30)))
    tea = {Decimal(12): Decimal("2.4"), Decimal(30): Decimal("2.3")}
    assert {"70001": {Decimal(1): Decimal("4.5")}, "70002": tea} == books.prices
