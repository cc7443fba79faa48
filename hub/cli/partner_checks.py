"""The checks of ``hub doctor`` that ask every partner, all at the same time."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from hub.cli.checks import Check, failed
from hub.errors import HubError

if TYPE_CHECKING:
    from hub.cli.session import Session
    from hub.sync.connections import LiveConnection

_AT_ONCE = 16


def partner_checks(session: Session) -> Iterator[Check]:
    """Per connection: settings and secrets, then the connector's own check."""
    try:
        hub = session.hub
    except HubError:
        return
    live: list[LiveConnection] = []
    for name, config in hub.setup.config.connections.items():
        if not config.enabled:
            yield Check(f"connection {name}", "warn", "switched off in the configuration")
            continue
        try:
            live.append(hub.connection(name))
        except HubError as error:
            yield failed(f"connection {name}", error)
    for package in hub.plugins.broken:
        yield Check(f"package {package.distribution}", "warn", f"does not load: {package.reason}", "Reinstall it.")
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        yield from pool.map(_check, live)
    for one in live:
        one.close()


def _check(live: LiveConnection) -> Check:
    name = f"connection {live.id}"
    if live.health is None:
        return Check(name, "warn", "the connector offers no check")
    try:
        report = live.health.check()
    except HubError as error:
        return failed(name, error, partner=True)
    except Exception as error:  # noqa: BLE001  a connector's own fault must not end the doctor
        return Check(name, "fail", f"the connector's check failed ({type(error).__name__})", code="hub.internal")
    if report.ok:
        return Check(name, "ok", report.detail)
    cure = f"See the page of {report.code or live.spec.name} in the error reference."
    return Check(name, "fail", report.detail, cure, report.code, partner=True)
