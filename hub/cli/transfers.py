"""``hub transfer``: goods on their way to a location, and what arrived."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hub.cli.arguments import DAY, MOMENT, units_by_sku
from hub.cli.exits import NotThereError
from hub.cli.session import Result, Session, command
from hub.cli.tables import say, show_facts, show_table

if TYPE_CHECKING:
    from rich.console import Console

    from hub.model.transfer import StockTransfer

app = typer.Typer(no_args_is_help=True, help="Goods on their way to a location.")


@command(app, "create", "transfer-create")
def create(  # noqa: PLR0913, PLR0917  each is an option of the command
    session: Session,
    location: Annotated[str, typer.Argument(help="Where the goods go.")],
    lines: Annotated[list[str], typer.Argument(metavar="SKU=UNITS...", help="What is on its way, in eaches.")],
    origin: Annotated[str, typer.Option("--from", help="The location of ours that they left; its stock falls.")] = "",
    expected: Annotated[datetime | None, typer.Option(formats=DAY, help="The day they should arrive.")] = None,
    shipped_at: Annotated[
        datetime | None, typer.Option(formats=MOMENT, help="When they left, with zone [now].")
    ] = None,
    order: Annotated[str, typer.Option(help="The purchase order they belong to.")] = "",
    carrier: Annotated[str, typer.Option(help="Who carries them.")] = "",
    tracking: Annotated[str, typer.Option(help="The carrier's number.")] = "",
) -> Result:
    """Say that goods are on their way; whoever receives them there is told (X12 943)."""
    from hub.flows.announce_transfer import Consignment, announce_transfer
    from hub.model.identity import LocationId
    from hub.sync.marks import working

    hub = session.hub
    goods = Consignment(
        lines=units_by_sku(session, lines),
        shipped_at=shipped_at or hub.clock(),
        origin=LocationId(origin) if origin else None,
        expected_on=expected.date() if expected else None,
        purchase_order=order,
        carrier=carrier,
        tracking_number=tracking,
    )
    with working(hub.storage, hub.setup.network, hub.clock, actor="operator") as work:
        transfer = announce_transfer(work, LocationId(location), goods)
    data = _shape(transfer)

    def show(console: Console) -> None:
        say(console, f"{transfer.transfer_id} is on its way to {location}; {transfer.connection} is told.")
        say(console, "What has arrived: " + session.next(f"hub transfer show {transfer.transfer_id}"))

    return Result(data, show)


@command(app, "list", "transfer-list")
def list_transfers(
    session: Session,
    all_: Annotated[bool, typer.Option("--all", help="Also those that arrived whole.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="At most so many, newest first.")] = 50,
) -> Result:
    """List the transfers of which something is still to arrive."""
    with session.hub.storage.read() as uow:
        found = uow.transfers.page(open_only=not all_, limit=limit)
    rows = [_shape(each) for each in found]

    def show(console: Console) -> None:
        if not rows:
            say(console, "No transfer is known." if all_ else "Nothing is on its way.")
            return
        show_table(
            console,
            ("transfer", "to", "from", "state", "shipped", "expected", "units", "open", "note"),
            [
                (
                    row["transfer_id"],
                    row["location"],
                    row["origin"],
                    row["state"],
                    row["shipped_at"],
                    row["expected_on"],
                    row["units"],
                    row["open"],
                    row["note"],
                )
                for row in rows
            ],
        )

    return Result({"transfers": rows}, show)


@command(app, "show", "transfer-show")
def show_transfer(
    session: Session, transfer_id: Annotated[str, typer.Argument(metavar="TRANSFER", help="The hub's id.")]
) -> Result:
    """Show a transfer line by line: what was sent, what arrived, what is open."""
    from hub.model.identity import TransferId

    with session.hub.storage.read() as uow:
        transfer = uow.transfers.get(TransferId(transfer_id))
    if transfer is None:
        raise NotThereError(
            f"There is no transfer {transfer_id}.",
            code="cli.unknown-transfer",
            cure="`hub transfer list --all` names them.",
        )
    data = _shape(transfer)

    def show(console: Console) -> None:
        facts = {name: value for name, value in data.items() if name not in {"connection", "units", "open", "lines"}}
        show_facts(console, [(name.replace("_", " "), value) for name, value in facts.items()])
        show_table(
            console,
            ("line", "sku", "sent", "received", "open"),
            [tuple(line.values()) for line in data["lines"]],
        )

    return Result(data, show)


def _shape(transfer: StockTransfer) -> dict[str, Any]:
    from hub.web.shapes import amount

    units = sum(line.quantity for line in transfer.lines)
    rest = sum(line.open for line in transfer.lines)
    return {
        "transfer_id": transfer.transfer_id,
        "location": transfer.location,
        "connection": transfer.connection,
        "origin": transfer.origin,
        "state": transfer.state.value,
        "shipped_at": transfer.shipped_at.isoformat(),
        "expected_on": transfer.expected_on.isoformat() if transfer.expected_on else None,
        "purchase_order": transfer.purchase_order,
        "carrier": transfer.carrier,
        "tracking_number": transfer.tracking_number,
        "note": transfer.note,
        "units": f"{units:f}",
        "open": f"{rest:f}",
        "lines": [
            {
                "number": line.number,
                "sku": line.sku,
                "quantity": amount(line.quantity),
                "received": amount(line.received),
                "open": amount(line.open),
            }
            for line in transfer.lines
        ],
    }
