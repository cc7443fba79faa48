"""Stock and orders fetched from the simulator: pages end, nothing is lost, nothing unchanged comes twice."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from decimal import Decimal

import ongoing_builders as builders

from hub.model.document import Document
from hub.model.purchase import Acknowledgement
from hub.model.shipment import Shipment
from hub.model.stock import CountBasis, StockReport
from hub.sdk.capabilities import Item, Page
from hub_ongoing.connector import Orders, ShipOrderRemovals, ShipOrders, Stock
from hub_ongoing.simulator import OngoingSimulator
from hub_ongoing.simulator_server import Trouble


class Clock:
    """Moves when told."""

    def __init__(self) -> None:
        self.now = builders.NOW

    def __call__(self) -> datetime:
        return self.now


def drained(source: Stock | Orders, cursor: str | None = None) -> tuple[list[Document], str]:
    """Everything until ``more`` is False, the cursor taken through JSON each time as the store does."""
    documents: list[Document] = []
    for _ in range(50):
        page = source.fetch(cursor)
        documents += page.documents
        cursor = json.loads(json.dumps(page.cursor))
        if not page.more:
            assert isinstance(cursor, str)
            return documents, cursor
    raise AssertionError("pages never ended")


def parsed(source: Stock | Orders, documents: list[Document]) -> list[Item]:
    return [item for document in documents for item in source.parse(document, builders.codebook()).items]


def order(simulator: OngoingSimulator, *numbers: str, quantity: str = "2") -> None:
    sink = ShipOrders(builders.context(simulator))
    for number in numbers:
        request = builders.request(number, lines=(builders.line(quantity=quantity),))
        sink.send(sink.render([builders.envelope(request)], builders.codebook(), builders.stamp())[0])


def send(simulator: OngoingSimulator, number: str, **short: int) -> None:
    simulator.warehouse.start_picking(number)
    simulator.warehouse.pick(number, short)
    simulator.warehouse.send(number)


def counted(items: list[Item], basis: CountBasis) -> dict[str, Decimal]:
    reports = [item for item in items if isinstance(item, StockReport)]
    return {row.sku: row.quantity for report in reports for row in report.rows if row.basis is basis}


def test_stock_tells_what_is_there_and_what_can_be_sold(simulator: OngoingSimulator) -> None:
    order(simulator, "P1")
    source = Stock(builders.context(simulator, page_size=2))
    documents, cursor = drained(source)
    items = parsed(source, documents)
    assert {"ROBOT": 10, "KITE": 5, "MARBLE": 4} == counted(items, CountBasis.ON_HAND)
    assert {"ROBOT": 8, "KITE": 5, "MARBLE": 4} == counted(items, CountBasis.AVAILABLE)
    assert (2, "0") == (len(documents), cursor)


def test_stock_is_as_of_the_moment_before_it_was_asked(simulator: OngoingSimulator) -> None:
    source = Stock(builders.context(simulator))
    documents, _ = drained(source)
    (report,) = parsed(source, documents)
    assert isinstance(report, StockReport)
    assert builders.NOW == report.as_of


def test_unchanged_stock_is_told_again_at_another_time(simulator: OngoingSimulator) -> None:
    clock = Clock()
    source = Stock(builders.context(simulator, clock=clock))
    first, cursor = drained(source)
    clock.now += timedelta(minutes=5)
    second, _ = drained(source, cursor)
    assert first[0].source_id != second[0].source_id


def test_count_falls_when_the_goods_leave(simulator: OngoingSimulator) -> None:
    order(simulator, "P1")
    send(simulator, "P1")
    source = Stock(builders.context(simulator))
    items = parsed(source, drained(source)[0])
    assert 8 == counted(items, CountBasis.ON_HAND)["ROBOT"] == counted(items, CountBasis.AVAILABLE)["ROBOT"]


def test_shipment_is_told_with_lines_and_parcels(simulator: OngoingSimulator) -> None:
    order(simulator, "P1")
    send(simulator, "P1")
    source = Orders(builders.context(simulator))
    (shipment,) = parsed(source, drained(source)[0])
    assert isinstance(shipment, Shipment)
    assert [("P1", 1, "ROBOT", Decimal(2))] == [
        (line.request_id, line.number, line.sku, line.quantity) for line in shipment.lines
    ]
    assert (builders.NOW, ["NF000000001SE"]) == (
        shipment.shipped_at,
        [parcel.tracking_number for parcel in shipment.parcels],
    )


def test_picked_is_not_shipped(simulator: OngoingSimulator) -> None:
    order(simulator, "P1")
    simulator.warehouse.start_picking("P1")
    simulator.warehouse.pick("P1")
    assert [] == drained(Orders(builders.context(simulator)))[0]


def test_short_pick_is_a_shipment_and_a_rejection_of_the_rest(simulator: OngoingSimulator) -> None:
    order(simulator, "P1", quantity="3")
    send(simulator, "P1", **{"1": 1})
    source = Orders(builders.context(simulator))
    shipment, rest = parsed(source, drained(source)[0])
    assert isinstance(shipment, Shipment)
    assert isinstance(rest, Acknowledgement)
    assert (Decimal(1), Decimal(2)) == (shipment.lines[0].quantity, rest.lines[0].quantity)


def test_removed_order_is_rejected_whole(simulator: OngoingSimulator) -> None:
    order(simulator, "P00000042")
    removals = ShipOrderRemovals(builders.context(simulator))
    removals.send(
        removals.render([builders.envelope(builders.cancellation())], builders.codebook(), builders.stamp())[0]
    )
    source = Orders(builders.context(simulator))
    (answer,) = parsed(source, drained(source)[0])
    assert isinstance(answer, Acknowledgement)
    assert ("P00000042", [(1, Decimal(2), "rejected")]) == (
        answer.request_id,
        [(line.number, line.quantity, line.outcome) for line in answer.lines],
    )


def test_pages_lose_no_order_though_killed_after_any(simulator: OngoingSimulator) -> None:
    numbers = [f"P{number}" for number in range(7)]
    order(simulator, *numbers, quantity="1")
    for number in numbers:
        send(simulator, number)
    stored: dict[str, Document] = {}
    cursor: str | None = None
    for _ in range(20):
        # A new source at each page is what a restart makes.
        page: Page = Orders(builders.context(simulator, page_size=2)).fetch(cursor)
        stored.update({document.source_id: document for document in page.documents})
        cursor = page.cursor
        if not page.more:
            break
    source = Orders(builders.context(simulator))
    found = [item for item in parsed(source, list(stored.values())) if isinstance(item, Shipment)]
    assert numbers == [shipment.lines[0].request_id for shipment in found]


def test_order_that_has_not_changed_is_the_same_document(simulator: OngoingSimulator) -> None:
    order(simulator, "P1", "P2")
    send(simulator, "P1")
    source = Orders(builders.context(simulator))
    first, cursor = drained(source)
    send(simulator, "P2")
    second, _ = drained(source, cursor)
    assert [document.source_id for document in first] == [document.source_id for document in second][:1]
    assert 2 == len(second)


def test_next_sweep_asks_only_for_what_changed(simulator: OngoingSimulator) -> None:
    order(simulator, "P1")
    send(simulator, "P1")
    clock = Clock()
    source = Orders(builders.context(simulator, clock=clock, overlap_minutes=10))
    _, cursor = drained(source)
    clock.now += timedelta(minutes=11)
    later, cursor = drained(source, cursor)
    assert 1 == len(later), "the sweep began before the order's change by the overlap"
    clock.now += timedelta(minutes=11)
    assert [] == drained(source, cursor)[0]


def test_answer_without_a_result_is_kept_and_asked_for_again(simulator: OngoingSimulator) -> None:
    order(simulator, "P1")
    send(simulator, "P1")
    source = Orders(builders.context(simulator))
    simulator.server.misbehave(Trouble.EMPTY_RESULT)
    broken = source.fetch(None)
    assert (1, False) == (len(broken.documents), broken.more)
    found, _ = drained(source, broken.cursor)
    assert 1 == len(parsed(source, found))


def test_broken_stock_page_resumes_where_it_broke(simulator: OngoingSimulator) -> None:
    source = Stock(builders.context(simulator, page_size=1))
    first = source.fetch(None)
    simulator.server.misbehave(Trouble.EMPTY_RESULT)
    broken = source.fetch(first.cursor)
    assert (first.cursor, False, 1) == (broken.cursor, broken.more, len(broken.documents))
