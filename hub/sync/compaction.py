"""Old entries of the ledger go to an archive and leave their sums: small transactions, begun anew after any crash."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from hub.flows.compact_ledger import check_boundary
from hub.flows.work import Work
from hub.model.ledger import EntryTable
from hub.model.network import Network
from hub.ports import Storage
from hub.sync.ledger_archive import LedgerArchive

PART = 5_000
"""Entries of one transaction: SQLite lets nobody else write meanwhile."""
_LOOK_AGAIN_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class Compacted:
    """How many entries of each table were taken out, or would be; ``archive``: where they are, None where none was."""

    entries: Mapping[EntryTable, int]
    archive: Path | None = None


def foresee(storage: Storage, network: Network, now: datetime, before: datetime) -> Compacted:
    """What ``compact`` would take out. Raises DataError (``hub.flows.compact_ledger.check_boundary``)."""
    with storage.read() as uow:
        check_boundary(Work(uow, network, now), before)
        return Compacted({table: uow.compaction.old(table, before) for table in EntryTable})


def compact(
    storage: Storage,
    network: Network,
    now: datetime,
    before: datetime,
    folder: Path,
    *,
    sleep: Callable[[float], None] = time.sleep,
    part: int = PART,
) -> Compacted:
    """Take out the entries from before a day, once they are in a file of that folder.

    What a run before this one left is taken out with them. Raises DataError
    (``hub.flows.compact_ledger.check_boundary``), OSError where the file cannot be written.
    """
    with storage.read() as uow:
        check_boundary(Work(uow, network, now), before)
    with closing(LedgerArchive(folder / f"ledger-{before:%Y%m%d}-{now:%Y%m%dT%H%M%S.%fZ}.jsonl.gz")) as archive:
        with storage.begin() as uow:
            uow.compaction.begin(before, now, archive.path.name)
        _spend(storage, before, part)
        _wait_for_writers(storage, sleep)
        moved = _move(storage, archive, part)
    return Compacted(moved, archive.path if any(moved.values()) else None)


def _spend(storage: Storage, before: datetime, part: int) -> None:
    for table in EntryTable:
        reached: int | None = 0
        while reached is not None:
            with storage.begin() as uow:
                reached = uow.compaction.spend(table, before, reached, part)


def _wait_for_writers(storage: Storage, sleep: Callable[[float], None]) -> None:
    """Until all have ended that may have begun before the keys were spent."""
    with storage.read() as uow:
        left = uow.compaction.writers()
    while left:
        sleep(_LOOK_AGAIN_SECONDS)
        with storage.read() as uow:
            left &= uow.compaction.writers()


def _move(storage: Storage, archive: LedgerArchive, part: int) -> Mapping[EntryTable, int]:
    moved = Counter(dict.fromkeys(EntryTable, 0))
    for table in EntryTable:
        reached = 0
        while True:
            with storage.read() as uow:
                entries = uow.compaction.part(table, reached, part)
            if not entries:
                break
            archive.add(table, entries)
            with storage.begin() as uow:
                uow.compaction.fold(table, [row for row, _ in entries])
            moved[table] += len(entries)
            reached, _ = entries[-1]
    return moved
