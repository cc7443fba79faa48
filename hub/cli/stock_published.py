"""``hub stock published``: what a channel was told, and what became of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from hub.cli.exits import NotThereError
from hub.cli.session import Result, Session, command
from hub.cli.tables import age, say, show_table

if TYPE_CHECKING:
    from rich.console import Console

    from hub.model.network import Channel
    from hub.model.queue import PublicationState


def register(app: typer.Typer) -> None:
    """Add the command."""
    command(app, "published", "stock-published")(published)


def published(
    session: Session,
    channel: Annotated[str, typer.Argument(help="A channel of the configuration.")],
    sku: Annotated[list[str] | None, typer.Option(help="Only this SKU, with all that it was told; repeatable.")] = None,
    state: Annotated[str, typer.Option(help="Only pending, sent, skipped or error.")] = "",
    after: Annotated[str, typer.Option(help="Only SKUs after this one.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="At most so many.")] = 50,
) -> Result:
    """Show what was last decided to tell a channel of each SKU, why, and what became of it."""
    from hub.flows.trace_publications import trace_publications
    from hub.model.identity import Sku
    from hub.web import shapes

    told = _channel(session, channel)
    wanted = _state(state)
    with session.hub.storage.read() as uow:
        skus = [Sku(each) for each in sku or ()]
        found = trace_publications(uow, told, skus, state=wanted, after=Sku(after) if after else None, limit=limit)
    rows = [shapes.publication(each) for each in found]
    data = {"channel": channel, "publishes": bool(told.sells_from), "publications": rows}

    def show(console: Console) -> None:
        if not told.sells_from:
            say(console, f"{channel} shows stock of its own: it sells from no location, so it is told nothing.")
        elif not rows:
            say(console, f"Nothing of that was decided for {channel} yet.")
        else:
            _show(console, rows, items=bool(sku))

    return Result(data, show)


def _show(console: Console, rows: list[dict[str, Any]], *, items: bool) -> None:
    show_table(
        console,
        ("sku", "state", "asked for", "shows", "since", "why", "item", "document"),
        [
            (
                row["sku"],
                row["state"],
                row["asked_for"],
                row["shows"],
                age(row["at"]),
                row["reason"],
                row["item"],
                row["items"][0]["document"] if row["items"] else "",
            )
            for row in rows
        ],
    )
    for row in rows if items else ():
        say(console, f"{row['sku']} was told", "bold")
        show_table(
            console,
            ("made", "what", "state", "note", "document"),
            [(age(one["at"]), one["subject"], one["state"], one["note"], one["document"]) for one in row["items"]],
        )


def _channel(session: Session, name: str) -> Channel:
    from hub.model.identity import ChannelId

    network = session.hub.setup.network
    found = network.channel(ChannelId(name))
    if found is None:
        raise NotThereError(
            f"There is no channel {name}.",
            code="cli.unknown-channel",
            cure=f"Known: {', '.join(sorted(each.channel for each in network.channels)) or 'none'}.",
        )
    return found


def _state(name: str) -> PublicationState | None:
    from hub.model.queue import PublicationState

    if not name:
        return None
    if name not in set(PublicationState):
        raise NotThereError(
            f"{name} is no state of a publication.",
            code="cli.unknown-status",
            cure=f"One of {', '.join(PublicationState)}.",
        )
    return PublicationState(name)
