"""What every benchmark shares: the raw database's commit rate, and one table of all that was measured."""

from __future__ import annotations

import json
import os
import platform
import sqlite3
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import psycopg

SECONDS = 1.5
RESULTS = Path(__file__).resolve().parents[2] / ".benchmarks" / "rates.json"
"""Where the figures go as JSON; git does not see it."""


@dataclass(frozen=True)
class Figure:
    """``per_second`` of something; ``raw_commits`` a second through the bare driver just before and after it."""

    database: str
    name: str
    per_second: float
    raw_commits: float
    note: str = ""

    @property
    def ratio(self) -> float:
        """A share of what the database can commit on this disk in these minutes."""
        return self.per_second / self.raw_commits if self.raw_commits else 0.0


def rate(job: Callable[[int], int]) -> float:
    """Units per second; ``job`` is told its turn and says how many units it did."""
    started, units, turn = time.perf_counter(), 0, 0
    while time.perf_counter() - started < SECONDS:
        units += job(turn)
        turn += 1
    return units / (time.perf_counter() - started)


def raw_commits(url: str) -> float:
    """One-row transactions per second through the driver alone."""
    if url.startswith("sqlite"):
        raw = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None, timeout=60)
        raw.execute("PRAGMA synchronous = FULL")
        raw.execute("CREATE TABLE IF NOT EXISTS raw_commits (id INTEGER PRIMARY KEY, note TEXT)")

        def commit_sqlite(turn: int) -> int:
            raw.execute("INSERT INTO raw_commits (note) VALUES ('x')")
            return 1

        found = rate(commit_sqlite)
        raw.close()
        return found
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS raw_commits (id bigserial PRIMARY KEY, note text)")

        def commit(turn: int) -> int:
            connection.execute("INSERT INTO raw_commits (note) VALUES ('x')")
            return 1

        return rate(commit)


def table(figures: list[Figure]) -> str:
    """All figures as text."""
    lines = [f"{'database':<12}{'measured':<44}{'per second':>12}{'raw commits':>13}{'ratio':>8}  note"]
    lines += [
        f"{each.database:<12}{each.name:<44}{each.per_second:>12,.1f}{each.raw_commits:>13,.0f}{each.ratio:>8.3f}"
        f"  {each.note}"
        for each in figures
    ]
    return "\n".join(lines)


def save(figures: list[Figure]) -> None:
    """Write them as JSON to RESULTS."""
    RESULTS.parent.mkdir(exist_ok=True)
    content = {
        "schema": "crossdock.benchmarks/1",
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "load": os.getloadavg(),
        "figures": [asdict(each) | {"ratio": round(each.ratio, 4)} for each in figures],
    }
    RESULTS.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
