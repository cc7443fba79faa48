"""A Shopify shop as the hub's demo, e2e and chaos runs know it: one scenario in, the partner's own books out.

Speaks the real protocol on loopback (``POST /admin/api/2026-10/graphql.json``, signed webhooks). Buyers
are the caller's: ``storefront.place_order``. Books are keyed as the hub names things: order and line by
their number (``gid://shopify/Order/5001`` is ``5001``), sites by the location's number.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from hub.sdk.simulation import BookedInstruction, PartnerBook
from hub_shopify.simulator_shop import SimulatedShop
from hub_shopify.simulator_state import (
    Assignment,
    FulfilmentOrder,
    Order,
    SimulatedItem,
    SimulatedLocation,
    ThrottlePlan,
)
from hub_shopify.simulator_storefront import Storefront, StoreStaff
from hub_shopify.simulator_webhooks import WebhookWeather


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


_BUYER = {
    "name": "Sample Buyer",
    "address1": "1 Example Street",
    "city": "Sampleton",
    "provinceCode": "NY",
    "zip": "10001",
    "countryCodeV2": "US",
}


class ScenarioItem(_Part):
    """A variant for sale."""

    sku: str
    title: str = "Toy"
    price: Decimal = Decimal("10.00")


class ScenarioLocation(_Part):
    """``number`` is its id in settings and codebook. ``stock`` is what lies there at the start, by SKU.

    Stores fulfil online orders only where told: the hub decides, and Shopify's own routing must not.
    """

    number: int
    name: str
    is_store: bool = False
    fulfils_online_orders: bool | None = None
    stock: Mapping[str, int] = Field(default_factory=dict)

    @property
    def online(self) -> bool:
        return not self.is_store if self.fulfils_online_orders is None else self.fulfils_online_orders


class ScenarioWebhooks(_Part):
    """Where to, and how badly."""

    url: str
    lost: float = 0.0
    repeated: float = 0.0


class Scenario(_Part):
    """The whole shop. ``name`` tells several simulated shops apart in their environment variables."""

    name: str = "toyshop"
    items: tuple[ScenarioItem, ...]
    locations: tuple[ScenarioLocation, ...]
    staff_delay_seconds: float | None = 1.0
    walk_ins_per_second: float = 0.0
    webhooks: ScenarioWebhooks | None = None
    points: float = 20_000
    points_per_second: float = 1_000
    seed: int = 0
    port: int = 0


class ShopifySimulator:
    """hub.sdk.simulation.Simulator for Shopify. ``server`` reaches faults, webhooks and the detailed book."""

    def __init__(self, scenario: Mapping[str, Any]) -> None:
        self._scenario = spec = Scenario.model_validate(scenario)
        self._variable = "SIMULATED_SHOPIFY_" + "".join(c if c.isalnum() else "_" for c in spec.name).upper()
        self.server = SimulatedShop(
            [SimulatedItem(item.sku, item.title, item.price) for item in spec.items],
            [SimulatedLocation(place.name, place.is_store, place.online, place.number) for place in spec.locations],
            domain=f"{spec.name}.myshopify.example",
            plan=ThrottlePlan(spec.points, spec.points_per_second),
            staff_delay_seconds=spec.staff_delay_seconds,
            walk_ins_per_second=spec.walk_ins_per_second,
            seed=spec.seed,
            port=spec.port,
        )
        for place in spec.locations:
            for sku, units in place.stock.items():
                self.server.stock(place.name, sku, units)
        self._opening = self._stock()
        if spec.webhooks:
            self.server.webhooks.weather = WebhookWeather(spec.webhooks.lost, spec.webhooks.repeated)
            self.server.send_webhooks_to(spec.webhooks.url)

    @property
    def base_url(self) -> str:
        return self.server.base_url

    @property
    def storefront(self) -> Storefront:
        """Where buyers order and cancel."""
        return self.server.storefront

    @property
    def staff(self) -> StoreStaff:
        """Who sells over the counter and ships from stores."""
        return self.server.staff

    def start(self) -> None:
        self.server.start()

    def stop(self) -> None:
        self.server.stop()

    def idle(self) -> bool:
        return self.server.idle()

    def connection_settings(self) -> Mapping[str, Any]:
        """Settings of a connection to this shop; the first online location is the published one."""
        places = self._scenario.locations
        online = [place for place in places if place.online and not place.is_store]
        return {
            "base_url": self.base_url,
            "access_token": f"${{env:{self._variable}_TOKEN}}",
            "webhook_secret": f"${{env:{self._variable}_WEBHOOK_SECRET}}",
            "online_location": str(online[0].number) if online else "",
            "store_locations": [str(place.number) for place in places if place.is_store],
            # The simulator's index does not lag: only its whole seconds need an overlap.
            "overlap_seconds": 2,
        }

    def environment(self) -> Mapping[str, str]:
        return {
            f"{self._variable}_TOKEN": self.server.access_token,
            f"{self._variable}_WEBHOOK_SECRET": self.server.webhook_secret,
        }

    def sell(self, lines: Mapping[str, int], service: str = "standard") -> str | None:
        """A made-up buyer orders; None where the shop shows too little."""
        placed = self.storefront.place_order(lines.items(), _BUYER, service)
        return _number(placed.id) if placed is not None else None

    def cancel(self, reference: str) -> bool:
        """The buyer takes back what has not left."""
        return self.storefront.cancel_order(f"gid://shopify/Order/{reference}")

    def book(self) -> PartnerBook:
        """Instructions are moves to stores under our reference; ``confirmed`` counts every fulfilment."""
        shop = self.server.shop
        with shop.lock:
            orders = [(_number(order.id), order) for order in shop.orders.values()]
            return PartnerBook(
                instructions={ref: _instruction(booked) for ref, booked in shop.assignments.items()},
                stock=self._stock(),
                opening=self._opening,
                sold={number: _units(order, "quantity") for number, order in orders},
                cancelled={number: _withdrawn(order) for number, order in orders},
                confirmed={number: _units(order, "fulfilled") for number, order in orders},
                oversold={place: Decimal(units) for place, units in shop.oversold.items()},
                duplicates=self.server.tally.duplicate_fulfilments,
            )

    def _stock(self) -> dict[tuple[str, str], Decimal]:
        """Shelves that exist: stores only. What the online location shows is a promise, not a shelf."""
        shop = self.server.shop
        return {
            (_number(level.location.id), level.item.sku): Decimal(level.on_hand)
            for level in shop.levels.values()
            if level.location.is_store
        }


def _number(gid: str) -> str:
    return gid.rsplit("/", 1)[1]


def _units(order: Order, field: str) -> dict[str, Decimal]:
    return {_number(line.id): Decimal(getattr(line, field)) for line in order.lines}


def _withdrawn(order: Order) -> dict[str, Decimal]:
    gone = {_number(line.id): Decimal(line.quantity - line.current_quantity) for line in order.lines}
    return {line: units for line, units in gone.items() if units}


def _instruction(booked: Assignment) -> BookedInstruction:
    asked: dict[str, Decimal] = {}
    shipped: dict[str, Decimal] = {}
    for line in (line for moved in booked.moved for line in moved.lines):
        sku = line.line_item.item.sku
        asked[sku] = asked.get(sku, Decimal(0)) + line.total_quantity
        shipped[sku] = shipped.get(sku, Decimal(0)) + line.fulfilled
    return BookedInstruction(
        reference=booked.reference,
        times=booked.times,
        lines=asked,
        shipped=shipped,
        state=_state(booked.moved),
        location=_number(booked.location.id),
    )


def _state(moved: list[FulfilmentOrder]) -> str:
    return ",".join(sorted({fulfilment_order.status.lower() for fulfilment_order in moved}))
