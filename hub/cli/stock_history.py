"""``hub stock history`` and ``hub stock as-of``: the ledger's rows, and what it said at any moment."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hub.cli.arguments import MOMENT, require_known
from hub.cli.session import Result, Session, command
from hub.cli.stock_kits import say_kits, with_components
from hub.cli.tables import say, show_table

if TYPE_CHECKING:
    from rich.console import Console

    from hub.flows.trace_stock import Traced

_SECOND = 19
_MOST = 10_000


def register(app: typer.Typer) -> None:
    """Add the commands."""
    command(app, "history", "stock-history")(history)
    command(app, "as-of", "stock-as-of")(as_of)


def history(
    session: Session,
    sku: Annotated[str, typer.Argument()],
    location: Annotated[str, typer.Option(help="Only this location.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=_MOST, help="At most so many rows.")] = 50,
    since: Annotated[
        datetime | None, typer.Option(formats=MOMENT, help="Only rows written down then or later; with zone.")
    ] = None,
) -> Result:
    """Show every movement, promise and soft hold of a SKU, newest first, with the balance after each."""
    from hub.flows.trace_stock import trace_stock
    from hub.model.identity import LocationId, Sku

    require_known(session, [Sku(sku)])
    with session.hub.storage.read() as uow:
        found = trace_stock(uow, Sku(sku), LocationId(location) if location else None, limit=limit, since=since)
    rows = [_row(each) for each in found.rows]

    def show(console: Console) -> None:
        if found.compacted:
            say(console, f"{found.compacted} old entries are only in the archive that `hub stock compact` wrote.")
        say_kits(session, console, [sku], "hub stock history {}")
        if not rows:
            nothing = "Nothing more" if found.compacted else "Nothing"
            say(console, f"{nothing} was written down of {sku}" + (f" at {location}." if location else "."))
            return
        show_table(
            console,
            (
                "happened",
                "recorded",
                "location",
                "what",
                "units",
                "of",
                "on hand",
                "unavail.",
                "reserved",
                "soft held",
                "why",
                "document",
            ),
            [
                (
                    row["observed_at"][:_SECOND],
                    row["recorded_at"][:_SECOND],
                    row["location"],
                    row["what"],
                    row["quantity"],
                    row["bucket"].replace("_", " "),
                    row["after"]["on_hand"],
                    row["after"]["unavailable"],
                    row["after"]["reserved"],
                    row["after"]["soft_held"],
                    row["reference"] or f"{row['order_id']} {row['request_id']}",
                    row["document"],
                )
                for row in rows
            ],
        )
        say(console, "Times are UTC. On hand, unavailable, reserved and soft held are the location's after that row.")
        if found.more:
            more = min(limit * 10, _MOST)
            say(console, "There are older ones: " + session.next(f"hub stock history {sku} --limit {more}"))

    return Result({"sku": sku, "rows": rows, "more": found.more, "compacted": found.compacted}, show)


def as_of(
    session: Session,
    moment: Annotated[datetime, typer.Argument(formats=MOMENT, help="With zone, as 2026-11-20T09:30+01:00.")],
    sku: Annotated[list[str] | None, typer.Argument(help="Only these SKUs.")] = None,
    location: Annotated[str, typer.Option(help="Only this location.")] = "",
    known: Annotated[
        datetime | None, typer.Option(formats=MOMENT, help="As far as it was written down then [now].")
    ] = None,
) -> Result:
    """Show what was there at a moment: as we know it now, or as we knew it at another moment."""
    from hub.model.identity import LocationId
    from hub.web.shapes import amount

    known_at = known or session.hub.clock()
    with session.hub.storage.read() as uow:
        found = uow.ledger.as_of(
            moment, known_at, with_components(session, sku), [LocationId(location)] if location else None
        )
    rows = [
        {
            "sku": each.sku,
            "location": each.location,
            "on_hand": amount(each.on_hand),
            "unavailable": amount(each.unavailable),
            "reserved": amount(each.reserved),
            "soft_held": amount(each.soft_held),
            "available": amount(each.available),
        }
        for each in found
    ]

    def show(console: Console) -> None:
        when = f"at {moment.isoformat()}, as known at {known_at.isoformat(timespec='seconds')}"
        say_kits(session, console, sku, "hub stock history {}")
        if not rows:
            say(console, f"Nothing was written down of what was there {when}.")
            return
        say(console, f"What was there {when}:")
        columns = ("sku", "location", "on hand", "unavailable", "reserved", "soft held", "available")
        show_table(console, columns, [tuple(row.values()) for row in rows])

    return Result({"moment": moment, "known": known_at, "stock": rows}, show)


def _row(traced: Traced) -> dict[str, Any]:
    from hub.model.ledger import HeldEntry, Movement
    from hub.web.shapes import amount

    row, after = traced.row, traced.after
    common = {
        "recorded_at": row.recorded_at.isoformat(),
        "location": row.location,
        "what": row.cause.value,
        "quantity": amount(row.quantity),
        "after": {
            "on_hand": amount(after.on_hand),
            "unavailable": amount(after.unavailable),
            "reserved": amount(after.reserved),
            "soft_held": amount(after.soft_held),
            "available": amount(after.available),
        },
    }
    if isinstance(row, Movement):
        return {
            **common,
            "observed_at": row.observed_at.isoformat(),
            "bucket": row.bucket.value,
            "reference": row.reference,
            "document": row.document,
            "order_id": None,
            "request_id": None,
        }
    # A promise happens when we write it down.
    promise = {**common, "observed_at": row.recorded_at.isoformat(), "document": None}
    if isinstance(row, HeldEntry):
        return {**promise, "bucket": "soft_held", "reference": row.hold, "order_id": None, "request_id": None}
    return {
        **promise,
        "bucket": "reserved",
        "reference": "",
        "order_id": row.order_id,
        "request_id": row.request_id,
    }
