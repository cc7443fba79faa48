"""The hub's conformance kit, against the simulated shop."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
import shopify_builders as builders

from hub.model.document import Document
from hub.model.shipment import ShipmentConfirmation
from hub.model.stock import QuantityUpdate
from hub.sdk.capabilities import Envelope
from hub.sdk.spec import ConnectorSpec
from hub.sdk.testing import (
    CancellationSinkContract,
    Delivery,
    Fault,
    FaultPartner,
    FulfilmentSinkContract,
    HealthContract,
    HealthPartner,
    HttpFaultContract,
    InventorySinkContract,
    InventorySourceContract,
    OrderSourceContract,
    ShipmentSinkContract,
    ShipmentSourceContract,
    SinkPartner,
    SourcePartner,
    SpecContract,
    TranslatedFaults,
    WebhookPartner,
    WebhookReceiverContract,
)
from hub_shopify.client import ShopifyClient, marker
from hub_shopify.connector import Orders, OrderWebhooks, ShopHealth, StoreCounts, StoreShipments
from hub_shopify.plugin import hub_connectors
from hub_shopify.quantities import ChannelQuantities
from hub_shopify.recalls import StoreRecalls
from hub_shopify.simulator import ShopifySimulator
from hub_shopify.simulator_faults import Fault as Trouble
from hub_shopify.sinks import Fulfilments, StoreAssignments

SECRET = "simulated-token"
WORDS = {
    Fault.UNAUTHORISED: Trouble.UNAUTHORISED,
    Fault.FORBIDDEN: Trouble.FORBIDDEN,
    Fault.NOT_FOUND: Trouble.NOT_FOUND,
    Fault.CONFLICT: Trouble.CONFLICT,
    Fault.INVALID: Trouble.UNPROCESSABLE,
    Fault.THROTTLED: Trouble.TOO_MANY_RETRY_AFTER,
    Fault.THROTTLED_WITHOUT_RETRY_AFTER: Trouble.TOO_MANY,
    Fault.SERVER_ERROR: Trouble.SERVER_ERROR,
    Fault.UNAVAILABLE: Trouble.UNAVAILABLE_HTML,
    Fault.TRUNCATED: Trouble.TRUNCATED_BODY,
    Fault.WRONG_CONTENT_TYPE: Trouble.WRONG_CONTENT_TYPE,
    Fault.ENDLESS: Trouble.ENDLESS_BODY,
    Fault.TIMEOUT_BEFORE: Trouble.TIMEOUT_BEFORE,
    Fault.TIMEOUT_AFTER: Trouble.TIMEOUT_AFTER,
}
HURRIED = {"deadline_seconds": 1.0, "page_size": 2}


@pytest.fixture
def shop() -> Iterator[ShopifySimulator]:
    simulator = ShopifySimulator(builders.scenario(units=1000))
    simulator.start()
    yield simulator
    if not simulator.server.stopped:
        simulator.stop()


def faults(shop: ShopifySimulator, operation: str | None = None) -> TranslatedFaults[Trouble]:
    """Of this operation only: a sink reads before it writes, and it is the write whose answer must be lost."""
    planned = shop.server.faults
    return TranslatedFaults(WORDS, lambda word, times: planned.next(word, times, operation), planned.clear)


def bought(shop: ShopifySimulator, count: int = 3) -> list[tuple[str, list[str]]]:
    return [builders.placed(shop, builders.ADDRESS, ("TOY-1", 2), ("TOY-2", 1)) for _ in range(count)]


def spoilt_order(document: Document) -> Document:
    body = json.loads(document.body)
    body["lineItems"]["nodes"][0]["sku"] = None
    return replace(document, body=json.dumps(body).encode())


class TestOrders(OrderSourceContract):
    @pytest.fixture
    def partner(self, shop: ShopifySimulator) -> SourcePartner:
        return SourcePartner(
            open=lambda: Orders(builders.wired(shop, page_size=2)),
            codebook=builders.CODEBOOK,
            produce=lambda: frozenset(f"ordered {number}" for number, _ in bought(shop)),
            secret=SECRET,
            spoil=spoilt_order,
        )


class TestStoreCounts(InventorySourceContract):
    @pytest.fixture
    def partner(self, shop: ShopifySimulator) -> SourcePartner:
        units = itertools.count(7)

        def produce() -> frozenset[str]:
            shop.staff.recount("Harbour store", "TOY-1", found := next(units))
            return frozenset({f"OUR-TOY-1@harbour={found}", "OUR-TOY-3@hill"})

        return SourcePartner(
            open=lambda: StoreCounts(builders.wired(shop)),
            codebook=builders.CODEBOOK,
            produce=produce,
            secret=SECRET,
        )


def assigned(shop: ShopifySimulator, names: Iterator[int]) -> tuple[Envelope, str]:
    """One request for an order of its own, and the order's number."""
    ((number, (one, two)),) = bought(shop, 1)
    return builders.request(number, {one: 2, two: 1}, name=f"P{next(names):08}"), number


