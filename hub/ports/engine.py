"""Stores the engine runs on."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Protocol

from hub.model.identity import ConnectionId
from hub.model.queue import ConnectionHealth, Lease, Task


class LaneStore(Protocol):
    """Leases on lanes with fences, in database time (engine.md section 4)."""

    def ensure(self, lanes: Iterable[str]) -> None:
        """Make rows for lanes that have none; they are due at once."""

    def claim(self, lane: str, owner: str, lease: timedelta) -> Lease | None:
        """Take the lane with the next fence, None while another holds it."""

    def renew(self, lease: Lease, by: timedelta) -> Lease | None:
        """Hold it longer, None where it was lost."""

    def confirm(self, lease: Lease) -> None:
        """Make this transaction conditional on the fence: raises LeaseLostError where it is no longer ours."""

    def release(self, lease: Lease, next_due: datetime | None) -> None:
        """Give it back; does nothing where it was lost. A mark set meanwhile keeps its earlier due time."""

    def reclaim(self, owner: str) -> list[str]:
        """Give back every lane ``owner`` holds and make them due; only after its process has surely ended.

        Returns their names. Fences keep growing: what a zombie of that name still wants to settle is refused.
        """

    def mark(self, lane: str, due: datetime | None = None) -> None:
        """Say that the lane has work, at once or then; keeps the earlier time."""

    def due(self, limit: int = 1000) -> list[str]:
        """Lanes that are due now and not held."""


class TaskStore(Protocol):
    """Durable timers."""

    def schedule(self, kind: str, key: str, due: datetime) -> None:
        """One row per (kind, key); scheduling again keeps the earlier time and raises the version."""

    def due(self, now: datetime, limit: int) -> list[Task]:
        """Tasks whose time has come, earliest first."""

    def finish(self, task: Task) -> None:
        """Delete it unless it was scheduled again since it was read."""

    def postpone(self, task: Task, due: datetime, note: str) -> None:
        """Try again then; attempts grow by one."""

    def cancel(self, kind: str, key: str) -> None:
        """Delete it."""

    def next_due(self) -> datetime | None:
        """When the earliest task is due."""


class ConnectionStore(Protocol):
    """Health of connections."""

    def health(self) -> dict[ConnectionId, ConnectionHealth]:
        """All that were ever noted."""

    def note(self, health: ConnectionHealth) -> None:
        """Insert or replace."""


class SequenceStore(Protocol):
    """Numbers that never repeat: control numbers, request ids."""

    def next(self, name: str) -> int:
        """The next number of this sequence, from 1; rolls back with the transaction."""
