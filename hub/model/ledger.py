"""Rows of the stock ledger. Plain frozen data: they are read and written by the thousand.

A movement says that stock at a location moved, a reservation that some of it is promised to an order, a held entry that
some of it is kept for a cart or a quote. All are signed, append-only and keyed: the same key again is a duplicate and
changes nothing. A balance is their sum, kept beside them in the same transaction so that a guard can be one statement.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from hub.model.identity import DocumentId, LineId, LocationId, OrderId, RequestId, Sku, SoftHoldKey


class Bucket(StrEnum):
    """Which quantity a movement moves."""

    ON_HAND = "on_hand"
    UNAVAILABLE = "unavailable"


class Cause(StrEnum):
    """Why stock moved or was promised."""

    COUNT = "count"
    SHIPMENT = "shipment"
    RECEIPT = "receipt"
    TRANSFER = "transfer"
    ADJUSTMENT = "adjustment"
    RESTOCK = "restock"
    ASSEMBLY = "assembly"
    DISASSEMBLY = "disassembly"
    RESERVATION = "reservation"
    RELEASE = "release"
    SOFT_HOLD = "soft_hold"
    SOFT_HOLD_RESERVED = "soft_hold_reserved"
    SOFT_HOLD_RELEASED = "soft_hold_released"
    SOFT_HOLD_EXPIRED = "soft_hold_expired"


class EntryTable(StrEnum):
    """Where the ledger's entries are: what moved, what was promised, what was softly held."""

    MOVEMENTS = "movements"
    RESERVATIONS = "reservations"
    HELD_ENTRIES = "held_entries"


def count_moment(as_of: datetime) -> int:
    """A count's moment as it stands in the keys of its movements: microseconds since 1970."""
    return int(as_of.timestamp() * 1_000_000)


@dataclass(frozen=True, slots=True)
class Movement:
    """``quantity`` eaches (signed) moved at a location. ``observed_at``: when it happened; ``recorded_at``: when we
    wrote it."""

    key: str
    sku: Sku
    location: LocationId
    quantity: Decimal
    cause: Cause
    observed_at: datetime
    recorded_at: datetime
    bucket: Bucket = Bucket.ON_HAND
    document: DocumentId | None = None
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Reservation:
    """``quantity`` eaches (signed: plus promises, minus releases) of a SKU at a location for an order line."""

    key: str
    sku: Sku
    location: LocationId
    quantity: Decimal
    order_id: OrderId
    line_id: LineId
    request_id: RequestId
    cause: Cause
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class HeldEntry:
    """``quantity`` eaches (signed: plus kept, minus given back or reserved) that a soft hold keeps at a location."""

    key: str
    hold: SoftHoldKey
    sku: Sku
    location: LocationId
    quantity: Decimal
    cause: Cause
    recorded_at: datetime


class Balance(NamedTuple):
    """Sums for one SKU at one location. ``counted_at`` is the as-of time of the newest count applied to it;
    ``short_at`` when the location last had not what it was asked for, by ``short_request``."""

    sku: Sku
    location: LocationId
    on_hand: Decimal = Decimal(0)
    unavailable: Decimal = Decimal(0)
    reserved: Decimal = Decimal(0)
    counted_at: datetime | None = None
    counted_document: DocumentId | None = None
    soft_held: Decimal = Decimal(0)
    short_at: datetime | None = None
    short_request: RequestId | None = None

    @property
    def doubted(self) -> bool:
        """Whether no count has said since then what is there: the figure is known to be wrong."""
        return self.short_at is not None and (self.counted_at is None or self.counted_at <= self.short_at)

    @property
    def available(self) -> Decimal:
        """On hand less unavailable, reserved and softly held; may be negative and is then shown so."""
        return self.on_hand - self.unavailable - self.reserved - self.soft_held


@dataclass(frozen=True, slots=True)
class Commitment:
    """Units of one request line still outstanding at a location, and since when its executor could know of them.

    Of these, ``backordered`` are accepted for later and hold no stock."""

    request_id: RequestId
    sku: Sku
    location: LocationId
    quantity: Decimal
    submitted_at: datetime | None
    acknowledged_at: datetime | None
    backordered: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class GivenUp:
    """Units of a request line that its executor has not shipped and will not: it rejected them, or agreed to stop them,
    at ``at``. They lie where they lay. ``key`` names the fact; the other times are the request's."""

    key: str
    sku: Sku
    location: LocationId
    quantity: Decimal
    at: datetime
    request_id: RequestId
    submitted_at: datetime | None
    acknowledged_at: datetime | None


@dataclass(frozen=True, slots=True)
class Departure:
    """Units that left a location by a shipment, when they left, and what the executor knew of their request."""

    sku: Sku
    location: LocationId
    quantity: Decimal
    shipped_at: datetime
    request_id: RequestId | None
    submitted_at: datetime | None
    acknowledged_at: datetime | None


LedgerEntry = Movement | Reservation | HeldEntry
"""One row of the ledger."""
