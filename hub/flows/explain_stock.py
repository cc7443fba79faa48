"""How a stock figure came about: per location what may be promised and why, per channel what it shows and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from hub.flows.publish_quantities import channel_quantities
from hub.flows.stock_view import read_stock, with_parts
from hub.flows.trace_publications import TracedPublication, trace_publications
from hub.flows.work import Work
from hub.inventory.atp import Atp
from hub.inventory.channels import ChannelQuantity
from hub.inventory.dated import Dated, DatedPromise, dated_promises
from hub.model.identity import ChannelId, DocumentId, LocationId, Sku, TransferId
from hub.model.kit import Kit
from hub.model.ledger import Balance, Movement, Reservation
from hub.model.stock import Outlook


@dataclass(frozen=True, slots=True)
class Expected:
    """Units of the SKU that are to come to a location: by a ``transfer`` of ours, or as its partner said in
    ``document`` as of then. ``day`` None where nobody said when, ``quantity`` where nobody said how many."""

    location: LocationId
    quantity: Decimal | None
    day: date | None
    transfer: TransferId | None = None
    document: DocumentId | None = None
    as_of: datetime | None = None


@dataclass(frozen=True, slots=True)
class StockExplanation:
    """One SKU everywhere; each ``Atp`` and ``ChannelQuantity`` carries the terms it adds up from.

    ``owners``: whose stock each location has, empty for the merchant's own.
    ``kit``: what it consists of, where it is a virtual kit; then each ``Atp`` is of whole sets.
    ``promises``: what all these locations together can promise from which day on, with what is expected on a day.
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
    view = read_stock(work.uow, work.network, work.now, with_parts(work.network, [sku]), where, showing=True)
    atps = view.of_kit(kit) if kit is not None else {place: atp for (_, place), atp in view.atps.items()}
    selling = [channel for channel in work.network.channels if channel.sells_from]
    shown = {channel.channel: told for channel in selling for told in trace_publications(work.uow, channel, [sku])}
    outlooks = {each.said.location: each for each in work.uow.outlooks.of([sku], where)}
    expected = (*_on_the_way(work, sku, where), *_said(outlooks.values()))
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
        promises=_promises(work, atps, expected),
        movements=tuple(work.uow.ledger.movements(sku, location)),
        reservations=tuple(work.uow.ledger.reservations(sku, location)),
    )


def _on_the_way(work: Work, sku: Sku, where: Sequence[LocationId]) -> Iterator[Expected]:
    for transfer in work.uow.transfers.on_the_way(where):
        units = sum((line.open for line in transfer.lines if line.sku == sku), Decimal(0))
        if units:
            yield Expected(transfer.location, units, transfer.expected_on, transfer=transfer.transfer_id)


def _said(outlooks: Iterable[Outlook]) -> Iterator[Expected]:
    for outlook in outlooks:
        for each in outlook.said.expected:
            yield Expected(
                outlook.said.location, each.quantity, each.day, document=outlook.document, as_of=outlook.as_of
            )


def _promises(work: Work, atps: Mapping[LocationId, Atp], expected: Sequence[Expected]) -> tuple[DatedPromise, ...]:
    """What may be promised now, and from the days on which goods are expected; goods without a day or number are left
    out. What a partner expects where a transfer of ours is on its way may be those very goods: only the transfer
    counts. Nor is a partner believed of the future that is not believed of the present."""
    free = sum((max(Decimal(0), each.quantity) for each in atps.values() if each.usable), Decimal(0))
    ours = {each.location for each in expected if each.transfer is not None}
    counted = [
        each
        for each in expected
        if each.transfer is not None or (each.location not in ours and atps[each.location].usable)
    ]
    supply = [Dated(each.day, each.quantity) for each in counted if each.day is not None and each.quantity is not None]
    return dated_promises(free, supply, work.now.date())
