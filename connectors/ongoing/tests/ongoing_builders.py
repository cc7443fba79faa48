"""Builders for Ongoing's tests: everything has a default, a test names only what it is about."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from pydantic import SecretStr

from hub.mapping.codebook import Codebook, PartnerItem
from hub.model.document import Direction, Document
from hub.model.fulfilment import CancellationRequest, FulfilmentRequest, RequestKind, RequestLine
from hub.model.identity import ChannelId, ConnectionId, LineId, LocationId, OrderId, PartnerId, RequestId, Sku
from hub.model.party import Address
from hub.sdk.capabilities import Envelope, Outgoing, Stamp
from hub.sdk.context import ConnectionContext
from hub_ongoing.settings import OngoingSettings
from hub_ongoing.simulator import OngoingSimulator

Example = Callable[[str], bytes]
"""The vendor's example request of a name, as envelope bytes."""

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
PASSWORD = "canary-5f1d-password"
CONNECTION = ConnectionId("nordlager")
LOCATION = LocationId("nordlager")


def settings(**changes: Any) -> OngoingSettings:
    return OngoingSettings(
        **{
            "endpoint": "http://127.0.0.1:9/ongoing/Service.asmx",
            "username": "hub",
            "password": SecretStr(PASSWORD),
            "goods_owner_code": "TOYSHOP",
            "calls_per_second": 1000,
            **changes,
        }
    )


def codebook(**changes: Any) -> Codebook:
    items = (
        PartnerItem(Sku("ROBOT"), {"article": "ART-ROBOT"}),
        PartnerItem(Sku("KITE"), {"article": "ART-KITE"}),
        PartnerItem(Sku("DRUM"), {"article": "ART-DRUM"}),
        PartnerItem(Sku("MARBLE"), {"article": "ART-MARBLE-BOX"}, unit="BX", units_each=Decimal(12)),
    )
    return Codebook(
        **{
            "connection": CONNECTION,
            "partner": PartnerId("nordlager"),
            "items": items,
            "default_location": LOCATION,
            **changes,
        }
    )


def context(
    simulator: OngoingSimulator | None = None,
    *,
    clock: Callable[[], datetime] = lambda: NOW,
    sleeps: list[float] | None = None,
    **changes: Any,
) -> ConnectionContext[OngoingSettings]:
    endpoint = {"endpoint": simulator.url} if simulator else {}
    return ConnectionContext(
        connection=CONNECTION,
        partner=PartnerId("nordlager"),
        settings=settings(**{**endpoint, **changes}),
        clock=clock,
        allow_private=True,
        sleep=(sleeps if sleeps is not None else []).append,
        random=random.Random(1),
    )


def address(**changes: Any) -> Address:
    return Address(
        **{
            "name": "Test Testsson",
            "line1": "Street 1",
            "line2": "Street 2",
            "postal_code": "12345",
            "city": "Test City",
            "country": "SE",
            "phone": "+46712312312",
            "email": "a@b.example",
            **changes,
        }
    )


def line(number: int = 1, sku: str = "ROBOT", quantity: str = "2") -> RequestLine:
    return RequestLine(number=number, line_id=LineId(f"l{number}"), sku=Sku(sku), quantity=Decimal(quantity))


def request(request_id: str = "P00000042", **changes: Any) -> FulfilmentRequest:
    return FulfilmentRequest(
        **{
            "request_id": RequestId(request_id),
            "order_id": OrderId("toyshop-5001"),
            "channel": ChannelId("toyshop"),
            "order_external_id": "5001",
            "order_number": "#1001",
            "location": LOCATION,
            "connection": CONNECTION,
            "kind": RequestKind.WAREHOUSE,
            "lines": (line(),),
            "ship_to": address(),
            "requested_at": NOW,
            **changes,
        }
    )


def cancellation(request_id: str = "P00000042", **changes: Any) -> CancellationRequest:
    return CancellationRequest(
        **{
            "request_id": RequestId(request_id),
            "order_id": OrderId("toyshop-5001"),
            "location": LOCATION,
            "connection": CONNECTION,
            **changes,
        }
    )


def envelope(item: Outgoing, key: str = "k1") -> Envelope:
    return Envelope(key, item)


def stamp(key: str = "k1") -> Stamp:
    return Stamp(NOW, key)


def inbound(body: bytes, kind: str = "orders", at: datetime = NOW) -> Document:
    return Document(CONNECTION, Direction.INBOUND, kind, f"{kind} 1", body, at)
