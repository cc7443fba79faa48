"""Working a lane: take the lease, do one bounded turn, give it back with the time it is due next."""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from hub.errors import LeaseLostError
from hub.model.identity import ConnectionId
from hub.model.network import Network
from hub.model.queue import ConnectionState, Lease
from hub.ports import UnitOfWork
from hub.sync.catching_up import fetch_at_once
from hub.sync.condition import OPERATOR_PAUSE, Conditions, resume
from hub.sync.connections import LiveConnection
from hub.sync.inbound import Applying, Fetching
from hub.sync.marks import TASKS_LANE, lane_names
from hub.sync.outbound import Sending
from hub.sync.pace import Pacer
from hub.sync.retry import BUGS, OUTBOUND, Circuit, as_hub_error
from hub.sync.runtime import Configuration, Done, Runtime, Turn
from hub.sync.timers import Timers

_log = structlog.get_logger(__name__)


class Job(Protocol):
    """What is done in a turn of a lane."""

    def rest(self, uow: UnitOfWork, now: datetime) -> Done | None:
        """What a turn that finds nothing to do would leave; None where there is something to do."""

    def work(self, turn: Turn) -> Done:
        """Do it."""


@dataclass(frozen=True)
class _Jobs:
    """The three jobs of one LiveConnection, with what they remember between turns."""

    connection: LiveConnection
    by_lane: dict[str, Job]


