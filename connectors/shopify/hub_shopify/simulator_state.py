"""What the simulated shop remembers: items, locations, named stock states, orders and fulfilments.

Attribute names are Shopify's, in snake case: the GraphQL layer reads them as they are. All access
goes through ``Shop.lock``. Stock states follow Shopify's identity
``on_hand = available + committed + unavailable``.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class SimulatedItem:
    """One product variant with its stock-keeping item."""

    sku: str
    title: str = "Toy"
    price: Decimal = Decimal("10.00")


@dataclass(frozen=True, slots=True)
class SimulatedLocation:
    """A location of the shop. Stores have staff who ship their own fulfilment orders.

    ``number`` fixes its id, so that a hub can be configured before the shop runs.
    """

    name: str
    is_store: bool = False
    fulfills_online_orders: bool = True
    number: int | None = None


@dataclass(frozen=True, slots=True)
class ThrottlePlan:
    """Cost points: bucket size and refill per second (partners.md section 3; Plus by default)."""

    maximum: float = 20_000
    restore_per_second: float = 1_000


@dataclass(slots=True)
class Item:
    id: str
    sku: str
    title: str
    price: Decimal
    tracked: bool = True


@dataclass(slots=True)
class Location:
    id: str
    name: str
    is_store: bool
    fulfills_online_orders: bool
    is_active: bool = True
    ships_inventory: bool = True


@dataclass(slots=True)
class Level:
    id: str
    item: Item
    location: Location
    updated_at: str
    available: int = 0
    committed: int = 0
    unavailable: int = 0
    is_active: bool = True

    @property
    def on_hand(self) -> int:
        return self.available + self.committed + self.unavailable


@dataclass(slots=True)
class LineItem:
    id: str
    item: Item
    quantity: int
    current_quantity: int
    fulfilled: int = 0

    @property
    def unfulfilled_quantity(self) -> int:
        return self.current_quantity - self.fulfilled

    @property
    def non_fulfillable_quantity(self) -> int:
        return self.quantity - self.current_quantity


@dataclass(slots=True)
class FulfilmentOrderLine:
    id: str
    line_item: LineItem
    total_quantity: int
    remaining_quantity: int
    fulfilled: int = 0


@dataclass(slots=True)
class FulfilmentOrder:
    id: str
    order: Order
    location: Location
    created_at: str
    updated_at: str
    lines: list[FulfilmentOrderLine]
    status: str = "OPEN"
    request_status: str = "UNSUBMITTED"

    @property
    def is_active(self) -> bool:
        return self.status in {"OPEN", "IN_PROGRESS"}

    @property
    def has_progress(self) -> bool:
        return any(line.fulfilled for line in self.lines)


@dataclass(slots=True)
class FulfilmentLine:
    id: str
    line_item: LineItem
    quantity: int


@dataclass(slots=True)
class Assignment:
    """An instruction as the shop booked it: units moved to a location under the caller's own reference."""

    reference: str
    location: Location
    moved: list[FulfilmentOrder] = field(default_factory=list)
    times: int = 0


@dataclass(slots=True)
class Fulfilment:
    id: str
    name: str
    location: Location
    created_at: str
    updated_at: str
    lines: list[FulfilmentLine]
    tracking: list[Mapping[str, str | None]]
    made_by: str
    status: str = "SUCCESS"


@dataclass(slots=True)
class Order:
    id: str
    number: int
    name: str
    created_at: str
    updated_at: str
    email: str | None
    ship_to: Mapping[str, str | None]
    service: str
    lines: list[LineItem]
    currency: str
    test: bool = False
    cancelled_at: str | None = None
    cancel_reason: str | None = None
    fulfilment_orders: list[FulfilmentOrder] = field(default_factory=list)
    fulfilments: list[Fulfilment] = field(default_factory=list)
    metafields: dict[tuple[str, str], str] = field(default_factory=dict)

    @property
    def display_status(self) -> str:
        if not any(line.fulfilled for line in self.lines):
            return "UNFULFILLED"
        return "PARTIALLY_FULFILLED" if any(line.unfulfilled_quantity for line in self.lines) else "FULFILLED"


def utc_now() -> datetime:
    """The simulator's clock in real life."""
    return datetime.now(UTC)


class Shop:
    """All state of one shop. Hold ``lock`` while reading or writing anything below it."""

    def __init__(
        self,
        items: list[SimulatedItem],
        locations: list[SimulatedLocation],
        clock: Callable[[], datetime] = utc_now,
        currency: str = "USD",
    ) -> None:
        self.lock = threading.RLock()
        self.currency = currency
        self._clock = clock
        self._last_id = 1000
        self._last_stamp = ""
        self.items_by_sku: dict[str, Item] = {}
        self.items: dict[str, Item] = {}
        self.locations: dict[str, Location] = {}
        self.locations_by_name: dict[str, Location] = {}
        self.levels: dict[tuple[str, str], Level] = {}
        self.orders: dict[str, Order] = {}
        # Oldest update first; an update moves its order to the end.
        self.orders_by_update: OrderedDict[str, Order] = OrderedDict()
        self.fulfilment_orders: dict[str, FulfilmentOrder] = {}
        self.assignments: dict[str, Assignment] = {}
        self.oversold: dict[str, int] = {}
        for location in locations:
            self._add_location(location)
        for item in items:
            self._add_item(item)

    def _add_location(self, spec: SimulatedLocation) -> None:
        place = f"gid://shopify/Location/{spec.number}" if spec.number else self.new_id("Location")
        location = Location(place, spec.name, spec.is_store, spec.fulfills_online_orders)
        self.locations[location.id] = location
        self.locations_by_name[location.name] = location

    def _add_item(self, spec: SimulatedItem) -> None:
        item = Item(self.new_id("InventoryItem"), spec.sku, spec.title, spec.price)
        self.items[item.id] = item
        self.items_by_sku[item.sku] = item
        for location in self.locations.values():
            level = Level(self.new_id("InventoryLevel"), item, location, self.now())
            self.levels[item.id, location.id] = level

    def new_id(self, kind: str) -> str:
        self._last_id += 1
        return f"gid://shopify/{kind}/{self._last_id}"

    def now(self) -> str:
        """Shopify's own precision: whole seconds, UTC. Never runs backwards."""
        stamp = self._clock().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        self._last_stamp = max(stamp, self._last_stamp)
        return self._last_stamp

    def touch(self, order: Order) -> None:
        order.updated_at = self.now()
        self.orders_by_update[order.id] = order
        self.orders_by_update.move_to_end(order.id)

    def level(self, item: Item, location: Location) -> Level:
        return self.levels[item.id, location.id]

    def shift(self, level: Level, *, available: int = 0, committed: int = 0) -> None:
        """Move one level's states by these signed amounts."""
        level.available += available
        level.committed += committed
        level.updated_at = self.now()
