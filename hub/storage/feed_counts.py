"""The plain rows of a staged feed, counted where they lie: one statement for all of them instead of a thousand pages.

A row is plain where its figure is the whole story (``FeedStore.count`` says when). Of such a row the ledger's balance
becomes the figure, and the movement is the difference: the same key, words and columns as
``inventory.ledger.count_movements`` gives. All others are marked (``confirmed`` 0) and left to the flow.

On PostgreSQL the balances are held before anything is compared. A balance that did not exist cannot be held: where a
rival makes one in between, the numbers of rows do not add up, and everything is done again, with his row held too.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from hub.errors import InvariantError
from hub.model.identity import DocumentId, LocationId, Sku
from hub.model.ledger import count_moment
from hub.model.quantity import SCALE
from hub.model.stock import BulkCount, CountBasis
from hub.storage import touches
from hub.storage.column_types import to_micros
from hub.storage.transaction import Transaction

RATIOS = 1_000
"""So many of the ratios of new to old stock are told, the commonest; what is rarer cannot be what most items share."""

_PAIRS = """
    feed_rows f {join} balances b ON b.sku = f.sku AND b.location = :location WHERE f.place = :place
"""
_EVERY = _PAIRS.replace("{join}", "LEFT JOIN")
_KNOWN = _PAIRS.replace("{join}", "JOIN")
# What was counted later is news to the figure; of two figures of one moment the ledger keeps the first movement.
# Whoever waits for an item that was in doubt is woken by a figure that moves nothing.
_UNFIT = """(
    b.unavailable <> 0 OR b.counted_at > :as_of OR (b.counted_at = :as_of AND b.on_hand <> f.quantity)
    OR b.short_at >= coalesce(b.counted_at, b.short_at)
)"""

_HOLD = f"SELECT count(*) FROM (SELECT 1 FROM {_KNOWN} ORDER BY b.sku, b.location {{lock}} OF b) AS held"
# By SKU, so that only what is left is looked up.
_LEAVE = """
    UPDATE feed_rows SET confirmed = 0
    WHERE place = :place AND sku IN (
        SELECT sku FROM feed_rows WHERE place = :place
        GROUP BY sku HAVING count(*) > 1 OR min(form) IN (
            SELECT id FROM feed_forms
            WHERE document = :document AND feed = :feed AND (basis <> :basis OR units_each <> :one)
        )
        UNION ALL SELECT sku FROM request_lines WHERE location = :location AND outstanding > 0
        UNION ALL SELECT sku FROM departures WHERE location = :location AND shipped_at > :as_of
        UNION ALL SELECT sku FROM given_up WHERE location = :location AND at > :as_of
        UNION ALL SELECT sku FROM movements
        WHERE location = :location AND cause NOT IN ('count', 'shipment') AND observed_at > :as_of
    )
"""
_LEAVE_UNFIT = f"""
    UPDATE feed_rows SET confirmed = 0
    WHERE place = :place AND confirmed = 1 AND sku IN (SELECT f.sku FROM {_KNOWN} AND f.confirmed = 1 AND {_UNFIT})
"""
_COMPARE = f"""
    SELECT count(b.sku) AS held,
           count(*) FILTER (WHERE f.confirmed = 1) AS items,
           count(*) FILTER (WHERE f.confirmed = 1 AND b.sku IS NULL) AS fresh,
           count(*) FILTER (WHERE f.confirmed = 1 AND {_UNFIT}) AS unfit,
           count(*) FILTER (WHERE f.confirmed = 1 AND (b.counted_at IS NOT NULL OR b.on_hand > 0)) AS there,
           count(*) FILTER (WHERE f.confirmed = 1 AND b.on_hand > 0 AND f.quantity <= 0) AS zeroed,
           count(*) FILTER (WHERE f.confirmed = 1 AND b.on_hand > 0 AND f.quantity > 0) AS compared,
           count(*) FILTER (WHERE f.confirmed = 1 AND b.on_hand > 0 AND f.quantity = b.on_hand) AS same,
           count(*) FILTER (WHERE f.confirmed = 1 AND f.quantity <> coalesce(b.on_hand, 0)) AS moved
    FROM {_EVERY}
"""
_RATIOS = f"""
    SELECT CAST(f.quantity AS double precision) / b.on_hand AS ratio, count(*) AS items
    FROM {_KNOWN} AND f.confirmed = 1 AND b.on_hand > 0 AND f.quantity > 0 AND f.quantity <> b.on_hand
    GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT {RATIOS}
"""
_NEWEST = "SELECT coalesce(max(id), 0) FROM movements"
_MOVE = f"""
    INSERT INTO movements (key, sku, location, quantity, cause, observed_at, recorded_at, bucket, document, reference)
    SELECT 'count:' || :document || ':' || f.sku || ':' || :location || ':' || :moment, f.sku, :location,
           f.quantity - coalesce(b.on_hand, 0), 'count', :as_of, :now, 'on_hand', :document, :document
    FROM {_EVERY} AND f.confirmed = 1 AND f.quantity <> coalesce(b.on_hand, 0)
    ORDER BY f.sku
