"""What was last decided to tell a channel of each SKU, what became of that, and what it was told before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from hub.inventory.showing import shown
from hub.model.identity import Sku
from hub.model.network import Channel
from hub.model.queue import OutboxItem, Publication, PublicationState
from hub.model.stock import NO_SALES
from hub.ports import UnitOfWork


@dataclass(frozen=True, slots=True)
class TracedPublication:
    """``shows``: what the channel shows now as far as we know. ``items``: what it was told, newest first."""

    publication: Publication
    shows: Decimal | None
    items: tuple[OutboxItem, ...]


def trace_publications(
    uow: UnitOfWork,
    channel: Channel,
    skus: Sequence[Sku] = (),
    *,
    state: PublicationState | None = None,
    after: Sku | None = None,
    limit: int = 50,
) -> list[TracedPublication]:
    """By SKU. Of SKUs that are named, the newest ``limit`` items are told; else the last one only."""
    if skus:
        known = uow.publications.current(channel.channel, skus).values()
        found = sorted((each for each in known if state in {None, each.state}), key=lambda each: each.sku)
    else:
        found = uow.publications.page(channel.channel, state=state, after=after, limit=limit)
    sales = uow.orders.sold(channel.channel, [each.sku for each in found])
    return [
        TracedPublication(
            each,
            shown(each, sales.get(each.sku, NO_SALES)),
            tuple(
                uow.outbox.page(
                    connection=channel.connection,
                    coalesce=f"{each.channel}:{each.sku}",
                    limit=limit if skus else 1,
                )
            ),
        )
        for each in found
    ]
