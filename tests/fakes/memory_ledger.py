"""The stock ledger in dictionaries; balances are summed anew each time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal

from hub.errors import InvariantError
from hub.model.identity import DocumentId, LineId, LocationId, RequestId, Sku, SoftHoldKey
from hub.model.ledger import Balance, Bucket, Cause, Commitment, Departure, GivenUp, HeldEntry, Movement, Reservation
from tests.fakes.memory_orders import MemoryRequests

_ZERO = Decimal(0)


@dataclass
class MemoryLedger:
    requests: MemoryRequests
    moved: dict[str, Movement] = field(default_factory=dict)
    promised: dict[str, Reservation] = field(default_factory=dict)
    counts: dict[tuple[Sku, LocationId], tuple[datetime, DocumentId | None]] = field(default_factory=dict)
    gave_up: dict[str, GivenUp] = field(default_factory=dict)
    entries: list[HeldEntry] = field(default_factory=list)
    shortages: dict[tuple[Sku, LocationId], tuple[datetime, RequestId]] = field(default_factory=dict)

    def move(self, movements: Sequence[Movement]) -> int:
        new = [movement for movement in movements if movement.key not in self.moved]
        self.moved |= {movement.key: movement for movement in new}
        return len(new)

    def reserve(
        self,
        reservations: Sequence[Reservation],
        floors: Mapping[tuple[Sku, LocationId], Decimal],
        *,
        hold: SoftHoldKey | None = None,
    ) -> list[str]:
        new = [row for row in reservations if row.key not in self.promised]
        wanted: dict[tuple[Sku, LocationId], Decimal] = defaultdict(Decimal)
        for row in new:
            wanted[row.sku, row.location] += row.quantity
        own = self.kept(hold) if hold else {}
        short = {
            key
            for key, units in wanted.items()
            if not self._covers(key, units, floors.get(key, _ZERO), own.get(key, _ZERO))
        }
        if not short:
            self.promised |= {row.key: row for row in new}
            for pair, units in wanted.items():
                if hold and pair in own:
                    taken, name = min(units, own[pair]), f"{hold}:{pair}:{len(self.entries)}"
                    at = new[0].recorded_at
                    self.entries.append(HeldEntry(name, hold, *pair, -taken, Cause.SOFT_HOLD_RESERVED, at))
        return [row.key for row in new if (row.sku, row.location) in short]

    def _covers(self, pair: tuple[Sku, LocationId], units: Decimal, floor: Decimal, own: Decimal) -> bool:
        balance = self.balance(*pair)
        free = balance.available - floor
        return free + own >= units or own >= units <= free + balance.soft_held

    def kept(self, hold: SoftHoldKey) -> dict[tuple[Sku, LocationId], Decimal]:
        sums: dict[tuple[Sku, LocationId], Decimal] = defaultdict(Decimal)
        for row in self.entries:
            if row.hold == hold:
                sums[row.sku, row.location] += row.quantity
        return {pair: units for pair, units in sums.items() if units}

    def release(self, reservations: Sequence[Reservation]) -> int:
        new = [row for row in reservations if row.key not in self.promised]
        for row in new:
            held = self.held(row.request_id).get((row.line_id, row.sku, row.location), _ZERO)
            if row.quantity >= 0 or held + row.quantity < 0:
                raise InvariantError("release exceeds hold")
            self.promised[row.key] = row
        return len(new)

    def held(self, request_id: RequestId) -> dict[tuple[LineId, Sku, LocationId], Decimal]:
        sums: dict[tuple[LineId, Sku, LocationId], Decimal] = defaultdict(Decimal)
        for row in self.promised.values():
            if row.request_id == request_id:
                sums[row.line_id, row.sku, row.location] += row.quantity
        return {key: units for key, units in sums.items() if units}

    def balances(
        self, skus: Iterable[Sku] | None = None, locations: Iterable[LocationId] | None = None
    ) -> list[Balance]:
        wanted = None if skus is None else set(skus)
        places = None if locations is None else set(locations)
        keys = {(row.sku, row.location) for row in self.moved.values()} | set(self.counts) | set(self.shortages)
        return [
            self.balance(sku, location)
            for sku, location in sorted(keys)
            if (wanted is None or sku in wanted) and (places is None or location in places)
        ]

    def lock(self, location: LocationId, skus: Iterable[Sku], *, others: bool = False) -> dict[Sku, Balance]:
        named = set(skus)
        found = {each.sku: each for each in self.balances(None if others else named, [location])}
        return {sku: Balance(sku, location) for sku in sorted(named)} | found

    def counted(self, skus: Sequence[Sku], location: LocationId, as_of: datetime, document: DocumentId | None) -> None:
        for sku in skus:
            known = self.counts.get((sku, location))
            if known is None or known[0] <= as_of:
                self.counts[sku, location] = (as_of, document)

    def note_shortage(self, skus: Iterable[Sku], location: LocationId, at: datetime, request_id: RequestId) -> None:
        for sku in skus:
            known = self.shortages.get((sku, location))
            if known is None or known[0] < at:
                self.shortages[sku, location] = (at, request_id)

    def count_times(self, location: LocationId, since: datetime, skus: Iterable[Sku]) -> dict[Sku, list[datetime]]:
        moved = {(row.sku, row.location, row.observed_at) for row in self.moved.values() if row.key[:6] == "count:"}
        newest = {(*pair, as_of) for pair, (as_of, _) in self.counts.items()}
        found: dict[Sku, list[datetime]] = {}
        for sku, where, at in sorted(moved | newest):
            if sku in set(skus) and where == location and at >= since:
                found.setdefault(sku, []).append(at)
        return found

    def freshness(self, locations: Iterable[LocationId] | None = None) -> dict[LocationId, datetime]:
        newest: dict[LocationId, datetime] = {}
        places = None if locations is None else set(locations)
        for (_, location), (as_of, _) in self.counts.items():
            if places is None or location in places:
                newest[location] = max(as_of, newest.get(location, as_of))
        return newest

    def arrivals(self, location: LocationId, since: datetime, skus: Iterable[Sku] | None = None) -> list[Movement]:
        wanted = None if skus is None else set(skus)
        return [
            row
            for row in self.moved.values()
            if row.location == location
            and row.observed_at > since
            and row.cause not in {Cause.COUNT, Cause.SHIPMENT}
            and (wanted is None or row.sku in wanted)
        ]

    def commitments(self, location: LocationId, skus: Iterable[Sku] | None = None) -> list[Commitment]:
        wanted = None if skus is None else set(skus)
        return [
            Commitment(
                request.request_id,
                line.sku,
                location,
                line.outstanding,
                request.submitted_at,
                request.acknowledged_at,
                line.backordered,
            )
            for request in self.requests.rows.values()
            for line in request.lines
            if request.location == location
            and line.outstanding > 0
            and not request.finished
            and (wanted is None or line.sku in wanted)
        ]

    def backordered(
        self, skus: Iterable[Sku], locations: Iterable[LocationId]
    ) -> dict[tuple[Sku, LocationId], Decimal]:
        units: dict[tuple[Sku, LocationId], Decimal] = defaultdict(Decimal)
        wanted = set(skus)
        for location in locations:
            for each in self.commitments(location, wanted):
                if each.backordered:
                    units[each.sku, location] += each.backordered
        return dict(units)

    def departures(self, location: LocationId, since: datetime, skus: Iterable[Sku] | None = None) -> list[Departure]:
        wanted = None if skus is None else set(skus)
        found = []
        for row in self.requests.departed:
            if row.location != location or row.shipped_at <= since or (wanted is not None and row.sku not in wanted):
                continue
            request = self.requests.rows[row.request_id] if row.request_id else None
            found.append(
                replace(
                    row,
                    submitted_at=request.submitted_at if request else None,
                    acknowledged_at=request.acknowledged_at if request else None,
                )
            )
        return found

    def give_up(self, rows: Sequence[GivenUp]) -> None:
        self.gave_up |= {row.key: row for row in rows if row.key not in self.gave_up}

    def given_up(self, location: LocationId, since: datetime, skus: Iterable[Sku] | None = None) -> list[GivenUp]:
        wanted = None if skus is None else set(skus)
        return [
            replace(row, submitted_at=request.submitted_at, acknowledged_at=request.acknowledged_at)
            for row in self.gave_up.values()
            for request in [self.requests.rows[row.request_id]]
            if row.location == location and row.at > since and (wanted is None or row.sku in wanted)
        ]

    def movements(self, sku: Sku, location: LocationId | None = None, *, limit: int = 100) -> list[Movement]:
        rows = [r for r in self.moved.values() if r.sku == sku and location in {None, r.location}]
        return rows[::-1][:limit]

    def reservations(self, sku: Sku, location: LocationId | None = None, *, limit: int = 100) -> list[Reservation]:
        rows = [r for r in self.promised.values() if r.sku == sku and location in {None, r.location}]
        return rows[::-1][:limit]

    def held_entries(self, sku: Sku, location: LocationId | None = None, *, limit: int = 100) -> list[HeldEntry]:
        rows = [r for r in self.entries if r.sku == sku and location in {None, r.location}]
        return rows[::-1][:limit]

    def as_of(
        self,
        moment: datetime,
        known: datetime,
        skus: Iterable[Sku] | None = None,
        locations: Iterable[LocationId] | None = None,
    ) -> list[Balance]:
        then = MemoryLedger(
            self.requests,
            {key: row for key, row in self.moved.items() if row.observed_at <= moment and row.recorded_at <= known},
            {key: row for key, row in self.promised.items() if row.recorded_at <= min(moment, known)},
            entries=[row for row in self.entries if row.recorded_at <= min(moment, known)],
        )
        keys = {(row.sku, row.location) for row in then.moved.values()}
        keys |= {(row.sku, row.location) for row in then.entries}
        keys |= {(row.sku, row.location) for row in then.promised.values()}
        wanted = None if skus is None else set(skus)
        places = None if locations is None else set(locations)
        return [
            then.balance(sku, location)
            for sku, location in sorted(keys)
            if (wanted is None or sku in wanted) and (places is None or location in places)
        ]

    def drift(self) -> list[str]:
        return []

    def balance(self, sku: Sku, location: LocationId) -> Balance:
        here = [row for row in self.moved.values() if (row.sku, row.location) == (sku, location)]
        held = [row.quantity for row in self.promised.values() if (row.sku, row.location) == (sku, location)]
        as_of, document = self.counts.get((sku, location), (None, None))
        short_at, short_request = self.shortages.get((sku, location), (None, None))
        return Balance(
            sku,
            location,
            on_hand=sum((row.quantity for row in here if row.bucket is Bucket.ON_HAND), _ZERO),
            unavailable=sum((row.quantity for row in here if row.bucket is Bucket.UNAVAILABLE), _ZERO),
            reserved=sum(held, _ZERO),
            counted_at=as_of,
            counted_document=document,
            soft_held=sum((row.quantity for row in self.entries if (row.sku, row.location) == (sku, location)), _ZERO),
            short_at=short_at,
            short_request=short_request,
        )
