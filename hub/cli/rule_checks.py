"""``hub rule check``: every fault of the rules with the line it stands in, and what they cannot mean."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from hub.cli.exits import Exit
from hub.cli.session import Result, Session, command
from hub.cli.tables import say
from hub.mapping.faults import Faults

if TYPE_CHECKING:
    from rich.console import Console

    from hub.errors import ConfigurationError
    from hub.mapping.config import Setup
    from hub.routing.rule_lint import Finding


def register(app: typer.Typer) -> None:
    """Add the command."""

    @command(app, "check", "rule-check")
    def check(session: Session) -> Result:
        """Check the rules and their drafts: exit code 3 where one is wrong, 5 where one cannot be meant.

        A rule cannot be meant that never applies, that another makes superfluous, or that leaves an order nowhere to
        go."""
        session.require_config()
        faults = Faults()
        setups: list[Setup] = []
        with faults.collected():
            setups.append(session.hub.setup)
        problems = [_problem(each) for each in faults]
        findings = [found for setup in setups for found in _findings(setup)]
        wrong = any(each["wrong"] for each in findings)

        def show(console: Console) -> None:
            for each in problems:
                say(console, f"{each['place']}: {each['message']} {each['cure']}", "red")
                for line in each["pointed"]:
                    say(console, f"  {line}")
            for each in findings:
                say(console, f"{each['place']}: {each['words']} {each['cure']}", "red" if each["wrong"] else "yellow")
            if not problems and not findings:
                say(console, "The rules are right.", "green")

        code = Exit.CONFIGURATION if problems else Exit.DIFFERENCES if wrong else Exit.OK
        return Result({"valid": not problems, "problems": problems, "findings": findings}, show, code)


def _problem(error: ConfigurationError) -> dict[str, Any]:
    return {
        "place": error.place,
        "code": error.code,
        "message": error.message,
        "cure": error.cure,
        "pointed": _pointed(error.place),
    }


def _pointed(place: str) -> list[str]:
    """The line of a ``file:line:column``, and a caret under the column; nothing of what is no such place."""
    file, _, rest = place.partition(".yaml:")
    row, _, column = rest.partition(":")
    if not (row.isdigit() and column.isdigit()):
        return []
    lines = Path(f"{file}.yaml").read_text(encoding="utf-8-sig", errors="replace").splitlines()
    shown = lines[int(row) - 1].replace("\t", " ") if int(row) <= len(lines) else ""
    return [shown, f"{' ' * (int(column) - 1)}^"] if shown else []


def _findings(setup: Setup) -> Iterator[dict[str, Any]]:
    from hub.routing.rule_lint import lint

    for book in (setup.network.rules, *setup.network.drafts.values()):
        yield from (_row(book.name, each) for each in lint(book, setup.network))


def _row(draft: str, finding: Finding) -> dict[str, Any]:
    return {
        "draft": draft,
        "kind": finding.kind,
        "rules": list(finding.rules),
        "words": finding.words,
        "cure": finding.cure,
        "place": finding.place,
        "wrong": finding.is_wrong,
        "example": finding.witness.example() if finding.witness else None,
    }
