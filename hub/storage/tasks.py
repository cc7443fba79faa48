"""Durable timers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, func, select, update

from hub.model.queue import Task
from hub.storage.column_types import to_micros
from hub.storage.tables import tasks
from hub.storage.transaction import Transaction

# A first version is the time, not 1: after finish and a new schedule it must differ from what an old reader holds.
_SCHEDULE = """
    INSERT INTO tasks (kind, key, due, version, attempts, note) VALUES (:kind, :key, :due, {now}, 0, '')
    ON CONFLICT (kind, key) DO UPDATE
    SET version = tasks.version + 1, due = CASE WHEN excluded.due < tasks.due THEN excluded.due ELSE tasks.due END
"""


class SqlTaskStore:
    """TaskStore."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def schedule(self, kind: str, key: str, due: datetime) -> None:
        """See TaskStore."""
        self._transaction.run(_SCHEDULE, {"kind": kind, "key": key, "due": to_micros(due)})

    def due(self, now: datetime, limit: int) -> list[Task]:
        """See TaskStore."""
        query = select(tasks).where(tasks.c.due <= now).order_by(tasks.c.due, tasks.c.kind, tasks.c.key).limit(limit)
        return [_task(row) for row in self._transaction.execute(query)]

    def finish(self, task: Task) -> None:
        """See TaskStore."""
        self._transaction.execute(
            delete(tasks).where(tasks.c.kind == task.kind, tasks.c.key == task.key, tasks.c.version == task.version)
        )

    def postpone(self, task: Task, due: datetime, note: str) -> None:
        """See TaskStore. A task scheduled again since it was read keeps its own time."""
        self._transaction.execute(
            update(tasks)
            .where(tasks.c.kind == task.kind, tasks.c.key == task.key, tasks.c.version == task.version)
            .values(due=due, attempts=tasks.c.attempts + 1, note=note)
        )

    def cancel(self, kind: str, key: str) -> None:
        """See TaskStore."""
        self._transaction.execute(delete(tasks).where(tasks.c.kind == kind, tasks.c.key == key))

    def next_due(self) -> datetime | None:
        """See TaskStore."""
        found: datetime | None = self._transaction.execute(select(func.min(tasks.c.due))).scalar()
        return found


def _task(row: Row[Any]) -> Task:
    return Task(kind=row.kind, key=row.key, due=row.due, version=row.version, attempts=row.attempts, note=row.note)
