"""Virtual kits in orders: what was sold as one line is kept as lines of its components, and told back as it was sold.

A channel speaks of kits, a location of components. ``expand`` puts the lines of the components where the kit's line
stood, ``condense`` puts it back: they are inverse. Counters live on the components. A set is as far as its least part,
sets lined up: of 3 kits of 2 bolts and 1 plate each, 5 bolts and 3 plates shipped are 2 kits shipped, and if the last
bolt was cancelled, 1 kit cancelled.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal

from hub.errors import DataError
from hub.model.identity import LineId, Sku
from hub.model.kit import Kit
from hub.model.order import LineCounters, Order, OrderLine, OrderRecord, SoldKit
from hub.orders import lifecycle

_FURTHEST_FIRST = ("shipped", "allocated", "reserved", "backordered", "open")


def part_id(line_id: LineId, sku: Sku) -> LineId:
    """The id of a component's line of a sold kit line."""
    return LineId(f"{line_id}/{sku}")


def expand(order: Order, kits: Mapping[Sku, Kit], before: Order | None = None) -> Order:
    """The order with component lines for those of virtual kits. A line that is in ``before``, an older version, stays
    what it was taken as.

    Raises DataError ``data.broken-kit`` for a part of a kit.
    """
    taken = {sold.line.line_id: sold.kit for sold in before.kits} if before is not None else {}
    plain = {line.line_id for line in before.lines} if before is not None else set[LineId]()
    lines: list[OrderLine] = []
    sold: list[SoldKit] = []
    for index, line in enumerate(order.lines):
        kit = taken.get(line.line_id)
        if kit is None and line.sku is not None and line.line_id not in plain:
            kit = kits.get(line.sku)
        if kit is None or not kit.is_virtual:
            lines.append(line)
            continue
        _check_whole(line, index)
        sold.append(SoldKit(line=line.model_copy(update={"sku": kit.sku}), kit=kit))
        lines += _parts(sold[-1])
    return order.model_copy(update={"lines": tuple(lines), "kits": tuple(sold)}) if sold else order


def condense(order: Order) -> Order:
    """The order as its channel sold it: the inverse of ``expand``."""
    if not order.kits:
        return order
    return order.model_copy(update={"lines": sold_lines(order), "kits": ()})


def sold_lines(order: Order) -> tuple[OrderLine, ...]:
    """The lines as the channel sold them, each kit's where its first component stands."""
    kits = {sold.line.line_id: sold.line for sold in order.kits}
    found: dict[LineId, OrderLine] = {}
    for line in order.lines:
        kept = line if line.kit_line is None else kits[line.kit_line]
        found.setdefault(kept.line_id, kept)
    return tuple(found.values())


def sold_counters(record: OrderRecord) -> dict[LineId, LineCounters]:
    """Counters of the lines as the channel sold them (module docstring), by line in the same order."""
    kits = {sold.line.line_id: sold for sold in record.order.kits}
    return {
        line.line_id: _condensed(kits[line.line_id], record.counters)
        if line.line_id in kits
        else record.counters[line.line_id]
        for line in sold_lines(record.order)
    }


def sold_units(record: OrderRecord, units: Mapping[LineId, Decimal]) -> dict[LineId, Decimal]:
    """What the channel is to be told when ``units`` by line ship next: of a kit, the sets that become whole by it."""
    shipped = {line_id: count.shipped for line_id, count in record.counters.items()}
    after = {line_id: count + units.get(line_id, Decimal(0)) for line_id, count in shipped.items()}
    kits = {sold.line.line_id: _sets(sold, after) - _sets(sold, shipped) for sold in record.order.kits}
    told = {line.line_id: units.get(line.line_id, Decimal(0)) for line in sold_lines(record.order)} | kits
    return {line_id: count for line_id, count in told.items() if count > 0}


def in_parts(order: Order, units: Mapping[LineId, Decimal]) -> dict[LineId, Decimal]:
    """Units of sold lines as units of the lines we keep: kits times the units of each component."""
    kits = {sold.line.line_id: sold for sold in order.kits}
    found: dict[LineId, Decimal] = {}
    for line_id, quantity in units.items():
        each = parts_of(kits[line_id]) if line_id in kits else {line_id: Decimal(1)}
        for part, per_set in each.items():
            found[part] = found.get(part, Decimal(0)) + quantity * per_set
    return found


