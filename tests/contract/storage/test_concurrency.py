"""Many at once: threads on both databases, processes on one SQLite file."""

from __future__ import annotations

import random
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from typing import TypeVar

import pytest

from hub.model.identity import Sku, SoftHoldKey
from hub.model.ledger import Cause
from hub.model.queue import Lease
from hub.ports import Storage
from hub.storage import open_storage
from tests.contract.storage.rows import DEPOT, KITE, ROBOT, document, movement, promise, soft_hold
from tests.fakes.storage import NOW

WORKERS = 16
T = TypeVar("T")


def at_once(jobs: list[Callable[[], T]], workers: int = WORKERS) -> list[T]:
    with ThreadPoolExecutor(workers) as pool:
        return [future.result() for future in [pool.submit(job) for job in jobs]]


@pytest.mark.parametrize("same_call", [False, True], ids=["one unit each", "two items each"])
def test_two_hundred_buyers_of_fifty_units_leave_exactly_fifty_reserved(storage: Storage, same_call: bool) -> None:
    with storage.begin() as work:
        work.ledger.move([movement("a", 50), movement("b", 50, sku=KITE)])

    def buy(number: int) -> Callable[[], bool]:
        def job() -> bool:
            wanted = [promise(f"p{number}", 1, request_id=f"P{number}")]
            if same_call:
                wanted.append(promise(f"k{number}", 1, sku=KITE, request_id=f"P{number}", line="2"))
                random.Random(number).shuffle(wanted)
            with storage.begin() as work:
                return work.ledger.reserve(wanted, {}) == []

        return job

    bought = at_once([buy(number) for number in range(200)])
    with storage.read() as work:
        expected = {ROBOT: Decimal(50), KITE: Decimal(50 if same_call else 0)}
        assert expected == {balance.sku: balance.reserved for balance in work.ledger.balances()}
        assert [] == work.ledger.drift()
    assert bought.count(True) == 50


def test_the_same_reservation_from_many_threads_is_made_once(storage: Storage) -> None:
    with storage.begin() as work:
        work.ledger.move([movement("a", 50)])

    def buy() -> list[str]:
        with storage.begin() as work:
            return work.ledger.reserve([promise("p1", 3)], {})

    assert at_once([buy] * 20) == [[]] * 20
    with storage.read() as work:
        assert Decimal(3) == work.ledger.balances()[0].reserved


def test_reserving_and_releasing_in_crossed_order_neither_hangs_nor_drifts(storage: Storage) -> None:
    skus = [Sku(f"SKU{number}") for number in range(5)]
    with storage.begin() as work:
        work.ledger.move([movement(f"m{sku}", 1000, sku=sku) for sku in skus])

    def trade(number: int) -> Callable[[], None]:
        def job() -> None:
            chosen = random.Random(number).sample(skus, 3)
            rows = [
                promise(f"p{number}-{sku}", 2, sku=sku, request_id=f"P{number}", line=str(index))
                for index, sku in enumerate(chosen)
            ]
            back = [
                promise(f"r{number}-{sku}", -1, sku=sku, request_id=f"P{number}", line=str(index))
                for index, sku in reversed(list(enumerate(chosen)))
            ]
            with storage.begin() as work:
                assert work.ledger.reserve(rows, {}) == []
            with storage.begin() as work:
                assert work.ledger.release(back) == 3

        return job

    at_once([trade(number) for number in range(60)], workers=10)
    with storage.read() as work:
        assert Decimal(180) == sum(balance.reserved for balance in work.ledger.balances())
        assert [] == work.ledger.drift()


