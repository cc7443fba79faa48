"""The checks of ``hub doctor`` that ask no partner."""

from __future__ import annotations

import os
import platform
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from hub.cli.daemon import listen
from hub.cli.lock import daemon_runs
from hub.errors import HubError

if TYPE_CHECKING:
    from hub.bootstrap import Hub
    from hub.cli.session import Session

_DURABLE = {"journal_mode": "wal", "synchronous": "2", "synchronous_commit": "on", "fsync": "on"}
_TIGHT, _FULL = 0.10, 0.03
# This release was written then: a clock before it is wrong.
_RELEASED = datetime(2026, 11, 1, tzinfo=UTC)
_SKEW = timedelta(minutes=5)


@dataclass(frozen=True)
class Check:
    """One line of the doctor's report. ``state`` is ok, warn or fail; ``partner``: the failure is a partner's."""

    name: str
    state: str
    detail: str
    cure: str = ""
    code: str = ""
    partner: bool = False


def failed(name: str, error: HubError, *, partner: bool = False) -> Check:
    """A check that ended in an error."""
    place = getattr(error, "place", "")
    detail = f"{place}: {error.message}" if place else error.message
    return Check(name, "fail", detail, error.cure, error.code, partner)


def checks(session: Session) -> Iterator[Check]:
    """Machine, configuration, database, disk, clock, port."""
    yield _python()
    try:
        hub = session.hub
    except HubError as error:
        yield failed("configuration", error)
        return
    setup = hub.setup
    yield Check("configuration", "ok", f"{setup.path} is valid, {len(setup.config.connections)} connections")
    yield from _folder(setup.path.resolve().parent)
    yield from _database(hub)
    yield _port(hub)


def _python() -> Check:
    version = platform.python_version()
    if tuple(int(part) for part in platform.python_version_tuple()[:2]) >= (3, 11):
        return Check("python", "ok", version)
    return Check("python", "fail", version, "Install Python 3.11 or newer.")


def _folder(folder: Path) -> Iterator[Check]:
    usage = shutil.disk_usage(folder)
    free = usage.free / usage.total
    state = "ok" if free >= _TIGHT else "warn" if free >= _FULL else "fail"
    detail = f"{usage.free / 1e9:.1f} GB free ({free:.0%}) at {folder}"
    yield Check("disk", state, detail, "Make room: a full disk stops the intake.")
    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        cure = f"Let the user {os.getuid()} write there."
        yield Check("folder", "fail", f"{folder} can't be written ({type(error).__name__})", cure)
    else:
        yield Check("folder", "ok", f"{folder} can be written")


def _database(hub: Hub) -> Iterator[Check]:
    try:
        settings = hub.durability()
        with hub.storage.read() as uow:
            newest = uow.documents.page(limit=1)
            drift = [*uow.ledger.drift(), *uow.checkpoints.drift()]
    except HubError as error:
        yield failed("database", error)
        return
    weak = {name: value for name, value in settings.items() if value.lower() != _DURABLE[name]}
    stated = ", ".join(f"{name}={value}" for name, value in settings.items())
    if weak:
        yield Check("database", "fail", f"a commit may be lost: {stated}", "Set them to wal, FULL (2) and on.")
    else:
        yield Check("database", "ok", stated)
    if drift:
        yield Check("ledger", "fail", f"{len(drift)} sums differ from their entries: {drift[0]}", "Report it.")
    else:
        yield Check("ledger", "ok", "balances and day sums equal the sums of their entries")
    yield _clock(hub.clock(), newest[0].at if newest else None)


def _clock(now: datetime, newest: datetime | None) -> Check:
    cure = "Let the machine keep its time (NTP): signatures and schedules go by it."
    if now < _RELEASED:
        return Check("clock", "fail", f"{now.isoformat()} is before this release", cure)
    if newest is not None and now + _SKEW < newest:
        return Check("clock", "fail", f"{now.isoformat()} is before what is stored ({newest.isoformat()})", cure)
    return Check("clock", "ok", now.isoformat(timespec="seconds"))


def _port(hub: Hub) -> Check:
    web = hub.setup.config.web
    if daemon_runs(hub.setup.path):
        return Check("port", "ok", f"the hub runs and listens on {web.host}:{web.port}")
    try:
        listen(web.host, web.port).close()
    except HubError as error:
        return failed("port", error)
    return Check("port", "ok", f"{web.host}:{web.port} is free")
