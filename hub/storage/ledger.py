"""The stock ledger: movements and reservations, and the balances kept beside them in the same transaction.

The guard against overselling is inside the UPDATE itself, so that no reader's stale figure can pass it. Rows of
``balances`` are always locked in the order (sku, location) and before ``holds``, so that writers on PostgreSQL
queue and do not deadlock.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from hub.errors import InvariantError
from hub.model.identity import DocumentId, LineId, LocationId, RequestId, Sku, SoftHoldKey
from hub.model.ledger import Balance, Bucket, Cause, Commitment, Departure, GivenUp, HeldEntry, Movement, Reservation
from hub.model.quantity import from_scaled, to_scaled
from hub.storage import as_of as past
from hub.storage import ledger_rows, soft_holds
from hub.storage.column_types import to_micros
from hub.storage.dialect import as_rows
from hub.storage.transaction import Transaction

# One JSON parameter stays below a few megabytes.
_CHUNK = 5000

_MOVE = """
    INSERT INTO movements (key, sku, location, quantity, cause, observed_at, recorded_at, bucket, document, reference)
    SELECT r.key, r.sku, r.location, r.quantity, r.cause, r.observed_at, r.recorded_at, r.bucket, r.document,
           r.reference
    FROM {rows key text, sku text, location text, quantity bigint, cause text, observed_at bigint, recorded_at bigint,
               bucket text, document text, reference text}
    WHERE NOT EXISTS (SELECT 1 FROM spent_keys k WHERE k.source = 'movements' AND k.key = r.key)
    ON CONFLICT (key) DO NOTHING
    RETURNING sku, location, bucket, quantity
"""
_ADD_TO_BALANCES = """
    INSERT INTO balances (sku, location, on_hand, unavailable, reserved)
    SELECT r.sku, r.location, r.on_hand, r.unavailable, 0
    FROM {rows sku text, location text, on_hand bigint, unavailable bigint}
    WHERE true
    ON CONFLICT (sku, location) DO UPDATE
    SET on_hand = balances.on_hand + excluded.on_hand, unavailable = balances.unavailable + excluded.unavailable
"""
_APPEND = """
    INSERT INTO reservations (key, sku, location, quantity, order_id, line_id, request_id, cause, recorded_at)
    SELECT r.key, r.sku, r.location, r.quantity, r.order_id, r.line_id, r.request_id, r.cause, r.recorded_at
    FROM {rows key text, sku text, location text, quantity bigint, order_id text, line_id text, request_id text,
               cause text, recorded_at bigint}
    WHERE NOT EXISTS (SELECT 1 FROM spent_keys k WHERE k.source = 'reservations' AND k.key = r.key)
    ON CONFLICT (key) DO NOTHING
    RETURNING key
"""
# :own are units of the hold that the promise may use, :taken those it does. Where a count has left less than all holds
# keep, whoever comes with a hold first gets up to what it keeps of what is there.
_PROMISE = """
    UPDATE balances SET reserved = reserved + :quantity, soft_held = soft_held - :taken
    WHERE sku = :sku AND location = :location
          AND (on_hand - unavailable - reserved - soft_held + :own - :floor >= :quantity
               OR (:own >= :quantity AND on_hand - unavailable - reserved - :floor >= :quantity))
"""
_GIVE_BACK = """
    UPDATE balances SET reserved = reserved - :quantity
    WHERE sku = :sku AND location = :location AND reserved >= :quantity
"""
_HOLD = """
    INSERT INTO holds (request_id, line_id, sku, location, held)
    VALUES (:request_id, :line_id, :sku, :location, :quantity)
    ON CONFLICT (request_id, line_id, sku, location) DO UPDATE SET held = holds.held + excluded.held
"""
_LET_GO = """
    UPDATE holds SET held = held - :quantity
    WHERE request_id = :request_id AND line_id = :line_id AND sku = :sku AND location = :location
          AND held >= :quantity
"""
_HELD = "SELECT line_id, sku, location, held FROM holds WHERE request_id = :request_id AND held > 0"
_COUNTED = """
    INSERT INTO balances (sku, location, on_hand, unavailable, reserved, counted_at, counted_document)
    SELECT r.sku, :location, 0, 0, 0, :as_of, :document FROM {rows sku text}
    WHERE true
    ON CONFLICT (sku, location) DO UPDATE
    SET counted_at = excluded.counted_at, counted_document = excluded.counted_document
    WHERE balances.counted_at IS NULL OR balances.counted_at <= excluded.counted_at
