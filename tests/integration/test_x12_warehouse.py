"""A shop whose orders ship from an X12 warehouse: both real connectors, their simulators and the started engine."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import TypeVar

import pytest
from pydantic import SecretStr

from hub.mapping.codebook import Codebook, PartnerItem
from hub.mapping.x12_profile import X12Party, X12Profile
from hub.model.exchange import Exchange, ReceiptState
from hub.model.fulfilment import FulfilmentRequest, Negotiation, RequestKind
from hub.model.identity import ConnectionId, LocationId, PartnerId, Sku
from hub.model.network import Network
from hub.model.order import OrderRecord, OrderStatus
from hub.sdk.context import ConnectionContext
from hub.sync.connections import LiveConnection
from hub.sync.daemon import Engine
from hub.sync.runtime import Limits
from hub.sync.schedule import PollSchedule
from hub_shopify import plugin as shopify
from hub_shopify.settings import ShopifySettings
from hub_shopify.simulator import ShopifySimulator
from hub_x12_warehouse import plugin as x12_warehouse
from hub_x12_warehouse.settings import X12WarehouseSettings
from hub_x12_warehouse.simulator import WarehouseSimulator
from tests.fakes.world import CHANNEL, World

FoundT = TypeVar("FoundT")

PATIENCE = 30.0
LAMP = "LAMP-BRASS"
STOCK = 5


@dataclass
class LampShop(World):
    """A shop that sells lamps, and the warehouse where they lie."""

    folder: Path = field(default_factory=Path)
    behaviours: tuple[str, ...] = ("ship",)

    def __post_init__(self) -> None:
        super().__post_init__()
        self.warehouse = WarehouseSimulator(
            {
                "name": "talloak",
                "folder": self.folder,
                "own_id": "TALLOAK",
                "items": [{"item": "LAMP-1", "stock": {"TO1": str(STOCK)}}],
                "behaviours": self.behaviours,
                "ship_after": 0.1,
                "rest_after": 0.2,
                "feed_every": 0.3,
                "tick": 0.02,
            }
        )
        self.shop_floor = ShopifySimulator(
            {
                "items": [{"sku": LAMP, "price": "12.50"}],
                "locations": [{"number": 65001, "name": "Crossdock", "stock": {LAMP: 0}}],
                "staff_delay_seconds": None,
            }
        )

    def clock(self) -> datetime:
        return datetime.now(UTC)

    def network(self) -> Network:
        network = super().network()
        [place] = network.locations
        return network.model_copy(update={"locations": (place.model_copy(update={"kind": RequestKind.WAREHOUSE}),)})

    def connections(self) -> list[LiveConnection]:
        return [often(each) for each in (self._shopify(), self._talloak())]

    def _shopify(self) -> LiveConnection:
        given = dict(self.shop_floor.connection_settings())
        secrets = self.shop_floor.environment()
        for name in ("access_token", "webhook_secret"):
            given[name] = SecretStr(secrets[given[name].removeprefix("${env:").removesuffix("}")])
        context = ConnectionContext(
            connection=ConnectionId("shop"),
            partner=PartnerId("shop"),
            settings=ShopifySettings.model_validate(given),
            clock=self.clock,
            channel=CHANNEL,
            allow_private=True,
            random=random.Random(1),
        )
        codebook = Codebook(
            connection=ConnectionId("shop"),
            partner=PartnerId("shop"),
            items=(PartnerItem(Sku(LAMP), {"sku": LAMP}),),
            sites={"65001": LocationId("online")},
        )
        [spec] = shopify.hub_connectors()
        return LiveConnection.open(spec, context, codebook)

    def _talloak(self) -> LiveConnection:
        settings = X12WarehouseSettings.model_validate(self.warehouse.connection_settings())
        context = ConnectionContext(
            ConnectionId("talloak"), PartnerId("talloak"), settings, self.clock, allow_private=True
        )
        codebook = Codebook(
            connection=ConnectionId("talloak"),
            partner=PartnerId("talloak"),
            items=(PartnerItem(Sku(LAMP), {"VN": "LAMP-1"}),),
            sites={"TO1": LocationId("talloak")},
            x12=X12Profile(us=X12Party(id="TOYHUB"), partner=X12Party(id="TALLOAK"), item_ids=("VN",)),
            default_location=LocationId("talloak"),
        )
        [spec] = x12_warehouse.hub_connectors()
        return LiveConnection.open(spec, context, codebook)

    def sell(self, units: int) -> str:
        """A buyer orders once the shop shows enough; the order's reference there."""
        return eventually(lambda: self.shop_floor.sell({LAMP: units}))

    def confirmed(self, reference: str) -> Decimal:
        """Units that the shop shows as fulfilled."""
        return sum(self.shop_floor.book().confirmed.get(reference, {}).values(), Decimal(0))