def test_carts_and_buyers_of_fifty_units_leave_exactly_fifty_promised_once(storage: Storage) -> None:
    with storage.begin() as work:
        work.ledger.move([movement("a", 50)])

    def buy(number: int) -> Callable[[], bool]:
        def job() -> bool:
            with storage.begin() as work:
                return work.ledger.reserve([promise(f"p{number}", 1, request_id=f"P{number}")], {}) == []

        return job

    def keep(number: int) -> Callable[[], bool]:
        def job() -> bool:
            with storage.begin() as work:
                return work.soft_holds.place(soft_hold(f"cart-{number}", 1), {}) == []

        return job

    got = at_once([buy(number) if number % 2 else keep(number) for number in range(160)])
    with storage.read() as work:
        [balance] = work.ledger.balances()
        assert Decimal(50) == balance.reserved + balance.soft_held
        assert [] == work.ledger.drift()
    assert got.count(True) == 50


def test_a_hold_that_is_ordered_given_back_and_wanted_by_rivals_promises_no_unit_twice(storage: Storage) -> None:
    """Ten carts keep all thirty units. Each is ordered and given back at the same time, while others want to buy."""
    with storage.begin() as work:
        work.ledger.move([movement("a", 30)])
        for number in range(10):
            assert work.soft_holds.place(soft_hold(f"cart-{number}", 3), {}) == []

    def order(number: int) -> bool:
        key = SoftHoldKey(f"cart-{number}")
        with storage.begin() as work:
            return work.ledger.reserve([promise(f"o{number}", 3, request_id=f"O{number}")], {}, hold=key) == []

    def give_back(number: int) -> None:
        key = SoftHoldKey(f"cart-{number}")
        with storage.begin() as work:
            hold = work.soft_holds.get(key, lock=True)
            assert hold is not None
            if hold.live:
                work.soft_holds.give_back(key, {(ROBOT, DEPOT): Decimal(3)}, Cause.SOFT_HOLD_EXPIRED, NOW)

    def rival(number: int) -> bool:
        with storage.begin() as work:
            return work.ledger.reserve([promise(f"r{number}", 1, request_id=f"R{number}")], {}) == []

    jobs: list[Callable[[], object]] = [
        job
        for number in range(10)
        for job in (
            lambda number=number: order(number),
            lambda number=number: give_back(number),
            lambda number=number: rival(number),
        )
    ]
    at_once(jobs)
    with storage.read() as work:
        [balance] = work.ledger.balances()
        assert Decimal(0) == balance.soft_held
        assert balance.reserved <= Decimal(30)
        assert [] == work.ledger.drift()
        promised = sum((row.quantity for row in work.ledger.reservations(ROBOT, limit=1000)), Decimal(0))
        assert promised == balance.reserved


def test_the_same_hold_from_many_threads_is_placed_once(storage: Storage) -> None:
    with storage.begin() as work:
        work.ledger.move([movement("a", 50)])

    def keep() -> list[object]:
        with storage.begin() as work:
            return list(work.soft_holds.place(soft_hold("cart", 3), {}))

    assert at_once([keep] * 20) == [[]] * 20
    with storage.read() as work:
        assert Decimal(3) == work.ledger.balances()[0].soft_held


def test_one_document_delivered_by_many_threads_is_stored_once(storage: Storage) -> None:
    def deliver() -> int:
        with storage.begin() as work:
            return len(work.inbox.add([document("same")], "orders"))

    assert sum(at_once([deliver] * 20)) == 1


def test_numbers_of_a_sequence_never_repeat(storage: Storage) -> None:
    def draw() -> int:
        with storage.begin() as work:
            return work.sequences.next("control")

    assert list(range(1, 41)) == sorted(at_once([draw] * 40))


def test_only_one_of_many_claims_a_lane(storage: Storage) -> None:
    with storage.begin() as work:
        work.lanes.ensure(["out"])

    def claim(owner: str) -> Callable[[], Lease | None]:
        def job() -> Lease | None:
            with storage.begin() as work:
                return work.lanes.claim("out", owner, timedelta(minutes=1))

        return job

    claims = at_once([claim(f"worker-{number}") for number in range(20)])
    assert len([lease for lease in claims if lease is not None]) == 1


