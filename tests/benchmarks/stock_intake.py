"""A snapshot of a million rows taken in by the hub, beside a plain bulk upsert of the same rows, in one process.

``python -m tests.benchmarks.stock_intake intake|recompute URL LOCATIONS SKUS`` prints one JSON object. The upsert is
what a competent user would write against the bare driver: a table with the primary key of our balances, one
transaction, a prepared statement on SQLite and COPY with INSERT ... ON CONFLICT on PostgreSQL, with the durability
settings of the hub. The hub stages, compares, writes ledger and balances, and has channels told, with what ``hub/sync``
calls for it. ``recompute`` is what a channel is told after that, when single figures move.
"""

from __future__ import annotations

import gc
import json
import os
import sqlite3
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import cast

import psycopg

from hub.cli.run import spare_collector
from hub.flows.publish_quantities import publish_quantities, quantities_now
from hub.flows.record_feed import record_feed
from hub.flows.work import Work
from hub.mapping.codebook import Codebook
from hub.mapping.x12_profile import X12Party, X12Profile
from hub.model.document import Direction, Document
from hub.model.identity import ConnectionId, DocumentId, LocationId, PartnerId, Sku
from hub.model.ledger import Cause, Movement
from hub.model.network import CountingRule, MissingMeans, Network
from hub.model.stock import CountBasis, FeedMode, FeedRow, StockBatch, StockFeed
from hub.ports import Storage, UnitOfWork
from hub.sdk.capabilities import Parsed
from hub.sdk.x12.translate.big_files import fed
from hub.storage import open_storage
from hub.sync.runtime import Turn
from hub.sync.staging import staged
from tests.benchmarks.x12_readers import peak_mb
from tests.builders import NOW, a_location, a_network

BATCH = 5_000
MOST = 1_000
_TURNS = 101
_SCALE = 1_000_000
_RULE = CountingRule(missing=MissingMeans.ZERO, basis=CountBasis.AVAILABLE)
_PARTNER = ConnectionId("mega")
_UPSERT = "ON CONFLICT (sku, location) DO UPDATE SET quantity = excluded.quantity"


@dataclass(frozen=True)
class Snapshot:
    """Every SKU at every location, file order; ``shift`` moves the figure of every ``each``-th row."""

    locations: int
    skus: int
    shift: int = 0
    each: int = 1

    def __iter__(self) -> Iterator[tuple[str, str, int]]:
        for place in range(self.locations):
            where = f"mega-{place:02d}"
            for number in range(self.skus):
                moved = self.shift if number % self.each == 0 else 0
                yield f"MG-{number:07d}", where, (number * 7919 + moved) % MOST + 1


@dataclass(frozen=True)
class Taken:
    """What one job took: seconds, CPU seconds of this process and of the database server, most memory held until then
    in MB."""

    seconds: float
    cpu: float
    peak_mb: float


def taken(job: Callable[[], object], server: int | None) -> Taken:
    """Do it. ``server``: process id of PostgreSQL's postmaster."""
    began, cpu = time.perf_counter(), time.process_time() + server_cpu(server)
    job()
    return Taken(time.perf_counter() - began, time.process_time() + server_cpu(server) - cpu, peak_mb())


def server_cpu(postmaster: int | None) -> float:
    """CPU seconds of all that PostgreSQL runs, its connections above all; zero without one."""
    if postmaster is None:
        return 0.0
    ticks = 0
    for status in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            fields = status.read_text().rpartition(")")[2].split()
            if int(fields[1]) == postmaster:
                ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


class RawSqlite:
    """The driver alone, as our engine sets it up."""

    server = None

    def __init__(self, url: str) -> None:
        self._connection = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = FULL")
        self._connection.execute(_TABLE)

    def upsert(self, rows: Snapshot) -> None:
        """All rows in one transaction."""
        self._connection.execute("BEGIN IMMEDIATE")
        self._connection.executemany(f"INSERT INTO plain VALUES (?, ?, ?) {_UPSERT}", rows)
        self._connection.execute("COMMIT")

    def close(self) -> None:
        """Give the space back."""
        self._connection.execute("DROP TABLE plain")
        self._connection.close()


