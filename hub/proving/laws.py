"""The laws of domain.md 1.2, told from the world's side. Each function gives what is broken, in words.

The numbers in a finding's ``law`` are those of domain.md; ``oversell``, ``shelf``, ``shown``, ``shipped`` and
``demand`` compare the hub with the world; ``fair`` says that the hub takes whatever a fair partner tells it. That of
``doubt`` is in ``proving.doubts``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from hub.model.fulfilment import FulfilmentRequest
from hub.model.identity import ChannelId, LineId, LocationId, Sku
from hub.model.ledger import Balance
from hub.model.network import Channel, ItemLimits
from hub.model.order import OrderRecord, OrderStatus
from hub.ports import UnitOfWork
from hub.proving.world import Depot, Sold, World

_ZERO = Decimal(0)
_ALL = 10_000_000

Pair = tuple[Sku, LocationId]


@dataclass(frozen=True, slots=True)
class Broken:
    """A law and how it is broken."""

    law: str
    words: str


def promises_covered(before: Mapping[Pair, Balance], after: Iterable[Balance]) -> Iterator[Broken]:
    """3: what was promised or softly held in this transaction is there when it commits.

    An order that takes its units out of a hold promises nothing more, and is covered by what nobody else is promised.
    """
    for each in after:
        was = before.get((each.sku, each.location), Balance(each.sku, each.location))
        more = each.reserved > was.reserved and each.available + each.soft_held < 0
        kept = each.reserved + each.soft_held > was.reserved + was.soft_held and each.available < 0
        if more or kept:
            words = f"{each.sku} at {each.location}: {each.on_hand:f} on hand, "
            words += f"{each.reserved:f} reserved and {each.soft_held:f} softly held at commit"
            yield Broken("3 promises are covered", words)


def nothing_oversold(depots: Iterable[Depot]) -> Iterator[Broken]:
    """Where nobody else buys, a depot's shelf holds all that we asked it for and that it has not put off."""
    for depot in depots:
        if depot.foreign:
            continue
        for sku, units in depot.due().items():
            if units > depot.shelf[sku]:
                rule = depot.location.counting
                words = f"{depot.location.location} is asked for {units} {sku} and has {depot.shelf[sku]} on its shelf"
                words += f" ({rule.basis}, net of {rule.net_of}; {_asked_for(depot, sku)})"
                yield Broken("oversell", words)


def _asked_for(depot: Depot, sku: Sku) -> str:
    return ", ".join(
        f"{line.due} by {request_id}"
        for request_id, asked in depot.books.items()
        for line in asked.lines.values()
        if line.sku == sku and line.due
    )


def ledger_adds_up(uow: UnitOfWork) -> Iterator[Broken]:
    """2: balances, holds and day sums are the sums of their rows."""
    for words in (*uow.ledger.drift(), *uow.checkpoints.drift()):
        yield Broken("2 sums are balances", words)


def order_adds_up(uow: UnitOfWork, record: OrderRecord) -> Iterator[Broken]:
    """4, 5 and 7: units of a line are each in one place, the same for the order, its requests and the ledger."""
    requests = uow.requests.for_order(record.order_id)
    holds = _ZERO
    for request in requests:
        held = uow.ledger.held(request.request_id)
        holds += sum(held.values(), _ZERO)
        yield from _request_adds_up(request, held)
    for line_id, count in record.counters.items():
        placed = count.open + count.reserved + count.allocated + count.backordered + count.shipped + count.cancelled
        if placed != count.ordered:
            yield Broken("4 units are conserved", f"{record.order_id}/{line_id}: {placed} placed of {count.ordered}")
        lines = [line for request in requests for line in request.lines if line.line_id == line_id]
        told = {
            "allocated": sum((line.accepted for line in lines), _ZERO),
            "backordered": sum((line.backordered for line in lines), _ZERO),
            "reserved": sum((line.outstanding - line.accepted - line.backordered for line in lines), _ZERO),
            "shipped": sum((line.shipped for line in lines), _ZERO),
        }
        for name, units in told.items():
            if getattr(count, name) != units:
                words = f"{record.order_id}/{line_id}: {name} {getattr(count, name)}, its requests say {units}"
                yield Broken("4 units are conserved", words)
    yield from _soft_hold_is_needed(uow, record)
    if is_closed(record) and holds:
        yield Broken("5 closed means nothing held", f"{record.order_id} is {record.status} and holds {holds:f}")


