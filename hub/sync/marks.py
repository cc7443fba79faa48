"""Lane marks in the transaction that made the work: an outbox row or a timer without its mark would wait for luck."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple, cast

from hub.flows.work import Work
from hub.model.identity import ChannelId, ConnectionId, DocumentId, Sku
from hub.model.network import Network
from hub.model.queue import OutboxItem, Task
from hub.ports import Clock, OutboxStore, PublicationStore, Storage, TaskStore, UnitOfWork

TASKS_LANE = "hub/tasks"
"""The lane that works durable timers."""

_PUBLISH = "publish"


class LaneNames(NamedTuple):
    """The lanes of one connection."""

    fetch: str
    inbound: str
    outbound: str


def lane_names(connection: ConnectionId) -> LaneNames:
    """Names of a connection's lanes."""
    return LaneNames(f"{connection}/fetch", f"{connection}/in", f"{connection}/out")


@dataclass
class _Marks:
    """What is written at the end: lanes to mark (None is "at once"), touched SKUs and those that a channel has looked
    at, and timers of the one kind that every transaction about stock sets for the same channels: ``ended`` are those
    that ran, with what becomes of each."""

    dues: dict[str, datetime | None] = field(default_factory=dict)
    touched: set[Sku] = field(default_factory=set)
    looked_at: dict[ChannelId, set[Sku]] = field(default_factory=dict)
    timers: dict[str, datetime] = field(default_factory=dict)
    ended: dict[str, Callable[[TaskStore], None]] = field(default_factory=dict)

    def note(self, lane: str, due: datetime | None) -> None:
        known = self.dues.get(lane, due)
        self.dues[lane] = None if known is None or due is None else min(known, due)

    def publish(self, channel: str, due: datetime) -> None:
        self.timers[channel] = min(self.timers.get(channel, due), due)

    def write(self, uow: UnitOfWork) -> None:
        """Always in this order, so that no two transactions wait for each other."""
        if self.touched:
            uow.publications.touch(self.touched)
        for looking in sorted(self.looked_at):
            uow.publications.settled(looking, self.looked_at[looking])
        for channel in sorted({*self.ended, *self.timers}):
            if channel in self.ended:
                self.ended[channel](uow.tasks)
            if channel in self.timers:
                uow.tasks.schedule(_PUBLISH, channel, self.timers[channel])
        for lane in sorted(self.dues):
            uow.lanes.mark(lane, self.dues[lane])


class _MarkedOutbox:
    def __init__(self, inner: OutboxStore, marks: _Marks) -> None:
        self._inner, self._marks = inner, marks

    def add(self, item: OutboxItem) -> bool:
        added = self._inner.add(item)
        if added:
            self._marks.note(lane_names(item.connection).outbound, item.due)
        return added

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


class _MarkedTasks:
    def __init__(self, inner: TaskStore, marks: _Marks) -> None:
        self._inner, self._marks = inner, marks

    def schedule(self, kind: str, key: str, due: datetime) -> None:
        if kind == _PUBLISH:
            self._marks.publish(key, due)
        else:
            self._inner.schedule(kind, key, due)
        self._marks.note(TASKS_LANE, due)

    def finish(self, task: Task) -> None:
        self._end(task, lambda tasks: tasks.finish(task))

    def postpone(self, task: Task, due: datetime, note: str) -> None:
        self._end(task, lambda tasks: tasks.postpone(task, due, note))

    def _end(self, task: Task, write: Callable[[TaskStore], None]) -> None:
        if task.kind == _PUBLISH:
            self._marks.ended[task.key] = write
        else:
            write(self._inner)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


class _MarkedPublications:
    def __init__(self, inner: PublicationStore, marks: _Marks) -> None:
        self._inner, self._marks = inner, marks

    def touch(self, skus: Iterable[Sku]) -> None:
        self._marks.touched.update(skus)

    def settled(self, channel: ChannelId, skus: Iterable[Sku]) -> None:
        self._marks.looked_at.setdefault(channel, set()).update(skus)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


class _MarkedUnit:
    """A unit of work that notes what its outbox, timers and publications were given."""

    def __init__(self, inner: UnitOfWork, marks: _Marks) -> None:
        self._inner = inner
        self.outbox = _MarkedOutbox(inner.outbox, marks)
        self.tasks = _MarkedTasks(inner.tasks, marks)
        self.publications = _MarkedPublications(inner.publications, marks)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


@contextmanager
def marked(uow: UnitOfWork) -> Iterator[UnitOfWork]:
    """The same unit of work; at the end of the block the lanes that got work are marked.

    Marks are written last, so that a savepoint rolled back in between takes no mark with it (one too many is
    harmless, one too few is not). Touched SKUs, what channels have looked at, and the timers that publish them, too:
    every transaction about stock writes these few rows, and on PostgreSQL each would wait for the one before it from
    its first touch to its commit, or in a circle with it. So a channel may not look inside a savepoint.
    """
    marks = _Marks()
    yield cast("UnitOfWork", _MarkedUnit(uow, marks))
    marks.write(uow)


@contextmanager
def working(
    storage: Storage,
    network: Network,
    clock: Clock,
    *,
    actor: str = "hub",
    cause: DocumentId | None = None,
    connection: ConnectionId | None = None,
) -> Iterator[Work]:
    """One transaction for a flow that a person starts (CLI, console): flows called in it wake the lanes they feed."""
    with storage.begin() as uow, marked(uow) as noted:
        yield Work(noted, network, clock(), cause=cause, actor=actor, connection=connection)
