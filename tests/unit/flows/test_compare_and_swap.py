"""A shop sells while we compute: what it shows afterwards is never more than what is left."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.flows.answer import Answer, Verdict
from hub.flows.publish_quantities import resume_publishing
from hub.model.identity import ConnectionId, Sku
from hub.model.queue import OutboxItem
from hub.model.stock import QuantityUpdate
from tests.builders import SHOP, Desk, a_location, a_network, an_order

STOCK = 20


def update_of(item: OutboxItem) -> QuantityUpdate:
    return QuantityUpdate.model_validate_json(item.payload)


@dataclass
class SellingShop:
    """Takes a quantity only where it shows what the hub believes, and sells from what it shows."""

    desk: Desk
    shown: Decimal = Decimal(0)
    sold: int = 0
    untold: list[int] = field(default_factory=list)

    def sell(self) -> None:
        if self.shown > 0:
            self.shown -= 1
            self.sold += 1
            self.untold.append(self.sold)

    def tell(self) -> None:
        """The hub fetches and takes every order there is."""
        began = self.desk.now
        for number in self.untold:
            self.desk.receive(an_order(number, A=1), "shop")
        self.untold.clear()
        resume_publishing(self.desk.work("shop"), ConnectionId("shop"), began)

    def take(self) -> None:
        """What the hub has queued arrives."""
        for item in self.desk.pending("inventory"):
            update = update_of(item)
            if update.expected in {None, self.shown}:
                self.shown = update.quantity
                answer = Answer(Verdict.ACCEPTED, self.desk.now)
            else:
                answer = Answer(Verdict.STALE, self.desk.now, observed=self.shown)
            self.desk.settle(item, answer)

    def compute(self) -> None:
        self.desk.tick()

    @property
    def left(self) -> int:
        return STOCK - self.sold

    def do(self, *steps: str) -> None:
        for step in steps:
            getattr(self, step)()
            self.desk.now += timedelta(minutes=1)


@pytest.fixture
def shop() -> SellingShop:
    return a_shop()


def a_shop() -> SellingShop:
    desk = Desk(a_network(a_location("acme")))
    desk.stock("acme", A=STOCK)
    shop = SellingShop(desk)
    shop.do("compute", "take")
    return shop


def test_sale_that_made_an_answer_stale_is_taken_in_before_the_next_push(shop: SellingShop) -> None:
    assert shop.shown == STOCK
    shop.do("sell", "tell", "compute", "sell", "take", "compute", "take", "compute", "take")
    assert shop.shown == 18
    shop.do("tell", "compute", "take")
    assert shop.shown == shop.left


def test_orders_fetched_before_the_stale_answer_end_no_wait(shop: SellingShop) -> None:
    shop.do("sell", "tell", "compute")
    before = shop.desk.now
    shop.do("sell", "take")
    resume_publishing(shop.desk.work("shop"), ConnectionId("shop"), before)
    shop.do("compute")
    assert shop.desk.pending("inventory") == []


def test_quantity_that_waits_is_still_lowered(shop: SellingShop) -> None:
    shop.do("sell", "tell", "compute", "sell", "take")
    shop.desk.stock("acme", A=6)
    shop.do("compute", "take")
    assert shop.shown == 5
    shop.do("tell", "compute", "take")
    assert shop.shown == 4


def test_answer_that_is_not_stale_waits_for_nothing(shop: SellingShop) -> None:
    shop.desk.stock("acme", A=30)
    shop.do("compute", "take")
    assert shop.shown == 30
    assert shop.desk.uow.publications.current(SHOP, [Sku("A")])[Sku("A")].waits_since is None


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from(["sell", "tell", "compute", "take"]), min_size=25, max_size=40))
def test_shop_never_shows_more_than_is_left(steps: list[str]) -> None:
    shop = a_shop()
    for step in steps:
        shop.do(step)
        assert shop.shown <= shop.left
    shop.do("tell", "compute", "take", "tell", "compute", "take")
    assert shop.shown == shop.left
