"""What routing knows of an item beside its stock: weight, size, worth and what may be done with it."""

from __future__ import annotations

from decimal import ROUND_CEILING, Decimal
from typing import NamedTuple

from hub.model.identity import Sku

GRAM = 1_600_000
"""A gram in units of weight. Grams, ounces and pounds are all whole numbers of them, so sixteen ounces are a pound and
not a little more."""
OUNCE = 45_359_237
POUND = 16 * OUNCE
KILOGRAM = 1000 * GRAM

CUBIC_CENTIMETRE = 1_000_000
"""A cubic centimetre in units of volume, which are nanolitres; a cubic inch is a whole number of them too."""
CUBIC_INCH = 16_387_064


def whole_units(amount: Decimal, unit: int) -> int:
    """So much in units of weight or volume, rounded up.

    >>> whole_units(Decimal("1.5"), POUND) == 24 * OUNCE
    True
    """
    return int((amount * unit).to_integral_value(rounding=ROUND_CEILING))


class ItemFacts(NamedTuple):
    """One each of a SKU. ``weight`` in units of ``GRAM`` and ``volume``, as packed, in those of ``CUBIC_CENTIMETRE``;
    None where nobody told. ``value``: what it is worth, in the network's currency.

    A plain tuple: a catalogue has hundreds of thousands of them, and who reads it has checked them.
    """

    sku: Sku
    title: str = ""
    weight: int | None = None
    volume: int | None = None
    value: Decimal | None = None
    category: str = ""
    hazmat: bool = False
    tags: tuple[str, ...] = ()
