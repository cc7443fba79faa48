"""Units of measure: exact conversion of a partner's packs to the base unit (eaches)."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

from hub.errors import DataError

BASE_UNIT = "EA"
SCALE = 1_000_000
"""The ledger stores quantities as whole millionths of a base unit: exact, and comparable in SQL."""


def to_base(quantity: Decimal, units_each: Decimal) -> Decimal:
    """``quantity`` packs of ``units_each`` eaches as eaches, exactly.

    >>> to_base(Decimal(3), Decimal(12))
    Decimal('36')
    """
    return quantity * units_each


def from_base(quantity: Decimal, units_each: Decimal) -> Decimal:
    """Eaches as whole packs; a remainder is a ``DataError`` (a case-only supplier can't ship one)."""
    packs = Fraction(quantity) / Fraction(units_each)
    if packs.denominator != 1:
        raise DataError(
            f"{quantity} eaches are no whole number of packs of {units_each}.",
            code="data.broken-pack",
            cure="Order a multiple of the pack, or let the location break packs.",
        )
    return Decimal(packs.numerator)


def to_scaled(quantity: Decimal) -> int:
    """A quantity as whole millionths; a seventh decimal place is a ``DataError``."""
    scaled = quantity * SCALE
    whole = int(scaled)
    if whole != scaled:
        raise DataError(f"{quantity} has more than six decimal places.", code="data.quantity-precision")
    return whole


@lru_cache(maxsize=10_000)
def from_scaled(scaled: int) -> Decimal:
    """Whole millionths as a plain Decimal (``2``, never ``2.000000``)."""
    whole, rest = divmod(scaled, SCALE)
    if rest == 0:
        return Decimal(whole)
    return (Decimal(scaled) / SCALE).normalize()
