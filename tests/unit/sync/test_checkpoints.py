"""Day sums are made in small transactions, until nothing is left or the hub stops, and never stop the hub."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import cast

from structlog.testing import capture_logs

from hub.errors import HubError, TransientError
from hub.ports import Storage
from hub.sync.checkpoints import make_checkpoints


@dataclass
class Ledger:
    """Storage, unit of work and store in one: each transaction takes a part of what is left."""

    parts: list[int | Exception]
    transactions: int = 0
    most: list[int] = field(default_factory=list)
    pauses: list[float] = field(default_factory=list)

    @property
    def checkpoints(self) -> Ledger:
        return self

    @contextmanager
    def begin(self) -> Iterator[Ledger]:
        self.transactions += 1
        yield self

    def advance(self, *, worth: int, most: int) -> int:
        self.most.append(most)
        part = self.parts.pop(0)
        if isinstance(part, Exception):
            raise part
        return part


def made(ledger: Ledger, stop_after: int = 100) -> int:
    storage = cast("Storage", ledger)
    return make_checkpoints(storage, lambda: ledger.transactions >= stop_after, sleep=ledger.pauses.append)


def test_each_part_has_a_transaction_of_its_own_and_lets_others_write_between() -> None:
    ledger = Ledger([5_000, 17, 0])
    assert made(ledger) == 5_017
    assert (ledger.transactions, len(ledger.pauses)) == (3, 2)
    assert min(ledger.pauses) > 0
    assert max(ledger.most) <= 5_000


def test_a_hub_that_stops_does_not_wait_for_the_rest() -> None:
    assert made(Ledger([5_000, 5_000, 5_000]), stop_after=2) == 10_000


def test_a_busy_database_is_tried_again_the_next_time() -> None:
    foreseen: HubError = TransientError("The database is busy.", code="storage.busy")
    with capture_logs() as logs:
        assert [made(Ledger([10, foreseen])), made(Ledger([10, ZeroDivisionError()]))] == [10, 10]
    assert [entry["event"] for entry in logs] == ["checkpoints_failed"] * 2
    assert logs[0]["code"] == "storage.busy"
