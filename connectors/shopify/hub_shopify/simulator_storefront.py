"""The people around the shop: buyers who order and cancel, walk-in customers, store staff."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from hub_shopify.simulator_book import Tally
from hub_shopify.simulator_fulfilment import fulfil
from hub_shopify.simulator_state import (
    FulfilmentOrder,
    FulfilmentOrderLine,
    Item,
    LineItem,
    Location,
    Order,
    Shop,
)

ShipTo = Mapping[str, str | None]
Announce = Callable[[str, Order], None]

SERVICES = {"standard": "Standard", "expedited": "Expedited", "overnight": "Overnight"}


@dataclass(frozen=True, slots=True)
class PlacedOrder:
    """What the buyer sees after checkout."""

    id: str
    name: str


class Storefront:
    """Checkout: a basket is accepted only while published stock covers every line of it."""

    def __init__(self, shop: Shop, tally: Tally, announce: Announce) -> None:
        self._shop = shop
        self._tally = tally
        self._announce = announce

    def place_order(
        self,
        lines: Iterable[tuple[str, int]],
        ship_to: ShipTo,
        service: str = "standard",
        *,
        email: str | None = None,
        test: bool = False,
    ) -> PlacedOrder | None:
        """The order, or None where the shop shows too little stock: that buyer goes away."""
        basket = list(lines)
        shop = self._shop
        with shop.lock:
            wanted: dict[str, int] = {}
            for sku, quantity in basket:
                wanted[sku] = wanted.get(sku, 0) + quantity
            online = [place for place in shop.locations.values() if place.fulfills_online_orders]
            if any(self._sellable(shop.items_by_sku[sku], online) < need for sku, need in wanted.items()):
                self._tally.turned_away += 1
                return None
            order = self._new_order(basket, ship_to, service, email)
            order.test = test
            self._assign(order, online)
            shop.orders[order.id] = order
            shop.touch(order)
            self._announce("orders/create", order)
            return PlacedOrder(order.id, order.name)

    def cancel_order(self, order_id: str, reason: str = "CUSTOMER") -> bool:
        """Cancel what is not yet fulfilled; False where nothing is left to cancel."""
        shop = self._shop
        with shop.lock:
            order = shop.orders[order_id]
            if order.cancelled_at or order.display_status == "FULFILLED":
                return False
            for fulfilment_order in order.fulfilment_orders:
                if fulfilment_order.is_active:
                    self._release(fulfilment_order)
                    fulfilment_order.status = "CANCELLED"
            for line in order.lines:
                line.current_quantity = line.fulfilled
            order.cancelled_at = shop.now()
            order.cancel_reason = reason
            shop.touch(order)
            self._announce("orders/cancelled", order)
            self._announce("orders/updated", order)
            return True

    def remove_units(self, order_id: str, sku: str, quantity: int) -> bool:
        """An order edit: take units off an open line. False where fewer are still open."""
        shop = self._shop
        with shop.lock:
            order = shop.orders[order_id]
            for fulfilment_order in order.fulfilment_orders:
                for line in fulfilment_order.lines if fulfilment_order.is_active else ():
                    if line.line_item.item.sku == sku and line.remaining_quantity >= quantity:
                        self._remove(fulfilment_order, line, quantity)
                        self._announce("orders/updated", order)
                        return True
            return False

    def _remove(self, fulfilment_order: FulfilmentOrder, line: FulfilmentOrderLine, quantity: int) -> None:
        shop = self._shop
        line.remaining_quantity -= quantity
        line.total_quantity -= quantity
        line.line_item.current_quantity -= quantity
        level = shop.level(line.line_item.item, fulfilment_order.location)
        shop.shift(level, available=quantity, committed=-quantity)
        if not any(other.remaining_quantity for other in fulfilment_order.lines):
            fulfilment_order.status = "CLOSED"
        shop.touch(fulfilment_order.order)

    def _sellable(self, item: Item, online: Sequence[Location]) -> int:
        return sum(self._shop.level(item, location).available for location in online)

    def _new_order(self, basket: Sequence[tuple[str, int]], ship_to: ShipTo, service: str, email: str | None) -> Order:
        shop = self._shop
        number = 1001 + len(shop.orders)
        now = shop.now()
        lines = [
            LineItem(shop.new_id("LineItem"), shop.items_by_sku[sku], quantity, quantity) for sku, quantity in basket
        ]
        return Order(
            shop.new_id("Order"), number, f"#{number}", now, now, email, ship_to, service, lines, shop.currency
        )

    def _assign(self, order: Order, online: Sequence[Location]) -> None:
        """Shopify's first guess at locations, in their order, each giving what it shows."""
        shop = self._shop
        parts: dict[str, list[FulfilmentOrderLine]] = {}
        for line in order.lines:
            open_units = line.quantity
            for location in online:
                level = shop.level(line.item, location)
                units = min(open_units, max(level.available, 0))
                if units:
                    shop.shift(level, available=-units, committed=units)
                    part = FulfilmentOrderLine(shop.new_id("FulfillmentOrderLineItem"), line, units, units)
                    parts.setdefault(location.id, []).append(part)
                    open_units -= units
        for location_id, part_lines in parts.items():
            fulfilment_order = FulfilmentOrder(
                shop.new_id("FulfillmentOrder"),
                order,
                shop.locations[location_id],
                order.created_at,
                order.created_at,
                part_lines,
            )
            order.fulfilment_orders.append(fulfilment_order)
            shop.fulfilment_orders[fulfilment_order.id] = fulfilment_order

    def _release(self, fulfilment_order: FulfilmentOrder) -> None:
        for line in fulfilment_order.lines:
            if units := line.remaining_quantity:
                level = self._shop.level(line.line_item.item, fulfilment_order.location)
                self._shop.shift(level, available=units, committed=-units)
                line.remaining_quantity = 0


