"""What partners say they have, and what we tell channels."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum

from pydantic import Field

from hub.model.canonical import Amount, Canonical, Instant, NonNegativeAmount, Text
from hub.model.identity import ChannelId, ConnectionId, LocationId, Sku


class CountBasis(StrEnum):
    """What a partner's number counts (X12 QTY01: 17 on hand, 33 available, 63 on order)."""

    ON_HAND = "on_hand"
    AVAILABLE = "available"
    COMMITTED = "committed"
    UNAVAILABLE = "unavailable"
    ON_ORDER = "on_order"


class FeedMode(StrEnum):
    """Whether a report names everything the partner has, or only what changed."""

    FULL = "full"
    DELTA = "delta"


class StockRow(Canonical):
    """One partner figure. ``quantity`` is in the partner's unit, of which one holds ``units_each`` eaches."""

    sku: Sku
    location: LocationId
    basis: CountBasis
    quantity: Amount
    unit: str = "EA"
    units_each: Decimal = Field(default=Decimal(1), gt=0)
    as_of: Instant | None = None


class StockReport(Canonical):
    """A partner's claim about its stock at ``as_of``. ``reference`` names the report for people and for causes.

    ``locations`` are those the report speaks for: with FULL mode, an item missing there is counted by the
    location's rule (zero, unchanged).
    """

    connection: ConnectionId
    reference: Text
    as_of: Instant
    mode: FeedMode
    locations: tuple[LocationId, ...]
    rows: tuple[StockRow, ...]


class QuantityUpdate(Canonical):
    """The quantity a channel shall show for a SKU. ``expected`` is what we believe it shows now (compare and
    swap), None where we never published. ``key`` identifies this computation."""

    key: Text
    channel: ChannelId
    connection: ConnectionId
    sku: Sku
    quantity: NonNegativeAmount
    expected: Amount | None = None
    computed_at: Instant
