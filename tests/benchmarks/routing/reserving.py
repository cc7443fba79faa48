"""Route and reserve: several writers, each a process, place orders on one PostgreSQL.

    python -m tests.benchmarks.routing.reserving --writers 8 --orders 400 --nodes 60

Each order is taken beforehand; what is measured is its routing: reading stock, deciding with the explanation, promising
the stock behind its guard, writing plan, requests and outbox, and the commit. Beside it stock of each order is promised
bare, in a transaction of its own. The server is the tests' own, with fsync off: what is told is the rate of the
decision, not of the disk. The rate is that of all orders by the time of the busiest writer.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Callable, Sequence
from decimal import Decimal
from multiprocessing import get_context
from typing import NamedTuple

from hub.flows.registry import record_item
from hub.flows.route_order import route_order
from hub.flows.work import Work
from hub.model.identity import ConnectionId, LocationId, OrderId, RequestId, Sku
from hub.model.ledger import Cause, Reservation
from hub.model.network import Network
from hub.ports import Storage, UnitOfWork
from hub.storage import open_storage
from tests.builders import NOW, a_location, a_network, a_report, an_order
from tests.fakes.postgres import postgres_server

ITEMS = 400
STOCKED = 0.14
"""Share of the items that a location has."""


class Result(NamedTuple):
    """Seconds of each order by the clock, and how often somebody else was first."""

    seconds: list[float]
    conflicts: int


def network_of(nodes: int) -> Network:
    """Locations of different costs; all ship for one channel."""
    dice = random.Random(nodes)
    places = [
        a_location(f"l{n:03d}", per_request=f"{dice.randint(400, 900) / 100:.2f}", per_unit="0.35")
        for n in range(nodes)
    ]
    return a_network(*places)


def stock_of(network: Network) -> dict[LocationId, dict[str, int | str]]:
    """Units by location and item."""
    dice = random.Random(len(network.locations))
    return {
        each.location: {f"S{n}": dice.randint(1, 6) for n in range(ITEMS) if dice.random() < STOCKED}
        for each in network.locations
    }


def main() -> None:
    """As the module's docstring says."""
    ask = argparse.ArgumentParser(prog="python -m tests.benchmarks.routing.reserving")
    ask.add_argument("--writers", type=int, default=8)
    ask.add_argument("--orders", type=int, default=400)
    ask.add_argument("--nodes", type=int, default=60)
    given = ask.parse_args()
    with postgres_server() as server:
        for name, job in (("route and reserve", _route), ("bare reservation", _reserve)):
            url = server.create()
            orders = _prepare(url, given.nodes, given.orders)
            results = _in_parallel(job, url, given.nodes, given.writers, orders)
            print(_line(name, results), _oversold(url, given.nodes))


def _line(name: str, results: Sequence[Result]) -> str:
    took = max(sum(result.seconds) for result in results)
    seconds = sorted(second for result in results for second in result.seconds)
    p50, p99 = (seconds[int(len(seconds) * share)] * 1000 for share in (0.5, 0.99))
    conflicts = sum(result.conflicts for result in results)
    return f"{name}: {len(seconds) / took:.0f} orders/s, p50 {p50:.1f} ms, p99 {p99:.1f} ms, {conflicts} times again,"


def _work(unit: UnitOfWork, network: Network, connection: str | None = None) -> Work:
    return Work(unit, network, NOW, None, "bench", ConnectionId(connection) if connection else None)


def _storage(url: str) -> Storage:
    return open_storage(url, clock=lambda: NOW)


def _prepare(url: str, nodes: int, count: int) -> list[OrderId]:
    """Stock and orders; each item is wanted a little more often than there are units of it."""
    network, dice = network_of(nodes), random.Random(1)
    storage = _storage(url)
    with storage.begin() as unit:
        for location, figures in stock_of(network).items():
            record_item(_work(unit, network, location), a_report(location, figures))
    orders = []
    for number in range(1, count + 1):
        lines = {f"S{int(ITEMS * dice.random() ** 2)}": dice.choice((1, 1, 1, 2)) for _ in range(_lines(dice))}
        order = an_order(number, "1", **lines)
        with storage.begin() as unit:
            record_item(_work(unit, network, "shop"), order)
        orders.append(order.order_id)
    storage.close()
    return orders


def _lines(dice: random.Random) -> int:
    lines = 1
    while lines < 8 and dice.random() < 0.38:
        lines += 1
    return lines


def _in_parallel(
    job: Callable[[str, int, Sequence[OrderId]], Result], url: str, nodes: int, writers: int, orders: Sequence[OrderId]
) -> list[Result]:
    with get_context("spawn").Pool(writers) as pool:
        return pool.starmap(job, [(url, nodes, orders[writer::writers]) for writer in range(writers)])


def _route(url: str, nodes: int, orders: Sequence[OrderId]) -> Result:
    network, storage, seconds, conflicts = network_of(nodes), _storage(url), list[float](), 0
    for order_id in orders:
        began = time.perf_counter()
        while True:
            with storage.begin() as unit:
                again = route_order(_work(unit, network), order_id)
            # A second later means that somebody was first three times; longer, that there is no stock.
            if again is None or (again - NOW).total_seconds() > 1:
                break
            conflicts += 1
        seconds.append(time.perf_counter() - began)
    storage.close()
    return Result(seconds, conflicts)


def _reserve(url: str, nodes: int, orders: Sequence[OrderId]) -> Result:
    """Each line from a location that had it in the beginning: what is gone is refused, which is as much work."""
    network, storage, seconds, conflicts = network_of(nodes), _storage(url), list[float](), 0
    stocked: dict[str, list[LocationId]] = {}
    for location, figures in stock_of(network).items():
        for sku in figures:
            stocked.setdefault(sku, []).append(location)
    dice = random.Random(orders[0])
    for order_id in orders:
        began = time.perf_counter()
        with storage.begin() as unit:
            record = unit.orders.get(order_id, lock=True)
            rows = [
                Reservation(
                    key=f"bare:{order_id}:{line.line_id}",
                    sku=line.sku,
                    location=dice.choice(stocked[line.sku]),
                    quantity=line.quantity,
                    order_id=order_id,
                    line_id=line.line_id,
                    request_id=RequestId(f"bare-{order_id}"),
                    cause=Cause.RESERVATION,
                    recorded_at=NOW,
                )
                for line in (record.order.lines if record else ())
                if line.sku is not None and line.sku in stocked
            ]
            conflicts += bool(unit.ledger.reserve(rows, {}))
        seconds.append(time.perf_counter() - began)
    storage.close()
    return Result(seconds, conflicts)


def _oversold(url: str, nodes: int) -> str:
    storage = _storage(url)
    skus = [Sku(f"S{n}") for n in range(ITEMS)]
    with storage.read() as unit:
        balances = unit.ledger.balances(skus, [location.location for location in network_of(nodes).locations])
    storage.close()
    below = [each for each in balances if each.reserved > each.on_hand - each.unavailable]
    reserved = sum((each.reserved for each in balances), Decimal(0))
    return f"oversold {len(below)}, {reserved:f} units reserved"


if __name__ == "__main__":
    main()