class TestStoreShipments(ShipmentSourceContract):
    @pytest.fixture
    def partner(self, shop: ShopifySimulator) -> SourcePartner:
        names = itertools.count(1)

        def produce() -> frozenset[str]:
            sink = StoreAssignments(builders.wired(shop))
            numbers = []
            for _ in range(2):
                envelope, number = assigned(shop, names)
                sink.send(builders.rendered(sink, builders.CODEBOOK, envelope))
                shop.server.stock("Harbour store", "TOY-1", 6)
                numbers.append(number)
            shop.staff.ship_open("9999")
            return frozenset(f"shipped {number}" for number in numbers)

        return SourcePartner(
            open=lambda: StoreShipments(builders.wired(shop, page_size=5)),
            codebook=builders.CODEBOOK,
            produce=produce,
            secret=SECRET,
        )


class TestStoreAssignments(FulfilmentSinkContract):
    @pytest.fixture
    def partner(self, shop: ShopifySimulator) -> SinkPartner:
        names = itertools.count(1)

        def effects(envelope: Envelope) -> int:
            booked = shop.book().instructions.get(envelope.key)
            return booked.times if booked else 0

        def read_back(document: Document) -> Mapping[str, Mapping[str, Any]]:
            body = json.loads(document.body)
            lines = {
                f"lines.{place}.{name}": value
                for place, line in enumerate(body["lines"])
                for name, value in (
                    ("line_id", line["line"]),
                    ("quantity", Decimal(line["units"])),
                    ("number", line["number"]),
                )
            }
            found = {"request_id": body["reference"], "order_external_id": body["order"], **lines}
            return {document.item_keys[0]: found}

        return SinkPartner(
            open=lambda: StoreAssignments(builders.wired(shop)),
            hurried=lambda: StoreAssignments(builders.wired(shop, **HURRIED)),
            codebook=builders.CODEBOOK,
            items=lambda count: [assigned(shop, names)[0] for _ in range(count)],
            effects=effects,
            now=builders.NOW,
            secret=SECRET,
            carried=("request_id", "order_external_id", "lines.*.line_id", "lines.*.quantity", "lines.*.number"),
            read_back=read_back,
            codebook_lacking=replace(builders.CODEBOOK, sites={}),
            faults=faults(shop, "MoveFulfilmentOrder"),
        )


class TestStoreRecalls(CancellationSinkContract):
    @pytest.fixture
    def partner(self, shop: ShopifySimulator) -> SinkPartner:
        names = itertools.count(1)
        orders: dict[str, str] = {}

        def items(count: int) -> Sequence[Envelope]:
            sink = StoreAssignments(builders.wired(shop))
            found = []
            for _ in range(count):
                envelope, number = assigned(shop, names)
                sink.send(builders.rendered(sink, builders.CODEBOOK, envelope))
                asked = builders.recall(number, name=envelope.key)
                orders[asked.key] = number
                found.append(asked)
            return found

        def effects(envelope: Envelope) -> int:
            open_at = shop.server.book().orders[f"gid://shopify/Order/{orders[envelope.key]}"].open_at
            return int(dict(open_at) == {"Crossdock": 3})

        return SinkPartner(
            open=lambda: StoreRecalls(builders.wired(shop)),
            hurried=lambda: StoreRecalls(builders.wired(shop, **HURRIED)),
            codebook=builders.CODEBOOK,
            items=items,
            effects=effects,
            now=builders.NOW,
            secret=SECRET,
            codebook_lacking=replace(builders.CODEBOOK, sites={}),
            faults=faults(shop, "MoveFulfilmentOrder"),
        )


