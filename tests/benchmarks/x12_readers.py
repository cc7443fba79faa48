"""One reader over one X12 file, in a process of its own: CPU seconds and peak memory.

``python -m tests.benchmarks.x12_readers READER FILE SMALL-FILE`` prints one JSON object; the plain
split is the measure of all.
"""

from __future__ import annotations

import importlib
import json
import resource
import sys
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any


def split(path: Path) -> int:
    """Python alone: the text cut into segments, each segment into elements; nothing is kept."""
    count = 0
    for text in path.read_text(encoding="ascii").split("~"):
        text.split("*")
        count += 1
    return count


def scanned(path: Path) -> int:
    """The scanner, an object per segment."""
    from hub.edi.scan import scan

    with path.open("rb") as file:
        return sum(1 for _ in scan(file))


def stock_rows(path: Path) -> int:
    """Scanned, checked against the spec and turned into stock rows in batches, as the engine stages them."""
    from hub.edi.feed import FeedBatch, read_feed
    from hub.mapping.codebook import Codebook
    from hub.mapping.x12_profile import X12Party, X12Profile
    from hub.model.identity import ConnectionId, LocationId, PartnerId
    from hub.sdk.x12.translate.feed import FeedReader

    book = Codebook(
        connection=ConnectionId("mega"),
        partner=PartnerId("mega"),
        x12=X12Profile(us=X12Party(id="HUB"), partner=X12Party(id="MEGA"), item_ids=("VN",)),
        identity=True,
        default_location=LocationId("mega"),
    )
    rows, reader = 0, None
    with path.open("rb") as file:
        for piece in read_feed(file):
            if isinstance(piece, FeedBatch):
                reader = reader or FeedReader(piece, 1, book, datetime.now(UTC))
                rows += len(reader.read(piece).rows)
            elif piece.rejected:
                raise AssertionError("The benchmark's own file is rejected.")
    return rows


def validated(path: Path) -> int:
    """Every set of every interchange read, its envelope and each segment checked."""
    from hub.edi.check import check_interchange
    from hub.edi.envelope import read_interchanges

    found = [check_interchange(each) for each in read_interchanges(path.read_bytes())]
    return sum(each.size for one in found for group in one.groups for each in group.sets)


def documents(path: Path) -> int:
    """The same, and each set as a typed document."""
    from hub.edi.check import check_interchange
    from hub.edi.documents.registry import read_document
    from hub.edi.envelope import read_interchanges

    found = [check_interchange(each) for each in read_interchanges(path.read_bytes())]
    sets = [each for one in found for group in one.groups for each in group.sets]
    return sum(1 for each in sets if read_document(each) is not None)


def inspected(path: Path) -> int:
    """What `hub edi inspect` says of a big file."""
    from hub.edi.inspection import inspect_envelopes

    with path.open("rb") as file:
        return sum(1 for _ in inspect_envelopes(file))


def pyx12_reader(path: Path) -> int:
    """pyx12's own reader: segments and envelope, no map."""
    from pyx12.x12file import X12Reader

    with path.open(encoding="latin-1") as file:
        return sum(1 for _ in X12Reader(file))


def pyx12_map(path: Path) -> int:
    """pyx12 along our map, every set, whatever our own checkers say."""
    from hub.edi.check_pyx12 import walked
    from hub.edi.envelope import read_interchanges

    sets = [each for one in read_interchanges(path.read_bytes()) for group in one.groups for each in group.sets]
    return sum(len(list(walked(each))) + each.size for each in sets)


def ansi_x12(path: Path) -> int:
    """ansi-x12, somebody else's parser: structure, no checks of content."""
    theirs: Any = importlib.import_module("x12")
    found = theirs.parse_x12_interchange(theirs.tokenize_x12(path.read_bytes()))
    return sum(len(each.segments) for functional in found.groups for each in functional.transactions)


READERS: Mapping[str, Callable[[Path], int]] = {
    found.__name__: found
    for found in (
        *(split, scanned, stock_rows, validated, documents, inspected, pyx12_reader, pyx12_map),
        ansi_x12,
    )
}


def main() -> None:
    """Measure one reader, once what it imports and compiles is there: it runs over a small file of the kind first."""
    reader, path, small = READERS[sys.argv[1]], Path(sys.argv[2]), Path(sys.argv[3])
    reader(small)
    began = time.process_time()
    units = reader(path)
    print(json.dumps({"units": units, "seconds": time.process_time() - began, "peak_mb": peak_mb()}))


def peak_mb() -> float:
    """The most memory this process ever held. getrusage would count what its parent held when it forked."""
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    (line,) = [one for one in status.read_text().splitlines() if one.startswith("VmHWM:")]
    return int(line.split()[1]) / 1024


if __name__ == "__main__":
    main()
