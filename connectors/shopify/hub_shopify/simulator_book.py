"""The shop's own book: what a judge reads after a run, independent of anything the hub believes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from hub_shopify.simulator_state import Order, Shop


@dataclass(slots=True)
class Tally:
    """Events counted as they happen; guarded by the shop's lock."""

    turned_away: int = 0
    walk_in_units: int = 0
    fulfilments_recorded: int = 0
    duplicate_fulfilments: int = 0
    over_fulfilment_attempts: int = 0
    stale_quantity_writes: int = 0
    quantity_writes: int = 0
    replayed_keys: int = 0
    mismatched_keys: int = 0
    moves: int = 0
    requests: int = 0
    throttled: int = 0
    webhooks_delivered: int = 0
    webhooks_lost: int = 0
    webhooks_refused: int = 0


@dataclass(frozen=True, slots=True)
class BookedLine:
    """One order line in units: as sold, still wanted after cancels, and fulfilled."""

    id: str
    sku: str
    ordered: int
    current: int
    fulfilled: int


@dataclass(frozen=True, slots=True)
class BookedFulfilment:
    """One recorded fulfilment: where from, by whom (``hub`` or ``store``), units per line id."""

    id: str
    location: str
    made_by: str
    tracking_numbers: tuple[str, ...]
    units: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class BookedOrder:
    id: str
    name: str
    cancelled: bool
    lines: tuple[BookedLine, ...]
    fulfilments: tuple[BookedFulfilment, ...]
    open_at: Mapping[str, int]

    @property
    def over_fulfilled(self) -> bool:
        return any(line.fulfilled > line.ordered for line in self.lines)

    @property
    def complete(self) -> bool:
        return all(line.fulfilled == line.current for line in self.lines)


@dataclass(frozen=True, slots=True)
class BookedLevel:
    available: int
    committed: int
    on_hand: int


@dataclass(frozen=True, slots=True)
class Book:
    """A consistent snapshot. ``inventory`` is keyed by (location name, SKU)."""

    orders: Mapping[str, BookedOrder]
    inventory: Mapping[tuple[str, str], BookedLevel]
    counts: Mapping[str, int]


def write_book(shop: Shop, tally: Tally) -> Book:
    """Read everything under one lock."""
    with shop.lock:
        counts = {name: getattr(tally, name) for name in Tally.__slots__ if isinstance(getattr(tally, name), int)}
        inventory = {
            (level.location.name, level.item.sku): BookedLevel(level.available, level.committed, level.on_hand)
            for level in shop.levels.values()
        }
        return Book({order.id: _booked(order) for order in shop.orders.values()}, inventory, counts)


def _booked(order: Order) -> BookedOrder:
    open_at: dict[str, int] = {}
    for fulfilment_order in order.fulfilment_orders:
        if fulfilment_order.is_active:
            units = sum(line.remaining_quantity for line in fulfilment_order.lines)
            open_at[fulfilment_order.location.name] = open_at.get(fulfilment_order.location.name, 0) + units
    return BookedOrder(
        id=order.id,
        name=order.name,
        cancelled=order.cancelled_at is not None,
        lines=tuple(
            BookedLine(line.id, line.item.sku, line.quantity, line.current_quantity, line.fulfilled)
            for line in order.lines
        ),
        fulfilments=tuple(
            BookedFulfilment(
                id=fulfilment.id,
                location=fulfilment.location.name,
                made_by=fulfilment.made_by,
                tracking_numbers=tuple(t["number"] or "" for t in fulfilment.tracking),
                units={line.line_item.id: line.quantity for line in fulfilment.lines},
            )
            for fulfilment in order.fulfilments
        ),
        open_at=open_at,
    )
