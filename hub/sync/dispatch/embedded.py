"""The in-process Dispatcher: threads that work what is woken, and nothing that would be missed after a crash."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Mapping

import structlog

_log = structlog.get_logger(__name__)

Key = tuple[str, str]

ONCE_TOPIC = "once"


class EmbeddedDispatcher:
    """hub.ports.Dispatcher for one process.

    A key is worked by at most one thread at a time; a wake while it runs leads to one more run afterwards, any
    number of wakes to one. Threads are made as they are needed, up to ``workers``. A partner that hangs holds at
    most three of them (one per lane), so with 64 workers 20 partners may hang before the others wait for anything.
    Each ``every`` job has a thread of its own: the sweep and the renewal of leases go on while all workers hang.
    """

    def __init__(self, handler: Callable[[str, str], None], *, workers: int = 64, name: str = "hub") -> None:
        if workers < 1:
            raise ValueError("A dispatcher needs at least one worker.")
        self._handler = handler
        self._most = workers
        self._name = name
        self._changed = threading.Condition()
        self._queue: deque[Key] = deque()
        self._waiting: set[Key] = set()
        self._running: set[Key] = set()
        self._again: set[Key] = set()
        self._jobs: dict[Key, Callable[[], None]] = {}
        self._threads: list[threading.Thread] = []
        self._workers = 0
        # Not the condition: a wake is told to one waiter, and that must be a worker.
        self._ended = threading.Event()
        self._idle = 0
        self._failed = 0
        self._started = False
        self._stopping = False

    def start(self) -> None:
        """See Dispatcher. What was woken before is worked now."""
        with self._changed:
            if self._started:
                return
            self._started = True
            for thread in self._threads:
                thread.start()
            for _ in range(min(len(self._queue), self._most)):
                self._add_worker()

    def stop(self, timeout_seconds: float) -> bool:
        """See Dispatcher."""
        with self._changed:
            self._stopping = True
            self._ended.set()
            self._queue.clear()
            self._waiting.clear()
            self._again.clear()
            self._changed.notify_all()
            threads = [thread for thread in self._threads if thread.is_alive()]
        ends = time.monotonic() + timeout_seconds
        for thread in threads:
            if thread is not threading.current_thread():
                thread.join(max(0.0, ends - time.monotonic()))
        return not any(thread.is_alive() for thread in threads if thread is not threading.current_thread())

    def wake(self, topic: str, key: str) -> None:
        """See Dispatcher."""
        with self._changed:
            self._enqueue((topic, key))

    def every(self, seconds: float, name: str, job: Callable[[], None]) -> None:
        """See Dispatcher. The first run is one interval after the start."""
        thread = threading.Thread(target=self._repeat, args=(seconds, name, job), name=f"{self._name}-{name}")
        thread.daemon = True
        with self._changed:
            if self._stopping:
                return
            self._threads.append(thread)
            if self._started:
                thread.start()

    def run_once(self, job: Callable[[], None], job_id: str) -> None:
        """See Dispatcher."""
        key = (ONCE_TOPIC, job_id)
        with self._changed:
            if key in self._waiting or key in self._running:
                return
            self._jobs[key] = job
            self._enqueue(key)

    def health(self) -> Mapping[str, int]:
        """See Dispatcher."""
        with self._changed:
            return {
                "running": len(self._running),
                "waiting": len(self._queue) + len(self._again),
                "failed": self._failed,
                "workers": self._workers,
            }

    def _enqueue(self, key: Key) -> None:
        """Under the lock."""
        if self._stopping or key in self._waiting:
            return
        if key in self._running:
            self._again.add(key)
            return
        self._waiting.add(key)
        self._queue.append(key)
        if self._idle >= len(self._queue):
            self._changed.notify()
        elif self._started:
            self._add_worker()
            self._changed.notify()

    def _add_worker(self) -> None:
        """Under the lock."""
        if self._workers >= self._most:
            return
        self._workers += 1
        thread = threading.Thread(target=self._work, name=f"{self._name}-{self._workers}", daemon=True)
        self._threads.append(thread)
        thread.start()

    def _work(self) -> None:
        while True:
            with self._changed:
                while not self._queue and not self._stopping:
                    self._idle += 1
                    self._changed.wait()
                    self._idle -= 1
                if self._stopping:
                    return
                key = self._queue.popleft()
                self._waiting.discard(key)
                self._running.add(key)
                job = self._jobs.pop(key, None)
            self._run(key, job)
            with self._changed:
                self._running.discard(key)
                if key in self._again:
                    self._again.discard(key)
                    self._enqueue(key)

    def _run(self, key: Key, job: Callable[[], None] | None) -> None:
        try:
            if job is not None:
                job()
            else:
                self._handler(*key)
        except Exception as error:  # noqa: BLE001  what failed is still in its lane; the worker goes on
            self._note_failure(f"{key[0]}:{key[1]}", error)

    def _repeat(self, seconds: float, name: str, job: Callable[[], None]) -> None:
        while not self._ended.wait(seconds):
            try:
                job()
            except Exception as error:  # noqa: BLE001  the next round may do better
                self._note_failure(name, error)

    def _note_failure(self, name: str, error: Exception) -> None:
        with self._changed:
            self._failed += 1
        _log.error("job_failed", job=name, raised=type(error).__name__, code=getattr(error, "code", ""))
