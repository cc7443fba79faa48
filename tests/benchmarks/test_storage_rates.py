"""How fast storage is, as a share of what the raw database can commit in the same minutes on the same disk.

Absolute rates of a shared machine say little; the ratio to one-row commits through the bare driver does. Nothing is
judged here. ``make bench`` prints the table.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from hub.model.identity import Sku
from hub.ports import Storage
from hub.storage import open_storage
from tests.benchmarks.figures import Figure, rate, raw_commits
from tests.contract.storage.rows import document, movement, promise
from tests.fakes.storage import NOW

pytestmark = pytest.mark.bench

SKUS = [Sku(f"SKU{number}") for number in range(200)]
BODY = b"ST*850*0001~" + b"PO1*1*2*EA*9.50*PE*VN*ROBOT~" * 40


def in_threads(count: int, job: Callable[[int], int]) -> float:
    with ThreadPoolExecutor(count) as pool:
        return sum(pool.map(lambda start: rate(lambda turn: job(start * 10_000_000 + turn)), range(count)))


def reserve(storage: Storage, size: int, spread: bool) -> Callable[[int], int]:
    def job(turn: int) -> int:
        rows = [
            promise(
                f"p{size}{spread}-{turn}-{index}",
                1,
                sku=SKUS[(turn * size + index) % len(SKUS)] if spread else SKUS[0],
                request_id=f"P{size}{spread}-{turn}",
                line=str(index),
            )
            for index in range(size)
        ]
        with storage.begin() as work:
            assert work.ledger.reserve(rows, {}) == []
        return size

    return job


def receive(storage: Storage, size: int) -> Callable[[int], int]:
    def job(turn: int) -> int:
        rows = [document(f"{size}-{turn}-{index}", BODY) for index in range(size)]
        with storage.begin() as work:
            work.inbox.add(rows, "orders")
            work.inbox.advance(rows[0].connection, "orders", str(turn))
        return size

    return job


def test_rates(durable_url: str, figures: list[Figure]) -> None:
    storage = open_storage(durable_url, clock=lambda: NOW)
    with storage.begin() as work:
        work.ledger.move([movement(f"m{sku}", 9_000_000, sku=sku) for sku in SKUS])
    before = raw_commits(durable_url)
    measured = {
        "reservations, one SKU": rate(reserve(storage, 1, spread=False)),
        "reservations, 200 SKUs": rate(reserve(storage, 1, spread=True)),
        "reservations, 200 SKUs, 4 threads": in_threads(4, reserve(storage, 2, spread=True)),
        "reservations, 100 in a transaction": rate(reserve(storage, 100, spread=True)),
        "inbox documents": rate(receive(storage, 1)),
        "inbox documents, 50 in a transaction": rate(receive(storage, 50)),
    }
    storage.close()
    raw = (before + raw_commits(durable_url)) / 2
    database = durable_url.partition(":")[0]
    figures.extend(Figure(database, name, found, raw) for name, found in measured.items())
