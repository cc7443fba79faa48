"""A simulated warehouse's own books: what lies on its shelves, what its depositor asked it to ship, and what goods it
was told of."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from hub.edi.documents.shipping_order import ShippingOrder, ShippingOrderLine
from hub.edi.documents.transfer_advice import TransferAdvice
from hub.edi.documents.transfer_advice import TransferLine as AdvisedLine
from hub.sdk.clerk import Watch
from hub.sdk.simulation import BookedInstruction, BookedTransfer, PartnerBook
from hub_x12_warehouse.simulator_scenario import Arrival, Behaviour, StoredItem, WarehouseScenario


@dataclass
class BookedLine:
    """One line: eaches asked for and shipped, and the unit it came in. ``closed``: nothing more will leave."""

    number: str
    item: StoredItem
    asked: Decimal
    unit: str
    units_each: Decimal
    shipped: Decimal = Decimal(0)
    closed: bool = False


@dataclass
class BookedOrder:
    """One shipping order as the warehouse wrote it down."""

    number: str
    customer_order: str
    site: str
    lines: list[BookedLine]
    behaviour: Behaviour
    times: int = 1
    shipments: int = 0


@dataclass(frozen=True)
class Picked:
    """What left of a line, in eaches, and the W1201 that says so."""

    line: BookedLine
    quantity: Decimal
    status: str


@dataclass
class ExpectedLine:
    """One line of goods on their way: eaches announced, received, and damaged among these, and the unit it came in."""

    number: str
    item: StoredItem
    announced: Decimal
    unit: str
    units_each: Decimal
    received: Decimal = Decimal(0)
    damaged: Decimal = Decimal(0)


@dataclass
class ExpectedGoods:
    """One stock transfer as the warehouse wrote it down."""

    number: str
    site: str
    lines: list[ExpectedLine]
    arrival: Arrival
    times: int = 1


@dataclass
class WarehouseBooks:
    """Stock, orders and transfers; every event at an instant of its own. ``damaged`` lies among ``on_hand``."""

    scenario: WarehouseScenario
    on_hand: dict[tuple[str, str], Decimal] = field(default_factory=dict)
    damaged: dict[tuple[str, str], Decimal] = field(default_factory=dict)
    orders: dict[str, BookedOrder] = field(default_factory=dict)
    transfers: dict[str, ExpectedGoods] = field(default_factory=dict)
    oversold: dict[str, Decimal] = field(default_factory=dict)
    watch: Watch = field(default_factory=Watch)

    def __post_init__(self) -> None:
        for item in self.scenario.items:
            for site, quantity in item.stock.items():
                self.on_hand[site, item.item] = quantity

    def take(self, order: ShippingOrder, site: str) -> BookedOrder:
        """Write an order down; one that came before is not new business."""
        known = self.orders.get(order.number)
        if known is not None:
            known.times += 1
            return known
        turn = len(self.orders) % len(self.scenario.behaviours)
        found = (self._line(line, group.number) for group in order.groups for line in group.lines)
        booked = BookedOrder(
            order.number,
            order.purchase_order_number,
            site,
            [line for line in found if line is not None],
            self.scenario.behaviours[turn],
        )
        self.orders[order.number] = booked
        for line in booked.lines:
            lacking = line.asked - self._good((site, line.item.item))
            if lacking > 0:
                self.oversold[order.number] = self.oversold.get(order.number, Decimal(0)) + lacking
        return booked

    def _line(self, line: ShippingOrderLine, number: str) -> BookedLine | None:
        item = self._item(line)
        if item is None or line.quantity is None:
            return None
        each = item.units_each if line.unit == item.unit else Decimal(1)
        return BookedLine(number, item, line.quantity * each, line.unit, each)

    def _item(self, line: ShippingOrderLine | AdvisedLine) -> StoredItem | None:
        name = dict(line.ids).get("VN", "")
        return next((each for each in self.scenario.items if each.item == name), None)

    def _good(self, key: tuple[str, str]) -> Decimal:
        """What of an item may leave."""
        return self.on_hand.get(key, Decimal(0)) - self.damaged.get(key, Decimal(0))

    def expect(self, advice: TransferAdvice, site: str) -> ExpectedGoods:
        """Write down goods on their way; those it was told of before are no others."""
        known = self.transfers.get(advice.number)
        if known is not None:
            known.times += 1
            return known
        turn = len(self.transfers) % len(self.scenario.arrivals)
        found = (self._expected(line) for line in advice.lines)
        lines = [line for line in found if line is not None]
        self.transfers[advice.number] = ExpectedGoods(advice.number, site, lines, self.scenario.arrivals[turn])
        return self.transfers[advice.number]

    def _expected(self, line: AdvisedLine) -> ExpectedLine | None:
        item = self._item(line)
        if item is None or line.quantity is None:
            return None
        each = item.units_each if line.unit == item.unit else Decimal(1)
        number = next((one.value for one in line.references if one.qualifier == "LI"), "")
        return ExpectedLine(number, item, line.quantity * each, line.unit, each)

    def receive(self, goods: ExpectedGoods) -> None:
        """Put on the shelf what arrives, as the transfer's turn says."""
        for line in goods.lines:
            key = (goods.site, line.item.item)
            more = {Arrival.SHORT: -line.units_each, Arrival.OVER: line.units_each}.get(goods.arrival, Decimal(0))
            line.received = max(line.announced + more, Decimal(0))
            line.damaged = min(line.units_each, line.received) if goods.arrival is Arrival.DAMAGED else Decimal(0)
            self.on_hand[key] = self.on_hand.get(key, Decimal(0)) + line.received
            self.damaged[key] = self.damaged.get(key, Decimal(0)) + line.damaged

    def pick(self, order: BookedOrder) -> list[Picked]:
        """Let leave what the order's behaviour and the shelf allow; empty once every line is closed."""
        picked = [self._pick(order, line) for line in order.lines if not line.closed]
        order.shipments += bool(picked)
        return picked

    def _pick(self, order: BookedOrder, line: BookedLine) -> Picked:
        key = (order.site, line.item.item)
        due = line.asked - line.shipped
        wanted = due
        if order.behaviour is Behaviour.EMPTY:
            wanted = Decimal(0)
        elif order.behaviour is Behaviour.SHORT and due > line.units_each:
            wanted = due - line.units_each
        elif order.behaviour is Behaviour.SPLIT and not order.shipments and due > line.units_each:
            wanted = due // 2 // line.units_each * line.units_each
        quantity = min(wanted, self._good(key))
        self.on_hand[key] = self.on_hand.get(key, Decimal(0)) - quantity
        line.shipped += quantity
        waits = order.behaviour is Behaviour.SPLIT and not order.shipments and line.shipped < line.asked
        line.closed = not waits
        status = "BP" if waits else "CC" if line.shipped == line.asked else "CP" if line.shipped else "OS"
        return Picked(line, quantity, status)

    def unfinished(self) -> bool:
        """Whether an order has a line that is still open."""
        return any(not line.closed for order in self.orders.values() for line in order.lines)

    def book(self, opening: dict[tuple[str, str], Decimal], duplicates: int) -> PartnerBook:
        """The books in the form by which the hub is judged."""
        return PartnerBook(
            instructions={
                order.number: BookedInstruction(
                    reference=order.number,
                    times=order.times,
                    lines={line.item.item: line.asked for line in order.lines},
                    shipped={line.item.item: line.shipped for line in order.lines if line.shipped},
                    state=order.behaviour,
                    location=order.site,
                )
                for order in self.orders.values()
            },
            stock=dict(self.on_hand),
            opening=opening,
            oversold=dict(self.oversold),
            duplicates=duplicates,
            transfers={goods.number: _booked(goods) for goods in self.transfers.values()},
        )


def _booked(goods: ExpectedGoods) -> BookedTransfer:
    return BookedTransfer(
        reference=goods.number,
        times=goods.times,
        lines={line.item.item: line.announced for line in goods.lines},
        received={line.item.item: line.received for line in goods.lines if line.received},
        damaged={line.item.item: line.damaged for line in goods.lines if line.damaged},
        location=goods.site,
    )