def _soft_hold_is_needed(uow: UnitOfWork, record: OrderRecord) -> Iterator[Broken]:
    """5: a soft hold that an order claimed keeps no more than the order's open units; so a closed one keeps nothing."""
    key = record.order.soft_hold
    hold = uow.soft_holds.get(key) if key is not None else None
    if hold is None or hold.order_id != record.order_id:
        return
    for sku, units in hold.held.items():
        needed = sum((record.counters[line.line_id].open for line in record.order.lines if line.sku == sku), _ZERO)
        if units > needed:
            words = f"{key} keeps {units:f} {sku} for {record.order_id}, which has {needed:f} open"
            yield Broken("5 closed means nothing held", words)


def is_closed(record: OrderRecord) -> bool:
    """Whether nothing of the order is still to come."""
    return record.status in {OrderStatus.FULFILLED, OrderStatus.CANCELLED, OrderStatus.CLOSED}


def _request_adds_up(
    request: FulfilmentRequest, held: Mapping[tuple[LineId, Sku, LocationId], Decimal]
) -> Iterator[Broken]:
    if request.finished and any(held.values()):
        words = f"{request.request_id} is {request.execution} and holds {sum(held.values(), _ZERO):f}"
        yield Broken("5 closed means nothing held", words)
    for line in request.lines:
        kept = held.get((line.line_id, line.sku, request.location), _ZERO)
        if not _ZERO <= kept == line.outstanding - line.backordered:
            words = f"{request.request_id}/{line.number}: holds {kept:f}, {line.outstanding:f} are to come"
            yield Broken("7 a hold is what is to come", words)


def shelves_agree(world: World, balances: Mapping[Pair, Balance]) -> Iterator[Broken]:
    """Everything was delivered and everyone has counted: on hand is what lies on the shelf, for each and every item."""
    for depot in world.depots.values():
        for sku, units in depot.shelf.items():
            found = balances.get((sku, depot.location.location))
            on_hand = found.on_hand if found else _ZERO
            if on_hand != units:
                words = f"{sku} at {depot.location.location}: {on_hand:f} on hand, {units} on the shelf"
                yield Broken("shelf", words)


def nothing_leaked(
    uow: UnitOfWork, records: Iterable[OrderRecord], balances: Mapping[Pair, Balance]
) -> Iterator[Broken]:
    """5: nothing is to come from anybody, so nothing is expected and nothing reserved. The time of all carts is over:
    nothing is softly held but for orders that wait."""
    for record in records:
        for request in uow.requests.for_order(record.order_id):
            if request.outstanding:
                item = uow.outbox.get(f"fulfilment:{request.request_id}")
                words = (
                    f"{request.request_id} ({request.negotiation}) of {record.order_id} ({record.hold or 'not held'})"
                )
                words += f" waits for {request.outstanding:f} units, sent: {item.state if item else 'never'}"
                yield Broken("5 closed means nothing held", words)
    for (sku, where), each in balances.items():
        if each.reserved:
            yield Broken("5 closed means nothing held", f"{sku} at {where}: {each.reserved:f} reserved for nobody")
    for hold in uow.soft_holds.page(limit=_ALL):
        if hold.order_id is None:
            yield Broken(
                "5 closed means nothing held", f"{hold.key} keeps units, its time was over at {hold.expires_at}"
            )


def shipments_agree(world: World, records: Iterable[OrderRecord]) -> Iterator[Broken]:
    """Every unit that left counts once for its order line, and nobody got more than they ever ordered."""
    left = world.shipped()
    sold = {shop.channel.channel: shop.orders for shop in world.shops.values()}
    for record in records:
        order = sold[record.order.channel].get(record.order.external_id)
        most = _most_ordered(world, order) if order is not None else {}
        for line_id, count in record.counters.items():
            units = left.get((record.order_id, line_id), 0)
            if count.shipped != units:
                words = f"{record.order_id}/{line_id}: {count.shipped:f} counted as shipped, {units} left"
                yield Broken("shipped", words)
            if order is not None and units > most.get(line_id, 0):
                words = f"{record.order_id}/{line_id}: {units} left for {most.get(line_id, 0)} ordered"
                yield Broken("shipped", words)


