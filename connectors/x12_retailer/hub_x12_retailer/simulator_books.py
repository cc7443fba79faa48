"""A simulated retailer's own books: what it shows for sale, what its buyers ordered, and what it was told has left."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from pydantic import BaseModel, ConfigDict, Field

from hub.edi.documents.inventory import InventoryAdvice
from hub.edi.documents.parts import ProductIds
from hub.edi.documents.ship_notice import ShipNotice
from hub.sdk.simulation import PartnerBook
from hub.sdk.x12.desk import DeskScenario


class RetailItem(BaseModel):
    """Something the retailer sells, by its own number (SK), in its unit, and what it pays us for one of that unit."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    item: str
    unit: str = "EA"
    units_each: Decimal = Decimal(1)
    price: Decimal = Decimal("4.50")


class RetailerScenario(DeskScenario):
    """A retailer and what it sells; its orders go to ``store`` where that has a number, else to a customer's door."""

    items: tuple[RetailItem, ...] = Field(min_length=1)
    store: str = ""


@dataclass
class RetailOrder:
    """A purchase order as its buyer wrote it; eaches by line number."""

    number: str
    lines: Mapping[str, tuple[RetailItem, Decimal]]
    confirmed: dict[str, Decimal] = field(default_factory=dict)
    cancelled: bool = False

    def open_units(self) -> dict[str, Decimal]:
        """Eaches by line that have not left, of lines that have any."""
        left = {line: units - self.confirmed.get(line, Decimal(0)) for line, (_, units) in self.lines.items()}
        return {line: units for line, units in left.items() if units > 0}


@dataclass
class RetailerBooks:
    """Shown quantities in eaches by item, orders, notices, and what could not be understood."""

    items: Mapping[str, RetailItem]
    shown: dict[str, Decimal] = field(default_factory=dict)
    orders: dict[str, RetailOrder] = field(default_factory=dict)
    notices: dict[str, ShipNotice] = field(default_factory=dict)
    repeated_notices: int = 0
    not_understood: list[str] = field(default_factory=list)

    def place(self, wanted: Mapping[str, int]) -> RetailOrder | None:
        """Order these units of each item; None where less is shown."""
        if any(self.shown.get(item, Decimal(0)) < units for item, units in wanted.items()):
            return None
        for item, units in wanted.items():
            self.shown[item] -= units
        lines = {
            str(place): (self.items[item], Decimal(units)) for place, (item, units) in enumerate(wanted.items(), 1)
        }
        order = RetailOrder(f"{4500000001 + len(self.orders)}", lines)
        self.orders[order.number] = order
        return order

    def take_back(self, order: RetailOrder) -> bool:
        """Its buyer wants what has not left no more, and it may be sold again; False where nothing is left."""
        open_units = order.open_units()
        if order.cancelled or not open_units:
            return False
        order.cancelled = True
        for line, units in open_units.items():
            self.shown[order.lines[line][0].item] += units
        return True

    def stock(self, advice: InventoryAdvice) -> None:
        """Show what an 846 says is available; items it does not name stay as they are."""
        for line in advice.lines:
            item = self._item(line.ids)
            found = next((each for each in line.quantities if each.qualifier == "33"), None)
            if item is None or found is None or found.amount is None:
                self.not_understood.append(f"846 line {line.number}")
                continue
            self.shown[item.item] = found.amount * self._each(item, found.unit)

    def receive(self, notice: ShipNotice) -> None:
        """Write down what an 856 says has left; the same notice again is counted, not booked."""
        if notice.shipment_id in self.notices:
            self.repeated_notices += 1
            return
        self.notices[notice.shipment_id] = notice
        for shipped in notice.items():
            order = self.orders.get(shipped.order.number if shipped.order else "")
            number, item = shipped.line.line_number, self._item(shipped.line.ids)
            if order is None or item is None or shipped.line.quantity is None or number not in order.lines:
                self.not_understood.append(f"856 {notice.shipment_id} line {number}")
                continue
            eaches = shipped.line.quantity * self._each(item, shipped.line.unit)
            order.confirmed[number] = order.confirmed.get(number, Decimal(0)) + eaches

    def book(self, duplicates: int) -> PartnerBook:
        """What the retailer holds true, in eaches by line number."""
        orders = self.orders.values()
        sold = {order.number: {line: units for line, (_, units) in order.lines.items()} for order in orders}
        return PartnerBook(
            sold=sold,
            cancelled={order.number: order.open_units() for order in orders if order.cancelled},
            confirmed={order.number: dict(order.confirmed) for order in orders},
            duplicates=duplicates + self.repeated_notices,
        )

    def _item(self, ids: ProductIds) -> RetailItem | None:
        return self.items.get(dict(ids).get("SK", ""))

    def _each(self, item: RetailItem, unit: str) -> Decimal:
        return item.units_each if unit == item.unit else Decimal(1)
