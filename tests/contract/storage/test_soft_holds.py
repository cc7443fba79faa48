"""Soft holds in the database: guarded like promises, summed like them, and only ever given back once."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import create_engine, text

from hub.errors import InvariantError
from hub.model.identity import SoftHoldKey
from hub.model.ledger import Bucket, Cause
from hub.ports import Storage
from tests.contract.storage.rows import DEPOT, KITE, ORDER, ROBOT, movement, promise, soft_hold
from tests.contract.storage.test_schema import driver
from tests.fakes.storage import NOW

CART = SoftHoldKey("cart")
HERE = (ROBOT, DEPOT)


def test_a_hold_is_kept_only_where_stock_covers_it_above_the_floor(storage: Storage) -> None:
    with storage.begin() as work:
        work.ledger.move([movement("m", 10), movement("u", 2, bucket=Bucket.UNAVAILABLE)])
        assert work.ledger.reserve([promise("p", 3)], {}) == []
        assert [HERE] == work.soft_holds.place(soft_hold("big", 5), {HERE: Decimal(1)})
        assert [] == work.soft_holds.place(soft_hold("cart", 4), {HERE: Decimal(1)})
        assert [HERE] == work.soft_holds.place(soft_hold("late", 1), {HERE: Decimal(1)})
        [balance] = work.ledger.balances()
        assert (Decimal(3), Decimal(4), Decimal(1)) == (balance.reserved, balance.soft_held, balance.available)
        assert [CART] == [each.key for each in work.soft_holds.page(live_only=False)]
        assert [] == work.ledger.drift()


def test_a_promise_leaves_held_units_alone_unless_it_names_the_hold(storage: Storage) -> None:
    with storage.begin() as work:
        work.ledger.move([movement("m", 5)])
        work.soft_holds.place(soft_hold("cart", 4), {})
        assert ["p1"] == work.ledger.reserve([promise("p1", 2)], {})
        assert [] == work.ledger.reserve([promise("p2", 5)], {}, hold=CART)
        [balance] = work.ledger.balances()
        assert (Decimal(5), Decimal(0)) == (balance.reserved, balance.soft_held)
        hold = work.soft_holds.get(CART)
        assert hold is not None
        assert not hold.live
        assert [] == work.ledger.reserve([promise("p2", 5)], {}, hold=CART)
        assert [] == work.ledger.drift()


def test_a_promise_of_less_leaves_the_rest_of_the_hold(storage: Storage) -> None:
    with storage.begin() as work:
        work.ledger.move([movement("m", 5)])
        work.soft_holds.place(soft_hold("cart", 4), {})
        assert [] == work.ledger.reserve([promise("p1", 1), promise("p2", 2, line="2")], {}, hold=CART)
        hold = work.soft_holds.get(CART)
        assert hold is not None
        assert {ROBOT: Decimal(1)} == hold.held
        assert {ROBOT: Decimal(4)} == hold.asked
        assert [] == work.ledger.drift()


def test_where_less_is_left_than_is_held_a_holder_gets_up_to_its_own_and_no_more(storage: Storage) -> None:
    with storage.begin() as work:
        work.ledger.move([movement("m", 10)])
        work.soft_holds.place(soft_hold("cart", 5), {})
        work.soft_holds.place(soft_hold("other", 5), {})
        work.ledger.move([movement("lost", -4)])
        assert ["p0"] == work.ledger.reserve([promise("p0", 6)], {}, hold=CART)
        assert [] == work.ledger.reserve([promise("p1", 5)], {}, hold=CART)
        assert ["p2"] == work.ledger.reserve([promise("p2", 5)], {}, hold=SoftHoldKey("other"))
        assert [] == work.ledger.reserve([promise("p3", 1)], {}, hold=SoftHoldKey("other"))
        [balance] = work.ledger.balances()
        assert (Decimal(6), Decimal(4)) == (balance.reserved, balance.soft_held)
        assert [] == work.ledger.drift()


def test_more_than_is_kept_is_not_given_back(storage: Storage) -> None:
    with storage.begin() as work:
        work.ledger.move([movement("m", 10)])
        work.soft_holds.place(soft_hold("cart", 5), {})
        work.soft_holds.place(soft_hold("other", 5), {})
        with pytest.raises(InvariantError) as caught:
            work.soft_holds.give_back(CART, {HERE: Decimal(6)}, Cause.SOFT_HOLD_RELEASED, NOW)
        assert caught.value.code == "storage.release-exceeds-hold"
        work.soft_holds.give_back(CART, {HERE: Decimal(2)}, Cause.SOFT_HOLD_RELEASED, NOW)
        work.soft_holds.give_back(CART, {HERE: Decimal(3)}, Cause.SOFT_HOLD_RELEASED, NOW)
        assert Decimal(5) == work.ledger.balances()[0].soft_held
        assert [] == work.ledger.drift()


def test_holds_are_listed_by_their_end_and_found_by_their_order(storage: Storage) -> None:
    with storage.begin() as work:
        work.ledger.move([movement("m", 10), movement("k", 10, sku=KITE)])
        work.soft_holds.place(soft_hold("late", 1, minutes=60), {})
        work.soft_holds.place(soft_hold("soon", 2, sku=KITE), {})
        work.soft_holds.place(soft_hold("ended", 3), {})
        work.soft_holds.give_back(SoftHoldKey("ended"), {HERE: Decimal(3)}, Cause.SOFT_HOLD_EXPIRED, NOW)
        assert ["soon", "late"] == [each.key for each in work.soft_holds.page()]
        assert ["ended", "soon", "late"] == [each.key for each in work.soft_holds.page(live_only=False)]
        assert {} == work.soft_holds.of_orders([ROBOT, KITE])
        work.soft_holds.claim(SoftHoldKey("soon"), ORDER)
        work.soft_holds.extend(SoftHoldKey("soon"), NOW + timedelta(hours=2))
        assert {(ORDER, KITE, DEPOT): Decimal(2)} == work.soft_holds.of_orders([ROBOT, KITE])
        assert ["late", "soon"] == [each.key for each in work.soft_holds.page(limit=2)]
        assert work.soft_holds.get(SoftHoldKey("none")) is None


@pytest.mark.parametrize(
    ("damage", "figure"),
    [
        ("UPDATE balances SET soft_held = soft_held + 1000000", "softly held -1"),
        ("UPDATE soft_hold_units SET held = held - 1000000", "by soft holds 1"),
    ],
)
def test_drift_finds_a_balance_or_a_hold_that_is_not_the_sum_of_its_rows(
    storage: Storage, database_url: str, damage: str, figure: str
) -> None:
    with storage.begin() as work:
        work.ledger.move([movement("m", 10)])
        work.soft_holds.place(soft_hold("cart", 5), {})
        assert [] == work.ledger.drift()
    engine = create_engine(driver(database_url))
    with engine.begin() as connection:
        connection.execute(text(damage))
    engine.dispose()
    with storage.read() as work:
        [words] = work.ledger.drift()
    assert figure in words
