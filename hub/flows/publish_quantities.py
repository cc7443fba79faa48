"""Tell channels what they may sell; the newest unsent quantity replaces an older one.

A quantity is compared with what the channel shows, not with what was asked for last: it sells in between
(``inventory.showing``). It is set by compare-and-swap, so it is taken only where the channel shows what we believe. So
it may be raised only by a figure that knows of every sale that made the channel show what it shows. A stale answer
says that there are sales we may not know of yet; until the channel's orders were fetched and taken again, the figure
may only fall.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from hub.flows.answer import Answer, Verdict
from hub.flows.count_quotas import sold_of_quotas, watch_quotas
from hub.flows.follow_settings import follow_rules
from hub.flows.keep_budget import BUDGET_TASK, deferred, within_budget
from hub.flows.lots import lots_at
from hub.flows.stock_view import read_stock, waiting_demand, with_parts
from hub.flows.work import Work
from hub.inventory.channels import ChannelQuantity, channel_quantity, separable_quantity
from hub.inventory.kits import blocked_sets, free_units, kit_lot, shown_apart
from hub.inventory.showing import WAITS, asks_for, is_queued, most_shown, reason_to_skip, uncertain
from hub.inventory.urgency import Wanted
from hub.model.identity import ChannelId, ConnectionId, Sku
from hub.model.network import Channel, Network
from hub.model.queue import Certainty, OutboxItem, Publication, PublicationState
from hub.model.stock import NO_SALES, ChannelSales, QuantityUpdate
from hub.ports import UnitOfWork

BATCH = 500
"""SKUs looked at in one transaction."""

_AT_ONCE = 50
"""SKUs worked out together: their working is given back before Python's collector comes to walk it."""

_ONE = Decimal(1)


def publish_quantities(work: Work, channel_id: ChannelId) -> datetime | None:
    """Compute the touched SKUs of a channel and queue those that it has to be told; now again where more wait.

    What it surely shows is not sent again, and a quantity that waits is not raised (``resume_publishing`` has it looked
    at again). Where settings have changed that decide what it shows, all its SKUs are computed anew; a channel that
    sells from nowhere any more is told that there is none of what it showed.
    """
    channel = work.network.channel(channel_id)
    if channel is None:
        return None
    follow_rules(work, channel)
    if not (channel.sells_from or work.uow.publications.page(channel_id, limit=1)):
        return None
    skus = work.uow.publications.touched(channel_id, BATCH)
    if not skus:
        return None
    _publish(work, channel, [*skus, *(kit for kit in work.network.kits_with(skus) if kit not in skus)])
    work.uow.publications.settled(channel_id, skus)
    return work.now if len(skus) == BATCH else None


def publish_deferred(work: Work, channel_id: ChannelId) -> datetime | None:
    """The channel's budget allows more: what waited for it is computed again; when to come back for the rest."""
    channel = work.network.channel(channel_id)
    if channel is None or not channel.sells_from:
        return None
    skus = deferred(work.uow, channel)
    return _decide(work, channel, skus) if skus else None


def quantities_now(work: Work, channel: Channel, skus: Sequence[Sku]) -> dict[Sku, Decimal]:
    """What the channel should show now, per SKU."""
    found: dict[Sku, Decimal] = {}
    for start in range(0, len(skus), _AT_ONCE):
        worked_out = channel_quantities(work, channel, skus[start : start + _AT_ONCE])
        found.update((sku, each.quantity) for sku, each in worked_out.items())
    return found


