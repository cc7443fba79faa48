"""The hub's conformance kit, against the simulated warehouse."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import ongoing_builders as builders
import pytest

from hub.errors import ConfigurationError
from hub.model.document import Document
from hub.model.quantity import to_base
from hub.sdk.capabilities import Envelope
from hub.sdk.context import ConnectionContext
from hub.sdk.spec import ConnectorSpec
from hub.sdk.testing import (
    AcknowledgementSourceContract,
    CancellationSinkContract,
    Fault,
    FaultPartner,
    FulfilmentSinkContract,
    HealthContract,
    HealthPartner,
    HttpFaultContract,
    InventorySourceContract,
    ShipmentSourceContract,
    SinkPartner,
    SourcePartner,
    SpecContract,
    TranslatedFaults,
)
from hub_ongoing import simulator_soap
from hub_ongoing.connector import Connection, Orders, ShipOrderRemovals, ShipOrders, Stock
from hub_ongoing.plugin import hub_connectors
from hub_ongoing.settings import OngoingSettings
from hub_ongoing.simulator import OngoingSimulator
from hub_ongoing.simulator_records import AskedOrder, OrderedLine, Status
from hub_ongoing.simulator_server import Trouble

WORDS = {
    Fault.UNAUTHORISED: Trouble.UNAUTHORISED,
    Fault.FORBIDDEN: Trouble.FORBIDDEN,
    Fault.NOT_FOUND: Trouble.NOT_FOUND,
    Fault.CONFLICT: Trouble.CONFLICT,
    Fault.INVALID: Trouble.UNPROCESSABLE,
    Fault.THROTTLED: Trouble.THROTTLED,
    Fault.THROTTLED_WITHOUT_RETRY_AFTER: Trouble.THROTTLED_WITHOUT_RETRY_AFTER,
    Fault.SERVER_ERROR: Trouble.SERVER_ERROR,
    Fault.UNAVAILABLE: Trouble.UNAVAILABLE_HTML,
    Fault.SOAP_FAULT: Trouble.FAULT_IN_500,
    Fault.TRUNCATED: Trouble.TRUNCATED,
    Fault.WRONG_CONTENT_TYPE: Trouble.WRONG_CONTENT_TYPE,
    Fault.ENDLESS: Trouble.NEVER_ENDING,
    Fault.TIMEOUT_BEFORE: Trouble.TIMEOUT_BEFORE,
    Fault.TIMEOUT_AFTER: Trouble.TIMEOUT_AFTER,
}
HURRIED = {"timeout_seconds": 1.0}
ARTICLES = ("ART-ROBOT", "ART-KITE", "ART-MARBLE-BOX", "ART-DRUM")


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def simulator() -> Iterator[OngoingSimulator]:
    warehouse = OngoingSimulator({"stock": dict.fromkeys(ARTICLES, 1000), "password": builders.PASSWORD})
    warehouse.start()
    yield warehouse
    if not warehouse.server.closing:
        warehouse.stop()


def context(simulator: OngoingSimulator, **changes: Any) -> ConnectionContext[OngoingSettings]:
    return builders.context(simulator, clock=now, **{"page_size": 2, **changes})


def faults(simulator: OngoingSimulator) -> TranslatedFaults[Trouble]:
    return TranslatedFaults(WORDS, simulator.server.misbehave, simulator.server.behave)


def spoilt(element: str) -> Any:
    """A function that makes the first such element of a document unreadable."""

    def spoil(document: Document) -> Document:
        opening = f"<{element}>".encode()
        return replace(document, body=document.body.replace(opening, opening + b"lots of ", 1))

    return spoil


class TestStock(InventorySourceContract):
    @pytest.fixture
    def partner(self, simulator: OngoingSimulator) -> SourcePartner:
        counts = itertools.count(10)

        def produce() -> frozenset[str]:
            count = next(counts)
            simulator.warehouse.stock({"ART-KITE": count, "ART-MARBLE-BOX": count})
            return frozenset({f"KITE@nordlager={count}", f"MARBLE@nordlager={count * 12}"})

        return SourcePartner(
            open=lambda: Stock(context(simulator)),
            codebook=builders.codebook(),
            produce=produce,
            secret=builders.PASSWORD,
            spoil=spoilt("NumberOfItemsDecimal"),
        )


def sent(simulator: OngoingSimulator, number: str, found: dict[str, int]) -> None:
    """An order of two robots and three kites, picked as ``found`` and sent."""
    lines = (
        OrderedLine("1", "ART-ROBOT", builders.line(quantity="2").quantity),
        OrderedLine("2", "ART-KITE", builders.line(quantity="3").quantity),
    )
    simulator.warehouse.process(AskedOrder(number, "Create", lines=lines))
    simulator.warehouse.start_picking(number)
    simulator.warehouse.pick(number, found)
    simulator.warehouse.send(number)


class TestShipments(ShipmentSourceContract):
    @pytest.fixture
    def partner(self, simulator: OngoingSimulator) -> SourcePartner:
        numbers = itertools.count(1)

        def produce() -> frozenset[str]:
            made = [f"P{next(numbers):08d}" for _ in range(3)]
            for number in made:
                sent(simulator, number, {})
            return frozenset(f"shipped {number}" for number in made)

        return SourcePartner(
            open=lambda: Orders(context(simulator)),
            codebook=builders.codebook(),
            produce=produce,
            secret=builders.PASSWORD,
            spoil=spoilt("PickedNumberOfItems"),
        )


class TestRefusals(AcknowledgementSourceContract):
    @pytest.fixture
    def partner(self, simulator: OngoingSimulator) -> SourcePartner:
        numbers = itertools.count(1)

        def produce() -> frozenset[str]:
            made = [f"P{next(numbers):08d}" for _ in range(3)]
            for number in made:
                sent(simulator, number, {"1": 1, "2": 1})
            return frozenset(f"acknowledged {number}" for number in made)

        return SourcePartner(
            open=lambda: Orders(context(simulator)),
            codebook=builders.codebook(),
            produce=produce,
            secret=builders.PASSWORD,
            spoil=spoilt("OrderedNumberOfItems"),
        )


CARRIED = (
    "request_id",
    "order_number",
    "service",
    "lines.*.number",
    "lines.*.sku",
    "lines.*.quantity",
    "ship_to.name",
    "ship_to.line1",
    "ship_to.line2",
    "ship_to.postal_code",
    "ship_to.city",
    "ship_to.country",
)


def read_back(document: Document) -> Mapping[str, Mapping[str, Any]]:
    """What the warehouse reads from our bytes, in the hub's words."""
    order = simulator_soap.read_order(simulator_soap.read_call(document.body, simulator_soap.load_schema()).element)
    found: dict[str, Any] = {
        "request_id": order.number,
        "order_number": order.reference,
        "service": order.way_of_delivery,
        "ship_to.name": order.consignee["Name"],
        "ship_to.line1": order.consignee["Address"],
        "ship_to.line2": order.consignee["Address2"],
        "ship_to.postal_code": order.consignee["PostCode"],
        "ship_to.city": order.consignee["City"],
        "ship_to.country": order.consignee["CountryCode"],
    }
    for index, line in enumerate(order.lines):
        item = builders.codebook().item_named(line.article_number)
        assert item is not None
        found |= {
            f"lines.{index}.number": int(line.code),
            f"lines.{index}.sku": item.sku,
            f"lines.{index}.quantity": to_base(line.quantity, item.units_each),
        }
    return dict.fromkeys(document.item_keys, found)


