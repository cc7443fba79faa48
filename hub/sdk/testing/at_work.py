"""Simulators that work by themselves: waiting for them, and the technical acknowledgements that they are owed.

A simulated X12 partner writes and reads files on a thread of its own; into ``archive`` it puts what it has read.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from hub.mapping.codebook import Codebook
from hub.sdk.capabilities import Envelope, Source
from hub.sdk.clerk import DONE, OUTBOUND

PATIENCE_SECONDS = 120.0
"""Long enough for any machine: a simulator that takes longer does not work."""


def wait_until(true: Callable[[], bool]) -> None:
    """Until a simulator has come so far. Raises AssertionError where it does not."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not true():
        assert time.monotonic() < end, "the simulator did not come so far"
        time.sleep(0.005)


def files_written(folder: Path, pattern: str) -> set[str]:
    """Names of the files that a simulated partner has put into its mailbox, also those that the hub has moved away.
    One that is still being written is none."""
    found = (path.name for place in (OUTBOUND, DONE) for path in (folder / place).glob(pattern))
    return {name for name in found if not name.startswith(".")}


def replies_due(source: Source, codebook: Codebook, count: int) -> list[Envelope]:
    """The replies (997s) that the partner's next documents deserve, ``count`` of them; it must have written as many."""
    found: list[Envelope] = []
    while len(found) < count:
        page = source.fetch(None)
        source.settle(page)
        for document in page.documents:
            found += [Envelope(reply.key, reply) for reply in source.parse(document, codebook).replies]
    return found[:count]


def acknowledged(archive: Path, functional_id: str, group: str) -> int:
    """How many files that the partner has read acknowledge its group of that GS01 and GS06."""
    asked = f"AK1*{functional_id}*{group}~".encode()
    return sum(asked in path.read_bytes() for path in archive.glob("*.edi"))
