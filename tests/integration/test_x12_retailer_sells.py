"""The real X12 retailer's connector against its simulator: 850 in, 846 and 856 out, through the whole engine."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from hub.model.exchange import ReceiptState
from hub.model.order import OrderStatus
from tests.fakes.world import World
from tests.integration.retailer_shop import MUG, TEA, Trade, a_retailer, trading


@pytest.fixture
def trade(world: World, tmp_path: Path) -> Iterator[Trade]:
    retailer = a_retailer(tmp_path / "mailbox")
    retailer.start()
    yield trading(world, retailer)
    retailer.stop()


def test_retailer_is_shown_whole_units_of_what_is_there(trade: Trade) -> None:
    assert {MUG: 20, TEA: 36} == trade.retailer.books.shown


def test_purchase_order_is_shipped_and_the_retailer_is_told_once(trade: Trade) -> None:
    number = trade.sold(mug=3, tea=24)
    trade.go_on()
    assert OrderStatus.FULFILLED is trade.order(number).status
    assert {"P00000001": 1} == dict(trade.world.books["east"].booked)
    assert {number: {"1": Decimal(3), "2": Decimal(24)}} == trade.retailer.book().confirmed
    assert 0 == trade.retailer.book().duplicates
    assert {MUG: 17, TEA: 12} == trade.retailer.books.shown
    assert [] == trade.retailer.books.not_understood


def test_cancelled_purchase_order_is_not_shipped(trade: Trade) -> None:
    number = trade.sold(mug=3)
    assert trade.retailer.cancel(number)
    trade.go_on()
    assert OrderStatus.CANCELLED is trade.order(number).status
    assert {} == dict(trade.world.books["east"].booked)
    assert {MUG: 20, TEA: 36} == trade.retailer.books.shown


def test_retailer_that_agreed_on_neither_gets_no_answer_and_no_invoice(trade: Trade) -> None:
    trade.sold(mug=3)
    trade.go_on()
    assert ({}, {}) == (trade.retailer.books.answers, trade.retailer.books.invoices)


def test_everything_we_sent_was_acknowledged_and_so_was_what_we_got(trade: Trade) -> None:
    trade.sold(mug=1)
    trade.go_on()
    with trade.engine.runtime.storage.read() as uow:
        groups = [(group.kind, group.state) for one in uow.exchanges.page() for group in one.groups]
    assert {"IB", "SH", "FA", "PO"} == {kind for kind, _ in groups}
    assert {ReceiptState.RECEIVED} == {state for kind, state in groups if kind in {"IB", "SH"}}
    archive = trade.retailer.scenario.folder / "archive"
    assert any(b"AK1*PO*" in path.read_bytes() for path in archive.glob("997-*.edi"))
