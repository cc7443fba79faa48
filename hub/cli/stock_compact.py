"""``hub stock compact``: old entries of the ledger go to an archive, and their sums by day stay."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hub.cli.arguments import DAY
from hub.cli.exits import NotThereError
from hub.cli.session import Result, Session, command
from hub.cli.tables import say

if TYPE_CHECKING:
    from rich.console import Console

_FOLDER = "ledger-archive"


def register(app: typer.Typer) -> None:
    """Add the command."""
    command(app, "compact", "stock-compact")(compact_stock)


def compact_stock(
    session: Session,
    before: Annotated[
        datetime | None, typer.Option(formats=DAY, help="Take out what is from before that day, UTC [stock.keep_days].")
    ] = None,
    archive: Annotated[
        Path | None, typer.Option(help="The folder for what is taken out [ledger-archive beside hub.yaml].")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say how many entries these are.")] = False,
) -> Result:
    """Move old entries of the ledger to an archive, and keep their sums by day."""
    from hub.sync.compaction import compact, foresee

    boundary = before.replace(tzinfo=UTC) if before else _boundary(session)
    hub = session.hub
    folder = archive or session.config_path.parent / _FOLDER
    if dry_run:
        found = foresee(hub.storage, hub.setup.network, hub.clock(), boundary)
    else:
        found = compact(hub.storage, hub.setup.network, hub.clock(), boundary, folder)
    total = sum(found.entries.values())

    def show(console: Console) -> None:
        kinds = ", ".join(f"{count} {table.value.replace('_', ' ')}" for table, count in found.entries.items())
        verb = "would be" if dry_run else "were"
        say(console, f"{total} entries from before {boundary.date()} {verb} taken out: {kinds}.")
        if found.archive is not None:
            say(console, f"They are in {found.archive}. Keep it with your backups.")

    data = {"before": boundary, "dry_run": dry_run, "entries": found.entries, "archive": found.archive}
    return Result(data, show)


def _boundary(session: Session) -> datetime:
    from hub.flows.compact_ledger import boundary_of

    days = session.hub.setup.config.stock.keep_days
    if days is None:
        raise NotThereError(
            "Nothing says how much of the ledger is kept.",
            code="cli.boundary",
            cure="Name a day with --before, or set stock.keep_days in hub.yaml.",
        )
    return boundary_of(session.hub.clock(), days)
