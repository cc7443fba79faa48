"""A simulated supplier's own books: what lies in its warehouse, whose it is, and what we asked of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from hub.edi.documents.purchase_order import PurchaseOrder, PurchaseOrderLine
from hub.sdk.clerk import Watch
from hub.sdk.simulation import BookedInstruction, PartnerBook
from hub_x12_supplier.simulator_scenario import Behaviour, SimulatedItem, SupplierScenario


@dataclass
class BookedLine:
    """One line of an order: eaches asked for, accepted, still backordered, and shipped, and the unit it came in.

    ``asked_price`` is the order's own (PO104); ``price`` what the supplier bills for one of the unit.
    """

    number: str
    item: SimulatedItem
    asked: Decimal
    unit: str
    units_each: Decimal
    price: Decimal
    asked_price: Decimal | None = None
    accepted: Decimal = Decimal(0)
    backordered: Decimal = Decimal(0)
    shipped: Decimal = Decimal(0)

    @property
    def rejected(self) -> Decimal:
        """Eaches the supplier said no to."""
        return self.asked - self.accepted - self.backordered


@dataclass
class BookedOrder:
    """One purchase order as the supplier wrote it down; ``asked_back`` counts the cancellations that came for it.
    ``answered``: the buyer was told what becomes of it."""

    number: str
    site: str
    lines: list[BookedLine]
    behaviour: Behaviour
    times: int = 1
    shipments: int = 0
    asked_back: int = 0
    answered: bool = False


@dataclass
class SupplierBooks:
    """Stock, commitments and orders; every event at an instant of its own."""

    scenario: SupplierScenario
    on_hand: dict[tuple[str, str], Decimal] = field(default_factory=dict)
    committed: dict[tuple[str, str], Decimal] = field(default_factory=dict)
    orders: dict[str, BookedOrder] = field(default_factory=dict)
    oversold: dict[str, Decimal] = field(default_factory=dict)
    history: dict[tuple[str, str], list[tuple[dt.datetime, Decimal]]] = field(default_factory=dict)
    watch: Watch = field(default_factory=Watch)
    prices: dict[str, Decimal] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.prices |= {item.item: item.price for item in self.scenario.items if item.price is not None}
        for item in self.scenario.items:
            for site, quantity in item.stock.items():
                self.on_hand[site, item.item] = quantity
                self.history[site, item.item] = [(self.watch.last, quantity)]

    def item(self, number: str) -> SimulatedItem | None:
        """The item of that supplier number."""
        return next((item for item in self.scenario.items if item.item == number), None)

    def take(self, order: PurchaseOrder, site: str) -> BookedOrder:
        """Write a purchase order down and decide it. One that asks for more than is free is booked as oversold, and
        the missing eaches are rejected."""
        known = self.orders.get(order.number)
        if known is not None:
            known.times += 1
            return known
        turn = len(self.orders) % len(self.scenario.behaviours)
        booked = BookedOrder(
            order.number, site, [line for line in map(self._line, order.lines) if line], self.scenario.behaviours[turn]
        )
        self.orders[order.number] = booked
        for line in booked.lines:
            self._decide(booked, line)
        return booked

    def _line(self, line: PurchaseOrderLine) -> BookedLine | None:
        item = self.item(dict(line.ids).get("VN", ""))
        if item is None or line.quantity is None:
            return None
        each = item.units_each if line.unit == item.unit else Decimal(1)
        price = self._each_price(item) * each
        return BookedLine(line.number, item, line.quantity * each, line.unit, each, price, line.price)

    def _each_price(self, item: SimulatedItem) -> Decimal:
        told = self.prices.get(item.item)
        return self.scenario.unit_price if told is None else told / item.units_each

    def _decide(self, order: BookedOrder, line: BookedLine) -> None:
        key = (order.site, line.item.item)
        free = max(self.on_hand.get(key, Decimal(0)) - self.committed.get(key, Decimal(0)), Decimal(0))
        wanted = line.asked
        if order.behaviour is Behaviour.REJECT:
            wanted = Decimal(0)
        elif order.behaviour is Behaviour.PARTIAL:
            wanted = line.asked // 2 // line.units_each * line.units_each
        elif order.behaviour is Behaviour.BACKORDER:
            wanted = Decimal(0)
            line.backordered = min(line.asked, free)
        if line.asked > free:
            self.oversold[order.number] = self.oversold.get(order.number, Decimal(0)) + line.asked - free
        line.accepted = min(wanted, free)
        self.committed[key] = self.committed.get(key, Decimal(0)) + line.accepted

    def cancel(self, number: str, lines: Sequence[str]) -> bool:
        """Take an order back, or lines of it; False where something of them has left already."""
        order = self.orders.get(number)
        if order is None:
            return False
        order.asked_back += 1
        named = [line for line in order.lines if not lines or line.number in lines]
        if not named or any(line.shipped for line in named):
            return False
        for line in named:
            self.committed[order.site, line.item.item] -= line.accepted
            line.accepted = line.backordered = Decimal(0)
        return True

    def ship(self, order: BookedOrder) -> list[tuple[BookedLine, Decimal, bool]]:
        """Let the accepted eaches leave: (line, eaches, whether the line is closed by it)."""
        leaving: list[tuple[BookedLine, Decimal, bool]] = []
        for line in order.lines:
            due = line.accepted - line.shipped
            if due <= 0:
                continue
            short = order.behaviour is Behaviour.SHORT and due > line.units_each
            quantity = due - line.units_each if short else due
            self._leave(order, line, quantity, free=due)
            leaving.append((line, quantity, short or not line.backordered))
        if leaving:
            order.shipments += 1
        return leaving

    def _leave(self, order: BookedOrder, line: BookedLine, quantity: Decimal, *, free: Decimal) -> None:
        key = (order.site, line.item.item)
        line.shipped += quantity
        if quantity < free:
            line.accepted = line.shipped
        self.committed[key] -= free
        self.on_hand[key] -= quantity
        self.history[key].append((self.watch.last, self.on_hand[key]))

    def release_backorder(self, order: BookedOrder) -> bool:
        """Turn backordered eaches into accepted ones as far as stock is free; True where there were any."""
        moved = False
        for line in order.lines:
            key = (order.site, line.item.item)
            free = max(self.on_hand[key] - self.committed[key], Decimal(0)) if key in self.committed else Decimal(0)
            take = min(line.backordered, free)
            if take > 0:
                line.backordered -= take
                line.accepted += take
                self.committed[key] += take
                moved = True
        return moved

    def acknowledged(self, key: tuple[str, str]) -> Decimal:
        """Eaches promised to buyers who were told so, and still there."""
        return sum(
            (
                line.accepted - line.shipped
                for order in self.orders.values()
                if order.answered
                for line in order.lines
                if (order.site, line.item.item) == key
            ),
            Decimal(0),
        )

    def on_hand_at(self, key: tuple[str, str], at: dt.datetime) -> Decimal:
        """What lay there at an earlier instant."""
        return [quantity for when, quantity in self.history[key] if when <= at][-1]

    def unfinished(self) -> bool:
        """Whether anything accepted or backordered has still to leave."""
        return any(line.shipped < line.accepted or line.backordered for o in self.orders.values() for line in o.lines)

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
            history={key: tuple(rows) for key, rows in self.history.items()},
            opening=opening,
            oversold=dict(self.oversold),
            duplicates=duplicates,
        )