def _most_ordered(world: World, order: Sold) -> dict[LineId, int]:
    """The most that was ever ordered, by the lines that depots know."""
    return {
        part: each * order.most[line_id]
        for line_id, (sku, _) in order.lines.items()
        for part, _, each in world.parts(line_id, sku)
    }


def demand_agrees(world: World, records: Iterable[OrderRecord]) -> Iterator[Broken]:
    """What a shop wants at last and never cancelled was shipped or is still wanted: no edit loses units."""
    sold = {shop.channel.channel: shop.orders for shop in world.shops.values()}
    for record in records:
        order = sold[record.order.channel].get(record.order.external_id)
        if order is None or order.cancellations or order.wavered:
            continue
        parts = [
            (part, units * each)
            for line_id, (sku, units) in order.lines.items()
            for part, _, each in world.parts(line_id, sku)
        ]
        for line_id, units in parts:
            count = record.counters.get(line_id)
            wanted = count.ordered - count.cancelled if count else _ZERO
            if wanted < units:
                yield Broken("demand", f"{record.order_id}/{line_id}: {units} are wanted, the hub knows of {wanted:f}")


def nothing_refused(uow: UnitOfWork) -> Iterator[Broken]:
    """Nothing that fair partners say ends in quarantine."""
    for entry in uow.quarantine.open(limit=5):
        yield Broken("fair", f"quarantined: {entry.code} {entry.message}")


Units = Mapping[tuple[ChannelId, Sku], Decimal]


def shown_can_be_shipped(world: World, waiting: Units, sold: Units) -> Iterator[Broken]:
    """A channel shows what can really be shipped, no more and no less: it lies free on a shelf of a depot it sells
    from, in packs that its customers can order, and no order waits for it. ``waiting``: units by channel that no depot
    was asked for yet; ``sold``: those that count against its quota."""
    for shop in world.shops.values():
        depots = [world.depots[where] for where in shop.channel.sells_from if where in world.depots]
        reach = set(shop.channel.sells_from)
        rivals = [each for each in world.shops.values() if reach & set(each.channel.reachable)]
        for sku in world.skus if depots else ():
            free = sum((_sold(depot, shop.channel, sku) for depot in depots), _ZERO)
            free -= sum((waiting.get((each.channel.channel, sku), _ZERO) for each in rivals), _ZERO)
            free -= sum((_fenced(each.channel, shop.channel, depots, sku) for each in world.shops.values()), _ZERO)
            right = kept_back(shop.channel.limits(sku), free, sold.get((shop.channel.channel, sku), _ZERO))
            shown = shop.shown.get(sku, 0)
            if shown != right:
                words = f"{shop.channel.channel} shows {shown} {sku}, {right:f} can be shipped"
                yield Broken("shown", words)


def free_on_shelf(depot: Depot, sku: Sku) -> Decimal:
    """Units that lie there, that nobody is owed, above the safety stock."""
    if not depot.location.active:
        return _ZERO
    return max(_ZERO, depot.shelf[sku] - depot.owed()[sku] - depot.location.safety_stock)


def _sold(depot: Depot, channel: Channel, sku: Sku) -> Decimal:
    """Of what lies free there what the channel's customers can order: nothing of whole packs, unless they buy them."""
    free, multiple = free_on_shelf(depot, sku), channel.limits(sku).multiple or 1
    if depot.lot(sku) == 1:
        return free
    return free // multiple * multiple if multiple % depot.lot(sku) == 0 else _ZERO


def _fenced(other: Channel, channel: Channel, depots: Iterable[Depot], sku: Sku) -> Decimal:
    if other.channel == channel.channel:
        return _ZERO
    both = [depot for depot in depots if depot.location.location in other.sells_from]
    shared = sum((_sold(depot, channel, sku) for depot in both), _ZERO)
    return min(shared, other.limits(sku).ring_fence or _ZERO)


def kept_back(limits: ItemLimits, free: Decimal, sold: Decimal) -> Decimal:
    """What a channel shows of so much, within its limits."""
    right = free - (limits.buffer or _ZERO)
    right = right if limits.quota is None else min(right, limits.quota - sold)
    right = right if limits.cap is None else min(right, limits.cap)
    return max(_ZERO, right) // 1
