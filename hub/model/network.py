"""The merchant's network as configured: where stock ships from, where orders start, how each partner counts."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import ROUND_CEILING, Decimal
from enum import StrEnum
from functools import cached_property
from hashlib import sha256
from typing import Self, TypeVar, cast

from pydantic import Field, SkipValidation, model_validator

from hub.model.calendar import Calendar, Capacity, CarrierCollection
from hub.model.canonical import Amount, Canonical, NonNegativeAmount, PositiveAmount, Text, ZoneName
from hub.model.fulfilment import RequestKind
from hub.model.identity import ChannelId, ConnectionId, LocationId, PartnerId, Sku
from hub.model.item import ItemFacts
from hub.model.kit import Kit
from hub.model.lot import Lot
from hub.model.place import Place, Use
from hub.model.prices import Prices
from hub.model.rule import RuleBook
from hub.model.shipping_cost import ShippingCost
from hub.model.stock import CountBasis
from hub.model.tariff import Tariffs

T = TypeVar("T")


class NetOf(StrEnum):
    """Which of our open requests the partner's number already leaves out, as far as it knew them."""

    NONE = "none"
    SENT = "sent"
    ACKNOWLEDGED = "acknowledged"


class MissingMeans(StrEnum):
    """What it says when a full report does not name an item it named before: there is none of it, nothing, or there is
    none and the partner will not have any again."""

    ZERO = "zero"
    UNCHANGED = "unchanged"
    DELISTED = "delisted"


class MissingPart(StrEnum):
    """What to do with a figure where the report does not say how much of it is a part that it contains."""

    REFUSE = "refuse"
    ZERO = "zero"


PARTS = frozenset({CountBasis.UNAVAILABLE, CountBasis.COMMITTED, CountBasis.ON_ORDER, CountBasis.IN_TRANSIT})
"""Units that cannot be sold to us, and that some partners' figures contain."""


class RecordRule(Canonical):
    """How far a location is believed by how often it did not have what it was asked for (``inventory.record``).

    ``days``: of the requests of so many days. ``least_units``: with fewer units asked in them nothing is said, and it
    counts as if it had had so many more. ``keep_at_least``: share that channels are shown whatever its record.
    """

    days: int = Field(default=60, ge=1, le=730)
    least_units: Decimal = Field(default=Decimal(20), gt=0)
    keep_at_least: Decimal = Field(default=Decimal("0.5"), ge=0, le=1)

    def since(self, now: datetime) -> datetime:
        """From when on requests count."""
        return now - timedelta(days=self.days)


