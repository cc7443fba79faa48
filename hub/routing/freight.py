"""What a shipment's freight costs by weight: tables with fuel, surcharges and parcels, and the cheapest of them.

    price(w) = table(w) * (1 + fuel) + surcharges                                     up to the heaviest parcel h
    price(w) = (n - 1) * price(h) + price(w - (n - 1) * h), n = ceil(w / h)           in n parcels

Worked: 9.20 for 1 lb with 12.5 % of fuel and 0.60 a parcel is 10.95. A price that is no whole number of mills is
rounded to the nearest, half of one upwards.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import NamedTuple

from hub.model.tariff import RateTable, Terms
from hub.routing.problem import NEVER, Freight


def mills(amount: Decimal) -> int:
    """An amount of money in whole mills, the nearest; half of one upwards.

    >>> mills(Decimal("10.9505")), mills(Decimal("0.35"))
    (10951, 350)
    """
    return int((amount * 1000).to_integral_value(rounding=ROUND_HALF_UP))


class Grid(NamedTuple):
    """By what steps a table bills; ``volume_step`` 0 where size does not count."""

    weight_step: int
    volume_step: int


def grid_of(table: RateTable, terms: Terms) -> Grid:
    """The steps of a table under the terms of its service."""
    return Grid(table.step, terms.dimensional.volume_step(table.step) if terms.dimensional else 0)


def parcel_prices(base: Sequence[int], terms: Terms, extra: int) -> tuple[int, ...]:
    """The prices of one parcel: ``base`` of the table, fuel, and ``extra`` mills of surcharges."""
    percent = Fraction(terms.fuel_percent)
    if percent == 0:
        return tuple(price + extra for price in base)
    # Twice the fraction, so that half a mill is rounded upwards without leaving whole numbers.
    above, below = (1 + percent / 100).as_integer_ratio()
    return tuple((2 * price * above + below) // (2 * below) + extra for price in base)


def shipment_prices(parcel: tuple[int, ...], most_parcels: int) -> tuple[int, ...]:
    """The prices of a shipment in one parcel or, beyond the heaviest, in several."""
    prices = list(parcel)
    heaviest = len(parcel) - 1
    for count in range(1, most_parcels):
        full = count * parcel[heaviest]
        prices += [full + price for price in parcel[1:]]
    return tuple(prices)


class Quote(NamedTuple):
    """What a service asks for a shipment by weight; ``extra``: mills on top, for lateness or days."""

    service: int
    grid: Grid
    prices: Sequence[int]
    extra: int = 0


def cheapest(quotes: Iterable[Quote]) -> tuple[Freight, ...]:
    """For each grid the cheapest service by weight; of equally dear ones the first by its index."""
    by_grid: dict[Grid, list[Quote]] = {}
    for quote in sorted(quotes, key=lambda each: each.service):
        by_grid.setdefault(quote.grid, []).append(quote)
    return tuple(_merged(grid, alike) for grid, alike in sorted(by_grid.items()))


def _merged(grid: Grid, quotes: Sequence[Quote]) -> Freight:
    size = max(len(quote.prices) for quote in quotes)
    prices, services = [NEVER] * size, [quotes[0].service] * size
    for quote in quotes:
        for index, price in enumerate(quote.prices):
            if price + quote.extra < prices[index]:
                prices[index], services[index] = price + quote.extra, quote.service
    return Freight(grid.weight_step, grid.volume_step, tuple(prices), tuple(services))
