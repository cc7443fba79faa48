"""Goods on their way to a location of ours and goods that arrived there: 943 and 944 in X12's words."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from enum import StrEnum

from pydantic import Field, model_validator

from hub.model.canonical import Canonical, Instant, NonNegativeAmount, PositiveAmount, Text
from hub.model.identity import ConnectionId, LocationId, Sku, TransferId


class TransferState(StrEnum):
    """How far a stock transfer is."""

    IN_TRANSIT = "in_transit"
    PART_RECEIVED = "part_received"
    RECEIVED = "received"


class TransferLine(Canonical):
    """Eaches of a SKU on their way; ``number`` counts from 1. ``received`` may exceed ``quantity``: facts stand."""

    number: int = Field(ge=1)
    sku: Sku
    quantity: PositiveAmount
    received: NonNegativeAmount = Decimal(0)

    @property
    def open(self) -> Decimal:
        """Units still to arrive."""
        return max(Decimal(0), self.quantity - self.received)


class StockTransfer(Canonical):
    """Goods on their way to ``location``, told to whoever receives them there (943).

    ``transfer_id`` is ours and what the receiver's answer repeats. ``origin`` is the location of ours that they left,
    None where they come from elsewhere. ``note``: why whoever receives them does not know of them, empty where they do.
    """

    transfer_id: TransferId
    location: LocationId
    connection: ConnectionId
    origin: LocationId | None = None
    shipped_at: Instant
    expected_on: date | None = None
    purchase_order: str = ""
    carrier: str = ""
    tracking_number: str = ""
    lines: tuple[TransferLine, ...] = Field(min_length=1)
    state: TransferState = TransferState.IN_TRANSIT
    note: str = ""


class ReceivedLine(Canonical):
    """Eaches of a SKU that arrived, ``unavailable`` of them there but not for sale (damaged, on hold).

    ``number`` is the line's place in the partner's document, from 1: a line that could not be read at first has its own
    when it can."""

    number: int = Field(ge=1)
    sku: Sku
    quantity: PositiveAmount
    unavailable: NonNegativeAmount = Decimal(0)

    @model_validator(mode="after")
    def _part_of_it(self) -> ReceivedLine:
        if self.unavailable > self.quantity:
            raise ValueError("more unavailable than received")
        return self


class GoodsReceipt(Canonical):
    """A fact: goods arrived at ``location`` (944). ``receipt_id`` is the partner's: a line of it counts once.

    ``transfer`` is what the partner repeats of ours: a StockTransfer's id, empty or another number where it received
    what we never announced.
    """

    receipt_id: Text
    connection: ConnectionId
    location: LocationId
    received_at: Instant
    transfer: str = ""
    lines: tuple[ReceivedLine, ...] = Field(min_length=1)
