"""How fast X12 is read and checked, as a multiple of what plain Python takes to split the same file.

Every reader runs in a process of its own, so that its peak memory is its own; each pair with the split is run in turns
and the best of each counts. Nothing is judged here; docs/reference/benchmarks.md says what the figures should be.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import pytest

from tests.benchmarks.figures import RESULTS

pytestmark = [pytest.mark.bench, pytest.mark.timeout(1200)]

_HEADER = "ISA*00*          *00*          *ZZ*MEGA           *ZZ*HUB            *261122*1200*U*00401*000000001*0*P*>~"
_ROUNDS = 2
ITEMS = 1_000_000
FEW_ITEMS = 20_000
DOCUMENTS = 400


@dataclass(frozen=True)
class Reading:
    """One reader over one file: segments of the file, CPU seconds, ratio to the split, peak memory in MB."""

    file: str
    reader: str
    segments: int
    seconds: float
    ratio: float
    peak_mb: float


@pytest.fixture(scope="module")
def readings(pytestconfig: pytest.Config) -> Iterator[list[Reading]]:
    found: list[Reading] = []
    yield found
    rows = [
        f"| {one.file} | {one.reader} | {one.seconds / one.segments * 1e6:.2f} | {one.ratio:.1f} | {one.peak_mb:.0f} |"
        for one in found
    ]
    path = RESULTS.with_name("x12.json")
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps([asdict(one) for one in found], indent=1))
    capture = pytestconfig.pluginmanager.getplugin("capturemanager")
    head = "| file | reader | us per segment | times the split | peak MB |\n|---|---|---:|---:|---:|"
    with capture.global_and_fixture_disabled():
        print(f"\n\n{head}\n" + "\n".join(rows) + f"\n\n{path}")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("x12")


def feed(path: Path, items: int, quantities: int) -> Path:
    """An 846 with LIN and QTY per item; ``quantities`` different amounts."""
    with path.open("w", encoding="ascii") as file:
        file.write(f"{_HEADER}GS*IB*MEGA*HUB*20261122*1200*1*X*004010~ST*846*0001~BIA*00*DD*F1*20261122*1200~")
        for number in range(items):
            amount = number * 7919 % quantities
            file.write(f"LIN*{number + 1}*VN*MG-{number:07d}*UP*{number:012d}~QTY*33*{amount}*EA~")
        file.write(f"CTT*{min(items, 999_999)}~SE*{2 * items + 4}*0001~GE*1*1~IEA*1*000000001~")
    return path


def paperwork(path: Path, sets: int) -> Path:
    """850, 855, 856 and 810 of 20 lines each in turn, all in order by the spec."""
    groups = "".join(_group(kind, number, sets) for number, kind in enumerate(("PO", "PR", "SH", "IN"), 1))
    path.write_text(f"{_HEADER}{groups}IEA*4*000000001~", encoding="ascii")
    return path


def _group(kind: str, number: int, sets: int) -> str:
    body = "".join(_set(kind, each) for each in range(1, sets + 1))
    return f"GS*{kind}*MEGA*HUB*20261122*1200*{number}*X*004010~{body}GE*{sets}*{number}~"


def _set(kind: str, number: int) -> str:
    lines = range(1, 21)
    match kind:
        case "PO":
            head = ["ST*850*{n}", "BEG*00*SA*PO-{n}**20261122", "REF*DP*12", "N1*ST*Northwind*92*N1", "N3*9 Mill Lane"]
            head += ["N4*Dayton*OH*45402*US", "DTM*002*20261201"]
            rows = [f"PO1*{line}*{line}*EA*9.5**VN*MG-{line:05}*UP*012345678905" for line in lines]
        case "PR":
            head = ["ST*855*{n}", "BAK*00*AC*PO-{n}*20261122"]
            rows = [f"PO1*{line}*{line}*EA*9.5**VN*MG-{line:05}~ACK*IA*{line}*EA" for line in lines]
        case "SH":
            head = ["ST*856*{n}", "BSN*00*SH{n}*20261122*1200*0001", "HL*1**S", "TD5**2*UPSN", "HL*2*1*O", "PRF*PO-{n}"]
            rows = [f"HL*{line + 2}*2*I~LIN*{line}*VN*MG-{line:05}~SN1**{line}*EA" for line in lines]
        case _:
            head = ["ST*810*{n}", "BIG*20261122*INV-{n}**PO-{n}"]
            rows = [f"IT1*{line}*{line}*EA*9.5**VN*MG-{line:05}" for line in lines]
            rows.append("TDS*199500")
    text = "~".join([*head, *rows, "CTT*20"]).format(n=f"{number:04}")
    return f"{text}~SE*{text.count('~') + 2}*{number:04}~"


def measured(readings: list[Reading], path: Path, small: Path, name: str, *readers: str) -> None:
    """Each reader in turns with the split, the best of each."""
    segments = path.read_text(encoding="ascii").count("~")
    for reader in readers:
        best: dict[str, dict[str, float]] = {}
        for _ in range(_ROUNDS):
            for each in ("split", reader):
                found = _run(each, path, small)
                if each not in best or found["seconds"] < best[each]["seconds"]:
                    best[each] = found
        mine, split = best[reader], best["split"]
        ratio = mine["seconds"] / split["seconds"]
        readings.append(Reading(name, reader, segments, mine["seconds"], ratio, mine["peak_mb"]))


def _run(reader: str, path: Path, small: Path) -> dict[str, float]:
    command = [sys.executable, "-m", "tests.benchmarks.x12_readers", reader, str(path), str(small)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=900, check=True)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def test_a_million_items_become_stock_rows(readings: list[Reading], folder: Path) -> None:
    path = feed(folder / "million.edi", ITEMS, 1_000)
    small = feed(folder / "small.edi", 100, 10)
    measured(readings, path, small, "846, 1,000,000 items", "scanned", "stock_rows", "inspected")


def test_a_feed_without_two_equal_quantities(readings: list[Reading], folder: Path) -> None:
    path = feed(folder / "different.edi", 200_000, 200_000)
    small = feed(folder / "small.edi", 100, 10)
    measured(readings, path, small, "846, 200,000 items, all quantities different", "stock_rows")


def test_paperwork_is_validated(readings: list[Reading], folder: Path) -> None:
    path = paperwork(folder / "paperwork.edi", DOCUMENTS)
    small = paperwork(folder / "few.edi", 2)
    measured(readings, path, small, "850, 855, 856, 810 of 20 lines", "validated", "documents")


def test_others_read_a_smaller_feed(readings: list[Reading], folder: Path) -> None:
    path = feed(folder / "few-items.edi", FEW_ITEMS, 1_000)
    small = feed(folder / "small.edi", 100, 10)
    readers = ("stock_rows", "validated", "ansi_x12", "pyx12_reader", "pyx12_map")
    measured(readings, path, small, "846, 20,000 items", *readers)
