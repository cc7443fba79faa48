"""Day sums change no answer about the past, whenever they are made and whoever writes beside them (ADR 0023)."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from itertools import product
from typing import Any, Self

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub.model.ledger import Movement
from hub.ports import Storage
from hub.storage import checkpoints, ledger, open_storage
from tests.contract.storage.ledger_book import DAY, FAR, Book, Entry, asked, entries
from tests.contract.storage.rows import KITE, ROBOT, movement
from tests.contract.storage.test_ledger_laws import undone
from tests.fakes.memory import MemoryUnitOfWork
from tests.fakes.storage import NOW

HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Sum:
    """Day sums are made."""

    worth: int
    most: int


sums = st.builds(Sum, st.integers(1, 4), st.integers(1, 4))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=st.lists(st.one_of(entries, entries, entries, sums), max_size=25), data=st.data())
def test_day_sums_made_at_any_time_change_no_answer_in_either_axis(
    storage: Storage, history: list[Entry | Sum], data: st.DataObject
) -> None:
    memory = MemoryUnitOfWork()
    with undone(storage) as work:
        book, plain = Book(work), Book(memory)
        for step in history:
            if isinstance(step, Entry):
                book.write(step)
                plain.write(step)
            else:
                work.checkpoints.advance(worth=step.worth, most=step.most)
        chosen = st.sampled_from(book.moments())
        for _ in range(8):
            moment, known = data.draw(chosen), data.draw(chosen)
            assert book.as_of(moment, known) == asked(work, moment, known) == asked(memory, moment, known)
        assert [] == work.checkpoints.drift()
        assert [] == work.ledger.drift()


def sum_up(storage: Storage, *, worth: int = 1, most: int = 1000) -> int:
    with storage.begin() as work:
        return work.checkpoints.advance(worth=worth, most=most)


@pytest.fixture
def postgres_storage(postgres_url: str) -> Iterator[Storage]:
    opened = open_storage(postgres_url, clock=lambda: NOW)
    yield opened
    opened.close()


def days(storage: Storage) -> int:
    """How many day sums there are."""
    with storage._database.read() as connection:  # type: ignore[attr-defined]
        found = connection.exec_driver_sql("SELECT COUNT(*) FROM day_sums").scalar()
        assert isinstance(found, int)
        return found


def test_entries_of_few_days_become_few_sums(storage: Storage) -> None:
    with storage.begin() as work:
        work.ledger.move([movement(f"m{number}", 1, at=NOW + number % 3 * DAY) for number in range(300)])
    assert 300 == sum_up(storage)
    assert 0 == sum_up(storage)
    assert 3 == days(storage)
    with storage.read() as work:
        assert [Decimal(200)] == [each.on_hand for each in work.ledger.as_of(NOW + DAY, FAR)]


def test_few_entries_are_not_worth_a_sum_until_they_are_many(storage: Storage) -> None:
    for number in range(4):
        with storage.begin() as work:
            work.ledger.move([movement(f"m{number}", 1)])
        assert 1 == sum_up(storage, worth=3)
        assert (number >= 2) == bool(days(storage))
    with storage.read() as work:
        assert [Decimal(4)] == [each.on_hand for each in work.ledger.as_of(NOW, FAR)]


def test_a_late_entry_is_in_the_past_as_known_later_and_not_as_known_then(storage: Storage) -> None:
    with storage.begin() as work:
        work.ledger.move([replace(movement("count", 10, at=NOW), recorded_at=NOW)])
    sum_up(storage)
    with storage.begin() as work:
        work.ledger.move([replace(movement("late", -3, at=NOW), recorded_at=NOW + 2 * DAY)])
    for _ in range(2):
        with storage.read() as work:
            found = {known: work.ledger.as_of(NOW, NOW + known * DAY)[0].on_hand for known in (1, 2)}
        assert {1: Decimal(10), 2: Decimal(7)} == found
        sum_up(storage)


class Mover:
    """Writes an entry in a transaction of its own that has drawn its row number, and goes on when it is told to."""

    def __init__(self, storage: Storage, row: Movement, monkeypatch: pytest.MonkeyPatch) -> None:
        self._storage, self._row = storage, row
        self._written, self._go_on = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run)
        add_up = ledger._balance_values

        def wait_first(*arguments: Any) -> Any:
            if threading.current_thread() is self._thread:
                self._written.set()
                assert self._go_on.wait(60)
            return add_up(*arguments)

        monkeypatch.setattr(ledger, "_balance_values", wait_first)

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._written.wait(60)
        return self

    def __exit__(self, *_: object) -> None:
        self.commit()

    def commit(self) -> None:
        self._go_on.set()
        self._thread.join(60)
        assert not self._thread.is_alive()

    def _run(self) -> None:
        with self._storage.begin() as work:
            work.ledger.move([self._row])


def overtaken(storage: Storage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Five are written first, seven and one later; the later ones are committed and perhaps summed up before the five.

    The five have the lower row number and the earlier time."""
    early = replace(movement("early", 5, at=NOW - DAY), recorded_at=NOW - DAY)
    with Mover(storage, early, monkeypatch):
        with storage.begin() as work:
            work.ledger.move([movement("late", 7)])
        sum_up(storage)
        with storage.begin() as work:
            work.ledger.move([movement("later", 1)])
        sum_up(storage)
    while sum_up(storage):
        pass


