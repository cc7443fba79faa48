"""Builders for the connector's tests: contexts wired to a simulated shop, orders in it, and what the hub tells."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from pydantic import SecretStr

from hub.mapping.codebook import Codebook, PartnerItem
from hub.model.document import Document
from hub.model.fulfilment import CancellationRequest, FulfilmentRequest, RequestKind, RequestLine
from hub.model.identity import ChannelId, ConnectionId, LineId, LocationId, OrderId, PartnerId, RequestId, Sku
from hub.model.shipment import ConfirmedLine, Parcel, ShipmentConfirmation
from hub.model.stock import QuantityUpdate
from hub.sdk.capabilities import Envelope, Source, Stamp
from hub.sdk.context import ConnectionContext
from hub_shopify.settings import ShopifySettings
from hub_shopify.simulator import ShopifySimulator
from hub_shopify.simulator_webhooks import order_payload

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
SKUS = ("TOY-1", "TOY-2", "TOY-3")
ADDRESS = {
    "name": "Robin Example",
    "address1": "1 Quay Street",
    "city": "Port Example",
    "provinceCode": "CA",
    "zip": "90001",
    "countryCodeV2": "US",
    "phone": "+1 555 0100",
}
CODEBOOK = Codebook(
    connection=ConnectionId("toyshop"),
    partner=PartnerId("toyshop"),
    items=tuple(PartnerItem(Sku(f"OUR-{sku}"), {"sku": sku}) for sku in SKUS),
    sites={"65001": LocationId("online"), "65002": LocationId("harbour"), "65003": LocationId("hill")},
    tables={"services": {"overnight": "express"}},
)


def scenario(units: int = 20) -> dict[str, Any]:
    """One online location with so many of each toy, and two stores whose staff wait to be told."""
    return {
        "items": [{"sku": sku, "price": "12.50"} for sku in SKUS],
        "locations": [
            {"number": 65001, "name": "Crossdock", "stock": dict.fromkeys(SKUS, units)},
            {"number": 65002, "name": "Harbour store", "is_store": True, "stock": dict.fromkeys(SKUS, 6)},
            {"number": 65003, "name": "Hill store", "is_store": True, "stock": dict.fromkeys(SKUS, 3)},
        ],
        "staff_delay_seconds": None,
    }


def wired(shop: ShopifySimulator, **changes: Any) -> ConnectionContext[ShopifySettings]:
    """A context for this shop; settings by keyword."""
    given = dict(shop.connection_settings())
    secrets = shop.environment()
    for name in ("access_token", "webhook_secret"):
        given[name] = SecretStr(secrets[given[name].removeprefix("${env:").removesuffix("}")])
    return ConnectionContext(
        connection=ConnectionId("toyshop"),
        partner=PartnerId("toyshop"),
        settings=ShopifySettings.model_validate({"deadline_seconds": 30, **given, **changes}),
        clock=lambda: datetime.now(UTC),
        channel=ChannelId("toyshop"),
        allow_private=True,
        sleep=lambda _seconds: None,
        random=random.Random(1),
    )


def all_documents(source: Source, cursor: str | None = None) -> tuple[list[Document], str]:
    documents: list[Document] = []
    more = True
    while more:
        page = source.fetch(cursor)
        documents.extend(page.documents)
        cursor, more = page.cursor, page.more
    assert cursor is not None
    return documents, cursor


def placed(shop: ShopifySimulator, address: Mapping[str, str], *lines: tuple[str, int]) -> tuple[str, list[str]]:
    order = shop.storefront.place_order(lines, address)
    assert order is not None
    kept = shop.server.shop.orders[order.id]
    return order.id.rsplit("/", 1)[1], [line.id.rsplit("/", 1)[1] for line in kept.lines]


def request(number: str, lines: Mapping[str, int], *, name: str = "P00000042") -> Envelope:
    item = FulfilmentRequest(
        request_id=RequestId(name),
        order_id=OrderId(f"toyshop-{number}"),
        channel=ChannelId("toyshop"),
        order_external_id=number,
        order_number="#1001",
        location=LocationId("harbour"),
        connection=ConnectionId("toyshop"),
        kind=RequestKind.STORE,
        requested_at=NOW,
        lines=tuple(
            RequestLine(number=place, line_id=LineId(line), sku=Sku("OUR-TOY-1"), quantity=Decimal(units))
            for place, (line, units) in enumerate(lines.items(), 1)
        ),
    )
    return Envelope(name, item)


def confirmation(number: str, lines: Mapping[str, int], *tracking: str, key: str = "S-1:toyshop") -> Envelope:
    item = ShipmentConfirmation(
        key=key,
        order_id=OrderId(f"toyshop-{number}"),
        channel=ChannelId("toyshop"),
        connection=ConnectionId("toyshop"),
        order_external_id=number,
        location=LocationId("supplier-a"),
        lines=tuple(ConfirmedLine(line_id=LineId(line), quantity=Decimal(units)) for line, units in lines.items()),
        parcels=tuple(Parcel(tracking_number=one, carrier="Harbour Parcel") for one in tracking),
        shipped_at=NOW,
    )
    return Envelope(key, item)


def update(sku: str, quantity: int, expected: int | None) -> Envelope:
    item = QuantityUpdate(
        key=f"q:{sku}:{quantity}",
        channel=ChannelId("toyshop"),
        connection=ConnectionId("toyshop"),
        sku=Sku(sku),
        quantity=Decimal(quantity),
        expected=None if expected is None else Decimal(expected),
        computed_at=NOW,
    )
    return Envelope(item.key, item)


def rendered(sink: Any, codebook: Codebook, *items: Envelope, key: str = "doc-1") -> Document:
    (document,) = sink.render(items, codebook, Stamp(now=NOW, key=key))
    assert isinstance(document, Document)
    return document


def webhook(shop: ShopifySimulator, number: str) -> tuple[dict[str, str], bytes]:
    body = json.dumps(order_payload(shop.server.shop.orders[f"gid://shopify/Order/{number}"])).encode()
    headers = shop.server.webhooks.headers("orders/create", body, "event-1", "webhook-1")
    return {name.lower(): value for name, value in headers.items()}, body


def recall(number: str, *numbers: int, name: str = "P00000042") -> Envelope:
    item = CancellationRequest(
        request_id=RequestId(name),
        order_id=OrderId(f"toyshop-{number}"),
        location=LocationId("harbour"),
        connection=ConnectionId("toyshop"),
        line_numbers=numbers,
    )
    return Envelope(f"cancel:{name}:1", item)
