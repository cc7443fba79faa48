"""Units of measure: exact conversion of a partner's units to the base unit (eaches), and in what lots an item is sold.

How many eaches a unit holds is a ratio (``Units``): a case of 12, a pound of 0.45359237 kilograms, a third of a roll.
Nothing here is ever rounded. What the ledger cannot keep in whole millionths of an each is an error, so an item that
is sold in thirds is counted in thirds: its each is the smallest thing that anybody sells.
"""

from __future__ import annotations

import re
from decimal import ROUND_FLOOR, Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Annotated

from pydantic import AfterValidator, Field

from hub.errors import DataError

BASE_UNIT = "EA"
SCALE = 1_000_000
"""The ledger stores quantities as whole millionths of a base unit: exact, and comparable in SQL."""

_SMALLEST, _LARGEST = Decimal("1e-12"), Decimal("1e12")
_RATIO = re.compile(r"\d{1,12}(\.\d{1,12})?|\d{1,12}/\d{1,12}", re.ASCII)
_ONE = Decimal(1)
_ZERO = Decimal(0)

Units = Decimal | Fraction
"""How many eaches one unit holds, exactly: a Decimal of at most six places, a Fraction for all others."""


def exact_units(ratio: Units) -> Units:
    """The same ratio as ``Units`` says it; anything but more than none and less than a million million is a ValueError.

    >>> exact_units(Fraction(24, 2)), exact_units(Decimal("0.45359237"))
    (Decimal('12'), Fraction(45359237, 100000000))
    """
    if not _SMALLEST < ratio < _LARGEST:
        raise ValueError("not above zero, or a million million or more")
    exact = Fraction(ratio)
    return _decimal(exact) or exact


@lru_cache(maxsize=1024)
def parse_units(text: str) -> Units:
    """``12``, ``0.453592`` or ``1/3``; a ValueError for anything else, and for what holds nothing."""
    said = text.strip()
    if not _RATIO.fullmatch(said):
        raise ValueError("no number and no ratio of two whole numbers")
    above, _, below = said.partition("/")
    if below and not int(below):
        raise ValueError("divided by zero")
    return exact_units(Fraction(above) / Fraction(below or "1"))


def show_units(units_each: Units) -> str:
    """As ``parse_units`` reads it.

    >>> show_units(Decimal("12.50")), show_units(Fraction(1, 3))
    ('12.50', '1/3')
    """
    return f"{units_each:f}" if isinstance(units_each, Decimal) else str(units_each)


UnitSize = Annotated[Units, Field(union_mode="left_to_right"), AfterValidator(exact_units)]
"""``Units`` as a model's field."""


def to_base(quantity: Decimal, units_each: Units) -> Decimal:
    """``quantity`` units of ``units_each`` eaches as eaches, exactly.

    Raises DataError ``data.quantity-precision`` for what is no whole number of millionths of an each.

    >>> to_base(Decimal(3), Decimal(12)), to_base(Decimal(6), Fraction(1, 3))
    (Decimal('36'), Decimal('2'))
    """
    if isinstance(units_each, Decimal) and units_each == 1:
        return _checked(quantity)
    eaches = _decimal(Fraction(quantity) * Fraction(units_each))
    if eaches is None:
        raise DataError(
            f"{quantity:f} units of {show_units(units_each)} eaches are no number of six decimal places.",
            code="data.quantity-precision",
            cure="Count the item in a smaller each, such as a third, or correct units_each in items.csv.",
        )
    return eaches


def from_base(quantity: Decimal, units_each: Units) -> Decimal:
    """Eaches as whole units; a remainder is a ``DataError`` (a case-only supplier can't ship one)."""
    units = whole_units(quantity, units_each)
    if units is None:
        raise DataError(
            f"{quantity} eaches are no whole number of packs of {show_units(units_each)}.",
            code="data.broken-pack",
            cure="Order a multiple of the pack, or let the location break packs.",
        )
    return units


def whole_units(quantity: Decimal, units_each: Units) -> Decimal | None:
    """Eaches as whole units; None where they are not."""
    units = Fraction(quantity) / Fraction(units_each)
    return Decimal(units.numerator) if units.denominator == 1 else None


def floored_units(quantity: Decimal, units_each: Units) -> Decimal:
    """The most whole units that so many eaches are; of fewer than none the fewer."""
    return Decimal(Fraction(quantity) // Fraction(units_each))


def amount_of_unit(amount_of_each: Decimal, units_each: Units) -> Decimal:
    """What one unit costs, weighs or measures where one each is so much; to 28 digits, for a third has no end."""
    ratio = Fraction(units_each)
    return amount_of_each * ratio.numerator / ratio.denominator


def amount_of_each(amount_of_unit: Decimal, units_each: Units) -> Decimal:
    """What one each costs where one unit is so much; to 28 digits, for a third has no end."""
    ratio = Fraction(units_each)
    return amount_of_unit * ratio.denominator / ratio.numerator


def sold_at_once(units: Decimal, multiple: Decimal = _ONE, minimum: Decimal = _ZERO) -> Decimal:
    """The most of so many eaches that is sold at once: whole multiples where there are any, and none below the minimum.

    Never more than ``units``: who wants 5 of what is sold by the 6 gets none, not 6.

    >>> [sold_at_once(Decimal(units), Decimal(6), Decimal(12)) for units in (5, 11, 17, 18)]
    [Decimal('0'), Decimal('0'), Decimal('12'), Decimal('18')]
    """
    some = max(_ZERO, units)
    if multiple != _ONE:
        some = (some / multiple).to_integral_value(rounding=ROUND_FLOOR) * multiple
    return some if some >= minimum else _ZERO


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


def _decimal(exact: Fraction) -> Decimal | None:
    """As a Decimal; None for one of more than six places."""
    scaled = exact * SCALE
    return from_scaled(scaled.numerator) if scaled.denominator == 1 else None


def _checked(quantity: Decimal) -> Decimal:
    to_scaled(quantity)
    return quantity
