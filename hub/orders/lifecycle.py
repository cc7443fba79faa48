"""Where each unit of an order line is, and which moves are legal (domain.md 1.4: counters, not labels).

Every move conserves: ordered = open + reserved + allocated + backordered + shipped + cancelled. A move asked of
units that are not there raises IllegalTransitionError; nothing is ever clamped.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from hub.errors import IllegalTransitionError
from hub.model.identity import LineId
from hub.model.order import LineCounters, Order, OrderRecord, OrderStatus

_ZERO = Decimal(0)


def reserve(counters: LineCounters, units: Decimal) -> LineCounters:
    """Open units are promised at a location."""
    return _move(counters, "reserve", "reserved", open=units)


def allocate(counters: LineCounters, units: Decimal) -> LineCounters:
    """The executor accepted reserved units."""
    return _move(counters, "allocate", "allocated", reserved=units)


def backorder(counters: LineCounters, units: Decimal) -> LineCounters:
    """The executor accepted reserved units for later, without stock now."""
    return _move(counters, "backorder", "backordered", reserved=units)


def reopen(
    counters: LineCounters, *, reserved: Decimal = _ZERO, allocated: Decimal = _ZERO, backordered: Decimal = _ZERO
) -> LineCounters:
    """Units are rejected, given up or withdrawn and look for a location again."""
    return _move(counters, "reopen", "open", reserved=reserved, allocated=allocated, backordered=backordered)


def answer(
    counters: LineCounters, *, opened: Decimal, reserved: Decimal, allocated: Decimal, backordered: Decimal
) -> LineCounters:
    """An executor's (new) answer moves units between reserved, allocated and backordered, and back to open.

    All four are signed changes that add up to zero; ``opened`` (the rejected units) is never negative.
    """
    if opened < 0 or opened + reserved + allocated + backordered != 0:
        raise IllegalTransitionError("Order line", _shown(counters), "answer")
    changes = {"open": opened, "reserved": reserved, "allocated": allocated, "backordered": backordered}
    return _changed(counters, "answer", changes)


def ship(
    counters: LineCounters,
    *,
    allocated: Decimal = _ZERO,
    reserved: Decimal = _ZERO,
    backordered: Decimal = _ZERO,
    opened: Decimal = _ZERO,
    cancelled: Decimal = _ZERO,
) -> LineCounters:
    """Units left, from where they were. An 856 may come before the 855 (from reserved), fill a backorder, follow a
    rejection (from open) or cross a cancellation (from cancelled: the facts win)."""
    return _move(
        counters,
        "ship",
        "shipped",
        allocated=allocated,
        reserved=reserved,
        backordered=backordered,
        open=opened,
        cancelled=cancelled,
    )


def cancel(
    counters: LineCounters,
    *,
    opened: Decimal = _ZERO,
    reserved: Decimal = _ZERO,
    allocated: Decimal = _ZERO,
    backordered: Decimal = _ZERO,
) -> LineCounters:
    """Units are no longer wanted, and whoever held them agreed."""
    return _move(
        counters,
        "cancel",
        "cancelled",
        open=opened,
        reserved=reserved,
        allocated=allocated,
        backordered=backordered,
    )


def add_demand(counters: LineCounters, units: Decimal) -> LineCounters:
    """The customer wants more of a line."""
    if units < 0:
        raise IllegalTransitionError("Order line", _shown(counters), "add demand")
    return _changed(counters, "add demand", {"ordered": units, "open": units})


def take_back(counters: LineCounters, units: Decimal) -> LineCounters:
    """Shipped units came back; they stay counted as shipped."""
    if units < 0 or counters.returned + units > counters.shipped:
        raise IllegalTransitionError("Order line", _shown(counters), "return")
    return LineCounters(**{**dict(counters), "returned": counters.returned + units})


def is_untouched(counters: LineCounters) -> bool:
    """Whether no unit of the line is under way or gone."""
    return counters.open + counters.cancelled == counters.ordered


def derive_status(order: Order, counters: Mapping[LineId, LineCounters], hold: str) -> OrderStatus:
    """The order's status, from its lines alone (and whether a person must look).

    Nothing outstanding: fulfilled where anything shipped, else cancelled. Otherwise held before part shipped
    before quarantined (every outstanding line is unmapped) before open.
    """
    lines = [(line, counters[line.line_id]) for line in order.lines]
    shipped = any(count.shipped > 0 for _, count in lines)
    outstanding = [line for line, count in lines if count.outstanding > 0]
    if not outstanding:
        return OrderStatus.FULFILLED if shipped else OrderStatus.CANCELLED
    if hold:
        return OrderStatus.HELD
    if shipped:
        return OrderStatus.PARTIALLY_FULFILLED
    if all(line.sku is None for line in outstanding):
        return OrderStatus.QUARANTINED
    return OrderStatus.OPEN


def with_status(record: OrderRecord) -> OrderRecord:
    """The record with its status derived anew."""
    return replace(record, status=derive_status(record.order, record.counters, record.hold))


def _move(counters: LineCounters, event: str, to: str, **sources: Decimal) -> LineCounters:
    if any(units < 0 for units in sources.values()):
        raise IllegalTransitionError("Order line", _shown(counters), event)
    changes = {name: -units for name, units in sources.items()}
    return _changed(counters, event, {**changes, to: sum(sources.values(), _ZERO)})


def _changed(counters: LineCounters, event: str, changes: Mapping[str, Decimal]) -> LineCounters:
    values: dict[str, Decimal] = dict(counters)
    for name, change in changes.items():
        values[name] += change
    if any(value < 0 for value in values.values()):
        raise IllegalTransitionError("Order line", _shown(counters), event)
    return LineCounters(**values)


def _shown(counters: LineCounters) -> str:
    where = ("open", "reserved", "allocated", "backordered", "shipped", "cancelled")
    return ", ".join(f"{name} {getattr(counters, name)}" for name in where if getattr(counters, name))