def lines_of(order: Order, line_id: LineId) -> tuple[LineId, ...]:
    """The lines we keep for a line as the channel names it; the line itself where it is no kit's."""
    kit = next((sold for sold in order.kits if sold.line.line_id == line_id), None)
    return tuple(parts_of(kit)) if kit is not None else (line_id,)


def parts_of(sold: SoldKit) -> dict[LineId, Decimal]:
    """Units of each component's line in one set."""
    return {part_id(sold.line.line_id, sku): per_set for sku, per_set in sold.kit.components.items()}


def become_kits(record: OrderRecord, newer: Order, kits: Mapping[Sku, Kit]) -> tuple[OrderRecord, tuple[LineId, ...]]:
    """Lines of which nothing is under way become kits where ``newer`` names them as such now: the channel's item had no
    SKU, or another one. Gives the record and which lines these are."""
    named = {line.line_id: line.sku for line in newer.lines}
    counters = dict(record.counters)
    lines: list[OrderLine] = []
    sold = list(record.order.kits)
    became: list[LineId] = []
    for line in record.order.lines:
        kit = _newly_named(line, named.get(line.line_id), kits)
        if kit is None or not lifecycle.is_untouched(counters[line.line_id]):
            lines.append(line)
            continue
        sold.append(SoldKit(line=line.model_copy(update={"sku": kit.sku}), kit=kit))
        count = counters.pop(line.line_id)
        counters.update({part: _times(count, per_set) for part, per_set in parts_of(sold[-1]).items()})
        lines += _parts(sold[-1])
        became.append(line.line_id)
    if not became:
        return record, ()
    order = record.order.model_copy(update={"lines": tuple(lines), "kits": tuple(sold)})
    return replace(record, order=order, counters=counters), tuple(became)


def separate(order: Order, line_id: LineId) -> Order:
    """The order with that kit line's parts free to ship apart."""
    kits = tuple(
        sold.model_copy(update={"kit": sold.kit.model_copy(update={"separable": True})})
        if sold.line.line_id == line_id
        else sold
        for sold in order.kits
    )
    return order.model_copy(update={"kits": kits})


def _newly_named(line: OrderLine, sku: Sku | None, kits: Mapping[Sku, Kit]) -> Kit | None:
    kit = kits.get(sku) if sku is not None and sku != line.sku and line.kit_line is None else None
    return kit if kit is not None and kit.is_virtual else None


def _parts(sold: SoldKit) -> Iterable[OrderLine]:
    for sku, per_set in sold.kit.components.items():
        yield OrderLine(
            line_id=part_id(sold.line.line_id, sku),
            sku=sku,
            quantity=sold.line.quantity * per_set,
            dropped=sold.line.dropped,
            kit_line=sold.line.line_id,
        )


def _check_whole(line: OrderLine, index: int) -> None:
    if line.quantity != line.quantity.to_integral_value():
        raise DataError(
            f"Line {line.line_id} asks for {line.quantity:f} kits.",
            code="data.broken-kit",
            cure="Kits are sold whole: correct the order in its channel.",
            path=f"lines[{index}].quantity",
        )


def _sets(sold: SoldKit, units: Mapping[LineId, Decimal]) -> Decimal:
    line_id = sold.line.line_id
    return sold.kit.whole_sets({sku: units[part_id(line_id, sku)] for sku in sold.kit.components})


def _condensed(sold: SoldKit, counters: Mapping[LineId, LineCounters]) -> LineCounters:
    so_far = dict.fromkeys(parts_of(sold), Decimal(0))
    placed: dict[str, Decimal] = {}
    done = Decimal(0)
    for name in _FURTHEST_FIRST:
        so_far = {part: units + getattr(counters[part], name) for part, units in so_far.items()}
        sets = _sets(sold, so_far)
        placed[name], done = sets - done, sets
    ordered = _sets(sold, {part: counters[part].ordered for part in so_far})
    returned = _sets(sold, {part: counters[part].returned for part in so_far})
    return LineCounters(ordered=ordered, cancelled=ordered - done, returned=returned, **placed)


def _times(count: LineCounters, per_set: Decimal) -> LineCounters:
    return LineCounters(**{name: units * per_set for name, units in dict(count).items()})
