"""``hub stock assemble`` and ``hub stock break``: pre-built kits from their components, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from hub.cli.arguments import require_known
from hub.cli.session import Result, Session, command
from hub.cli.stock_changes import operator
from hub.cli.tables import say, show_table

if TYPE_CHECKING:
    from rich.console import Console

Kit = Annotated[str, typer.Argument(metavar="SKU", help="A pre-built kit.")]
Count = Annotated[int, typer.Argument(min=1, metavar="N", help="How many kits.")]
Place = Annotated[str, typer.Option(help="Where.")]
Reason = Annotated[str, typer.Option(help="Why; kept in the ledger. No names, no addresses.")]
Key = Annotated[str, typer.Option(help="Yours: given again, nothing is moved again [one of its own].")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    command(app, "assemble", "stock-assemble")(assemble)
    command(app, "break", "stock-break")(take_apart)


def assemble(session: Session, sku: Kit, count: Count, location: Place, reason: Reason, key: Key = "") -> Result:
    """Put pre-built kits together: their components leave stock, the kits come in."""
    return _moved(session, sku, count, location, reason, key)


def take_apart(session: Session, sku: Kit, count: Count, location: Place, reason: Reason, key: Key = "") -> Result:
    """Take pre-built kits apart: the kits leave stock, their components come back."""
    return _moved(session, sku, -count, location, reason, key)


def _moved(session: Session, sku: str, sets: int, location: str, reason: str, key: str) -> Result:
    from decimal import Decimal

    from hub.flows.assemble_kit import Assembly, assemble_kit
    from hub.model.identity import LocationId, Sku
    from hub.sync.marks import working
    from hub.web.shapes import amount

    hub = session.hub
    require_known(session, [Sku(sku)])
    key = key or hub.clock().isoformat()
    assembly = Assembly(Sku(sku), Decimal(sets), LocationId(location), key, reason)
    with working(hub.storage, hub.setup.network, hub.clock, actor=operator()) as work:
        found = assemble_kit(work, assembly)
    rows = [
        {
            "sku": before.sku,
            "on_hand_before": amount(before.on_hand),
            "on_hand": amount(after.on_hand),
            "available": amount(after.available),
        }
        for before, after in zip(found.before, found.after, strict=True)
    ]

    def show(console: Console) -> None:
        columns = ("sku", "on hand before", "on hand after", "available")
        show_table(console, columns, [tuple(row.values()) for row in rows], title=f"{location}: {reason}")
        if found.known:
            say(console, f"{key} was recorded before: nothing moved.")

    return Result({"location": location, "key": key, "reason": reason, "known": found.known, "lines": rows}, show)
