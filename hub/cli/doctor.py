"""``hub doctor``: everything that must be right before the hub can work, each with its cure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from hub.cli.exits import Exit
from hub.cli.session import Result, Session, command
from hub.cli.tables import say

if TYPE_CHECKING:
    from rich.console import Console

_STYLES = {"ok": "green", "warn": "yellow", "fail": "bold red"}


def register(app: typer.Typer) -> None:
    """Add the command."""

    @command(app, "doctor", "doctor", rich_help_panel="Start")
    def doctor(session: Session) -> Result:
        """Check the machine, the database, the secrets and every partner. Exit code 1, or 4 where a partner fails."""
        from hub.cli.checks import checks
        from hub.cli.partner_checks import partner_checks

        found = list(checks(session))
        session.note("Asking every partner ...")
        found += partner_checks(session)
        failed = [each for each in found if each.state == "fail"]
        data: dict[str, Any] = {
            "ok": not failed,
            "checks": [
                {
                    "name": each.name,
                    "state": each.state,
                    "detail": session.redacted(each.detail),
                    "cure": session.redacted(each.cure),
                    "code": each.code,
                }
                for each in found
            ],
        }

        def show(console: Console) -> None:
            for each in data["checks"]:
                say(console, f"{each['state']:<4}  {each['name']}: {each['detail']}", _STYLES[each["state"]])
                if each["cure"] and each["state"] != "ok":
                    say(console, f"      {each['cure']}")

        if not failed:
            return Result(data, show)
        return Result(data, show, Exit.PARTNER if all(each.partner for each in failed) else Exit.INTERNAL)