class TestShipOrders(FulfilmentSinkContract):
    @pytest.fixture
    def partner(self, simulator: OngoingSimulator) -> SinkPartner:
        numbers = itertools.count(1)

        def items(count: int) -> Sequence[Envelope]:
            lines = (builders.line(1), builders.line(2, "MARBLE", "24"))
            return [
                builders.envelope(builders.request(f"P{number:08d}", lines=lines), f"key-{number}")
                for number in itertools.islice(numbers, count)
            ]

        def effects(envelope: Envelope) -> int:
            booked = simulator.book().instructions.get(getattr(envelope.item, "request_id", ""))
            return booked.times if booked else 0

        return SinkPartner(
            open=lambda: ShipOrders(context(simulator)),
            hurried=lambda: ShipOrders(context(simulator, **HURRIED)),
            codebook=builders.codebook(),
            items=items,
            effects=effects,
            now=builders.NOW,
            secret=builders.PASSWORD,
            carried=CARRIED,
            read_back=read_back,
            codebook_lacking=builders.codebook(items=()),
            faults=faults(simulator),
        )


class TestShipOrderRemovals(CancellationSinkContract):
    @pytest.fixture
    def partner(self, simulator: OngoingSimulator) -> SinkPartner:
        numbers = itertools.count(1)

        def items(count: int) -> Sequence[Envelope]:
            made = [f"P{number:08d}" for number in itertools.islice(numbers, count)]
            for number in made:
                lines = (OrderedLine("1", "ART-KITE", builders.line().quantity),)
                simulator.warehouse.process(AskedOrder(number, "Create", lines=lines))
            return [builders.envelope(builders.cancellation(number), f"key-{number}") for number in made]

        def effects(envelope: Envelope) -> int:
            order = simulator.warehouse.book.orders[getattr(envelope.item, "request_id", "")]
            return int(order.status is Status.CANCELLED)

        return SinkPartner(
            open=lambda: ShipOrderRemovals(context(simulator)),
            hurried=lambda: ShipOrderRemovals(context(simulator, **HURRIED)),
            codebook=builders.codebook(),
            items=items,
            effects=effects,
            now=builders.NOW,
            secret=builders.PASSWORD,
            faults=faults(simulator),
        )


class TestFaults(HttpFaultContract):
    @pytest.fixture
    def partner(self, simulator: OngoingSimulator) -> FaultPartner:
        numbers = itertools.count(1)
        planned = faults(simulator)
        sinks = {True: ShipOrders(context(simulator, **HURRIED)), False: ShipOrders(context(simulator))}
        sources = {True: Stock(context(simulator, **HURRIED)), False: Stock(context(simulator))}

        def write() -> object:
            envelope = builders.envelope(builders.request(f"P{next(numbers):08d}"))
            sink = sinks[planned.silent]
            return sink.send(sink.render([envelope], builders.codebook(), builders.stamp())[0])

        return FaultPartner(
            read=lambda: sources[planned.silent].fetch(None),
            faults=planned,
            stop=simulator.stop,
            secret=builders.PASSWORD,
            write=write,
            # Every call goes to one address, so not found is the endpoint's fault and never an order's.
            also={Fault.NOT_FOUND: (ConfigurationError,)},
        )


class TestHealth(HealthContract):
    @pytest.fixture
    def partner(self, simulator: OngoingSimulator) -> HealthPartner:
        return HealthPartner(open=lambda: Connection(context(simulator)), stop=simulator.stop, secret=builders.PASSWORD)


class TestSpec(SpecContract):
    @pytest.fixture
    def spec(self) -> ConnectorSpec:
        (found,) = hub_connectors()
        return found
