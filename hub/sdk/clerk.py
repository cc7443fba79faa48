"""The clerk of a simulated partner that exchanges files: reads ours, and does what was put off in its turn.

What the partner makes of a file, and which ones it writes, is the connector's simulator.
"""

from __future__ import annotations

import datetime as dt
import heapq
import itertools
import threading
import time
from collections.abc import Callable
from pathlib import Path

INBOUND, OUTBOUND, DONE, ARCHIVE = "inbound", "outbound", "outbound/done", "archive"
"""Where we put our files, where the partner puts its own, where we move those, where the partner moves ours."""


class Clerk:
    """Hands each of our files that fits ``pattern`` to ``read``, once it is in the archive.

    Looks up every ``tick`` seconds. Everything happens under ``lock``.
    """

    def __init__(
        self, name: str, folder: Path, read: Callable[[str, bytes], None], *, tick: float, pattern: str = "*"
    ) -> None:
        self.folder = folder
        self.lock = threading.RLock()
        self._name, self._read, self._tick, self._pattern = name, read, tick, pattern
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._agenda: list[tuple[float, int, bool, Callable[[], None]]] = []
        self._turns = itertools.count()

    def start(self) -> None:
        """Make the folders and begin to work."""
        for folder in (INBOUND, OUTBOUND, DONE, ARCHIVE):
            (self.folder / folder).mkdir(parents=True, exist_ok=True)
        self._thread = threading.Thread(target=self._work, name=f"clerk-{self._name}", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop working; the files stay."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(10)

    def idle(self) -> bool:
        """No file of ours waits to be read, and nothing is put off that is about an order."""
        return not self._waiting() and not any(business for _, _, business, _ in self._agenda)

    def later(self, seconds: float, job: Callable[[], None], *, business: bool = True) -> None:
        """Put something off; ``business`` False for what recurs for ever."""
        with self.lock:
            heapq.heappush(self._agenda, (time.monotonic() + seconds, next(self._turns), business, job))

    def write(self, name: str, body: bytes) -> None:
        """Put a whole file into the folder that we read."""
        temporary = self.folder / OUTBOUND / f".{name}.part"
        temporary.write_bytes(body)
        temporary.rename(self.folder / OUTBOUND / name)

    def _waiting(self) -> list[Path]:
        return sorted(path for path in (self.folder / INBOUND).glob(self._pattern) if not path.name.startswith("."))

    def _work(self) -> None:
        while not self._stop.wait(self._tick):
            with self.lock:
                for path in self._waiting():
                    body = path.read_bytes()
                    path.rename(self.folder / ARCHIVE / path.name)
                    self._read(path.name, body)
                while self._agenda and self._agenda[0][0] <= time.monotonic():
                    heapq.heappop(self._agenda)[3]()


class Watch:
    """Gives every event of a partner an instant of its own, so that "before" and "after" are never in doubt between a
    count and a shipment."""

    def __init__(self) -> None:
        self.last = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)

    def tick(self) -> dt.datetime:
        """In UTC, whole hundredths of a second, always later than the one before.

        Never a whole second: a time that ends so looks as if it were given to the second only.
        """
        now = dt.datetime.now(dt.UTC)
        now = now.replace(microsecond=now.microsecond // 10_000 * 10_000)
        self.last = max(now, self.last + dt.timedelta(milliseconds=10))
        if not self.last.microsecond:
            self.last += dt.timedelta(milliseconds=10)
        return self.last
