"""A retailer's order from its 850 to our invoice: 855, 856, 810, and 865 where it cancels or stock comes late."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from hub.edi.envelope import read_interchanges
from hub.errors import TransientError
from hub.model.exchange import ReceiptState
from hub.model.identity import PartnerId, Sku
from hub.model.money import Money
from hub.model.order import OrderStatus
from hub.model.price import ItemPrice, PriceList
from hub.model.queue import OutboxItem
from hub.model.stock import FeedMode
from tests.integration.retailer_shop import MUG, SHOP, TEA, AnsweringWorld, Trade, a_retailer, trading


@pytest.fixture
def trade(database_url: str, tmp_path: Path) -> Iterator[Trade]:
    world = AnsweringWorld(database_url, suppliers=("east",))
    retailer = a_retailer(tmp_path / "mailbox")
    retailer.start()
    yield trading(world, retailer)
    retailer.stop()
    world.close()


def answers(trade: Trade, number: str) -> list[tuple[str, str]]:
    return [(each.set_id, each.status) for each in trade.retailer.books.answers.get(number, [])]


def told(trade: Trade) -> list[str]:
    """The sets about orders that the retailer got, in the order in which they were sent."""
    files = (trade.retailer.scenario.folder / "archive").glob("*.edi")
    found = [one for path in files for one in read_interchanges(path.read_bytes())]
    sets = [each.id for one in sorted(found, key=lambda one: one.control_number) for _, each in one.usable_sets()]
    return [each for each in sets if each not in {"846", "997"}]


def test_order_is_accepted_then_shipped_then_billed_once_each(trade: Trade) -> None:
    number = trade.sold(mug=3, tea=24)
    trade.go_on()
    assert OrderStatus.FULFILLED is trade.order(number).status
    assert ["855", "856", "810"] == told(trade)
    book = trade.retailer.book()
    units = {"1": Decimal(3), "2": Decimal(24)}
    assert [("855", "AD")] == answers(trade, number)
    assert {number: {line: {"accepted": count} for line, count in units.items()}} == book.answered
    assert {number: units} == book.confirmed == book.billed
    assert [Decimal("22.5")] == [each.total for each in trade.retailer.books.invoices.values()]
    assert (0, []) == (book.duplicates, trade.retailer.books.not_understood)


def test_order_cancelled_in_time_is_said_to_be_cancelled_and_is_not_billed(trade: Trade) -> None:
    trade.world.books["east"].faults["send"] = [TransientError("East is closed.")] * 50
    number = trade.sold(mug=3, tea=24)
    trade.go_on(1)
    assert [("855", "AD")] == answers(trade, number)
    assert trade.retailer.cancel(number)
    trade.go_on()
    assert OrderStatus.CANCELLED is trade.order(number).status
    assert [("855", "AD"), ("865", "AT")] == answers(trade, number)
    assert {"1": {"rejected": Decimal(3)}, "2": {"rejected": Decimal(24)}} == trade.retailer.book().answered[number]
    assert {} == trade.retailer.books.invoices
    assert [] == trade.retailer.books.not_understood


def test_cancellation_that_comes_too_late_is_answered_by_what_was_accepted(trade: Trade) -> None:
    number = trade.sold(mug=3)
    trade.go_on()
    trade.cancel_late(number)
    trade.go_on()
    assert [("855", "AD"), ("865", "RD")] == answers(trade, number)
    assert {"1": {"accepted": Decimal(3)}} == trade.retailer.book().answered[number]
    assert ["855", "856", "810", "865"] == told(trade)
    assert {number: {"1": Decimal(3)}} == trade.retailer.book().billed


def test_cancellation_that_the_supplier_refuses_is_refused(trade: Trade) -> None:
    trade.world.books["east"].silent = True
    number = trade.sold(mug=3)
    trade.go_on()
    assert trade.retailer.cancel(number)
    trade.go_on()
    assert [("855", "AD"), ("865", "RD")] == answers(trade, number)
    assert {"1": {"accepted": Decimal(3)}} == trade.retailer.book().answered[number]


def test_order_for_more_than_there_is_waits_before_it_is_called_a_backorder(trade: Trade) -> None:
    trade.retailer.books.shown[MUG] = Decimal(100)
    number = trade.sold(mug=50)
    trade.go_on()
    assert [] == answers(trade, number)
    trade.world.advance(minutes=15)
    trade.go_on()
    assert [("855", "AC")] == answers(trade, number)
    assert {"1": {"accepted": Decimal(20), "backordered": Decimal(30)}} == trade.retailer.book().answered[number]
    trade.world.stock("east", {"MUG": 100})
    trade.go_on(6)
    assert [("855", "AC"), ("865", "AD")] == answers(trade, number)
    assert {number: {"1": Decimal(50)}} == trade.retailer.book().billed == trade.retailer.book().confirmed
    assert [] == trade.retailer.books.not_understood


def test_every_answer_and_invoice_was_acknowledged(trade: Trade) -> None:
    number = trade.sold(mug=1)
    trade.go_on()
    trade.cancel_late(number)
    trade.go_on()
    with trade.engine.runtime.storage.read() as uow:
        groups = [(group.kind, group.state) for one in uow.exchanges.page() for group in one.groups]
    sent = {"IB", "SH", "PR", "CA", "IN"}
    assert sent <= {kind for kind, _ in groups}
    assert {ReceiptState.RECEIVED} == {state for kind, state in groups if kind in sent}


def test_price_list_reaches_the_retailer_in_its_units(trade: Trade) -> None:
    with trade.engine.runtime.storage.begin() as uow:
        prices = PriceList(
            partner=PartnerId("brightmart"),
            connection=SHOP,
            catalogue="C17",
            issued_at=trade.world.now,
            mode=FeedMode.FULL,
            lines=(
                ItemPrice(sku=Sku("MUG"), unit_price=Money(amount=Decimal("4.50"), currency="USD")),
                ItemPrice(sku=Sku("TEA"), unit_price=Money(amount=Decimal("2.50"), currency="USD")),
            ),
        )
        payload = prices.model_dump_json()
        uow.outbox.add(OutboxItem("item:shop:C17:1", SHOP, "item", payload, trade.world.now, subject="prices C17"))
    trade.go_on()
    assert {MUG: {Decimal(1): Decimal("4.5")}, TEA: {Decimal(12): Decimal("2.5")}} == trade.retailer.books.prices
