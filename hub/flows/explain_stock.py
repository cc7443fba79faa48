"""How a stock figure came about: per location what may be promised and why, per channel what it shows and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from hub.flows.publish_quantities import channel_quantities
from hub.flows.stock_view import read_stock
from hub.flows.work import Work
from hub.inventory.atp import Atp
from hub.inventory.channels import ChannelQuantity
from hub.model.identity import ChannelId, LocationId, Sku
from hub.model.ledger import Balance, Movement, Reservation
from hub.model.queue import Publication


@dataclass(frozen=True, slots=True)
class StockExplanation:
    """One SKU everywhere; each ``Atp`` and ``ChannelQuantity`` carries the terms it adds up from."""

    sku: Sku
    balances: Mapping[LocationId, Balance]
    atps: Mapping[LocationId, Atp]
    channels: Mapping[ChannelId, ChannelQuantity]
    shown: Mapping[ChannelId, Publication]
    movements: tuple[Movement, ...]
    reservations: tuple[Reservation, ...]


def explain_stock(work: Work, sku: Sku, location: LocationId | None = None) -> StockExplanation:
    """Everything that makes up the SKU's figures, at one location or all; changes nothing."""
    where = [location] if location is not None else [each.location for each in work.network.locations]
    view = read_stock(work.uow, work.network, work.now, [sku], where)
    selling = [channel for channel in work.network.channels if channel.sells_from]
    shown = {
        channel.channel: publication
        for channel in selling
        for publication in [work.uow.publications.current(channel.channel, [sku]).get(sku)]
        if publication is not None
    }
    return StockExplanation(
        sku=sku,
        balances={each.location: each for each in work.uow.ledger.balances([sku], where)},
        atps={place: atp for (_, place), atp in view.atps.items()},
        channels={channel.channel: channel_quantities(work, channel, [sku])[sku] for channel in selling},
        shown=shown,
        movements=tuple(work.uow.ledger.movements(sku, location)),
        reservations=tuple(work.uow.ledger.reservations(sku, location)),
    )
