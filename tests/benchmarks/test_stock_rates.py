"""How fast snapshots of stock are taken in, as a share of a plain bulk upsert of the same rows in the same process, and
what it costs to look again at one item.

Every run is a process of its own, so that its peak memory is its own. Seconds say what a user waits; CPU seconds, of
the process and of the database server together, are what a busy machine does not blur. Nothing is judged here;
docs/reference/benchmarks.md says what the figures should be.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from tests.benchmarks.figures import RESULTS

pytestmark = [pytest.mark.bench, pytest.mark.timeout(3600)]

ROWS = 1_000_000
LOCATIONS, SKUS = 50, 10_000

Report = Callable[[str, dict[str, Any]], None]


@pytest.fixture(scope="module")
def report(pytestconfig: pytest.Config) -> Report:
    """Prints what was taken in on a database and shape as soon as it is known, and writes all so far as JSON."""
    found: dict[str, Any] = {}
    path = RESULTS.with_name("stock.json")
    capture = pytestconfig.pluginmanager.getplugin("capturemanager")

    def tell(name: str, taken: dict[str, Any]) -> None:
        found[name] = taken
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
        with capture.global_and_fixture_disabled():
            print(f"\n\n{name}\n{_table(taken)}\n\n{path}", flush=True)

    return tell


def _table(taken: dict[str, Any]) -> str:
    if "upsert" not in taken:
        return "\n".join(f"| {name} | {milliseconds:.2f} ms of CPU per SKU |" for name, milliseconds in taken.items())
    head = "| taken in | seconds | ratio | CPU seconds | CPU ratio | peak MB |\n|---|---:|---:|---:|---:|---:|"
    upserts = [taken["upsert"], taken["upsert, again"]]
    mean = {what: sum(one[what] for one in upserts) / len(upserts) for what in ("seconds", "cpu")}
    rows = [
        f"| {name} | {one['seconds']:.1f} | {mean['seconds'] / one['seconds']:.2f} | {one['cpu']:.1f}"
        f" | {mean['cpu'] / one['cpu']:.2f} | {one['peak_mb']:.0f} |"
        for name, one in taken.items()
    ]
    return "\n".join([head, *rows])


def _run(what: str, url: str, locations: int, skus: int) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.benchmarks.stock_intake", what, url, str(locations), str(skus)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=3000, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_snapshots_of_a_million_rows(durable_url: str, report: Report) -> None:
    name = f"{durable_url.partition(':')[0]}, {ROWS:,} SKUs at a location"
    report(name, _run("intake", durable_url, 1, ROWS))


def test_one_item_is_looked_at_again(durable_url: str, report: Report) -> None:
    name = f"{durable_url.partition(':')[0]}, one movement among {SKUS:,} SKUs at {LOCATIONS} locations"
    report(name, _run("recompute", durable_url, LOCATIONS, SKUS))
