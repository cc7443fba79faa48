"""Two who write of the same stock at the same time: neither loses what the other did."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from hub.flows import record_stock as counting
from hub.flows.adjust_stock import Correction, adjust_stock
from hub.flows.work import Work
from hub.inventory.counting import CountResult, count_location
from hub.model.identity import DocumentId, LocationId, Sku
from hub.model.ledger import Balance, Cause
from hub.model.stock import BulkCount, CountBasis
from hub.ports import Storage
from hub.storage import feed_counts
from hub.sync.marks import marked
from tests.builders import a_location, a_network, a_report
from tests.contract.storage.rows import DEPOT, KITE, ROBOT, SHOP, movement
from tests.fakes.storage import NOW

NETWORK = a_network(a_location("depot"))


@contextmanager
def works(storage: Storage) -> Iterator[Work]:
    with storage.begin() as unit:
        yield Work(unit, NETWORK, NOW, None, "test", None)


class Rival:
    """Does something in a transaction of its own, on a thread of its own."""

    def __init__(self, storage: Storage, job: Any) -> None:
        self._storage, self._job = storage, job
        self._began, self.done = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run)

    def start(self) -> None:
        self._thread.start()
        assert self._began.wait(60)
        # Long enough to be done, were nobody in the way; that it is not done yet proves nothing.
        self.done.wait(0.5)

    def join(self) -> None:
        self._thread.join(60)
        assert self.done.is_set()

    def _run(self) -> None:
        self._began.set()
        with works(self._storage) as work:
            self._job(work)
        self.done.set()


def test_correction_that_comes_in_the_middle_of_a_count_is_not_counted_twice(
    storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The count has seen the two units found before its moment: they may not be added to it."""
    found = Correction({ROBOT: Decimal(2)}, "found behind the shelf", NOW - timedelta(hours=2))
    rival = Rival(storage, lambda work: adjust_stock(work, DEPOT, found))

    def meanwhile(*arguments: Any) -> CountResult:
        rival.start()
        return count_location(*arguments)

    monkeypatch.setattr(counting, "count_location", meanwhile)
    with works(storage) as work:
        counting.record_stock(work, a_report("depot", {"ROBOT": 10}, as_of=NOW - timedelta(hours=1)))
    rival.join()
    with storage.read() as unit:
        assert {ROBOT: Decimal(10)} == {each.sku: each.on_hand for each in unit.ledger.balances()}
        assert [] == unit.ledger.drift()


@pytest.mark.parametrize("moved_before", [True, False], ids=["moved before", "never moved"])
def test_nobody_moves_what_is_held(storage: Storage, moved_before: bool) -> None:
    if moved_before:
        with storage.begin() as unit:
            unit.ledger.move([movement("first", 3)])
    rival = Rival(storage, lambda work: work.uow.ledger.move([movement("theirs", 2)]))
    with storage.begin() as unit:
        held = unit.ledger.lock(DEPOT, [ROBOT])
        assert {ROBOT: Decimal(3 if moved_before else 0)} == {sku: each.on_hand for sku, each in held.items()}
        rival.start()
        assert not rival.done.is_set()
    rival.join()


def test_held_are_the_named_and_on_request_all_others_there(storage: Storage) -> None:
    never, store = Sku("NEVER-MOVED"), LocationId("store")
    with storage.begin() as unit:
        unit.ledger.move([movement("a", 3), movement("b", 4, sku=KITE), movement("c", 5, location=store)])
        named = unit.ledger.lock(DEPOT, [ROBOT, never])
        everything = unit.ledger.lock(DEPOT, [never], others=True)
        assert [] == unit.ledger.drift()
    assert {ROBOT: Balance(ROBOT, DEPOT, on_hand=Decimal(3)), never: Balance(never, DEPOT)} == named
    assert {ROBOT: Decimal(3), KITE: Decimal(4), never: Decimal(0)} == {
        sku: each.on_hand for sku, each in everything.items()
    }


COUNTED = DocumentId("D000000001")
LATER = NOW + timedelta(hours=1)


def stage_ten(storage: Storage) -> None:
    with storage.begin() as unit:
        unit.feeds.stage(COUNTED, 1, 1, [(ROBOT, DEPOT, CountBasis.ON_HAND, Decimal(10), "EA", Decimal(1))])


def count_at_once(work: Work) -> BulkCount:
    return work.uow.feeds.count(COUNTED, 1, DEPOT, basis=CountBasis.ON_HAND, as_of=LATER, now=NOW)


@pytest.mark.parametrize("counted_before", [True, False], ids=["counted before", "never moved"])
@pytest.mark.parametrize("came", [timedelta(), timedelta(hours=2)], ids=["before the count", "after the count"])
def test_what_a_rival_put_down_is_in_a_feed_counted_at_once_as_it_should_be(
    storage: Storage, counted_before: bool, came: timedelta
) -> None:
    """The feed waits for the rival; what he put down before its moment is in its ten, what came later is not."""
    if counted_before:
        with storage.begin() as unit:
            unit.ledger.move([movement("first", 10)])
            unit.ledger.counted([ROBOT], DEPOT, NOW, None)
    stage_ten(storage)
    found: list[BulkCount] = []
    rival = Rival(storage, lambda work: found.append(count_at_once(work)))
    with storage.begin() as unit:
        unit.ledger.move([movement("found", 2, cause=Cause.RESTOCK, at=NOW + came)])
        rival.start()
        assert not rival.done.is_set()
    rival.join()
    with storage.read() as unit:
        left = unit.feeds.rows(COUNTED, 1, DEPOT, None, 10, left=True)
        (balance,) = unit.ledger.balances()
        assert [] == unit.ledger.drift()
    plain = not came
    assert [0 if plain else 1] == [len(left)]
    assert [1 if plain else 0] == [each.items for each in found]
    assert Decimal(10 if plain else 12 if counted_before else 2) == balance.on_hand


