"""A channel takes its sales off what it shows; it is filled up again, and never shows units that are not there."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.flows.answer import Answer, Verdict
from hub.flows.publish_quantities import resume_publishing
from hub.flows.registry import settle_item
from hub.model.identity import ConnectionId, Sku
from hub.model.network import Network
from hub.model.queue import OutboxItem, OutboxState, Publication, PublicationState
from hub.model.returns import Cancellation
from hub.model.stock import QuantityUpdate
from tests.builders import SHOP, Desk, a_location, a_network, an_order

STOCK = 20
"""Units there are in the beginning."""


@dataclass
class Shop:
    """A channel with one item. It sells from what it shows, and tells of it later. ``compares``: it takes a quantity
    only where it shows what the hub expects; ``restocks``: it puts cancelled units back on show by itself."""

    desk: Desk
    compares: bool = True
    restocks: bool = True
    shown: Decimal = Decimal(0)
    sold: int = 0
    cancelled: int = 0
    found: int = 0
    untold: list[object] = field(default_factory=list)
    taken: dict[str, Answer] = field(default_factory=dict)
    flight: tuple[OutboxItem, Answer] | None = None

    def sell(self) -> None:
        if self.shown > 0:
            self.shown -= 1
            self.sold += 1
            self.untold.append(an_order(self.sold, A=1))

    def cancel(self) -> None:
        """The oldest order that still stands."""
        if self.cancelled < self.sold:
            self.cancelled += 1
            self.shown += self.restocks
            name = an_order(self.cancelled, A=1).external_id
            self.untold.append(Cancellation(channel=SHOP, external_id=name, cancelled_at=self.desk.now))

    def find(self) -> None:
        """Units that nobody knew of turn up."""
        self.found += 2
        self.desk.stock("acme", A=int(self.desk.balance("A", "acme").on_hand) + 2)

    def tell(self) -> None:
        """The hub fetches and takes everything that happened."""
        began = self.desk.now
        for item in self.untold:
            self.desk.receive(item, "shop")
        self.untold.clear()
        resume_publishing(self.desk.work("shop"), ConnectionId("shop"), began)

    def compute(self) -> None:
        self.desk.tick()

    def arrive(self) -> None:
        """The next quantity arrives; the hub has not heard yet what the shop made of it."""
        pending = self.desk.pending("inventory")
        if self.flight is None and pending:
            self.desk.uow.outbox.settle(pending[0].key, OutboxState.SENDING)
            self.flight = pending[0], self._answer(pending[0])

    def _answer(self, item: OutboxItem) -> Answer:
        update = QuantityUpdate.model_validate_json(item.payload)
        if update.key in self.taken:
            return self.taken[update.key]
        if self.compares and update.expected not in {None, self.shown}:
            return Answer(Verdict.STALE, self.desk.now, observed=self.shown)
        self.shown = update.quantity
        self.taken[update.key] = Answer(Verdict.ACCEPTED, self.desk.now, compared=self.compares)
        return self.taken[update.key]

    def hear(self) -> None:
        if self.flight is not None:
            self.desk.settle(*self.flight)
            self.flight = None

    def lose(self) -> None:
        """The answer never comes."""
        if self.flight is not None:
            self._uncertain(self.flight[0], OutboxState.UNKNOWN)
            self.flight = None

    def again(self) -> None:
        """What is unknown is sent once more under its own key, unless something newer has taken its place."""
        for item in self.desk.uow.outbox.in_state(ConnectionId("shop"), OutboxState.UNKNOWN, 10):
            self._uncertain(item, OutboxState.PENDING)

    def _uncertain(self, item: OutboxItem, state: OutboxState) -> None:
        self.desk.uow.outbox.settle(item.key, state, due=self.desk.now)
        settle_item(self.desk.work(item.connection), item, Answer(Verdict.UNCERTAIN, self.desk.now, code="lost"))

    @property
    def left(self) -> int:
        return STOCK + self.found - self.sold + self.cancelled

    @property
    def publication(self) -> Publication:
        return self.desk.uow.publications.current(SHOP, [Sku("A")])[Sku("A")]

    def do(self, *steps: str) -> None:
        for step in steps:
            getattr(self, step)()
            self.desk.now += timedelta(minutes=1)

    def calm(self) -> None:
        for _ in range(4):
            self.do("again", "tell", "compute", "arrive", "hear", "compute", "arrive", "hear")


def capped(cap: int | None) -> Network:
    network = a_network(a_location("acme"))
    [channel] = network.channels
    capped = channel.model_copy(update={"cap": None if cap is None else Decimal(cap)})
    return network.model_copy(update={"channels": (capped,)})


def a_shop(cap: int | None = None, *, compares: bool = True, restocks: bool = True) -> Shop:
    desk = Desk(capped(cap))
    desk.stock("acme", A=STOCK)
    shop = Shop(desk, compares, restocks)
    shop.do("compute", "arrive", "hear")
    return shop


@pytest.mark.parametrize("compares", [True, False])
def test_channel_with_a_cap_is_filled_up_as_it_sells(compares: bool) -> None:
    shop = a_shop(5, compares=compares)
    for _ in range(3):
        shop.do("sell", "sell")
        shop.calm()
        assert Decimal(5) == shop.shown


def test_channel_without_compare_and_swap_is_told_again_what_a_late_figure_hid() -> None:
    shop = a_shop(compares=False)
    shop.do("find", "compute", "sell", "arrive", "hear")
    assert Decimal(22) == shop.shown
    shop.do("tell", "compute", "arrive", "hear")
    assert Decimal(21) == shop.shown


def test_sale_that_the_channel_took_off_itself_needs_no_telling() -> None:
    shop = a_shop()
    shop.do("sell")
    shop.calm()
    shop.do("sell", "tell", "compute")
    assert [] == shop.desk.pending("inventory")
    assert (Decimal(18), PublicationState.SKIPPED, "it shows this already") == (
        shop.shown,
        shop.publication.state,
        shop.publication.reason,
    )


def test_figure_asked_for_before_a_sale_was_known_is_replaced() -> None:
    shop = a_shop(5)
    shop.do("sell")
    shop.calm()
    shop.do("sell", "tell", "compute")
    [first] = shop.desk.pending("inventory")
    shop.do("sell", "tell", "compute")
    [second] = shop.desk.pending("inventory")
    updates = [QuantityUpdate.model_validate_json(each.payload) for each in (first, second)]
    assert ["5 for 4", "5 for 3"] == [f"{each.quantity} for {each.expected}" for each in updates]
    shop.do("arrive", "hear")
    assert Decimal(5) == shop.shown


def test_newer_figure_knows_what_became_of_the_one_that_was_on_its_way() -> None:
    shop = a_shop()
    shop.do("sell")
    shop.calm()
    shop.do("find", "compute", "arrive", "find", "compute", "hear")
    [newer] = shop.desk.pending("inventory")
    assert shop.shown == QuantityUpdate.model_validate_json(newer.payload).expected


def test_refused_figure_is_not_repeated_and_says_why() -> None:
    shop = a_shop()
    shop.do("find", "compute")
    [item] = shop.desk.pending("inventory")
    shop.desk.settle(item, Answer(Verdict.REFUSED, shop.desk.now, code="shop.no-item", message="Not on sale here."))
    shop.desk.work().touch([Sku("A")])
    shop.do("compute")
    assert [] == shop.desk.pending("inventory")
    told = shop.publication
    assert (PublicationState.ERROR, "shop.no-item: Not on sale here.", item.key) == (told.state, told.reason, told.key)


STEPS = ("sell", "sell", "cancel", "find", "tell", "compute", "arrive", "hear", "lose", "again")


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.sampled_from(STEPS), min_size=25, max_size=90),
    st.sampled_from([None, 3, 8]),
    st.booleans(),
)
def test_comparing_channel_never_shows_more_than_is_left(steps: list[str], cap: int | None, restocks: bool) -> None:
    shop = a_shop(cap, restocks=restocks)
    for step in steps:
        shop.do(step)
        assert shop.shown <= shop.left
    shop.calm()
    assert min(shop.left, cap if cap is not None else shop.left) == shop.shown


@settings(max_examples=30, deadline=None)
@given(st.lists(st.sampled_from(STEPS), min_size=25, max_size=90), st.sampled_from([None, 3, 8]), st.booleans())
def test_channel_without_compare_and_swap_shows_what_is_left_once_all_is_known(
    steps: list[str], cap: int | None, restocks: bool
) -> None:
    shop = a_shop(cap, compares=False, restocks=restocks)
    shop.do(*steps)
    shop.calm()
    assert min(shop.left, cap if cap is not None else shop.left) == shop.shown
