"""How fast files of records are read, as a multiple of csv.reader with an int for each quantity over the same stock.

Every reader runs in turns with the plain one in a process of its own, so that its peak memory is its own; CPU seconds,
the best of each. Nothing is judged here; docs/reference/benchmarks.md says what the figures should be.
"""

from __future__ import annotations

import csv
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import pytest

from hub.mapping.records.format import Column, RecordFormat
from hub.mapping.records.tables import open_table
from hub.mapping.records.trees import Tree, open_tree
from hub.mapping.records.writing import write_records
from tests.benchmarks.figures import RESULTS

pytestmark = [pytest.mark.bench, pytest.mark.timeout(1200)]

ROWS = 300_000
_NAMES = ("sku", "quantity", "unit", "name", "price", "updated")
_TABLE = {name: Column(required=name in {"sku", "quantity"}) for name in _NAMES}
_WIDTHS = (12, 8, 4, 30, 10, 10)
_STARTS = (1, 13, 21, 25, 55, 65)
_ROUNDS = 2
READERS: tuple[tuple[str, RecordFormat], ...] = (
    ("csv", RecordFormat(kind="csv", columns=_TABLE)),
    ("csv, comments looked for", RecordFormat(kind="csv", columns=_TABLE, comment="#")),
    ("csv in gzip", RecordFormat(kind="csv", columns=_TABLE, archive="gzip")),
    (
        "fixed",
        RecordFormat(
            kind="fixed",
            columns={
                name: Column(start=start, width=width)
                for name, start, width in zip(_NAMES, _STARTS, _WIDTHS, strict=True)
            },
        ),
    ),
    ("xlsx", RecordFormat(kind="xlsx", columns=_TABLE)),
    ("json", RecordFormat(kind="json", records="feed.products")),
    ("xml", RecordFormat(kind="xml", records="/feed/product")),
)


@dataclass(frozen=True)
class Reading:
    """One reader over one file: rows, CPU seconds, ratio to the plain reader, peak memory in MB."""

    reader: str
    rows: int
    seconds: float
    ratio: float
    peak_mb: float


@pytest.fixture(scope="module")
def readings(pytestconfig: pytest.Config) -> Iterator[list[Reading]]:
    found: list[Reading] = []
    yield found
    rows = [f"| {one.reader} | {one.rows / one.seconds:,.0f} | {one.ratio:.2f} | {one.peak_mb:.0f} |" for one in found]
    path = RESULTS.with_name("records.json")
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps([asdict(one) for one in found], indent=1))
    head = "| file | rows a second | times the plain reader | peak MB |\n|---|---:|---:|---:|"
    capture = pytestconfig.pluginmanager.getplugin("capturemanager")
    with capture.global_and_fixture_disabled():
        print(f"\n\n{head}\n" + "\n".join(rows) + f"\n\n{path}")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same stock in every format."""
    path = tmp_path_factory.mktemp("records")
    for number, (_, form) in enumerate(READERS):
        with (path / f"{number}.body").open("wb") as stream:
            write_records(form, _trees(ROWS) if form.kind in {"json", "xml"} else _rows(ROWS), stream)
    return path


def _rows(count: int) -> Iterator[tuple[str, str, str, str, str, str]]:
    for number in range(count):
        name, price = f"Wooden toy no. {number % 977}", f"{number % 90}.95"
        yield f"SKU-{number:07d}", str(number % 500), "EA", name, price, "2026-11-23"


def _trees(count: int) -> Iterator[Tree]:
    for row in _rows(count):
        yield dict(zip(_NAMES, row, strict=True))


@pytest.mark.parametrize("number", range(len(READERS)), ids=[name for name, _ in READERS])
def test_rate_of_a_reader(number: int, folder: Path, readings: list[Reading]) -> None:
    command = [sys.executable, "-m", "tests.benchmarks.test_record_rates", str(folder), str(number)]
    answer = subprocess.run(command, check=True, capture_output=True, text=True, timeout=600)
    readings.append(Reading(**json.loads(answer.stdout)))


def _plain(path: Path) -> None:
    with path.open(newline="", encoding="utf-8") as stream:
        reader = csv.reader(stream)
        next(reader)
        for row in reader:
            int(row[1])


def _ours(form: RecordFormat, path: Path) -> None:
    if form.kind in {"json", "xml"}:
        for _, tree in open_tree(form, path.name, path):
            assert isinstance(tree, dict)
            int(str(tree["quantity"]))
        return
    for batch in open_table(form, path.name, path).batches():
        for row in batch.rows:
            int(row[1])


def _seconds(job: Callable[[], None]) -> float:
    began = time.process_time()
    job()
    return time.process_time() - began


def main() -> None:
    """Measure one reader and print it as JSON."""
    folder, number = Path(sys.argv[1]), int(sys.argv[2])
    name, form = READERS[number]
    body = folder / f"{number}.body"
    ours = [_seconds(lambda: _ours(form, body))]
    [line] = [line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM")]
    plain = []
    for _ in range(_ROUNDS):
        plain.append(_seconds(lambda: _plain(folder / "0.body")))
        ours.append(_seconds(lambda: _ours(form, body)))
    reading = Reading(name, ROWS, min(ours), min(ours) / min(plain), int(line.split()[1]) / 1024)
    print(json.dumps(asdict(reading)))


if __name__ == "__main__":
    main()
