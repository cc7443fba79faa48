"""Everything that moved or promised an item's stock, with the balance that each row left behind."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from heapq import merge
from typing import NamedTuple

from hub.model.identity import LocationId, Sku
from hub.model.ledger import Balance, Bucket, HeldEntry, Movement, Reservation
from hub.ports import UnitOfWork

Row = Movement | Reservation | HeldEntry


@dataclass(frozen=True, slots=True)
class Traced:
    """One row of the ledger, and what its location had once it was written (the count's time is not of then)."""

    row: Row
    after: Balance


class StockTrace(NamedTuple):
    """Rows, newest first; ``more``: older ones were left out; ``compacted``: how many are in the archive only."""

    rows: list[Traced]
    more: bool
    compacted: int


def trace_stock(
    uow: UnitOfWork, sku: Sku, location: LocationId | None = None, *, limit: int, since: datetime | None = None
) -> StockTrace:
    """The newest ``limit`` rows of a SKU in the order they were written down, of those written at or after ``since``.

    Balances are reckoned back from those of now: a row's own quantity is taken off to get what was there before it.
    """
    places = [location] if location is not None else None
    here = {each.location: each for each in uow.ledger.balances([sku], places)}
    traced: list[Traced] = []
    for row in _rows(uow, sku, location, limit + 1):
        after = here.get(row.location, Balance(sku, row.location))
        here[row.location] = _without(after, row)
        if since is None or row.recorded_at >= since:
            traced.append(Traced(row, after))
    return StockTrace(traced[:limit], len(traced) > limit, uow.compaction.compacted(sku, location))


def _rows(uow: UnitOfWork, sku: Sku, location: LocationId | None, limit: int) -> list[Row]:
    """Movements, promises and holds have no number in common: each keeps its own order, and the clock merges them. What
    was written in one moment is held after it came, and promised after it was held."""
    moved: Iterable[Row] = uow.ledger.movements(sku, location, limit=limit)
    promised: Iterable[Row] = uow.ledger.reservations(sku, location, limit=limit)
    held: Iterable[Row] = uow.ledger.held_entries(sku, location, limit=limit)
    return list(merge(promised, held, moved, key=lambda row: row.recorded_at, reverse=True))[:limit]


def _without(balance: Balance, row: Row) -> Balance:
    if isinstance(row, Reservation):
        return balance._replace(reserved=balance.reserved - row.quantity)
    if isinstance(row, HeldEntry):
        return balance._replace(soft_held=balance.soft_held - row.quantity)
    if row.bucket is Bucket.UNAVAILABLE:
        return balance._replace(unavailable=balance.unavailable - row.quantity)
    return balance._replace(on_hand=balance.on_hand - row.quantity)
