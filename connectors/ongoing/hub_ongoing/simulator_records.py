"""What the simulated warehouse keeps: asked orders, what happened to them, counts, and the book."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import IntEnum


class Status(IntEnum):
    """Ongoing's canonical order status numbers; a tenant may name further ones."""

    OPEN = 200
    PICKING = 300
    PICKED = 400
    SENT = 450
    CANCELLED = 1000


class BusinessRefusalError(Exception):
    """What the vendor answers as ``Success=false`` in HTTP 200."""


@dataclass(frozen=True)
class OrderedLine:
    """A line as asked for."""

    code: str
    article_number: str
    quantity: Decimal


@dataclass(frozen=True)
class AskedOrder:
    """The business content of one ProcessOrder."""

    number: str
    operation: str
    reference: str = ""
    way_of_delivery: str = ""
    consignee: Mapping[str, str] = field(default_factory=dict, repr=False)
    lines: tuple[OrderedLine, ...] = ()


@dataclass(frozen=True)
class WarehouseParcel:
    """One tracked box."""

    pallet_id: int
    label: str
    tracking_url: str = ""


@dataclass(frozen=True)
class WarehouseOrder:
    """An order with what has happened to it. ``received`` counts the accepted requests: above one, it was updated."""

    order_id: int
    asked: AskedOrder
    status: Status
    created_at: datetime
    updated_at: datetime
    received: int = 1
    picked: Mapping[str, Decimal] = field(default_factory=dict)
    carrier: str = ""
    way_bill: str = ""
    shipped_at: datetime | None = None
    parcels: tuple[WarehouseParcel, ...] = ()

    @property
    def number(self) -> str:
        """The hub's order number."""
        return self.asked.number

    @property
    def shipped(self) -> Mapping[str, Decimal]:
        """Units that left, by ExternalOrderLineCode; empty before it is sent."""
        return self.picked if self.status is Status.SENT else {}


@dataclass(frozen=True)
class ArticleCount:
    """An article with its two counts. ``sellable`` is on hand less everything promised; it may be negative."""

    system_id: int
    number: str
    on_hand: Decimal
    sellable: Decimal


@dataclass(frozen=True)
class Book:
    """What really happened: orders by the hub's number, units there now and before the first order, by article.

    ``oversold``: by order number the units asked for beyond what could still be sold at that moment.
    """

    orders: Mapping[str, WarehouseOrder]
    stock: Mapping[str, Decimal]
    opening: Mapping[str, Decimal]
    oversold: Mapping[str, Decimal]
