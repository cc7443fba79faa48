"""One history: a seeded walk of everything that may happen, judged as it goes and when it has come to rest."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from hub.model.identity import ChannelId, OrderId, Sku
from hub.model.network import Network
from hub.model.order import OrderRecord
from hub.orders.kits import sold_counters, sold_lines
from hub.ports import Storage, UnitOfWork
from hub.proving import calm, cart_moves, depot_moves, hub_moves, kit_laws, laws, shop_moves
from hub.proving.bench import Bench, Figures, LawBrokenError
from hub.proving.laws import Broken
from hub.proving.mailbag import Mailbag
from hub.proving.past import Remembered, past_adds_up
from hub.proving.stage import Stage
from hub.proving.world import World

Move = Callable[[Stage, random.Random], bool]

MOVES: Final[dict[Move, int]] = {
    shop_moves.sell: 10,
    shop_moves.change_order: 3,
    shop_moves.cancel_order: 4,
    shop_moves.take_back: 2,
    shop_moves.resume: 1,
    cart_moves.fill_cart: 4,
    cart_moves.change_cart: 1,
    cart_moves.order_cart: 3,
    depot_moves.answer_request: 8,
    depot_moves.answer_cancellation: 3,
    depot_moves.ship: 12,
    depot_moves.count: 9,
    depot_moves.receive: 3,
    depot_moves.sell_elsewhere: 1,
    hub_moves.deliver: 34,
    hub_moves.deliver_again: 4,
    hub_moves.deliver_in_any_order: 2,
    hub_moves.tick: 16,
    hub_moves.send: 16,
    hub_moves.recover: 2,
    hub_moves.decide: 1,
    hub_moves.sum_up: 2,
}
"""What may happen, and how often out of all."""

LOOK_EVERY: Final = 100
"""Steps between two looks at all that must hold at any moment."""

COMPACT_EVERY: Final = 250
"""Steps between two compactions of the ledger, after which nothing may be other than without."""

_KEPT = timedelta(hours=1)
_MOVES, _WEIGHTS = tuple(MOVES), tuple(MOVES.values())


class History:
    """Steps of one world on one database: the same seed, network and world give the same history."""

    def __init__(
        self, storage: Storage, network: Network, world: World, rng: random.Random, *, crash_share: float = 0.05
    ) -> None:
        self._rng = rng
        bench = Bench(storage, network, world.skus, crash_share=crash_share)
        self.stage = Stage(world, Mailbag(), bench, network)
        self.steps = 0
        self._past: list[Remembered] = []
        self._closed: set[OrderId] = set()

    @property
    def figures(self) -> Figures:
        """What happened so far."""
        return self.stage.bench.figures

    def run(self, steps: int) -> None:
        """So many steps from the first count to rest. Raises LawBrokenError."""
        calm.count_all(self.stage, self._rng)
        for _ in range(steps):
            self.step()
        self.rest()

    def step(self) -> None:
        """Something happens. Raises LawBrokenError."""
        self.steps += 1
        happen(self.stage, self._rng)
        if self.steps % LOOK_EVERY == 0:
            self._past.append(Remembered(self.stage.world.now, dict(self.stage.bench.balances)))
            self.look()
        if self.steps % COMPACT_EVERY == 0:
            self.compact()

    def compact(self) -> None:
        """Judge the past, and take out what happened more than an hour ago and before any open request."""
        stage, now = self.stage, self.stage.world.now
        with stage.bench.storage.read() as uow:
            judge(past_adds_up(uow, self._past))
            oldest = uow.compaction.oldest_open()
        self._past.clear()
        before = now - _KEPT if oldest is None else min(now - _KEPT, oldest[1])
        stage.bench.figures.moves["compact"] += stage.bench.take_out(self._rng, now, before) > 0

    def look(self) -> None:
        """Judge everything that must hold at any moment. Raises LawBrokenError."""
        with self.stage.bench.storage.read() as uow:
            judge(laws.ledger_adds_up(uow))
            records = orders_of(uow, [each for each in self.stage.world.orders() if each not in self._closed])
            for record in records:
                judge(laws.order_adds_up(uow, record))
                judge(kit_laws.kits_stay_whole(uow, record))
        # Looked at once more after they were closed, they are left alone until the history comes to rest.
        self._closed |= {record.order_id for record in records if laws.is_closed(record)}

    def rest(self) -> None:
        """Bring it to rest and judge it. Raises LawBrokenError."""
        # Told to the last, a shop has not sold since: only a sale shows whether it is filled up again.
        calm.rest(self.stage, self._rng)
        shop_moves.sell_one_each(self.stage)
        calm.rest(self.stage, self._rng)
        self._closed.clear()
        self.look()
        with self.stage.bench.storage.read() as uow:
            judge(past_adds_up(uow, self._past))
            judge_rest(uow, self.stage.world)
        self._past.clear()


def happen(stage: Stage, rng: random.Random) -> None:
    """Something happens, and what must hold after every step is judged. Raises LawBrokenError."""
    stage.advance(rng)
    moved = False
    while not moved:
        move = rng.choices(_MOVES, weights=_WEIGHTS)[0]
        moved = move(stage, rng)
    stage.bench.figures.moves[move.__name__] += 1
    with stage.lock:
        for depot in stage.depots():
            depot.tidy()
        judge(laws.nothing_oversold(stage.depots()))


def judge_rest(uow: UnitOfWork, world: World) -> None:
    """Judge what must hold once everything was delivered, shipped and counted. Raises LawBrokenError."""
    balances = {(each.sku, each.location): each for each in uow.ledger.balances(world.skus)}
    records = orders_of(uow, world.orders())
    judge(laws.nothing_refused(uow))
    judge(laws.nothing_leaked(uow, records, balances))
    judge(laws.shelves_agree(world, balances))
    judge(laws.shipments_agree(world, records))
    judge(laws.demand_agrees(world, records))
    judge(kit_laws.told_kits_have_left(uow, world, records))
    sold = {shop.channel.channel: shop.channel.quota_since(world.now) for shop in world.shops.values()}
    gone = sold_units(records, sold)
    judge(laws.shown_can_be_shipped(world, waiting_units(records), gone))
    waiting = [(record.order.channel, open_units(record)) for record in records]
    judge(kit_laws.shown_kits_can_be_shipped(world, waiting, gone))


def judge(found: Iterable[Broken]) -> None:
    """Raises LawBrokenError where anything was found."""
    broken = list(found)
    if broken:
        raise LawBrokenError(broken)


def orders_of(uow: UnitOfWork, order_ids: Iterable[OrderId]) -> list[OrderRecord]:
    """Those of the orders that the hub has taken."""
    found = (uow.orders.get(order_id) for order_id in order_ids)
    return [record for record in found if record is not None]


def sold_units(
    records: Iterable[OrderRecord], since: Mapping[ChannelId, datetime | None]
) -> dict[tuple[ChannelId, Sku], Decimal]:
    """Units of orders that each channel placed since a moment, those cancelled left out."""
    units: dict[tuple[ChannelId, Sku], Decimal] = {}
    for record in records:
        begins = since[record.order.channel]
        counters = sold_counters(record)
        for line in sold_lines(record.order) if begins is None or record.order.placed_at >= begins else ():
            count, key = counters[line.line_id], (record.order.channel, line.sku or Sku(""))
            units[key] = units.get(key, Decimal(0)) + count.ordered - count.cancelled
    return units


def waiting_units(records: Iterable[OrderRecord]) -> dict[tuple[ChannelId, Sku], Decimal]:
    """Units that no location was asked for yet."""
    units: dict[tuple[ChannelId, Sku], Decimal] = {}
    for record in records:
        for sku, count in open_units(record).items():
            key = (record.order.channel, sku)
            units[key] = units.get(key, Decimal(0)) + count
    return units


def open_units(record: OrderRecord) -> dict[Sku, Decimal]:
    """Units by item of an order that no location was asked for yet."""
    units: dict[Sku, Decimal] = {}
    for line in record.order.lines:
        sku = line.sku or Sku("")
        units[sku] = units.get(sku, Decimal(0)) + record.counters[line.line_id].open
    return units
