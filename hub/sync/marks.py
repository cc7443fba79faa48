"""Lane marks in the transaction that made the work: an outbox row or a timer without its mark would wait for luck."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple, cast

from hub.flows.work import Work
from hub.model.identity import ConnectionId, DocumentId
from hub.model.network import Network
from hub.model.queue import OutboxItem
from hub.ports import Clock, OutboxStore, Storage, TaskStore, UnitOfWork

TASKS_LANE = "hub/tasks"
"""The lane that works durable timers."""


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
    """Lanes to mark at the end; None is "at once"."""

    dues: dict[str, datetime | None] = field(default_factory=dict)

    def note(self, lane: str, due: datetime | None) -> None:
        known = self.dues.get(lane, due)
        self.dues[lane] = None if known is None or due is None else min(known, due)


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
        self._inner.schedule(kind, key, due)
        self._marks.note(TASKS_LANE, due)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


class _MarkedUnit:
    """A unit of work that notes what its outbox and timers were given."""

    def __init__(self, inner: UnitOfWork, marks: _Marks) -> None:
        self._inner = inner
        self.outbox = _MarkedOutbox(inner.outbox, marks)
        self.tasks = _MarkedTasks(inner.tasks, marks)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


@contextmanager
def marked(uow: UnitOfWork) -> Iterator[UnitOfWork]:
    """The same unit of work; at the end of the block the lanes that got work are marked.

    Marks are written last, so that a savepoint rolled back in between takes no mark with it (one too many is
    harmless, one too few is not).
    """
    marks = _Marks()
    yield cast("UnitOfWork", _MarkedUnit(uow, marks))
    for lane in sorted(marks.dues):
        uow.lanes.mark(lane, marks.dues[lane])


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
