"""How a stock figure came about: per location what may be promised and why, per channel what it shows and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from hub.flows.expect_goods import expected_goods, tell_waiting
from hub.flows.publish_quantities import channel_quantities
from hub.flows.stock_view import read_stock, with_parts
from hub.flows.trace_publications import TracedPublication, trace_publications
from hub.flows.work import Work
from hub.inventory.atp import Atp
from hub.inventory.channels import ChannelQuantity
from hub.inventory.dated import Dated, DatedPromise, dated_promises
from hub.inventory.expected import Expected, coming
from hub.model.identity import ChannelId, LocationId, Sku
from hub.model.kit import Kit
from hub.model.ledger import Balance, Movement, Reservation
from hub.model.stock import Outlook


@dataclass(frozen=True, slots=True)
class StockExplanation:
    """One SKU everywhere; each ``Atp`` and ``ChannelQuantity`` carries the terms it adds up from.

    ``owners``: whose stock each location has, empty for the merchant's own.
    ``kit``: what it consists of, where it is a virtual kit; then each ``Atp`` is of whole sets.
    ``promises``: what all these locations together can promise from which day on, with what is expected on a day, and
    without what orders that wait are told.
    """

    sku: Sku
    kit: Kit | None
    owners: Mapping[LocationId, str]
    balances: Mapping[LocationId, Balance]
    atps: Mapping[LocationId, Atp]
    channels: Mapping[ChannelId, ChannelQuantity]
    shown: Mapping[ChannelId, TracedPublication]
    outlooks: Mapping[LocationId, Outlook]
    expected: tuple[Expected, ...]
    promises: tuple[DatedPromise, ...]
    movements: tuple[Movement, ...]
    reservations: tuple[Reservation, ...]


def explain_stock(work: Work, sku: Sku, location: LocationId | None = None) -> StockExplanation:
    """Everything that makes up the SKU's figures, at one location or all; changes nothing."""
    where = [location] if location is not None else [each.location for each in work.network.locations]
    kit = work.network.virtual_kit(sku)
    needed = with_parts(work.network, [sku])
    view = read_stock(work.uow, work.network, work.now, needed, where, showing=True, ahead=True)
    atps = view.of_kit(kit) if kit is not None else {place: atp for (_, place), atp in view.atps.items()}
    selling = [channel for channel in work.network.channels if channel.sells_from]
    shown = {channel.channel: told for channel in selling for told in trace_publications(work.uow, channel, [sku])}
    outlooks = {each.said.location: each for each in work.uow.outlooks.of([sku], where)}
    expected = expected_goods(work, sku, where, outlooks.values())
    return StockExplanation(
        sku=sku,
        kit=kit,
        owners={each.location: each.stock_owner for each in work.network.locations},
        balances={each.location: each for each in work.uow.ledger.balances([sku], where)},
        atps=atps,
        channels={channel.channel: channel_quantities(work, channel, [sku])[sku] for channel in selling},
        shown=shown,
        outlooks=outlooks,
        expected=expected,
        promises=tuple(_promises(work, sku, atps, expected)),
        movements=tuple(work.uow.ledger.movements(sku, location)),
        reservations=tuple(work.uow.ledger.reservations(sku, location)),
    )


def _promises(work: Work, sku: Sku, atps: Mapping[LocationId, Atp], expected: Iterable[Expected]) -> list[DatedPromise]:
    """What can be promised now, and from the days on which goods are expected, with every order that waits told first
    (``inventory.expected``)."""
    supply = [Dated(each.day, each.quantity) for each in coming(atps, expected, work.now.date())]
    waiting = (each.coming for each in tell_waiting(work, sku))
    told = [Dated(each.day, -each.quantity) for each in waiting if each.location in atps]
    return list(dated_promises(Decimal(0), [*supply, *told], work.now.date()))
