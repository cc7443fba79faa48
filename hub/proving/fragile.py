"""A unit of work that dies in the middle: after so many calls of its stores an exception comes from inside."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from hub.ports import UnitOfWork


class CrashError(Exception):
    """The process died here; the database rolls back, and the step is done again."""


class _Fuse:
    def __init__(self, calls: int) -> None:
        self._left = calls

    def burn(self) -> None:
        self._left -= 1
        if self._left < 0:
            raise CrashError


class _FragileStore:
    def __init__(self, store: Any, fuse: _Fuse) -> None:
        self._store, self._fuse = store, fuse

    def __getattr__(self, name: str) -> Any:
        call = getattr(self._store, name)
        return self._counted(call) if callable(call) else call

    def _counted(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*given: Any, **named: Any) -> Any:
            self._fuse.burn()
            return call(*given, **named)

        return counted


class _FragileUnit:
    def __init__(self, uow: UnitOfWork, fuse: _Fuse) -> None:
        self._uow, self._fuse = uow, fuse

    def __getattr__(self, name: str) -> Any:
        if name == "savepoint":
            return self._uow.savepoint
        return _FragileStore(getattr(self._uow, name), self._fuse)


def fragile(uow: UnitOfWork, calls: int) -> UnitOfWork:
    """The unit of work, which raises CrashError at the call after so many."""
    return cast("UnitOfWork", _FragileUnit(uow, _Fuse(calls)))
