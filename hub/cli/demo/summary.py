"""The demo's last page: what happened, and what the partners' books say of it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from hub.cli.demo.judge import StockCheck, Verdict
from hub.model.queue import QuarantineEntry


def print_summary(verdict: Verdict, quarantined: Sequence[QuarantineEntry], config: Path, seconds: float) -> None:
    """Tables on stdout; plain text where it is no terminal."""
    console = Console()
    console.print(_orders(verdict, seconds))
    console.print(_stock(verdict.stock))
    for title, offenders in (
        ("Lost", verdict.lost),
        ("Doubled", verdict.doubled),
        ("Oversold", verdict.oversold),
        ("Out of balance", verdict.unbalanced),
    ):
        for offender in offenders[:20]:
            console.print(f"[red]{title}:[/red] {offender}")
    for entry in quarantined:
        console.print(f"\nIn quarantine: {entry.message} [dim]({entry.code})[/dim]", soft_wrap=True)
        console.print(f"  hub quarantine show {entry.id} --config {config}", soft_wrap=True)
    console.print(
        "\n[green]The books agree.[/green]" if verdict.passed else "\n[red]The books do not agree; see above.[/red]"
    )


def _orders(verdict: Verdict, seconds: float) -> Table:
    table = Table(title=f"Toy shop, {sum(verdict.orders.values())} orders in {seconds:.0f} s", show_header=False)
    table.add_column()
    table.add_column(justify="right")
    for status, count in sorted(verdict.orders.items()):
        table.add_row(f"orders {status.replace('_', ' ')}", str(count))
    table.add_row("orders shipped from several places", str(verdict.splits))
    table.add_row("requests to locations", str(verdict.requests))
    table.add_row("parcels", str(verdict.parcels))
    table.add_row("cost", f"{verdict.cost:.2f} USD")
    table.add_row("oversold", str(len(verdict.oversold)))
    table.add_row("lost", str(len(verdict.lost)))
    table.add_row("doubled", str(len(verdict.doubled)))
    return table


def _stock(checks: Sequence[StockCheck]) -> Table:
    table = Table(title="The hub's count against each partner's shelves")
    for heading in ("partner", "location"):
        table.add_column(heading)
    table.add_column("items", justify="right")
    table.add_column("agree", justify="right")
    table.add_column("counts", justify="right")
    table.add_column("agree then", justify="right")
    table.add_column("differences (hub, shelf)")
    for check in checks:
        differing = {**check.wrong, **check.wrong_then}
        table.add_row(
            check.partner,
            check.location,
            str(check.items),
            str(check.items - len(check.wrong)),
            str(check.counts or ""),
            str(check.counts - len(check.wrong_then) if check.counts else ""),
            ", ".join(f"{item} {ours} {truth}" for item, (ours, truth) in differing.items()),
        )
    return table
