"""The real X12 retailer's connector against its simulator: 850 in, 846 and 856 out, through the whole engine."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from hub.mapping.codebook import Codebook, PartnerItem
from hub.mapping.x12_profile import X12Party, X12Profile
from hub.model.exchange import ReceiptState
from hub.model.identity import ConnectionId, PartnerId, Sku
from hub.model.order import OrderRecord, OrderStatus
from hub.sdk.context import ConnectionContext
from hub.sync.connections import LiveConnection
from hub.sync.daemon import Engine
from hub_x12_retailer.plugin import hub_connectors
from hub_x12_retailer.settings import X12RetailerSettings
from hub_x12_retailer.simulator import RetailerSimulator
from tests.fakes.world import CHANNEL, World

SHOP = ConnectionId("shop")
MUG, TEA = "70001", "70002"
PATIENCE = 30.0


@pytest.fixture
def retailer(tmp_path: Path) -> Iterator[RetailerSimulator]:
    made = RetailerSimulator(
        {
            "name": "brightmart",
            "folder": tmp_path / "mailbox",
            "own_id": "BRIGHTMART",
            "items": [{"item": MUG}, {"item": TEA, "unit": "CA", "units_each": "12"}],
            "tick": 0.01,
        }
    )
    made.start()
    yield made
    made.stop()


@dataclass
class Trade:
    """The hub between the retailer and a supplier who ships at once what it has."""

    world: World
    retailer: RetailerSimulator
    engine: Engine

    def go_on(self, rounds: int = 4) -> None:
        """The engine works, the retailer's desk reads what it wrote, and so on."""
        for _ in range(rounds):
            self.engine.run_until_idle()
            ends = time.monotonic() + PATIENCE
            while not self.retailer.idle():
                assert time.monotonic() < ends, "the retailer's desk did not come so far in time"
                time.sleep(0.005)
            self.world.advance(minutes=2)

    def sold(self, **units: int) -> str:
        number = self.retailer.sell({{"mug": MUG, "tea": TEA}[name]: count for name, count in units.items()})
        assert number is not None
        return number

    def order(self, number: str) -> OrderRecord:
        with self.engine.runtime.storage.read() as uow:
            found = uow.orders.find(CHANNEL, number)
        assert found is not None
        return found


@pytest.fixture
def trade(world: World, retailer: RetailerSimulator) -> Trade:
    context = ConnectionContext(
        connection=SHOP,
        partner=PartnerId("brightmart"),
        settings=X12RetailerSettings.model_validate(dict(retailer.connection_settings())),
        clock=lambda: datetime.now(UTC),
        channel=CHANNEL,
        allow_private=True,
    )
    codebook = Codebook(
        connection=SHOP,
        partner=PartnerId("brightmart"),
        items=(
            PartnerItem(Sku("MUG"), {"SK": MUG}),
            PartnerItem(Sku("TEA"), {"SK": TEA}, unit="CA", units_each=Decimal(12)),
        ),
        x12=X12Profile(us=X12Party(id="TOYHUB"), partner=X12Party(id="BRIGHTMART"), item_ids=("SK",)),
    )
    [spec] = hub_connectors()
    shop = LiveConnection.open(spec, context, codebook, polls={"mailbox": 60.0})
    engine = world.engine(connections=[shop, world.connection("east")])
    world.stock("east", {"MUG": 20, "TEA": 42})
    made = Trade(world, retailer, engine)
    made.go_on()
    return made


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


def test_everything_we_sent_was_acknowledged_and_so_was_what_we_got(trade: Trade) -> None:
    trade.sold(mug=1)
    trade.go_on()
    with trade.engine.runtime.storage.read() as uow:
        groups = [(group.kind, group.state) for one in uow.exchanges.page() for group in one.groups]
    assert {"IB", "SH", "FA", "PO"} == {kind for kind, _ in groups}
    assert {ReceiptState.RECEIVED} == {state for kind, state in groups if kind in {"IB", "SH"}}
    archive = trade.retailer.scenario.folder / "archive"
    assert any(b"AK1*PO*" in path.read_bytes() for path in archive.glob("997-*.edi"))