@pytest.mark.postgres
def test_an_entry_committed_after_later_ones_were_is_neither_lost_nor_doubled(
    postgres_storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    overtaken(postgres_storage, monkeypatch)
    with postgres_storage.read() as work:
        assert [Decimal(13)] == [each.on_hand for each in work.ledger.as_of(NOW, NOW)]
        assert [Decimal(5)] == [each.on_hand for each in work.ledger.as_of(NOW - DAY, NOW)]
        assert [] == work.checkpoints.drift()
    assert 2 == days(postgres_storage)


@pytest.mark.postgres
def test_without_asking_who_writes_the_overtaken_entry_is_lost_and_found_out(
    postgres_storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Why row numbers alone do not do: the fault that the test above guards against, shown."""
    monkeypatch.setattr(checkpoints, "writers", lambda *_: set())
    overtaken(postgres_storage, monkeypatch)
    with postgres_storage.read() as work:
        assert [Decimal(8)] == [each.on_hand for each in work.ledger.as_of(NOW, NOW)]
        assert ["ROBOT at depot: a sum of on_hand is not that of its entries"] == work.checkpoints.drift()


@pytest.mark.postgres
def test_who_writes_all_the_time_does_not_keep_sums_from_being_made(
    postgres_storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There is always somebody writing, but never the same: what was noted is settled once they have ended."""
    with postgres_storage.begin() as work:
        work.ledger.move([movement("before", 1), movement("before too", 1, sku=KITE)])
    with Mover(postgres_storage, movement("one", 1), monkeypatch) as one:
        assert 0 == sum_up(postgres_storage)
        with Mover(postgres_storage, movement("two", 1, sku=KITE), monkeypatch):
            one.commit()
            assert 2 == sum_up(postgres_storage)


def test_movers_and_sums_at_the_same_time_lose_and_double_nothing(storage: Storage) -> None:
    def move(mover: int) -> None:
        for number in range(40):
            at = NOW + (number % 4) * DAY
            row = movement(f"{mover}-{number}", 1, sku=ROBOT if (mover + number) % 3 else KITE, at=at)
            with storage.begin() as work:
                work.ledger.move([replace(row, recorded_at=at + mover * HOUR)])

    over = threading.Event()

    def keep_summing() -> None:
        while not over.is_set():
            sum_up(storage, most=7)

    with ThreadPoolExecutor(5) as pool:
        summing = pool.submit(keep_summing)
        moving = [pool.submit(move, mover) for mover in range(4)]
        wait(moving)
        over.set()
        for each in (*moving, summing):
            each.result()
    while sum_up(storage):
        pass
    with storage.read() as work:
        assert [] == work.checkpoints.drift()
        rows = [row for sku in (ROBOT, KITE) for row in work.ledger.movements(sku, limit=1000)]
        assert 160 == len(rows)
        for moment, known in product({row.observed_at for row in rows}, {row.recorded_at for row in rows}):
            right = sum(row.quantity for row in rows if row.observed_at <= moment and row.recorded_at <= known)
            assert right == sum(each.on_hand for each in work.ledger.as_of(moment, known))
