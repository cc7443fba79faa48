"""``hub stock hold``: units kept for a cart, a quote or an order on its way."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hub.cli.arguments import MOMENT, units_by_sku
from hub.cli.exits import NotThereError
from hub.cli.session import Result, Session, command
from hub.cli.tables import say, show_table

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.console import Console

    from hub.flows.work import Work
    from hub.model.soft_hold import SoftHold

app = typer.Typer(no_args_is_help=True, help="Units kept for a cart, a quote or an order on its way.")

_Key = Annotated[str, typer.Argument(help="The key that names it: a cart's or a quote's.")]
_Until = Annotated[datetime | None, typer.Option(formats=MOMENT, help="When it ends, with zone.")]
_Minutes = Annotated[int | None, typer.Option(min=1, help="In how many minutes it ends.")]


def register(stock: typer.Typer) -> None:
    """Add the commands."""
    stock.add_typer(app, name="hold")


@command(app, "create", "stock-hold-create")
def create(
    session: Session,
    key: _Key,
    lines: Annotated[list[str], typer.Argument(metavar="SKU=UNITS...", help="What to keep, in eaches.")],
    location: Annotated[str, typer.Option(help="Keep it there [wherever the channel sells from].")] = "",
    channel: Annotated[str, typer.Option(help="Only its orders may name the hold.")] = "",
    until: _Until = None,
    minutes: _Minutes = None,
    reason: Annotated[str, typer.Option(help="What it is for. No names, no addresses.")] = "",
) -> Result:
    """Keep units for whoever orders with the key, all of them or none."""
    from hub.flows.hold_stock import Wanted, hold_stock
    from hub.model.identity import ChannelId, LocationId, SoftHoldKey

    wanted = Wanted(
        key=SoftHoldKey(key),
        units=units_by_sku(session, lines),
        expires_at=_end(session, until, minutes),
        location=LocationId(location) if location else None,
        channel=ChannelId(channel) if channel else None,
        reason=reason,
    )
    return _done(session, lambda work: hold_stock(work, wanted))


@command(app, "list", "stock-hold-list")
def list_holds(
    session: Session,
    all_: Annotated[bool, typer.Option("--all", help="Those that keep nothing any more, too.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=1000)] = 50,
) -> Result:
    """List holds, those that end first at the top."""
    with session.hub.storage.read() as uow:
        rows = [_shape(each) for each in uow.soft_holds.page(live_only=not all_, limit=limit)]

    def show(console: Console) -> None:
        if not rows:
            say(console, "Nothing is kept for anybody.")
            return
        _show(console, rows)

    return Result({"holds": rows}, show)


@command(app, "extend", "stock-hold-extend")
def extend(session: Session, key: _Key, until: _Until = None, minutes: _Minutes = None) -> Result:
    """Let a hold end later."""
    from hub.flows.hold_stock import extend_hold
    from hub.model.identity import SoftHoldKey

    end = _end(session, until, minutes)
    return _done(session, lambda work: extend_hold(work, SoftHoldKey(key), end))


@command(app, "release", "stock-hold-release")
def release(session: Session, key: _Key) -> Result:
    """Give back what a hold keeps, unless an order needs it."""
    from hub.flows.hold_stock import release_hold
    from hub.model.identity import SoftHoldKey

    return _done(session, lambda work: release_hold(work, SoftHoldKey(key)))


def _done(session: Session, act: Callable[[Work], SoftHold]) -> Result:
    from hub.sync.marks import working

    hub = session.hub
    with working(hub.storage, hub.setup.network, hub.clock, actor="operator") as work:
        row = _shape(act(work))
    return Result({"hold": row}, lambda console: _show(console, [row]))


def _end(session: Session, until: datetime | None, minutes: int | None) -> datetime:
    if (until is None) == (minutes is None):
        raise NotThereError(
            "A hold has one end.", code="cli.hold-end", cure="Give either --until MOMENT or --minutes NUMBER."
        )
    return until if until is not None else session.hub.clock() + timedelta(minutes=minutes or 0)


def _show(console: Console, rows: list[dict[str, Any]]) -> None:
    show_table(
        console,
        ("hold", "state", "ends", "channel", "order", "sku", "location", "units", "kept", "why"),
        [
            (
                row["key"],
                row["state"],
                row["expires_at"],
                row["channel"],
                row["order_id"],
                each["sku"],
                each["location"],
                each["quantity"],
                each["held"],
                row["reason"],
            )
            for row in rows
            for each in row["units"]
        ],
    )


def _shape(hold: SoftHold) -> dict[str, Any]:
    from hub.web.shapes import amount

    return {
        "key": hold.key,
        "state": "live" if hold.live else "ended",
        "placed_at": hold.placed_at.isoformat(),
        "expires_at": hold.expires_at.isoformat(),
        "channel": hold.channel,
        "location": hold.location,
        "order_id": hold.order_id,
        "reason": hold.reason,
        "units": [
            {
                "sku": each.sku,
                "location": each.location,
                "quantity": amount(each.quantity),
                "held": amount(each.held),
            }
            for each in hold.units
        ],
    }
