"""A small merchant over fake partners: one shop, two suppliers, a clock that is put, and an engine that can die."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from hub.mapping.codebook import Codebook
from hub.model.fulfilment import RequestKind
from hub.model.identity import ChannelId, ConnectionId, LocationId, PartnerId
from hub.model.network import Channel, Location, Network
from hub.model.shipping_cost import ShippingCost
from hub.ports import Dispatcher, Storage
from hub.sdk.context import ConnectionContext
from hub.sdk.spec import ConnectorSpec
from hub.storage import open_storage
from hub.sync.connections import LiveConnection
from hub.sync.daemon import Engine
from hub.sync.dispatch.embedded import EmbeddedDispatcher
from hub.sync.runtime import Limits, Runtime
from hub.transport.throttle import RateBudget
from tests.fakes.partner import SHOP, AskableOrders, Instructions, supplier_spec
from tests.fakes.partner_book import Book, BookSettings, Steps

START = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
CHANNEL = ChannelId("shop")


@dataclass
class World:
    """Partners, their books and the hub's database. ``orders`` decides how the suppliers make repeats safe."""

    url: str
    orders: type[Instructions] = AskableOrders
    suppliers: Sequence[str] = ("east", "west")
    now: datetime = START
    steps: Steps = field(default_factory=Steps)
    books: dict[str, Book] = field(default_factory=dict)
    owner: str = "hub-1"
    opened: list[Storage] = field(default_factory=list)

    def __post_init__(self) -> None:
        for name in ("shop", *self.suppliers):
            self.books[name] = Book(self.steps)

    @property
    def shop(self) -> Book:
        return self.books["shop"]

    def clock(self) -> datetime:
        return self.now

    def seconds(self) -> float:
        """The same clock as a monotonic one."""
        return self.now.timestamp()

    def advance(self, **duration: float) -> None:
        self.now += timedelta(**duration)

    def stock(self, supplier: str, units: Mapping[str, int]) -> None:
        """The supplier counted a minute ago and says so (at one and the same moment, a count would leave out what
        ships then)."""
        book = self.books[supplier]
        book.stock.update({sku: Decimal(count) for sku, count in units.items()})
        book.opening.update(book.stock)
        book.say(
            "stock",
            self.now - timedelta(minutes=1),
            location=supplier,
            units={sku: str(count) for sku, count in units.items()},
        )

    def order(self, number: str, lines: Mapping[str, int]) -> None:
        """A customer buys."""
        self.shop.say("order", self.now, id=number, lines={sku: str(units) for sku, units in lines.items()})

    def network(self) -> Network:
        places = [LocationId(name) for name in self.suppliers]
        return Network(
            locations=tuple(
                Location(
                    location=place,
                    kind=RequestKind.DROPSHIP,
                    partner=PartnerId(place),
                    connection=ConnectionId(place),
                    cost=ShippingCost(per_request=Decimal(5 + number)),
                )
                for number, place in enumerate(places)
            ),
            channels=(Channel(channel=CHANNEL, connection=ConnectionId("shop"), sells_from=tuple(places)),),
        )

    def connection(
        self, name: str, spec: ConnectorSpec | None = None, *, budget: RateBudget | None = None, fingerprint: str = "1"
    ) -> LiveConnection:
        settings = BookSettings(book=self.books[name])
        channel = CHANNEL if name == "shop" else None
        context = ConnectionContext(ConnectionId(name), PartnerId(name), settings, self.clock, channel=channel)
        codebook = Codebook(ConnectionId(name), PartnerId(name), identity=True)
        made = spec or (SHOP if name == "shop" else supplier_spec(self.orders))
        return LiveConnection.open(
            made, context, codebook, polls={"messages": 60.0}, budget=budget, fingerprint=fingerprint
        )

    def connections(self) -> list[LiveConnection]:
        return [self.connection(name) for name in self.books]

    def storage(self) -> Storage:
        opened = open_storage(self.url, clock=self.clock, observer=self.steps)
        self.opened.append(opened)
        return opened

    def engine(
        self,
        storage: Storage | None = None,
        *,
        limits: Limits | None = None,
        dispatcher: Callable[[Callable[[str, str], None]], Dispatcher] = EmbeddedDispatcher,
        connections: Sequence[LiveConnection] | None = None,
    ) -> Engine:
        def sleep(seconds: float) -> None:
            self.advance(seconds=seconds)

        runtime = Runtime(
            storage or self.storage(),
            self.clock,
            random.Random(7),
            limits=limits or Limits(),
            sleep=sleep,
            monotonic=self.seconds,
        )
        return Engine(
            runtime,
            network=self.network(),
            connections=self.connections() if connections is None else connections,
            dispatcher=dispatcher,
            owner=self.owner,
        )

    def live(self, engine: Engine, rounds: int = 5, minutes: float = 2) -> None:
        """Run until idle, some minutes later again, and so on."""
        for _ in range(rounds):
            engine.run_until_idle()
            self.advance(minutes=minutes)

    def close(self) -> None:
        for storage in self.opened:
            storage.close()
        self.opened.clear()
