"""The market: many buyers at once for fewer units than they want."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from hub.flows.cancel_order import cancel_order
from hub.flows.record_stock import record_stock
from hub.flows.route_order import route_order
from hub.flows.take_order import take_order
from hub.model.fulfilment import RequestKind
from hub.model.identity import ChannelId, ConnectionId, LineId, LocationId, OrderId, PartnerId, Sku
from hub.model.network import Channel, Location, Network
from hub.model.order import Order, OrderLine
from hub.model.returns import Cancellation
from hub.model.stock import CountBasis, FeedMode, StockReport, StockRow
from hub.ports import Storage
from hub.proving.bench import Bench, Figures, LawBrokenError
from hub.proving.laws import Broken

SHOP, STALL = ChannelId("market"), LocationId("stall")
_OWNER = ConnectionId("stall")

NETWORK = Network(
    locations=(Location(location=STALL, kind=RequestKind.WAREHOUSE, partner=PartnerId("stall"), connection=_OWNER),),
    channels=(Channel(channel=SHOP, connection=ConnectionId("market"), sells_from=(STALL,)),),
)


@dataclass(frozen=True, slots=True)
class Round:
    """How many buyers, in how many threads, want one of how many units."""

    buyers: int = 200
    units: int = 50
    threads: int = 64


def play(storage: Storage, number: int, now: datetime, size: Round, figures: Figures) -> None:
    """One round: everybody buys at once, exactly the units that are there are promised, and once everybody has
    cancelled nothing is held. Raises LawBrokenError."""
    sku = Sku(f"MARKET-{number}")
    bench = Bench(storage, NETWORK, [sku], watched=False)
    rng = random.Random(number)
    bench.run(rng, now, lambda work: record_stock(work, _count(sku, size.units, now)))
    orders = [_order(sku, f"{number}-{buyer}", now) for buyer in range(size.buyers)]
    at = now + timedelta(seconds=1)

    def buy(order: Order) -> None:
        bench.run(random.Random(order.number), at, lambda work: take_order(work, order))
        bench.run(random.Random(order.number), at, lambda work: route_order(work, order.order_id))

    def give_back(order: Order) -> None:
        bench.run(random.Random(order.number), at, lambda work: cancel_order(work, _cancellation(order, at)))

    with ThreadPoolExecutor(size.threads) as pool:
        list(pool.map(buy, orders))
        _judge(storage, sku, [each.order_id for each in orders], promised=min(size.units, size.buyers))
        list(pool.map(give_back, orders))
    _judge(storage, sku, [each.order_id for each in orders], promised=0)
    figures.transactions += bench.figures.transactions
    figures.retries += bench.figures.retries
    figures.moves["market"] += 1


def _judge(storage: Storage, sku: Sku, order_ids: list[OrderId], *, promised: int) -> None:
    broken = []
    with storage.read() as uow:
        [balance] = uow.ledger.balances([sku])
        held = sum(
            (
                sum(uow.ledger.held(request.request_id).values(), Decimal(0))
                for order_id in order_ids
                for request in uow.requests.for_order(order_id)
            ),
            Decimal(0),
        )
        if balance.reserved > balance.on_hand:
            broken.append(
                Broken("3 promises are covered", f"{balance.reserved:f} promised of {balance.on_hand:f} {sku}")
            )
        if balance.reserved != promised or held != promised:
            words = f"{balance.reserved:f} reserved and {held:f} held of {sku}, {promised} are right"
            broken.append(Broken("market", words))
        broken += [Broken("2 sums are balances", words) for words in uow.ledger.drift()]
    if broken:
        raise LawBrokenError(broken)


def _count(sku: Sku, units: int, now: datetime) -> StockReport:
    row = StockRow(sku=sku, location=STALL, basis=CountBasis.ON_HAND, quantity=Decimal(units))
    return StockReport(
        connection=_OWNER, reference=f"count-{sku}", as_of=now, mode=FeedMode.DELTA, locations=(STALL,), rows=(row,)
    )


def _order(sku: Sku, name: str, now: datetime) -> Order:
    line = OrderLine(line_id=LineId("1"), sku=sku, quantity=Decimal(1))
    return Order(channel=SHOP, external_id=name, number=name, placed_at=now, lines=(line,))


def _cancellation(order: Order, now: datetime) -> Cancellation:
    return Cancellation(channel=SHOP, external_id=order.external_id, cancelled_at=now)
