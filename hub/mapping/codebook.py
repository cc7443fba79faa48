"""The frozen crosswalk a connector parses and renders with: partner's items, sites and codes against ours.

SKUs are translated here, at parse and render, never in flows.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING

from hub.errors import DataError
from hub.mapping.gtin import GTIN_QUALIFIERS, gtin_of, spellings
from hub.mapping.x12_profile import X12Profile
from hub.model import period
from hub.model.identity import ConnectionId, LocationId, PartnerId, Sku
from hub.model.quantity import BASE_UNIT, Units
from hub.model.queue import ANY_ITEM, ItemIds

if TYPE_CHECKING:
    from hub.mapping.fields.compile import CompiledMapping


@dataclass(frozen=True, slots=True)
class PartnerItem:
    """One of our SKUs as a partner names it. ``ids`` maps a qualifier (``VN``, ``UP``, ``sku``) to the partner's
    value; ``unit`` is the unit it counts and sells in, of which one holds ``units_each`` eaches; ``more_units`` are
    others that it uses for the item, with their eaches. ``external_id`` is the partner system's own key where it has
    one. All of it holds from ``since`` to ``until``, both included, None being open.

    ``minimum`` and ``multiple`` are the eaches that the partner sells at once: at least so many, and by so many; None
    where it does not say. Of several items that are one SKU of ours, ``preferred`` is the one that we name to it.
    ``line`` is that of items.csv, 0 for an item from elsewhere."""

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
    preferred: bool = False
    line: int = field(default=0, compare=False, repr=False)

    def holds(self, day: date) -> bool:
        """Whether it is in force that day."""
        return period.holds(self.since, self.until, day)

    def meets(self, other: PartnerItem) -> bool:
        """Whether both are in force on some day."""
        return period.meet((self.since, self.until), (other.since, other.until))

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
    if not others:
        return item
    preferred = item.preferred or any(each.preferred for each in others)
    return replace(item, more_units={each.unit: each.units_each for each in others}, preferred=preferred)


def named(items: Iterable[PartnerItem]) -> dict[Sku, PartnerItem]:
    """Of the items that are one SKU the one that we name to the partner: the preferred one, else the first."""
    found: dict[Sku, PartnerItem] = {}
    for item in items:
        if found.setdefault(item.sku, item).preferred < item.preferred:
            found[item.sku] = item
    return found


def _single(item: PartnerItem) -> bool:
    return item.unit == BASE_UNIT and item.units_each == 1 and not item.more_units


def _in_order(ids: Iterable[tuple[str, str]], order: Sequence[str]) -> list[tuple[str, str]]:
    pairs = list(ids)
    if order and len(pairs) > 1:
        ranks = {name: rank for rank, name in enumerate(order)}
        pairs.sort(key=lambda pair: ranks.get(pair[0], len(ranks)))
    return pairs


@dataclass(frozen=True)
class Codebook:
    """Everything a connection needs to translate. ``tables`` are value tables by name (``855.ack``, ``units``).

    ``mappings`` are those of the partner's documents folder, by name.
    ``identity`` says that the partner's item ids are our SKUs where no item is listed (a channel of our own).
    ``items`` are rows; several of one item are of other units or other days. Look-ups are by the rows in force on
    ``day`` (``on`` makes the codebook of another day); with None, of rows that follow each other, by the last.

    Several items may be one SKU. ``item_ids`` are the qualifiers that decide what an item is, the first before the
    others; where ids of one item name different SKUs, none is taken unless ``first_decides``. An id under a qualifier
    of GTINs is found however many digits it is written with.
    """

    connection: ConnectionId
    partner: PartnerId
    items: tuple[PartnerItem, ...] = ()
    sites: Mapping[str, LocationId] = field(default_factory=dict)
    tables: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    x12: X12Profile | None = None
    mappings: Mapping[str, CompiledMapping] = field(default_factory=dict, repr=False)
    identity: bool = False
    known_skus: frozenset[Sku] = frozenset()
    default_location: LocationId | None = None
    day: date | None = None
    item_ids: tuple[str, ...] = ()
    first_decides: bool = False
    _by_id: Mapping[tuple[str, str], PartnerItem] = field(init=False, repr=False)
    _by_value: Mapping[str, tuple[str, ...]] = field(init=False, repr=False)
    _by_sku: Mapping[Sku, PartnerItem] = field(init=False, repr=False)
    _singles: dict[str, Mapping[str, Sku]] = field(init=False, repr=False, compare=False, default_factory=dict)
    _pairs: dict[str, Mapping[str, Sku]] = field(init=False, repr=False, compare=False, default_factory=dict)
    _changes: tuple[date, ...] = field(init=False, repr=False, compare=False)
    _days: dict[int, Codebook] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        by_id: dict[tuple[str, str], PartnerItem] = {}
        by_value: dict[str, tuple[str, ...]] = {}
        items = in_force(self.items, self.day)
        for item in items:
            for name, value in item.ids.items():
                if by_id.setdefault((name, value), item) is item:
                    by_value[value] = (*by_value.get(value, ()), name)
        object.__setattr__(self, "_by_id", MappingProxyType(by_id))
        object.__setattr__(self, "_by_value", MappingProxyType(by_value))
        object.__setattr__(self, "_by_sku", MappingProxyType(named(items)))
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

    @cached_property
    def _by_gtin(self) -> Mapping[str, PartnerItem]:
        """Made when an id under a qualifier of GTINs is first looked for in vain as it is written."""
        found: dict[str, PartnerItem] = {}
        for (name, value), item in self._by_id.items():
            gtin = gtin_of(name, value)
            if gtin is not None:
                found.setdefault(gtin, item)
        return found

    def single_units(self, qualifier: str) -> Mapping[str, Sku]:
        """Our SKU by the partner's id of one qualifier, for items it counts one by one; made once per qualifier. A GTIN
        is there in each of its spellings."""
        if qualifier not in self._singles:
            single = [(name, value, item.sku) for (name, value), item in self._by_id.items() if _single(item)]
            found = {value: sku for name, value, sku in single if name == qualifier}
            for gtin, item in self._by_gtin.items() if qualifier in GTIN_QUALIFIERS else ():
                if _single(item):
                    for value in spellings(qualifier, gtin):
                        found.setdefault(value, item.sku)
            self._singles[qualifier] = found
        return self._singles[qualifier]

    def written_pairs(self, separator: str) -> Mapping[str, Sku]:
        """Our SKU by each qualifier and value as they stand between separators (``*UP*0123``); made once for each."""
        if separator not in self._pairs:
            self._pairs[separator] = {
                f"{separator}{name}{separator}{value}": item.sku for (name, value), item in self._by_id.items()
            }
        return self._pairs[separator]

    def listed(self, name: str, value: str) -> PartnerItem | None:
        """The item of items.csv with that id, a GTIN however many digits it is written with; None where there is
        none."""
        found = self._by_id.get((name, value))
        if found is None and name in GTIN_QUALIFIERS:
            gtin = gtin_of(name, value)
            return self._by_gtin.get(gtin) if gtin is not None else None
        return found

    def item_for(self, ids: Iterable[tuple[str, str]], order: Sequence[str] = ()) -> PartnerItem | None:
        """Our item for a partner's (qualifier, value) pairs; None where unmapped.

        Those of ``order`` (in place of ``item_ids``) decide before the others, these in the order given. Raises
        DataError ``data.item-conflict`` where two of them name different SKUs, unless ``first_decides``.
        """
        pairs = _in_order(ids, order or self.item_ids)
        found: tuple[PartnerItem, tuple[str, str]] | None = None
        for pair in pairs:
            item = self.listed(*pair)
            if item is None:
                continue
            if self.first_decides:
                return item
            if found is None:
                found = item, pair
            elif item.sku != found[0].sku:
                raise self._conflict(*found, item, pair)
        return found[0] if found is not None else self._by_our_own(value for _, value in pairs)

    def item_named(self, value: str) -> PartnerItem | None:
        """Our item for a partner's id without a qualifier: under those of ``item_ids``, else under any.

        Raises DataError ``data.item-conflict`` as ``item_for`` does.
        """
        names = self._by_value.get(value, ())
        wanted = [name for name in self.item_ids if name in names] or names or ("sku",)
        return self.item_for((name, value) for name in wanted)

    def _by_our_own(self, values: Iterable[str]) -> PartnerItem | None:
        """The item whose id is our SKU, where it has none of its own."""
        for value in values if self.identity else ():
            if value and (not self.known_skus or Sku(value) in self.known_skus):
                return self._by_sku.get(Sku(value)) or PartnerItem(Sku(value), {"sku": value})
        return None

    def _conflict(
        self, item: PartnerItem, pair: tuple[str, str], other: PartnerItem, second: tuple[str, str]
    ) -> DataError:
        own = f"mappings/partners/{self.partner}"
        return DataError(
            f"{' '.join(pair)} is {item.sku} and {' '.join(second)} is {other.sku}.",
            code="data.item-conflict",
            cure=f"Correct {own}/items.csv, or ask the partner. Where one kind of id is always right, name it first in "
            "item_ids of partner.yaml, with on_conflict: first.",
            path="item",
            value=", ".join(map(" ".join, (pair, second))),
        )

    @cached_property
    def map_version(self) -> str:
        """A hash of all that decides which item an id is, on whatever day."""
        decides = (self.items, self.identity, sorted(self.known_skus), self.item_ids, self.first_decides)
        return hashlib.sha256(repr(decides).encode()).hexdigest()[:16]

    def names(self, ids: ItemIds) -> bool:
        """Whether one of these is an item of ours on some day, under any qualifier where it comes with none; of
        `ANY_ITEM` always."""
        if ids == ANY_ITEM or self._by_our_own(value for _, value in ids):
            return True
        return any((name, gtin_of(name, value) or value) in self._all_ids for name, value in ids)

    @cached_property
    def _all_ids(self) -> frozenset[tuple[str, str]]:
        """Every id of every row, with and without its qualifier; GTINs as fourteen digits under each of theirs."""
        found: set[tuple[str, str]] = set()
        for item in self.items:
            for name, value in item.ids.items():
                gtin = gtin_of(name, value)
                found |= {(name, value), ("", value)} | {(each, gtin) for each in GTIN_QUALIFIERS if gtin}
        return frozenset(found)

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
