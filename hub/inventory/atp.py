"""Available to promise: what may be promised of one SKU at one location, with its working shown.

    atp = on hand - unavailable - reserved - softly held - backordered - safety stock

Worked: 40 on hand, 1 damaged, 12 reserved, 2 kept for a cart, 3 backordered there, safety stock 2:
40 - 1 - 12 - 2 - 3 - 2 = 20. It may be negative and is then shown so. ``floor`` (backordered + safety) is what the
guarded reservation leaves untouched, so that the sum and the guard can never disagree.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from hub.inventory.counting import Term
from hub.inventory.freshness import Band, Freshness, shown_of
from hub.model.identity import DocumentId, LocationId, Sku
from hub.model.ledger import Balance
from hub.model.network import Location

_ZERO = Decimal(0)

_Part = tuple[str, Decimal] | tuple[str, Decimal, DocumentId | None, datetime | None]
"""The fields of a Term: of the many that are worked out, few are ever read."""


@dataclass(frozen=True, slots=True)
class Atp:
    """``quantity`` is what ``parts`` add up to; ``usable`` is False where it must not be promised, and ``why``.

    ``shown`` is what channels show of it, less where its count is old, and ``shown_why``. ``soft_held`` is the term of
    the units kept for carts and quotes.
    """

    sku: Sku
    location: LocationId
    quantity: Decimal
    floor: Decimal
    parts: tuple[_Part, ...] = field(repr=False)
    usable: bool = True
    code: str = ""
    why: str = ""
    shown: Decimal = _ZERO
    shown_why: str = ""
    soft_held: Decimal = _ZERO

    @property
    def terms(self) -> tuple[Term, ...]:
        """The working: what is on hand, and what of it may not be promised."""
        return tuple(Term(*part) for number, part in enumerate(self.parts) if not number or part[1])

    def for_holder(self, own: Decimal) -> Decimal:
        """What may be promised to the order whose soft hold keeps ``own`` units here.

        Its own units are free for it. Where a count has left less than all holds keep together, those of others do not
        keep it from what is there. Worked: 5 on hand, two holds of 5 each: 5 - 10 = -5 for everybody, 5 for either.
        """
        return max(self.quantity + own, min(own, self.quantity + self.soft_held)) if own else self.quantity


def available_to_promise(location: Location, balance: Balance, backordered: Decimal, fresh: Freshness) -> Atp:
    """What may be promised (module docstring). ``fresh``: how far the location's figures are believed now."""
    parts: tuple[_Part, ...] = (
        ("on hand", balance.on_hand, balance.counted_document, balance.counted_at),
        ("damaged or held", -balance.unavailable),
        ("reserved for our requests", -balance.reserved),
        ("kept by soft holds", -balance.soft_held),
        ("backordered there, the next to arrive are theirs", -backordered),
        ("safety stock", -location.safety_stock),
    )
    code, why = unusable(location, fresh)
    floor = backordered + location.safety_stock
    quantity = balance.available - floor
    shown_units, shown_why = shown_of(location.counting, fresh, quantity)
    return Atp(
        sku=balance.sku,
        location=location.location,
        quantity=quantity,
        floor=floor,
        parts=parts,
        usable=not code,
        code=code,
        why=why,
        shown=_ZERO if code else shown_units,
        shown_why=shown_why,
        soft_held=balance.soft_held,
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
