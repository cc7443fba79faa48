"""What a Shopify connection tells the shop about orders: store assignments and fulfilments.

Neither ``fulfillmentOrderMove`` nor ``fulfillmentCreate`` takes an idempotency key. Each is therefore sent
together with a marker on the order, set first, that notes the units before it: no marker, not done; marker
and enough units more, done. ``lookup`` answers from that, and ``send`` resumes from it.
"""

from __future__ import annotations

import json
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from hub.errors import RefusedError
from hub.mapping.codebook import Codebook
from hub.model.document import Document
from hub.sdk.capabilities import Envelope, ItemResult, Outcome, Receipt, RepeatSafety, Stamp
from hub_shopify.connector import Connected
from hub_shopify.intents import Fulfilled, LineUnits, StoreAssignment
from hub_shopify.translate.outgoing import render_assignment, render_fulfilment
from hub_shopify.translate.plans import (
    Take,
    left_to_do,
    note,
    noted,
    take,
    truncated,
    units_at,
    units_fulfilled,
)
from hub_shopify.wire import GraphOrderFulfilment, read

if TYPE_CHECKING:
    from hub_shopify.client import Node, ShopifyClient

IntentT = TypeVar("IntentT", StoreAssignment, Fulfilled)


class _MarkedSink(Connected, Generic[IntentT]):
    """An effect on one order under our marker. Subclasses say what counts as the effect and make it."""

    repeat_safety: ClassVar[RepeatSafety] = RepeatSafety.LOOKUP
    batch_limit: ClassVar[int] = 1
    accepts: ClassVar[bool] = False

    def sequences(self, items: Sequence[Envelope], codebook: Codebook) -> Sequence[str]:
        return ()

    def send(self, document: Document) -> Receipt:
        intent = self.intent(document)
        order = order_for(self.client, intent.order, intent.reference)
        left = left_to_do(order, self.counted(order, intent), intent.lines)
        takes = self.plan(order, intent, left)
        if takes is None and order.cancelled_at is not None:
            return refused(document, "shopify.order-cancelled", "The order is cancelled in the shop.")
        if takes is None:
            return refused(
                document, "shopify.nothing-open", "The shop has fewer open units of these lines than wanted."
            )
        return self._receipt(document, intent, self.carry_out(intent, order, takes))

    def lookup(self, document: Document) -> Receipt | None:
        intent = self.intent(document)
        order = order_for(self.client, intent.order, intent.reference)
        if left_to_do(order, self.counted(order, intent), intent.lines):
            return None
        return self._receipt(document, intent, [])

    @abstractmethod
    def intent(self, document: Document) -> IntentT:
        """The stored bytes as what they are."""

    @abstractmethod
    def plan(self, order: GraphOrderFulfilment, intent: IntentT, left: Sequence[LineUnits]) -> list[Take] | None:
        """The open units to take, None where they do not suffice."""

    @abstractmethod
    def counted(self, order: GraphOrderFulfilment, intent: IntentT) -> dict[str, int]:
        """Units per line that the effect makes grow."""

    @abstractmethod
    def carry_out(self, intent: IntentT, order: GraphOrderFulfilment, takes: list[Take]) -> list[Node]:
        """Send it; the payloads of Shopify's answers."""

    def marked(self, intent: IntentT, order: GraphOrderFulfilment) -> Node:
        from hub_shopify.client import marker

        known = noted(order)
        before = self.counted(order, intent) if known is None else known.before
        return marker(intent.order, intent.reference, note(before, intent.lines))

    def _receipt(self, document: Document, intent: IntentT, payloads: Sequence[Node]) -> Receipt:
        from hub_shopify.client import user_errors

        errors = [error for payload in payloads for error in user_errors(payload)]
        if errors:
            return refused(document, errors[0].code or "shopify.user-error", errors[0].message)
        accepted = ItemResult(
            key=document.item_keys[0],
            outcome=Outcome.ACCEPTED,
            external_ref=_external_ref(payloads) or intent.reference,
            accepts=self.accepts,
        )
        return Receipt((accepted,), raw=json.dumps(payloads, default=str).encode())


