"""Day sums of the ledger, made beside everything else in small transactions (ADR 0023)."""

from __future__ import annotations

import time
from collections.abc import Callable

import structlog

from hub.ports import Storage
from hub.sync.retry import as_hub_error

EVERY_SECONDS = 60.0

_WORTH = 500
"""Entries of an item at a location: as many are added up faster than anybody asks twice."""
_MOST = 5_000
"""Entries of one transaction: a few hundredths of a second, while SQLite lets nobody else write."""
_PAUSE_SECONDS = 0.02
"""Who comes first to a lock of SQLite is chance: after an upgrade a million entries are summed up, and orders go on."""

_log = structlog.get_logger(__name__)


def make_checkpoints(
    storage: Storage, stopping: Callable[[], bool], *, sleep: Callable[[float], None] = time.sleep
) -> int:
    """Sum up what was written since the last time; how many entries were looked at.

    What fails is logged and done the next time: sums only make answers faster.
    """
    looked_at = 0
    try:
        while not stopping():
            with storage.begin() as uow:
                part = uow.checkpoints.advance(worth=_WORTH, most=_MOST)
            looked_at += part
            if not part:
                break
            sleep(_PAUSE_SECONDS)
    except Exception as raised:  # noqa: BLE001  whatever it is, orders go on
        error = as_hub_error(raised)
        _log.warning("checkpoints_failed", code=error.code, detail=error.message)
    return looked_at
