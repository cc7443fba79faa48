"""Which outbox items go out together, and what is handed to a sink for them; pure."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from pydantic import TypeAdapter

from hub.errors import HubError, InvariantError
from hub.model.document import Document
from hub.model.fulfilment import CancellationRequest, FulfilmentRequest
from hub.model.price import PriceList
from hub.model.queue import OutboxItem, OutboxState
from hub.model.sale import CustomerInvoice, OrderAcknowledgement
from hub.model.shipment import ShipmentConfirmation
from hub.model.stock import QuantityUpdate
from hub.model.transfer import StockTransfer
from hub.sdk.capabilities import Envelope, Outgoing, Reply

RESEND = "resend: "
"""Note of a pending item whose stored bytes go out again as they are: they may have been seen by the partner."""

ALONE = "alone: "
"""Note of a pending item that was refused in company and is rendered by itself next."""

REPLY = TypeAdapter(Reply)

_OUTGOING: dict[str, type[Outgoing]] = {
    "fulfilment": FulfilmentRequest,
    "cancellation": CancellationRequest,
    "inventory": QuantityUpdate,
    "shipment": ShipmentConfirmation,
    "transfer": StockTransfer,
    "acknowledgement": OrderAcknowledgement,
    "invoice": CustomerInvoice,
    "item": PriceList,
}


def is_resend(item: OutboxItem) -> bool:
    """Whether the item's stored bytes are sent again."""
    return item.document is not None and item.note.startswith(RESEND)


def goes_again(item: OutboxItem, document: Document) -> bool:
    """Whether it still waits to be sent again with that document."""
    return is_resend(item) and item.document == document.id and item.state is OutboxState.PENDING


def repeat_note(item: OutboxItem, error: HubError) -> str:
    """The same bytes again, except for what a newer item replaces: an old quantity must not be repeated."""
    return error.code if item.coalesce else RESEND + error.code


def next_batch(items: Sequence[OutboxItem], limit: int) -> tuple[list[OutboxItem], list[OutboxItem]]:
    """The items to send next, at most ``limit``, and the others; both in order.

    One batch is of one kind. An item never overtakes an earlier one of its order. The items of a document that
    is sent again stay together, whatever the limit.
    """
    first = items[0]
    if is_resend(first):
        together = [item for item in items if is_resend(item) and item.document == first.document]
        return together, [item for item in items if item not in together]
    if first.note.startswith(ALONE):
        return [first], list(items[1:])
    batch: list[OutboxItem] = []
    rest: list[OutboxItem] = []
    passed_over = set()
    for item in items:
        fits = item.kind == first.kind and not item.note.startswith(ALONE) and not is_resend(item)
        if fits and len(batch) < limit and item.order_id not in passed_over:
            batch.append(item)
            continue
        rest.append(item)
        if item.order_id is not None:
            passed_over.add(item.order_id)
    return batch, rest


def envelope_of(item: OutboxItem) -> Envelope:
    """The canonical object an outbox item carries. Raises InvariantError for a kind that is none."""
    if item.kind == "reply":
        return Envelope(item.key, REPLY.validate_json(item.payload))
    model = _OUTGOING.get(item.kind)
    if model is None:
        raise InvariantError(f"No sink takes outbox items of kind {item.kind}.", code="hub.unknown-outbox-kind")
    outgoing: Outgoing = model.model_validate_json(item.payload)
    return Envelope(item.key, outgoing)


def stamp_key(items: Sequence[OutboxItem]) -> str:
    """32 hex digits, the same whenever these items are rendered for the same attempt.

    Bytes that may have been seen are sent again as stored, key and all. A new rendering gets a new key, or the
    partner would answer it with the stored outcome of the old one.
    """
    text = "\n".join(f"{item.key}\t{item.attempts}" for item in items)
    return hashlib.sha256(text.encode()).hexdigest()[:32]