class StoreAssignments(_MarkedSink[StoreAssignment]):
    """FulfilmentSink for stores: moves the order's units to the store's location, where its staff see them.

    The move is the store's acceptance: Shopify's own locations are never asked.
    """

    accepts: ClassVar[bool] = True

    def render(self, items: Sequence[Envelope], codebook: Codebook, stamp: Stamp) -> Sequence[Document]:
        return [render_assignment(item, codebook, stamp, self.context.channel) for item in items]

    def intent(self, document: Document) -> StoreAssignment:
        return read(StoreAssignment, document.body)

    def plan(
        self, order: GraphOrderFulfilment, intent: StoreAssignment, left: Sequence[LineUnits]
    ) -> list[Take] | None:
        stores = self.settings.store_locations
        return take(order, left, lambda place: place not in stores, self.settings.online_location)

    def counted(self, order: GraphOrderFulfilment, intent: StoreAssignment) -> dict[str, int]:
        return units_at(order, intent.location)

    def carry_out(self, intent: StoreAssignment, order: GraphOrderFulfilment, takes: list[Take]) -> list[Node]:
        marked = self.marked(intent, order)
        payloads = []
        for part in takes:
            payloads.append(self.client.move(marked, part.fulfilment_order, intent.location, part.lines()))
            if payloads[-1].get("userErrors"):
                break
        return payloads


class Fulfilments(_MarkedSink[Fulfilled]):
    """ShipmentSink: tells the shop what left, with tracking."""

    def render(self, items: Sequence[Envelope], codebook: Codebook, stamp: Stamp) -> Sequence[Document]:
        return [render_fulfilment(item, codebook, stamp) for item in items]

    def intent(self, document: Document) -> Fulfilled:
        return read(Fulfilled, document.body)

    def plan(self, order: GraphOrderFulfilment, intent: Fulfilled, left: Sequence[LineUnits]) -> list[Take] | None:
        stores = self.settings.store_locations
        preferred = intent.site or self.settings.online_location
        return take(order, left, lambda place: place not in stores, preferred)

    def counted(self, order: GraphOrderFulfilment, intent: Fulfilled) -> dict[str, int]:
        return units_fulfilled(order, self.settings.store_locations)

    def carry_out(self, intent: Fulfilled, order: GraphOrderFulfilment, takes: list[Take]) -> list[Node]:
        """One fulfilment per location: Shopify takes no other (documentation of fulfillmentCreate)."""
        marked = self.marked(intent, order)
        payloads = []
        for place in dict.fromkeys(part.location for part in takes):
            groups = [
                {"fulfillmentOrderId": part.fulfilment_order, "fulfillmentOrderLineItems": part.lines()}
                for part in takes
                if part.location == place
            ]
            fulfilment: Node = {
                "lineItemsByFulfillmentOrder": groups,
                "notifyCustomer": self.settings.notify_customers,
            }
            if tracking := _tracking(intent):
                fulfilment["trackingInfo"] = tracking
            payloads.append(self.client.create_fulfilment(marked, fulfilment))
            if payloads[-1].get("userErrors"):
                break
        return payloads


def _tracking(intent: Fulfilled) -> Mapping[str, Any]:
    """Shopify wants one number as ``number`` and several as ``numbers``, addresses alike."""
    if not intent.numbers:
        return {}
    tracking: dict[str, Any] = {"company": intent.company} if intent.company else {}
    single = len(intent.numbers) == 1
    tracking.update({"number": intent.numbers[0]} if single else {"numbers": list(intent.numbers)})
    if intent.urls:
        tracking.update({"url": intent.urls[0]} if single else {"urls": list(intent.urls)})
    return tracking


def _external_ref(payloads: Sequence[Node]) -> str:
    for payload in payloads:
        for name in ("movedFulfillmentOrder", "fulfillment"):
            if payload.get(name):
                return str(payload[name]["id"])
    return ""


def order_for(client: ShopifyClient, number: str, reference: str) -> GraphOrderFulfilment:
    """The order with our marker. Raises RefusedError where there is none or it is too large to decide on."""
    order = client.order_fulfilment(number, reference)
    if order is None:
        raise RefusedError(f"The shop has no order {number}.", code="shopify.unknown-order")
    if truncated(order):
        raise RefusedError(
            f"Order {order.name} has more parts than this connector can decide on at once.",
            code="shopify.order-too-large",
            cure="Carry out this order by hand in Shopify's admin.",
        )
    return order


def refused(document: Document, code: str, message: str) -> Receipt:
    """The shop's no to the document's only item."""
    return Receipt((ItemResult(document.item_keys[0], Outcome.REFUSED, code=code, message=message),))