def often(live: LiveConnection) -> LiveConnection:
    return replace(live, polls={name: PollSchedule(0.1) for name in live.polls})


def eventually(find: Callable[[], FoundT | None]) -> FoundT:
    """What ``find`` gives once it is something; a good run never waits long."""
    ends = time.monotonic() + PATIENCE
    while not (found := find()):
        assert time.monotonic() < ends, "waited in vain"
        time.sleep(0.02)
    return found


@pytest.fixture
def behaviours() -> tuple[str, ...]:
    return ("ship",)


@pytest.fixture
def world(sqlite_url: str, tmp_path: Path, behaviours: tuple[str, ...]) -> Iterator[LampShop]:
    made = LampShop(sqlite_url, suppliers=("talloak",), folder=tmp_path / "mailbox", behaviours=behaviours)
    made.warehouse.start()
    made.shop_floor.start()
    yield made
    made.close()
    made.shop_floor.stop()
    made.warehouse.stop()


@pytest.fixture
def engine(world: LampShop) -> Iterator[Engine]:
    made = world.engine(limits=Limits(sweep_seconds=0.02))
    made.start()
    yield made
    assert made.stop(PATIENCE)


def order(engine: Engine, reference: str) -> OrderRecord | None:
    with engine.runtime.storage.read() as uow:
        return uow.orders.find(CHANNEL, reference)


def fulfilled(engine: Engine, reference: str) -> OrderRecord:
    def whole() -> OrderRecord | None:
        record = order(engine, reference)
        return record if record and record.status is OrderStatus.FULFILLED else None

    return eventually(whole)


def requests(engine: Engine, reference: str) -> list[FulfilmentRequest]:
    record = order(engine, reference)
    with engine.runtime.storage.read() as uow:
        return uow.requests.for_order(record.order_id) if record else []


def instructions_sent(engine: Engine) -> list[Exchange]:
    with engine.runtime.storage.read() as uow:
        return [one for one in uow.exchanges.page() if one.groups and one.groups[0].kind == "OW"]


def quarantined(engine: Engine) -> list[str]:
    with engine.runtime.storage.read() as uow:
        return [entry.code for entry in uow.quarantine.open()]


def test_order_goes_to_the_warehouse_as_a_940_and_its_945_to_the_shop(world: LampShop, engine: Engine) -> None:
    reference = world.sell(2)
    eventually(lambda: world.confirmed(reference) == 2)
    record = fulfilled(engine, reference)
    [request] = requests(engine, reference)
    assert RequestKind.WAREHOUSE is request.kind
    booked = world.warehouse.book().instructions
    two = {"LAMP-1": Decimal(2)}
    assert [(1, two, two)] == [(one.times, dict(one.lines), dict(one.shipped)) for one in booked.values()]
    assert [request.request_id] == list(booked)
    eventually(lambda: [ReceiptState.RECEIVED] == [one.groups[0].state for one in instructions_sent(engine)])
    with engine.runtime.storage.read() as uow:
        [shipment] = uow.requests.shipments(record.order_id)
        on_hand = sum((row.on_hand for row in uow.ledger.balances([Sku(LAMP)])), Decimal(0))
    assert shipment.parcels[0].tracking_number.startswith("1Z")
    assert STOCK - 2 == on_hand
    assert [] == quarantined(engine)


@pytest.mark.parametrize("behaviours", [("split",)])
def test_order_that_leaves_in_two_goes_is_confirmed_whole(world: LampShop, engine: Engine) -> None:
    reference = world.sell(3)
    eventually(lambda: world.confirmed(reference) == 3)
    record = fulfilled(engine, reference)
    with engine.runtime.storage.read() as uow:
        assert 2 == len(uow.requests.shipments(record.order_id))
    assert [] == quarantined(engine)


@pytest.mark.parametrize("behaviours", [("empty",)])
def test_empty_shelf_gives_the_order_back(world: LampShop, engine: Engine) -> None:
    reference = world.sell(2)
    found = eventually(lambda: [one for one in requests(engine, reference) if one.negotiation is Negotiation.REJECTED])
    assert [2] == [line.rejected for one in found for line in one.lines]
    assert 0 == world.confirmed(reference)
    assert [] == quarantined(engine)
