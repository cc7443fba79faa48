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
    return _shift(counters, "reserve", open=-units, reserved=units)


def allocate(counters: LineCounters, units: Decimal) -> LineCounters:
    """The executor accepted reserved units."""
    return _shift(counters, "allocate", reserved=-units, allocated=units)


def backorder(counters: LineCounters, units: Decimal) -> LineCounters:
    """The executor accepted reserved units for later, without stock now."""
    return _shift(counters, "backorder", reserved=-units, backordered=units)


def reopen(
    counters: LineCounters, *, reserved: Decimal = _ZERO, allocated: Decimal = _ZERO, backordered: Decimal = _ZERO
) -> LineCounters:
    """Units are rejected, given up or withdrawn and look for a location again."""
    return _shift(
        counters,
        "reopen",
        open=reserved + allocated + backordered,
        reserved=-reserved,
        allocated=-allocated,
        backordered=-backordered,
    )


def answer(
    counters: LineCounters, *, opened: Decimal, reserved: Decimal, allocated: Decimal, backordered: Decimal
) -> LineCounters:
    """An executor's (new) answer moves units between reserved, allocated and backordered, and back to open.

    All four are signed changes that add up to zero; ``opened`` (the rejected units) is never negative.
    """
    if opened < 0 or opened + reserved + allocated + backordered != 0:
        raise IllegalTransitionError("Order line", _shown(counters), "answer")
    return _shift(counters, "answer", open=opened, reserved=reserved, allocated=allocated, backordered=backordered)


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
    return _shift(
        counters,
        "ship",
        shipped=allocated + reserved + backordered + opened + cancelled,
        allocated=-allocated,
        reserved=-reserved,
        backordered=-backordered,
        open=-opened,
        cancelled=-cancelled,
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
    return _shift(
        counters,
        "cancel",
        cancelled=opened + reserved + allocated + backordered,
        open=-opened,
        reserved=-reserved,
        allocated=-allocated,
        backordered=-backordered,
    )


def add_demand(counters: LineCounters, units: Decimal) -> LineCounters:
    """The customer wants more of a line."""
    return _shift(counters, "add demand", ordered=units, open=units)


def take_back(counters: LineCounters, units: Decimal) -> LineCounters:
    """Shipped units came back; they stay counted as shipped."""
    if units < 0 or counters.returned + units > counters.shipped:
        raise IllegalTransitionError("Order line", _shown(counters), "return")
    return LineCounters(**{**dict(counters), "returned": counters.returned + units})


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


def _shift(counters: LineCounters, event: str, **changes: Decimal) -> LineCounters:
    values: dict[str, Decimal] = dict(counters)
    for name, change in changes.items():
        values[name] += change
    if _backwards(event, changes) or any(value < 0 for value in values.values()):
        raise IllegalTransitionError("Order line", _shown(counters), event)
    return LineCounters(**values)


def _backwards(event: str, changes: Mapping[str, Decimal]) -> bool:
    """Whether a negative amount was asked for, which would run the move the wrong way."""
    if event == "answer":
        return False
    gains = {"reserve": "reserved", "allocate": "allocated", "backorder": "backordered", "add demand": "open"}
    gaining = gains.get(event) or {"reopen": "open", "ship": "shipped", "cancel": "cancelled"}[event]
    return any(
        change < 0 if name == gaining or event == "add demand" else change > 0 for name, change in changes.items()
    )


def _shown(counters: LineCounters) -> str:
    where = ("open", "reserved", "allocated", "backordered", "shipped", "cancelled")
    return ", ".join(f"{name} {getattr(counters, name)}" for name in where if getattr(counters, name))
