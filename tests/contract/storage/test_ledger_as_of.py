"""The ledger at any moment, as far as any moment knew of it: sums of rows, on both databases (domain.md 1.2, law 2)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub.model.identity import LocationId, Sku
from hub.model.ledger import Balance, Bucket, Movement, Reservation
from hub.ports import Storage
from tests.contract.storage.rows import DEPOT, KITE, ROBOT, movement, promise
from tests.contract.storage.test_ledger_laws import undone
from tests.fakes.memory import MemoryUnitOfWork
from tests.fakes.storage import NOW

HOUR = timedelta(hours=1)
STORE = LocationId("store")
MONDAY, TUESDAY, WEDNESDAY = (NOW + timedelta(days=day) for day in range(3))


def test_what_was_believed_on_tuesday_about_monday(storage: Storage) -> None:
    known_at_once = replace(movement("count", 10, at=MONDAY), recorded_at=MONDAY)
    heard_late = replace(movement("ship", -3, at=MONDAY + HOUR), recorded_at=WEDNESDAY)
    with storage.begin() as work:
        work.ledger.move([known_at_once, heard_late])
    with storage.read() as work:
        evening = MONDAY + 12 * HOUR
        assert [Balance(ROBOT, DEPOT, on_hand=Decimal(10))] == work.ledger.as_of(evening, TUESDAY)
        assert [Balance(ROBOT, DEPOT, on_hand=Decimal(7))] == work.ledger.as_of(evening, WEDNESDAY)
        assert [Balance(ROBOT, DEPOT, on_hand=Decimal(10))] == work.ledger.as_of(MONDAY, WEDNESDAY)
        assert [] == work.ledger.as_of(MONDAY - HOUR, WEDNESDAY)
        assert [] == work.ledger.as_of(WEDNESDAY, MONDAY - HOUR)


def test_a_promise_counts_from_when_it_was_written_down_in_both_axes(storage: Storage) -> None:
    with storage.begin() as work:
        work.ledger.move([movement("count", 10, at=MONDAY)])
        work.ledger.reserve([replace(promise("p", 4), recorded_at=TUESDAY)], {})
    with storage.read() as work:
        before, after = TUESDAY - HOUR, TUESDAY
        found = {
            (moment, known): work.ledger.as_of(moment, known)[0].reserved
            for moment in (before, after)
            for known in (before, after)
        }
    assert {
        (before, before): Decimal(0),
        (before, after): Decimal(0),
        (after, before): Decimal(0),
        (after, after): Decimal(4),
    } == found


def test_the_past_is_filtered_by_sku_and_location(storage: Storage) -> None:
    with storage.begin() as work:
        work.ledger.move([movement("a", 1), movement("b", 2, location=STORE), movement("c", 3, sku=KITE)])
        found = work.ledger.as_of(NOW, NOW, [ROBOT], [STORE])
        assert [(ROBOT, STORE, Decimal(2))] == [(each.sku, each.location, each.on_hand) for each in found]
        assert [KITE, ROBOT, ROBOT] == [each.sku for each in work.ledger.as_of(NOW, NOW)]
        assert [] == work.ledger.as_of(NOW, NOW, [], None)
        assert [] == work.ledger.as_of(NOW, NOW, None, [])


hours = st.integers(0, 6).map(lambda hour: NOW + hour * HOUR)
quantities = st.integers(-5_000_000, 5_000_000).filter(bool).map(lambda scaled: Decimal(scaled) / 1_000_000)
histories = st.lists(
    st.tuples(
        st.sampled_from([ROBOT, KITE]),
        st.sampled_from([DEPOT, STORE]),
        st.sampled_from([Bucket.ON_HAND, Bucket.ON_HAND, Bucket.UNAVAILABLE]),
        quantities,
        hours,
        hours,
    ),
    max_size=10,
)
promises = st.lists(st.tuples(st.sampled_from([ROBOT, KITE]), st.integers(1, 9), hours), max_size=4)


def added_up(
    moved: list[Movement], promised: list[Reservation], moment: datetime, known: datetime
) -> dict[tuple[Sku, LocationId], tuple[Decimal, Decimal, Decimal]]:
    """On hand, unavailable and reserved, in plain Python."""
    sums: dict[tuple[Sku, LocationId], list[Decimal]] = defaultdict(lambda: [Decimal(0)] * 3)
    for row in moved:
        if row.observed_at <= moment and row.recorded_at <= known:
            sums[row.sku, row.location][row.bucket is Bucket.UNAVAILABLE] += row.quantity
    for held in promised:
        if held.recorded_at <= moment and held.recorded_at <= known:
            sums[held.sku, held.location][2] += held.quantity
    return {pair: (here[0], here[1], here[2]) for pair, here in sums.items()}


def figures(balances: list[Balance]) -> dict[tuple[Sku, LocationId], tuple[Decimal, Decimal, Decimal]]:
    return {(each.sku, each.location): (each.on_hand, each.unavailable, each.reserved) for each in balances}


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=histories, held=promises, moment=hours, known=hours)
def test_the_sum_of_the_rows_is_the_balance_at_any_moment_in_both_axes(
    storage: Storage,
    history: list[tuple[Sku, LocationId, Bucket, Decimal, datetime, datetime]],
    held: list[tuple[Sku, int, datetime]],
    moment: datetime,
    known: datetime,
) -> None:
    moved = [
        Movement(f"m{number}", sku, place, units, movement("", 1).cause, observed, recorded, bucket)
        for number, (sku, place, bucket, units, observed, recorded) in enumerate(history)
    ]
    # Enough to promise from, whatever the history takes away.
    moved += [movement(f"enough {sku}", 1000, sku=sku) for sku in (ROBOT, KITE)]
    promised = [
        replace(promise(f"p{number}", units, sku=sku), recorded_at=recorded)
        for number, (sku, units, recorded) in enumerate(held)
    ]
    memory = MemoryUnitOfWork()
    with undone(storage) as work:
        for ledger in (work.ledger, memory.ledger):
            ledger.move(moved)
            assert [] == ledger.reserve(promised, {})
            assert added_up(moved, promised, moment, known) == figures(ledger.as_of(moment, known))
            end = NOW + 7 * HOUR
            assert figures(ledger.balances()) == figures(ledger.as_of(end, end))
