"""``inventorySetQuantities``: absolute sets with compare-and-swap and a memory of idempotency keys."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from hub_shopify.simulator_book import Tally
from hub_shopify.simulator_fulfilment import RefusalError
from hub_shopify.simulator_state import Level, Shop

REASONS = frozenset({
    "correction", "cycle_count_available", "damaged", "movement_created", "movement_updated",
    "movement_received", "movement_canceled", "other", "promotion", "quality_control", "received",
    "reservation_created", "reservation_deleted", "reservation_updated", "restock", "safety_stock", "shrinkage",
})  # fmt: skip
BOUND = 1_000_000_000
BATCH_LIMIT = 250


class KeyMemory:
    """First answer per key. The same key with another input is refused, the same input is replayed."""

    def __init__(self, shop: Shop, tally: Tally) -> None:
        self._shop = shop
        self._tally = tally
        self._answers: dict[str, tuple[str, dict[str, Any]]] = {}

    def set_quantities(self, key: str, request: Mapping[str, Any]) -> dict[str, Any]:
        """The mutation's payload: all entries applied, or none of them and a userError for each cause."""
        body = json.dumps(request, sort_keys=True)
        with self._shop.lock:
            if key in self._answers:
                first_body, answer = self._answers[key]
                if first_body == body:
                    self._tally.replayed_keys += 1
                    return answer
                self._tally.mismatched_keys += 1
                message = "The same idempotency key cannot be used with different operation parameters."
                return _refused([RefusalError(message, [], "IDEMPOTENCY_KEY_PARAMETER_MISMATCH")])
            answer = self._apply(request)
            self._answers[key] = (body, answer)
            return answer

    def _apply(self, request: Mapping[str, Any]) -> dict[str, Any]:
        shop = self._shop
        if request["name"] not in {"available", "on_hand"}:
            message = "The quantity name must be either 'available' or 'on_hand'."
            return _refused([RefusalError(message, ["input", "name"], "INVALID_NAME")])
        if request["reason"] not in REASONS:
            message = "The specified reason is invalid."
            return _refused([RefusalError(message, ["input", "reason"], "INVALID_REASON")])
        refusals: list[RefusalError] = []
        changes: list[tuple[Level, int]] = []
        seen: set[str] = set()
        for place, entry in enumerate(request["quantities"]):
            try:
                level = self._level(entry, request["name"], ["input", "quantities", str(place)], seen)
            except RefusalError as refusal:
                refusals.append(refusal)
            else:
                changes.append((level, entry["quantity"] - getattr(level, request["name"])))
        if refusals:
            return _refused(refusals)
        for level, delta in changes:
            shop.shift(level, available=delta)
        self._tally.quantity_writes += len(changes)
        group = {
            "id": shop.new_id("InventoryAdjustmentGroup"),
            "created_at": shop.now(),
            "reason": request["reason"],
        }
        return {"inventory_adjustment_group": group, "user_errors": []}

    def _level(self, entry: Mapping[str, Any], name: str, path: list[str], seen: set[str]) -> Level:
        item = self._shop.items.get(entry["inventoryItemId"])
        if item is None:
            message = "The specified inventory item could not be found."
            raise RefusalError(message, [*path, "inventoryItemId"], "INVALID_INVENTORY_ITEM")
        if entry["locationId"] not in self._shop.locations:
            message = "The specified location could not be found."
            raise RefusalError(message, [*path, "locationId"], "INVALID_LOCATION")
        level = self._shop.levels[item.id, entry["locationId"]]
        if level.id in seen:
            message = "The combination of inventoryItemId and locationId must be unique."
            raise RefusalError(message, path, "NO_DUPLICATE_INVENTORY_ITEM_ID_GROUP_ID_PAIR")
        seen.add(level.id)
        if entry["quantity"] > BOUND:
            message = "The total quantity can't be higher than 1,000,000,000."
            raise RefusalError(message, [*path, "quantity"], "INVALID_QUANTITY_TOO_HIGH")
        if entry["quantity"] < -BOUND:
            message = "The total quantity can't be lower than -1,000,000,000."
            raise RefusalError(message, [*path, "quantity"], "INVALID_QUANTITY_TOO_LOW")
        expected = entry["changeFromQuantity"]
        if expected is not None and expected != getattr(level, name):
            self._tally.stale_quantity_writes += 1
            message = "The changeFromQuantity value does not match persisted value."
            raise RefusalError(message, [*path, "changeFromQuantity"], "CHANGE_FROM_QUANTITY_STALE")
        return level


def _refused(refusals: list[RefusalError]) -> dict[str, Any]:
    errors = [{"code": r.code, "field": r.field, "message": r.message} for r in refusals]
    return {"inventory_adjustment_group": None, "user_errors": errors}
