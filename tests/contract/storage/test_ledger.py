"""The stock ledger on both databases."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from hub.errors import InvariantError
from hub.model.identity import DocumentId, LocationId, RequestId
from hub.model.ledger import Balance, Bucket, Cause, Commitment, Departure
from hub.ports import Storage
from tests.contract.storage.rows import (
    DEPOT,
    KITE,
    LINE,
    ORDER,
    REQUEST,
    ROBOT,
    movement,
    promise,
    request,
    shipment,
)
from tests.fakes.storage import NOW


def reserved(storage: Storage) -> Decimal:
    with storage.read() as work:
        return sum((balance.reserved for balance in work.ledger.balances()), Decimal(0))


def drift(storage: Storage) -> list[str]:
    with storage.read() as work:
        return work.ledger.drift()


def test_movements_add_up_to_the_balance(storage: Storage) -> None:
    with storage.begin() as work:
        new = work.ledger.move(
            [
                movement("a", 10),
                movement("b", "-2.5"),
                movement("c", 1, bucket=Bucket.UNAVAILABLE),
                movement("d", 4, sku=KITE),
            ]
        )
    assert new == 4
    with storage.read() as work:
        assert [
            Balance(KITE, DEPOT, on_hand=Decimal(4)),
            Balance(ROBOT, DEPOT, on_hand=Decimal("7.5"), unavailable=Decimal(1)),
        ] == work.ledger.balances()
        assert [] == work.ledger.drift()


def test_a_movement_with_a_known_key_changes_nothing(storage: Storage) -> None:
    with storage.begin() as work:
        work.ledger.move([movement("a", 10)])
    with storage.begin() as work:
        assert work.ledger.move([movement("a", 10), movement("b", 1), movement("b", 1)]) == 1
        assert [Decimal(11)] == [balance.on_hand for balance in work.ledger.balances()]


def test_quantities_keep_six_decimal_places(storage: Storage) -> None:
    with storage.begin() as work:
        work.ledger.move([movement("a", "0.000001"), movement("b", "9000000000000")])
        assert Decimal("9000000000000.000001") == work.ledger.balances()[0].on_hand
        assert {Decimal("0.000001"), Decimal(9000000000000)} == {row.quantity for row in work.ledger.movements(ROBOT)}


def test_balances_are_filtered_by_sku_and_location(storage: Storage) -> None:
    store = LocationId("store")
    with storage.begin() as work:
        work.ledger.move([movement("a", 1), movement("b", 2, location=store), movement("c", 3, sku=KITE)])
        found = work.ledger.balances([ROBOT], [store])
        assert [(ROBOT, store)] == [(balance.sku, balance.location) for balance in found]
        assert [] == work.ledger.balances([], None)
        assert [] == work.ledger.balances(None, [])


def test_reserving_takes_from_available_stock(storage: Storage) -> None:
    with storage.begin() as work:
        work.ledger.move([movement("a", 10), movement("b", 4, bucket=Bucket.UNAVAILABLE)])
        assert work.ledger.reserve([promise("p1", 6)], {}) == []
        assert work.ledger.reserve([promise("p2", "0.000001")], {}) == ["p2"]
        assert Decimal(0) == work.ledger.balances()[0].available
        assert {(LINE, ROBOT, DEPOT): Decimal(6)} == work.ledger.held(REQUEST)


def test_a_floor_is_not_promised(storage: Storage) -> None:
    with storage.begin() as work:
        work.ledger.move([movement("a", 10)])
        assert work.ledger.reserve([promise("p1", 8)], {(ROBOT, DEPOT): Decimal(3)}) == ["p1"]
        assert work.ledger.reserve([promise("p1", 7)], {(ROBOT, DEPOT): Decimal(3)}) == []


def test_a_reservation_is_all_or_nothing(storage: Storage) -> None:
    with storage.begin() as work:
        work.ledger.move([movement("a", 10), movement("b", 1, sku=KITE)])
        assert work.ledger.reserve([promise("p1", 5), promise("p2", 2, sku=KITE)], {}) == ["p2"]
    assert Decimal(0) == reserved(storage)
    with storage.read() as work:
        assert [] == work.ledger.reservations(ROBOT)
        assert {} == work.ledger.held(REQUEST)


def test_every_uncovered_key_is_named(storage: Storage) -> None:
    with storage.begin() as work:
        work.ledger.move([movement("a", 3)])
        wanted = [promise("p1", 2), promise("p2", 2, line="2"), promise("p3", 1, sku=KITE, line="3")]
        assert sorted(work.ledger.reserve(wanted, {})) == ["p1", "p2", "p3"]


def test_what_cannot_be_promised_leaves_the_transaction_usable(storage: Storage) -> None:
    with storage.begin() as work:
        work.ledger.reserve([promise("p1", 1)], {})
        work.ledger.move([movement("a", 3)])
    assert [] == drift(storage)


def test_reserving_again_with_known_keys_does_nothing(storage: Storage) -> None:
    with storage.begin() as work:
        work.ledger.move([movement("a", 2)])
        work.ledger.reserve([promise("p1", 2)], {})
    with storage.begin() as work:
        assert work.ledger.reserve([promise("p1", 2)], {}) == []
    assert Decimal(2) == reserved(storage)


def test_releasing_gives_stock_back_once(storage: Storage) -> None:
    with storage.begin() as work:
        work.ledger.move([movement("a", 5)])
        work.ledger.reserve([promise("p1", 5)], {})
        assert work.ledger.release([promise("r1", -2)]) == 1
        assert work.ledger.release([promise("r1", -2)]) == 0
    assert Decimal(3) == reserved(storage)
    assert [] == drift(storage)


def test_releasing_more_than_is_held_is_our_bug(storage: Storage) -> None:
    with storage.begin() as work:
        work.ledger.move([movement("a", 9)])
        work.ledger.reserve([promise("p1", 2), promise("p2", 5, request_id="P00000002")], {})
    with pytest.raises(InvariantError) as caught, storage.begin() as work:
        work.ledger.release([promise("r1", -3)])
    assert caught.value.code == "storage.release-exceeds-hold"
    assert Decimal(7) == reserved(storage)
    assert [] == drift(storage)


def test_a_refused_release_leaves_nothing_behind_when_it_is_caught(storage: Storage) -> None:
    with storage.begin() as work:
        work.ledger.move([movement("a", 9)])
        work.ledger.reserve([promise("p1", 2), promise("p2", 5, request_id="P00000002")], {})
        with pytest.raises(InvariantError):
            work.ledger.release([promise("r2", -1, request_id="P00000002"), promise("r1", -3)])
    assert Decimal(7) == reserved(storage)
    assert [] == drift(storage)


@pytest.mark.parametrize("quantity", ["0", "-1"])
def test_a_reservation_must_be_positive(storage: Storage, quantity: str) -> None:
    with pytest.raises(InvariantError), storage.begin() as work:
        work.ledger.reserve([promise("p1", quantity)], {})


def test_a_count_below_the_promises_is_kept_and_shown_negative(storage: Storage) -> None:
    with storage.begin() as work:
        work.ledger.move([movement("a", 5)])
        work.ledger.reserve([promise("p1", 5)], {})
        work.ledger.move([movement("b", -4)])
        assert Decimal(-4) == work.ledger.balances()[0].available


def test_an_older_count_does_not_replace_a_newer_one(storage: Storage) -> None:
    newer, older = DocumentId("D000000002"), DocumentId("D000000001")
    with storage.begin() as work:
        work.ledger.counted([ROBOT], DEPOT, NOW, newer)
        work.ledger.counted([ROBOT, KITE], DEPOT, NOW - timedelta(hours=1), older)
        found = {balance.sku: (balance.counted_at, balance.counted_document) for balance in work.ledger.balances()}
        assert {ROBOT: (NOW, newer), KITE: (NOW - timedelta(hours=1), older)} == found
        assert {DEPOT: NOW} == work.ledger.freshness()
        assert {} == work.ledger.freshness([LocationId("elsewhere")])


def test_arrivals_are_neither_counts_nor_shipments(storage: Storage) -> None:
    with storage.begin() as work:
        work.ledger.move(
            [
                movement("count", 5),
                movement("ship", -1, cause=Cause.SHIPMENT),
                movement("early", 2, cause=Cause.RECEIPT, at=NOW - timedelta(hours=2)),
                movement("receipt", 3, cause=Cause.RECEIPT),
                movement("broken", 1, cause=Cause.ADJUSTMENT, bucket=Bucket.UNAVAILABLE),
                movement("kite", 1, cause=Cause.RESTOCK, sku=KITE),
            ]
        )
        since = NOW - timedelta(hours=1)
        assert ["receipt", "broken", "kite"] == [row.key for row in work.ledger.arrivals(DEPOT, since)]
        broken = movement("broken", 1, cause=Cause.ADJUSTMENT, bucket=Bucket.UNAVAILABLE)
        of_robots = [movement("receipt", 3, cause=Cause.RECEIPT), broken]
        assert of_robots == work.ledger.arrivals(DEPOT, since, [ROBOT])


def test_commitments_are_the_outstanding_request_lines(storage: Storage) -> None:
    line = request().lines[0].model_copy(update={"shipped": Decimal(1)})
    with storage.begin() as work:
        work.requests.add(request())
        work.requests.save(request().model_copy(update={"lines": (line,), "submitted_at": NOW}))
        expected = [Commitment(REQUEST, ROBOT, DEPOT, Decimal(1), NOW, None)]
        assert expected == work.ledger.commitments(DEPOT)
        assert expected == work.ledger.commitments(DEPOT, [ROBOT])
        assert [] == work.ledger.commitments(DEPOT, [KITE])
        assert [] == work.ledger.commitments(LocationId("elsewhere"))


def test_shortage_is_kept_beside_the_balance_until_a_later_one_and_doubts_it_until_a_later_count(
    storage: Storage,
) -> None:
    later = NOW + timedelta(minutes=1)
    with storage.begin() as work:
        work.ledger.move([movement("a", 5)])
        work.ledger.counted([ROBOT], DEPOT, NOW, None)
        work.ledger.note_shortage([ROBOT, KITE], DEPOT, NOW, REQUEST)
        work.ledger.note_shortage([ROBOT], DEPOT, NOW - timedelta(minutes=1), RequestId("P00000002"))
    with storage.begin() as work:
        balances = {each.sku: each for each in work.ledger.balances(None, [DEPOT])}
        assert {KITE: (NOW, REQUEST, True), ROBOT: (NOW, REQUEST, True)} == {
            sku: (each.short_at, each.short_request, each.doubted) for sku, each in balances.items()
        }
        assert (Decimal(5), Decimal(0)) == (balances[ROBOT].on_hand, balances[KITE].on_hand)
        work.ledger.note_shortage([ROBOT], DEPOT, later, RequestId("P00000003"))
        work.ledger.counted([KITE, ROBOT], DEPOT, later, None)
    with storage.begin() as work:
        assert {KITE: False, ROBOT: True} == {
            sku: each.doubted for sku, each in work.ledger.lock(DEPOT, [KITE, ROBOT]).items()
        }
        assert [] == work.ledger.drift()


def test_departures_say_what_left_and_what_the_executor_knew(storage: Storage) -> None:
    with storage.begin() as work:
        work.requests.add(request().model_copy(update={"submitted_at": NOW - timedelta(days=1)}))
        work.requests.add_shipment(shipment(), [REQUEST], ORDER)
        expected = [Departure(ROBOT, DEPOT, Decimal(2), NOW, REQUEST, NOW - timedelta(days=1), None)]
        assert expected == work.ledger.departures(DEPOT, NOW - timedelta(minutes=1))
        assert [] == work.ledger.departures(DEPOT, NOW)
        assert [] == work.ledger.departures(DEPOT, NOW - timedelta(minutes=1), [KITE])


def test_rows_of_the_ledger_are_read_newest_first(storage: Storage) -> None:
    with storage.begin() as work:
        work.ledger.move([movement("a", 5), movement("b", 1), movement("c", 1, location=LocationId("store"))])
        work.ledger.reserve([promise("p1", 1)], {})
        work.ledger.reserve([promise("p2", 2)], {})
        assert ["c", "b"] == [row.key for row in work.ledger.movements(ROBOT, limit=2)]
        assert [movement("b", 1), movement("a", 5)] == work.ledger.movements(ROBOT, DEPOT)
        assert [promise("p2", 2), promise("p1", 1)] == work.ledger.reservations(ROBOT, DEPOT)


def test_nothing_is_held_for_an_unknown_request(storage: Storage) -> None:
    with storage.read() as work:
        assert {} == work.ledger.held(RequestId("P99999999"))
