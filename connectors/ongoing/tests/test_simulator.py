"""The simulated warehouse itself: its book, its people, its refusals."""

from __future__ import annotations

import threading
from decimal import Decimal

import ongoing_builders as builders
import pytest

from hub.sdk.settings import resolve_secrets, secret_schemes
from hub_ongoing.connector import ShipOrders
from hub_ongoing.plugin import hub_connectors
from hub_ongoing.settings import OngoingSettings
from hub_ongoing.simulator import OngoingSimulator
from hub_ongoing.simulator_records import AskedOrder, BusinessRefusalError, OrderedLine, Status
from hub_ongoing.simulator_soap import BadRequestError, load_schema, read_call
from hub_ongoing.simulator_warehouse import Warehouse

OPEN = b'<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>'


def asked(number: str = "P1", operation: str = "CreateOrUpdate", *quantities: int) -> AskedOrder:
    lines = (OrderedLine(str(index), "A", Decimal(units)) for index, units in enumerate(quantities or (2,), 1))
    return AskedOrder(number, operation, lines=tuple(lines))


def warehouse(**counts: int) -> Warehouse:
    house = Warehouse(lambda: builders.NOW)
    house.stock(counts or {"A": 10})
    return house


def test_orders_walk_from_open_to_sent() -> None:
    house = warehouse()
    house.process(asked())
    walked = []
    for _ in range(4):
        walked.append(house.book.orders["P1"].status)
        house.work()
    assert [Status.OPEN, Status.PICKING, Status.PICKED, Status.SENT] == walked
    assert {"A": Decimal(8)} == house.book.stock


@pytest.mark.parametrize(
    ("order", "words"),
    [
        (asked(operation="Create"), "already exists"),
        (asked("P2", "Update"), "was not found"),
        (asked("P2", "Remove"), "was not found"),
        (AskedOrder("P2", "Create", lines=(OrderedLine("1", "B", Decimal(1)),)), "Article B was not found"),
        (AskedOrder("P2", "Create", lines=(OrderedLine("1", "A", Decimal(1)),) * 2), "must be unique"),
    ],
)
def test_warehouse_refuses_in_words(order: AskedOrder, words: str) -> None:
    house = warehouse()
    house.process(asked())
    with pytest.raises(BusinessRefusalError, match=words):
        house.process(order)


@pytest.mark.parametrize("operation", ["CreateOrUpdate", "Remove"])
def test_nothing_changes_an_order_once_picking_has_begun(operation: str) -> None:
    house = warehouse()
    house.process(asked())
    house.start_picking("P1")
    with pytest.raises(BusinessRefusalError, match="has status 300"):
        house.process(asked("P1", operation))


def test_update_replaces_lines_and_is_counted() -> None:
    house = warehouse()
    house.process(asked("P1", "CreateOrUpdate", 2))
    order = house.process(asked("P1", "CreateOrUpdate", 3))
    assert (50000, 2, Decimal(3)) == (order.order_id, order.received, order.asked.lines[0].quantity)
    assert Decimal(7) == house.counts(numbers=[], id_from=0, limit=9)[0].sellable


def test_asking_for_more_than_there_is_goes_into_the_book() -> None:
    house = warehouse(A=3)
    house.process(asked("P1", "CreateOrUpdate", 2))
    house.process(asked("P2", "CreateOrUpdate", 2))
    assert {"P2": Decimal(1)} == house.book.oversold
    assert Decimal(-1) == house.counts(numbers=[], id_from=0, limit=9)[0].sellable


def test_removed_order_gives_its_units_back() -> None:
    house = warehouse()
    house.process(asked())
    house.process(AskedOrder("P1", "Remove"))
    assert Decimal(10) == house.counts(numbers=[], id_from=0, limit=9)[0].sellable


def test_two_hundred_orders_at_once_are_all_booked() -> None:
    house = warehouse(A=1000)
    threads = [threading.Thread(target=house.process, args=(asked(f"P{number}"),)) for number in range(200)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert 200 == len({order.order_id for order in house.book.orders.values()})


def test_people_work_by_themselves_until_nothing_is_left() -> None:
    simulator = OngoingSimulator(
        {
            "name": "south",
            "stock": {"ART-ROBOT": 10},
            "step_seconds": 0.005,
            "short_every": 1,
            "two_parcels_every": 1,
        }
    )
    simulator.start()
    try:
        schemes = secret_schemes(simulator.environment())
        told = resolve_secrets(OngoingSettings, simulator.connection_settings(), schemes, "south")
        sink = ShipOrders(builders.context(**told))
        (document,) = sink.render([builders.envelope(builders.request())], builders.codebook(), builders.stamp())
        sink.send(document)
        ended = threading.Event()
        while not simulator.idle():
            ended.wait(0.005)
    finally:
        simulator.stop()
    booked = simulator.book().instructions["P00000042"]
    assert ({"ART-ROBOT": Decimal(2)}, {"ART-ROBOT": Decimal(1)}, "sent") == (
        booked.lines,
        booked.shipped,
        booked.state,
    )
    assert {("", "ART-ROBOT"): Decimal(9)} == simulator.book().stock
    assert {("", "ART-ROBOT"): Decimal(10)} == simulator.book().opening
    assert 2 == len(simulator.warehouse.book.orders["P00000042"].parcels)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<Envelope/>",
        b"<!DOCTYPE x>" + OPEN + b"</soap:Body></soap:Envelope>",
        OPEN + b'<ProcessOrder xmlns="http://ongoingsystems.se/WSI"/></soap:Body></soap:Envelope>',
    ],
)
def test_request_outside_the_schema_is_refused(body: bytes) -> None:
    with pytest.raises(BadRequestError):
        read_call(body, load_schema())


def test_plugin_offers_the_connector_and_its_simulator() -> None:
    (spec,) = hub_connectors()
    assert ["cancellation", "fulfilment"] == sorted(spec.sinks)
    assert ["orders", "stock"] == sorted(spec.streams)
    assert OngoingSimulator is spec.load_simulator()
