"""Cancellations from channels, and goods that come back: custody and money are separate axes."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from hub.errors import IllegalTransitionError
from hub.model.canonical import Canonical, Instant, PositiveAmount, Text
from hub.model.identity import ChannelId, LineId, LocationId


class CancelledLine(Canonical):
    """Units of one line the customer no longer wants; ``quantity`` None means all that can still be stopped."""

    line_id: LineId
    quantity: PositiveAmount | None = None


class Cancellation(Canonical):
    """A channel cancels an order or part of it. Empty ``lines`` means everything not yet shipped."""

    channel: ChannelId
    external_id: Text
    cancelled_at: Instant
    lines: tuple[CancelledLine, ...] = ()
    reason: str = ""


class Custody(StrEnum):
    """domain.md 1.4, return, custody axis."""

    REQUESTED = "requested"
    AUTHORISED = "authorised"
    IN_TRANSIT = "in_transit"
    RECEIVED = "received"
    INSPECTED = "inspected"
    RESTOCKED = "restocked"
    REFURBISH = "refurbish"
    SCRAP = "scrap"
    TO_VENDOR = "to_vendor"


class Refund(StrEnum):
    """domain.md 1.4, return, money axis."""

    NONE = "none"
    PROMISED = "promised"
    REFUNDED_PART = "refunded_part"
    REFUNDED = "refunded"
    VENDOR_CREDIT = "vendor_credit"


_C = Custody
_CUSTODY: dict[Custody, frozenset[Custody]] = {
    _C.REQUESTED: frozenset({_C.AUTHORISED, _C.IN_TRANSIT, _C.RECEIVED}),
    _C.AUTHORISED: frozenset({_C.IN_TRANSIT, _C.RECEIVED}),
    _C.IN_TRANSIT: frozenset({_C.RECEIVED}),
    _C.RECEIVED: frozenset({_C.INSPECTED, _C.RESTOCKED, _C.SCRAP}),
    _C.INSPECTED: frozenset({_C.RESTOCKED, _C.REFURBISH, _C.SCRAP, _C.TO_VENDOR}),
    _C.REFURBISH: frozenset({_C.RESTOCKED, _C.SCRAP}),
    _C.RESTOCKED: frozenset(),
    _C.SCRAP: frozenset(),
    _C.TO_VENDOR: frozenset(),
}
_REFUND: dict[Refund, frozenset[Refund]] = {
    Refund.NONE: frozenset({Refund.PROMISED, Refund.REFUNDED_PART, Refund.REFUNDED}),
    Refund.PROMISED: frozenset({Refund.REFUNDED_PART, Refund.REFUNDED}),
    Refund.REFUNDED_PART: frozenset({Refund.REFUNDED, Refund.VENDOR_CREDIT}),
    Refund.REFUNDED: frozenset({Refund.VENDOR_CREDIT}),
    Refund.VENDOR_CREDIT: frozenset(),
}


class ReturnedLine(Canonical):
    """Units of one order line coming back."""

    line_id: LineId
    quantity: PositiveAmount


class Return(Canonical):
    """Goods coming back. Either axis may run first. ``location`` is where they are received."""

    return_id: Text
    channel: ChannelId
    order_external_id: str
    lines: tuple[ReturnedLine, ...] = Field(min_length=1)
    location: LocationId | None = None
    custody: Custody = Custody.REQUESTED
    refund: Refund = Refund.NONE
    at: Instant

    def hand_on(self, to: Custody) -> Return:
        """Move on the custody axis. Raises IllegalTransitionError for a move not listed."""
        if to is self.custody:
            return self
        if to not in _CUSTODY[self.custody]:
            raise IllegalTransitionError("Return custody", self.custody, to)
        return self.model_copy(update={"custody": to})

    def pay(self, to: Refund) -> Return:
        """Move on the money axis. Raises IllegalTransitionError for a move not listed."""
        if to is self.refund:
            return self
        if to not in _REFUND[self.refund]:
            raise IllegalTransitionError("Return refund", self.refund, to)
        return self.model_copy(update={"refund": to})