class CountingRule(Canonical):
    """How a partner counts at one location (counting.yaml). ``basis`` is the figure we take among those it sends.

    ``contains``: all parts of PARTS that this figure contains; the partner's own figures of them are taken out of it
    (``inventory.contents``), and where it gives none for an item, ``missing_part`` says what then. None is what the
    basis says by itself: ON_HAND contains UNAVAILABLE units where they are given beside it, AVAILABLE no part.
    ``net_of``: figures that leave out our open requests (AVAILABLE ones, and those that COMMITTED units are taken out
    of) count those units again unless we add them back. ``net_of_cutoff``: they leave out only those that its nightly
    batch had read, at this time of day in ``net_of_zone``. ``as_of_lag_minutes``: so much older are its figures than
    the moment its reports give (both: ``inventory.clock``). ``guard_fraction``: a full report that would zero more than
    this share of the items is refused. ``stale_after_hours``: an older figure is no longer trusted for promises; None
    trusts it for ever. Before that, channels may be shown less: ``discount_keep`` of it after ``discount_after_hours``,
    at most ``floor`` units after ``floor_after_hours`` (``inventory.freshness``). ``doubt_after_shortage``: where it
    did not have what it was asked for, its figure of the item is not believed until it counts it again
    (``inventory.shortages``). ``record``: how much less channels are shown where that is frequent; None: nothing less.
    """

    basis: CountBasis = CountBasis.ON_HAND
    contains: tuple[CountBasis, ...] | None = None
    missing_part: MissingPart = MissingPart.REFUSE
    net_of: NetOf = NetOf.NONE
    net_of_cutoff: time | None = None
    net_of_zone: ZoneName = "UTC"
    as_of_lag_minutes: Decimal = Field(default=Decimal(0), ge=-1440, le=10_080)
    missing: MissingMeans = MissingMeans.UNCHANGED
    guard_fraction: Decimal = Field(default=Decimal("0.5"), ge=0, le=1)
    discount_after_hours: Decimal | None = Field(default=None, ge=0)
    discount_keep: Decimal = Field(default=Decimal("0.5"), ge=0, le=1)
    floor_after_hours: Decimal | None = Field(default=None, ge=0)
    floor: NonNegativeAmount = Decimal(0)
    stale_after_hours: Decimal | None = None
    doubt_after_shortage: bool = True
    record: RecordRule | None = None

    @property
    def nets(self) -> bool:
        """Whether the figure leaves out some of our open requests."""
        leaves_out = self.basis is CountBasis.AVAILABLE or CountBasis.COMMITTED in (self.contains or ())
        return leaves_out and self.net_of is not NetOf.NONE

    @property
    def tells_unavailable(self) -> bool:
        """Whether a figure settles how many units are unavailable there, also where the report says nothing of them."""
        return self.contains is not None or self.basis is not CountBasis.ON_HAND

    @property
    def names_all(self) -> bool:
        """Whether a full report says of an item that it does not name that there is none."""
        return self.missing is not MissingMeans.UNCHANGED

    @property
    def plain(self) -> bool:
        """Whether a figure says by itself what is there; else the figures beside it have to be read too."""
        return not self.contains

    @model_validator(mode="after")
    def _contains_parts(self) -> CountingRule:
        if self.contains is None:
            return self
        if self.basis not in {CountBasis.ON_HAND, CountBasis.AVAILABLE}:
            raise ValueError("contains is for a basis of on_hand or available")
        if len(set(self.contains)) < len(self.contains) or not PARTS.issuperset(self.contains):
            raise ValueError(f"contains names each of these once at most: {', '.join(sorted(PARTS))}")
        return self

    @model_validator(mode="after")
    def _cutoff_is_of_a_net_figure(self) -> CountingRule:
        if self.net_of_cutoff is not None and not self.nets:
            raise ValueError("net_of_cutoff is for a figure that is net of what was sent or acknowledged")
        if self.net_of_cutoff is not None and self.net_of_cutoff.tzinfo is not None:
            raise ValueError("net_of_cutoff is a time of day without an offset; the zone is net_of_zone")
        return self

    @model_validator(mode="after")
    def _bands_follow_each_other(self) -> CountingRule:
        bounds = [
            hours
            for hours in (self.discount_after_hours, self.floor_after_hours, self.stale_after_hours)
            if hours is not None
        ]
        if bounds != sorted(bounds):
            raise ValueError("discount_after_hours, floor_after_hours and stale_after_hours must not fall")
        return self


class InvoiceTolerance(Canonical):
    """How far a partner's invoice may be from what was agreed before it is disputed.

    ``price_percent``: by which an invoiced price may exceed the agreed cost. ``total_amount``: by which the total may
    differ from lines and charges, in the invoice's currency; one coin of rounding where nothing else is agreed.
    """

    price_percent: Decimal = Field(default=Decimal(1), ge=0)
    total_amount: Decimal = Field(default=Decimal("0.01"), ge=0)


class Location(Canonical):
    """A place stock ships from: the stock of one owner at one site. ``connection`` carries our requests to it.

    ``owner``: whose stock it is, for people; empty is the merchant's, and a supplier's where it ships for us. ``site``:
    locations that name the same one are kept apart and may ship in one parcel; empty is a site of its own. ``lots``:
    in what quantities it sells an item, of the items and days that the partner says it for; ``pack_multiple``: others
    in whole packs as they are counted. ``place``, ``tags`` and ``uses``: what routing's rules may ask of it.
    ``calendar``: when it works, None being always; ``collection``: when carriers fetch parcels there, None being
    whenever it works. ``carriers``: which may, None being any; with none of them its freight is not ours to pay.
    """

    location: LocationId
    name: str = ""
    kind: RequestKind
    partner: PartnerId
    connection: ConnectionId
    owner: str = ""
    site: str = ""
    place: Place = Place()
    tags: tuple[str, ...] = ()
    uses: tuple[Use, ...] = (Use.SHIP,)
    counting: CountingRule = CountingRule()
    invoices: InvoiceTolerance = InvoiceTolerance()
    cost: ShippingCost = ShippingCost()
    calendar: Calendar | None = None
    collection: CarrierCollection | None = None
    capacity: Capacity = Capacity()
    carriers: tuple[str, ...] | None = None
    lead_days: int = Field(default=1, ge=0)
    safety_stock: NonNegativeAmount = Decimal(0)
    pack_multiple: bool = False
    lots: Mapping[Sku, tuple[Lot, ...]] = Field(default_factory=dict, repr=False)
    acknowledge_within_hours: Decimal = Field(default=Decimal(24), gt=0)
    active: bool = True

    @property
    def stock_owner(self) -> str:
        """Whose stock it is; empty where it is the merchant's own."""
        return self.owner or (self.partner if self.kind is RequestKind.DROPSHIP else "")

    @property
    def ships_from(self) -> str:
        """The site: what leaves the same one may share a parcel."""
        return self.site or self.location