@pytest.mark.parametrize("counted_before", [True, False], ids=["counted before", "never moved"])
def test_nobody_moves_what_is_being_counted_at_once(storage: Storage, counted_before: bool) -> None:
    if counted_before:
        with storage.begin() as unit:
            unit.ledger.move([movement("first", 7)])
            unit.ledger.counted([ROBOT], DEPOT, NOW, None)
    stage_ten(storage)
    rival = Rival(storage, lambda work: work.uow.ledger.move([movement("theirs", 2)]))
    with works(storage) as work:
        count_at_once(work)
        rival.start()
        assert not rival.done.is_set()
    rival.join()
    with storage.read() as unit:
        assert [Decimal(12)] == [each.on_hand for each in unit.ledger.balances()]
        assert [] == unit.ledger.drift()


def test_what_a_rival_makes_beside_a_count_that_moves_nothing_is_not_counted(
    storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The feed names all there is at the location, until another item is put down there in the middle of it."""
    with storage.begin() as unit:
        unit.ledger.move([movement("first", 10)])
    stage_ten(storage)
    rival = Rival(storage, lambda work: work.uow.ledger.move([movement("theirs", 2, sku=KITE)]))
    ask = feed_counts._there

    def meanwhile(*arguments: Any, left: int) -> int:
        there = ask(*arguments, left=left)
        monkeypatch.setattr(feed_counts, "_there", ask)
        rival.start()
        return there

    monkeypatch.setattr(feed_counts, "_there", meanwhile)
    with works(storage) as work:
        assert 1 == count_at_once(work).items
    rival.join()
    with storage.read() as unit:
        assert {ROBOT: LATER, KITE: None} == {each.sku: each.counted_at for each in unit.ledger.balances()}
        assert [] == unit.ledger.drift()


def test_a_channel_that_looks_for_the_first_time_waits_for_what_is_being_touched(storage: Storage) -> None:
    found: list[Sku] = []
    rival = Rival(storage, lambda work: found.extend(work.uow.publications.touched(SHOP, 10)))
    with storage.begin() as unit:
        unit.publications.touch([ROBOT])
        rival.start()
        assert not rival.done.is_set()
    rival.join()
    assert [ROBOT] == found


def test_what_is_touched_while_a_channel_looks_for_the_first_time_is_shown_to_it(storage: Storage) -> None:
    with storage.begin() as unit:
        unit.publications.touch([ROBOT])
    rival = Rival(storage, lambda work: work.uow.publications.touch([KITE]))
    with storage.begin() as unit:
        assert [ROBOT] == unit.publications.touched(SHOP, 10)
        unit.publications.settled(SHOP, [ROBOT])
        rival.start()
        assert not rival.done.is_set()
    rival.join()
    with storage.begin() as unit:
        assert [KITE] == unit.publications.touched(SHOP, 10)


def test_a_touch_that_comes_while_an_older_one_is_settled_is_shown(storage: Storage) -> None:
    with storage.begin() as unit:
        unit.publications.touch([ROBOT])
        assert [ROBOT] == unit.publications.touched(SHOP, 10)
    rival = Rival(storage, lambda work: work.uow.publications.settled(SHOP, [ROBOT]))
    with storage.begin() as unit:
        unit.publications.touch([ROBOT])
        rival.start()
    rival.join()
    with storage.begin() as unit:
        assert [ROBOT] == unit.publications.touched(SHOP, 10)


def test_what_a_channel_settles_does_not_wait_in_a_circle_with_what_is_touched(storage: Storage) -> None:
    with storage.begin() as unit:
        unit.publications.touch([KITE, ROBOT])
        assert {KITE, ROBOT} == set(unit.publications.touched(SHOP, 10))
    rival = Rival(storage, lambda work: work.uow.publications.settled(SHOP, [KITE, ROBOT]))
    with storage.begin() as unit:
        unit.publications.touch([ROBOT])
        rival.start()
        unit.publications.touch([KITE])
    rival.join()
    with storage.begin() as unit:
        assert {KITE, ROBOT} == set(unit.publications.touched(SHOP, 10))


def test_a_timer_that_publishes_does_not_wait_in_a_circle_with_who_sets_it_again(storage: Storage) -> None:
    def touch(work: Work) -> None:
        with marked(work.uow) as noted:
            noted.publications.touch([ROBOT])
            noted.tasks.schedule("publish", SHOP, NOW)

    with works(storage) as work:
        touch(work)
        work.uow.publications.touched(SHOP, 10)
    rival = Rival(storage, touch)
    with storage.begin() as unit, marked(unit) as noted:
        [task] = noted.tasks.due(NOW, 10)
        noted.publications.settled(SHOP, noted.publications.touched(SHOP, 10))
        rival.start()
        noted.tasks.finish(task)
    rival.join()
    with storage.begin() as unit:
        assert [ROBOT] == unit.publications.touched(SHOP, 10)
        assert [("publish", SHOP)] == [(each.kind, each.key) for each in unit.tasks.due(NOW, 10)]
