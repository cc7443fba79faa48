"""The truth: shelves, the books of whoever ships from them, and what shops have sold. Whole units and plain sums.

Nothing here knows how the hub counts, reserves or routes; that is what makes it a judge. A depot writes its figures the
way its CountingRule says that it writes them, from its own shelf and its own books.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from hub.model.fulfilment import FulfilmentRequest
from hub.model.identity import ChannelId, LineId, LocationId, OrderId, RequestId, Sku, SoftHoldKey, order_id_for
from hub.model.kit import Kit
from hub.model.network import Channel, Location, NetOf
from hub.model.stock import CountBasis


@dataclass
class AskedLine:
    """Units one request line asks a depot for, and what became of them there."""

    line_id: LineId
    sku: Sku
    units: int
    accepted: int = 0
    backordered: int = 0
    rejected: int = 0
    cancelled: int = 0
    shipped: int = 0

    @property
    def open(self) -> int:
        """Units the depot still means to ship, some day."""
        return self.units - self.rejected - self.cancelled - self.shipped

    @property
    def due(self) -> int:
        """Of these, units it means to take from its shelf."""
        return self.open - self.backordered


@dataclass
class Asked:
    """A request as it stands in a depot's books. ``answered``: when it first told us what it makes of it;
    ``told_rejected``: whether an answer said yet that it rejects units."""

    request: FulfilmentRequest
    lines: dict[int, AskedLine]
    got: datetime
    answered: datetime | None = None
    told_rejected: bool = False

    @classmethod
    def of(cls, request: FulfilmentRequest, now: datetime) -> Asked:
        """The request, just arrived."""
        lines = {line.number: AskedLine(line.line_id, line.sku, int(line.quantity)) for line in request.lines}
        return cls(request, lines, now)

    @property
    def open(self) -> bool:
        """Whether anything of it may still be shipped."""
        return any(line.open for line in self.lines.values())

    def can_stop(self, numbers: tuple[int, ...]) -> bool:
        """Whether anything is open of these lines, or of any where none is named."""
        return any(line.open for number, line in self.lines.items() if not numbers or number in numbers)

    def accept(self) -> None:
        """The depot will ship all that is open and that it has not put off."""
        for line in self.lines.values():
            line.accepted = line.due

    def give_up(self, number: int, *, asked: bool) -> None:
        """What is open of a line will not be shipped: because we ``asked`` for that, or because the depot can't."""
        line = self.lines[number]
        units = line.open
        line.accepted = line.backordered = 0
        if asked:
            line.cancelled += units
        else:
            line.rejected += units

    def ship(self, number: int, units: int) -> None:
        """Units leave, those that were put off last."""
        line = self.lines[number]
        line.backordered -= max(0, units - line.due)
        line.shipped += units
        line.accepted = min(line.accepted, line.due)


@dataclass
class Depot:
    """A place stock ships from. ``foreign``: it has customers beside us, who buy from the same shelf."""

    location: Location
    shelf: dict[Sku, int]
    packs: dict[Sku, int]
    name: str = ""
    foreign: bool = False
    books: dict[RequestId, Asked] = field(default_factory=dict)
    done: dict[RequestId, Asked] = field(default_factory=dict)
    cancellations: list[tuple[RequestId, tuple[int, ...]]] = field(default_factory=list)
    documents: int = 0

    @property
    def nets(self) -> bool:
        """Whether its figures leave out requests of ours."""
        return self.location.counting.nets

    def lot(self, sku: Sku) -> int:
        """Units that it ships together."""
        return self.packs.get(sku, 1) if self.location.pack_multiple else 1

    def next_document(self, kind: str) -> str:
        """A number of the depot's own for what it writes."""
        self.documents += 1
        return f"{self.name}:{kind}-{self.location.location}-{self.documents}"

    def take(self, request: FulfilmentRequest, now: datetime) -> None:
        """A request arrives; the same again is the same."""
        if request.request_id not in self.done:
            self.books.setdefault(request.request_id, Asked.of(request, now))

    def find(self, request_id: RequestId) -> Asked | None:
        """The request in its books, open or done."""
        return self.books.get(request_id) or self.done.get(request_id)

    def stop(self, request_id: RequestId, numbers: tuple[int, ...]) -> None:
        """It agrees not to ship these lines, or any where none is named."""
        asked = self.find(request_id)
        if asked is None:
            return
        for number, line in asked.lines.items():
            if line.open and (not numbers or number in numbers):
                asked.give_up(number, asked=True)

    def tidy(self) -> None:
        """Put away what is done."""
        for request_id in [name for name, asked in self.books.items() if not asked.open]:
            self.done[request_id] = self.books.pop(request_id)

    def due(self) -> dict[Sku, int]:
        """Units by item that it means to take from its shelf for us."""
        units = dict.fromkeys(self.shelf, 0)
        for line in self._lines():
            units[line.sku] += line.due
        return units

    def owed(self) -> dict[Sku, int]:
        """Units by item that it owes us, those put off among them."""
        units = dict.fromkeys(self.shelf, 0)
        for line in self._lines():
            units[line.sku] += line.open
        return units

    def _lines(self) -> Iterator[AskedLine]:
        for asked in self.books.values():
            yield from asked.lines.values()

    def beside(self, part: CountBasis) -> int:
        """Units of a part that its figures contain: another number in each report. Nothing of its is damaged."""
        return 0 if part is CountBasis.UNAVAILABLE else self.documents % 7

    def figure(self, sku: Sku) -> int:
        """What it says now that it has, in its own way of counting, without what nobody can sell to us."""
        if not self.nets:
            return self.shelf[sku]
        left_out = sum(
            line.open
            for asked in self.books.values()
            if self.location.counting.net_of is NetOf.SENT or asked.answered is not None
            for line in asked.lines.values()
            if line.sku == sku
        )
        return max(0, self.shelf[sku] - left_out)