class ItemLimits(Canonical):
    """What of one SKU a channel is shown; None: as of all others.

    ``buffer``: units held back from it. ``cap``: most that it shows. ``quota``: most that it may have sold, within the
    channel's window, and show. ``ring_fence``: units of what it sells from that other channels do not see.
    ``multiple``: its customers order the item by so many eaches.
    """

    buffer: NonNegativeAmount | None = None
    cap: Amount | None = None
    quota: NonNegativeAmount | None = None
    ring_fence: NonNegativeAmount | None = None
    multiple: PositiveAmount | None = None


class UpdateBudget(Canonical):
    """How often a channel may be told quantities: ``updates`` in any ``within_seconds``, of all its SKUs together or,
    with ``per_item``, of each. The share ``reserve`` of them is kept for figures that fall."""

    updates: int = Field(ge=1)
    within_seconds: Decimal = Field(gt=0)
    per_item: bool = False
    reserve: Decimal = Field(default=Decimal("0.2"), ge=0, lt=1)

    @property
    def window(self) -> timedelta:
        """``within_seconds``."""
        return timedelta(seconds=float(self.within_seconds))

    @property
    def kept(self) -> int:
        """Updates that only a falling figure may use; one at least is for all."""
        return min(self.updates - 1, int((self.updates * self.reserve).to_integral_value(ROUND_CEILING)))


_AS_ALL_OTHERS = ItemLimits()


class Channel(Canonical):
    """A place orders start. What it shows of a SKU says ``inventory.channels``.

    ``buffer``, ``cap``, ``quota``, ``ring_fence`` and ``multiple`` are for every SKU (ItemLimits), ``items`` for some.
    A quota counts what was sold in the last ``quota_hours``, or since the day ``quota_from`` in UTC, or ever.
    ``native`` are the locations whose stock the channel shows by itself (stores of a Shopify shop): orders may be
    routed there, their quantities are never published back. ``confirm``: it is told what left; ``acknowledge``: its
    orders are answered in business terms; ``invoice``: it is billed for what left.
    """

    channel: ChannelId
    connection: ConnectionId
    name: str = ""
    sells_from: tuple[LocationId, ...] = ()
    native: tuple[LocationId, ...] = ()
    buffer: NonNegativeAmount = Decimal(0)
    cap: Amount | None = None
    quota: NonNegativeAmount | None = None
    quota_hours: Decimal | None = Field(default=None, gt=0)
    quota_from: date | None = None
    ring_fence: NonNegativeAmount = Decimal(0)
    multiple: PositiveAmount = Decimal(1)
    items: Mapping[Sku, ItemLimits] = Field(default_factory=dict)
    budget: UpdateBudget | None = None
    confirm: bool = True
    acknowledge: bool = False
    invoice: bool = False

    @property
    def reachable(self) -> tuple[LocationId, ...]:
        """Every location that may ship this channel's orders."""
        return self.sells_from + tuple(loc for loc in self.native if loc not in self.sells_from)

    def limits(self, sku: Sku) -> ItemLimits:
        """What applies to a SKU: its own where it is named, else the channel's."""
        own = self.items.get(sku, _AS_ALL_OTHERS)
        return ItemLimits(
            buffer=self.buffer if own.buffer is None else own.buffer,
            cap=self.cap if own.cap is None else own.cap,
            quota=self.quota if own.quota is None else own.quota,
            ring_fence=self.ring_fence if own.ring_fence is None else own.ring_fence,
            multiple=self.multiple if own.multiple is None else own.multiple,
        )

    def quota_since(self, now: datetime) -> datetime | None:
        """From when on sales count against quotas; None: from the first."""
        if self.quota_hours is not None:
            return now - timedelta(hours=float(self.quota_hours))
        return None if self.quota_from is None else datetime.combine(self.quota_from, time(), UTC)