def channel_quantities(work: Work, channel: Channel, skus: Sequence[Sku]) -> dict[Sku, ChannelQuantity]:
    """What the channel should show now, per SKU, with its working."""
    needed = with_parts(work.network, skus)
    view = read_stock(work.uow, work.network, work.now, needed, channel.sells_from, showing=True)
    waiting = waiting_demand(work.uow, work.network, channel.sells_from, needed)
    sold = sold_of_quotas(work, channel, skus)
    places = [found for found in map(work.network.location, channel.sells_from) if found is not None]
    lots = {each.location: lots_at(work, each, needed) for each in places}
    found: dict[Sku, ChannelQuantity] = {}
    for sku in skus:
        net, others = sold.get(sku, NO_SALES).net, work.network.channels
        kit = work.network.virtual_kit(sku)
        if kit is not None and kit.separable:
            by = channel.limits(sku).multiple or _ONE
            parts = [shown_apart(kit, view.at(where), lots.get(where, {}), by) for where in view.standings]
            units = free_units(kit, parts, waiting.for_any(kit.components))
            found[sku] = separable_quantity(channel, kit, units, others=others, sold=net)
            continue
        if kit is not None:
            unrouted = blocked_sets(kit, waiting.for_any(kit.components))
            atps = list(view.of_kit(kit).values())
            own = {where: kit_lot(kit, here) for where, here in lots.items()}
        else:
            unrouted = waiting.units(sku)
            atps = [view.atps[sku, where] for where in view.standings]
            own = {where: here[sku] for where, here in lots.items() if sku in here}
        found[sku] = channel_quantity(channel, sku, atps, unrouted, others=others, sold=net, lots=own)
    return found


def settle_quantity(work: Work, update: QuantityUpdate, answer: Answer) -> None:
    """Record what the channel shows now. Stale: it showed something else, so its orders must be taken in first."""
    current = work.uow.publications.current(update.channel, [update.sku], lock=True)
    publication = current.get(update.sku, Publication(update.channel, update.sku))
    after = _after(work, publication, update, answer)
    work.uow.publications.save(after)
    if answer.verdict is Verdict.STALE:
        work.touch([update.sku])
    channel = work.network.channel(update.channel)
    if channel is not None and after.key != update.key and is_queued(after):
        # A newer one waits that was to be compared with what the channel showed before.
        _publish(work, channel, [update.sku])


def _after(work: Work, publication: Publication, update: QuantityUpdate, answer: Answer) -> Publication:
    """The publication once it is known what became of an update."""
    newest = publication.key == update.key
    match answer.verdict:
        case Verdict.ACCEPTED:
            certainty = Certainty.EXACT if answer.compared and update.expected is not None else Certainty.UNSEEN
            after = replace(publication, confirmed=update.quantity, sales=update.sales, certainty=certainty)
            return _decided(after, work.now, PublicationState.SENT) if newest else after
        case Verdict.STALE:
            seen = replace(publication, confirmed=answer.observed, sales=update.sales, certainty=Certainty.EXACT)
            after = replace(seen, waits_since=answer.at)
            return _decided(after, work.now, PublicationState.SKIPPED, WAITS) if newest else after
        case Verdict.REFUSED:
            refused = replace(publication, at=work.now, state=PublicationState.ERROR, reason=_words(answer))
            return refused if newest else publication
        case Verdict.UNCERTAIN:
            sales = _sold(work, update)
            most = uncertain(publication, update, sales)
            after = replace(publication, confirmed=most, sales=sales, certainty=Certainty.AT_MOST)
            return _decided(after, work.now, PublicationState.ERROR, _words(answer)) if newest else after


def _sold(work: Work, update: QuantityUpdate) -> ChannelSales:
    return work.uow.orders.sold(update.channel, [update.sku]).get(update.sku, NO_SALES)


def _decided(publication: Publication, now: datetime, state: PublicationState, reason: str = "") -> Publication:
    return replace(publication, requested=None, at=now, state=state, reason=reason)


def _words(answer: Answer) -> str:
    return ": ".join(part for part in (answer.code, answer.message) if part)


