"""A channel's order comes in: new, changed, or parsed again after a mapping was fixed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from hub.flows.cancel_order import stop_units
from hub.flows.hold_stock import claim_hold
from hub.flows.requests import hold_order, reroute, stopping_lines
from hub.flows.work import Work
from hub.model.events import EventKind
from hub.model.identity import LineId
from hub.model.order import LineCounters, Order, OrderRecord
from hub.orders.changes import Change, map_lines, merge
from hub.orders.kits import become_kits, expand, sold_lines
from hub.orders.lifecycle import with_status


def take_order(work: Work, order: Order) -> None:
    """Take the order in, exactly once per (channel, external id); have it routed; let its demand count.

    A newer revision changes it by the delta. An equal or older one changes nothing, except that lines which had no
    SKU take the one found now. Unmapped lines go to quarantine (``data.unmapped-sku``), the rest flows. Lines of
    virtual kits are kept as lines of their components (``orders.kits``). Raises DataError ``data.broken-kit``.
    """
    record = work.uow.orders.find(order.channel, order.external_id, lock=True)
    if record is None:
        taken = expand(order, work.network.kits)
        fresh = with_status(
            OrderRecord(taken, {line.line_id: LineCounters.fresh(line.quantity) for line in taken.lines})
        )
        if work.uow.orders.add(fresh):
            _taken(work, fresh)
            return
        record = work.uow.orders.find(order.channel, order.external_id, lock=True) or fresh
    work.about(record.order_id)
    change = _change(work, record, order)
    if change.anything:
        _changed(work, record, change)
    elif change.record != record:
        work.keep(change.record)


def _change(work: Work, record: OrderRecord, order: Order) -> Change:
    newer = order.revision > record.order.revision
    record, became = become_kits(record, order, work.network.kits)
    order = expand(order, work.network.kits, record.order)
    change = merge(record, order) if newer else map_lines(record, order)
    return replace(change, mapped=change.mapped + became)


def _taken(work: Work, record: OrderRecord) -> None:
    work.about(record.order_id)
    lines = str(len(sold_lines(record.order)))
    work.tell(record.order_id, EventKind.ORDER_TAKEN, number=record.order.number, lines=lines)
    _quarantine_lines(work, record, (line.line_id for line in record.order.lines if line.sku is None))
    claim_hold(work, record)
    _demand_changed(work, record)


def _changed(work: Work, before: OrderRecord, change: Change) -> None:
    record = change.record
    for line_id in change.mapped:
        work.tell(record.order_id, EventKind.LINE_MAPPED, line=line_id)
    _release_lines(work, record, change.mapped)
    if change.added or change.more or change.fewer or change.again or change.address:
        work.tell(record.order_id, EventKind.ORDER_CHANGED, **_words(change))
    added = {line.line_id for line in record.order.lines if line.sku is None} & set(change.added)
    _quarantine_lines(work, record, added)
    under_way = any(not each.finished for each in work.uow.requests.for_order(record.order_id))
    if change.address and before.order.ship_to is not None and under_way:
        record = hold_order(
            work, record, "order.address-changed", "The address changed after locations were asked to ship."
        )
    if change.again and _being_stopped(work, record, change.again):
        record = hold_order(
            work, record, "order.partial-cancel", "Units that a location was asked to stop are wanted again."
        )
    if before.order.soft_hold is None:
        claim_hold(work, record)
    record = work.keep(record)
    if change.to_stop:
        record = stop_units(work, record, change.to_stop, "order changed")
    _demand_changed(work, record)


def _being_stopped(work: Work, record: OrderRecord, line_ids: Iterable[LineId]) -> bool:
    """Whether a location may still agree to stop units of these lines."""
    wanted = set(line_ids)
    return any(
        line.line_id in wanted and line.outstanding > 0 and line.number in stopping_lines(work, request)
        for request in work.uow.requests.for_order(record.order_id)
        for line in request.lines
    )


def _demand_changed(work: Work, record: OrderRecord) -> None:
    reroute(work, record)
    work.touch(line.sku for line in record.order.lines if line.sku is not None)


def _quarantine_lines(work: Work, record: OrderRecord, line_ids: Iterable[LineId]) -> None:
    wanted = set(line_ids)
    for index, line in enumerate(sold_lines(record.order)):
        if line.line_id not in wanted:
            continue
        item = line.channel_item or line.line_id
        work.tell(record.order_id, EventKind.LINE_QUARANTINED, line=line.line_id, item=item)
        work.quarantine(
            work.connection_of_channel(record.order.channel),
            _path(index),
            code="data.unmapped-sku",
            message=f"The channel's item {item} has no SKU.",
            cure="Add the item to the channel's items.csv, then reprocess the document.",
            order_id=record.order_id,
        )


def _release_lines(work: Work, record: OrderRecord, mapped: Iterable[LineId]) -> None:
    wanted = set(mapped)
    if not wanted:
        return
    paths = [_path(index) for index, line in enumerate(sold_lines(record.order)) if line.line_id in wanted]
    for document in work.uow.documents.for_order(record.order_id):
        for path in paths:
            work.uow.quarantine.release(document.id, path)


def _path(index: int) -> str:
    return f"lines[{index}].sku"


def _words(change: Change) -> dict[str, str]:
    words = {
        "added": ", ".join(change.added),
        "more": ", ".join(f"{line} +{units:f}" for line, units in (change.more or {}).items()),
        "again": ", ".join(f"{line} {units:f}" for line, units in (change.again or {}).items()),
        "fewer": ", ".join(f"{line} -{units:f}" for line, units in (change.fewer or {}).items()),
        "address": "changed" if change.address else "",
    }
    return {name: text for name, text in words.items() if text}
