"""What a simulated file partner is like, and its own books: stock, orders of ours, what its customers bought."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from hub.sdk.clerk import Watch
from hub.sdk.simulation import BookedInstruction, PartnerBook

SITE = "MAIN"
"""Its only place."""


class SimulatedItem(BaseModel):
    """``item`` is the partner's number; ``stock`` eaches; ``units_each`` eaches a unit; ``price`` of one unit."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    item: str
    stock: Decimal = Decimal(0)
    unit: str = "EA"
    units_each: Decimal = Decimal(1)
    price: Decimal = Decimal("10.00")


class FilePartnerScenario(BaseModel):
    """``folder`` is the mailbox's root; ``sftp`` serves it by SFTP too, ``http`` its newest stock file by HTTP.

    Times are seconds: the clerk looks up every ``tick``, ships ``ship_after`` an order came, and writes stock every
    ``feed_every``. ``invoices`` follow shipments. ``repeated_files`` sends every n-th file twice, under another name.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    folder: Path
    items: tuple[SimulatedItem, ...]
    tick: float = Field(default=0.1, gt=0)
    ship_after: float = 0.5
    feed_every: float = 2.0
    invoices: bool = True
    sftp: bool = False
    http: bool = False
    repeated_files: int = 0


@dataclass
class BookedLine:
    """A line of an order of ours: ``asked`` and ``shipped`` in eaches."""

    number: str
    item: SimulatedItem
    asked: Decimal
    shipped: Decimal = Decimal(0)


@dataclass
class BookedOrder:
    """An order of ours as the partner wrote it down; ``times`` it came."""

    number: str
    lines: list[BookedLine] = field(default_factory=list)
    times: int = 1
    shipments: int = 0


class FilePartnerBooks:
    """Every event at an instant of its own. ``told`` counts the quantities and prices that came from us."""

    def __init__(self, scenario: FilePartnerScenario) -> None:
        self.watch = Watch()
        self.items = {each.item: each for each in scenario.items}
        self.on_hand = {each.item: each.stock for each in scenario.items}
        self.opening = dict(self.on_hand)
        self.history = {item: [(self.watch.last, units)] for item, units in self.on_hand.items()}
        self.orders: dict[str, BookedOrder] = {}
        self.oversold: dict[str, Decimal] = {}
        self.sold: dict[str, dict[str, Decimal]] = {}
        self.told: Counter[tuple[str, ...]] = Counter()
        self.seen: set[str] = set()
        self.duplicates = 0

    def take(self, number: str, lines: list[BookedLine]) -> BookedOrder | None:
        """Write an order down; None for one that came before."""
        known = self.orders.get(number)
        if known is not None:
            known.times += 1
            return None
        self.watch.tick()
        order = self.orders[number] = BookedOrder(number, lines)
        missing = sum((max(line.asked - self.free(line.item.item), Decimal(0)) for line in lines), Decimal(0))
        if missing:
            self.oversold[number] = missing
        return order

    def free(self, item: str) -> Decimal:
        """Eaches that lie there."""
        return max(self.on_hand[item], Decimal(0))

    def ship(self, order: BookedOrder) -> dt.datetime:
        """Let what was asked leave, as far as it is there; gives the instant."""
        at = self.watch.tick()
        for line in order.lines:
            line.shipped = min(line.asked, self.free(line.item.item))
            self.on_hand[line.item.item] -= line.shipped
            self.history[line.item.item].append((at, self.on_hand[line.item.item]))
        order.shipments += 1
        return at

    def unfinished(self) -> bool:
        """Whether an order has still to leave."""
        return any(not order.shipments for order in self.orders.values())

    def book(self) -> PartnerBook:
        """The books in the form by which the hub is judged."""
        return PartnerBook(
            instructions={
                order.number: BookedInstruction(
                    reference=order.number,
                    times=order.times,
                    lines={line.item.item: line.asked for line in order.lines},
                    shipped={line.item.item: line.shipped for line in order.lines if line.shipped},
                    location=SITE,
                )
                for order in self.orders.values()
            },
            stock={(SITE, item): units for item, units in self.on_hand.items()},
            history={(SITE, item): tuple(rows) for item, rows in self.history.items()},
            opening={(SITE, item): units for item, units in self.opening.items()},
            sold={number: dict(lines) for number, lines in self.sold.items()},
            oversold=dict(self.oversold),
            duplicates=self.duplicates,
        )
