"""The purchase order: a fulfilment request to a supplier seen as a trade document with its own life."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum

from pydantic import Field

from hub.errors import IllegalTransitionError
from hub.model.canonical import Amount, Canonical, Instant, NonNegativeAmount, PositiveAmount
from hub.model.identity import PartnerId, RequestId, Sku
from hub.model.money import Money


class PurchaseOrderState(StrEnum):
    """domain.md 1.4, PO."""

    DRAFT = "draft"
    APPROVED = "approved"
    SENT = "sent"
    RECEIVED = "received"
    ACKNOWLEDGED = "acknowledged"
    ACKNOWLEDGED_PART = "acknowledged_part"
    ACKNOWLEDGED_CHANGED = "acknowledged_changed"
    REJECTED = "rejected"
    CHANGE_PENDING = "change_pending"
    CANCEL_REQUESTED = "cancel_requested"
    CANCELLED = "cancelled"
    PART_SHIPPED = "part_shipped"
    SHIPPED = "shipped"
    INVOICED_PART = "invoiced_part"
    INVOICED = "invoiced"
    MATCHED = "matched"
    CLOSED = "closed"


_S = PurchaseOrderState
_ANSWERS = frozenset({_S.ACKNOWLEDGED, _S.ACKNOWLEDGED_PART, _S.ACKNOWLEDGED_CHANGED, _S.REJECTED})
_FACTS = frozenset({_S.PART_SHIPPED, _S.SHIPPED})
_MONEY = frozenset({_S.INVOICED_PART, _S.INVOICED})
_ASKS = frozenset({_S.CHANGE_PENDING, _S.CANCEL_REQUESTED})
_ACKNOWLEDGED = _ANSWERS - {_S.REJECTED}

_MOVES: dict[PurchaseOrderState, frozenset[PurchaseOrderState]] = {
    _S.DRAFT: frozenset({_S.APPROVED, _S.CANCELLED}),
    _S.APPROVED: frozenset({_S.SENT, _S.CANCELLED}),
    _S.SENT: frozenset({_S.RECEIVED}) | _ANSWERS | _FACTS | _ASKS,
    _S.RECEIVED: _ANSWERS | _FACTS | _ASKS,
    _S.ACKNOWLEDGED: _ANSWERS | _FACTS | _ASKS | _MONEY,
    _S.ACKNOWLEDGED_PART: _ANSWERS | _FACTS | _ASKS | _MONEY,
    _S.ACKNOWLEDGED_CHANGED: _ANSWERS | _FACTS | _ASKS | _MONEY,
    _S.REJECTED: frozenset({_S.CLOSED}),
    _S.CHANGE_PENDING: _ANSWERS | _FACTS,
    _S.CANCEL_REQUESTED: frozenset({_S.CANCELLED}) | _ACKNOWLEDGED | _FACTS,
    _S.CANCELLED: frozenset({_S.CLOSED}) | _FACTS,
    _S.PART_SHIPPED: _FACTS | _MONEY | _ASKS | {_S.CLOSED},
    _S.SHIPPED: _MONEY | {_S.CLOSED},
    _S.INVOICED_PART: _FACTS | _MONEY,
    _S.INVOICED: frozenset({_S.MATCHED}),
    _S.MATCHED: frozenset({_S.CLOSED}),
    _S.CLOSED: frozenset(),
}


def move_purchase_order(state: PurchaseOrderState, to: PurchaseOrderState) -> PurchaseOrderState:
    """The state after the move; staying is no move. Raises IllegalTransitionError for a move not listed."""
    if to is state:
        return state
    if to not in _MOVES[state]:
        raise IllegalTransitionError("Purchase order", state, to)
    return to


class AcknowledgementOutcome(StrEnum):
    """What a partner says of some units of one line."""

    ACCEPTED = "accepted"
    BACKORDERED = "backordered"
    REJECTED = "rejected"
    HELD = "held"
    SUBSTITUTED = "substituted"


class AcknowledgedLine(Canonical):
    """An answer for ``quantity`` units of one request line; several answers for one line add up.

    ``number`` is the request line it answers; where the partner gave none, ``sku`` identifies it.
    ``quantity`` None means all units of the line. ``partner_code`` is the partner's own word (ACK01).
    ``out_of_stock``: units that it rejects are not there; False where it rejects them for another reason.
    """

    number: int | None = None
    sku: Sku | None = None
    quantity: NonNegativeAmount | None = None
    outcome: AcknowledgementOutcome
    partner_code: str = ""
    reason: str = ""
    available_at: Instant | None = None
    substitute: Sku | None = None
    unit_cost: Money | None = None
    out_of_stock: bool = True


class Acknowledgement(Canonical):
    """The partner's business answer to a request (855, SOAP order answer); never a receipt of bytes.

    ``default_outcome`` holds for units no line names; None leaves them unanswered, their clock runs on.
    ``cancelled_lines``: of a cancellation that is accepted, the request's lines it is accepted for; all that were asked
    for where empty.
    """

    request_id: RequestId
    reference: str
    acknowledged_at: Instant
    lines: tuple[AcknowledgedLine, ...] = ()
    default_outcome: AcknowledgementOutcome | None = None
    cancel_accepted: bool | None = None
    cancelled_lines: tuple[int, ...] = ()


class InvoiceLine(Canonical):
    """A claim for ``quantity`` units of a line."""

    number: int | None = None
    sku: Sku | None = None
    quantity: PositiveAmount
    unit_price: Money


class Invoice(Canonical):
    """A supplier's claim for money (810). ``total`` is the partner's figure, checked against the lines."""

    invoice_number: str
    request_id: RequestId
    partner: PartnerId
    invoiced_at: Instant
    lines: tuple[InvoiceLine, ...] = Field(min_length=1)
    charges: Money | None = None
    total: Money

    @property
    def computed_total(self) -> Decimal:
        """Lines plus charges."""
        lines: Amount = sum((line.unit_price.amount * line.quantity for line in self.lines), Decimal(0))
        return lines + (self.charges.amount if self.charges else Decimal(0))


class SyntaxReceipt(Canonical):
    """A partner's proof that it could read what we sent (997, TA1), or that it could not; not an acceptance.

    Of one set where ``set_control_number`` names it; else of the group, for all its sets that have no receipt of their
    own; of a whole exchange where ``exchange_control_number`` names that. ``code`` is the partner's verdict and
    ``detail`` what it found, in words and without data of the document. ``undecided``: a group's receipt that leaves
    open what became of the sets it does not name.
    """

    group_control_number: str = ""
    group_kind: str = ""
    exchange_control_number: str = ""
    set_control_number: str = ""
    set_id: str = ""
    accepted: bool
    code: str
    detail: str = ""
    undecided: bool = False
