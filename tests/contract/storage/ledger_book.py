"""Random histories of the ledger, with late entries and entries of the future, and a book that adds them up."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal

from hypothesis import strategies as st

from hub.model.identity import LocationId, Sku
from hub.model.ledger import Bucket, Cause, Movement
from hub.ports import UnitOfWork
from tests.contract.storage.rows import DEPOT, KITE, ROBOT, promise, soft_hold
from tests.fakes.storage import NOW

DAY, TICK = timedelta(days=1), timedelta(microseconds=1)
STORE = LocationId("store")
FAR = NOW + 3650 * DAY

Figures = dict[tuple[Sku, LocationId], tuple[Decimal, Decimal, Decimal, Decimal]]
"""On hand, unavailable, reserved, softly held."""


@dataclass(frozen=True)
class Entry:
    """One row of the ledger. A promise or hold is given back at ``observed_at`` where ``given_back``."""

    kind: str
    sku: Sku
    location: LocationId
    units: Decimal
    observed_at: datetime
    recorded_at: datetime
    cause: Cause = Cause.ADJUSTMENT
    given_back: bool = False


# Days that touch, times at the very ends of days, before 1970 and far ahead.
moments = st.one_of(
    st.builds(lambda day, hour: NOW + day * DAY + timedelta(hours=hour), st.integers(-3, 3), st.integers(0, 23)),
    st.builds(
        lambda day, tick: datetime(2026, 11, day, tzinfo=NOW.tzinfo) + tick * TICK,
        st.integers(1, 5),
        st.integers(-1, 1),
    ),
    st.sampled_from([datetime(1969, 12, 31, 23, 59, tzinfo=NOW.tzinfo), datetime(1970, 1, 1, tzinfo=NOW.tzinfo), FAR]),
)
entries = st.builds(
    Entry,
    kind=st.sampled_from(["on_hand", "on_hand", "on_hand", "unavailable", "reserve", "hold", "count"]),
    sku=st.sampled_from([ROBOT, KITE]),
    location=st.sampled_from([DEPOT, STORE]),
    units=st.integers(-5_000_000, 5_000_000).filter(bool).map(lambda scaled: Decimal(scaled) / 1_000_000),
    observed_at=moments,
    recorded_at=moments,
    cause=st.sampled_from([Cause.COUNT, Cause.SHIPMENT, Cause.ADJUSTMENT]),
    given_back=st.booleans(),
)
_COLUMNS = ("on_hand", "unavailable", "reserved", "soft_held")


class Book:
    """Writes entries to the database, and adds them up by itself."""

    def __init__(self, work: UnitOfWork) -> None:
        self._work = work
        self._rows: list[tuple[str, Sku, LocationId, Decimal, datetime, datetime]] = []
        self._written = 0
        self.movements: list[Movement] = []
        for sku in (ROBOT, KITE):
            for place in (DEPOT, STORE):
                # Enough to promise from, whatever the history takes away.
                self.write(Entry("on_hand", sku, place, Decimal(1000), NOW - 5 * DAY, NOW - 5 * DAY))

    def write(self, entry: Entry) -> None:
        self._written += 1
        name = f"e{self._written}"
        match entry.kind:
            case "reserve":
                self._reserve(name, entry)
            case "hold":
                self._hold(name, entry)
            case "count":
                self._work.ledger.counted([entry.sku], entry.location, entry.observed_at, None)
            case _:
                self._move(name, entry)

    def repeat(self) -> None:
        """Everything that moved is told once more."""
        assert 0 == self._work.ledger.move(self.movements)

    def as_of(self, moment: datetime, known: datetime) -> Figures:
        sums: Figures = defaultdict(lambda: (Decimal(0),) * 4)
        for column, sku, place, units, observed_at, recorded_at in self._rows:
            if observed_at <= moment and recorded_at <= known:
                amounts = list(sums[sku, place])
                amounts[_COLUMNS.index(column)] += units
                sums[sku, place] = (amounts[0], amounts[1], amounts[2], amounts[3])
        return dict(sums)

    def moments(self) -> list[datetime]:
        """Those at which anything changes, just before each, and the ends of their days."""
        found = {at for *_, observed_at, recorded_at in self._rows for at in (observed_at, recorded_at)}
        ends = {at.replace(hour=0, minute=0, second=0, microsecond=0) + DAY - TICK for at in found}
        return sorted(found | {at - TICK for at in found} | ends)

    def _move(self, name: str, entry: Entry) -> None:
        bucket, at = Bucket(entry.kind), (entry.observed_at, entry.recorded_at)
        row = Movement(name, entry.sku, entry.location, entry.units, entry.cause, *at, bucket)
        assert 1 == self._work.ledger.move([row])
        self.movements.append(row)
        self._rows.append((entry.kind, entry.sku, entry.location, entry.units, *at))

    def _reserve(self, name: str, entry: Entry) -> None:
        row = promise(name, 1, sku=entry.sku, location=entry.location, request_id=name)
        row = replace(row, quantity=abs(entry.units), recorded_at=entry.recorded_at)
        assert [] == self._work.ledger.reserve([row], {})
        self._note("reserved", entry, abs(entry.units), entry.recorded_at)
        if entry.given_back:
            back = replace(row, key=f"{name} back", quantity=-row.quantity, recorded_at=entry.observed_at)
            assert 1 == self._work.ledger.release([replace(back, cause=Cause.RELEASE)])
            self._note("reserved", entry, -abs(entry.units), entry.observed_at)

    def _hold(self, name: str, entry: Entry) -> None:
        hold, units = soft_hold(name, 1, sku=entry.sku, location=entry.location), abs(entry.units)
        kept = tuple(replace(each, quantity=units, held=units) for each in hold.units)
        assert [] == self._work.soft_holds.place(replace(hold, units=kept, placed_at=entry.recorded_at), {})
        self._note("soft_held", entry, units, entry.recorded_at)
        if entry.given_back:
            where = {(entry.sku, entry.location): units}
            self._work.soft_holds.give_back(hold.key, where, Cause.SOFT_HOLD_RELEASED, entry.observed_at)
            self._note("soft_held", entry, -units, entry.observed_at)

    def _note(self, column: str, entry: Entry, units: Decimal, at: datetime) -> None:
        self._rows.append((column, entry.sku, entry.location, units, at, at))


def asked(work: UnitOfWork, moment: datetime, known: datetime) -> Figures:
    """The same from the database."""
    return {
        (each.sku, each.location): (each.on_hand, each.unavailable, each.reserved, each.soft_held)
        for each in work.ledger.as_of(moment, known)
    }
