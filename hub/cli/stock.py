"""``hub stock``: what is there, and how each figure came about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from hub.cli import stock_changes, stock_history, stock_reconcile, stock_sheets
from hub.cli.arguments import require_known
from hub.cli.session import Result, Session, command
from hub.cli.tables import age, say, show_table

if TYPE_CHECKING:
    from rich.console import Console

app = typer.Typer(no_args_is_help=True, help="Stock, by SKU and location.")


@command(app, "show", "stock-show")
def show_stock(
    session: Session,
    sku: Annotated[list[str] | None, typer.Argument(help="Only these SKUs.")] = None,
    location: Annotated[str, typer.Option(help="Only this location.")] = "",
) -> Result:
    """Show what is on hand, reserved and available."""
    from hub.model.identity import LocationId, Sku
    from hub.web.shapes import amount

    with session.hub.storage.read() as uow:
        balances = uow.ledger.balances(
            [Sku(each) for each in sku] if sku else None, [LocationId(location)] if location else None
        )
    rows = [
        {
            "sku": each.sku,
            "location": each.location,
            "on_hand": amount(each.on_hand),
            "unavailable": amount(each.unavailable),
            "reserved": amount(each.reserved),
            "available": amount(each.available),
            "counted_at": each.counted_at.isoformat() if each.counted_at else None,
            "counted_document": each.counted_document,
        }
        for each in sorted(balances, key=lambda each: (each.sku, each.location))
    ]

    def show(console: Console) -> None:
        if not rows:
            say(console, "No stock is known here. `hub status` says when each partner was last asked.")
            return
        show_table(
            console,
            ("sku", "location", "on hand", "unavailable", "reserved", "available", "counted", "document"),
            [(*list(row.values())[:6], age(row["counted_at"]), row["counted_document"]) for row in rows],
        )

    return Result({"stock": rows}, show)


@command(app, "explain", "stock-explain")
def explain(
    session: Session,
    sku: Annotated[str, typer.Argument()],
    location: Annotated[str, typer.Option(help="Only this location.")] = "",
) -> Result:
    """Show how every figure of a SKU adds up: available to promise by location, quantity by channel."""
    from hub.flows.explain_stock import explain_stock
    from hub.flows.work import Work
    from hub.model.identity import LocationId, Sku
    from hub.web import shapes

    hub = session.hub
    require_known(session, [Sku(sku)])
    with hub.storage.read() as uow:
        work = Work(uow, hub.setup.network, hub.clock())
        found = explain_stock(work, Sku(sku), LocationId(location) if location else None)
    data = shapes.stock(found)

    def show(console: Console) -> None:
        for each in data["locations"]:
            if each["on_hand"] == "0" and each["available_to_promise"] == "0":
                continue
            usable = "" if each["usable"] else f" (not promised: {each['why']})"
            say(console, f"{each['location']}: {each['available_to_promise']} to promise{usable}", "bold")
            _show_terms(console, each["terms"])
            if each["counted_document"]:
                say(console, "     its count: " + session.next(f"hub document show {each['counted_document']}"))
        for each in data["channels"]:
            told = f", {each['confirmed']} confirmed there" if each["confirmed"] is not None else ""
            say(console, f"Channel {each['channel']} shows {each['quantity']}{told}", "bold")
            _show_terms(console, each["terms"])
        _show_expected(console, data)
        if not found.balances:
            say(console, "No location has counted it yet.")

    return Result(data, show)


def _show_expected(console: Console, data: dict[str, Any]) -> None:
    if not data["expected"]:
        return
    say(console, "On its way", "bold")
    for each in data["expected"]:
        day = f"expected on {each['day']}" if each["day"] else "nobody said when"
        say(console, f"  {each['quantity']:>8}  to {each['location']} by {each['transfer']}, {day}")
    say(console, "To promise, all locations together", "bold")
    for each in data["promises"]:
        say(console, f"  {each['quantity']:>8}  from {each['day']} on")


def _show_terms(console: Console, terms: list[dict[str, Any]]) -> None:
    for term in terms:
        counted = f", counted {age(term['as_of'])} ago" if term["as_of"] else ""
        source = f" in {term['document']}" if term["document"] else ""
        say(console, f"  {term['quantity']:>8}  {term['words']}{counted}{source}")


for _module in (stock_history, stock_reconcile, stock_changes, stock_sheets):
    _module.register(app)