class TestFulfilments(ShipmentSinkContract):
    @pytest.fixture
    def partner(self, shop: ShopifySimulator) -> SinkPartner:
        numbers = itertools.count(1)

        def items(count: int) -> Sequence[Envelope]:
            return [
                builders.confirmation(order, {one: 1}, f"HP{each}", key=f"S-{each}:toyshop")
                for (order, (one, _)), each in ((bought(shop, 1)[0], next(numbers)) for _ in range(count))
            ]

        def effects(envelope: Envelope) -> int:
            told = envelope.item
            assert isinstance(told, ShipmentConfirmation)
            booked = shop.server.book().orders[f"gid://shopify/Order/{told.order_external_id}"]
            return sum(told.parcels[0].tracking_number in made.tracking_numbers for made in booked.fulfilments)

        return SinkPartner(
            open=lambda: Fulfilments(builders.wired(shop)),
            hurried=lambda: Fulfilments(builders.wired(shop, **HURRIED)),
            codebook=builders.CODEBOOK,
            items=items,
            effects=effects,
            now=builders.NOW,
            secret=SECRET,
            faults=faults(shop, "CreateFulfilment"),
        )


class TestChannelQuantities(InventorySinkContract):
    @pytest.fixture
    def partner(self, shop: ShopifySimulator) -> SinkPartner:
        figures = itertools.count(1)

        def items(count: int) -> Sequence[Envelope]:
            return [builders.update(f"OUR-TOY-{place + 1}", next(figures), None) for place in range(count)]

        def effects(envelope: Envelope) -> int:
            told = envelope.item
            assert isinstance(told, QuantityUpdate)
            booked = shop.server.book().inventory["Crossdock", told.sku.removeprefix("OUR-")]
            return int(booked.available == told.quantity)

        return SinkPartner(
            open=lambda: ChannelQuantities(builders.wired(shop)),
            hurried=lambda: ChannelQuantities(builders.wired(shop, **HURRIED)),
            codebook=builders.CODEBOOK,
            items=items,
            effects=effects,
            now=builders.NOW,
            secret=SECRET,
            most_items=3,
            codebook_lacking=replace(builders.CODEBOOK, items=()),
            faults=faults(shop, "SetQuantities"),
        )


class TestWebhooks(WebhookReceiverContract):
    @pytest.fixture
    def partner(self, shop: ShopifySimulator) -> WebhookPartner:
        def deliveries() -> Sequence[Delivery]:
            return [Delivery(*builders.webhook(shop, number)) for number, _ in bought(shop, 2)]

        source = Orders(builders.wired(shop))
        return WebhookPartner(
            open=lambda: OrderWebhooks(builders.wired(shop)),
            deliveries=deliveries,
            parse=lambda document: source.parse(document, builders.CODEBOOK),
            at=builders.NOW,
            secret="simulated-secret",
        )


class TestHealth(HealthContract):
    @pytest.fixture
    def partner(self, shop: ShopifySimulator) -> HealthPartner:
        return HealthPartner(open=lambda: ShopHealth(builders.wired(shop)), stop=shop.stop, secret=SECRET)


class TestFaults(HttpFaultContract):
    @pytest.fixture
    def partner(self, shop: ShopifySimulator) -> FaultPartner:
        planned = faults(shop)
        hurried, patient = builders.wired(shop, **HURRIED), builders.wired(shop, page_size=2)
        sources = {True: Orders(hurried), False: Orders(patient)}
        clients = {True: ShopifyClient(hurried), False: ShopifyClient(patient)}

        def write() -> object:
            return clients[planned.silent].create_fulfilment(
                marker("5001", "S-1", "{}"), {"lineItemsByFulfillmentOrder": []}
            )

        return FaultPartner(
            read=lambda: sources[planned.silent].fetch(None),
            faults=planned,
            stop=shop.stop,
            secret=SECRET,
            write=write,
        )


class TestSpec(SpecContract):
    @pytest.fixture
    def spec(self) -> ConnectorSpec:
        (spec,) = hub_connectors()
        return spec
