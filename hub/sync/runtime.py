"""What every lane is given: nothing global, everything passed in."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType

from hub.errors import LeaseLostError
from hub.model.identity import ConnectionId
from hub.model.network import Network
from hub.model.queue import Lease
from hub.ports import Clock, Storage, UnitOfWork
from hub.sync.connections import LiveConnection
from hub.sync.metrics import Metrics


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one turn of a lane, so that no lane keeps a worker for itself.

    A lease is renewed from the side while a call hangs, so ``lease_seconds`` is not how long a call may take but how
    long a machine may freeze before another takes its lanes over.
    """

    lease_seconds: float = 15.0
    turn_seconds: float = 30.0
    pages_per_turn: int = 50
    documents_per_transaction: int = 50
    items_per_turn: int = 500
    tasks_per_transaction: int = 50
    transaction_seconds: float = 0.25
    """After this long a transaction takes nothing more in: others wait to write, and a crash repeats all of it."""
    sweep_seconds: float = 0.5
    longest_pause_seconds: float = 1.0
    grace_seconds: float = 5.0
    """How long bytes may still be on their way: a partner that has not got them is believed only after that."""
    unknown_hours: float = 24.0
    """How long an unknown outcome is looked up before a person is asked."""


@dataclass(frozen=True)
class Runtime:
    """Storage, time and chance, as bootstrap or a test passes them in."""

    storage: Storage
    clock: Clock
    rng: random.Random
    metrics: Metrics = field(default_factory=Metrics)
    limits: Limits = Limits()
    sleep: Callable[[float], None] = time.sleep
    monotonic: Callable[[], float] = time.monotonic


@dataclass(frozen=True)
class Configuration:
    """One consistent set-up; a hot reload swaps the whole object."""

    network: Network
    connections: Mapping[ConnectionId, LiveConnection] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Done:
    """What a turn leaves: when the lane is due next (None: when it is marked), and whether anything moved."""

    next_due: datetime | None = None
    moved: bool = False


Rest = Callable[[UnitOfWork, datetime], Done | None]
"""Asks whether anything is left to do now: None where there is, else what the lane is left with."""


@dataclass
class Turn:
    """One turn of one lane: the lease it is worked under, and when it has to end."""

    runtime: Runtime
    configuration: Configuration
    lease: Lease
    stopping: Callable[[], bool] = lambda: False
    moved: bool = False
    """Whether the turn has changed anything yet."""
    ended: bool = False
    """Whether the lane was given back together with the last thing done."""
    _ending: bool = field(init=False, default=False)
    _since: float = field(init=False)
    _leased: float = field(init=False)

    def __post_init__(self) -> None:
        self._since = self._leased = self.runtime.monotonic()

    @property
    def now(self) -> datetime:
        """The clock's time."""
        return self.runtime.clock()

    @contextmanager
    def begin(self) -> Iterator[UnitOfWork]:
        """A transaction that commits only while the lane is ours. Raises LeaseLostError."""
        self._ending = False
        with self.runtime.storage.begin() as uow:
            uow.lanes.confirm(self.lease)
            yield uow
        self.ended = self._ending

    def end(self, uow: UnitOfWork, next_due: datetime | None) -> None:
        """Give the lane back in the transaction of the last thing done, instead of in one more; the turn is then
        over."""
        uow.lanes.release(self.lease, next_due)
        self._ending = True

    def renew(self) -> bool:
        """Hold the lane longer where a third of the lease is over; False where it was lost."""
        lasts = self.runtime.limits.lease_seconds
        if self.runtime.monotonic() - self._leased < lasts / 3:
            return True
        with self.runtime.storage.begin() as uow:
            renewed = uow.lanes.renew(self.lease, timedelta(seconds=lasts))
        if renewed is None:
            return False
        self._leased = self.runtime.monotonic()
        return True

    def keep(self) -> None:
        """Hold the lane longer. Raises LeaseLostError."""
        if not self.renew():
            raise LeaseLostError(f"Lane {self.lease.lane} is held by another worker.")

    def soon(self) -> Callable[[], bool]:
        """Starts the time of one transaction; the answer says whether it is over."""
        monotonic = self.runtime.monotonic
        ends = monotonic() + self.runtime.limits.transaction_seconds
        return lambda: monotonic() > ends

    @property
    def over(self) -> bool:
        """Whether others should have the worker now, or the daemon stops."""
        return (
            self.ended or self.stopping() or self.runtime.monotonic() - self._since > self.runtime.limits.turn_seconds
        )
