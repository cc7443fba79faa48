"""``hub price``: what suppliers ask for their items, and what we ask of channels."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hub.cli.exits import NotThereError
from hub.cli.session import Result, Session, command
from hub.cli.tables import say, show_table

if TYPE_CHECKING:
    from decimal import Decimal

    from rich.console import Console

    from hub.model.price import ItemPrice

app = typer.Typer(no_args_is_help=True, help="Prices agreed with partners.")


@command(app, "list", "price-list")
def list_prices(
    session: Session,
    partner: Annotated[str, typer.Argument(help="Who told them.")],
    sku: Annotated[list[str] | None, typer.Argument(help="Only these SKUs.")] = None,
    after: Annotated[str, typer.Option(help="Go on after this SKU.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=1000, help="At most so many.")] = 100,
) -> Result:
    """List what a partner asks for its items, as its price lists said."""
    from hub.model.identity import PartnerId, Sku

    known = session.hub.setup.partners
    if partner not in known:
        raise NotThereError(
            f"There is no partner {partner}.",
            code="cli.unknown-partner",
            cure=f"Known: {', '.join(sorted(known)) or 'none'}.",
        )
    with session.hub.storage.read() as uow:
        if sku:
            by_sku = uow.prices.of(PartnerId(partner), [Sku(each) for each in sku])
            found = [price for prices in by_sku.values() for price in prices]
        else:
            found = uow.prices.page(PartnerId(partner), after=Sku(after) if after else None, limit=limit)
    rows = [_shape(each) for each in found]

    def show(console: Console) -> None:
        if not rows:
            say(console, f"{partner} has told no such price.")
            return
        show_table(
            console,
            ("sku", "price", "currency", "from", "since", "until", "title"),
            [tuple(row.values()) for row in rows],
        )

    return Result({"partner": partner, "prices": rows}, show)


@command(app, "send", "price-send")
def send(
    session: Session,
    channel: Annotated[str, typer.Argument(help="Who is told.")],
    file: Annotated[Path, typer.Argument(help="CSV: sku, price, currency, from_quantity, since, until, title.")],
    catalogue: Annotated[str, typer.Option(help="The list's number; the same again replaces it.")] = "PRICES",
    change: Annotated[bool, typer.Option("--change", help="Items it does not name keep their prices.")] = False,
) -> Result:
    """Tell a channel that buys from us what we ask for our items (X12 832)."""
    from hub.flows.send_prices import send_prices
    from hub.mapping.price_file import read_prices
    from hub.model.identity import ChannelId
    from hub.model.stock import FeedMode
    from hub.sync.marks import working

    hub = session.hub
    lines = read_prices(file, hub.setup.config.currency)
    found = hub.setup.network.channel(ChannelId(channel))
    owner = hub.setup.config.connections[found.connection].partner if found is not None else None
    if found is None or owner is None:
        raise NotThereError(
            f"There is no channel {channel}.",
            code="cli.unknown-channel",
            cure=f"Known: {', '.join(sorted(hub.setup.config.channels)) or 'none'}.",
        )
    mode = FeedMode.DELTA if change else FeedMode.FULL
    with working(hub.storage, hub.setup.network, hub.clock, actor="operator") as work:
        prices = send_prices(work, found, owner, catalogue, lines, mode)
    data = {"channel": channel, "catalogue": catalogue, "mode": mode.value, "lines": len(prices.lines)}

    def show(console: Console) -> None:
        say(console, f"{len(prices.lines)} prices go to {channel} as catalogue {catalogue}.")

    return Result(data, show)


def _shown(price: Decimal) -> str:
    """Two decimal places, up to six where it has them: a third of a case's price has no end."""
    cents, exact = round(price, 2), round(price, 6)
    return f"{cents if cents == exact else exact.normalize():f}"


def _shape(price: ItemPrice) -> dict[str, Any]:
    from hub.web.shapes import amount

    return {
        "sku": price.sku,
        "price": _shown(price.unit_price.amount),
        "currency": price.unit_price.currency,
        "from_quantity": amount(price.from_quantity),
        "since": price.since.isoformat() if price.since else None,
        "until": price.until.isoformat() if price.until else None,
        "title": price.title,
    }
