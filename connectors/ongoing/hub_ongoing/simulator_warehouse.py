"""The warehouse behind the simulator: articles, orders and what happens to them. Thread-safe; knows no XML.

It keeps its own book (``book``), so that tests judge the hub by what arrived and left here, not by the hub's word.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from hub_ongoing.simulator_records import (
    ArticleCount,
    AskedOrder,
    Book,
    BusinessRefusalError,
    Status,
    WarehouseOrder,
    WarehouseParcel,
)

_UNFINISHED = frozenset({Status.OPEN, Status.PICKING, Status.PICKED})


class Warehouse:
    """Stock and orders of one goods owner."""

    def __init__(self, clock: Callable[[], datetime], *, carrier: str = "Nordfrakt") -> None:
        self._clock = clock
        self._carrier = carrier
        self._lock = threading.RLock()
        self._articles: dict[str, int] = {}
        self._on_hand: dict[str, Decimal] = {}
        self._opening: dict[str, Decimal] = {}
        self._orders: dict[str, WarehouseOrder] = {}
        self._unfinished: dict[str, WarehouseOrder] = {}
        self._oversold: dict[str, Decimal] = {}
        self._pallets = 0

    def stock(self, counts: Mapping[str, Decimal | int]) -> None:
        """Set what is physically there; an unknown article is created."""
        with self._lock:
            for number, on_hand in counts.items():
                self._articles.setdefault(number, 1000 + len(self._articles))
                self._on_hand[number] = Decimal(on_hand)
                if not self._orders:
                    self._opening[number] = Decimal(on_hand)

    def process(self, asked: AskedOrder) -> WarehouseOrder:
        """Create, update or remove. Raises BusinessRefusalError with the vendor's words."""
        with self._lock:
            known = self._orders.get(asked.number)
            if asked.operation == "Remove":
                return self._remove(asked.number, known)
            self._check(asked, known)
            if known is None:
                order = self._created(asked)
            else:
                order = replace(known, asked=asked, received=known.received + 1, updated_at=self._clock())
            self._unfinished.pop(asked.number, None)
            self._note_oversold(asked)
            return self._put(order)

    def find(self, numbers: Iterable[str]) -> list[WarehouseOrder]:
        """Orders by the hub's numbers, unknown ones left out."""
        with self._lock:
            return [self._orders[number] for number in numbers if number in self._orders]

    def changed(
        self, *, since: datetime | None, status_from: int, status_to: int, id_from: int, limit: int
    ) -> list[WarehouseOrder]:
        """A page of orders by system id."""
        with self._lock:
            found = [
                order
                for order in self._orders.values()
                if order.order_id >= id_from
                and status_from <= order.status <= status_to
                and (since is None or order.updated_at >= since)
            ]
        return sorted(found, key=lambda order: order.order_id)[:limit]

    def counts(self, *, numbers: Sequence[str], id_from: int, limit: int) -> list[ArticleCount]:
        """A page of articles by system id, all of them where ``numbers`` is empty."""
        with self._lock:
            promised = self._promised()
            found = [
                ArticleCount(system_id, number, self._on_hand[number], self._on_hand[number] - promised[number])
                for number, system_id in self._articles.items()
                if system_id >= id_from and (not numbers or number in numbers)
            ]
        return sorted(found, key=lambda article: article.system_id)[:limit]

    def start_picking(self, number: str) -> WarehouseOrder:
        """200 to 300; from here on the order can't be updated or removed."""
        return self._move(number, Status.OPEN, status=Status.PICKING)

    def pick(self, number: str, short: Mapping[str, Decimal | int] | None = None) -> WarehouseOrder:
        """300 to 400. ``short`` gives, by ExternalOrderLineCode, the units found where these are fewer."""
        with self._lock:
            found = {line.code: line.quantity for line in self._orders[number].asked.lines}
            found.update({code: Decimal(units) for code, units in (short or {}).items()})
            return self._move(number, Status.PICKING, status=Status.PICKED, picked=found)

    def send(self, number: str, parcels: int = 1) -> WarehouseOrder:
        """400 to 450: the goods leave in so many parcels, and leave the count."""
        with self._lock:
            order = self._orders[number]
            boxes = tuple(self._parcel() for _ in range(parcels))
            sent = self._move(
                number,
                Status.PICKED,
                status=Status.SENT,
                carrier=self._carrier,
                way_bill=f"WB{order.order_id}",
                shipped_at=self._clock(),
                parcels=boxes,
            )
            for line in sent.asked.lines:
                self._on_hand[line.article_number] -= sent.picked[line.code]
            return sent

    def work(self, *, short_every: int = 0, two_parcels_every: int = 0) -> int:
        """Move every unfinished order one step on; how many moved. The counts of orders are by system id."""
        with self._lock:
            moved = 0
            for order in list(self._unfinished.values()):
                if order.status is Status.OPEN:
                    self.start_picking(order.number)
                elif order.status is Status.PICKING:
                    self.pick(order.number, self._one_short(order) if _every(short_every, order) else None)
                else:
                    self.send(order.number, parcels=2 if _every(two_parcels_every, order) else 1)
                moved += 1
            return moved

    @property
    def idle(self) -> bool:
        """Whether every order has left or was removed."""
        with self._lock:
            return not self._unfinished

    @property
    def articles(self) -> Mapping[str, int]:
        """System id by article number."""
        with self._lock:
            return dict(self._articles)

    @property
    def book(self) -> Book:
        """A snapshot of the truth."""
        with self._lock:
            return Book(dict(self._orders), dict(self._on_hand), dict(self._opening), dict(self._oversold))

    def _check(self, asked: AskedOrder, known: WarehouseOrder | None) -> None:
        if known is not None and asked.operation == "Create":
            raise BusinessRefusalError(f"Order {asked.number} already exists.")
        if known is None and asked.operation == "Update":
            raise BusinessRefusalError(f"Order {asked.number} was not found.")
        if known is not None and known.status is not Status.OPEN:
            raise BusinessRefusalError(f"Order {asked.number} has status {known.status:d} and cannot be updated.")
        codes = [line.code for line in asked.lines]
        if len(set(codes)) != len(codes):
            raise BusinessRefusalError("ExternalOrderLineCode must be unique within the order.")
        for line in asked.lines:
            if line.article_number not in self._articles:
                raise BusinessRefusalError(f"Article {line.article_number} was not found.")

    def _created(self, asked: AskedOrder) -> WarehouseOrder:
        now = self._clock()
        return WarehouseOrder(50000 + len(self._orders), asked, Status.OPEN, created_at=now, updated_at=now)

    def _note_oversold(self, asked: AskedOrder) -> None:
        promised = self._promised()
        beyond = Decimal(0)
        for line in asked.lines:
            promised[line.article_number] += line.quantity
            beyond += min(
                line.quantity, max(Decimal(0), promised[line.article_number] - self._on_hand[line.article_number])
            )
        self._oversold.pop(asked.number, None)
        if beyond:
            self._oversold[asked.number] = beyond

    @staticmethod
    def _one_short(order: WarehouseOrder) -> Mapping[str, Decimal]:
        first = order.asked.lines[0]
        return {first.code: max(Decimal(1), first.quantity - 1)}

    def _remove(self, number: str, known: WarehouseOrder | None) -> WarehouseOrder:
        if known is None:
            raise BusinessRefusalError(f"Order {number} was not found.")
        if known.status not in {Status.OPEN, Status.CANCELLED}:
            raise BusinessRefusalError(f"Order {number} has status {known.status:d} and cannot be removed.")
        return self._put(replace(known, status=Status.CANCELLED, updated_at=self._clock()))

    def _move(self, number: str, expected: Status, **changes: object) -> WarehouseOrder:
        with self._lock:
            order = self._orders[number]
            if order.status is not expected:
                raise ValueError(f"order {number} has status {order.status:d}, not {expected:d}")
            return self._put(replace(order, updated_at=self._clock(), **changes))  # type: ignore[arg-type]

    def _put(self, order: WarehouseOrder) -> WarehouseOrder:
        self._orders[order.number] = order
        self._unfinished.pop(order.number, None)
        if order.status in _UNFINISHED:
            self._unfinished[order.number] = order
        return order

    def _parcel(self) -> WarehouseParcel:
        self._pallets += 1
        label = f"NF{self._pallets:09d}SE"
        return WarehouseParcel(self._pallets, label, f"https://track.nordfrakt.example/{label}")

    def _promised(self) -> dict[str, Decimal]:
        promised = dict.fromkeys(self._articles, Decimal(0))
        for order in self._unfinished.values():
            for line in order.asked.lines:
                held = order.picked[line.code] if order.status is Status.PICKED else line.quantity
                promised[line.article_number] += held
        return promised


def _every(times: int, order: WarehouseOrder) -> bool:
    return times > 0 and order.order_id % times == 0