def test_no_mark_is_lost_between_claims(storage: Storage) -> None:
    """Each marker writes its work with its mark; whoever empties the lane must in the end have seen all of it."""
    with storage.begin() as work:
        work.lanes.ensure(["out"])
    done = threading.Event()
    seen: set[str] = set()

    def write(number: int) -> Callable[[], None]:
        def job() -> None:
            with storage.begin() as work:
                work.refs.put("work", str(number), document().connection, str(number))
                work.lanes.mark("out")

        return job

    def drain() -> None:
        while True:
            last = done.is_set()
            with storage.read() as work:
                due = work.lanes.due()
            if not due and last:
                return
            for lane in due:
                with storage.begin() as work:
                    lease = work.lanes.claim(lane, "drain", timedelta(minutes=1))
                assert lease is not None
                with storage.begin() as work:
                    for number in range(100):
                        found = work.refs.theirs("work", str(number), document().connection)
                        seen.update([found] if found else [])
                    work.lanes.release(lease, None)

    drainer = threading.Thread(target=drain)
    drainer.start()
    at_once([write(number) for number in range(100)], workers=8)
    done.set()
    drainer.join()
    assert {str(number) for number in range(100)} == seen


def test_a_reader_waits_for_no_writer_and_sees_one_moment(storage: Storage) -> None:
    with storage.begin() as work:
        work.ledger.move([movement("a", 1)])
    with storage.read() as reading:
        before = reading.ledger.balances()
        with storage.begin() as work:
            work.ledger.move([movement("b", 1)])
            assert before == at_once([lambda: _balances(storage)])[0]
        assert before == reading.ledger.balances()


def _balances(storage: Storage) -> object:
    with storage.read() as work:
        return work.ledger.balances()


_BUYER = """
import sys
from datetime import UTC, datetime
from decimal import Decimal
from hub.model.identity import LineId, LocationId, OrderId, RequestId, Sku
from hub.model.ledger import Cause, Reservation
from hub.storage import open_storage

url, name = sys.argv[1:]
now = datetime(2026, 11, 2, tzinfo=UTC)
storage = open_storage(url, clock=lambda: now)
got = 0
for number in range(60):
    key = f"{name}-{number}"
    row = Reservation(key, Sku("ROBOT"), LocationId("depot"), Decimal(1), OrderId("o"), LineId("1"),
                      RequestId(key), Cause.RESERVATION, now)
    with storage.begin() as work:
        got += work.ledger.reserve([row], {}) == []
storage.close()
print(got)
"""


def test_two_processes_share_one_database(storage: Storage, database_url: str) -> None:
    with storage.begin() as work:
        work.ledger.move([movement("a", 50)])
    buyers = [
        subprocess.Popen([sys.executable, "-c", _BUYER, database_url, name], stdout=subprocess.PIPE, text=True)
        for name in ("left", "right")
    ]
    bought = [int(buyer.communicate(timeout=90)[0]) for buyer in buyers]
    assert sum(bought) == 50
    with storage.read() as work:
        assert Decimal(50) == work.ledger.balances()[0].reserved
        assert [] == work.ledger.drift()


_OPENER = """
import sys
from datetime import UTC, datetime
from hub.storage import open_storage

storage = open_storage(sys.argv[1], clock=lambda: datetime(2026, 11, 2, tzinfo=UTC))
with storage.begin() as work:
    print(work.sequences.next("opened"))
"""


def test_processes_that_open_a_new_file_together_all_succeed(tmp_path_factory: pytest.TempPathFactory) -> None:
    url = f"sqlite:///{tmp_path_factory.mktemp('new')}/hub.db"
    openers = [
        subprocess.Popen([sys.executable, "-c", _OPENER, url], stdout=subprocess.PIPE, text=True) for _ in range(4)
    ]
    assert [1, 2, 3, 4] == sorted(int(opener.communicate(timeout=90)[0]) for opener in openers)
    open_storage(url, clock=lambda: NOW).close()
