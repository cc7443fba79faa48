"""A unit of work on real storage for tests that were written for one in memory: each step is a transaction."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hub.ports import Storage


class StepwiseUnit:
    """Stands for a unit of work; ``next_step`` commits what was done and begins anew."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._begin()

    def next_step(self) -> None:
        self._context.__exit__(None, None, None)
        self._begin()

    def close(self) -> None:
        self._context.__exit__(None, None, None)
        self._storage.close()

    def _begin(self) -> None:
        self._context = self._storage.begin()
        self._uow = self._context.__enter__()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._uow, name)


class FreshUnits:
    """Makes a unit on a fresh database each time; the one before is closed."""

    def __init__(self, fresh: Callable[[], Storage]) -> None:
        self._fresh = fresh
        self._last: StepwiseUnit | None = None

    def __call__(self) -> StepwiseUnit:
        self.close()
        self._last = StepwiseUnit(self._fresh())
        return self._last

    def close(self) -> None:
        if self._last is not None:
            self._last.close()
            self._last = None
