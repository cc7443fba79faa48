"""Where a history is played: the world, the post, and the hub."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from threading import RLock
from typing import Final

from hub.flows.registry import InboundItem
from hub.model.identity import ConnectionId, RequestId, Sku
from hub.model.kit import Kit
from hub.model.network import Network
from hub.proving.bench import Bench
from hub.proving.mailbag import Letter, Mailbag
from hub.proving.world import Depot, Shop, World

START: Final = datetime(2026, 1, 5, 6, 0, tzinfo=UTC)


FOREIGN: Final = 0.2
"""The share of depots that sell to others as well."""


@dataclass
class Stage:
    """Whoever reads or changes the world or the post holds ``lock``; nobody holds it inside a transaction.

    ``mine`` are the connections whose letters and items are moved here, None for all: where several histories share
    a world, each connection is worked by one of them, and ``timers`` run in one of them, as lanes do it.
    """

    world: World
    bag: Mailbag
    bench: Bench
    network: Network
    lock: RLock = field(default_factory=RLock)
    mine: frozenset[ConnectionId] | None = None
    timers: bool = True

    def post(
        self,
        item: InboundItem,
        connection: ConnectionId,
        *,
        about: RequestId | None = None,
        last: bool = False,
    ) -> None:
        """Write a letter to the hub."""
        self.bag.letters += 1
        self.bag.post(Letter(item, connection, f"{self.world.name}:letter-{self.bag.letters}", about, last))

    def advance(self, rng: random.Random) -> datetime:
        """Time passes, by seconds mostly; no two things happen at the same moment."""
        with self.lock:
            self.world.now += timedelta(seconds=rng.choice((1, 2, 5, 20, 60, 300)))
            return self.world.now

    @property
    def connections(self) -> list[ConnectionId]:
        """Everybody the hub writes to, from here."""
        depots = (depot.location.connection for depot in self.world.depots.values())
        shops = (shop.channel.connection for shop in self.world.shops.values())
        every = dict.fromkeys((*depots, *shops))
        return [each for each in every if self.mine is None or each in self.mine]

    def depots(self) -> list[Depot]:
        """Those that are played here."""
        return [
            each for each in self.world.depots.values() if self.mine is None or each.location.connection in self.mine
        ]

    def shops(self) -> list[Shop]:
        """Those that are played here."""
        return [each for each in self.world.shops.values() if self.mine is None or each.channel.connection in self.mine]


def a_world(rng: random.Random, network: Network, start: datetime = START, *, name: str = "h", skus: int = 3) -> World:
    """Shelves with something on them, and shops that show nothing yet. ``name`` is part of everything that is written,
    so that several worlds can follow each other in one database, each starting after the one before."""
    names = tuple(Sku(f"{name}-ITEM-{number}") for number in range(1, skus + 1))
    depots = {}
    for location in network.locations:
        packs = {sku: rng.choice((1, 4, 6)) for sku in names} if rng.random() < 0.4 or location.pack_multiple else {}
        shelf = {sku: rng.choice((0, 10, 30, 60)) for sku in names}
        depots[location.location] = Depot(location, shelf, packs, name, foreign=rng.random() < FOREIGN)
    shops = {channel.channel: Shop(channel) for channel in network.channels}
    return World(names, depots, shops, start, name, _kits(rng, name, names))


def _kits(rng: random.Random, name: str, skus: tuple[Sku, ...]) -> tuple[Kit, ...]:
    """Up to two kits that share parts with each other and with what is sold loose."""
    kits = []
    for number in range(1, rng.choice((1, 2, 3))):
        parts = rng.sample(skus, rng.randint(1, 2))
        units = {sku: Decimal(rng.randint(1, 3)) for sku in parts}
        kits.append(Kit(sku=Sku(f"{name}-KIT-{number}"), components=units, separable=rng.random() < 0.25))
    return tuple(kits)
