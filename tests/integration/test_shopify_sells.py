"""The real Shopify connector against its simulator: the shop sells between our count and our push."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from pydantic import SecretStr

from hub.mapping.codebook import Codebook, PartnerItem
from hub.model.document import Document
from hub.model.identity import ConnectionId, LocationId, PartnerId, Sku
from hub.sdk.capabilities import InventorySink, Receipt
from hub.sdk.context import ConnectionContext
from hub.sync.connections import LiveConnection
from hub.sync.daemon import Engine
from hub_shopify.plugin import hub_connectors
from hub_shopify.quantities import ChannelQuantities
from hub_shopify.settings import ShopifySettings
from hub_shopify.simulator import ShopifySimulator
from tests.fakes.world import CHANNEL, World

STOCK = 20
ROBOT = "TOY-ROBOT"
BOOKS = ConnectionId("shop")


class BusyShop:
    """Buyers come while a quantity is on its way to the shop."""

    def __init__(self, simulator: ShopifySimulator) -> None:
        self.simulator = simulator
        self.sold = 0
        self.rush = False

    def sell(self) -> None:
        self.sold += self.simulator.sell({ROBOT: 1}) is not None

    @property
    def shown(self) -> int:
        shop = self.simulator.server.shop
        [online] = [place for place in shop.locations.values() if place.fulfills_online_orders]
        return shop.level(shop.items_by_sku[ROBOT], online).available


@pytest.fixture
def shop() -> Iterator[BusyShop]:
    simulator = ShopifySimulator(
        {
            "items": [{"sku": ROBOT, "price": "12.50"}],
            "locations": [{"number": 65001, "name": "Crossdock", "stock": {ROBOT: 0}}],
            "staff_delay_seconds": None,
        }
    )
    simulator.start()
    yield BusyShop(simulator)
    simulator.stop()


def connected(world: World, shop: BusyShop) -> LiveConnection:
    class Rushed(ChannelQuantities):
        def send(self, document: Document) -> Receipt:
            if shop.rush:
                shop.sell()
            return super().send(document)

    given = dict(shop.simulator.connection_settings())
    secrets = shop.simulator.environment()
    for name in ("access_token", "webhook_secret"):
        given[name] = SecretStr(secrets[given[name].removeprefix("${env:").removesuffix("}")])
    context = ConnectionContext(
        connection=BOOKS,
        partner=PartnerId("shop"),
        settings=ShopifySettings.model_validate(given),
        clock=lambda: datetime.now(UTC),
        channel=CHANNEL,
        allow_private=True,
        sleep=lambda _seconds: None,
        random=random.Random(1),
    )
    codebook = Codebook(
        connection=BOOKS,
        partner=PartnerId("shop"),
        items=(PartnerItem(Sku("ROBOT"), {"sku": ROBOT}),),
        sites={"65001": LocationId("online")},
    )
    [spec] = hub_connectors()
    return LiveConnection.open(replace(spec, provides={**spec.provides, InventorySink: Rushed}), context, codebook)


def open_for_business(world: World, shop: BusyShop) -> Engine:
    engine = world.engine(connections=[connected(world, shop), world.connection("east")])
    world.stock("east", {"ROBOT": STOCK})
    engine.run_until_idle()
    assert shop.shown == STOCK
    return engine


def test_shop_never_shows_more_than_is_left(world: World, shop: BusyShop) -> None:
    engine = open_for_business(world, shop)
    for _ in range(3):
        shop.sell()
        shop.rush = True
        world.advance(seconds=61)
        engine.run_until_idle()
        shop.rush = False
        assert shop.shown <= STOCK - shop.sold
    world.live(engine, rounds=3)
    assert shop.sold >= 6
    assert STOCK - shop.sold == shop.shown
