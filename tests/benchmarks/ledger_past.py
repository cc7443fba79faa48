"""A million entries of one item: how long a question about its past takes, and what the tables hold, before and after
day sums and compaction. A process of its own: ``python -m tests.benchmarks.ledger_past URL ENTRIES DAYS``.
"""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine

from hub.model.identity import LocationId, Sku
from hub.model.ledger import Balance, Cause, Movement
from hub.model.network import Network
from hub.ports import Storage
from hub.storage import open_storage
from hub.sync.checkpoints import make_checkpoints
from hub.sync.compaction import compact

KITE, DEPOT = Sku("KITE"), LocationId("depot")
BEGIN = datetime(2023, 1, 1, tzinfo=UTC)
PART = 5_000
ASKED = 5
TABLES = ("movements", "day_sums", "compacted_sums", "spent_keys")


def main(url: str, entries: int, days: int) -> dict[str, Any]:
    """Milliseconds of each question (the middle of five), seconds of each step, megabytes of the tables."""
    end = BEGIN + timedelta(days=days)
    storage = open_storage(url, clock=lambda: end)
    for part in _parts(entries, days):
        with storage.begin() as uow:
            uow.ledger.move(part)
    with storage.begin() as uow:
        uow.ledger.counted([KITE], DEPOT, end, None)
    _tidy(url)
    questions = _questions(end)
    before, answers = _asked(storage, questions)
    found: dict[str, Any] = {"ms before": before, "MB before": _megabytes(url)}
    found["seconds of sums"] = _timed(lambda: make_checkpoints(storage, lambda: False))
    _tidy(url)
    after, same = _asked(storage, questions)
    assert answers == same
    found |= {"ms with sums": after, "MB with sums": _megabytes(url)}
    with tempfile.TemporaryDirectory() as folder:
        network, boundary = Network(), end - timedelta(days=days // 10)
        found["seconds of compaction"] = _timed(lambda: compact(storage, network, end, boundary, Path(folder)))
        found["MB of the archive"] = sum(each.stat().st_size for each in Path(folder).iterdir()) / 1e6
    _tidy(url)
    compacted, same = _asked(storage, questions)
    assert answers == same
    storage.close()
    return {**found, "ms compacted": compacted, "MB compacted": _megabytes(url)}


def _parts(entries: int, days: int) -> Iterator[list[Movement]]:
    """Sales all day long; every twentieth is heard of a day late."""
    step = timedelta(days=days) / entries
    for start in range(0, entries, PART):
        part = []
        for number in range(start, min(start + PART, entries)):
            at = BEGIN + step * number
            late = timedelta(days=1) if number % 20 == 0 else timedelta()
            cause = Cause.SHIPMENT if number % 50 else Cause.COUNT
            name, units = f"shipment:{number:09d}:1:KITE:depot", Decimal(number % 7 - 3)
            part.append(Movement(name, KITE, DEPOT, units, cause, at, at + late, reference=f"order-{number}"))
        yield part


def _questions(end: datetime) -> dict[str, tuple[datetime, datetime]]:
    """Moments after the boundary in the last tenth, and the end of a day in the middle of all."""
    noon = end.replace(hour=12) - timedelta(days=20)
    middle = (BEGIN + (end - BEGIN) / 2).replace(hour=23, minute=59, second=59, microsecond=999_999)
    return {
        "now": (end, end),
        "noon of a day, as known now": (noon, end),
        "noon of a day, as known at noon of the next": (noon, noon + timedelta(days=1)),
        "the end of a day in the middle, as known then": (middle, middle),
    }


def _asked(
    storage: Storage, questions: dict[str, tuple[datetime, datetime]]
) -> tuple[dict[str, float], list[list[Balance]]]:
    taken, answers = {}, []
    for name, (moment, known) in questions.items():
        times = []
        for _ in range(ASKED):
            started = time.perf_counter()
            with storage.read() as uow:
                answer = uow.ledger.as_of(moment, known, [KITE])
            times.append(time.perf_counter() - started)
        taken[name] = 1000 * statistics.median(times)
        answers.append(answer)
    return taken, answers


def _timed(job: Callable[[], object]) -> float:
    started = time.perf_counter()
    job()
    return time.perf_counter() - started


def _tidy(url: str) -> None:
    """Give space back and take statistics, so that tables can be compared."""
    engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql("VACUUM" if url.startswith("sqlite") else "VACUUM FULL ANALYZE")
    engine.dispose()


def _megabytes(url: str) -> dict[str, float]:
    """The size of each table with its indices; on SQLite only that of the file is known."""
    if url.startswith("sqlite"):
        return {"all": Path(url.removeprefix("sqlite:///")).stat().st_size / 1e6}
    engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.connect() as connection:
        sizes = {
            name: float(connection.exec_driver_sql(f"SELECT pg_total_relation_size('{name}')").scalar_one()) / 1e6
            for name in TABLES
        }
    engine.dispose()
    return {**sizes, "all": sum(sizes.values())}


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))))
