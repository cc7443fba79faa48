"""``hub prove``: the laws of stock and orders, tried by random histories."""

from __future__ import annotations

import random
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from hub.cli.exits import Exit
from hub.cli.session import Result, Session, command
from hub.cli.tables import say

if TYPE_CHECKING:
    from rich.console import Console

    from hub.proving import Plan, Report


class PartName(StrEnum):
    """As hub.proving.Part, which would cost its imports at every start."""

    ALL = "all"
    HISTORY = "history"
    CROWD = "crowd"
    MARKET = "market"


def register(app: typer.Typer) -> None:
    """Add the command."""

    @command(app, "prove", "prove", rich_help_panel="Start")
    def prove_command(
        session: Session,
        steps: Annotated[int, typer.Option(min=1, help="How many things happen.")] = 100_000,
        seed: Annotated[int | None, typer.Option(min=0, help="Where the histories begin [drawn and printed].")] = None,
        part: Annotated[PartName, typer.Option(help="What is played.")] = PartName.ALL,
        threads: Annotated[int, typer.Option(min=2, max=32, help="Threads of a crowd.")] = 8,
        rounds: Annotated[int, typer.Option(min=0, help="Rounds of the market.")] = 20,
        own: Annotated[bool, typer.Option("--own", help="Your locations, channels and ways of counting.")] = False,
        database: Annotated[str, typer.Option(help="An empty database of yours [SQLite files in memory].")] = "",
    ) -> Result:
        """Try the laws of stock and orders by random and concurrent histories against a simple model of the truth."""
        from hub.proving import OneDatabase, Part, Plan, prove, sqlite_files

        plan = Plan(
            steps=steps,
            seed=random.randrange(1_000_000) if seed is None else seed,
            part=Part(part),
            threads=threads,
            rounds=rounds,
            network=session.hub.setup.network if own else None,
        )
        session.note(f"seed {plan.seed}")
        if database:
            shared = OneDatabase(database)
            shared.require_empty()
            report = prove(plan, shared, tell=lambda report: _progress(session, plan, report))
        else:
            with sqlite_files() as files:
                report = prove(plan, files, tell=lambda report: _progress(session, plan, report))
        return Result(
            report.facts(),
            lambda console: _show(session, console, report),
            Exit.OK if report.passed else Exit.DIFFERENCES,
        )


def _progress(session: Session, plan: Plan, report: Report) -> None:
    if (report.histories + report.crowds) % 20 == 0:
        session.note(f"  {report.steps} of {plan.steps} steps, {_rate(report)}")


def _rate(report: Report) -> str:
    return f"{report.steps / report.seconds:.0f} steps/s" if report.seconds else ""


def _show(session: Session, console: Console, report: Report) -> None:
    done = report.figures
    say(
        console,
        f"{report.database}: {report.steps} steps in {report.histories} histories and {report.crowds} crowds, "
        f"{report.rounds} market rounds, {report.seconds:.0f} s ({_rate(report)})",
    )
    say(
        console, f"{done.transactions} transactions, {done.crashes} crashes, {done.retries} tried again by the database"
    )
    failure = report.failure
    if failure is None:
        say(console, "Every law held.")
        return
    say(console, f"A LAW WAS BROKEN: {failure.part}, seed {failure.seed}, step {failure.step}")
    for each in failure.broken:
        say(console, f"  {each.law}: {each.words}")
    say(console, f"Again: {session.next(failure.command)}")
