"""A shop that sells while it is told quantities never shows more than is left."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from hub.mapping.codebook import Codebook
from hub.model.document import Document
from hub.model.identity import Sku
from hub.model.stock import QuantityUpdate
from hub.sdk.capabilities import Envelope, InventorySink, ItemResult, Outcome, Receipt, Stamp
from hub.sync.daemon import Engine
from tests.fakes.partner import SHOP, Quantities
from tests.fakes.world import CHANNEL, World

STOCK = 20


class Swapping(Quantities):
    """Takes a quantity only where it shows what the hub believes."""

    def render(self, items: Sequence[Envelope], codebook: Codebook, stamp: Stamp) -> Sequence[Document]:
        updates = [each.item for each in items if isinstance(each.item, QuantityUpdate)]
        body = {
            each.key: [each.sku, str(each.quantity), None if each.expected is None else str(each.expected)]
            for each in updates
        }
        return [self._document("quantities", stamp.key, body, list(body))]

    def send(self, document: Document) -> Receipt:
        self.book.before("quantities")
        return Receipt(tuple(self._swap(key, *told) for key, told in json.loads(document.body).items()))

    def _swap(self, key: str, sku: str, quantity: str, expected: str | None) -> ItemResult:
        shown = self.book.shown.get(sku)
        if expected is not None and shown != Decimal(expected):
            return ItemResult(key, Outcome.STALE, observed=shown)
        self.book.shown[sku] = Decimal(quantity)
        return ItemResult(key, Outcome.ACCEPTED)


SWAPPING_SHOP = replace(SHOP, provides={**SHOP.provides, InventorySink: Swapping})


class Buyers:
    """They buy what the shop shows, also while it is being told something else."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.sold = 0
        self.at_next_push = 0
        world.shop.hang = self._during_a_call

    def buy(self) -> None:
        if self.world.shop.shown.get("A", Decimal(0)) > 0:
            self.sold += 1
            self.world.shop.shown["A"] -= 1
            self.world.order(str(self.sold), {"A": 1})

    def _during_a_call(self) -> None:
        if self.world.shop.calls[-1] == "quantities" and self.at_next_push:
            self.at_next_push -= 1
            self.buy()


def selling(world: World) -> tuple[Engine, Buyers]:
    shop = world.connection("shop", SWAPPING_SHOP)
    engine = world.engine(connections=[shop, *(world.connection(name) for name in world.suppliers)])
    buyers = Buyers(world)
    world.stock("east", {"A": STOCK})
    engine.run_until_idle()
    assert {"A": STOCK} == world.shop.shown
    return engine, buyers


def test_sale_between_computing_and_telling_is_never_shown_again(world: World) -> None:
    engine, buyers = selling(world)
    for _ in range(6):
        buyers.buy()
        buyers.at_next_push = 1
        world.advance(seconds=61)
        engine.run_until_idle()
        assert world.shop.shown["A"] <= STOCK - buyers.sold
    world.live(engine)
    assert {"A": STOCK - buyers.sold} == world.shop.shown


def test_stale_answer_has_the_orders_fetched_at_once(world: World) -> None:
    engine, buyers = selling(world)
    buyers.buy()
    world.advance(seconds=61)
    buyers.at_next_push = 1
    engine.run_until_idle()
    with engine.runtime.storage.read() as uow:
        assert 2 == buyers.sold == len(uow.orders.page())
        [publication] = uow.publications.current(CHANNEL, [Sku("A")]).values()
    # That fetch began in the same instant of this world's clock, so it proves nothing yet.
    assert publication.waits_since == world.now
    world.advance(seconds=61)
    engine.run_until_idle()
    with engine.runtime.storage.read() as uow:
        [publication] = uow.publications.current(CHANNEL, [Sku("A")]).values()
    assert publication.waits_since is None
    assert {"A": STOCK - 2} == world.shop.shown
