"""A person corrects the ledger: so many units of an item are more or fewer there than we believed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from hub.errors import DataError
from hub.flows.arrivals import move_unless_counted
from hub.flows.work import Work
from hub.inventory.feed_guard import AHEAD
from hub.model.identity import LocationId, Sku
from hub.model.ledger import Balance, Cause, Movement
from hub.model.quantity import to_scaled


@dataclass(frozen=True, slots=True)
class Correction:
    """Signed eaches by SKU, why, and when it happened."""

    units: Mapping[Sku, Decimal]
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Corrected:
    """One item before and after. ``known``: the same correction had been recorded already. ``counted``: a count of a
    later moment has seen it, so on hand stays."""

    before: Balance
    after: Balance
    known: bool
    counted: bool


def adjust_stock(work: Work, where: LocationId, correction: Correction) -> list[Corrected]:
    """Move on-hand stock by the correction and have channels and waiting orders look again.

    The same SKU, units, reason and moment once more change nothing. Stock may become negative: it is kept and shown so.
    Raises DataError ``stock.unknown-location``, ``stock.adjustment``.
    """
    _check(work, where, correction)
    skus = sorted(correction.units)
    before = work.uow.ledger.lock(where, skus)
    news = move_unless_counted(work, [_movement(work, where, sku, correction) for sku in skus])
    known = set(skus) - {row.sku for row in news}
    after = work.uow.ledger.lock(where, skus)
    rose = [sku for sku in skus if after[sku].on_hand > before[sku].on_hand]
    work.wake(rose)
    work.touch(set(skus) - set(rose))
    return [
        Corrected(before[sku], after[sku], sku in known, sku not in known and before[sku].on_hand == after[sku].on_hand)
        for sku in skus
    ]


def _movement(work: Work, where: LocationId, sku: Sku, correction: Correction) -> Movement:
    units = correction.units[sku]
    at = int(correction.at.timestamp() * 1_000_000)
    return Movement(
        key=f"adjust:{where}:{sku}:{to_scaled(units)}:{at}:{correction.reason}",
        sku=sku,
        location=where,
        quantity=units,
        cause=Cause.ADJUSTMENT,
        observed_at=correction.at,
        recorded_at=work.now,
        # Who corrected is half of why.
        reference=f"{correction.reason} ({work.actor})",
    )


def _check(work: Work, where: LocationId, correction: Correction) -> None:
    if work.network.location(where) is None:
        known = ", ".join(sorted(each.location for each in work.network.locations)) or "none"
        raise DataError(
            f"There is no location {where}.", code="stock.unknown-location", cure=f"Known: {known}.", value=where
        )
    if not correction.units or not all(correction.units.values()) or not correction.reason.strip():
        raise DataError(
            "A correction needs a reason, and of each item more or fewer units.",
            code="stock.adjustment",
            cure="Give SKU=+UNITS or SKU=-UNITS and --reason.",
        )
    if correction.at > work.now + AHEAD:
        raise DataError(
            f"The correction is of {correction.at.isoformat()}, and it is {work.now.isoformat()}.",
            code="stock.adjustment",
            cure="Give a moment that has come.",
        )
