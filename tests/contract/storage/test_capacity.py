"""A location's day is reserved like stock: however many route at once, nobody gets room that another took."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

from hub.flows.registry import record_item
from hub.flows.route_order import route_order
from hub.flows.work import Work
from hub.model.calendar import Capacity
from hub.model.identity import ConnectionId, OrderId
from hub.ports import Storage
from tests.builders import a_location, a_network, a_report, an_order
from tests.fakes.storage import NOW

BUYERS = 8
NEAR = a_location("near", per_request="3").model_copy(update={"capacity": Capacity(units=7)})
NETWORK = a_network(NEAR, a_location("far", per_request="4"))


def work(unit: object, connection: str | None = None) -> Work:
    return Work(unit, NETWORK, NOW, None, "test", ConnectionId(connection) if connection else None)  # type: ignore[arg-type]


def test_buyers_at_the_same_time_share_the_day_and_nobody_gets_what_is_not_left(storage: Storage) -> None:
    orders = [an_order(number, A=2) for number in range(1, BUYERS + 1)]
    with storage.begin() as unit:
        for where in ("near", "far"):
            record_item(work(unit, where), a_report(where, {"A": 100}))
        for order in orders:
            record_item(work(unit, "shop"), order)

    def route(order_id: OrderId) -> None:
        for _ in range(BUYERS):
            with storage.begin() as unit:
                again = route_order(work(unit), order_id)
            if again is None:
                return

    with ThreadPoolExecutor(BUYERS) as pool:
        list(pool.map(route, [order.order_id for order in orders]))
    with storage.read() as unit:
        placed = [unit.requests.for_order(order.order_id) for order in orders]
        waiting = unit.requests.waiting_at(["near", "far", "nobody"])  # type: ignore[list-item]
    assert all(len(requests) == 1 for requests in placed)
    assert waiting == {"near": (3, Decimal(6)), "far": (5, Decimal(10)), "nobody": (0, Decimal(0))}