"""
_COUNTED_LOCATION = """
    INSERT INTO counts (location, as_of) VALUES (:location, :as_of)
    ON CONFLICT (location) DO UPDATE SET as_of = excluded.as_of WHERE counts.as_of < excluded.as_of
"""
_GIVE_UP = """
    INSERT INTO given_up (key, sku, location, quantity, at, request_id)
    VALUES (:key, :sku, :location, :quantity, :at, :request_id)
    ON CONFLICT (key) DO NOTHING
"""
_NOTE_SHORTAGE = """
    INSERT INTO balances (sku, location, on_hand, unavailable, reserved, short_at, short_request)
    SELECT r.sku, :location, 0, 0, 0, :at, :request_id FROM {rows sku text}
    WHERE true
    ON CONFLICT (sku, location) DO UPDATE
    SET short_at = excluded.short_at, short_request = excluded.short_request
    WHERE balances.short_at IS NULL OR balances.short_at < excluded.short_at
"""
_HAVE = """
    INSERT INTO balances (sku, location, on_hand, unavailable, reserved)
    SELECT r.sku, :location, 0, 0, 0 FROM {rows sku text}
    WHERE true
    ON CONFLICT (sku, location) DO NOTHING
"""

_Pair = tuple[Sku, LocationId]
_Line = tuple[RequestId, LineId, Sku, LocationId]


class _NotCoveredError(Exception):
    """Leaves the savepoint of a reservation that found no stock."""


class SqlLedgerStore:
    """LedgerStore."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def move(self, movements: Sequence[Movement]) -> int:
        """See LedgerStore."""
        new = 0
        for start in range(0, len(movements), _CHUNK):
            new += self._move(movements[start : start + _CHUNK])
        return new

    def _move(self, movements: Sequence[Movement]) -> int:
        added = self._transaction.run(_MOVE, {"rows": as_rows(map(ledger_rows.movement_values, movements))}).all()
        sums: dict[_Pair, dict[str, int]] = defaultdict(lambda: dict.fromkeys(Bucket, 0))
        for row in added:
            sums[row.sku, row.location][row.bucket] += row.quantity
        if sums:
            rows = [_balance_values(pair, sums[pair]) for pair in sorted(sums)]
            self._transaction.run(_ADD_TO_BALANCES, {"rows": as_rows(rows)})
        return len(added)

    def reserve(
        self,
        reservations: Sequence[Reservation],
        floors: Mapping[tuple[Sku, LocationId], Decimal],
        *,
        hold: SoftHoldKey | None = None,
    ) -> list[str]:
        """See LedgerStore. Keys known already are left out before anything is promised."""
        if any(row.quantity <= 0 for row in reservations):
            raise InvariantError("A reservation must promise more than zero.", code="storage.reservation-sign")
        while reservations:
            try:
                with self._transaction.savepoint():
                    self._promise(reservations, floors, hold)
            except _NotCoveredError:
                missing = self._uncovered(reservations, floors, hold)
                if missing:
                    return missing
                # Stock came back between the two looks (PostgreSQL): ask again.
                continue
            return []
        return []

    def _promise(
        self, reservations: Sequence[Reservation], floors: Mapping[_Pair, Decimal], hold: SoftHoldKey | None
    ) -> None:
        new = self._append(reservations)
        if not new:
            return
        own = soft_holds.locked(self._transaction, hold) if hold else {}
        demand = _guards(_by_pair(new), floors, own)
        if self._transaction.run(_PROMISE, demand).rowcount != len(demand):
            raise _NotCoveredError
        self._transaction.run(_HOLD, _line_values(new))
        taken = {pair: min(units, own[pair]) for pair, units in _by_pair(new).items() if pair in own}
        if hold and taken:
            soft_holds.take(self._transaction, hold, taken, Cause.SOFT_HOLD_RESERVED, new[0].recorded_at)

    def _uncovered(
        self, reservations: Sequence[Reservation], floors: Mapping[_Pair, Decimal], hold: SoftHoldKey | None
    ) -> list[str]:
        missing: list[str] = []
        try:
            with self._transaction.savepoint():
                new = self._append(reservations)
                own = soft_holds.locked(self._transaction, hold) if hold else {}
                for demand in _guards(_by_pair(new), floors, own):
                    if self._transaction.run(_PROMISE, demand).rowcount == 0:
                        pair = (demand["sku"], demand["location"])
                        missing += [row.key for row in new if (row.sku, row.location) == pair]
                raise _NotCoveredError
        except _NotCoveredError:
            return missing

    def release(self, reservations: Sequence[Reservation]) -> int:
        """See LedgerStore."""
        if any(row.quantity >= 0 for row in reservations):
            raise InvariantError("A release must be less than zero.", code="storage.reservation-sign")
        if not reservations:
            return 0
        with self._transaction.savepoint():
            new = self._append(reservations)
            if new:
                positive = [replace(row, quantity=-row.quantity) for row in new]
                pairs = _guards(_by_pair(positive), {}, {})
                lines = _line_values(positive)
                self._all_or_raise(_GIVE_BACK, pairs)
                self._all_or_raise(_LET_GO, lines)
        return len(new)

    def _all_or_raise(self, template: str, rows: Sequence[Mapping[str, str | int]]) -> None:
        if self._transaction.run(template, rows).rowcount != len(rows):
            raise InvariantError("More would be released than is held.", code="storage.release-exceeds-hold")

    def _append(self, reservations: Sequence[Reservation]) -> list[Reservation]:
        rows = as_rows(map(ledger_rows.reservation_values, reservations))
        added = set(self._transaction.run(_APPEND, {"rows": rows}).scalars())
        # A key twice in one call is one promise, the first.
        first = {row.key: row for row in reversed(reservations)}
        return [row for row in first.values() if row.key in added]

    def held(self, request_id: RequestId) -> dict[tuple[LineId, Sku, LocationId], Decimal]:
        """See LedgerStore."""
        rows = self._transaction.run(_HELD, {"request_id": request_id})
        return {(LineId(row.line_id), Sku(row.sku), LocationId(row.location)): from_scaled(row.held) for row in rows}

    def balances(
        self, skus: Iterable[Sku] | None = None, locations: Iterable[LocationId] | None = None
    ) -> list[Balance]:
        """See LedgerStore."""
        return ledger_rows.balances(self._transaction, skus, locations)

    def lock(self, location: LocationId, skus: Iterable[Sku], *, others: bool = False) -> dict[Sku, Balance]:
        """See LedgerStore."""
        named = sorted(set(skus))
        if self._transaction.has_rivals:
            for start in range(0, len(named), _CHUNK):
                rows = as_rows({"sku": sku} for sku in named[start : start + _CHUNK])
                self._transaction.run(_HAVE, {"rows": rows, "location": location})
        found = ledger_rows.locked(self._transaction, location, None if others else named)
        return {sku: Balance(sku, location) for sku in named} | {each.sku: each for each in found}

    def counted(self, skus: Sequence[Sku], location: LocationId, as_of: datetime, document: DocumentId | None) -> None:
        """See LedgerStore. A count older than the newest one noted changes nothing."""
        self._transaction.run(_COUNTED_LOCATION, {"location": location, "as_of": to_micros(as_of)})
        for start in range(0, len(skus), _CHUNK):
            chunk = sorted(set(skus[start : start + _CHUNK]))
            self._transaction.run(
                _COUNTED,
                {
                    "rows": as_rows({"sku": sku} for sku in chunk),
                    "location": location,
                    "as_of": to_micros(as_of),
                    "document": document,
                },
            )

    def note_shortage(self, skus: Iterable[Sku], location: LocationId, at: datetime, request_id: RequestId) -> None:
        """See LedgerStore."""
        values = {"rows": ledger_rows.sku_rows(skus), "location": location}
        self._transaction.run(_NOTE_SHORTAGE, {**values, "at": to_micros(at), "request_id": request_id})

    def count_times(self, location: LocationId, since: datetime, skus: Iterable[Sku]) -> dict[Sku, list[datetime]]:
        """See LedgerStore."""
        return ledger_rows.count_times(self._transaction, location, since, skus)

    def freshness(self, locations: Iterable[LocationId] | None = None) -> dict[LocationId, datetime]:
        """See LedgerStore."""
        return ledger_rows.freshness(self._transaction, locations)

    def arrivals(self, location: LocationId, since: datetime, skus: Iterable[Sku] | None = None) -> list[Movement]:
        """See LedgerStore."""
        return ledger_rows.arrivals(self._transaction, location, since, skus)

    def commitments(self, location: LocationId, skus: Iterable[Sku] | None = None) -> list[Commitment]:
        """See LedgerStore."""
        return ledger_rows.commitments(self._transaction, location, skus)

    def backordered(
        self, skus: Iterable[Sku], locations: Iterable[LocationId]
    ) -> dict[tuple[Sku, LocationId], Decimal]:
        """See LedgerStore."""
        return ledger_rows.backordered(self._transaction, skus, locations)

    def departures(self, location: LocationId, since: datetime, skus: Iterable[Sku] | None = None) -> list[Departure]:
        """See LedgerStore."""
        return ledger_rows.departures(self._transaction, location, since, skus)

    def give_up(self, rows: Sequence[GivenUp]) -> None:
        """See LedgerStore."""
        if rows:
            self._transaction.run(_GIVE_UP, [ledger_rows.given_up_values(row) for row in rows])

    def given_up(self, location: LocationId, since: datetime, skus: Iterable[Sku] | None = None) -> list[GivenUp]:
        """See LedgerStore."""
        return ledger_rows.given_up(self._transaction, location, since, skus)

    def movements(self, sku: Sku, location: LocationId | None = None, *, limit: int = 100) -> list[Movement]:
        """See LedgerStore."""
        return ledger_rows.movements(self._transaction, sku, location, limit)

    def reservations(self, sku: Sku, location: LocationId | None = None, *, limit: int = 100) -> list[Reservation]:
        """See LedgerStore."""
        return ledger_rows.reservations(self._transaction, sku, location, limit)

    def held_entries(self, sku: Sku, location: LocationId | None = None, *, limit: int = 100) -> list[HeldEntry]:
        """See LedgerStore."""
        return ledger_rows.held_entries(self._transaction, sku, location, limit)

    def as_of(
        self,
        moment: datetime,
        known: datetime,
        skus: Iterable[Sku] | None = None,
        locations: Iterable[LocationId] | None = None,
    ) -> list[Balance]:
        """See LedgerStore."""
        return past.as_of(self._transaction, moment, known, skus, locations)

    def drift(self) -> list[str]:
        """See LedgerStore."""
        return ledger_rows.drift(self._transaction)


