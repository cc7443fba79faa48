"""``hub connector``: what is installed, is it well, and a new one."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hub.cli.exits import Exit, NotThereError
from hub.cli.session import Result, Session, command
from hub.cli.tables import say, show_facts, show_table

if TYPE_CHECKING:
    from rich.console import Console

    from hub.model.identity import ConnectionId
    from hub.model.queue import ConnectionHealth
    from hub.sync.connections import LiveConnection

app = typer.Typer(no_args_is_help=True, help="Connectors and their connections.")

Configured = Annotated[str, typer.Argument(metavar="CONNECTION", help="A connection of the configuration.")]


class Kind(StrEnum):
    """What a new connector speaks."""

    REST = "rest"
    SOAP = "soap"
    X12 = "x12"
    FILE = "file"


@command(app, "list", "connector-list")
def list_connectors(session: Session) -> Result:
    """List installed connectors, what each can do, and the connections that use it."""
    from hub.plugins import OWN_PACKAGE, discover
    from hub.transport.mailbox import BUILT_IN

    plugins = discover()
    configured = _configured(session)
    rows = [
        {
            "connector": name,
            "title": spec.title,
            "version": spec.version,
            "package": plugins.distributions[name],
            "capabilities": list(spec.capabilities),
            "docs": spec.docs,
            "connections": configured.get(name, []),
        }
        for name, spec in sorted(plugins.connectors.items())
    ]
    packages = dict.fromkeys(BUILT_IN, OWN_PACKAGE) | {kind: one.package for kind, one in plugins.transports.items()}
    mailboxes = [{"kind": kind, "package": package} for kind, package in sorted(packages.items())]
    broken = [{"connector": b.name, "package": b.distribution, "reason": b.reason} for b in plugins.broken]

    def show(console: Console) -> None:
        if not rows:
            say(console, "No connector is installed. Install one, or write one: hub connector new NAME --kind rest")
        else:
            show_table(
                console,
                ("connector", "title", "version", "capabilities", "connections"),
                [
                    (
                        row["connector"],
                        row["title"],
                        row["version"],
                        " ".join(row["capabilities"]),
                        " ".join(row["connections"]),
                    )
                    for row in rows
                ],
            )
        say(console, "Mailboxes: " + ", ".join(f"{each['kind']} ({each['package']})" for each in mailboxes))
        for each in broken:
            say(console, f"{each['connector']} of {each['package']} does not load: {each['reason']}", "red")

    return Result({"connectors": rows, "mailboxes": mailboxes, "broken": broken}, show)


def _configured(session: Session) -> dict[str, list[str]]:
    """Connections by connector; none where there is no configuration yet."""
    if not session.config_path.exists():
        return {}
    found: dict[str, list[str]] = {}
    for name, connection in session.hub.setup.config.connections.items():
        found.setdefault(connection.connector, []).append(name)
    return found


@command(app, "test", "connector-test")
def test_connection(session: Session, connection: Configured) -> Result:
    """Log on at the partner, change nothing, and say what the connection can do. Exit code 4 where it fails."""
    from hub.model.identity import ConnectionId

    live = session.hub.connection(ConnectionId(connection))
    try:
        data = _tested(session, live)
    finally:
        live.close()

    def show(console: Console) -> None:
        show_facts(
            console,
            [
                ("connection", connection),
                ("connector", f"{live.spec.title} {live.spec.version}"),
                ("health", "ok" if data["ok"] else "failed"),
                ("detail", data["detail"]),
                ("code", data["code"]),
                ("reads", " ".join(data["streams"])),
                ("tells", " ".join(data["sinks"])),
                ("webhooks", "yes" if data["webhooks"] else ""),
            ],
        )

    return Result(data, show, Exit.OK if data["ok"] else Exit.PARTNER)


def _tested(session: Session, live: LiveConnection) -> dict[str, Any]:
    health = live.health
    report = health.check() if health is not None else None
    return {
        "connection": live.id,
        "connector": live.spec.name,
        "ok": report.ok if report else True,
        "code": report.code if report else "",
        "detail": session.redacted(report.detail) if report else "The connector offers no check.",
        "capabilities": list(live.spec.capabilities),
        "streams": sorted(live.spec.streams),
        "sinks": sorted(live.spec.sinks),
        "webhooks": live.receiver is not None,
    }


@command(app, "pause", "connector-pause")
def pause_connection(session: Session, connection: Configured) -> Result:
    """Ask nothing more of a partner until `resume`, over restarts too; what was received is still recorded."""
    from hub.model.queue import ConnectionState
    from hub.sync.condition import OPERATOR_PAUSE, pause

    hub = session.hub
    name, known = _noted(session, connection)
    changed = known is None or known.state is not ConnectionState.PAUSED or known.code != OPERATOR_PAUSE
    if changed:
        pause(hub.storage, name, hub.clock)

    def show(console: Console) -> None:
        say(console, f"{connection} is paused." if changed else f"{connection} was paused already.")
        say(console, "To go on: " + session.next(f"hub connector resume {connection}"))

    return Result({"connection": connection, "state": ConnectionState.PAUSED.value, "changed": changed}, show)


@command(app, "resume", "connector-resume")
def resume_connection(session: Session, connection: Configured) -> Result:
    """Let a paused connection go on, whoever paused it; what waited for it is sent and fetched."""
    from hub.model.queue import ConnectionState
    from hub.sync.condition import resume

    hub = session.hub
    name, known = _noted(session, connection)
    changed = known is not None and known.state is ConnectionState.PAUSED
    if changed:
        resume(hub.storage, name, hub.clock)
    state = ConnectionState.OK if changed or known is None else known.state

    def show(console: Console) -> None:
        say(console, f"{connection} goes on." if changed else f"{connection} was not paused; it is {state.value}.")

    return Result({"connection": connection, "state": state.value, "changed": changed}, show)


def _noted(session: Session, connection: str) -> tuple[ConnectionId, ConnectionHealth | None]:
    """The connection and its health as last noted; no secret is needed. Raises NotThereError
    ``cli.unknown-connection``."""
    from hub.model.identity import ConnectionId

    name, configured = ConnectionId(connection), session.hub.setup.config.connections
    if name not in configured:
        raise NotThereError(
            f"There is no connection {connection}.",
            code="cli.unknown-connection",
            cure=f"Known: {', '.join(sorted(configured)) or 'none'}.",
        )
    with session.hub.storage.read() as uow:
        return name, uow.connections.health().get(name)


@command(app, "new", "connector-new")
def new(
    _session: Session,
    name: Annotated[str, typer.Argument(help="Lower case, such as acme_wms.")],
    kind: Annotated[Kind, typer.Option(help="What the partner speaks.")],
    folder: Annotated[Path, typer.Option(help="Where to make it.")] = Path("connectors"),
) -> Result:
    """Write a new connector's package: settings, client, translation, simulator, and tests that pass."""
    from hub.sdk.scaffold import new_connector

    written = [str(path) for path in new_connector(name, kind.value, folder)]

    def show(console: Console) -> None:
        for path in written:
            say(console, path)
        say(console, f"Next: pip install -e {folder / name} && pytest {folder / name}")

    return Result({"connector": name, "kind": kind.value, "written": written}, show)
