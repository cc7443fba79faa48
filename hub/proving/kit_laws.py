"""The laws of kits: what the hub makes of sets, judged by the depots' books and shelves.

9: taking a kit apart and putting it together are inverse. ``kit``: sets stay whole, from the request to what the
channel is told. ``shown``: as for other items, in sets.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import ROUND_CEILING, Decimal

from hub.model.events import EventKind
from hub.model.fulfilment import FulfilmentRequest
from hub.model.identity import ChannelId, LineId, OrderId, Sku
from hub.model.kit import Kit
from hub.model.order import OrderRecord, SoldKit
from hub.model.shipment import ShipmentConfirmation
from hub.orders.kits import condense, expand, sold_counters
from hub.ports import UnitOfWork
from hub.proving.laws import Broken, free_on_shelf, kept_back
from hub.proving.world import Depot, Shop, World

_ZERO = Decimal(0)
_ALL = 10_000_000

Waiting = Sequence[tuple[ChannelId, Mapping[Sku, Decimal]]]
"""Open units by item of each order that waits, with its channel."""


def kits_stay_whole(uow: UnitOfWork, record: OrderRecord) -> Iterator[Broken]:
    """9, and each request asks for whole sets of the kits whose parts stay together."""
    if not record.order.kits:
        return
    if expand(condense(record.order), {}, record.order) != record.order:
        yield Broken("9 a kit is its parts", f"{record.order_id} is another order once put together and taken apart")
    for sold in record.order.kits:
        yield from _counters_agree(uow, record, sold)
        for request in () if sold.kit.separable else uow.requests.for_order(record.order_id):
            asked = _asked_sets(request, sold)
            if len(set(asked)) > 1 or any(sets % 1 for sets in asked):
                words = f"{request.request_id} asks for {asked} sets of the parts of {sold.kit.sku}"
                yield Broken("kit", words)


def _counters_agree(uow: UnitOfWork, record: OrderRecord, sold: SoldKit) -> Iterator[Broken]:
    """Sets shipped are those that all parts make, and as many of each part are ordered. Units that left are not taken
    off when an order is lowered, nor added when it is raised again: then parts are ordered unevenly."""
    count = sold_counters(record)[sold.line.line_id]
    shipped = min(record.counters[part].shipped // units for part, units in _parts(sold))
    uneven = any(record.counters[part].ordered != count.ordered * units for part, units in _parts(sold))
    lowered = any(record.counters[part].cancelled for part, _ in _parts(sold)) or _shipped_after_cancel(uow, record)
    if count.shipped != shipped or (uneven and not lowered):
        yield Broken("kit", f"{record.order_id}/{sold.line.line_id}: {count} is not what its parts say")


def _asked_sets(request: FulfilmentRequest, sold: SoldKit) -> list[Decimal]:
    """Sets that a request asks for, by each component; nothing where it has none of them."""
    asked = {line.line_id: line.quantity for line in request.lines}
    parts = dict(_parts(sold))
    return [asked.get(part, _ZERO) / units for part, units in parts.items()] if parts.keys() & asked.keys() else []


def _parts(sold: SoldKit) -> list[tuple[LineId, Decimal]]:
    return [(LineId(f"{sold.line.line_id}/{sku}"), units) for sku, units in sold.kit.components.items()]


def told_kits_have_left(uow: UnitOfWork, world: World, records: Iterable[OrderRecord]) -> Iterator[Broken]:
    """A channel is told of each whole set that left, once, and of no other; sets shipped after they were cancelled
    aside, of which it is not told."""
    told = _told(uow)
    left = world.shipped()
    for record in records:
        crossed = record.order.kits and _shipped_after_cancel(uow, record)
        for sold in record.order.kits:
            line_id = sold.line.line_id
            whole = min(left.get((record.order_id, part), 0) // units for part, units in _parts(sold))
            said = told.get((record.order_id, line_id), _ZERO)
            if said > whole or (said < whole and not crossed):
                words = f"{record.order_id}/{line_id}: {whole} sets of {sold.kit.sku} left, {said:f} were told"
                yield Broken("kit", words)


def _shipped_after_cancel(uow: UnitOfWork, record: OrderRecord) -> bool:
    events = uow.orders.timeline(record.order_id)
    return any(event.kind in {EventKind.SHIPPED_AFTER_CANCEL, EventKind.SHIPMENT_EXCEEDED} for event in events)


def _told(uow: UnitOfWork) -> dict[tuple[OrderId, LineId], Decimal]:
    told: dict[tuple[OrderId, LineId], Decimal] = {}
    for item in uow.outbox.page(limit=_ALL):
        if item.kind == "shipment":
            one = ShipmentConfirmation.model_validate_json(item.payload)
            for line in one.lines:
                told[one.order_id, line.line_id] = told.get((one.order_id, line.line_id), _ZERO) + line.quantity
    return told


def shown_kits_can_be_shipped(
    world: World, waiting: Waiting, sold: Mapping[tuple[ChannelId, Sku], Decimal]
) -> Iterator[Broken]:
    """A channel shows the sets that really can be put together, less those that waiting orders may break."""
    for shop in world.shops.values():
        depots = [world.depots[where] for where in shop.channel.sells_from if where in world.depots]
        reach = set(shop.channel.sells_from)
        rivals = {each.channel.channel for each in world.shops.values() if reach & set(each.channel.reachable)}
        orders = [units for channel, units in waiting if channel in rivals]
        for kit in world.kits if depots else ():
            free = _apart(kit, depots, orders) if kit.separable else _together(kit, depots, orders)
            free -= sum((_fenced(kit, each, shop, depots, orders) for each in world.shops.values()), _ZERO)
            gone = sold.get((shop.channel.channel, kit.sku), _ZERO)
            right = kept_back(shop.channel.limits(kit.sku), free, gone)
            shown = shop.shown.get(kit.sku, 0)
            if shown != right:
                words = f"{shop.channel.channel} shows {shown} {kit.sku}, {right:f} can be shipped"
                yield Broken("shown", words)


def _together(kit: Kit, depots: Iterable[Depot], orders: Iterable[Mapping[Sku, Decimal]]) -> Decimal:
    blocked = (
        max((units.get(sku, _ZERO) / each).to_integral_value(ROUND_CEILING) for sku, each in kit.components.items())
        for units in orders
    )
    return sum((_sets_at(depot, kit) for depot in depots), _ZERO) - sum(blocked, _ZERO)


def _apart(kit: Kit, depots: Sequence[Depot], orders: Sequence[Mapping[Sku, Decimal]]) -> Decimal:
    return min(
        (
            sum((_of_part(depot, sku, each) for depot in depots), _ZERO)
            - sum((units.get(sku, _ZERO) for units in orders), _ZERO)
        )
        // each
        for sku, each in kit.components.items()
    )


def _of_part(depot: Depot, sku: Sku, units: Decimal) -> Decimal:
    """What lies free there of a part that may ship apart: nothing of packs that one set does not fill."""
    free = free_on_shelf(depot, sku)
    if depot.lot(sku) == 1:
        return free
    return free // units * units if units % depot.lot(sku) == 0 else _ZERO


def _sets_at(depot: Depot, kit: Kit) -> Decimal:
    """Whole sets there: none where one set does not fill the packs in which its parts are sold."""
    if any(units % depot.lot(sku) for sku, units in kit.components.items()):
        return _ZERO
    return min(free_on_shelf(depot, sku) // each for sku, each in kit.components.items())


def _fenced(
    kit: Kit, other: Shop, shop: Shop, depots: Sequence[Depot], orders: Sequence[Mapping[Sku, Decimal]]
) -> Decimal:
    if other is shop:
        return _ZERO
    common = [depot for depot in depots if depot.location.location in other.channel.sells_from]
    shared = sum((_sets_at(depot, kit) for depot in common), _ZERO)
    if kit.separable:
        shared = max(_ZERO, _apart(kit, depots, orders)) if common else _ZERO
    return min(shared, other.channel.limits(kit.sku).ring_fence or _ZERO)
