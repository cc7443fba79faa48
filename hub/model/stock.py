"""What partners say they have, and what we tell channels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from hub.model.canonical import Amount, Canonical, Instant, NonNegativeAmount, Text
from hub.model.identity import ChannelId, ConnectionId, DocumentId, LocationId, Sku
from hub.model.quantity import BASE_UNIT, Units, UnitSize


class CountBasis(StrEnum):
    """What a partner's number counts (X12 QTY01: 17 on hand, 33 available, 63 on order, 27 committed, QH on hold)."""

    ON_HAND = "on_hand"
    AVAILABLE = "available"
    COMMITTED = "committed"
    UNAVAILABLE = "unavailable"
    ON_ORDER = "on_order"
    IN_TRANSIT = "in_transit"


class FeedMode(StrEnum):
    """Whether a report names everything the partner has, or only what changed."""

    FULL = "full"
    DELTA = "delta"


FeedRow = tuple[Sku, LocationId, CountBasis, Decimal, str, Units]
"""One partner figure of a big feed, as StockRow without an object: SKU, location, basis, quantity, unit, units_each."""


class StockRow(Canonical):
    """One partner figure. ``quantity`` is in the partner's unit, of which one holds ``units_each`` eaches."""

    sku: Sku
    location: LocationId
    basis: CountBasis
    quantity: Amount
    unit: str = BASE_UNIT
    units_each: UnitSize = Decimal(1)
    as_of: Instant | None = None

    @classmethod
    def of(cls, row: FeedRow) -> StockRow:
        """The same figure as an object."""
        sku, location, basis, quantity, unit, units_each = row
        return cls(sku=sku, location=location, basis=basis, quantity=quantity, unit=unit, units_each=units_each)


class ExpectedSupply(Canonical):
    """Eaches that a partner expects to have more from ``day`` on; None where it did not say how many."""

    day: date
    quantity: NonNegativeAmount | None = None


class ItemOutlook(Canonical):
    """What a partner says of an item's future at a location: what is ``expected``, by day, or that it will have no more
    of it than its figure says (``discontinued``)."""

    sku: Sku
    location: LocationId
    expected: tuple[ExpectedSupply, ...] = ()
    discontinued: bool = False


@dataclass(frozen=True, slots=True)
class Outlook:
    """An ItemOutlook, as of when it was said and in which document (None: no document was behind the report)."""

    said: ItemOutlook
    as_of: datetime
    document: DocumentId | None


class StockReport(Canonical):
    """A partner's claim about its stock at ``as_of``. ``reference`` names the report for people and for causes.

    ``locations`` are those the report speaks for: with FULL mode, an item missing there is counted by the
    location's rule (zero, unchanged, delisted). ``outlooks`` replace those of an earlier report, of every item named.
    """

    connection: ConnectionId
    reference: Text
    as_of: Instant
    mode: FeedMode
    locations: tuple[LocationId, ...]
    rows: tuple[StockRow, ...]
    outlooks: tuple[ItemOutlook, ...] = ()


@dataclass(frozen=True, slots=True)
class StockBatch:
    """Rows and outlooks of the feed ``feed`` of one document, counted from 1, on their way to be staged."""

    feed: int
    rows: list[FeedRow] = field(repr=False)
    outlooks: list[ItemOutlook] = field(default_factory=list, repr=False)


@dataclass(frozen=True, slots=True)
class BulkCount:
    """What the plain rows of a feed did, counted in one go at one location (``FeedStore.count``).

    ``items`` counted, of which ``moved`` had another figure; ``there``: counted before or in stock; ``zeroed``: of
    these in stock, how many went to nothing; ``compared``: items with stock before and after, ``ratios``: how many of
    these share which new stock by old, the commonest; ``awaited``: SKUs that rose and that open orders ask for;
    ``names_all``: the feed names everything known at the location; ``complete``: no row was left.
    """

    items: int = 0
    moved: int = 0
    there: int = 0
    zeroed: int = 0
    compared: int = 0
    ratios: Mapping[float, int] = field(default_factory=dict)
    awaited: tuple[Sku, ...] = ()
    names_all: bool = False
    complete: bool = False


class StockFeed(Canonical):
    """A StockReport too big to be one object: its rows are staged under the document and ``number``, ``rows`` of them.

    Everything else is as in StockReport.
    """

    connection: ConnectionId
    reference: Text
    as_of: Instant
    mode: FeedMode
    locations: tuple[LocationId, ...]
    number: int
    rows: int


class ChannelSales(Canonical):
    """What a channel's orders have taken of a SKU, in eaches: every unit ``ordered``, and those ``cancelled``."""

    ordered: NonNegativeAmount = Decimal(0)
    cancelled: NonNegativeAmount = Decimal(0)

    @property
    def net(self) -> Decimal:
        """Units sold."""
        return self.ordered - self.cancelled


NO_SALES = ChannelSales()


class QuantityUpdate(Canonical):
    """The quantity a channel shall show for a SKU. ``expected`` is what we believe it shows now (compare and
    swap), None where we never published. ``sales`` are those that ``quantity`` and ``expected`` know of. ``key``
    identifies this computation."""

    key: Text
    channel: ChannelId
    connection: ConnectionId
    sku: Sku
    quantity: NonNegativeAmount
    expected: Amount | None = None
    sales: ChannelSales = NO_SALES
    computed_at: Instant
