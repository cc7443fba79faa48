"""The frozen crosswalk a connector parses and renders with: partner's items, sites and codes against ours.

SKUs are translated here, at parse and render, never in flows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType

from hub.errors import DataError
from hub.mapping.x12_profile import X12Profile
from hub.model.identity import ConnectionId, LocationId, PartnerId, Sku


@dataclass(frozen=True, slots=True)
class PartnerItem:
    """One of our SKUs as a partner names it. ``ids`` maps a qualifier (``VN``, ``UP``, ``sku``) to the partner's
    value; ``unit`` is the unit it counts and sells in, of which one holds ``units_each`` eaches. ``external_id`` is
    the partner system's own key where it has one."""

    sku: Sku
    ids: Mapping[str, str]
    unit: str = "EA"
    units_each: Decimal = Decimal(1)
    external_id: str = ""


@dataclass(frozen=True)
class Codebook:
    """Everything a connection needs to translate. ``tables`` are value tables by name (``855.ack``, ``units``).

    ``identity`` says that the partner's item ids are our SKUs where no item is listed (a channel of our own).
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
    _by_id: Mapping[tuple[str, str], PartnerItem] = field(init=False, repr=False)
    _by_value: Mapping[str, PartnerItem] = field(init=False, repr=False)
    _by_sku: Mapping[Sku, PartnerItem] = field(init=False, repr=False)
    _singles: dict[str, Mapping[str, Sku]] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        by_id = {(name, value): item for item in self.items for name, value in item.ids.items()}
        by_value = {value: item for item in self.items for value in item.ids.values()}
        object.__setattr__(self, "_by_id", MappingProxyType(by_id))
        object.__setattr__(self, "_by_value", MappingProxyType(by_value))
        object.__setattr__(self, "_by_sku", MappingProxyType({item.sku: item for item in self.items}))

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
                if name == qualifier and item.unit == "EA" and item.units_each == 1
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
