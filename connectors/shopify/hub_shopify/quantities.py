"""Publishing quantities: the one sink with an idempotency key of Shopify's own."""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, ClassVar

from hub.errors import ConfigurationError, RefusedError, TransientError
from hub.mapping.codebook import Codebook
from hub.model.document import Document
from hub.model.quantity import to_base
from hub.sdk.capabilities import Envelope, ItemResult, Outcome, Receipt, RepeatSafety, Stamp
from hub_shopify.connector import Connected, Context
from hub_shopify.intents import SetEntry, SetQuantities
from hub_shopify.translate.outgoing import render_quantities
from hub_shopify.wire import GraphUserError, read

if TYPE_CHECKING:
    from hub_shopify.client import Node

STALE = "CHANGE_FROM_QUANTITY_STALE"
GONE = "INVALID_INVENTORY_ITEM"
NEW_KEY_WANTED = "IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED"
STILL_RUNNING = "IDEMPOTENCY_CONCURRENT_REQUEST"
MOST_ROUNDS = 4

Pending = list[tuple[SetEntry, str]]
"""Entries with their inventory item ids."""


class ChannelQuantities(Connected):
    """InventorySink: absolute quantities at the online location by compare-and-swap, 250 at a time.

    Shopify sets all of a batch or none. Entries it refuses are taken out and the rest is sent again, under a
    key derived from its content: the same rest always has the same key, so a repeat is answered from memory.
    """

    repeat_safety: ClassVar[RepeatSafety] = RepeatSafety.IDEMPOTENT_KEY
    batch_limit: ClassVar[int] = 250

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        # Ids of inventory items never change; one that is deleted is forgotten when Shopify says so.
        self._items: dict[str, str] = {}

    def sequences(self, items: Sequence[Envelope], codebook: Codebook) -> Sequence[str]:
        return ()

    def render(self, items: Sequence[Envelope], codebook: Codebook, stamp: Stamp) -> Sequence[Document]:
        return [render_quantities(items, codebook, stamp, self._online())]

    def send(self, document: Document) -> Receipt:
        intent = read(SetQuantities, document.body)
        results: dict[str, ItemResult] = {}
        pending = self._known(intent, results)
        rounds = 0
        while pending:
            errors = self.client.set_quantities(*_request(intent, pending, rounds))
            if not errors:
                results.update({entry.key: _taken(entry) for entry, _ in pending})
                break
            pending = self._without_refused(intent, pending, errors, results)
            rounds += 1
            if rounds == MOST_ROUNDS and pending:
                raise TransientError("Stock in the shop moves faster than it can be set.", code="shopify.contended")
        return Receipt(tuple(results[key] for key in document.item_keys))

    def lookup(self, document: Document) -> Receipt | None:
        """Accepted where the shop shows every figure; else None, since the key makes a resend harmless."""
        intent = read(SetQuantities, document.body)
        shown = self._shown(intent, [entry.sku for entry in intent.entries])
        if any(shown.get(entry.sku) != entry.quantity for entry in intent.entries):
            return None
        return Receipt(tuple(ItemResult(entry.key, Outcome.ACCEPTED) for entry in intent.entries))

    def _online(self) -> str:
        if not self.settings.online_location:
            raise ConfigurationError(
                "No online_location is configured to publish quantities at.",
                code="configuration.no-online-location",
                cure="Set online_location to the number of the location the hub speaks for.",
                place=str(self.context.connection),
            )
        return self.settings.online_location

    def _known(self, intent: SetQuantities, results: dict[str, ItemResult]) -> Pending:
        """Entries with their inventory item ids; those the shop does not sell are refused."""
        missing = [entry.sku for entry in intent.entries if not entry.item and entry.sku not in self._items]
        found = self.client.items_by_sku(missing, intent.location) if missing else {}
        self._items.update({sku: item.id for sku, item in found.items()})
        pending = []
        for entry in intent.entries:
            item = entry.item or self._items.get(entry.sku, "")
            if item:
                pending.append((entry, item))
            else:
                message = f"The shop has no item with SKU {entry.sku}."
                results[entry.key] = ItemResult(entry.key, Outcome.REFUSED, code="shopify.unknown-sku", message=message)
        return pending

    def _without_refused(
        self,
        intent: SetQuantities,
        pending: Pending,
        errors: Sequence[GraphUserError],
        results: dict[str, ItemResult],
    ) -> Pending:
        by_place = {place: error for error in errors if (place := _place(error)) is not None}
        if errors[0].code == NEW_KEY_WANTED:
            return pending
        if errors[0].code == STILL_RUNNING:
            raise TransientError("Shopify still works on the same request.", code="shopify.concurrent-request")
        if not by_place:
            raise RefusedError(f"Shopify refuses the batch: {errors[0].message}", code=errors[0].code or None)
        stale = [pending[place][0].sku for place, error in by_place.items() if error.code == STALE]
        shown = self._shown(intent, stale) if stale else {}
        for place, error in by_place.items():
            entry = pending[place][0]
            if error.code == GONE:
                self._items.pop(entry.sku, None)
            results[entry.key] = _refusal(entry, error, shown.get(entry.sku))
        return [one for place, one in enumerate(pending) if place not in by_place]

    def _shown(self, intent: SetQuantities, skus: Sequence[str]) -> dict[str, int]:
        found = self.client.items_by_sku(skus, intent.location)
        return {
            sku: quantity.quantity
            for sku, item in found.items()
            if item.inventory_level
            for quantity in item.inventory_level.quantities
            if quantity.name == "available"
        }


def _taken(entry: SetEntry) -> ItemResult:
    return ItemResult(entry.key, Outcome.ACCEPTED, compared=entry.expected is not None)


def _refusal(entry: SetEntry, error: GraphUserError, shown: int | None) -> ItemResult:
    is_stale = error.code == STALE
    observed = None if shown is None else to_base(Decimal(shown), entry.units_each)
    return ItemResult(
        entry.key,
        Outcome.STALE if is_stale else Outcome.REFUSED,
        code=error.code or "shopify.user-error",
        message=error.message,
        observed=observed if is_stale else None,
    )


def _request(intent: SetQuantities, pending: Pending, rounds: int) -> tuple[list[Node], str]:
    """Shopify's entries and the key of exactly this request; ``changeFromQuantity`` is there even when null."""
    location = f"gid://shopify/Location/{intent.location}"
    entries: list[Node] = [
        {
            "inventoryItemId": item,
            "locationId": location,
            "quantity": entry.quantity,
            "changeFromQuantity": entry.expected,
        }
        for entry, item in pending
    ]
    content = json.dumps([intent.key, rounds, entries], sort_keys=True)
    return entries, str(uuid.uuid5(uuid.NAMESPACE_URL, content))


def _place(error: GraphUserError) -> int | None:
    """The index in ``["input", "quantities", "3", ...]``."""
    return next((int(part) for part in error.field or () if part.isdecimal()), None)
