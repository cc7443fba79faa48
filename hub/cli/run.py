"""``hub run``: the daemon."""

from __future__ import annotations

import gc
import json
import sys
from enum import StrEnum
from typing import Annotated

import typer

from hub.cli.exits import Exit
from hub.cli.session import Result, Session, command


class LogFormat(StrEnum):
    """How log lines look."""

    JSON = "json"
    CONSOLE = "console"


def spare_collector() -> None:
    """Collect garbage as a hub that is up needs it: what is there by now stays and is not looked through again, and
    batches of rows come and go without a search for every 700 of them."""
    gc.freeze()
    gc.set_threshold(5_000)
    gc.enable()


def register(app: typer.Typer) -> None:
    """Add the command."""

    @command(app, "run", "run", rich_help_panel="Daily")
    def run(
        session: Session,
        log_format: Annotated[
            LogFormat | None, typer.Option("--log-format", help="Default: console on a terminal, else json.")
        ] = None,
    ) -> Result:
        """Run the hub: fetch, route, send and take webhooks until it is told to stop."""
        # To start is to import: collecting in between costs a tenth of it and frees nothing.
        gc.disable()
        from hub.bootstrap import open_hub
        from hub.cli.daemon import Daemon, handle_signals
        from hub.cli.logs import configure_logs

        session.require_config()
        hub = session.__dict__["hub"] = open_hub(session.config)
        as_json = log_format is LogFormat.JSON or (log_format is None and not sys.stderr.isatty())
        configure_logs(hub.redactor, level="debug" if session.debug else "info", as_json=as_json)

        def serving(address: str) -> None:
            spare_collector()
            if session.as_json:
                ready = {"schema": "crossdock.run/1", "address": address, "config": str(hub.setup.path)}
                typer.echo(json.dumps(ready))
                sys.stdout.flush()

        daemon = Daemon(hub)
        handle_signals(daemon)
        clean = daemon.run(serving)
        return Result(None, exit=Exit.OK if clean else Exit.PARTLY)
