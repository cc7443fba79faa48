"""Which fulfilment orders an intent touches, and whether it has been carried out already.

Shopify replaces fulfilment orders whenever part of one moves, so their ids are looked up at the last
moment and never stored. Our marker on the order holds the units counted before our effect: present and
grown by what we wanted means done.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from pydantic import ValidationError

from hub_shopify.intents import LineUnits, Marker
from hub_shopify.operations import FULFILMENTS_PER_ORDER
from hub_shopify.wire import GraphFulfilmentOrder, GraphOrderFulfilment

_ACTIVE = frozenset({"OPEN", "IN_PROGRESS", "SCHEDULED"})
# While a fulfilment service is asked, Shopify lets nobody move or fulfil (documentation of fulfillmentOrderMove).
_FREE = frozenset({"UNSUBMITTED", "REJECTED", "CANCELLATION_ACCEPTED", "CLOSED"})

Counted = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Take:
    """Units to take from one fulfilment order, by the id of its own line."""

    fulfilment_order: str
    location: str
    units: tuple[tuple[str, int], ...]

    def lines(self) -> list[dict[str, object]]:
        """As Shopify's input objects."""
        return [{"id": line, "quantity": units} for line, units in self.units]


def location_of(fulfilment_order: GraphFulfilmentOrder) -> str:
    place = fulfilment_order.assigned_location.location
    return place.id if place else ""


def take(
    order: GraphOrderFulfilment, wanted: Sequence[LineUnits], allowed: Callable[[str], bool], preferred: str = ""
) -> list[Take] | None:
    """Cover the wanted units from open fulfilment orders at allowed locations, the preferred one first.

    None where they do not suffice: part of it would be worse than nothing.
    """
    missing = {line.line: line.units for line in wanted}
    takes: list[Take] = []
    candidates = [f for f in order.fulfillment_orders.nodes if f.status in _ACTIVE and allowed(location_of(f))]
    for candidate in sorted(candidates, key=lambda f: location_of(f) != preferred):
        if candidate.request_status not in _FREE:
            continue
        units: list[tuple[str, int]] = []
        for line in candidate.line_items.nodes:
            count = min(missing.get(line.line_item.id, 0), line.remaining_quantity)
            if count:
                missing[line.line_item.id] -= count
                units.append((line.id, count))
        if units:
            takes.append(Take(candidate.id, location_of(candidate), tuple(units)))
    return None if any(missing.values()) else takes


def units_at(order: GraphOrderFulfilment, location: str) -> dict[str, int]:
    """Units per line that this location has or had: still open there, or shipped from there."""
    counted: dict[str, int] = {}
    for fulfilment_order in order.fulfillment_orders.nodes:
        if location_of(fulfilment_order) == location and fulfilment_order.status in _ACTIVE:
            for open_line in fulfilment_order.line_items.nodes:
                line = open_line.line_item.id
                counted[line] = counted.get(line, 0) + open_line.remaining_quantity
    return _add_fulfilled(order, counted, lambda place: place == location)


def units_fulfilled(order: GraphOrderFulfilment, not_at: Collection[str]) -> dict[str, int]:
    """Units per line fulfilled anywhere but at these locations."""
    return _add_fulfilled(order, {}, lambda place: place not in not_at)


def _add_fulfilled(
    order: GraphOrderFulfilment, counted: dict[str, int], counts: Callable[[str], bool]
) -> dict[str, int]:
    for fulfilment in order.fulfillments:
        place = fulfilment.location.id if fulfilment.location else ""
        if fulfilment.status == "SUCCESS" and counts(place):
            for line in fulfilment.fulfillment_line_items.nodes:
                counted[line.line_item.id] = counted.get(line.line_item.id, 0) + (line.quantity or 0)
    return counted


def note(before: Counted, wanted: Sequence[LineUnits]) -> str:
    """The marker's value."""
    counted = {line.line: before.get(line.line, 0) for line in wanted}
    return Marker(before=counted, lines=tuple(wanted)).model_dump_json()


def left_to_do(order: GraphOrderFulfilment, counted: Counted, wanted: Sequence[LineUnits]) -> list[LineUnits]:
    """What of the wanted units our effect has not reached yet: all of them where our marker is missing."""
    marker = noted(order)
    if marker is None:
        return list(wanted)
    grown = {line.line: counted.get(line.line, 0) - marker.before.get(line.line, 0) for line in wanted}
    return [
        line.model_copy(update={"units": line.units - max(grown[line.line], 0)})
        for line in wanted
        if grown[line.line] < line.units
    ]


def noted(order: GraphOrderFulfilment) -> Marker | None:
    """What our marker says, None where there is none or a person has changed it."""
    try:
        return Marker.model_validate_json(order.metafield.value) if order.metafield else None
    except ValidationError:
        return None


def open_at(order: GraphOrderFulfilment, location: str, wanted: Sequence[LineUnits]) -> list[LineUnits]:
    """Of the wanted units those this location has not shipped yet."""
    remaining: dict[str, int] = {}
    for fulfilment_order in order.fulfillment_orders.nodes:
        if location_of(fulfilment_order) == location and fulfilment_order.status in _ACTIVE:
            for line in fulfilment_order.line_items.nodes:
                remaining[line.line_item.id] = remaining.get(line.line_item.id, 0) + line.remaining_quantity
    found = [(line, min(line.units, remaining.get(line.line, 0))) for line in wanted]
    return [line.model_copy(update={"units": units}) for line, units in found if units]


def truncated(order: GraphOrderFulfilment) -> bool:
    """Whether the order is larger than one answer: deciding on part of it would be wrong."""
    orders = order.fulfillment_orders
    return (
        orders.page_info.has_next_page
        or any(f.line_items.page_info.has_next_page for f in orders.nodes)
        or len(order.fulfillments) >= FULFILMENTS_PER_ORDER
    )
