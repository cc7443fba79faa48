"""The order's timeline: append-only, each event with actor and cause."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from hub.model.identity import DocumentId, OrderId


class EventKind(StrEnum):
    """Past tense: something happened."""

    ORDER_TAKEN = "OrderTaken"
    ORDER_CHANGED = "OrderChanged"
    SOFT_HOLD_CLAIMED = "SoftHoldClaimed"
    SOFT_HOLD_MISSED = "SoftHoldMissed"
    ORDER_ROUTED = "OrderRouted"
    ORDER_UNROUTABLE = "OrderUnroutable"
    ORDER_MOVED = "OrderMoved"
    ORDER_HELD = "OrderHeld"
    ORDER_RELEASED = "OrderReleased"
    LINE_QUARANTINED = "LineQuarantined"
    LINE_MAPPED = "LineMapped"
    KIT_SEPARATED = "KitSeparated"
    REQUEST_PLANNED = "RequestPlanned"
    REQUEST_SUBMITTED = "RequestSubmitted"
    REQUEST_REFUSED = "RequestRefused"
    REQUEST_UNCERTAIN = "RequestUncertain"
    REQUEST_TIMED_OUT = "RequestTimedOut"
    SYNTAX_RECEIVED = "SyntaxReceived"
    ACKNOWLEDGEMENT_RECORDED = "AcknowledgementRecorded"
    SHIPMENT_RECORDED = "ShipmentRecorded"
    SHIPMENT_DUPLICATED = "ShipmentDuplicated"
    SHIPMENT_EXCEEDED = "ShipmentExceeded"
    SHIPPED_AFTER_CANCEL = "ShippedAfterCancel"
    SHIPMENT_CONFIRMED = "ShipmentConfirmed"
    CANCELLATION_TAKEN = "CancellationTaken"
    CANCELLATION_REQUESTED = "CancellationRequested"
    ORDER_CANCELLED = "OrderCancelled"
    CANCELLATION_REFUSED = "CancellationRefused"
    INVOICE_RECORDED = "InvoiceRecorded"
    INVOICE_DISPUTED = "InvoiceDisputed"
    ORDER_ANSWERED = "OrderAnswered"
    SHIPMENT_BILLED = "ShipmentBilled"
    RETURN_RECORDED = "ReturnRecorded"


@dataclass(frozen=True, slots=True)
class OrderEvent:
    """One entry of the timeline. ``cause`` is the document that led to it; ``data`` holds facts, no personal data."""

    order_id: OrderId
    kind: EventKind
    at: datetime
    actor: str
    cause: DocumentId | None = None
    data: Mapping[str, str] = field(default_factory=dict)
    sequence: int = 0
