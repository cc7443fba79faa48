"""Fulfilment orders move between locations and become fulfilments, by Shopify's rules.

Errors are userErrors: ``RefusalError`` carries the field path and the words.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from hub_shopify.simulator_book import Tally
from hub_shopify.simulator_state import (
    Fulfilment,
    FulfilmentLine,
    FulfilmentOrder,
    FulfilmentOrderLine,
    Location,
    Shop,
)

Tracking = Mapping[str, str | None]


class RefusalError(Exception):
    """Shopify understood and said no: one entry of ``userErrors``."""

    def __init__(self, message: str, field: Sequence[str], code: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = list(field)
        self.code = code


def move(
    shop: Shop, tally: Tally, fulfilment_order_id: str, location_id: str, chosen: Sequence[Mapping[str, Any]] | None
) -> tuple[FulfilmentOrder, FulfilmentOrder]:
    """(moved, original) after moving all or the chosen units.

    Untouched and whole: the order itself changes location. Else the units are recreated in a new
    fulfilment order at the destination, with new ids (documentation of ``fulfillmentOrderMove``).
    """
    original = shop.fulfilment_orders.get(fulfilment_order_id)
    location = shop.locations.get(location_id)
    if original is None:
        raise RefusalError("Fulfillment order does not exist.", ["id"])
    if location is None or not location.is_active:
        raise RefusalError("Location does not exist.", ["newLocationId"])
    if not original.is_active:
        raise RefusalError("Cannot change location of a closed fulfillment order.", ["id"])
    if original.location is location:
        raise RefusalError("The fulfillment order is already assigned to this location.", ["newLocationId"])
    units = _chosen_units(original, chosen, ["fulfillmentOrderLineItems"])
    for line in original.lines:
        if count := units.get(line.id, 0):
            item = line.line_item.item
            shop.shift(shop.level(item, original.location), available=count, committed=-count)
            there = shop.level(item, location)
            shop.shift(there, available=-count, committed=count)
            if there.available < 0:
                shop.oversold[f"{location.name}/{item.sku}"] = -there.available
    whole = all(units.get(line.id, 0) == line.remaining_quantity for line in original.lines)
    if whole and not original.has_progress:
        original.location = location
        moved = original
    else:
        moved = _split_off(shop, original, location, units)
    original.updated_at = moved.updated_at = shop.now()
    shop.touch(original.order)
    tally.moves += 1
    return moved, original


def _split_off(shop: Shop, original: FulfilmentOrder, location: Location, units: Mapping[str, int]) -> FulfilmentOrder:
    lines = []
    for line in original.lines:
        if count := units.get(line.id, 0):
            line.remaining_quantity -= count
            line.total_quantity -= count
            new_id = shop.new_id("FulfillmentOrderLineItem")
            lines.append(FulfilmentOrderLine(new_id, line.line_item, count, count))
    original.lines = [line for line in original.lines if line.total_quantity]
    if not any(line.remaining_quantity for line in original.lines):
        original.status = "CLOSED"
    now = shop.now()
    moved = FulfilmentOrder(shop.new_id("FulfillmentOrder"), original.order, location, now, now, lines)
    original.order.fulfilment_orders.append(moved)
    shop.fulfilment_orders[moved.id] = moved
    return moved


def create(
    shop: Shop, tally: Tally, groups: Sequence[Mapping[str, Any]], tracking: Mapping[str, Any] | None
) -> Fulfilment:
    """``fulfillmentCreate``: one order, one location, never more than what remains."""
    path = ["fulfillment", "lineItemsByFulfillmentOrder"]
    parts: list[tuple[FulfilmentOrder, dict[str, int]]] = []
    for group in groups:
        fulfilment_order = shop.fulfilment_orders.get(group["fulfillmentOrderId"])
        if fulfilment_order is None:
            raise RefusalError("Fulfillment order does not exist.", path)
        if not fulfilment_order.is_active:
            tally.over_fulfilment_attempts += 1
            status = fulfilment_order.status.lower()
            raise RefusalError(f"Fulfillment order has an unfulfillable status= {status}.", path)
        try:
            units = _chosen_units(fulfilment_order, group.get("fulfillmentOrderLineItems"), path)
        except RefusalError:
            tally.over_fulfilment_attempts += 1
            raise
        parts.append((fulfilment_order, units))
    if not parts:
        raise RefusalError("At least one fulfillment order is required.", path)
    if len({part.order.id for part, _ in parts}) > 1:
        raise RefusalError("All fulfillment orders must belong to the same order.", path)
    if len({part.location.id for part, _ in parts}) > 1:
        raise RefusalError("All fulfillment orders must be assigned to the same location.", path)
    return fulfil(shop, tally, parts, _tracking_entries(tracking), made_by="hub")


def fulfil(
    shop: Shop,
    tally: Tally,
    parts: Sequence[tuple[FulfilmentOrder, Mapping[str, int]]],
    tracking: Sequence[Tracking],
    made_by: str,
) -> Fulfilment:
    """Record one fulfilment; units are already checked. Stock leaves committed and on hand."""
    order, location = parts[0][0].order, parts[0][0].location
    now = shop.now()
    lines: list[FulfilmentLine] = []
    for fulfilment_order, units in parts:
        for line in fulfilment_order.lines:
            if count := units.get(line.id, 0):
                line.remaining_quantity -= count
                line.fulfilled += count
                line.line_item.fulfilled += count
                shop.shift(shop.level(line.line_item.item, location), committed=-count)
                lines.append(FulfilmentLine(shop.new_id("FulfillmentLineItem"), line.line_item, count))
        is_done = not any(line.remaining_quantity for line in fulfilment_order.lines)
        fulfilment_order.status = "CLOSED" if is_done else "IN_PROGRESS"
        fulfilment_order.updated_at = now
    name = f"{order.name}-F{len(order.fulfilments) + 1}"
    fulfilment = Fulfilment(shop.new_id("Fulfillment"), name, location, now, now, lines, list(tracking), made_by)
    if any(_same_shipment(fulfilment, earlier) for earlier in order.fulfilments):
        tally.duplicate_fulfilments += 1
    order.fulfilments.append(fulfilment)
    tally.fulfilments_recorded += 1
    shop.touch(order)
    return fulfilment


def _same_shipment(one: Fulfilment, other: Fulfilment) -> bool:
    """Same parcel numbers and the same units of the same lines: the shop was told twice."""

    def told(fulfilment: Fulfilment) -> tuple[object, object]:
        numbers = sorted(str(entry["number"]) for entry in fulfilment.tracking)
        return numbers, sorted((line.line_item.id, line.quantity) for line in fulfilment.lines)

    return bool(one.tracking) and told(one) == told(other)


def _chosen_units(
    fulfilment_order: FulfilmentOrder, chosen: Sequence[Mapping[str, Any]] | None, path: Sequence[str]
) -> dict[str, int]:
    remaining = {line.id: line.remaining_quantity for line in fulfilment_order.lines}
    if not chosen:
        return {line_id: units for line_id, units in remaining.items() if units}
    units: dict[str, int] = {}
    for entry in chosen:
        units[entry["id"]] = units.get(entry["id"], 0) + entry["quantity"]
    for line_id, count in units.items():
        if line_id not in remaining:
            raise RefusalError("Fulfillment order line item does not exist.", path)
        if not 0 < count <= remaining[line_id]:
            raise RefusalError("Invalid fulfillment order line item quantity requested.", path)
    return units


def _tracking_entries(tracking: Mapping[str, Any] | None) -> list[Tracking]:
    if not tracking:
        return []
    numbers = tracking.get("numbers") or ([tracking["number"]] if tracking.get("number") else [])
    urls = tracking.get("urls") or ([tracking["url"]] if tracking.get("url") else [])
    return [
        {
            "company": tracking.get("company"),
            "number": number,
            "url": urls[place] if place < len(urls) else None,
        }
        for place, number in enumerate(numbers)
    ]
