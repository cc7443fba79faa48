"""What partners say they have, and what we tell channels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
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


FeedRow = tuple[Sku, LocationId, CountBasis, Decimal, str, Decimal]
"""One partner figure of a big feed, as StockRow without an object: SKU, location, basis, quantity, unit, units_each."""


class StockRow(Canonical):
    """One partner figure. ``quantity`` is in the partner's unit, of which one holds ``units_each`` eaches."""

    sku: Sku
    location: LocationId
    basis: CountBasis
    quantity: Amount
    unit: str = "EA"
    units_each: Decimal = Field(default=Decimal(1), gt=0)
    as_of: Instant | None = None

    @classmethod
    def of(cls, row: FeedRow) -> StockRow:
        """The same figure as an object."""
        sku, location, basis, quantity, unit, units_each = row
        return cls(sku=sku, location=location, basis=basis, quantity=quantity, unit=unit, units_each=units_each)


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


@dataclass(frozen=True, slots=True)
class StockBatch:
    """Rows of the feed ``feed`` of one document, counted from 1, on their way to be staged."""

    feed: int
    rows: list[FeedRow] = field(repr=False)


@dataclass(frozen=True, slots=True)
class BulkCount:
    """What the plain rows of a feed did, counted in one go at one location (``FeedStore.count``).

    ``items`` counted, of which ``moved`` had another figure; ``there``: counted before or in stock; ``zeroed``: of
    these in stock, how many went to nothing; ``compared``: items with stock before and after, ``ratios``: how many of
    these share which new stock by old, the commonest; ``awaited``: SKUs that rose and that open orders ask for;
    ``names_all``: the feed names everything known at the location.
    """

    items: int = 0
    moved: int = 0
    there: int = 0
    zeroed: int = 0
    compared: int = 0
    ratios: Mapping[float, int] = field(default_factory=dict)
    awaited: tuple[Sku, ...] = ()
    names_all: bool = False


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
