"""Tell channels what they may sell; the newest unsent quantity replaces an older one.

A quantity is set by compare-and-swap: it is taken only where the channel shows what we believe. So it may be raised
only by a figure that knows of every sale that made the channel show what it shows. A stale answer says that there
are sales we may not know of yet; until the channel's orders were fetched and taken again, the figure may only fall.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from hub.flows.answer import Answer, Verdict
from hub.flows.stock_view import read_stock, waiting_demand
from hub.flows.work import Work
from hub.inventory.channels import ChannelQuantity, channel_quantity
from hub.model.identity import ChannelId, ConnectionId, Sku
from hub.model.network import Channel, Network
from hub.model.queue import OutboxItem, Publication
from hub.model.stock import QuantityUpdate
from hub.ports import UnitOfWork

BATCH = 500
"""SKUs looked at in one transaction."""

_ZERO = Decimal(0)


def publish_quantities(work: Work, channel_id: ChannelId) -> datetime | None:
    """Compute the touched SKUs of a channel and queue those whose quantity changed; now again where more wait.

    A quantity equal to the one last asked for is not sent again, and one that waits is not raised
    (``resume_publishing`` has it looked at again).
    """
    channel = work.network.channel(channel_id)
    if channel is None or not channel.sells_from:
        return None
    skus = work.uow.publications.touched(channel_id, BATCH)
    if not skus:
        return None
    shown = work.uow.publications.current(channel_id, skus)
    for quantity in channel_quantities(work, channel, skus).values():
        publication = shown.get(quantity.sku, Publication(channel_id, quantity.sku))
        if publication.requested != quantity.quantity and not _must_wait(publication, quantity.quantity):
            _queue(work, channel, quantity, publication)
    work.uow.publications.settled(channel_id, skus)
    return work.now if len(skus) == BATCH else None


def channel_quantities(work: Work, channel: Channel, skus: Sequence[Sku]) -> dict[Sku, ChannelQuantity]:
    """What the channel should show now, per SKU, with its working."""
    view = read_stock(work.uow, work.network, work.now, skus, channel.sells_from)
    unrouted = waiting_demand(work.uow, work.network, channel.sells_from, skus)
    return {
        sku: channel_quantity(
            channel, sku, [view.atps[sku, where] for where in channel.sells_from if (sku, where) in view.atps], units
        )
        for sku in skus
        for units in [unrouted.get(sku, _ZERO)]
    }


def settle_quantity(work: Work, update: QuantityUpdate, answer: Answer) -> None:
    """Record what the channel shows now. Stale: it showed something else, so its orders must be taken in first."""
    current = work.uow.publications.current(update.channel, [update.sku])
    publication = current.get(update.sku, Publication(update.channel, update.sku))
    match answer.verdict:
        case Verdict.ACCEPTED:
            work.uow.publications.save(replace(publication, confirmed=update.quantity, at=work.now))
        case Verdict.STALE:
            stale = replace(publication, confirmed=answer.observed, requested=None, at=work.now, waits_since=answer.at)
            work.uow.publications.save(stale)
            work.touch([update.sku])
        case Verdict.REFUSED | Verdict.UNCERTAIN:
            return


def resume_publishing(work: Work, connection: ConnectionId, known_until: datetime) -> None:
    """All orders that this connection's channels had at ``known_until`` have been taken: figures that waited since
    before then are computed again."""
    for channel in work.network.channels:
        if channel.connection == connection:
            work.touch(work.uow.publications.resume(channel.channel, known_until))


def is_waiting(uow: UnitOfWork, network: Network, connection: ConnectionId, known_until: datetime) -> bool:
    """Whether ``resume_publishing`` would find anything."""
    return any(
        uow.publications.waiting(channel.channel, known_until)
        for channel in network.channels
        if channel.connection == connection
    )


def _must_wait(publication: Publication, quantity: Decimal) -> bool:
    """Less is always better than what the channel shows now, whatever it sold meanwhile."""
    falls = publication.confirmed is not None and quantity < publication.confirmed
    return publication.waits_since is not None and not falls


def _queue(work: Work, channel: Channel, quantity: ChannelQuantity, publication: Publication) -> None:
    key = f"inventory:{channel.channel}:{quantity.sku}:{work.uow.sequences.next('publication')}"
    update = QuantityUpdate(
        key=key,
        channel=channel.channel,
        connection=channel.connection,
        sku=quantity.sku,
        quantity=quantity.quantity,
        expected=publication.confirmed,
        computed_at=work.now,
    )
    work.uow.outbox.add(
        OutboxItem(
            key=key,
            connection=channel.connection,
            kind="inventory",
            payload=update.model_dump_json(),
            created_at=work.now,
            coalesce=f"{channel.channel}:{quantity.sku}",
            subject=f"{quantity.sku} = {quantity.quantity:f}",
        )
    )
    work.uow.publications.save(replace(publication, requested=quantity.quantity, at=work.now))