def resume_publishing(work: Work, connection: ConnectionId, known_until: datetime) -> None:
    """All orders that this connection's channels had at ``known_until`` have been taken: figures that waited since
    before then are computed again. Which of those orders the channel had taken off when we saw it nobody knows."""
    for channel in work.network.channels:
        if channel.connection == connection:
            skus = work.uow.publications.resume(channel.channel, known_until)
            sales = work.uow.orders.sold(channel.channel, skus)
            for publication in work.uow.publications.current(channel.channel, skus, lock=True).values():
                known = sales.get(publication.sku, NO_SALES)
                if known.ordered != publication.sales.ordered:
                    work.uow.publications.save(replace(publication, certainty=Certainty.AT_MOST))
            work.touch(skus)


def is_waiting(uow: UnitOfWork, network: Network, connection: ConnectionId, known_until: datetime) -> bool:
    """Whether ``resume_publishing`` would find anything."""
    return any(
        uow.publications.waiting(channel.channel, known_until)
        for channel in network.channels
        if channel.connection == connection
    )


def _publish(work: Work, channel: Channel, skus: Sequence[Sku]) -> None:
    more_allowed = _decide(work, channel, skus)
    if more_allowed is not None:
        work.uow.tasks.schedule(BUDGET_TASK, channel.channel, more_allowed)


def _decide(work: Work, channel: Channel, skus: Sequence[Sku]) -> datetime | None:
    """Queue what the channel has to be told; when its budget allows more, where some of it has to wait."""
    known = work.uow.publications.current(channel.channel, skus, lock=True)
    if not channel.sells_from:
        skus = sorted(known)
    # Sales before stock: one that comes in between is missing in what we expect, never in the figure.
    sales = work.uow.orders.sold(channel.channel, skus)
    wanted = [
        Wanted(known.get(sku, Publication(channel.channel, sku)), quantity, sales.get(sku, NO_SALES))
        for sku, quantity in quantities_now(work, channel, skus).items()
    ]
    allowed, more_allowed = within_budget(work, channel, [each for each in wanted if _is_due(work, each)])
    for each in allowed:
        _queue(work, channel, each)
    watch_quotas(work, channel, (sku for sku in skus if channel.limits(sku).quota is not None))
    return more_allowed


def _is_due(work: Work, wanted: Wanted) -> bool:
    """Whether the channel has to be told; where not, why not is noted."""
    publication = wanted.publication
    asked = _asked(work, publication)
    if asked is not None and asks_for(asked, publication, wanted.quantity, wanted.sales):
        return False
    reason = reason_to_skip(publication, wanted.quantity, wanted.sales)
    if not reason:
        return True
    # One that is on its way stays: what becomes of it is looked at again.
    gone = is_queued(publication) and not work.uow.outbox.withdraw(publication.key)
    if not gone and (publication.state, publication.reason) != (PublicationState.SKIPPED, reason):
        work.uow.publications.save(_decided(publication, work.now, PublicationState.SKIPPED, reason))
    return False


def _asked(work: Work, publication: Publication) -> QuantityUpdate | None:
    """What the channel was asked for and has not taken: it is on its way, or was refused."""
    item = work.uow.outbox.get(publication.key) if publication.requested is not None else None
    return None if item is None else QuantityUpdate.model_validate_json(item.payload)


def _queue(work: Work, channel: Channel, wanted: Wanted) -> None:
    publication, sku = wanted.publication, wanted.publication.sku
    key = f"inventory:{channel.channel}:{sku}:{work.uow.sequences.next('publication')}"
    update = QuantityUpdate(
        key=key,
        channel=channel.channel,
        connection=channel.connection,
        sku=sku,
        quantity=wanted.quantity,
        expected=most_shown(publication, wanted.sales),
        sales=wanted.sales,
        computed_at=work.now,
    )
    work.uow.outbox.add(
        OutboxItem(
            key=key,
            connection=channel.connection,
            kind="inventory",
            payload=update.model_dump_json(),
            created_at=work.now,
            coalesce=f"{channel.channel}:{sku}",
            subject=f"{sku} = {wanted.quantity:f}",
        )
    )
    queued = replace(
        publication,
        requested=update.quantity,
        at=work.now,
        key=key,
        state=PublicationState.PENDING,
        reason="",
    )
    work.uow.publications.save(queued)
