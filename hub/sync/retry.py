"""Repeating jobs for hours: backoff with full jitter, and one circuit per connection.

``transport`` repeats reads and keyed writes for seconds inside one call; nobody else retries.
"""

from __future__ import annotations

import random
import threading
import traceback
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import PurePath

from hub.errors import HubError, InvariantError, TransientError


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """``base`` and ``cap`` bound the wait, ``attempts`` how often before it is given up.

    With the defaults the cap is reached at the eighth attempt, and 40 attempts last on average four hours.
    """

    base_seconds: float = 5.0
    cap_seconds: float = 900.0
    attempts: int = 40

    def ceiling(self, attempt: int) -> float:
        """The longest wait, in seconds, after failed attempt ``attempt`` (from 1): base * 2^(attempt-1), capped."""
        return float(min(self.cap_seconds, self.base_seconds * 2 ** min(attempt - 1, 32)))

    def wait(self, attempt: int, rng: random.Random, retry_after_seconds: float | None = None) -> timedelta:
        """How long to wait after failed attempt ``attempt`` (from 1).

        Full jitter: evenly between 0 and the ceiling, so that many jobs that failed together do not come back
        together. A partner's own wish is a lower bound; then the jitter is on top, at most a tenth of it.
        """
        if retry_after_seconds is not None:
            return timedelta(seconds=retry_after_seconds * (1.0 + rng.uniform(0.0, 0.1)))
        return timedelta(seconds=rng.uniform(0.0, self.ceiling(attempt)))


OUTBOUND = RetryPolicy()
INBOUND = RetryPolicy(attempts=12)
BUGS = RetryPolicy(base_seconds=2.0, cap_seconds=60.0, attempts=5)
"""An InvariantError is our bug: a few tries in case it came from the surroundings, then it is parked."""


def as_hub_error(error: Exception) -> HubError:
    """The error itself, or an InvariantError in place of an exception nobody foresaw (its text is not kept)."""
    if isinstance(error, HubError):
        return error
    frames = traceback.extract_tb(error.__traceback__)
    place = f" ({PurePath(frames[-1].filename).name}:{frames[-1].lineno})" if frames else ""
    return InvariantError(
        f"{type(error).__name__} was raised where no such error is foreseen{place}.",
        cure="Report it with the log of this moment; everything is kept and can be reprocessed after the fix.",
    )


def retry_after(error: HubError) -> float | None:
    """The partner's own wish in seconds."""
    return error.retry_after_seconds if isinstance(error, TransientError) else None


@dataclass
class Circuit:
    """Keeps a connection that fails from being called: open until ``until``, then one call may try.

    It opens at the third failure in a row, or at once where the partner names a time. In memory only: after a
    restart the first call tells.
    """

    policy: RetryPolicy
    rng: random.Random
    failures: int = 0
    until: datetime | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    THRESHOLD = 3

    def closed_at(self, now: datetime) -> datetime | None:
        """When a call may be made again, None where it may be made now."""
        with self._lock:
            return self.until if self.until is not None and self.until > now else None

    def succeeded(self) -> None:
        """A call went well."""
        with self._lock:
            self.failures, self.until = 0, None

    def failed(self, error: HubError, now: datetime) -> int:
        """A call failed for a reason that concerns the whole connection; returns failures in a row."""
        with self._lock:
            self.failures += 1
            wish = retry_after(error)
            if wish is not None or self.failures >= self.THRESHOLD:
                self.until = now + self.policy.wait(self.failures, self.rng, wish)
            return self.failures
