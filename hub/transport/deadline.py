"""A call's whole time limit; per-read timeouts alone let a slow drip run forever (partners.md 5.5)."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Deadline:
    """A fixed point on a monotonic clock; ``remaining()`` is in seconds and may be negative."""

    def __init__(self, clock: Callable[[], float], seconds: float) -> None:
        self._clock = clock
        self._end = clock() + seconds

    def remaining(self) -> float:
        return self._end - self._clock()


class CurrentDeadline(threading.local):
    """The deadline of the call that this thread is in.

    httpcore hands a network stream the timeouts of one read, not the request they belong to, so the
    client and the stream share the deadline through the thread.
    """

    def __init__(self) -> None:
        self._deadline: Deadline | None = None

    @contextmanager
    def running(self, deadline: Deadline) -> Iterator[None]:
        before, self._deadline = self._deadline, deadline
        try:
            yield
        finally:
            self._deadline = before

    def bound(self, timeout: float | None) -> float | None:
        """``timeout`` cut to what is left of the deadline; zero or less when nothing is left."""
        if self._deadline is None:
            return timeout
        left = self._deadline.remaining()
        return left if timeout is None else min(timeout, left)
