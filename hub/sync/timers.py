"""Durable timers: due tasks run their flow, each batch in one transaction, a task that fails alone in its own."""

from __future__ import annotations

from datetime import datetime

import structlog

from hub.errors import HubError, InvariantError, LeaseLostError
from hub.flows.follow_settings import follow_settings
from hub.flows.registry import run_task
from hub.flows.work import Work
from hub.inventory.freshness import Band
from hub.model.network import Network
from hub.model.queue import Task
from hub.ports import UnitOfWork
from hub.sync.health import stock_snapshot
from hub.sync.marks import marked
from hub.sync.retry import BUGS, INBOUND, as_hub_error, retry_after
from hub.sync.runtime import Done, Turn

_log = structlog.get_logger(__name__)


class Timers:
    """The tasks lane."""

    def __init__(self) -> None:
        self._newest: Network | None = None
        self._seen: Network | None = None

    def follow(self, network: Network) -> None:
        """The first turn with this network has every channel look whether it decides its quantities otherwise."""
        self._newest = network

    def rest(self, uow: UnitOfWork, now: datetime) -> Done | None:
        """See Job."""
        if self._seen is not self._newest:
            return None
        return None if uow.tasks.due(now, 1) else Done(uow.tasks.next_due())

    def work(self, turn: Turn) -> Done:
        """Run what is due."""
        moved = False
        self._look_at(turn)
        while not turn.over:
            with turn.runtime.storage.read() as uow:
                due = uow.tasks.due(turn.now, turn.runtime.limits.tasks_per_transaction)
                next_due = uow.tasks.next_due()
            if not due:
                return Done(next_due, moved)
            turn.keep()
            moved = True
            if len(due) > 1 and self._run_together(turn, due):
                continue
            for task in due:
                if not turn.ended:
                    self._run_alone(turn, task)
        return Done(turn.now, moved)

    def _look_at(self, turn: Turn) -> None:
        """A turn that began before a reload still has the old network: then the next one does it."""
        network = turn.configuration.network
        if network is self._seen:
            return
        with turn.begin() as uow:
            follow_settings(Work(uow, network, turn.now))
        self._seen = network

    def _run_together(self, turn: Turn, tasks: list[Task]) -> bool:
        try:
            self._run(turn, tasks)
        except LeaseLostError:
            raise
        except Exception:  # noqa: BLE001  each is taken alone right after, and its error is kept there
            return False
        return True

    def _run_alone(self, turn: Turn, task: Task) -> None:
        try:
            self._run(turn, [task])
        except LeaseLostError:
            raise
        except Exception as raised:  # noqa: BLE001  one bad timer stops only itself
            self._postpone(turn, task, as_hub_error(raised))

    def _run(self, turn: Turn, tasks: list[Task]) -> None:
        done: list[Task] = []
        with turn.begin() as uow:
            with marked(uow) as noted:
                late = turn.soon()
                work = Work(noted, turn.configuration.network, turn.now)
                for task in tasks:
                    run_task(work, task)
                    done.append(task)
                    if late():
                        break
            rest = self.rest(uow, turn.now)
            if rest is not None:
                turn.end(uow, rest.next_due)
        for task in done:
            turn.runtime.metrics.tasks.labels(task.kind, "done").inc()
        _warn_of_age(turn, {task.key for task in done if task.kind == "stale"})

    def _postpone(self, turn: Turn, task: Task, error: HubError) -> None:
        policy = BUGS if isinstance(error, InvariantError) else INBOUND
        due = turn.now + policy.wait(task.attempts + 1, turn.runtime.rng, retry_after(error))
        with turn.begin() as uow:
            uow.tasks.postpone(task, due, f"{error.code}: {error.message}")
        turn.runtime.metrics.tasks.labels(task.kind, "failed").inc()
        turn.runtime.metrics.failures.labels(turn.lease.lane, error.code).inc()
        _log.warning("task_failed", kind=task.kind, key=task.key, code=error.code, detail=error.message)


def _warn_of_age(turn: Turn, places: set[str]) -> None:
    """Tell whoever reads the log that stock of these locations is believed less from now on."""
    if not places:
        return
    for one in stock_snapshot(turn.runtime.storage, turn.configuration.network, turn.now):
        if one.location in places and one.band is not Band.TRUSTED:
            counted = one.counted_at.isoformat() if one.counted_at else ""
            _log.warning("stock_ages", location=one.location, band=one.band.value, counted_at=counted)
