"""``hub demo``: the toy shop."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from hub.cli.session import Result, Session, command


def register(app: typer.Typer) -> None:
    """Add the command."""

    @command(app, "demo", "demo", rich_help_panel="Start")
    def demo(
        session: Session,
        orders: Annotated[int, typer.Option(min=1, help="How many orders the buyers place.")] = 200,
        serve: Annotated[bool, typer.Option("--serve", help="Keep partners and hub running until Ctrl-C.")] = False,
        folder: Annotated[Path | None, typer.Option(help="Where it runs [demo-run].")] = None,
        database: Annotated[str | None, typer.Option(help="A database URL [SQLite in the folder].")] = None,
    ) -> Result:
        """Run a toy merchant with simulated partners on this machine, and judge the hub by their books."""
        from hub.cli.demo.run import run_demo

        return Result(None, exit=run_demo(orders, serve, folder, database, session.as_json))
