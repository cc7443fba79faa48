"""Soft holds: units kept for a cart, a quote or an order on its way, always until a named moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from hub.model.identity import ChannelId, LocationId, OrderId, Sku, SoftHoldKey

_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class HeldUnits:
    """``quantity`` eaches were kept at a location when the hold was placed; ``held`` of them still are."""

    sku: Sku
    location: LocationId
    quantity: Decimal
    held: Decimal


@dataclass(frozen=True, slots=True)
class SoftHold:
    """Units kept for whoever names ``key``. ``channel``: only its orders may, where one is named.

    ``order_id``: the order that named it. From then on it is that order's: it ends with the order's need for its units,
    and its expiry is put off until then.
    """

    key: SoftHoldKey
    units: tuple[HeldUnits, ...]
    placed_at: datetime
    expires_at: datetime
    channel: ChannelId | None = None
    location: LocationId | None = None
    reason: str = ""
    order_id: OrderId | None = None

    @property
    def live(self) -> bool:
        """Whether it still keeps anything."""
        return any(each.held for each in self.units)

    @property
    def asked(self) -> dict[Sku, Decimal]:
        """Units it was placed for, by SKU."""
        return self._sums({each: each.quantity for each in self.units})

    @property
    def held(self) -> dict[Sku, Decimal]:
        """Units it still keeps, by SKU; zero where none are left."""
        return self._sums({each: each.held for each in self.units})

    def held_at(self, location: LocationId) -> dict[Sku, Decimal]:
        """Units it still keeps at one location."""
        return {each.sku: each.held for each in self.units if each.location == location}

    @staticmethod
    def _sums(units: dict[HeldUnits, Decimal]) -> dict[Sku, Decimal]:
        sums: dict[Sku, Decimal] = {}
        for each, quantity in units.items():
            sums[each.sku] = sums.get(each.sku, _ZERO) + quantity
        return sums
