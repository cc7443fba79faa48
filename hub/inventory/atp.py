"""Available to promise: what may be promised of one SKU at one location, with its working shown.

    atp = on hand - unavailable - reserved - softly held - backordered - safety stock - doubted

Worked: 40 on hand, 1 damaged, 12 reserved, 2 kept for a cart, 3 backordered there, safety stock 2:
40 - 1 - 12 - 2 - 3 - 2 = 20. It may be negative and is then shown so. Doubted is what is left of these where the
location said since its count that it had none (``inventory.shortages``). ``floor`` (backordered + safety + doubted) is
what the guarded reservation leaves untouched, so that the sum and the guard can never disagree.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import NamedTuple

from hub.inventory.counting import Term
from hub.inventory.freshness import Band, Freshness, shown_of
from hub.inventory.record import Record, shown_by_record
from hub.model.identity import DocumentId, LocationId, Sku
from hub.model.ledger import Balance
from hub.model.network import Location

_ZERO = Decimal(0)

_Part = tuple[str, Decimal] | tuple[str, Decimal, DocumentId | None, datetime | None]
"""The fields of a Term: of the many that are worked out, few are ever read."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A location as it is now: how far its figures are believed (``fresh``), its ``record`` where that lowers what
    channels are shown, and ``code`` and ``why`` nothing may be promised from it, empty where something may."""

    location: Location
    fresh: Freshness
    record: Record | None
    code: str
    why: str


def standing(location: Location, fresh: Freshness, record: Record | None = None) -> Standing:
    """How the location stands. ``record``: how often it had not what it was asked for, None where nobody wants to
    know."""
    code, why = _unusable(location, fresh)
    return Standing(location, fresh, record, code, why)


class Atp(NamedTuple):
    """``quantity`` is what ``parts`` add up to, made where they are read; ``usable`` is False where it must not
    be promised, and ``why``.

    ``shown`` is what channels show of it: less ``kept_back`` where its count is old or its record bad. ``soft_held`` is
    the term of the units kept for carts and quotes. ``doubt`` says why its figure is not believed, where it is not.
    """

    sku: Sku
    location: LocationId
    quantity: Decimal
    floor: Decimal
    parts: Callable[[], tuple[_Part, ...]]
    usable: bool = True
    code: str = ""
    why: str = ""
    shown: Decimal = _ZERO
    kept_back: tuple[Term, ...] = ()
    soft_held: Decimal = _ZERO
    doubt: str = ""

    @property
    def terms(self) -> tuple[Term, ...]:
        """The working: what is on hand, and what of it may not be promised."""
        return tuple(Term(*part) for number, part in enumerate(self.parts()) if not number or part[1])

    def for_holder(self, own: Decimal) -> Decimal:
        """What may be promised to the order whose soft hold keeps ``own`` units here.

        Its own units are free for it. Where a count has left less than all holds keep together, those of others do not
        keep it from what is there. Worked: 5 on hand, two holds of 5 each: 5 - 10 = -5 for everybody, 5 for either.
        """
        return max(self.quantity + own, min(own, self.quantity + self.soft_held)) if own else self.quantity


def available_to_promise(at: Standing, balance: Balance, backordered: Decimal, believed: Decimal | None = None) -> Atp:
    """What may be promised (module docstring). ``believed``: the most that may be promised of an item in doubt, None
    where it is in none."""
    safety_stock = at.location.safety_stock
    floor = backordered + safety_stock
    doubt, doubted = "", _ZERO
    if believed is not None:
        doubt = _doubt(balance)
        # Units that soft holds keep are in as much doubt as the rest.
        doubted = max(_ZERO, balance.available + balance.soft_held - floor - believed)
    floor += doubted
    quantity = balance.available - floor
    shown, kept_back = _shown(at, quantity)
    # In the order of its fields: there are fifty of them for each SKU that a channel is told of.
    return Atp(
        balance.sku,
        balance.location,
        quantity,
        floor,
        partial(_parts, balance, backordered, safety_stock, (doubt, -doubted)),
        not at.code,
        at.code,
        at.why,
        _ZERO if at.code else shown,
        kept_back,
        balance.soft_held,
        doubt,
    )


def _parts(balance: Balance, backordered: Decimal, safety_stock: Decimal, doubted: _Part) -> tuple[_Part, ...]:
    return (
        ("on hand", balance.on_hand, balance.counted_document, balance.counted_at),
        ("damaged or held", -balance.unavailable),
        ("reserved for our requests", -balance.reserved),
        ("kept by soft holds", -balance.soft_held),
        ("backordered there, the next to arrive are theirs", -backordered),
        ("safety stock", -safety_stock),
        doubted,
    )


def _shown(at: Standing, quantity: Decimal) -> tuple[Decimal, tuple[Term, ...]]:
    """What channels show of it, first by the age of its count and then by its record, and what each holds back."""
    rule, fresh, record = at.location.counting, at.fresh, at.record
    there = quantity if quantity > 0 else _ZERO
    judged = rule.record if record is not None else None
    if fresh.band is Band.TRUSTED and judged is None:
        return there, ()
    believed, why_old = shown_of(rule, fresh, there)
    shown, why_short = (believed, "") if judged is None or record is None else shown_by_record(judged, record, believed)
    terms = (Term(why_old, believed - there), Term(why_short, shown - believed))
    return shown, tuple(term for term in terms if term.quantity)


def _doubt(balance: Balance) -> str:
    when = f"{balance.short_at:%Y-%m-%d %H:%M} UTC" if balance.short_at is not None else "before"
    return f"it did not have what {balance.short_request} asked for ({when}), and has not counted it since"


def _unusable(location: Location, fresh: Freshness) -> tuple[str, str]:
    if not location.active:
        return "inactive", "switched off in the configuration"
    if fresh.band is not Band.STALE:
        return "", ""
    if fresh.age_hours is None:
        return "stale", "never counted"
    limit = location.counting.stale_after_hours
    return "stale", f"its newest count is {fresh.age_hours} h old, trusted for {limit:f} h"
