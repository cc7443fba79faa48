"""``hub item find`` and ``hub item conflicts``: what partners' items.csv say of an item, and where they disagree."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hub.cli.arguments import DAY
from hub.cli.exits import NotThereError
from hub.cli.session import Result, Session, command
from hub.cli.tables import say, show_table

if TYPE_CHECKING:
    from datetime import date

    from rich.console import Console

    from hub.mapping.item_conflicts import ItemConflict
    from hub.mapping.partner import Partner

_COLUMNS = ("partner", "line", "sku", "ids", "unit", "units_each", "since", "until", "holds", "named")


def register(app: typer.Typer) -> None:
    """Add the commands to ``hub item``."""
    command(app, "find", "item-find")(find)
    command(app, "conflicts", "item-conflicts")(conflicts)


def find(
    session: Session,
    asked: Annotated[str, typer.Argument(metavar="ID|SKU|GTIN", help="Ours, a partner's, or a barcode.")],
    on: Annotated[datetime | None, typer.Option(formats=DAY, help="As of that day, YYYY-MM-DD [today].")] = None,
) -> Result:
    """Show every partner's rows for an item: ids, unit, days, and which row and which of its ids decide."""
    from hub.mapping.gtin import gtin_of, is_restricted

    day = (on or session.hub.clock()).date()
    gtin = gtin_of("gtin", asked)
    partners = [partner for _, partner in sorted(session.hub.setup.partners.items())]
    rows = [row for partner in partners for row in _rows(partner, asked, gtin, day)]
    if not rows:
        raise NotThereError(
            f"No partner's items.csv names {asked}.",
            code="cli.unknown-item",
            cure="Ids are compared letter by letter, GTINs as fourteen digits. Add the row, or look for the SKU.",
        )
    named = {row["partner"] for row in rows}
    precedence = [_precedence(partner) for partner in partners if partner.partner in named]
    data = {
        "asked": asked,
        "on": day.isoformat(),
        "gtin": gtin,
        "restricted": gtin is not None and is_restricted(gtin),
        "rows": rows,
        "precedence": precedence,
    }

    def show(console: Console) -> None:
        show_table(console, _COLUMNS, [_cells(row) for row in rows], title=f"{asked} on {data['on']}")
        for each in precedence:
            order = ", ".join(each["item_ids"]) or "the order of its documents"
            say(console, f"{each['partner']}: {order} decides; ids that disagree: {each['on_conflict']}.")
        if data["restricted"]:
            say(console, f"{gtin} is of restricted circulation: it means another item at every company.")

    return Result(data, show)


def conflicts(session: Session) -> Result:
    """List GTINs that are two SKUs of ours, and SKUs that differ by case or blanks only."""
    from hub.mapping.item_conflicts import item_conflicts

    found = item_conflicts(session.hub.setup.partners.values())

    def show(console: Console) -> None:
        if not found:
            say(console, "No two partners' items contradict each other.")
        for each in found:
            say(console, f"{each.message} {each.cure}", "yellow")
            for row in each.rows:
                say(console, f"  {row.place}: {row.item.sku}")

    return Result({"conflicts": [_conflict(each) for each in found]}, show)


def _rows(partner: Partner, asked: str, gtin: str | None, day: date) -> Iterator[dict[str, Any]]:
    from hub.mapping.codebook import in_force, named
    from hub.mapping.gtin import gtin_of
    from hub.model.quantity import show_units

    told = {item.line for item in named(in_force(partner.items, day)).values()}
    for item in partner.items:
        by = [name for name, value in item.ids.items() if value == asked or (gtin and gtin_of(name, value) == gtin)]
        if by or item.sku == asked:
            yield {
                "partner": partner.partner,
                "line": item.line,
                "sku": item.sku,
                "found_by": by or ["sku"],
                "ids": dict(item.ids),
                "unit": item.unit,
                "units_each": show_units(item.units_each),
                "since": item.since.isoformat() if item.since else None,
                "until": item.until.isoformat() if item.until else None,
                "holds": item.holds(day),
                "named": item.line in told,
            }


def _precedence(partner: Partner) -> dict[str, Any]:
    order = partner.x12.item_ids if partner.x12 is not None else partner.about.item_ids
    return {"partner": partner.partner, "item_ids": list(order), "on_conflict": partner.about.on_conflict}


def _conflict(each: ItemConflict) -> dict[str, Any]:
    rows = [{"partner": row.partner, "line": row.item.line, "sku": row.item.sku} for row in each.rows]
    return {"kind": each.kind, "message": each.message, "cure": each.cure, "rows": rows}


def _cells(row: dict[str, Any]) -> list[Any]:
    shown = {**row, "ids": ", ".join(f"{name} {value}" for name, value in row["ids"].items())}
    return ["yes" if shown[name] is True else "no" if shown[name] is False else shown[name] for name in _COLUMNS]
