"""What one each costs, from a price and the code of what it is for (X12 element 639: CTP09, IT105)."""

from __future__ import annotations

from decimal import Decimal

from hub.model.quantity import Units, amount_of_each

_BY_THE_EACH = frozenset({"PE", "LE", "TE", "WE", "RE"})
_BY_WEIGHT = frozenset({"PP"})
_BY_MANY = {"HP": Decimal(100), "TP": Decimal(1000)}
"""Per hundred and per thousand of the unit."""


def each_price(amount: Decimal, basis: str, units_each: Units) -> Decimal | None:
    """The price of one each, not rounded, so that times the unit it is the partner's figure again.

    ``amount`` is for one of the unit, which holds ``units_each`` eaches, unless ``basis`` says for one each, for a
    hundred or a thousand. None for a price by weight: what an item weighs is not known here.
    """
    if basis in _BY_WEIGHT:
        return None
    if basis in _BY_THE_EACH:
        return amount
    return amount_of_each(amount, units_each) / _BY_MANY.get(basis, 1)