class Lanes:
    """All lanes of this process."""

    def __init__(self, runtime: Runtime, owner: str, stopping: Callable[[], bool]) -> None:
        self._runtime, self._owner, self._stopping = runtime, owner, stopping
        self._conditions = Conditions()
        self._timers = Timers()
        self._jobs: dict[ConnectionId, _Jobs] = {}
        self._turns: dict[str, Turn] = {}
        self._in_use: Counter[int] = Counter()
        self._retired: dict[int, LiveConnection] = {}
        self._lock = threading.Lock()

    def ensure(self, lanes: Iterable[str], network: Network) -> None:
        """Make rows for new lanes, and have the timers follow a new set-up."""
        self._timers.follow(network)
        with self._runtime.storage.begin() as uow:
            uow.lanes.ensure(lanes)
            uow.lanes.mark(TASKS_LANE, None)

    def reclaim(self) -> None:
        """Give back what an earlier process of this owner held when it died."""
        with self._runtime.storage.begin() as uow:
            uow.lanes.reclaim(self._owner)

    def renew_held(self) -> None:
        """Renew the leases of turns that last, whatever their calls wait for."""
        with self._lock:
            turns = list(self._turns.values())
        for turn in turns:
            turn.renew()

    def has_work(self, lane: str, configuration: Configuration) -> bool:
        """Whether a turn of the lane would do something at the clock's time."""
        found = self._job(lane, configuration)
        if found is None:
            return False
        with self._runtime.storage.read() as uow:
            return found[0].rest(uow, self._runtime.clock()) is None

    def work(self, lane: str, configuration: Configuration) -> bool:
        """One turn; whether anything moved. No error but what storage raises at the ends leaves this function.

        A lane woken for nothing is given back in the transaction that took it.
        """
        found = self._job(lane, configuration)
        with self._runtime.storage.begin() as uow:
            lease = uow.lanes.claim(lane, self._owner, timedelta(seconds=self._runtime.limits.lease_seconds))
            if lease is None:
                return False
            rest = Done() if found is None else self._rest(found[0], uow)
            if rest is not None:
                uow.lanes.release(lease, rest.next_due)
        if found is None or rest is not None:
            return False
        job, connection = found
        turn = Turn(self._runtime, configuration, lease, self._stopping)
        self._begin_turn(lane, turn, connection)
        try:
            done = self._work_guarded(job, turn)
        finally:
            self._end_turn(lane, connection)
        if done is None:
            return False
        if not turn.ended:
            self._release(turn.lease, done)
        return done.moved

    def _rest(self, job: Job, uow: UnitOfWork) -> Done | None:
        try:
            return job.rest(uow, self._runtime.clock())
        except Exception:  # noqa: BLE001  the turn comes upon it again, where it is kept
            return None

    def _work_guarded(self, job: Job, turn: Turn) -> Done | None:
        lane = turn.lease.lane
        try:
            return job.work(turn)
        except LeaseLostError:
            _log.info("lane_lost", lane=lane, owner=self._owner)
            return None
        except Exception as raised:  # noqa: BLE001  a lane that fails must not end the daemon
            error = as_hub_error(raised)
            self._runtime.metrics.failures.labels(lane, error.code).inc()
            _log.error("lane_failed", lane=lane, code=error.code, detail=error.message)
            return Done(turn.now + BUGS.wait(1, self._runtime.rng))

    def _release(self, lease: Lease, done: Done) -> None:
        with self._runtime.storage.begin() as uow:
            uow.lanes.release(lease, done.next_due)

    def _job(self, lane: str, configuration: Configuration) -> tuple[Job, LiveConnection | None] | None:
        if lane == TASKS_LANE:
            return self._timers, None
        name = ConnectionId(lane.rpartition("/")[0])
        connection = configuration.connections.get(name)
        if connection is None:
            return None
        with self._lock:
            jobs = self._jobs.get(name)
            if jobs is None or jobs.connection is not connection:
                jobs = self._jobs[name] = _made(connection, self._conditions, self._runtime.rng)
        job = jobs.by_lane.get(lane)
        return (job, connection) if job is not None else None

    def _begin_turn(self, lane: str, turn: Turn, connection: LiveConnection | None) -> None:
        with self._lock:
            self._turns[lane] = turn
            self._in_use[id(connection)] += 1

    def _end_turn(self, lane: str, connection: LiveConnection | None) -> None:
        with self._lock:
            del self._turns[lane]
            self._in_use[id(connection)] -= 1
        self._close_unused()

    def retire(self, connection: LiveConnection) -> None:
        """Close a connection that a reload replaced, once the turns that use it are over."""
        with self._lock:
            self._retired[id(connection)] = connection
        self._close_unused()

    def close(self, connections: Iterable[LiveConnection]) -> None:
        """Close connections that nobody will use again."""
        for connection in connections:
            self.retire(connection)

    def _close_unused(self) -> None:
        with self._lock:
            unused = [self._retired.pop(key) for key in list(self._retired) if not self._in_use[key]]
        for connection in unused:
            try:
                connection.close()
            except Exception as error:  # noqa: BLE001  it is gone either way
                _log.warning("connection_close_failed", connection=connection.id, code=as_hub_error(error).code)

    def resume(self, connection: ConnectionId) -> None:
        """Forget a pause and wake the connection's lanes."""
        self._conditions.forget(connection)
        resume(self._runtime.storage, connection, self._runtime.clock)

    def renewed(self, connection: ConnectionId) -> None:
        """A reload brought new settings: try again, unless a person paused it. What waits for its items is looked at
        either way."""
        with self._runtime.storage.read() as uow:
            known = uow.connections.health().get(connection)
        if known is None or known.code != OPERATOR_PAUSE:
            self.resume(connection)
            return
        with self._runtime.storage.begin() as uow:
            uow.lanes.mark(lane_names(connection).inbound)

    def unpause(self) -> None:
        """At start: settings were read anew, so what was paused for them may try again. A person's pause stays."""
        with self._runtime.storage.read() as uow:
            paused = [name for name, one in uow.connections.health().items() if one.state is ConnectionState.PAUSED]
        for name in paused:
            self.renewed(name)

    def fetch_now(self, connection: LiveConnection) -> None:
        """Make every polled stream due."""
        with self._runtime.storage.begin() as uow:
            fetch_at_once(uow, connection.id, connection.polls, self._runtime.clock())


def _made(connection: LiveConnection, conditions: Conditions, rng: random.Random) -> _Jobs:
    circuit = Circuit(OUTBOUND, rng)
    names = lane_names(connection.id)
    return _Jobs(
        connection,
        {
            names.fetch: Fetching(connection, circuit, conditions, Pacer(connection.budget)),
            names.inbound: Applying(connection, conditions, rng),
            names.outbound: Sending(connection, circuit, conditions, Pacer(connection.budget)),
        },
    )
