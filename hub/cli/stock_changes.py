"""``hub stock adjust``: a person corrects what the ledger believes."""

from __future__ import annotations

import getpass
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from hub.cli.arguments import MOMENT, units_by_sku
from hub.cli.session import Result, Session, command
from hub.cli.tables import say, show_table

if TYPE_CHECKING:
    from rich.console import Console


def register(app: typer.Typer) -> None:
    """Add the command."""
    command(app, "adjust", "stock-adjust")(adjust)


def adjust(
    session: Session,
    location: Annotated[str, typer.Argument(help="Where the stock is.")],
    lines: Annotated[list[str], typer.Argument(metavar="SKU=±UNITS...", help="How many more or fewer, in eaches.")],
    reason: Annotated[str, typer.Option(help="Why; kept in the ledger. No names, no addresses.")],
    at: Annotated[datetime | None, typer.Option(formats=MOMENT, help="When it happened, with zone [now].")] = None,
) -> Result:
    """Correct the stock of items at a location by so many units more or fewer."""
    from hub.flows.adjust_stock import Correction, adjust_stock
    from hub.model.identity import LocationId
    from hub.sync.marks import working
    from hub.web.shapes import amount

    hub = session.hub
    correction = Correction(units_by_sku(session, lines, signed=True), reason, at or hub.clock())
    with working(hub.storage, hub.setup.network, hub.clock, actor=operator()) as work:
        found = adjust_stock(work, LocationId(location), correction)
    rows = [
        {
            "sku": each.before.sku,
            "units": amount(correction.units[each.before.sku]),
            "on_hand_before": amount(each.before.on_hand),
            "on_hand": amount(each.after.on_hand),
            "available": amount(each.after.available),
            "note": "recorded before" if each.known else "a later count has seen it" if each.counted else "",
        }
        for each in found
    ]

    def show(console: Console) -> None:
        columns = ("sku", "units", "on hand before", "on hand after", "available", "note")
        show_table(console, columns, [tuple(row.values()) for row in rows], title=f"{location}: {reason}")
        for each in found:
            if each.after.available < 0:
                say(console, f"More of {each.after.sku} is promised than is there: no more is, until stock comes.")

    data = {"location": location, "reason": reason, "at": correction.at, "lines": rows}
    return Result(data, show)


def operator() -> str:
    """Who corrects, as the machine knows them."""
    try:
        return f"operator {getpass.getuser()}"
    except (KeyError, OSError):
        return "operator"
