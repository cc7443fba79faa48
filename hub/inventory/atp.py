"""Available to promise: what may be promised of one SKU at one location, with its working shown.

    atp = on hand - unavailable - reserved - backordered - safety stock

Worked: 40 on hand, 1 damaged, 12 reserved, 3 backordered there, safety stock 2: 40 - 1 - 12 - 3 - 2 = 22.
It may be negative and is then shown so. ``floor`` (backordered + safety) is what the guarded reservation leaves
untouched, so that the sum and the guard can never disagree.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from hub.inventory.counting import Term
from hub.inventory.freshness import Band, Freshness, shown_of
from hub.model.identity import LocationId, Sku
from hub.model.ledger import Balance
from hub.model.network import Location

_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Atp:
    """``quantity`` is what ``terms`` add up to; ``usable`` is False where it must not be promised, and ``why``.

    ``shown`` is what channels show of it, less where its count is old, and ``shown_why``.
    """

    sku: Sku
    location: LocationId
    quantity: Decimal
    floor: Decimal
    terms: tuple[Term, ...]
    usable: bool = True
    code: str = ""
    why: str = ""
    shown: Decimal = _ZERO
    shown_why: str = ""


def available_to_promise(location: Location, balance: Balance, backordered: Decimal, fresh: Freshness) -> Atp:
    """What may be promised (module docstring). ``fresh``: how far the location's figures are believed now."""
    less = (
        ("damaged or held", balance.unavailable),
        ("reserved for our requests", balance.reserved),
        ("backordered there, the next to arrive are theirs", backordered),
        ("safety stock", location.safety_stock),
    )
    terms = [Term("on hand", balance.on_hand, balance.counted_document, balance.counted_at)]
    terms += [Term(words, -units) for words, units in less if units]
    code, why = unusable(location, fresh)
    floor = backordered + location.safety_stock
    quantity = balance.on_hand - balance.unavailable - balance.reserved - floor
    shown_units, shown_why = shown_of(location.counting, fresh, quantity)
    return Atp(
        sku=balance.sku,
        location=location.location,
        quantity=quantity,
        floor=floor,
        terms=tuple(terms),
        usable=not code,
        code=code,
        why=why,
        shown=_ZERO if code else shown_units,
        shown_why=shown_why,
    )


def unusable(location: Location, fresh: Freshness) -> tuple[str, str]:
    """Code and words of why a location may not promise anything now; two empty texts where it may."""
    if not location.active:
        return "inactive", "switched off in the configuration"
    if fresh.band is not Band.STALE:
        return "", ""
    if fresh.age_hours is None:
        return "stale", "never counted"
    limit = location.counting.stale_after_hours
    return "stale", f"its newest count is {fresh.age_hours} h old, trusted for {limit:f} h"