class Network(Canonical):
    """Everything routing and publishing need to know of the merchant's set-up.

    ``soft_hold_hours``: a soft hold ends within so many hours from when it is placed or extended. ``kits``: by their
    own SKU. ``items``: what is known of each SKU (catalogue.csv). ``rules`` of routing, and ``drafts`` by their names.
    ``prices``: what routing adds to the cost of a plan; ``own_prices``: those that stay under any goal.
    """

    locations: tuple[Location, ...] = ()
    channels: tuple[Channel, ...] = ()
    currency: Text = "USD"
    max_splits: int = Field(default=4, ge=1)
    max_attempts: int = Field(default=8, ge=1)
    soft_hold_hours: Decimal = Field(default=Decimal(72), gt=0)
    kits: Mapping[Sku, Kit] = Field(default_factory=dict)
    # Items and tariffs are checked by who reads them: there may be hundreds of thousands.
    items: SkipValidation[Mapping[Sku, ItemFacts]] = Field(default_factory=dict, repr=False)
    rules: RuleBook = RuleBook()
    drafts: Mapping[str, RuleBook] = Field(default_factory=dict)
    prices: Prices = Prices()
    own_prices: Prices = Prices()
    tariffs: SkipValidation[Tariffs] = Field(default=Tariffs(), repr=False)

    def location(self, location: LocationId) -> Location | None:
        """The location of that id."""
        return self.places.get(location)

    def channel(self, channel: ChannelId) -> Channel | None:
        """The channel of that id."""
        return next((found for found in self.channels if found.channel == channel), None)

    def virtual_kit(self, sku: Sku | None) -> Kit | None:
        """The virtual kit of that SKU."""
        kit = self.kits.get(sku) if sku is not None else None
        return kit if kit is not None and kit.is_virtual else None

    def kits_with(self, skus: Collection[Sku]) -> list[Sku]:
        """Virtual kits that one of these is a component of, by SKU."""
        touched = frozenset(skus)
        return sorted(
            sku for sku, kit in self.kits.items() if kit.is_virtual and not touched.isdisjoint(kit.components)
        )

    def __copy__(self) -> Self:
        copied = super().__copy__()
        for worked_out in ("places", "publishing_rules", "lot_days", "worked_out"):
            copied.__dict__.pop(worked_out, None)
        return copied

    def derived(self, name: str, make: Callable[[Self], T]) -> T:
        """What is worked out of this network once; ``make`` gives the same for the same network."""
        found = self.worked_out.get(name)
        if found is None:
            found = self.worked_out[name] = make(self)
        return cast("T", found)

    @cached_property
    def worked_out(self) -> dict[str, object]:
        """What ``derived`` keeps."""
        return {}

    @cached_property
    def places(self) -> Mapping[LocationId, Location]:
        """The locations by their ids; of two with the same the first."""
        return {each.location: each for each in reversed(self.locations)}

    @cached_property
    def lot_days(self) -> tuple[date, ...]:
        """The days on which any location sells any item in other lots than the day before."""
        lots = (lot for location in self.locations for found in location.lots.values() for lot in found)
        return tuple(sorted({day for lot in lots for day in lot.changes}))

    @cached_property
    def publishing_rules(self) -> Mapping[ChannelId, str]:
        """A digest for each channel of all settings that what it shows follows from; equal digests, equal figures."""
        places = {each.location: each.model_dump_json(exclude=_NOT_SHOWN) for each in self.locations}
        shared = [each.model_dump_json(include=_SHARED) for each in self.channels]
        shared += [kit.model_dump_json() for _, kit in sorted(self.kits.items())]
        return {
            each.channel: _digest(
                each.model_dump_json(exclude=_NOT_SHOWN), *shared, *(places.get(name, "") for name in each.reachable)
            )
            for each in self.channels
        }


_NOT_SHOWN = {
    *("name", "connection", "budget", "confirm", "invoice", "acknowledge"),
    *("owner", "site", "place", "tags", "uses", "partner", "invoices", "cost", "lead_days", "acknowledge_within_hours"),
    *("calendar", "collection", "capacity", "carriers"),
}
"""Settings of a channel or location that say nothing of the quantity shown. One that is not named here counts."""

_SHARED = {"channel", "sells_from", "native", "ring_fence", "items"}
"""Settings of a channel that other channels' quantities depend on."""


def _digest(*parts: str) -> str:
    return sha256("\n".join(parts).encode()).hexdigest()
