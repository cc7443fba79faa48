"""A partner's rate budget as a token bucket; pure: it says how long to wait, the caller waits."""

from __future__ import annotations

import threading
from collections.abc import Callable


class RateBudget:
    """``rate_per_second`` tokens come back each second, up to ``burst``; one call spends its cost.

    Waiting callers queue by borrowing from the future, so a hundred threads never send a wave: with
    rate 2 and burst 2, four calls of cost 1 at one moment wait 0, 0, 0.5 and 1 second.
    """

    def __init__(self, *, rate_per_second: float, burst: float, clock: Callable[[], float]) -> None:
        if rate_per_second <= 0 or burst <= 0:
            raise ValueError("A rate budget needs a rate and a burst above zero.")
        self._rate = rate_per_second
        self._burst = burst
        self._clock = clock
        self._level = burst
        self._seen = clock()
        self._lock = threading.Lock()

    def acquire(self, cost: float = 1.0) -> float:
        """Spends ``cost`` and returns the seconds to wait before the call may be sent (0 or more)."""
        with self._lock:
            self._refill()
            self._level -= cost
            return max(0.0, -self._level / self._rate)

    def give_back(self, cost: float = 1.0) -> None:
        """Undoes an ``acquire`` whose call was not sent after all."""
        with self._lock:
            self._refill()
            self._level = min(self._burst, self._level + cost)

    def learn(self, available: float, restore_rate: float, maximum: float | None = None) -> None:
        """Takes over what the partner says is left, and how fast it comes back.

        For Shopify's ``throttleStatus``: currentlyAvailable, restoreRate, maximumAvailable. The partner's
        word replaces our own count, because other apps of the same shop may spend from it too.
        """
        with self._lock:
            self._refill()
            if restore_rate > 0:
                self._rate = restore_rate
            if maximum is not None and maximum > 0:
                self._burst = maximum
            self._level = min(available, self._burst)

    def _refill(self) -> None:
        now = self._clock()
        self._level = min(self._burst, self._level + max(0.0, now - self._seen) * self._rate)
        self._seen = now
