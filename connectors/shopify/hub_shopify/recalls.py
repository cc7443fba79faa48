"""Taking an order back from a store: what its staff have not shipped returns to the online location."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import ClassVar

from hub.errors import ConfigurationError
from hub.mapping.codebook import Codebook
from hub.model.document import Document
from hub.sdk.capabilities import Envelope, ItemResult, Outcome, Receipt, RepeatSafety, Stamp
from hub_shopify.connector import Connected
from hub_shopify.intents import LineUnits, StoreRecall
from hub_shopify.sinks import order_for, refused
from hub_shopify.translate.outgoing import render_recall
from hub_shopify.translate.plans import note, noted, open_at, take
from hub_shopify.wire import GraphOrderFulfilment, read


class StoreRecalls(Connected):
    """CancellationSink for stores. Sending it twice takes back what is there to take back: the state decides."""

    repeat_safety: ClassVar[RepeatSafety] = RepeatSafety.LOOKUP
    batch_limit: ClassVar[int] = 1

    def sequences(self, items: Sequence[Envelope], codebook: Codebook) -> Sequence[str]:
        return ()

    def render(self, items: Sequence[Envelope], codebook: Codebook, stamp: Stamp) -> Sequence[Document]:
        return [render_recall(item, codebook, stamp, self.channel) for item in items]

    def send(self, document: Document) -> Receipt:
        from hub_shopify.client import marker, user_errors

        intent = read(StoreRecall, document.body)
        order = order_for(self.client, intent.order, intent.reference)
        waiting = self._waiting(order, intent)
        if not waiting:
            return self._without_units(document, order, intent)
        online = self._online()
        payloads = []
        mark = marker(intent.order, f"{intent.reference}-recall", note({}, waiting))
        for part in take(order, waiting, lambda place: place == intent.location) or ():
            payloads.append(self.client.move(mark, part.fulfilment_order, online, part.lines()))
            errors = user_errors(payloads[-1])
            if errors:
                return refused(document, errors[0].code or "shopify.user-error", errors[0].message)
        return self._accepted(document, json.dumps(payloads, default=str).encode())

    def lookup(self, document: Document) -> Receipt | None:
        intent = read(StoreRecall, document.body)
        order = order_for(self.client, intent.order, intent.reference)
        return None if self._waiting(order, intent) else self._without_units(document, order, intent)

    def _waiting(self, order: GraphOrderFulfilment, intent: StoreRecall) -> list[LineUnits]:
        return open_at(order, intent.location, _assigned(order, intent))

    def _without_units(self, document: Document, order: GraphOrderFulfilment, intent: StoreRecall) -> Receipt:
        """Nothing waits there: shipped means no; never assigned, cancelled or taken back means yes."""
        lines = {line.line for line in _assigned(order, intent)}
        shipped = any(
            line.line_item.id in lines
            for fulfilment in order.fulfillments
            if fulfilment.status == "SUCCESS" and fulfilment.location and fulfilment.location.id == intent.location
            for line in fulfilment.fulfillment_line_items.nodes
        )
        if shipped:
            return refused(document, "shopify.already-shipped", "The store has shipped it.")
        return self._accepted(document, b"")

    def _accepted(self, document: Document, raw: bytes) -> Receipt:
        return Receipt((ItemResult(document.item_keys[0], Outcome.ACCEPTED, accepts=True),), raw=raw)

    def _online(self) -> str:
        if not self.settings.online_location:
            raise ConfigurationError(
                "No online_location is configured to take orders back to.",
                code="configuration.no-online-location",
                cure="Set online_location to the number of the location the hub speaks for.",
                place=str(self.context.connection),
            )
        return self.settings.online_location


def _assigned(order: GraphOrderFulfilment, intent: StoreRecall) -> list[LineUnits]:
    """The units of the assignment, by its marker; none where it never arrived."""
    marker = noted(order)
    lines = marker.lines if marker else ()
    return [line for line in lines if not intent.numbers or line.number in intent.numbers]
