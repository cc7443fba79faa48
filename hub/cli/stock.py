"""``hub stock``: what is there, and how each figure came about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from hub.cli import (
    stock_assembly,
    stock_changes,
    stock_compact,
    stock_history,
    stock_holds,
    stock_published,
    stock_reconcile,
    stock_sheets,
)
from hub.cli.arguments import owner_of, require_known
from hub.cli.session import Result, Session, command
from hub.cli.stock_kits import say_kits, virtual_kits, with_components
from hub.cli.tables import age, say, show_table

if TYPE_CHECKING:
    from rich.console import Console

_DAY = 10

app = typer.Typer(no_args_is_help=True, help="Stock, by SKU and location.")


@command(app, "show", "stock-show")
def show_stock(
    session: Session,
    sku: Annotated[list[str] | None, typer.Argument(help="Only these SKUs.")] = None,
    location: Annotated[str, typer.Option(help="Only this location.")] = "",
) -> Result:
    """Show what is on hand, reserved, softly held and available."""
    from hub.model.identity import LocationId
    from hub.web.shapes import amount, discontinued

    with session.hub.storage.read() as uow:
        balances = uow.ledger.balances(with_components(session, sku), [LocationId(location)] if location else None)
        outlooks = {
            (each.said.sku, each.said.location): each
            for each in uow.outlooks.of({each.sku for each in balances}, {each.location for each in balances})
        }
    rows: list[dict[str, Any]] = [
        {
            "sku": each.sku,
            "location": each.location,
            "owner": owner_of(session, each.location),
            "on_hand": amount(each.on_hand),
            "unavailable": amount(each.unavailable),
            "reserved": amount(each.reserved),
            "soft_held": amount(each.soft_held),
            "available": amount(each.available),
            "counted_at": each.counted_at.isoformat() if each.counted_at else None,
            "counted_document": each.counted_document,
            "discontinued": discontinued(outlooks.get((each.sku, each.location))),
            "doubted_since": each.short_at.isoformat() if each.short_at and each.doubted else None,
        }
        for each in sorted(balances, key=lambda each: (each.sku, each.location))
    ]

    def show(console: Console) -> None:
        say_kits(session, console, sku, "hub stock explain {}")
        if not rows:
            say(console, "No stock is known here. `hub status` says when each partner was last asked.")
            return
        show_table(
            console,
            (
                "sku",
                "location",
                "owner",
                "on hand",
                "unavailable",
                "reserved",
                "soft held",
                "available",
                "counted",
                "document",
                "note",
            ),
            [(*list(row.values())[:8], age(row["counted_at"]), row["counted_document"], _notes(row)) for row in rows],
        )

    return Result({"stock": rows, "kits": virtual_kits(session, sku)}, show)


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
        say_kits(session, console, [sku], "hub stock explain {}")
        for each in data["locations"]:
            nothing = each["on_hand"] == "0" and each["available_to_promise"] == "0"
            if nothing and each["discontinued"] is None:
                continue
            usable = "" if each["usable"] else f" (not promised: {each['why']})"
            owner = f", stock of {each['owner']}" if each["owner"] else ""
            say(console, f"{each['location']}: {each['available_to_promise']} to promise{owner}{usable}", "bold")
            _show_terms(console, each["terms"])
            if each["discontinued"]:
                say(
                    console,
                    f"     {_note(each['discontinued'])}, says {each['discontinued']['document'] or 'a report'}",
                )
            if each["counted_document"]:
                say(console, "     its count: " + session.next(f"hub document show {each['counted_document']}"))
        for each in data["channels"]:
            there = f"; there it shows {each['shows']}" if each["shows"] is not None else ""
            why = f" ({each['reason']})" if each["reason"] else ""
            state = f", {each['state']}{why}" if each["state"] else ""
            say(console, f"Channel {each['channel']} is to show {each['quantity']}{there}{state}", "bold")
            _show_terms(console, each["terms"])
        _show_expected(console, data)
        if not found.balances and found.kit is None:
            say(console, "No location has counted it yet.")

    return Result(data, show)


def _note(discontinued: dict[str, Any] | None) -> str:
    return f"discontinued since {discontinued['as_of'][:_DAY]}" if discontinued else ""


def _notes(row: dict[str, Any]) -> str:
    doubt = f"had not what it was asked for on {row['doubted_since'][:_DAY]}" if row["doubted_since"] else ""
    return "; ".join(filter(None, (_note(row["discontinued"]), doubt)))


def _show_expected(console: Console, data: dict[str, Any]) -> None:
    if not data["expected"]:
        return
    say(console, "To come", "bold")
    for each in data["expected"]:
        day = f"expected on {each['day']}" if each["day"] else "nobody said when"
        said = f"as it says in {each['document'] or 'a report'} of {(each['as_of'] or '')[:_DAY]}"
        source = f"by {each['transfer']}" if each["transfer"] else said
        say(console, f"  {each['quantity'] or 'some':>8}  to {each['location']} {source}, {day}")
    say(console, "To promise, all locations together", "bold")
    for each in data["promises"]:
        say(console, f"  {each['quantity']:>8}  from {each['day']} on")


def _show_terms(console: Console, terms: list[dict[str, Any]]) -> None:
    for term in terms:
        counted = f", counted {age(term['as_of'])} ago" if term["as_of"] else ""
        source = f" in {term['document']}" if term["document"] else ""
        say(console, f"  {term['quantity']:>8}  {term['words']}{counted}{source}")


for _module in (
    stock_history,
    stock_reconcile,
    stock_published,
    stock_changes,
    stock_assembly,
    stock_sheets,
    stock_holds,
    stock_compact,
):
    _module.register(app)
