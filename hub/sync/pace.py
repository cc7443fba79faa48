"""Keeping a connection's rate budget: short waits are slept, long ones give the worker back."""

from __future__ import annotations

from datetime import datetime, timedelta

from hub.sync.runtime import Turn
from hub.transport.throttle import RateBudget


class Pacer:
    """One lane's place in the queue for a connection's budget.

    A budget lends from the future: asking again would pay twice, so the place is kept until its time has come.
    """

    def __init__(self, budget: RateBudget | None) -> None:
        self._budget = budget
        self._granted: float | None = None

    def ready(self, turn: Turn) -> datetime | None:
        """None where a call may be made now (after a short sleep where that suffices), else when to come back."""
        if self._budget is None:
            return None
        clock = turn.runtime.monotonic
        if self._granted is None:
            self._granted = clock() + self._budget.acquire()
        wait = self._granted - clock()
        if wait > turn.runtime.limits.longest_pause_seconds:
            return turn.now + timedelta(seconds=wait)
        if wait > 0:
            turn.runtime.sleep(wait)
        self._granted = None
        return None
