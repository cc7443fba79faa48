"""How fast storage is, as a share of what the raw database can commit in the same minutes on the same disk.

Absolute rates of a shared machine say little; the ratio to one-row commits through the bare driver does. Nothing is
judged here. ``make bench`` prints the table.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from hub.model.identity import Sku
from hub.ports import Storage
from hub.storage import open_storage
from tests.contract.storage.rows import document, movement, promise
from tests.fakes.postgres import PostgresMissingError, postgres_server
from tests.fakes.storage import NOW

pytestmark = pytest.mark.bench

SECONDS = 1.5
SKUS = [Sku(f"SKU{number}") for number in range(200)]
BODY = b"ST*850*0001~" + b"PO1*1*2*EA*9.50*PE*VN*ROBOT~" * 40


def rate(job: Callable[[int], int]) -> float:
    """Units per second; ``job`` is told its turn and says how many units it did."""
    started, units, turn = time.perf_counter(), 0, 0
    while time.perf_counter() - started < SECONDS:
        units += job(turn)
        turn += 1
    return units / (time.perf_counter() - started)


def in_threads(count: int, job: Callable[[int], int]) -> float:
    with ThreadPoolExecutor(count) as pool:
        return sum(pool.map(lambda start: rate(lambda turn: job(start * 10_000_000 + turn)), range(count)))


@pytest.fixture(params=["sqlite", "postgres"])
def durable_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database that really writes to disk: the server of the contract tests has fsync off."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'hub.db'}"
        return
    try:
        with postgres_server(durable=True) as server:
            yield server.create()
    except PostgresMissingError as missing:
        pytest.skip(f"POSTGRESQL NOT MEASURED: {missing}")


def raw_commits(url: str) -> float:
    """One-row transactions per second through the driver alone."""
    if url.startswith("sqlite"):
        raw = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
        raw.execute("PRAGMA synchronous = FULL")
        raw.execute("CREATE TABLE raw_commits (id INTEGER PRIMARY KEY, note TEXT)")

        def commit_sqlite(turn: int) -> int:
            raw.execute("INSERT INTO raw_commits (note) VALUES ('x')")
            return 1

        found = rate(commit_sqlite)
        raw.close()
        return found
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE raw_commits (id bigserial PRIMARY KEY, note text)")

        def commit(turn: int) -> int:
            connection.execute("INSERT INTO raw_commits (note) VALUES ('x')")
            return 1

        return rate(commit)


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


def test_rates(durable_url: str, capsys: pytest.CaptureFixture[str]) -> None:
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
    with capsys.disabled():
        print(f"\n{durable_url.partition(':')[0]:<40}{'per second':>12}{'of raw commits':>16}")
        print(f"{'raw one-row commits':<40}{before:>12,.0f}{1:>16.2f}")
        for name, found in measured.items():
            print(f"{name:<40}{found:>12,.0f}{found / before:>16.2f}")
