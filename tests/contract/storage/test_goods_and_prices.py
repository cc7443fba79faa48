"""Transfers, receipts of goods and prices on both databases."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from hub.model.identity import ConnectionId, DocumentId, LocationId, PartnerId, Sku, TransferId
from hub.model.money import Money
from hub.model.price import ItemPrice, PriceList
from hub.model.stock import FeedMode
from hub.model.transfer import GoodsReceipt, ReceivedLine, StockTransfer, TransferLine, TransferState
from hub.ports import Storage
from tests.contract.storage.rows import DEPOT, KITE, ROBOT, SUPPLIER
from tests.fakes.storage import NOW

ACME = PartnerId("acme-toys")
LATER = NOW + timedelta(days=1)


def a_transfer(number: int, state: TransferState = TransferState.IN_TRANSIT) -> StockTransfer:
    return StockTransfer(
        transfer_id=TransferId(f"T{number:08d}"),
        location=DEPOT,
        connection=SUPPLIER,
        origin=LocationId("attic"),
        shipped_at=NOW,
        expected_on=date(2026, 12, 1),
        lines=(TransferLine(number=1, sku=KITE, quantity=Decimal("2.5")),),
        state=state,
    )


def a_receipt(number: str = "R1", units: int = 3, connection: ConnectionId = SUPPLIER) -> GoodsReceipt:
    lines = (ReceivedLine(number=1, sku=KITE, quantity=Decimal(units), unavailable=Decimal(1)),)
    return GoodsReceipt(receipt_id=number, connection=connection, location=DEPOT, received_at=NOW, lines=lines)


@dataclass(frozen=True)
class Price:
    sku: Sku
    amount: str
    start: int = 1
    since: date | None = None

    @property
    def line(self) -> ItemPrice:
        money = Money(amount=Decimal(self.amount), currency="EUR")
        return ItemPrice(
            sku=self.sku, unit_price=money, from_quantity=Decimal(self.start), since=self.since, title="Kite, red"
        )


def a_list(*prices: Price, issued: datetime = NOW, mode: FeedMode = FeedMode.FULL, catalogue: str = "C1") -> PriceList:
    return PriceList(
        partner=ACME,
        connection=SUPPLIER,
        catalogue=catalogue,
        issued_at=issued,
        mode=mode,
        lines=tuple(price.line for price in prices),
    )


def test_a_transfer_comes_back_as_it_was_kept(storage: Storage) -> None:
    with storage.begin() as work:
        for number in (1, 2):
            work.transfers.save(a_transfer(number))
        work.transfers.save(a_transfer(1, TransferState.RECEIVED))
    with storage.begin() as work:
        assert a_transfer(2) == work.transfers.get(TransferId("T00000002"), lock=True)
        assert work.transfers.get(TransferId("T9")) is None
        assert [a_transfer(2), a_transfer(1, TransferState.RECEIVED)] == work.transfers.page()
        assert [a_transfer(2)] == work.transfers.page(open_only=True)
        assert [a_transfer(2)] == work.transfers.on_the_way([DEPOT, LocationId("attic")])
        assert [] == work.transfers.on_the_way([LocationId("attic")])
        assert [a_transfer(2)] == work.transfers.page(limit=1)


def test_a_receipt_is_kept_by_its_connection_and_number(storage: Storage) -> None:
    other = ConnectionId("elsewhere")
    with storage.begin() as work:
        assert work.transfers.receipt(SUPPLIER, "R1") is None
        for receipt in (a_receipt(), a_receipt("R2"), a_receipt(connection=other), a_receipt(units=4)):
            work.transfers.save_receipt(receipt)
        assert a_receipt(units=4) == work.transfers.receipt(SUPPLIER, "R1")
        assert a_receipt("R2") == work.transfers.receipt(SUPPLIER, "R2")
        assert a_receipt(connection=other) == work.transfers.receipt(other, "R1")


def test_prices_come_back_by_sku_and_as_they_were_told(storage: Storage) -> None:
    dated = Price(KITE, "4.125", 12, date(2026, 12, 1))
    with storage.begin() as work:
        assert 3 == work.prices.record(a_list(Price(KITE, "5"), dated, Price(ROBOT, "9.99")), DocumentId("D1"))
        assert {KITE: [Price(KITE, "5").line, dated.line]} == work.prices.of(ACME, [KITE, Sku("SLED")])
        assert {} == work.prices.of(PartnerId("nobody"), [KITE])
        assert [KITE, KITE, ROBOT] == [each.sku for each in work.prices.page(ACME)]
        assert [ROBOT] == [each.sku for each in work.prices.page(ACME, after=KITE)]
        assert 1 == len(work.prices.page(ACME, limit=1))


@pytest.mark.parametrize("mode", [FeedMode.FULL, FeedMode.DELTA])
def test_a_list_issued_earlier_changes_nothing_that_is_newer(storage: Storage, mode: FeedMode) -> None:
    with storage.begin() as work:
        work.prices.record(a_list(Price(KITE, "6"), issued=LATER), None)
        assert 0 == work.prices.record(a_list(Price(KITE, "5"), mode=mode), None)
        assert {KITE: [Price(KITE, "6").line]} == work.prices.of(ACME, [KITE])


def test_a_full_list_ends_what_its_own_catalogue_no_longer_names(storage: Storage) -> None:
    with storage.begin() as work:
        work.prices.record(a_list(Price(KITE, "5"), Price(ROBOT, "9")), None)
        work.prices.record(a_list(Price(ROBOT, "8"), catalogue="C2"), None)
        work.prices.record(a_list(Price(KITE, "6"), issued=LATER), None)
        assert {KITE: [Price(KITE, "6").line], ROBOT: [Price(ROBOT, "8").line]} == work.prices.of(ACME, [KITE, ROBOT])


def test_a_price_named_twice_in_one_list_is_the_last_one(storage: Storage) -> None:
    with storage.begin() as work:
        assert 1 == work.prices.record(a_list(Price(KITE, "5"), Price(KITE, "6")), None)
        assert {KITE: [Price(KITE, "6").line]} == work.prices.of(ACME, [KITE])


def test_a_long_list_is_taken_in_parts(storage: Storage) -> None:
    prices = [Price(Sku(f"ITEM-{number:05d}"), "1") for number in range(5_001)]
    with storage.begin() as work:
        assert 5_001 == work.prices.record(a_list(*prices), None)
        assert 5_001 == len(work.prices.page(ACME, limit=6_000))
