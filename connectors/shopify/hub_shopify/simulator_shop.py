"""The simulated shop put together: state, server, webhooks, buyers, staff.

    with SimulatedShop(items, locations) as shop:
        shop.base_url                      # POST {base_url}/admin/api/2026-10/graphql.json
        shop.storefront.place_order([("TOY-1", 2)], address)
        shop.book()                        # what the shop itself knows: the judge's evidence

State lives in memory and is thread-safe. Nothing here is used by the connector in production.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Self

from hub_shopify.simulator_book import Book, Tally, write_book
from hub_shopify.simulator_faults import Faults
from hub_shopify.simulator_graphql import GraphqlEndpoint
from hub_shopify.simulator_server import SimulatorServer
from hub_shopify.simulator_state import Shop, SimulatedItem, SimulatedLocation, ThrottlePlan, utc_now
from hub_shopify.simulator_storefront import Storefront, StoreStaff
from hub_shopify.simulator_webhooks import WebhookSender

TOPICS = ("orders/create", "orders/updated", "orders/cancelled")
STAFF_LOOKS_EVERY_SECONDS = 0.2


class SimulatedShop:
    """One shop. ``staff_delay_seconds``: how long store staff take to ship; None, they wait to be told."""

    def __init__(  # noqa: PLR0913 - the shop's facts, each with a default
        self,
        items: Sequence[SimulatedItem],
        locations: Sequence[SimulatedLocation],
        *,
        access_token: str = "simulated-token",
        webhook_secret: str = "simulated-secret",
        domain: str = "toy-shop.myshopify.example",
        plan: ThrottlePlan | None = None,
        staff_delay_seconds: float | None = None,
        walk_ins_per_second: float = 0.0,
        clock: Callable[[], datetime] = utc_now,
        seed: int = 0,
        port: int = 0,
    ) -> None:
        self.access_token = access_token
        self.webhook_secret = webhook_secret
        self.domain = domain
        self.shop = Shop(list(items), list(locations), clock)
        self.tally = Tally()
        self.webhooks = WebhookSender(self.shop, self.tally, webhook_secret, domain, seed)
        self.storefront = Storefront(self.shop, self.tally, self.webhooks.announce)
        self.staff = StoreStaff(self.shop, self.tally, self.webhooks.announce)
        self.faults = Faults()
        self._clock = clock
        self._staff_delay = staff_delay_seconds
        self._walk_ins = walk_ins_per_second
        self._random = random.Random(seed + 1)
        self._closing = threading.Event()
        self._staff_thread = threading.Thread(target=self._staff_at_work, daemon=True)
        self.endpoint = GraphqlEndpoint(self.shop, self.tally, self.webhooks, plan or ThrottlePlan(), domain)
        self._server = SimulatorServer(self.endpoint, self.faults, access_token, port)

    @property
    def base_url(self) -> str:
        """Where the admin API listens; known before ``start``."""
        return self._server.base_url

    def start(self) -> str:
        """Serve, deliver webhooks and let the staff work; returns ``base_url``."""
        self._server.start()
        self.webhooks.start()
        if self._staff_delay is not None:
            self._staff_thread.start()
        return self.base_url

    @property
    def stopped(self) -> bool:
        return self._closing.is_set()

    def stop(self) -> None:
        """End it; safe to repeat."""
        if self.stopped:
            return
        self._closing.set()
        self._server.stop()
        self.webhooks.stop()
        if self._staff_thread.is_alive():
            self._staff_thread.join(timeout=5)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def send_webhooks_to(self, url: str) -> None:
        """Subscribe this address to every order topic, as an app's settings would."""
        with self.shop.lock:
            for topic in TOPICS:
                self.webhooks.subscribe(topic, url)

    def location_id(self, name: str) -> str:
        return self.shop.locations_by_name[name].id

    def item_id(self, sku: str) -> str:
        return self.shop.items_by_sku[sku].id

    def stock(self, location: str, sku: str, on_hand: int) -> None:
        """Put this many on the shelf, for the opening of a scene."""
        self.staff.recount(location, sku, on_hand)

    def book(self) -> Book:
        """A consistent snapshot of orders, fulfilments, stock and counters."""
        return write_book(self.shop, self.tally)

    def idle(self) -> bool:
        """Nothing is left that the staff could ship, and no webhook waits."""
        return self.webhooks.wait_until_idle(0) and not self.staff.shippable()

    def _staff_at_work(self) -> None:
        assert self._staff_delay is not None
        delay = timedelta(seconds=self._staff_delay)
        while not self._closing.wait(STAFF_LOOKS_EVERY_SECONDS):
            due = (self._clock() - delay).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
            self.staff.ship_open(due)
            if self._random.random() < self._walk_ins * STAFF_LOOKS_EVERY_SECONDS:
                self._walk_in()

    def _walk_in(self) -> None:
        stores = [name for name, place in self.shop.locations_by_name.items() if place.is_store]
        if stores:
            sku = self._random.choice(list(self.shop.items_by_sku))
            self.staff.walk_in_sale(self._random.choice(stores), sku, 1)
