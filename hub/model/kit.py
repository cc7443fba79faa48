"""Kits: items that are sold as one and consist of others, in fixed numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from enum import StrEnum
from fractions import Fraction
from math import lcm

from pydantic import Field

from hub.model.canonical import Canonical, PositiveAmount
from hub.model.identity import Sku


class KitKind(StrEnum):
    """A virtual kit has no stock of its own: it is put together when it ships. A pre-built one lies on the shelf."""

    VIRTUAL = "virtual"
    PREBUILT = "prebuilt"


class Kit(Canonical):
    """What one of ``sku`` consists of: eaches by component. In ``Network.kits`` no component is a virtual kit itself.

    ``separable``: its parts may ship from different places and at different times; else a set leaves one location.
    """

    sku: Sku
    kind: KitKind = KitKind.VIRTUAL
    components: Mapping[Sku, PositiveAmount] = Field(min_length=1)
    separable: bool = False

    @property
    def is_virtual(self) -> bool:
        """Whether its stock is that of its components."""
        return self.kind is KitKind.VIRTUAL

    def whole_sets(self, units: Mapping[Sku, Decimal]) -> Decimal:
        """Whole sets in so many eaches by component; one that is not named has none. Below zero where one is."""
        return min(whole_sets(units.get(sku, Decimal(0)), per_set) for sku, per_set in self.components.items())

    def limiting(self, units: Mapping[Sku, Decimal]) -> Sku:
        """The component that allows the fewest sets; of several the first by SKU."""
        return min(
            sorted(self.components),
            key=lambda sku: whole_sets(units.get(sku, Decimal(0)), self.components[sku]),
        )


def sets_sold(parts: Iterable[tuple[Decimal, Decimal, Decimal]]) -> tuple[Decimal, Decimal]:
    """By how many sets a location sells a kit, and how many at least; each part with its units a set, and by how many
    and at least how many eaches it is sold there.

    >>> sets_sold([(Decimal(2), Decimal(6), Decimal(0)), (Decimal(1), Decimal(1), Decimal(5))])
    (Decimal('3'), Decimal('5'))
    """
    by, least = 1, Decimal(0)
    for units, multiple, minimum in parts:
        if multiple != 1:
            by = lcm(by, (Fraction(units) / Fraction(multiple)).denominator)
        least = max(least, (minimum / units).to_integral_value(rounding=ROUND_CEILING))
    return Decimal(by), least


def whole_sets(units: Decimal, per_set: Decimal) -> Decimal:
    """Sets that so many eaches of one component allow.

    >>> whole_sets(Decimal(5), Decimal(2))
    Decimal('2')
    """
    return (units / per_set).to_integral_value(rounding=ROUND_FLOOR)