class StoreStaff:
    """A store's people: they sell to walk-in customers and ship what is assigned to their store."""

    def __init__(self, shop: Shop, tally: Tally, announce: Announce) -> None:
        self._shop = shop
        self._tally = tally
        self._announce = announce

    def walk_in_sale(self, store: str, sku: str, quantity: int) -> int:
        """Sell over the counter, at most what is on the shelf and not promised; the units sold."""
        shop = self._shop
        with shop.lock:
            level = shop.level(shop.items_by_sku[sku], shop.locations_by_name[store])
            sold = max(0, min(quantity, level.available))
            if sold:
                shop.shift(level, available=-sold)
                self._tally.walk_in_units += sold
            return sold

    def recount(self, store: str, sku: str, on_hand: int) -> None:
        """A stock count finds this many on the shelf; promised units stay promised."""
        shop = self._shop
        with shop.lock:
            level = shop.level(shop.items_by_sku[sku], shop.locations_by_name[store])
            shop.shift(level, available=on_hand - level.on_hand)

    def ship_open(self, older_than: str) -> int:
        """Ship every open fulfilment order of a store last changed at or before this time; how many."""
        shop = self._shop
        with shop.lock:
            return sum(self._ship(fulfilment_order) for fulfilment_order in self._open(older_than))

    def shippable(self) -> bool:
        """Whether any open fulfilment order of a store has a unit on the shelf."""
        with self._shop.lock:
            return any(
                line.remaining_quantity and self._shop.level(line.line_item.item, fulfilment_order.location).on_hand > 0
                for fulfilment_order in self._open("9999")
                for line in fulfilment_order.lines
            )

    def _open(self, older_than: str) -> list[FulfilmentOrder]:
        return [
            fulfilment_order
            for fulfilment_order in self._shop.fulfilment_orders.values()
            if fulfilment_order.is_active
            and fulfilment_order.location.is_store
            and fulfilment_order.updated_at <= older_than
        ]

    def ship_from_store(self, fulfilment_order_id: str) -> bool:
        """Ship this one now; False where the shelf is empty or it is not open."""
        with self._shop.lock:
            fulfilment_order = self._shop.fulfilment_orders[fulfilment_order_id]
            return fulfilment_order.is_active and bool(self._ship(fulfilment_order))

    def _ship(self, fulfilment_order: FulfilmentOrder) -> int:
        units: dict[str, int] = {}
        shelf: dict[str, int] = {}
        for line in fulfilment_order.lines:
            item = line.line_item.item
            on_shelf = shelf.setdefault(item.id, self._shop.level(item, fulfilment_order.location).on_hand)
            take = min(line.remaining_quantity, max(on_shelf, 0))
            if take:
                units[line.id] = take
                shelf[item.id] -= take
        if not units:
            return 0
        tracking = {
            "company": "Harbour Parcel",
            "number": f"HP{fulfilment_order.id.rsplit('/', 1)[1]}",
            "url": None,
        }
        fulfil(self._shop, self._tally, [(fulfilment_order, units)], [tracking], made_by="store")
        self._announce("orders/updated", fulfilment_order.order)
        return 1
