"""The frozen crosswalk a connector parses and renders with: partner's items, sites and codes against ours.

SKUs are translated here, at parse and render, never in flows.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from types import MappingProxyType

from hub.errors import DataError
from hub.mapping.x12_profile import X12Profile
from hub.model import period
from hub.model.identity import ConnectionId, LocationId, PartnerId, Sku
from hub.model.quantity import BASE_UNIT, Units


@dataclass(frozen=True, slots=True)
class PartnerItem:
    """One of our SKUs as a partner names it. ``ids`` maps a qualifier (``VN``, ``UP``, ``sku``) to the partner's
    value; ``unit`` is the unit it counts and sells in, of which one holds ``units_each`` eaches; ``more_units`` are
    others that it uses for the item, with their eaches. ``external_id`` is the partner system's own key where it has
    one. All of it holds from ``since`` to ``until``, both included, None being open.

    ``minimum`` and ``multiple`` are the eaches that the partner sells at once: at least so many, and by so many; None
    where it does not say."""

    sku: Sku
    ids: Mapping[str, str]
    unit: str = BASE_UNIT
    units_each: Units = Decimal(1)
    external_id: str = ""
    more_units: Mapping[str, Units] = field(default_factory=dict)
    since: date | None = None
    until: date | None = None
    minimum: Decimal | None = None
    multiple: Decimal | None = None

    def holds(self, day: date) -> bool:
        """Whether it is in force that day."""
        return period.holds(self.since, self.until, day)

    @property
    def changes(self) -> tuple[date, ...]:
        """The days on which it begins to hold, and on which it does no more."""
        return period.changes(self.since, self.until)

    def of_unit(self, unit: str) -> Units | None:
        """How many eaches one of ``unit`` holds; None for a unit that the item's rows do not name."""
        return self.units_each if unit == self.unit else self.more_units.get(unit)


def in_force(rows: Sequence[PartnerItem], day: date | None) -> tuple[PartnerItem, ...]:
    """The items that rows make on that day: of rows that name an item by the same ids the first says its unit, the
    others are more units of it. With no day, the last of each unit to begin."""
    held: dict[tuple[Sku, frozenset[tuple[str, str]]], dict[str, PartnerItem]] = {}
    last_first = rows if day is not None else sorted(rows, key=lambda row: row.since or date.min, reverse=True)
    for row in last_first:
        if day is None or row.holds(day):
            held.setdefault((row.sku, frozenset(row.ids.items())), {}).setdefault(row.unit, row)
    return tuple(_with_units(*units.values()) for units in held.values())


def _with_units(item: PartnerItem, *others: PartnerItem) -> PartnerItem:
    return replace(item, more_units={each.unit: each.units_each for each in others}) if others else item


@dataclass(frozen=True)
class Codebook:
    """Everything a connection needs to translate. ``tables`` are value tables by name (``855.ack``, ``units``).

    ``identity`` says that the partner's item ids are our SKUs where no item is listed (a channel of our own).
    ``items`` are rows; several of one item are of other units or other days. Look-ups are by the rows in force on
    ``day`` (``on`` makes the codebook of another day); with None, of rows that follow each other, by the last.
    """

    connection: ConnectionId
    partner: PartnerId
    items: tuple[PartnerItem, ...] = ()
    sites: Mapping[str, LocationId] = field(default_factory=dict)
    tables: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    x12: X12Profile | None = None
    identity: bool = False
    known_skus: frozenset[Sku] = frozenset()
    default_location: LocationId | None = None
    day: date | None = None
    _by_id: Mapping[tuple[str, str], PartnerItem] = field(init=False, repr=False)
    _by_value: Mapping[str, PartnerItem] = field(init=False, repr=False)
    _by_sku: Mapping[Sku, PartnerItem] = field(init=False, repr=False)
    _singles: dict[str, Mapping[str, Sku]] = field(init=False, repr=False, compare=False, default_factory=dict)
    _changes: tuple[date, ...] = field(init=False, repr=False, compare=False)
    _days: dict[int, Codebook] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        items = in_force(self.items, self.day)
        by_id = {(name, value): item for item in items for name, value in item.ids.items()}
        by_value = {value: item for item in items for value in item.ids.values()}
        object.__setattr__(self, "_by_id", MappingProxyType(by_id))
        object.__setattr__(self, "_by_value", MappingProxyType(by_value))
        object.__setattr__(self, "_by_sku", MappingProxyType({item.sku: item for item in items}))
        object.__setattr__(self, "_changes", tuple(sorted({day for item in self.items for day in item.changes})))

    def on(self, day: date) -> Codebook:
        """The codebook of that day; made once for all days between two changes of the items."""
        period = bisect_right(self._changes, day)
        if not self._changes or (self.day is not None and bisect_right(self._changes, self.day) == period):
            return self
        if period not in self._days:
            self._days[period] = replace(self, day=day)
        return self._days[period]

    @property
    def items_by_id(self) -> Mapping[tuple[str, str], PartnerItem]:
        """Every listed item by each of its (qualifier, value) pairs."""
        return self._by_id

    def single_units(self, qualifier: str) -> Mapping[str, Sku]:
        """Our SKU by the partner's id of one qualifier, for items it counts one by one; made once per qualifier."""
        if qualifier not in self._singles:
            self._singles[qualifier] = {
                value: item.sku
                for (name, value), item in self._by_id.items()
                if name == qualifier and item.unit == BASE_UNIT and item.units_each == 1 and not item.more_units
            }
        return self._singles[qualifier]

    def item_for(self, ids: Iterable[tuple[str, str]]) -> PartnerItem | None:
        """Our item for a partner's (qualifier, value) pairs, first match in the order given; None where unmapped."""
        pairs = list(ids)
        for pair in pairs:
            if pair in self._by_id:
                return self._by_id[pair]
        if self.identity:
            for _, value in pairs:
                if value and (not self.known_skus or Sku(value) in self.known_skus):
                    return self._by_sku.get(Sku(value)) or PartnerItem(Sku(value), {"sku": value})
        return None

    def item_named(self, value: str) -> PartnerItem | None:
        """Our item for a partner's id of any qualifier."""
        found = self._by_value.get(value)
        return found or self.item_for([("sku", value)])

    def item_of(self, sku: Sku) -> PartnerItem:
        """The partner's item for our SKU. Raises DataError ``data.unmapped-sku``."""
        found = self._by_sku.get(sku)
        if found is not None:
            return found
        if self.identity:
            return PartnerItem(sku, {"sku": sku})
        raise DataError(
            f"SKU {sku} has no item at partner {self.partner}.",
            code="data.unmapped-sku",
            cure=f"Add it to mappings/partners/{self.partner}/items.csv and reprocess.",
            path="sku",
            value=str(sku),
        )

    def location_for(self, site: str) -> LocationId | None:
        """Our location for a partner's site code; an empty site means the partner's only location."""
        if site in self.sites:
            return self.sites[site]
        return self.default_location if not site else None

    def site_of(self, location: LocationId) -> str:
        """The partner's site code for our location, empty where it has none."""
        return next((site for site, ours in self.sites.items() if ours == location), "")

    def code(self, table: str, value: str) -> str | None:
        """A value table look-up; None where the table or the value is unknown."""
        return self.tables.get(table, {}).get(value)
