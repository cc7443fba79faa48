"""How a stock figure came about: per location what may be promised and why, per channel what it shows and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from hub.flows.publish_quantities import channel_quantities
from hub.flows.stock_view import read_stock
from hub.flows.trace_publications import TracedPublication, trace_publications
from hub.flows.work import Work
from hub.inventory.atp import Atp
from hub.inventory.channels import ChannelQuantity
from hub.inventory.dated import Dated, DatedPromise, dated_promises
from hub.model.identity import ChannelId, LocationId, Sku, TransferId
from hub.model.ledger import Balance, Movement, Reservation


@dataclass(frozen=True, slots=True)
class Expected:
    """Units of the SKU on their way to a location; ``day`` None where nobody said when they arrive."""

    location: LocationId
    transfer: TransferId
    quantity: Decimal
    day: date | None


@dataclass(frozen=True, slots=True)
class StockExplanation:
    """One SKU everywhere; each ``Atp`` and ``ChannelQuantity`` carries the terms it adds up from.

    ``owners``: whose stock each location has, empty for the merchant's own.
    ``promises``: what all these locations together can promise from which day on, with what is expected on a day.
    """

    sku: Sku
    owners: Mapping[LocationId, str]
    balances: Mapping[LocationId, Balance]
    atps: Mapping[LocationId, Atp]
    channels: Mapping[ChannelId, ChannelQuantity]
    shown: Mapping[ChannelId, TracedPublication]
    expected: tuple[Expected, ...]
    promises: tuple[DatedPromise, ...]
    movements: tuple[Movement, ...]
    reservations: tuple[Reservation, ...]


def explain_stock(work: Work, sku: Sku, location: LocationId | None = None) -> StockExplanation:
    """Everything that makes up the SKU's figures, at one location or all; changes nothing."""
    where = [location] if location is not None else [each.location for each in work.network.locations]
    view = read_stock(work.uow, work.network, work.now, [sku], where)
    selling = [channel for channel in work.network.channels if channel.sells_from]
    shown = {channel.channel: told for channel in selling for told in trace_publications(work.uow, channel, [sku])}
    expected = tuple(_expected(work, sku, where))
    return StockExplanation(
        sku=sku,
        owners={each.location: each.stock_owner for each in work.network.locations},
        balances={each.location: each for each in work.uow.ledger.balances([sku], where)},
        atps={place: atp for (_, place), atp in view.atps.items()},
        channels={channel.channel: channel_quantities(work, channel, [sku])[sku] for channel in selling},
        shown=shown,
        expected=expected,
        promises=_promises(work, view.atps.values(), expected),
        movements=tuple(work.uow.ledger.movements(sku, location)),
        reservations=tuple(work.uow.ledger.reservations(sku, location)),
    )


def _expected(work: Work, sku: Sku, where: Sequence[LocationId]) -> Iterator[Expected]:
    for transfer in work.uow.transfers.on_the_way(where):
        units = sum((line.open for line in transfer.lines if line.sku == sku), Decimal(0))
        if units:
            yield Expected(transfer.location, transfer.transfer_id, units, transfer.expected_on)


def _promises(work: Work, atps: Iterable[Atp], expected: Iterable[Expected]) -> tuple[DatedPromise, ...]:
    """What may be promised now, and from the days on which goods are expected; goods without a day are left out."""
    free = sum((max(Decimal(0), each.quantity) for each in atps if each.usable), Decimal(0))
    supply = [Dated(each.day, each.quantity) for each in expected if each.day is not None]
    return dated_promises(free, supply, work.now.date())
