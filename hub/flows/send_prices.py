"""A person tells a channel what we ask for our items."""

from __future__ import annotations

from collections.abc import Sequence

from hub.errors import DataError
from hub.flows.work import Work
from hub.model.identity import PartnerId
from hub.model.network import Channel
from hub.model.price import ItemPrice, PriceList
from hub.model.queue import OutboxItem
from hub.model.stock import FeedMode


def send_prices(
    work: Work, channel: Channel, partner: PartnerId, catalogue: str, lines: Sequence[ItemPrice], mode: FeedMode
) -> PriceList:
    """Queue a price list for a channel of that partner. Raises DataError ``price.empty``."""
    if not lines:
        raise DataError("The price list has no line.", code="price.empty", cure="Give it one at least.")
    prices = PriceList(
        partner=partner,
        connection=channel.connection,
        catalogue=catalogue,
        issued_at=work.now,
        mode=mode,
        lines=tuple(lines),
    )
    work.uow.outbox.add(
        OutboxItem(
            key=f"item:{channel.channel}:{catalogue}:{work.uow.sequences.next('price-list')}",
            connection=channel.connection,
            kind="item",
            payload=prices.model_dump_json(),
            created_at=work.now,
            subject=f"prices {catalogue} for {channel.channel}",
        )
    )
    return prices
