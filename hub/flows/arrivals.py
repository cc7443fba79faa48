"""Stock that came or went without a customer's order, beside counts that may know of it already."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from hub.flows.work import Work
from hub.inventory import ledger
from hub.model.identity import LocationId, Sku
from hub.model.ledger import Bucket, Movement


def move_unless_counted(work: Work, movements: Sequence[Movement]) -> list[Movement]:
    """Move stock; what a later count has seen is moved and given back. Gives the movements that are new.

    So that the ledger tells what happened, and is the same in whatever order the two reach us. Unavailable units are
    given back only where the location's counts say how many there are.
    """
    counted: dict[tuple[Sku, LocationId], datetime | None] = {}
    for where in sorted({row.location for row in movements}):
        held = work.uow.ledger.lock(where, {row.sku for row in movements if row.location == where})
        counted |= {(sku, where): balance.counted_at for sku, balance in held.items()}
    news = []
    for each in movements:
        seen = counted[each.sku, each.location] if _counts(work, each) else None
        row, *undone = ledger.beside_count(each, seen)
        # A repeat after a later count must not be given back alone.
        if work.uow.ledger.move([row]):
            work.uow.ledger.move(undone)
            news.append(row)
    return news


def _counts(work: Work, movement: Movement) -> bool:
    """Whether a count of the location speaks of what moved."""
    location = work.network.location(movement.location)
    return movement.bucket is Bucket.ON_HAND or location is None or location.counting.tells_unavailable
