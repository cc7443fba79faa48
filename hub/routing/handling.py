"""What a location costs beside the freight, as whole mills: a fixed part, and a curve by units of a line.

    fixed     = per request + minutes per request * hourly rate + (1 - acceptance) * price of a re-route
    curve(u)  = per line + minutes per line * hourly rate
              + u * (per unit + minutes per unit * hourly rate - credit for slow stock) + tiers(u) + scarce(u)

Worked: 4.00 a request, 20 an hour with 3 minutes a request, 95 % accepted and 5.00 a re-route: 4 + 1 + 0.25 = 5.25.
Prices of units are kept in millionths of the currency, and rounded to mills once a curve has been added up.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from hub.model.item import ItemFacts
from hub.model.prices import Prices
from hub.model.shipping_cost import Labour, LastUnits, Markdown, ShippingCost, UnitTier
from hub.model.tariff import Reserve
from hub.routing.freight import mills

_HALF = 500
_MILL = 1000
_SLOW = ("slow",)

Units = int | Fraction


class Handling(NamedTuple):
    """The prices of a location. ``fixed_by_name`` for each shipment and ``parcel`` for each of its parcels in mills;
    ``line``, ``unit`` and ``tiers`` (last unit of each, price of a unit) in millionths. ``scarce``: a price on the last
    units of every item, in mills. ``load``: mills where the location is fully used."""

    fixed_by_name: tuple[tuple[str, int], ...]
    parcel: int
    line: int
    unit: int
    tiers: tuple[tuple[int | None, int], ...]
    scarce: Reserve | None
    markdown: Markdown | None
    load: int

    @property
    def fixed(self) -> int:
        """Mills for each shipment."""
        return sum(price for _, price in self.fixed_by_name)

    def loaded(self, left: int, capacity: int | None) -> int:
        """Mills on a shipment from a location that has so much left of its capacity of that day."""
        return self.load * (capacity - left) // capacity if capacity else 0

    def curve(
        self,
        steps: int,
        available: Units,
        *,
        item: ItemFacts | None = None,
        per_step: Units = 1,
        reserve: Reserve | None = None,
    ) -> tuple[int, ...]:
        """Mills of a line by steps, from none to ``steps`` of ``per_step`` units each.

        ``available``: units there, of which the last may be scarce; ``reserve`` is the item's own price on them. A
        credit for slow stock may make it less than nothing.
        """
        unit = self.unit - self._credit(item)
        scarce = reserve or self.scarce
        if not self.tiers and scarce is None and per_step == 1:
            return (0, *((self.line + unit * units + _HALF) // _MILL for units in range(1, steps + 1)))
        amounts = [per_step * count for count in range(1, steps + 1)]
        return (
            0,
            *(
                int((self.line + unit * units + self._tiered(units) + _kept(scarce, available, units) + _HALF) // _MILL)
                for units in amounts
            ),
        )

    def _credit(self, item: ItemFacts | None) -> int:
        """Millionths credited for each unit of an item."""
        markdown = self.markdown
        if markdown is None or item is None or item.value is None or not set(markdown.tags).intersection(item.tags):
            return 0
        return int(item.value * markdown.percent * 10_000)

    def _tiered(self, units: Units) -> Units:
        total: Units = 0
        begun = 0
        for until, price in self.tiers:
            inside = units - begun if until is None else min(units, until) - begun
            if inside <= 0:
                break
            total += inside * price
            begun = until or begun
        return total


def _kept(scarce: Reserve | None, available: Units, units: Units) -> Units:
    """Millionths on the last units that ``units`` of those ``available`` take."""
    if scarce is None:
        return 0
    free = max(0, available - scarce.units) if scarce.units is not None else 0
    return max(0, units - free) * scarce.price * _MILL


def handling_of(cost: ShippingCost, prices: Prices) -> Handling:
    """The prices of a location under a goal."""
    labour = cost.labour
    return Handling(
        fixed_by_name=(
            ("request", mills(cost.per_request)),
            ("labour", mills(_worked(labour, labour.minutes_per_request))),
            ("rejection risk", mills((1 - cost.acceptance) * prices.reroute)),
        ),
        parcel=mills(cost.per_parcel),
        line=_millionths(cost.per_line + _worked(labour, labour.minutes_per_line)),
        unit=_millionths(cost.per_unit + _worked(labour, labour.minutes_per_unit)),
        tiers=_tiers(cost.unit_tiers),
        scarce=_scarce(cost.scarce, prices),
        markdown=cost.markdown or _markdown(prices),
        load=mills(prices.load),
    )


def _worked(labour: Labour, minutes: Decimal) -> Decimal:
    return labour.per_hour * minutes / 60


def _millionths(amount: Decimal) -> int:
    return round(amount * 1_000_000)


def _tiers(tiers: Sequence[UnitTier]) -> tuple[tuple[int | None, int], ...]:
    return tuple((tier.up_to, _millionths(tier.price)) for tier in tiers)


def _scarce(own: LastUnits | None, prices: Prices) -> Reserve | None:
    if own is not None:
        return Reserve(mills(own.price), own.units)
    return Reserve(mills(prices.scarce), prices.scarce_units) if prices.scarce else None


def _markdown(prices: Prices) -> Markdown | None:
    return Markdown(percent=prices.markdown_percent, tags=_SLOW) if prices.markdown_percent else None