"""
_MOVED = """
    FROM movements
    WHERE id > :newest AND document = :document AND location = :location AND bucket = 'on_hand' AND cause = 'count'
"""
_AWAITED = f"""
    SELECT DISTINCT sku FROM open_lines
    WHERE quantity > 0 AND EXISTS (SELECT 1 {_MOVED} AND movements.quantity > 0 AND movements.sku = open_lines.sku)
    ORDER BY sku
"""
_WRITE = """
    UPDATE balances SET on_hand = f.quantity, counted_at = :as_of, counted_document = :document
    FROM feed_rows f
    WHERE f.place = :place AND f.confirmed = 1 AND balances.sku = f.sku AND balances.location = :location
"""
# Where the feed names everything there and nothing moved, no row needs to be looked up.
_CONFIRM = """
    UPDATE balances SET counted_at = :as_of, counted_document = :document WHERE location = :location
"""
_ADD = f"""
    INSERT INTO balances (sku, location, on_hand, unavailable, reserved, counted_at, counted_document)
    SELECT f.sku, :location, f.quantity, 0, 0, :as_of, :document
    FROM {_EVERY} AND f.confirmed = 1 AND b.sku IS NULL
    ORDER BY f.sku
    ON CONFLICT (sku, location) DO NOTHING
"""
_THERE = "SELECT count(*) FROM balances WHERE location = :location"
_THERE_AND_LEFT = f"{_THERE} AND sku IN (SELECT sku FROM feed_rows WHERE place = :place AND confirmed = 0)"


@dataclass(frozen=True, slots=True)
class Staged:
    """Where rows of a feed about a location lie."""

    document: DocumentId
    feed: int
    location: LocationId
    place: int


class _RivalCameError(Exception):
    """Leaves the savepoint of a count beside which somebody made a balance."""


def count(
    transaction: Transaction,
    which: Staged,
    basis: CountBasis,
    as_of: datetime,
    now: datetime,
) -> BulkCount:
    """See FeedStore.count."""
    values = {
        "document": which.document,
        "feed": which.feed,
        "location": which.location,
        "place": which.place,
        "basis": basis.value,
        "one": SCALE,
        "as_of": to_micros(as_of),
        "moment": str(count_moment(as_of)),
        "now": to_micros(now),
    }
    with transaction.in_bulk():
        while True:
            with suppress(_RivalCameError), transaction.savepoint():
                return _count(transaction, values)
            if not transaction.has_rivals:
                raise InvariantError(f"The balances at {which.location} are not those that were compared.")


def _count(transaction: Transaction, values: Mapping[str, Any]) -> BulkCount:
    held = transaction.run(_HOLD, values).scalar_one() if transaction.has_rivals else None
    left = transaction.run(_LEAVE, values).rowcount
    (found,) = transaction.run(_COMPARE, values)
    if found.unfit:
        left += transaction.run(_LEAVE_UNFIT, values).rowcount
        (found,) = transaction.run(_COMPARE, values)
    if held not in {None, found.held}:
        raise _RivalCameError
    ratios: dict[float, int] = {1.0: found.same} if found.same else {}
    awaited: list[Sku] = []
    if found.moved:
        ratios |= {row.ratio: row.items for row in transaction.run(_RATIOS, values)}
        awaited = _move(transaction, values)
    names_all = _there(transaction, values, left=left) + found.fresh == found.items
    confirms = names_all and not left and not found.moved
    _write(transaction, _CONFIRM if confirms else _WRITE, values, found.items, found.fresh)
    return BulkCount(
        items=found.items,
        moved=found.moved,
        there=found.there,
        zeroed=found.zeroed,
        compared=found.compared,
        ratios=ratios,
        awaited=tuple(awaited),
        names_all=names_all,
        complete=not left,
    )


def _there(transaction: Transaction, values: Mapping[str, Any], *, left: int) -> int:
    """Balances at the location, those of rows that were left not among them."""
    there: int = transaction.run(_THERE, values).scalar_one()
    return there - transaction.run(_THERE_AND_LEFT, values).scalar_one() if left else there


def _move(transaction: Transaction, values: Mapping[str, Any]) -> list[Sku]:
    """Write the movements and have channels look at their SKUs; those that rose and are waited for."""
    after = {**values, "newest": transaction.run(_NEWEST).scalar_one()}
    transaction.run(_MOVE, values)
    touches.touch(transaction, f"SELECT sku {_MOVED}", after)
    return [Sku(sku) for sku in transaction.run(_AWAITED, after).scalars()]


def _write(transaction: Transaction, update: str, values: Mapping[str, Any], items: int, fresh: int) -> None:
    """The balances, those first that are there; raises _RivalCameError where one that was not there is there now."""
    known = transaction.run(update, values).rowcount if items > fresh else 0
    added = transaction.run(_ADD, values).rowcount if fresh else 0
    if (known, added) != (items - fresh, fresh):
        raise _RivalCameError
