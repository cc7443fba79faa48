"""The customer's demand: what a channel sold, and the counters that say how far each line has come."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from pydantic import Field, model_validator

from hub.model.canonical import Canonical, Instant, NonNegativeAmount, PositiveAmount, Text
from hub.model.identity import ChannelId, LineId, LocationId, OrderId, Sku, SoftHoldKey, order_id_for
from hub.model.kit import Kit
from hub.model.money import Money
from hub.model.party import Address


class OrderStatus(StrEnum):
    """Derived from the lines' counters, never set by hand (domain.md 1.4)."""

    RECEIVED = "received"
    QUARANTINED = "quarantined"
    HELD = "held"
    OPEN = "open"
    PARTIALLY_FULFILLED = "partially_fulfilled"
    FULFILLED = "fulfilled"
    CANCELLED = "cancelled"
    CLOSED = "closed"


class OrderLine(Canonical):
    """One line as sold. ``line_id`` is the channel's own id of the line. ``sku`` is None while the channel's item
    is unmapped: the line waits in quarantine and the rest of the order flows. Quantity in eaches. ``dropped``: a newer
    version of the order does not name the line any more; it is kept for its history. ``kit_line``: it is a part of the
    kit that the channel sold by that line (``Order.kits``)."""

    line_id: LineId
    sku: Sku | None
    channel_item: str = ""
    quantity: PositiveAmount
    unit_price: Money | None = None
    title: str = ""
    dropped: bool = False
    kit_line: LineId | None = None

    @property
    def wanted(self) -> Decimal:
        """Eaches the newest version of the order asks for."""
        return Decimal(0) if self.dropped else self.quantity


class SoldKit(Canonical):
    """A line of a virtual kit: ``line`` as it was sold, ``kit`` as it was defined when the line was taken."""

    line: OrderLine
    kit: Kit


class Order(Canonical):
    """An order as a channel's connector parsed it. The same ``external_id`` again is the same order.

    ``revision`` orders two versions of one order (the channel's updated-at, UTC ISO text); an older or equal
    revision is ignored. ``service`` is the sold delivery service in the hub's words (``standard``, ``express``).
    ``soft_hold`` names the soft hold that kept the order's units while it was a cart or a quote. ``kits``: of a virtual
    kit's line the hub keeps ``lines`` of its components instead (``orders.kits``); connectors give none.
    """

    channel: ChannelId
    external_id: Text
    number: Text
    placed_at: Instant
    revision: str = ""
    ship_to: Address | None = None
    service: str = "standard"
    promised_by: date | None = None
    lines: tuple[OrderLine, ...] = Field(min_length=1)
    shipping_charge: Money | None = None
    soft_hold: SoftHoldKey | None = None
    kits: tuple[SoldKit, ...] = ()
    pickup_at: LocationId | None = None
    ship_complete: bool = False
    tags: tuple[str, ...] = ()

    @property
    def order_id(self) -> OrderId:
        """The hub's id for it."""
        return order_id_for(self.channel, self.external_id)

    @model_validator(mode="after")
    def _line_ids_differ(self) -> Order:
        if len({line.line_id for line in self.lines}) != len(self.lines):
            raise ValueError("two lines have the same line_id")
        return self


class LineCounters(Canonical):
    """Where each unit of a line is. Law: ordered = open + reserved + allocated + backordered + shipped + cancelled.

    ``reserved``: promised at a location, its executor has not answered. ``allocated``: accepted by the executor.
    ``backordered``: accepted for later, without stock now. ``returned`` counts within ``shipped``.
    """

    ordered: PositiveAmount
    open: NonNegativeAmount = Decimal(0)
    reserved: NonNegativeAmount = Decimal(0)
    allocated: NonNegativeAmount = Decimal(0)
    backordered: NonNegativeAmount = Decimal(0)
    shipped: NonNegativeAmount = Decimal(0)
    cancelled: NonNegativeAmount = Decimal(0)
    returned: NonNegativeAmount = Decimal(0)

    @model_validator(mode="after")
    def _conserved(self) -> LineCounters:
        placed = self.open + self.reserved + self.allocated + self.backordered + self.shipped + self.cancelled
        if placed != self.ordered:
            raise ValueError("counters do not add up to the ordered quantity")
        if self.returned > self.shipped:
            raise ValueError("more returned than shipped")
        return self

    @classmethod
    def fresh(cls, ordered: Decimal) -> LineCounters:
        """A line just taken: everything open."""
        return cls(ordered=ordered, open=ordered)

    @property
    def outstanding(self) -> Decimal:
        """Units still owed to the customer."""
        return self.ordered - self.shipped - self.cancelled


@dataclass(frozen=True, slots=True)
class OrderRecord:
    """An order with everything the hub knows of its progress. ``counters`` has one entry per line.

    ``excluded``: locations that rejected a line and are not asked again for it. ``attempts`` counts routings.
    ``hold`` is the reason a person must look, empty while it flows. ``version`` guards against lost updates.
    """

    order: Order
    counters: Mapping[LineId, LineCounters]
    hold: str = ""
    excluded: Mapping[LineId, frozenset[LocationId]] = field(default_factory=dict)
    attempts: int = 0
    status: OrderStatus = OrderStatus.RECEIVED
    version: int = 0

    @property
    def order_id(self) -> OrderId:
        """The hub's id for it."""
        return self.order.order_id


@dataclass(frozen=True, slots=True)
class OpenDemand:
    """``quantity`` units of one order's SKU that no location has been asked to ship yet."""

    order_id: OrderId
    channel: ChannelId
    sku: Sku
    quantity: Decimal
