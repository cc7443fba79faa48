"""Orders and their timeline on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from hub.errors import InvariantError
from hub.model.events import EventKind, OrderEvent
from hub.model.identity import DocumentId, LineId, LocationId, OrderId
from hub.model.money import Money
from hub.model.order import OpenDemand, OrderStatus
from hub.model.party import Address
from hub.ports import Storage
from tests.contract.storage.rows import KITE, LINE, ORDER, ROBOT, SHOP, order, order_line
from tests.fakes.storage import NOW


def test_an_order_comes_back_as_it_was_stored(storage: Storage) -> None:
    record = order()
    full = replace(
        record,
        order=record.order.model_copy(
            update={
                "ship_to": Address(name="Ada Example", country="SE", city="Växjö"),
                "shipping_charge": Money(amount=Decimal("4.90"), currency="EUR"),
                "promised_by": NOW.date(),
            }
        ),
        hold="address",
        excluded={LINE: frozenset({LocationId("depot"), LocationId("attic")})},
        attempts=2,
        status=OrderStatus.HELD,
    )
    with storage.begin() as work:
        assert work.orders.add(full)
    with storage.read() as work:
        assert full == work.orders.get(ORDER)
        assert full == work.orders.find(SHOP, "5001")


def test_the_same_order_again_changes_nothing(storage: Storage) -> None:
    with storage.begin() as work:
        work.orders.add(order())
    with storage.begin() as work:
        assert not work.orders.add(replace(order(number="#other"), attempts=9))
        assert order() == work.orders.get(ORDER)


def test_an_unknown_order_is_none(storage: Storage) -> None:
    with storage.begin() as work:
        assert work.orders.get(OrderId("none"), lock=True) is None
        assert work.orders.find(SHOP, "none", lock=True) is None


def test_saving_raises_the_version(storage: Storage) -> None:
    with storage.begin() as work:
        work.orders.add(order())
        work.orders.save(replace(order(), status=OrderStatus.OPEN))
        assert replace(order(), status=OrderStatus.OPEN, version=1) == work.orders.get(ORDER, lock=True)


def test_a_lost_update_is_noticed(storage: Storage) -> None:
    with storage.begin() as work:
        work.orders.add(order())
    with storage.read() as work:
        seen = work.orders.get(ORDER)
    assert seen is not None
    with storage.begin() as work:
        work.orders.save(replace(seen, attempts=1))
    with pytest.raises(InvariantError) as caught, storage.begin() as work:
        work.orders.save(replace(seen, attempts=7))
    assert caught.value.code == "storage.lost-update"
    with storage.read() as work:
        assert replace(seen, attempts=1, version=1) == work.orders.get(ORDER)


def test_pages_follow_each_other_by_order_id(storage: Storage) -> None:
    with storage.begin() as work:
        for number in range(5):
            work.orders.add(order(f"{number}"))
        first = work.orders.page(limit=3)
        rest = work.orders.page(after=first[-1].order_id, limit=3)
    assert [f"toyshop-{number}" for number in range(5)] == [record.order_id for record in first + rest]


def test_a_page_is_filtered_by_status_and_text(storage: Storage) -> None:
    with storage.begin() as work:
        work.orders.add(order("1", number="#A_17"))
        work.orders.add(order("2", number="#AB17"))
        work.orders.add(replace(order("3", number="#9"), status=OrderStatus.OPEN))
        assert ["toyshop-1"] == [record.order_id for record in work.orders.page(text="a_1")]
        assert ["toyshop-3"] == [record.order_id for record in work.orders.page(status=OrderStatus.OPEN)]
        assert 3 == len(work.orders.page(text="TOYSHOP"))


def test_orders_are_counted_by_status(storage: Storage) -> None:
    with storage.begin() as work:
        work.orders.add(order("1"))
        work.orders.add(order("2"))
        work.orders.add(replace(order("3"), status=OrderStatus.HELD))
        assert {OrderStatus.RECEIVED: 2, OrderStatus.HELD: 1} == work.orders.count()


def test_orders_waiting_for_a_mapping_are_found_until_it_is_there(storage: Storage) -> None:
    unmapped = order("1", order_line("1"), order_line("2", None, item="TS-9"))
    with storage.begin() as work:
        work.orders.add(unmapped)
        work.orders.add(order("2", order_line("1", None, item="TS-8")))
        assert ["toyshop-1"] == work.orders.with_unmapped(["TS-9", "TS-7"])
        mapped = unmapped.order.model_copy(update={"lines": (order_line("1"), order_line("2", "KITE", item="TS-9"))})
        work.orders.save(replace(unmapped, order=mapped))
        assert [] == work.orders.with_unmapped(["TS-9"])
        assert [] == work.orders.with_unmapped([])


def test_unrouted_demand_is_what_the_open_counters_say_oldest_order_first(storage: Storage) -> None:
    late = order("1", order_line("1", "ROBOT", 2), order_line("2", None, 5, "TS-9"), order_line("3", "ROBOT", 1))
    early = order("2", order_line("1", "KITE", 4), placed=NOW - timedelta(days=1))
    with storage.begin() as work:
        work.orders.add(late)
        work.orders.add(early)
        robots = OpenDemand(OrderId("toyshop-1"), SHOP, ROBOT, Decimal(3))
        kites = OpenDemand(OrderId("toyshop-2"), SHOP, KITE, Decimal(4))
        assert [kites, robots] == work.orders.unrouted()
        assert [robots] == work.orders.unrouted([ROBOT])
        assert [] == work.orders.unrouted([])
        taken = late.counters[LINE].model_copy(update={"open": Decimal(0), "reserved": Decimal(2)})
        work.orders.save(replace(late, counters={**late.counters, LineId("1"): taken}))
        assert [replace(robots, quantity=Decimal(1))] == work.orders.unrouted([ROBOT])


def test_the_timeline_is_oldest_first(storage: Storage) -> None:
    taken = OrderEvent(ORDER, EventKind.ORDER_TAKEN, NOW, "toyshop", DocumentId("D000000001"), {"number": "#1001"})
    held = OrderEvent(ORDER, EventKind.ORDER_HELD, NOW, "rule")
    with storage.begin() as work:
        work.orders.record(taken)
        work.orders.record(OrderEvent(OrderId("other"), EventKind.ORDER_TAKEN, NOW, "toyshop"))
        work.orders.record(held)
        found = work.orders.timeline(ORDER)
    assert [taken, held] == [replace(event, sequence=0) for event in found]
    assert found[0].sequence < found[1].sequence