class RawPostgres:
    """The driver alone, with synchronous commit as our engine has it."""

    def __init__(self, url: str) -> None:
        self._connection = psycopg.connect(url)
        status = Path(f"/proc/{self._connection.info.backend_pid}/stat").read_text()
        self.server: int | None = int(status.rpartition(")")[2].split()[1])
        self._connection.execute(_TABLE)
        self._connection.commit()

    def upsert(self, rows: Snapshot) -> None:
        """All rows in one transaction."""
        self._connection.execute("CREATE TEMP TABLE incoming (LIKE plain) ON COMMIT DROP")
        with self._connection.cursor().copy("COPY incoming FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        self._connection.execute(f"INSERT INTO plain SELECT * FROM incoming {_UPSERT}")
        self._connection.commit()

    def close(self) -> None:
        """Give the space back."""
        self._connection.execute("DROP TABLE plain")
        self._connection.commit()
        self._connection.close()


_TABLE = "CREATE TABLE plain (sku text, location text, quantity bigint, PRIMARY KEY (sku, location))"


class _Lane:
    """As much of a lane's turn as staging asks for; nobody else works here."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    def keep(self) -> None:
        """It is ours."""

    def begin(self) -> AbstractContextManager[UnitOfWork]:
        """A transaction."""
        return self._storage.begin()


class Hub:
    """Takes snapshots in, each an hour after the one before."""

    def __init__(self, url: str, locations: int) -> None:
        self.storage = open_storage(url, clock=lambda: NOW)
        places = [
            a_location(f"mega-{place:02d}", counting=_RULE).model_copy(update={"connection": _PARTNER})
            for place in range(locations)
        ]
        self.network: Network = a_network(*places)
        self._taken = 0

    def take_in(self, rows: Snapshot) -> None:
        """Rows as a source gives them, to books."""
        self._taken += 1
        self._record(self._stored(b"")[0], self._pieces(rows))

    def take_in_file(self, rows: Snapshot) -> None:
        """A stored 846, to books."""
        self._taken += 1
        document, stored = self._stored(b"".join(_x12(rows, self._moment())))
        book = Codebook(
            connection=_PARTNER,
            partner=PartnerId("mega"),
            x12=X12Profile(us=X12Party(id="HUB"), partner=X12Party(id="MEGA"), item_ids=("VN",)),
            identity=True,
            default_location=self.network.locations[0].location,
        )
        self._record(document, fed(stored, book, {}))

    def _moment(self) -> datetime:
        return NOW - timedelta(days=10) + timedelta(hours=self._taken)

    def _stored(self, body: bytes) -> tuple[DocumentId, Document]:
        raw = Document(
            connection=_PARTNER,
            direction=Direction.INBOUND,
            kind="x12",
            source_id=f"snapshot {self._taken}",
            body=body,
            at=NOW,
        )
        with self.storage.begin() as unit:
            added = unit.documents.add(raw)
        assert added is not None
        return added, raw

    def _pieces(self, rows: Snapshot) -> Iterator[StockBatch | Parsed]:
        """As a partner's translator gives them: one object for each different text and figure."""
        names = {f"mega-{place:02d}": LocationId(f"mega-{place:02d}") for place in range(rows.locations)}
        figures = [Decimal(number) for number in range(MOST + 1)]
        one, source = Decimal(1), iter(rows)
        while batch := list(islice(source, BATCH)):
            found: list[FeedRow] = [
                (Sku(sku), names[where], CountBasis.AVAILABLE, figures[quantity], "EA", one)
                for sku, where, quantity in batch
            ]
            yield StockBatch(1, found)
        feed = StockFeed(
            connection=_PARTNER,
            reference=f"snapshot {self._taken}",
            as_of=self._moment(),
            mode=FeedMode.FULL,
            locations=tuple(names.values()),
            number=1,
            rows=rows.locations * rows.skus,
        )
        yield Parsed((feed,))

    def _record(self, document: DocumentId, pieces: Iterator[StockBatch | Parsed]) -> None:
        parsed = staged(cast(Turn, _Lane(self.storage)), document, pieces)
        (feed,) = parsed.items
        assert isinstance(feed, StockFeed)
        with self.storage.begin() as unit:
            record_feed(Work(unit, self.network, NOW, document, "bench", _PARTNER), feed)
            unit.feeds.clear(document)
        with self.storage.read() as unit:
            assert [] == unit.quarantine.open(limit=1), "the hub does not believe the benchmark's snapshot"


def _x12(rows: Snapshot, moment: datetime) -> Iterator[bytes]:
    day, hour = f"{moment:%Y%m%d}", f"{moment:%H%M}"
    yield (
        "ISA*00*          *00*          *ZZ*MEGA           *ZZ*HUB            "
        f"*{day[2:]}*{hour}*U*00401*000000001*0*P*>~"
        f"GS*IB*MEGA*HUB*{day}*{hour}*1*X*004010~ST*846*0001~BIA*00*DD*F1*{day}*{hour}~"
    ).encode()
    for number, (sku, _, quantity) in enumerate(rows, 1):
        yield f"LIN*{number}*VN*{sku}~QTY*33*{quantity}*EA~".encode()
    yield f"CTT*{min(rows.skus, 999_999)}~SE*{2 * rows.skus + 4}*0001~GE*1*1~IEA*1*000000001~".encode()


def measure(url: str, locations: int, skus: int) -> dict[str, Taken]:
    """What each job took."""
    first = Snapshot(locations, skus)
    some, most = Snapshot(locations, skus, shift=1, each=20), Snapshot(locations, skus, shift=2)
    hub = Hub(url, locations)
    raw: RawSqlite | RawPostgres = RawSqlite(url) if url.startswith("sqlite") else RawPostgres(url)
    jobs: dict[str, Callable[[], object]] = {
        "upsert into an empty table": lambda: raw.upsert(first),
        "upsert": lambda: raw.upsert(some),
        "first load": lambda: hub.take_in(first),
        "nothing changed": lambda: hub.take_in(first),
        "5 % changed": lambda: hub.take_in(some),
        "all changed": lambda: hub.take_in(most),
        "upsert, again": lambda: raw.upsert(most),
    }
    if locations == 1:
        jobs["nothing changed, read from an 846"] = lambda: hub.take_in_file(most)
    found = {name: taken(job, raw.server) for name, job in jobs.items()}
    raw.close()
    with hub.storage.read() as unit:
        assert [] == unit.ledger.drift()
    return found


def recompute(url: str, locations: int, skus: int) -> dict[str, float]:
    """CPU milliseconds per SKU of looking again at what one movement changed: alone, and with 499 others; until it is
    worked out, and until the outbox has it too."""
    hub = Hub(url, locations)
    hub.take_in(Snapshot(locations, skus))
    shop = hub.network.channels[0]
    while True:
        with hub.storage.begin() as unit:
            if publish_quantities(Work(unit, hub.network, NOW), shop.channel) is None:
                break

    def worked_out(work: Work, moved: Sequence[Sku]) -> None:
        quantities_now(work, shop, moved)

    def told(work: Work, moved: Sequence[Sku]) -> None:
        work.touch(moved)
        publish_quantities(work, shop.channel)

    gc.collect()
    spare_collector()
    jobs: dict[str, _Look] = {"worked out": worked_out, "worked out and told": told}
    alone = [[turn * 37 % skus] for turn in range(_TURNS)]
    together = [range(first, first + 500) for first in range(0, 2_500, 500)]
    return {
        f"{name}, {words}": statistics.median(_moved(hub, job, each) for each in turns) / len(turns[0])
        for name, job in jobs.items()
        for words, turns in (("one SKU", alone), ("500 SKUs", together))
    }


_Look = Callable[[Work, Sequence[Sku]], None]


def _moved(hub: Hub, job: _Look, numbers: Sequence[int]) -> float:
    """CPU milliseconds of the job after one more unit of each was found."""
    where = hub.network.locations[0].location
    skus = [Sku(f"MG-{number:07d}") for number in numbers]
    with hub.storage.begin() as unit:
        unit.ledger.move(
            [
                Movement(f"found {sku} {time.monotonic_ns()}", sku, where, Decimal(1), Cause.RESTOCK, NOW, NOW)
                for sku in skus
            ]
        )
        work = Work(unit, hub.network, NOW)
        began = time.process_time()
        job(work, skus)
        return (time.process_time() - began) * 1_000


if __name__ == "__main__":
    what, database, places, items = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    if what == "recompute":
        print(json.dumps(recompute(database, places, items)))
    else:
        print(json.dumps({name: asdict(each) for name, each in measure(database, places, items).items()}))
