"""What a newer version of an order changes: the delta, applied to what is still open; the rest is negotiated."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from hub.model.identity import LineId
from hub.model.order import LineCounters, Order, OrderLine, OrderRecord, SoldKit
from hub.orders import lifecycle


@dataclass(frozen=True, slots=True)
class Change:
    """``record`` with the delta applied to open units. ``to_stop``: units the customer no longer wants that a
    location already holds; they need its consent. ``again``: units that were to be stopped, are still under way, and
    are wanted again. ``address`` whether the destination changed."""

    record: OrderRecord
    mapped: tuple[LineId, ...] = ()
    added: tuple[LineId, ...] = ()
    more: Mapping[LineId, Decimal] | None = None
    fewer: Mapping[LineId, Decimal] | None = None
    to_stop: Mapping[LineId, Decimal] | None = None
    again: Mapping[LineId, Decimal] | None = None
    address: bool = False

    @property
    def anything(self) -> bool:
        """Whether there is something to record."""
        return bool(self.mapped or self.added or self.more or self.fewer or self.again or self.address)


def map_lines(record: OrderRecord, again: Order) -> Change:
    """The same order parsed again: lines that had no SKU take the one found now; nothing else changes."""
    found = {line.line_id: line.sku for line in again.lines if line.sku is not None}
    mapped = tuple(line.line_id for line in record.order.lines if line.sku is None and line.line_id in found)
    lines = tuple(
        line.model_copy(update={"sku": found[line.line_id]}) if line.line_id in mapped else line
        for line in record.order.lines
    )
    return Change(replace(record, order=record.order.model_copy(update={"lines": lines})), mapped=mapped)


def merge(record: OrderRecord, newer: Order) -> Change:
    """A newer version of the order. A line it no longer names is dropped: wanted no more, but kept, with its history.
    Named again later, it is wanted anew.

    Fewer units: open ones are cancelled at once, the rest is ``to_stop``. An edit that repeats what a
    cancellation already said stops nothing twice: wanted = ordered - cancelled is compared as well. More units: those
    that could not be stopped when there were to be fewer are wanted again first, and only the rest is new demand.
    """
    old = {line.line_id: line for line in record.order.lines}
    named = {line.line_id for line in newer.lines}
    counters = dict(record.counters)
    more: dict[LineId, Decimal] = {}
    fewer: dict[LineId, Decimal] = {}
    to_stop: dict[LineId, Decimal] = {}
    again: dict[LineId, Decimal] = {}
    for line in newer.lines:
        if line.line_id not in old:
            counters[line.line_id] = LineCounters.fresh(line.quantity)
            continue
        before = old[line.line_id].wanted
        delta = line.quantity - before
        if delta > 0:
            count = counters[line.line_id]
            kept = min(delta, max(Decimal(0), count.ordered - count.cancelled - before))
            if kept:
                again[line.line_id] = kept
            if delta > kept:
                counters[line.line_id] = lifecycle.add_demand(count, delta - kept)
                more[line.line_id] = delta - kept
        elif delta < 0:
            _lessen(line.line_id, line.quantity, -delta, counters, fewer, to_stop)
    gone = [line for line in record.order.lines if line.line_id not in named]
    for line in gone:
        _lessen(line.line_id, Decimal(0), line.wanted, counters, fewer, to_stop)
    kept_lines = (line.model_copy(update={"dropped": True}) for line in gone)
    lines = (*(_kept_sku(line, old.get(line.line_id), record) for line in newer.lines), *kept_lines)
    hold = newer.soft_hold or record.order.soft_hold
    now = {"lines": lines, "kits": _kept_kits(record.order, newer), "soft_hold": hold}
    return Change(
        record=replace(record, order=newer.model_copy(update=now), counters=counters),
        mapped=tuple(line.line_id for line in lines if line.sku and line.line_id in old and not old[line.line_id].sku),
        added=tuple(line.line_id for line in newer.lines if line.line_id not in old),
        more=more,
        fewer=fewer,
        to_stop=to_stop,
        again=again,
        address=newer.ship_to != record.order.ship_to,
    )


def _kept_kits(before: Order, newer: Order) -> tuple[SoldKit, ...]:
    """Those of the newer version, and the dropped ones whose parts are kept for their history."""
    named = {sold.line.line_id for sold in newer.kits}
    gone = [sold for sold in before.kits if sold.line.line_id not in named]
    dropped = (sold.model_copy(update={"line": sold.line.model_copy(update={"dropped": True})}) for sold in gone)
    return (*newer.kits, *dropped)


def _lessen(
    line_id: LineId,
    wanted: Decimal,
    less: Decimal,
    counters: dict[LineId, LineCounters],
    fewer: dict[LineId, Decimal],
    to_stop: dict[LineId, Decimal],
) -> None:
    count = counters[line_id]
    stop = min(less, max(Decimal(0), count.ordered - count.cancelled - wanted), count.outstanding)
    if stop <= 0:
        return
    opened = min(stop, count.open)
    counters[line_id] = lifecycle.cancel(count, opened=opened)
    fewer[line_id] = stop
    if stop > opened:
        to_stop[line_id] = stop - opened


def _kept_sku(line: OrderLine, before: OrderLine | None, record: OrderRecord) -> OrderLine:
    """A line some units of which are under way keeps its SKU: requests and reservations name it."""
    if before is None or before.sku is None or before.sku == line.sku:
        return line
    untouched = lifecycle.is_untouched(record.counters[line.line_id])
    return line if untouched and line.sku is not None else line.model_copy(update={"sku": before.sku})
