"""``hub status``: how every connection does, from what is stored; needs no secret and no running hub."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from hub.cli.lock import daemon_runs
from hub.cli.session import Result, Session, command
from hub.cli.tables import age, say, show_table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rich.console import Console

    from hub.bootstrap import Hub
    from hub.model.identity import ConnectionId
    from hub.sync.connections import LiveConnection


def register(app: typer.Typer) -> None:
    """Add the command."""

    @command(app, "status", "status", rich_help_panel="Daily")
    def status(session: Session) -> Result:
        """Show every connection's state, backlog, oldest unsettled intention and last fetch; and the orders."""
        from hub.sync.health import publications_snapshot, snapshot, stock_snapshot
        from hub.web import shapes

        hub = session.hub
        found = snapshot(hub.storage, _resting(hub), hub.clock())
        stock = stock_snapshot(hub.storage, hub.setup.network, hub.clock())
        told = publications_snapshot(hub.storage, hub.setup.network)
        with hub.storage.read() as uow:
            orders, waiting = uow.orders.count(), uow.lanes.due()
            entries = uow.quarantine.open(limit=1000)
        data: dict[str, Any] = {
            "daemon": daemon_runs(hub.setup.path),
            "orders": shapes.counts(orders),
            "quarantine": len(entries),
            "lanes_waiting": waiting,
            "connections": [shapes.connection(one) for one in found],
            "stock": [shapes.stock_place(one) for one in stock],
            "publications": [{"channel": name, **states} for name, states in told.items()],
        }

        def show(console: Console) -> None:
            say(console, "The hub runs." if data["daemon"] else f"The hub does not run: {session.next('hub run')}")
            _show_connections(console, data["connections"])
            orders_text = ", ".join(f"{count} {name}" for name, count in data["orders"].items())
            say(console, f"Orders: {orders_text or 'none yet'}.")
            for place in data["stock"]:
                if place["band"] != "trusted":
                    counted = f"counted {age(place['counted_at'])} ago" if place["counted_at"] else "never counted"
                    say(console, f"Stock at {place['location']} is {place['band']}: {counted}.", "bold yellow")
            for channel in data["publications"]:
                _show_publications(console, channel)
            if waiting:
                say(console, f"Lanes that have work: {len(waiting)}.")
            if entries:
                say(console, f"{len(entries)} in quarantine: {session.next('hub quarantine list')}")

        return Result(data, show)


def _show_connections(console: Console, connections: list[dict[str, Any]]) -> None:
    if not connections:
        say(console, "No connection is configured yet: name one in hub.yaml, or see the toy shop: hub demo")
        return
    show_table(
        console,
        ("connection", "state", "inbox", "outbox", "oldest unsettled", "last fetch", "needs a person", "code"),
        [
            (
                one["connection"],
                f"{one['state']}, late" if one["late"] else one["state"],
                one["inbox"],
                _backlog(one["outbox"]),
                age(one["oldest_unsettled"]),
                age(one["last_fetch"]),
                one["needs_person"] or "",
                one["code"],
            )
            for one in connections
        ],
    )


def _show_publications(console: Console, channel: Mapping[str, Any]) -> None:
    if channel["pending"] or channel["error"]:
        words = f"{channel['pending']} quantities to be told, {channel['error']} not taken"
        say(console, f"Channel {channel['channel']}: {words} (hub stock published).", "bold yellow")


def _backlog(outbox: Mapping[str, int]) -> str:
    return " ".join(f"{count} {state}" for state, count in outbox.items())


def _resting(hub: Hub) -> Mapping[ConnectionId, LiveConnection]:
    """Connections that are only looked at: without settings, so that no secret is needed."""
    from hub.sync.connections import LiveConnection
    from hub.sync.schedule import DEFAULT_POLL_SECONDS, PollSchedule

    found = {}
    for name, config in hub.setup.config.connections.items():
        if not config.enabled:
            continue
        spec = hub.plugins.connector(config.connector)
        seconds = {**dict.fromkeys(spec.streams, DEFAULT_POLL_SECONDS), **spec.default_poll_seconds, **config.poll}
        found[name] = LiveConnection(
            id=name,
            spec=spec,
            codebook=hub.setup.partners[config.partner].codebook(name),
            objects={},
            polls={stream: PollSchedule.of(poll) for stream, poll in seconds.items() if poll},
        )
    return found
