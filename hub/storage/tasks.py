"""Durable timers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from hub.model.queue import Task
from hub.storage.column_types import from_micros, instant_or_none, to_micros
from hub.storage.transaction import Transaction

# A first version is the time, not 1: after finish and a new schedule it must differ from what an old reader holds.
_SCHEDULE = """
    INSERT INTO tasks (kind, key, due, version, attempts, note) VALUES (:kind, :key, :due, {now}, 0, '')
    ON CONFLICT (kind, key) DO UPDATE
    SET version = tasks.version + 1, due = CASE WHEN excluded.due < tasks.due THEN excluded.due ELSE tasks.due END
"""
_DUE = """
    SELECT kind, key, due, version, attempts, note FROM tasks WHERE due <= :now ORDER BY due, kind, key LIMIT :limit
"""
_FINISH = "DELETE FROM tasks WHERE kind = :kind AND key = :key AND version = :version"
_POSTPONE = """
    UPDATE tasks SET due = :due, attempts = attempts + 1, note = :note
    WHERE kind = :kind AND key = :key AND version = :version
"""
_CANCEL = "DELETE FROM tasks WHERE kind = :kind AND key = :key"
_NEXT_DUE = "SELECT MIN(due) AS due FROM tasks"


class SqlTaskStore:
    """TaskStore."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def schedule(self, kind: str, key: str, due: datetime) -> None:
        """See TaskStore."""
        self._transaction.run(_SCHEDULE, {"kind": kind, "key": key, "due": to_micros(due)})

    def due(self, now: datetime, limit: int) -> list[Task]:
        """See TaskStore."""
        return [_task(row) for row in self._transaction.run(_DUE, {"now": to_micros(now), "limit": limit})]

    def finish(self, task: Task) -> None:
        """See TaskStore."""
        self._transaction.run(_FINISH, _version(task))

    def postpone(self, task: Task, due: datetime, note: str) -> None:
        """See TaskStore. A task scheduled again since it was read keeps its own time."""
        self._transaction.run(_POSTPONE, {**_version(task), "due": to_micros(due), "note": note})

    def cancel(self, kind: str, key: str) -> None:
        """See TaskStore."""
        self._transaction.run(_CANCEL, {"kind": kind, "key": key})

    def next_due(self) -> datetime | None:
        """See TaskStore."""
        return instant_or_none(self._transaction.run(_NEXT_DUE).scalar())


def _version(task: Task) -> dict[str, str | int]:
    return {"kind": task.kind, "key": task.key, "version": task.version}


def _task(row: Any) -> Task:
    return Task(
        kind=row.kind,
        key=row.key,
        due=from_micros(row.due),
        version=row.version,
        attempts=row.attempts,
        note=row.note,
    )
