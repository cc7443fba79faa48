"""A simulated retailer's own books: what it shows for sale, what its buyers ordered, and what it was told of that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from pydantic import BaseModel, ConfigDict, Field

from hub.edi.documents.acknowledgement import LineStatus, PurchaseOrderAcknowledgement
from hub.edi.documents.change_acknowledgement import ChangeAcknowledgement
from hub.edi.documents.inventory import InventoryAdvice
from hub.edi.documents.invoice import Invoice, InvoiceLine
from hub.edi.documents.parts import ProductIds
from hub.edi.documents.price_catalogue import PriceCatalogue
from hub.edi.documents.ship_notice import ShipNotice
from hub.sdk.simulation import PartnerBook
from hub.sdk.x12.desk import DeskScenario

_OUTCOMES: Mapping[str, str] = {"IA": "accepted", "IB": "backordered", "IR": "rejected", "ID": "rejected"}
_CENT = Decimal("0.01")


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


@dataclass(frozen=True, slots=True)
class BookedAnswer:
    """What an 855 or 865 says of an order: eaches by line number and outcome."""

    set_id: str
    status: str
    units: Mapping[str, Mapping[str, Decimal]]


@dataclass(frozen=True, slots=True)
class BookedInvoice:
    """An 810: eaches by line number, and what is claimed for them."""

    order: str
    units: Mapping[str, Decimal]
    total: Decimal


@dataclass
class RetailerBooks:
    """Shown quantities in eaches by item, orders with the answers to each, notices, invoices by number, prices of one
    each by item and the eaches from which they hold, and what could not be understood."""

    items: Mapping[str, RetailItem]
    shown: dict[str, Decimal] = field(default_factory=dict)
    orders: dict[str, RetailOrder] = field(default_factory=dict)
    notices: dict[str, ShipNotice] = field(default_factory=dict)
    answers: dict[str, list[BookedAnswer]] = field(default_factory=dict)
    invoices: dict[str, BookedInvoice] = field(default_factory=dict)
    prices: dict[str, dict[Decimal, Decimal]] = field(default_factory=dict)
    repeated: int = 0
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
            self.shown[item.item] = _eaches(found.amount, found.unit, item)

    def receive(self, notice: ShipNotice) -> None:
        """Write down what an 856 says has left; the same notice again is counted, not booked."""
        if notice.shipment_id in self.notices:
            self.repeated += 1
            return
        self.notices[notice.shipment_id] = notice
        for shipped in notice.items():
            order = self.orders.get(shipped.order.number if shipped.order else "")
            number, item = shipped.line.line_number, self._item(shipped.line.ids)
            if order is None or item is None or shipped.line.quantity is None or number not in order.lines:
                self.not_understood.append(f"856 {notice.shipment_id} line {number}")
                continue
            eaches = _eaches(shipped.line.quantity, shipped.line.unit, item)
            order.confirmed[number] = order.confirmed.get(number, Decimal(0)) + eaches

    def answer(self, document: PurchaseOrderAcknowledgement) -> None:
        """Write down what an 855 says becomes of an order."""
        lines = [(line.number, line.ids, line.statuses) for line in document.lines]
        self._answer("855", document.purchase_order_number, document.status, lines)

    def change(self, document: ChangeAcknowledgement) -> None:
        """Write down what an 865 says becomes of an order now."""
        lines = [(line.number, line.ids, line.statuses) for line in document.lines]
        self._answer("865", document.number, document.status, lines)

    def bill(self, document: Invoice) -> None:
        """Write down what an 810 claims; the same number again is counted, not booked."""
        if document.number in self.invoices:
            self.repeated += 1
            return
        lines = [(line, self._item(line.ids)) for line in document.lines]
        if document.purchase_order_number not in self.orders or not all(_is_whole(line, item) for line, item in lines):
            self.not_understood.append(f"810 {document.number}")
            return
        units: dict[str, Decimal] = {}
        for line, item in lines:
            units[line.number] = units.get(line.number, Decimal(0)) + _eaches(line.quantity, line.unit, item)
        claimed = sum(((line.quantity or 0) * (line.price or 0) for line in document.lines), Decimal(0))
        claimed += sum((each.amount for each in document.allowances if each.amount is not None), Decimal(0))
        if document.total is None or abs(document.total - claimed) > _CENT:
            self.not_understood.append(f"810 {document.number}: {document.total} claimed for {claimed}")
            return
        self.invoices[document.number] = BookedInvoice(document.purchase_order_number, units, document.total)

    def list_prices(self, document: PriceCatalogue) -> None:
        """Write down what an 832 says each of its items costs; other items stay as they are."""
        for line in document.lines:
            item = self._item(line.ids)
            if item is None or any(price.amount is None for price in line.prices):
                self.not_understood.append(f"832 line {line.number}")
                continue
            self.prices[item.item] = {
                _eaches(price.quantity or Decimal(1), price.unit, item): (price.amount or Decimal(0))
                / _eaches(Decimal(1), price.unit, item)
                for price in line.prices
            }

    def book(self, duplicates: int) -> PartnerBook:
        """What the retailer holds true, in eaches by line number."""
        orders = self.orders.values()
        sold = {order.number: {line: units for line, (_, units) in order.lines.items()} for order in orders}
        return PartnerBook(
            sold=sold,
            cancelled={order.number: order.open_units() for order in orders if order.cancelled},
            confirmed={order.number: dict(order.confirmed) for order in orders},
            duplicates=duplicates + self.repeated,
            answered={number: answers[-1].units for number, answers in self.answers.items()},
            billed={order.number: self._billed(order.number) for order in orders},
        )

    def _answer(
        self, set_id: str, number: str, status: str, lines: Sequence[tuple[str, ProductIds, Sequence[LineStatus]]]
    ) -> None:
        order = self.orders.get(number)
        units: dict[str, dict[str, Decimal]] = {}
        for line, ids, statuses in lines:
            item = self._item(ids)
            told = units.setdefault(line, {})
            for each in statuses:
                outcome = _OUTCOMES.get(each.code, each.code)
                told[outcome] = told.get(outcome, Decimal(0)) + _eaches(each.quantity, each.unit, item)
            ordered = order.lines[line][1] if order is not None and line in order.lines else None
            if item is None or sum(told.values()) != ordered or not told.keys() <= set(_OUTCOMES.values()):
                self.not_understood.append(f"{set_id} {number} line {line}")
                return
        self.answers.setdefault(number, []).append(BookedAnswer(set_id, status, units))

    def _billed(self, order: str) -> dict[str, Decimal]:
        units: dict[str, Decimal] = {}
        for invoice in self.invoices.values():
            for line, count in invoice.units.items() if invoice.order == order else ():
                units[line] = units.get(line, Decimal(0)) + count
        return units

    def _item(self, ids: ProductIds) -> RetailItem | None:
        return self.items.get(dict(ids).get("SK", ""))


def _is_whole(line: InvoiceLine, item: RetailItem | None) -> bool:
    return item is not None and line.quantity is not None and line.price is not None


def _eaches(quantity: Decimal | None, unit: str, item: RetailItem | None) -> Decimal:
    each = item.units_each if item is not None and unit == item.unit else Decimal(1)
    return (quantity or Decimal(0)) * each
