"""What every engine behind the Dispatcher port must hold (engine.md 4 and 8). Inherit and give ``make_dispatcher``.

Nothing here depends on how fast the machine is: tests wait for events, and a bound that is never reached in a good
run ends a bad one.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from hub.errors import LeaseLostError
from hub.ports import Dispatcher, Storage
from hub.transport.throttle import RateBudget

Handler = Callable[[str, str], None]
PATIENCE = 20.0


@dataclass
class Log:
    """What handlers did, in order, and a way to wait for it."""

    entries: list[str] = field(default_factory=list)
    changed: threading.Condition = field(default_factory=threading.Condition)

    def add(self, entry: str) -> None:
        with self.changed:
            self.entries.append(entry)
            self.changed.notify_all()

    def wait_for(self, count: int) -> list[str]:
        with self.changed:
            assert self.changed.wait_for(lambda: len(self.entries) >= count, PATIENCE), self.entries
            return list(self.entries)


class DispatcherContract:
    """The contract. ``self.make_dispatcher(handler)`` gives a dispatcher that is not started yet."""

    @pytest.fixture
    def make_dispatcher(self) -> Callable[[Handler], Dispatcher]:
        raise NotImplementedError

    @contextmanager
    def running(self, make: Callable[[Handler], Dispatcher], handler: Handler) -> Iterator[Dispatcher]:
        dispatcher = make(handler)
        dispatcher.start()
        try:
            yield dispatcher
        finally:
            dispatcher.stop(PATIENCE)

    def test_wake_leads_to_a_run(self, make_dispatcher: Callable[[Handler], Dispatcher]) -> None:
        log = Log()
        with self.running(make_dispatcher, lambda topic, key: log.add(f"{topic}:{key}")) as dispatcher:
            dispatcher.wake("lane", "acme/in")
            assert ["lane:acme/in"] == log.wait_for(1)

    def test_wake_before_start_is_kept_or_swept(self, make_dispatcher: Callable[[Handler], Dispatcher]) -> None:
        log = Log()
        dispatcher = make_dispatcher(lambda _, key: log.add(key))
        dispatcher.every(0.01, "sweep", lambda: dispatcher.wake("lane", "acme/in"))
        dispatcher.wake("lane", "acme/in")
        dispatcher.start()
        try:
            assert "acme/in" in log.wait_for(1)
        finally:
            dispatcher.stop(PATIENCE)

    def test_lost_wake_is_found_by_the_sweep(self, make_dispatcher: Callable[[Handler], Dispatcher]) -> None:
        log, due = Log(), {"acme/out"}

        def sweep() -> None:
            for lane in due.copy():
                dispatcher.wake("lane", lane)

        def handler(_topic: str, key: str) -> None:
            due.discard(key)
            log.add(key)

        with self.running(make_dispatcher, handler) as dispatcher:
            dispatcher.every(0.01, "sweep", sweep)
            assert ["acme/out"] == log.wait_for(1)[:1]

    def test_wakes_during_a_run_lead_to_exactly_one_more(
        self, make_dispatcher: Callable[[Handler], Dispatcher]
    ) -> None:
        log, entered, leave = Log(), threading.Event(), threading.Event()

        def handler(_topic: str, key: str) -> None:
            first = not entered.is_set()
            entered.set()
            if first:
                assert leave.wait(PATIENCE)
            log.add(key)

        with self.running(make_dispatcher, handler) as dispatcher:
            dispatcher.wake("lane", "acme/in")
            assert entered.wait(PATIENCE)
            for _ in range(5):
                dispatcher.wake("lane", "acme/in")
            leave.set()
            log.wait_for(2)
            dispatcher.wake("lane", "end")
            assert ["acme/in", "acme/in", "end"] == log.wait_for(3)

    def test_one_lane_has_at_most_one_worker(self, make_dispatcher: Callable[[Handler], Dispatcher]) -> None:
        log, inside, most = Log(), [0], [0]
        lock = threading.Lock()

        def handler(_topic: str, key: str) -> None:
            with lock:
                inside[0] += 1
                most[0] = max(most[0], inside[0])
            log.add(key)
            with lock:
                inside[0] -= 1

        with self.running(make_dispatcher, handler) as dispatcher:
            for number in range(50):
                dispatcher.wake("lane", "acme/in")
                log.wait_for(min(1, number))
            log.wait_for(1)
        assert 1 == most[0]

    def test_hanging_lane_does_not_stop_the_others(self, make_dispatcher: Callable[[Handler], Dispatcher]) -> None:
        log, leave = Log(), threading.Event()

        def handler(_topic: str, key: str) -> None:
            if key.startswith("hangs"):
                leave.wait(PATIENCE)
            else:
                log.add(key)

        with self.running(make_dispatcher, handler) as dispatcher:
            for lane in ("hangs/fetch", "hangs/in", "hangs/out", "well/in", "well/out"):
                dispatcher.wake("lane", lane)
            assert {"well/in", "well/out"} == set(log.wait_for(2))
            leave.set()

    def test_failing_handler_ends_no_worker(self, make_dispatcher: Callable[[Handler], Dispatcher]) -> None:
        log = Log()

        def handler(_topic: str, key: str) -> None:
            log.add(key)
            if key == "bad":
                raise ValueError(key)

        with self.running(make_dispatcher, handler) as dispatcher:
            for number in range(3):
                dispatcher.wake("lane", "bad")
                log.wait_for(2 * number + 1)
                dispatcher.wake("lane", f"good-{number}")
                log.wait_for(2 * number + 2)
            assert 3 == dispatcher.health()["failed"]

    def test_every_runs_again_and_never_twice_at_once(self, make_dispatcher: Callable[[Handler], Dispatcher]) -> None:
        log, lock, overlaps = Log(), threading.Lock(), []

        def job() -> None:
            if not lock.acquire(blocking=False):
                overlaps.append(True)
                return
            log.add("job")
            lock.release()

        with self.running(make_dispatcher, lambda *_: None) as dispatcher:
            dispatcher.every(0.005, "job", job)
            log.wait_for(5)
        assert [] == overlaps

    def test_job_of_one_id_runs_once_while_it_waits(self, make_dispatcher: Callable[[Handler], Dispatcher]) -> None:
        log, leave, entered = Log(), threading.Event(), threading.Event()

        def job() -> None:
            entered.set()
            leave.wait(PATIENCE)
            log.add("job")

        with self.running(make_dispatcher, lambda _, key: log.add(key)) as dispatcher:
            dispatcher.run_once(job, "import-1")
            assert entered.wait(PATIENCE)
            dispatcher.run_once(job, "import-1")
            leave.set()
            log.wait_for(1)
            dispatcher.wake("lane", "end")
            assert ["job", "end"] == log.wait_for(2)

    def test_stop_waits_for_what_runs_and_takes_nothing_new(
        self, make_dispatcher: Callable[[Handler], Dispatcher]
    ) -> None:
        log, entered, leave = Log(), threading.Event(), threading.Event()

        def handler(_topic: str, key: str) -> None:
            entered.set()
            leave.wait(PATIENCE)
            log.add(key)

        dispatcher = make_dispatcher(handler)
        dispatcher.start()
        dispatcher.wake("lane", "acme/in")
        assert entered.wait(PATIENCE)
        assert dispatcher.stop(0.0) is False
        dispatcher.wake("lane", "late/in")
        leave.set()
        assert dispatcher.stop(PATIENCE) is True
        assert ["acme/in"] == log.entries

    def test_two_dispatchers_on_one_storage_share_each_lane_in_order(
        self, make_dispatcher: Callable[[Handler], Dispatcher], storage: Storage
    ) -> None:
        """Two processes are woken for the same lanes: each item is taken once, in order."""
        log, lanes, each = Log(), ["a/out", "b/out", "c/out"], 10
        with storage.begin() as uow:
            uow.lanes.ensure(lanes)
            for lane in lanes:
                uow.inbox.advance(lane, "taken", "0")  # type: ignore[arg-type]

        def handler_of(owner: str) -> Handler:
            def handler(_topic: str, lane: str) -> None:
                take_one(storage, lane, owner, each, log)

            return handler

        with (
            self.running(make_dispatcher, handler_of("one")) as one,
            self.running(make_dispatcher, handler_of("two")) as two,
        ):
            for dispatcher in (one, two):
                dispatcher.every(0.01, "sweep", partial(wake_all, dispatcher, lanes))
            entries = log.wait_for(len(lanes) * each)
        for lane in lanes:
            expected = [f"{lane} {number}" for number in range(each)]
            assert expected == [entry for entry in entries if entry.startswith(lane)]

    def test_worker_frozen_past_its_lease_is_fenced(
        self, make_dispatcher: Callable[[Handler], Dispatcher], storage: Storage
    ) -> None:
        """It wakes up after another took the lane over: it can settle nothing."""
        log, frozen, thaw = Log(), threading.Event(), threading.Event()
        with storage.begin() as uow:
            uow.lanes.ensure(["a/out"])

        def freezing(_topic: str, lane: str) -> None:
            with storage.begin() as uow:
                lease = uow.lanes.claim(lane, "frozen", timedelta(0))
            assert lease is not None
            frozen.set()
            assert thaw.wait(PATIENCE)
            try:
                with storage.begin() as uow:
                    uow.lanes.confirm(lease)
                    uow.inbox.advance(lane, "settled", "by the frozen one")  # type: ignore[arg-type]
            except LeaseLostError:
                log.add("fenced")

        def taking_over(_topic: str, lane: str) -> None:
            with storage.begin() as uow:
                lease = uow.lanes.claim(lane, "new", timedelta(minutes=1))
            assert lease is not None
            with storage.begin() as uow:
                uow.lanes.confirm(lease)
                uow.inbox.advance(lane, "settled", "by the new one")  # type: ignore[arg-type]
            log.add("settled")

        with self.running(make_dispatcher, freezing) as old, self.running(make_dispatcher, taking_over) as new:
            old.wake("lane", "a/out")
            assert frozen.wait(PATIENCE)
            new.wake("lane", "a/out")
            log.wait_for(1)
            thaw.set()
            assert ["settled", "fenced"] == log.wait_for(2)
        with storage.read() as uow:
            assert "by the new one" == uow.inbox.cursor("a/out", "settled")  # type: ignore[arg-type]

    def test_kill_between_dequeue_and_claim_strands_no_lane(
        self, make_dispatcher: Callable[[Handler], Dispatcher], storage: Storage
    ) -> None:
        """A wake taken by a process that died before it claimed the lane: the next one is woken all the same."""
        log, taken = Log(), threading.Event()
        with storage.begin() as uow:
            uow.lanes.ensure(["a/out"])

        def dying(_topic: str, _lane: str) -> None:
            taken.set()
            raise KeyError("dies before it claims")

        with self.running(make_dispatcher, dying) as dispatcher:
            dispatcher.wake("lane", "a/out")
            assert taken.wait(PATIENCE)
        with self.running(make_dispatcher, lambda _, lane: log.add(lane)) as dispatcher:
            dispatcher.every(0.01, "sweep", lambda: wake_all(dispatcher, due(storage)))
            assert "a/out" in log.wait_for(1)

    def test_rate_window_is_kept_over_all_lanes(self, make_dispatcher: Callable[[Handler], Dispatcher]) -> None:
        """Ten a second with a burst of five: in no second do more than fifteen begin, whoever works the lanes."""
        now, lock, starts, log = [0.0], threading.Lock(), [], Log()
        budget = RateBudget(rate_per_second=10, burst=5, clock=lambda: now[0])

        def handler(_topic: str, key: str) -> None:
            with lock:
                now[0] += budget.acquire()
                starts.append(now[0])
            log.add(key)

        with self.running(make_dispatcher, handler) as dispatcher:
            for number in range(60):
                dispatcher.wake("lane", f"acme/{number}")
            log.wait_for(60)
        assert 15 >= max(sum(begin <= start < begin + 1.0 for start in starts) for begin in starts)


def wake_all(dispatcher: Dispatcher, lanes: list[str]) -> None:
    for lane in lanes:
        dispatcher.wake("lane", lane)


def due(storage: Storage) -> list[str]:
    with storage.read() as uow:
        return uow.lanes.due()


def take_one(storage: Storage, lane: str, owner: str, each: int, log: Log) -> None:
    """One turn: the next number of the lane, taken under its lease."""
    with storage.begin() as uow:
        lease = uow.lanes.claim(lane, owner, timedelta(minutes=1))
    if lease is None:
        return
    with storage.begin() as uow:
        uow.lanes.confirm(lease)
        number = int(uow.inbox.cursor(lane, "taken") or 0)  # type: ignore[arg-type]
        if number < each:
            uow.inbox.advance(lane, "taken", str(number + 1))  # type: ignore[arg-type]
    if number < each:
        log.add(f"{lane} {number}")
    with storage.begin() as uow:
        uow.lanes.release(lease, datetime.now(UTC) if number + 1 < each else None)
