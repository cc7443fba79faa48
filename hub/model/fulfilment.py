"""Our instruction to one location to ship, on two axes: how far the work is, and what the executor answered."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from enum import StrEnum

from pydantic import Field, model_validator

from hub.errors import IllegalTransitionError
from hub.model.canonical import Canonical, Instant, NonNegativeAmount, PositiveAmount
from hub.model.identity import ChannelId, ConnectionId, LineId, LocationId, OrderId, RequestId, Sku
from hub.model.money import Money
from hub.model.party import Address
from hub.model.purchase import PurchaseOrderState


class Execution(StrEnum):
    """How far the work is (domain.md 1.4, execution axis)."""

    PLANNED = "planned"
    SCHEDULED = "scheduled"
    OPEN = "open"
    ON_HOLD = "on_hold"
    IN_PROGRESS = "in_progress"
    CLOSED = "closed"
    INCOMPLETE = "incomplete"
    CANCELLED = "cancelled"


class Negotiation(StrEnum):
    """What the executor answered (domain.md 1.4, negotiation axis)."""

    UNSUBMITTED = "unsubmitted"
    SUBMITTED = "submitted"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    TIMED_OUT = "timed_out"
    CANCEL_REQUESTED = "cancel_requested"
    CANCEL_ACCEPTED = "cancel_accepted"
    CANCEL_REFUSED = "cancel_refused"


_EXECUTION: dict[Execution, frozenset[Execution]] = {
    Execution.PLANNED: frozenset({Execution.SCHEDULED, Execution.OPEN, Execution.CANCELLED}),
    Execution.SCHEDULED: frozenset({Execution.OPEN, Execution.CANCELLED}),
    Execution.OPEN: frozenset(
        {
            Execution.ON_HOLD,
            Execution.IN_PROGRESS,
            Execution.CLOSED,
            Execution.INCOMPLETE,
            Execution.CANCELLED,
        }
    ),
    Execution.ON_HOLD: frozenset({Execution.OPEN, Execution.CANCELLED}),
    Execution.IN_PROGRESS: frozenset({Execution.CLOSED, Execution.INCOMPLETE, Execution.CANCELLED}),
    Execution.CLOSED: frozenset(),
    Execution.INCOMPLETE: frozenset(),
    Execution.CANCELLED: frozenset(),
}

_NEGOTIATION: dict[Negotiation, frozenset[Negotiation]] = {
    Negotiation.UNSUBMITTED: frozenset({Negotiation.SUBMITTED}),
    Negotiation.SUBMITTED: frozenset(
        {Negotiation.ACCEPTED, Negotiation.REJECTED, Negotiation.TIMED_OUT, Negotiation.CANCEL_REQUESTED}
    ),
    Negotiation.ACCEPTED: frozenset({Negotiation.CANCEL_REQUESTED}),
    Negotiation.CANCEL_REQUESTED: frozenset({Negotiation.CANCEL_ACCEPTED, Negotiation.CANCEL_REFUSED}),
    Negotiation.CANCEL_REFUSED: frozenset({Negotiation.CANCEL_REQUESTED}),
    Negotiation.REJECTED: frozenset(),
    Negotiation.TIMED_OUT: frozenset(),
    Negotiation.CANCEL_ACCEPTED: frozenset(),
}


class RequestKind(StrEnum):
    """What kind of executor ships: decides which document goes out."""

    DROPSHIP = "dropship"
    WAREHOUSE = "warehouse"
    STORE = "store"


class RequestLine(Canonical):
    """One line of a request; ``number`` counts from 1 and is what partners echo (PO101, ExternalOrderLineCode).

    Law: quantity = outstanding + shipped + rejected + cancelled; accepted and backordered lie within
    outstanding and shipped. ``short``: units of all these that its location said it did not have when it was asked.
    """

    number: int = Field(ge=1)
    line_id: LineId
    sku: Sku
    quantity: PositiveAmount
    accepted: NonNegativeAmount = Decimal(0)
    backordered: NonNegativeAmount = Decimal(0)
    rejected: NonNegativeAmount = Decimal(0)
    shipped: NonNegativeAmount = Decimal(0)
    cancelled: NonNegativeAmount = Decimal(0)
    short: NonNegativeAmount = Decimal(0)
    unit_cost: Money | None = None
    title: str = ""

    @property
    def outstanding(self) -> Decimal:
        """Units still to come from this location."""
        return self.quantity - self.rejected - self.shipped - self.cancelled

    @model_validator(mode="after")
    def _conserved(self) -> RequestLine:
        if self.outstanding < 0:
            raise ValueError("more shipped, rejected and cancelled than requested")
        if self.accepted + self.backordered > self.outstanding:
            raise ValueError("more accepted and backordered than outstanding")
        return self


class FulfilmentRequest(Canonical):
    """Our instruction to one location. With a supplier ``request_id`` is the purchase order number.

    ``acknowledged_at``: since when its executor has answered it, as far as we knew when we first heard of that.
    ``answered_at``: the newest answer's date by the executor's own clock; it tells its answers apart, nothing else.
    """

    request_id: RequestId
    order_id: OrderId
    channel: ChannelId
    order_external_id: str
    order_number: str
    location: LocationId
    connection: ConnectionId
    kind: RequestKind
    execution: Execution = Execution.PLANNED
    negotiation: Negotiation = Negotiation.UNSUBMITTED
    lines: tuple[RequestLine, ...] = Field(min_length=1)
    ship_to: Address | None = None
    service: str = "standard"
    requested_at: Instant
    submitted_at: Instant | None = None
    acknowledged_at: Instant | None = None
    answered_at: Instant | None = None
    acknowledge_by: Instant | None = None
    promised_by: date | None = None
    partner_ref: str = ""
    purchase: PurchaseOrderState | None = None

    def execute(self, to: Execution) -> FulfilmentRequest:
        """Move on the execution axis; staying is no move and always fine.

        Raises IllegalTransitionError for a move domain.md 1.4 does not list.
        """
        if to is self.execution:
            return self
        if to not in _EXECUTION[self.execution]:
            raise IllegalTransitionError("Fulfilment request execution", self.execution, to)
        return self.model_copy(update={"execution": to})

    def negotiate(self, to: Negotiation) -> FulfilmentRequest:
        """Move on the negotiation axis; staying is no move and always fine.

        Raises IllegalTransitionError for a move domain.md 1.4 does not list.
        """
        if to is self.negotiation:
            return self
        if to not in _NEGOTIATION[self.negotiation]:
            raise IllegalTransitionError("Fulfilment request negotiation", self.negotiation, to)
        return self.model_copy(update={"negotiation": to})

    @property
    def finished(self) -> bool:
        """Nothing more is expected from the location."""
        return not _EXECUTION[self.execution]

    @property
    def outstanding(self) -> Decimal:
        """Units still to come over all lines."""
        return sum((line.outstanding for line in self.lines), Decimal(0))


class CancellationRequest(Canonical):
    """We ask an executor to stop (860, CancelOrder). Empty ``line_numbers`` means the whole request.

    ``lines`` are those it is about, as they were then; ``submitted_at`` is when the request was sent.
    """

    request_id: RequestId
    order_id: OrderId
    location: LocationId
    connection: ConnectionId
    line_numbers: tuple[int, ...] = ()
    lines: tuple[RequestLine, ...] = ()
    submitted_at: Instant | None = None
    partner_ref: str = ""
    reason: str = ""
