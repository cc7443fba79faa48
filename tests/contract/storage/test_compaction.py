"""Entries that were taken out leave what the ledger promises: sums in both axes, keys, and what counts need."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub.errors import DataError
from hub.model.identity import RequestId, SoftHoldKey
from hub.model.ledger import Cause, EntryTable, Movement
from hub.ports import Storage, UnitOfWork
from hub.storage import open_storage
from hub.sync.compaction import compact, foresee
from tests.builders import a_network
from tests.contract.storage.ledger_book import DAY, FAR, STORE, TICK, Book, Entry, Figures, asked, entries
from tests.contract.storage.rows import DEPOT, KITE, ROBOT, movement, promise, soft_hold
from tests.contract.storage.test_ledger_laws import undone
from tests.fakes.storage import NOW

NETWORK = a_network()
MIDNIGHT = NOW.replace(hour=0, minute=0)
LATER = NOW + 365 * DAY


@dataclass(frozen=True)
class Step:
    """Day sums are made, entries from before a day are taken out, or everything is told again."""

    kind: str
    before: datetime
    most: int


steps = st.builds(
    Step,
    st.sampled_from(["sum up", "take out", "again"]),
    st.integers(-2, 5).map(lambda day: MIDNIGHT + day * DAY),
    st.integers(1, 5),
)


def take_out(work: UnitOfWork, before: datetime, most: int = 100) -> Counter[EntryTable]:
    """A whole compaction inside one transaction."""
    work.compaction.begin(before, NOW, "archive")
    taken: Counter[EntryTable] = Counter()
    for table in EntryTable:
        reached: int | None = 0
        while reached is not None:
            reached = work.compaction.spend(table, before, reached, most)
        while part := work.compaction.part(table, 0, most):
            work.compaction.fold(table, [row for row, _ in part])
            taken[table] += len(part)
    return taken


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=st.lists(st.one_of(entries, entries, entries, steps), max_size=25), data=st.data())
def test_the_past_stays_what_it_was_at_the_ends_of_days_and_after_the_boundary(
    storage: Storage, history: list[Entry | Step], data: st.DataObject
) -> None:
    boundary = datetime.min.replace(tzinfo=NOW.tzinfo)
    with undone(storage) as work:
        book = Book(work)
        for step in history:
            match step:
                case Entry():
                    book.write(step)
                case Step(kind="sum up"):
                    work.checkpoints.advance(worth=step.most, most=step.most)
                case Step(kind="take out"):
                    take_out(work, step.before, step.most)
                    boundary = max(boundary, step.before)
                case Step():
                    book.repeat()
        assert [] == [*work.checkpoints.drift(), *work.ledger.drift()]
        chosen = st.sampled_from(book.moments())
        for _ in range(8):
            moment, known = data.draw(chosen), data.draw(chosen)
            found = answer(work, moment, known)
            if found is None:
                assert any(at < boundary and (at + TICK).time() != MIDNIGHT.time() for at in (moment, known))
            else:
                assert book.as_of(moment, known) == found


def answer(work: UnitOfWork, moment: datetime, known: datetime) -> Figures | None:
    """None where it is refused, because a moment is in the middle of a compacted day."""
    try:
        return asked(work, moment, known)
    except DataError as error:
        if error.code != "ledger.compacted":
            raise
        return None


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=st.lists(entries, max_size=25), day=st.integers(-2, 5))
def test_what_counts_still_to_come_need_stays(storage: Storage, history: list[Entry], day: int) -> None:
    with undone(storage) as work:
        book = Book(work)
        for entry in history:
            book.write(entry)
        before = needed(work)
        take_out(work, MIDNIGHT + day * DAY)
        assert before == needed(work)


def needed(work: UnitOfWork) -> list[list[Movement]]:
    """What arrived since the newest count of each item, or ever where it was never counted."""
    return [
        work.ledger.arrivals(each.location, each.counted_at or datetime(1900, 1, 1, tzinfo=NOW.tzinfo), [each.sku])
        for each in work.ledger.balances()
    ]


def old_stock(storage: Storage, name: str = "old") -> None:
    """A count with what followed in the next days, all of it over: 3 movements, 2 promises, 2 entries of a hold."""
    with storage.begin() as work:
        rows = [
            movement(f"{name} count", 10, at=NOW),
            movement(f"{name} ship", -2, cause=Cause.SHIPMENT, at=NOW + DAY),
            movement(f"{name} found", 1, cause=Cause.ADJUSTMENT, at=NOW + 2 * DAY),
        ]
        work.ledger.move([replace(row, recorded_at=row.observed_at) for row in rows])
        work.ledger.counted([ROBOT], DEPOT, NOW + 3 * DAY, None)
        assert [] == work.ledger.reserve([promise(f"{name} p", 2, request_id=name)], {})
        assert 1 == work.ledger.release([promise(f"{name} back", -2, request_id=name)])
        hold = soft_hold(f"{name} cart", 3)
        assert [] == work.soft_holds.place(hold, {})
        work.soft_holds.give_back(hold.key, {(ROBOT, DEPOT): Decimal(3)}, Cause.SOFT_HOLD_EXPIRED, NOW)


OLD = {EntryTable.MOVEMENTS: 3, EntryTable.RESERVATIONS: 2, EntryTable.HELD_ENTRIES: 2}
BEFORE = MIDNIGHT + 30 * DAY


def archived(folder: Path) -> list[dict[str, Any]]:
    return [
        json.loads(line)
        for file in sorted(folder.glob("*.jsonl.gz"))
        for line in gzip.decompress(file.read_bytes()).decode().splitlines()
    ]


def left(storage: Storage) -> int:
    with storage.read() as work:
        ledger = work.ledger
        return len(ledger.movements(ROBOT)) + len(ledger.reservations(ROBOT)) + len(ledger.held_entries(ROBOT))


def test_entries_go_to_the_archive_and_their_sums_stay(storage: Storage, tmp_path: Path) -> None:
    old_stock(storage)
    assert OLD == foresee(storage, NETWORK, LATER, BEFORE).entries
    assert 7 == left(storage)
    found = compact(storage, NETWORK, LATER, BEFORE, tmp_path / "archive")
    assert (OLD, 0) == (found.entries, left(storage))
    lines = archived(tmp_path / "archive")
    assert Counter({"movements": 3, "reservations": 2, "held_entries": 2}) == Counter(each["table"] for each in lines)
    assert {"key": "old ship", "quantity": "-2", "cause": "shipment", "document": None}.items() <= lines[1].items()
    with storage.read() as work:
        assert (BEFORE, 7) == (work.compaction.boundary(), work.compaction.compacted(ROBOT, DEPOT))
        midnight = MIDNIGHT + DAY - TICK
        assert [Decimal(10)] == [each.on_hand for each in work.ledger.as_of(midnight, FAR)]
        assert [Decimal(8)] == [each.on_hand for each in work.ledger.as_of(FAR, midnight + DAY)]
        assert [Decimal(9)] == [each.on_hand for each in work.ledger.as_of(FAR, FAR)]
        assert [] == work.ledger.drift()


def test_the_middle_of_a_compacted_day_is_refused_and_not_guessed(storage: Storage, tmp_path: Path) -> None:
    with storage.begin() as work:
        for hour in (9, 11):
            at = MIDNIGHT.replace(hour=hour)
            work.ledger.move([replace(movement(f"at {hour}", 1, at=at), recorded_at=at)])
    compact(storage, NETWORK, LATER, BEFORE, tmp_path)
    ten, noon = MIDNIGHT.replace(hour=10), MIDNIGHT.replace(hour=12)
    with storage.read() as work:
        for moment, known in ((ten, FAR), (FAR, ten)):
            with pytest.raises(DataError, match=r"ledger.compacted"):
                work.ledger.as_of(moment, known)
        # Nothing of the day is on both sides of these.
        assert [Decimal(2)] == [each.on_hand for each in work.ledger.as_of(noon, noon)]
        assert [] == work.ledger.as_of(MIDNIGHT, FAR)
        assert [] == work.ledger.as_of(ten, FAR, [KITE])


def test_an_old_document_told_again_changes_nothing(storage: Storage, tmp_path: Path) -> None:
    old_stock(storage)
    compact(storage, NETWORK, LATER, BEFORE, tmp_path)
    with storage.begin() as work:
        before = work.ledger.balances()
        assert 0 == work.ledger.move([movement("old ship", -2), movement("old count", 10)])
        assert [] == work.ledger.reserve([promise("old p", 2, request_id="old")], {})
        assert 0 == work.ledger.release([promise("old back", -2, request_id="old")])
        assert before == work.ledger.balances()
        assert 1 == work.ledger.move([movement("old ship", -2), movement("new", 1)])
    assert 1 == left(storage)


def test_what_is_held_and_what_arrived_since_the_newest_count_stays(storage: Storage, tmp_path: Path) -> None:
    with storage.begin() as work:
        rows = [
            movement("count", 50),
            movement("seen", 1, cause=Cause.RECEIPT, at=NOW + DAY),
            movement("unseen", 1, cause=Cause.RECEIPT, at=NOW + 3 * DAY),
            movement("never counted", 1, cause=Cause.RECEIPT, location=STORE),
        ]
        work.ledger.move(rows)
        work.ledger.counted([ROBOT], DEPOT, NOW + 2 * DAY, None)
        assert [] == work.ledger.reserve([promise("open", 2, request_id="open")], {})
        assert [] == work.soft_holds.place(soft_hold("cart", 3), {})
    compact(storage, NETWORK, LATER, BEFORE, tmp_path)
    with storage.read() as work:
        assert ["never counted", "unseen"] == sorted(row.key for row in work.ledger.movements(ROBOT))
        assert ["open"] == [row.key for row in work.ledger.reservations(ROBOT)]
        assert [SoftHoldKey("cart")] == [row.hold for row in work.ledger.held_entries(ROBOT)]


def test_what_was_promised_of_an_item_in_doubt_stays_until_it_is_counted(storage: Storage, tmp_path: Path) -> None:
    with storage.begin() as work:
        work.ledger.move([movement("count", 50)])
        work.ledger.counted([ROBOT], DEPOT, NOW - 2 * DAY, None)
        assert [] == work.ledger.reserve([promise("promised", 2, request_id="gone")], {})
        work.ledger.release([promise("shipped", -2, request_id="gone")])
        work.ledger.note_shortage([ROBOT], DEPOT, NOW - DAY, RequestId("short"))
    compact(storage, NETWORK, LATER, BEFORE, tmp_path)
    with storage.read() as work:
        assert {"promised", "shipped"} == {row.key for row in work.ledger.reservations(ROBOT)}
    with storage.begin() as work:
        work.ledger.counted([ROBOT], DEPOT, NOW + DAY, None)
    compact(storage, NETWORK, LATER + TICK, BEFORE, tmp_path)
    with storage.read() as work:
        assert [] == work.ledger.reservations(ROBOT)


class Death(Exception):  # noqa: N818  nobody catches it as an error
    """The process was killed."""


class Reaper:
    """Kills at the commit of that number, before it or after it."""

    def __init__(self) -> None:
        self.left, self.after = -1, False

    def before_commit(self) -> None:
        if not self.after:
            self._count()

    def after_commit(self) -> None:
        if self.after:
            self._count()

    def _count(self) -> None:
        self.left -= 1
        if self.left == 0:
            raise Death


@pytest.mark.parametrize("after", [False, True], ids=["before it is durable", "after it is durable"])
def test_killed_at_any_commit_nothing_is_lost_or_doubled(database_url: str, after: bool, tmp_path: Path) -> None:
    reaper = Reaper()
    storage = open_storage(database_url, clock=lambda: NOW, observer=reaper)
    reaper.after = after
    deaths, killed = 0, True
    while killed:
        name, folder = f"run {deaths}", tmp_path / str(deaths)
        old_stock(storage, name)
        with storage.begin() as work:
            work.checkpoints.advance(worth=1, most=100)
        with storage.read() as work:
            right = work.ledger.balances()
        reaper.left = deaths + 1
        try:
            compact(storage, NETWORK, LATER + deaths * TICK, BEFORE, folder, part=2)
            killed = False
        except Death:
            deaths += 1
        reaper.left = -1
        with storage.read() as work:
            assert [] == [*work.ledger.drift(), *work.checkpoints.drift()]
        compact(storage, NETWORK, LATER + DAY + deaths * TICK, BEFORE, folder, part=2)
        assert 0 == left(storage)
        # What was in a part that was archived and not yet taken out is in both files, the same.
        lines = {(each["table"], each["key"]): each for each in archived(folder)}
        assert 7 == len(lines)
        assert all(line == lines[line["table"], line["key"]] for line in archived(folder))
        with storage.read() as work:
            assert [] == [*work.ledger.drift(), *work.checkpoints.drift()]
            assert right == work.ledger.balances()
            found = {each.on_hand for each in work.ledger.as_of(FAR, FAR)}
            assert {each.on_hand for each in right} == found
    storage.close()
    assert deaths > 10


@pytest.mark.postgres
def test_nothing_is_taken_out_while_somebody_writes_who_may_not_have_seen_the_keys(
    postgres_url: str, tmp_path: Path
) -> None:
    storage = open_storage(postgres_url, clock=lambda: NOW)
    old_stock(storage)
    written, go_on = Event(), Event()
    seen: list[int] = []

    def write() -> None:
        with storage.begin() as work:
            work.ledger.move([movement("other", 1, sku=KITE)])
            written.set()
            assert go_on.wait(60)

    def sleep(_: float) -> None:
        seen.append(left(storage))
        if len(seen) == 3:
            go_on.set()

    with ThreadPoolExecutor(1) as pool:
        writing = pool.submit(write)
        assert written.wait(60)
        found = compact(storage, NETWORK, LATER, BEFORE, tmp_path, sleep=sleep)
        writing.result()
    assert [7, 7, 7] == seen[:3]
    assert (OLD, 0) == (found.entries, left(storage))
    storage.close()


def test_who_moves_promises_and_sums_up_meanwhile_loses_and_doubles_nothing(storage: Storage, tmp_path: Path) -> None:
    with storage.begin() as work:
        work.ledger.move([movement(f"old {number}", 1, at=NOW + number % 5 * DAY) for number in range(200)])
    over = Event()

    def trade(trader: int) -> int:
        number = 0
        while not over.is_set() or number < 20:
            number += 1
            name = f"{trader}-{number}"
            with storage.begin() as work:
                work.ledger.move([movement(name, 1), movement(f"old {number % 200}", 1)])
                assert [] == work.ledger.reserve([promise(name, 1, request_id=name)], {})
        return number

    def keep_summing() -> None:
        while not over.is_set():
            with storage.begin() as work:
                work.checkpoints.advance(worth=3, most=20)

    with ThreadPoolExecutor(3) as pool:
        summing, trading = pool.submit(keep_summing), [pool.submit(trade, trader) for trader in range(2)]
        try:
            found = compact(storage, NETWORK, LATER, BEFORE, tmp_path, part=10)
        finally:
            over.set()
        summing.result()
        moved = sum(each.result() for each in trading)
    assert found.entries[EntryTable.MOVEMENTS] >= 200
    with storage.read() as work:
        [balance] = work.ledger.balances([ROBOT])
        assert (Decimal(200 + moved), Decimal(moved)) == (balance.on_hand, balance.reserved)
        assert [balance._replace(counted_at=None)] == work.ledger.as_of(FAR, FAR)
        assert [] == [*work.ledger.drift(), *work.checkpoints.drift()]


def test_a_run_that_cannot_write_its_archive_takes_nothing_out(storage: Storage, tmp_path: Path) -> None:
    old_stock(storage)
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(OSError, match="file"):
        compact(storage, NETWORK, LATER, BEFORE, tmp_path / "file")
    assert 7 == left(storage)
    with storage.read() as work:
        assert work.compaction.boundary() is None