@dataclass
class Sold:
    """An order as its shop has it: units by line as they are wanted now, and the most that ever was.

    ``wavered``: it wanted fewer of a line and then more again; whether a depot could stop units in between is a matter
    of luck, and a person's.
    """

    external_id: str
    number: str
    placed: datetime
    lines: dict[LineId, tuple[Sku, int]]
    most: dict[LineId, int]
    revision: int = 1
    cancelled: bool = False
    cancellations: int = 0
    wavered: bool = False
    soft_hold: SoftHoldKey | None = None
    taken_back: dict[LineId, int] = field(default_factory=dict)


@dataclass
class Shop:
    """A channel: it shows quantities, sells, changes its mind and takes goods back. ``carts``: units by item that it
    had kept and that were not ordered yet, by the key of their soft hold."""

    channel: Channel
    shown: dict[Sku, int] = field(default_factory=dict)
    taken: set[str] = field(default_factory=set)
    orders: dict[str, Sold] = field(default_factory=dict)
    carts: dict[SoftHoldKey, dict[Sku, int]] = field(default_factory=dict)
    cart_count: int = 0

    def sell(self, external_id: str, wanted: Iterable[tuple[Sku, int]], now: datetime) -> Sold:
        """A buyer orders."""
        lines = {LineId(str(index)): line for index, line in enumerate(wanted, 1)}
        most = {line_id: units for line_id, (_, units) in lines.items()}
        sold = self.orders[external_id] = Sold(external_id, f"#{external_id}", now, lines, most)
        for sku, units in lines.values():
            if sku in self.shown:
                self.shown[sku] -= units
        return sold

    def put_back(self, sold: Sold, line_id: LineId, units: int) -> None:
        """Units of a line are wanted no more (more are where negative): the shop takes them off what it shows."""
        sku = sold.lines[line_id][0]
        if sku in self.shown:
            self.shown[sku] += units

    def show(self, key: str, sku: Sku, quantity: int, expected: int | None) -> int | None:
        """Show a quantity instead of the expected one, once for each key; what is shown where that is another."""
        if key in self.taken:
            return None
        now = self.shown.get(sku)
        if expected is not None and now is not None and expected != now:
            return now
        self.shown[sku] = quantity
        self.taken.add(key)
        return None


@dataclass
class World:
    """Everything that is so, whatever the hub believes."""

    skus: tuple[Sku, ...]
    depots: dict[LocationId, Depot]
    shops: dict[ChannelId, Shop]
    now: datetime
    name: str = ""
    kits: tuple[Kit, ...] = ()

    @property
    def offered(self) -> tuple[Sku, ...]:
        """What shops may sell: items, and kits of them."""
        return (*self.skus, *(kit.sku for kit in self.kits))

    def parts(self, line_id: LineId, sku: Sku) -> list[tuple[LineId, Sku, int]]:
        """What one unit of a shop's line is for a depot: lines, items and units."""
        kit = next((each for each in self.kits if each.sku == sku), None)
        if kit is None:
            return [(line_id, sku, 1)]
        return [(LineId(f"{line_id}/{part}"), part, int(units)) for part, units in kit.components.items()]

    def orders(self) -> list[OrderId]:
        """Everything that was ever sold."""
        return [order_id_for(shop.channel.channel, name) for shop in self.shops.values() for name in shop.orders]

    def shipped(self) -> dict[tuple[OrderId, LineId], int]:
        """Units that left for each order line."""
        units: dict[tuple[OrderId, LineId], int] = {}
        for depot in self.depots.values():
            for asked in (*depot.books.values(), *depot.done.values()):
                for line in asked.lines.values():
                    key = (asked.request.order_id, line.line_id)
                    units[key] = units.get(key, 0) + line.shipped
        return units
