"""Health of connections as the lanes find it: ok, degraded, paused; a person is told once."""

from __future__ import annotations

import threading
from collections import defaultdict
from datetime import datetime

import structlog

from hub.errors import ConfigurationError, HubError
from hub.model.identity import ConnectionId
from hub.model.queue import ConnectionHealth, ConnectionState
from hub.ports import Clock, Storage, UnitOfWork
from hub.sync.marks import lane_names

_log = structlog.get_logger(__name__)

OPERATOR_PAUSE = "operator.paused"
"""Code of a pause that a person asked for: a restart or a reload keeps it."""


def pause(storage: Storage, connection: ConnectionId, clock: Clock, words: str = "Paused by a person.") -> None:
    """Ask nothing more of the partner until ``resume``; what was received is still recorded."""
    with storage.begin() as uow:
        uow.connections.note(
            ConnectionHealth(connection, ConnectionState.PAUSED, clock(), code=OPERATOR_PAUSE, message=words)
        )


def resume(storage: Storage, connection: ConnectionId, clock: Clock) -> None:
    """Let a paused connection try again, at once."""
    with storage.begin() as uow:
        uow.connections.note(ConnectionHealth(connection, ConnectionState.OK, clock()))
        for lane in lane_names(connection):
            uow.lanes.mark(lane)


class Conditions:
    """Notes failures and recoveries. A connection is well again once every lane that failed has succeeded."""

    def __init__(self) -> None:
        self._ailing: dict[ConnectionId, set[str]] = defaultdict(set)
        self._well: set[ConnectionId] = set()
        self._lock = threading.Lock()

    def failed(self, uow: UnitOfWork, connection: ConnectionId, lane: str, error: HubError, now: datetime) -> None:
        """Note a failure: PAUSED for a ConfigurationError, else DEGRADED. Logged when the state changes."""
        with self._lock:
            self._ailing[connection].add(lane)
            self._well.discard(connection)
        paused = isinstance(error, ConfigurationError)
        state = ConnectionState.PAUSED if paused else ConnectionState.DEGRADED
        known = uow.connections.health().get(connection)
        if known is not None and known.state is ConnectionState.PAUSED and not paused:
            return
        changed = known is None or known.state is not state
        since = now if known is None or changed else known.since
        failures = 1 if known is None or known.state is ConnectionState.OK else known.failures + 1
        uow.connections.note(ConnectionHealth(connection, state, since, failures, error.code, error.message))
        if changed:
            _log.warning(f"connection_{state}", connection=connection, lane=lane, code=error.code, cure=error.cure)

    def succeeded(self, uow: UnitOfWork, connection: ConnectionId, lane: str, now: datetime) -> None:
        """Note that a lane's call went well; the connection is ok again where no other lane ails."""
        with self._lock:
            self._ailing[connection].discard(lane)
            if self._ailing[connection] or connection in self._well:
                return
            self._well.add(connection)
        known = uow.connections.health().get(connection)
        if known is not None and known.state is ConnectionState.DEGRADED:
            uow.connections.note(ConnectionHealth(connection, ConnectionState.OK, now))
            _log.info("connection_ok", connection=connection, lane=lane)

    def is_paused(self, uow: UnitOfWork, connection: ConnectionId) -> bool:
        """Whether nothing may be asked of the partner now."""
        known = uow.connections.health().get(connection)
        return known is not None and known.state is ConnectionState.PAUSED

    def forget(self, connection: ConnectionId) -> None:
        """Its settings are new, or a person resumed it: the next call tells."""
        with self._lock:
            self._ailing.pop(connection, None)
            self._well.discard(connection)