def _balance_values(pair: _Pair, sums: Mapping[str, int]) -> dict[str, str | int | None]:
    sku, location = pair
    return {
        "sku": sku,
        "location": location,
        "on_hand": sums[Bucket.ON_HAND],
        "unavailable": sums[Bucket.UNAVAILABLE],
    }


def _by_pair(reservations: Iterable[Reservation]) -> dict[_Pair, int]:
    sums: dict[_Pair, int] = defaultdict(int)
    for row in reservations:
        sums[row.sku, row.location] += to_scaled(row.quantity)
    return sums


def _guards(
    demand: Mapping[_Pair, int], floors: Mapping[_Pair, Decimal], own: Mapping[_Pair, int]
) -> list[dict[str, str | int]]:
    return [
        {
            "sku": pair[0],
            "location": pair[1],
            "quantity": quantity,
            "floor": to_scaled(floors.get(pair, Decimal(0))),
            "own": own.get(pair, 0),
            "taken": min(own.get(pair, 0), quantity),
        }
        for pair, quantity in sorted(demand.items())
    ]


def _line_values(reservations: Iterable[Reservation]) -> list[dict[str, str | int]]:
    sums: dict[_Line, int] = defaultdict(int)
    for row in reservations:
        sums[row.request_id, row.line_id, row.sku, row.location] += to_scaled(row.quantity)
    return [
        {"request_id": request, "line_id": line, "sku": sku, "location": location, "quantity": quantity}
        for (request, line, sku, location), quantity in sorted(sums.items())
    ]
