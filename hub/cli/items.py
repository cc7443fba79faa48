"""``hub item``: how partners count an item, and in what lots they sell it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hub.cli import item_map
from hub.cli.arguments import DAY, require_known
from hub.cli.exits import NotThereError
from hub.cli.session import Result, Session, command
from hub.cli.tables import say, show_table

if TYPE_CHECKING:
    from datetime import date

    from rich.console import Console

    from hub.mapping.codebook import PartnerItem
    from hub.mapping.partner import Partner
    from hub.mapping.x12_profile import X12Profile
    from hub.model.identity import Sku

app = typer.Typer(no_args_is_help=True, help="Items as partners name, count and sell them.")
item_map.register(app)

_UNIT_COLUMNS = ("partner", "unit", "units_each", "since", "until", "holds", "because")


@app.callback()
def _items() -> None:
    """Items as partners name, count and sell them."""


@command(app, "units", "item-units")
def units(
    session: Session,
    sku: Annotated[str, typer.Argument(help="Ours.")],
    partner: Annotated[str, typer.Option(help="Only this partner.")] = "",
    on: Annotated[datetime | None, typer.Option(formats=DAY, help="As of that day, YYYY-MM-DD [today].")] = None,
) -> Result:
    """Show how many eaches partners' units of an item hold and why, and in what lots each location sells it."""
    from hub.model.identity import Sku

    item = Sku(sku)
    require_known(session, [item])
    day = (on or session.hub.clock()).date()
    known = session.hub.setup.partners
    if partner and partner not in known:
        raise NotThereError(
            f"There is no partner {partner}.",
            code="cli.unknown-partner",
            cure=f"Known: {', '.join(sorted(known)) or 'none'}.",
        )
    chosen = [each for name, each in sorted(known.items()) if partner in {"", name}]
    found = [row for each in chosen for row in _units(each, item, day)]
    lots = [row for row in _lots(session, item, day) if partner in {"", row["partner"]}]

    def show(console: Console) -> None:
        if not found:
            say(console, f"No partner's items name {sku} on {day.isoformat()}.")
            return
        title = f"Units of {sku} on {day.isoformat()}"
        show_table(console, _UNIT_COLUMNS, [_cells(row) for row in found], title=title)
        if lots:
            columns = ("location", "at least", "by", "because")
            rows = [(row["location"], row["minimum"], row["multiple"], row["because"]) for row in lots]
            show_table(console, columns, rows, title="Lots")

    return Result({"sku": sku, "on": day.isoformat(), "units": found, "lots": lots}, show)


def _units(partner: Partner, sku: Sku, day: date) -> Iterator[dict[str, Any]]:
    """Every unit that the partner may name with the item, with what says so; that of an earlier row holds."""
    rows = [row for row in partner.items if row.sku == sku]
    if not rows and not partner.about.identity:
        return
    for row in rows:
        yield _unit(partner, row.unit, row.units_each, row.holds(day), "items.csv", row)
    named = {row.unit for row in rows if row.holds(day)}
    if partner.x12 is not None:
        for unit, each, because in _for_all_items(partner.x12):
            yield _unit(partner, unit, each, unit not in named, because)
            named.add(unit)
    elif not rows:
        yield _unit(partner, "EA", 1, True, "its item ids are our SKUs")


def _for_all_items(profile: X12Profile) -> Iterator[tuple[str, Any, str]]:
    from hub.sdk.x12.translate.reading import EACHES, FIXED

    for unit, each in profile.units.items():
        yield unit, each, "units in x12.yaml"
    for unit, each in FIXED.items():
        yield unit, each, "X12 code"
    for unit in sorted(filter(None, EACHES)):
        yield unit, 1, "X12 code"


def _unit(
    partner: Partner, unit: str, each: Any, holds: bool, because: str, row: PartnerItem | None = None
) -> dict[str, Any]:
    from decimal import Decimal

    from hub.model.quantity import show_units

    return {
        "partner": partner.partner,
        "unit": unit,
        "units_each": show_units(Decimal(each) if isinstance(each, int) else each),
        "since": row.since.isoformat() if row is not None and row.since else None,
        "until": row.until.isoformat() if row is not None and row.until else None,
        "holds": holds,
        "because": because,
    }


def _lots(session: Session, sku: Sku, day: date) -> Iterator[dict[str, Any]]:
    """The lots of that day at each location that does not sell it in any number."""
    from datetime import UTC, datetime, time

    from hub.flows.lots import lot_at
    from hub.flows.work import Work
    from hub.model.lot import lot_of

    network = session.hub.setup.network
    with session.hub.storage.read() as uow:
        work = Work(uow, network, datetime.combine(day, time(), UTC))
        for location in network.locations:
            lot = lot_at(work, location, sku)
            if lot.binds:
                said = lot_of(location.lots.get(sku, ()), day) is not None
                yield {
                    "location": location.location,
                    "partner": location.partner,
                    "minimum": f"{lot.minimum:f}",
                    "multiple": f"{lot.multiple:f}",
                    "because": "items.csv" if said else "counted in such packs, pack_multiple",
                }


def _cells(row: dict[str, Any]) -> list[Any]:
    return ["yes" if row[name] is True else "no" if row[name] is False else row[name] for name in _UNIT_COLUMNS]
