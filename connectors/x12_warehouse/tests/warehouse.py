"""A warehouse, its codebook and a connection to it, for the tests of this connector."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

from hub.mapping.codebook import Codebook, PartnerItem
from hub.mapping.x12_profile import X12Party, X12Profile
from hub.model.fulfilment import FulfilmentRequest, RequestKind, RequestLine
from hub.model.identity import (
    ChannelId,
    ConnectionId,
    LineId,
    LocationId,
    OrderId,
    PartnerId,
    RequestId,
    Sku,
    TransferId,
)
from hub.model.party import Address
from hub.model.transfer import StockTransfer, TransferLine
from hub.sdk.capabilities import Envelope, Parsed, Stamp
from hub.sdk.context import ConnectionContext
from hub_x12_warehouse.connector import X12Warehouse
from hub_x12_warehouse.settings import X12WarehouseSettings
from hub_x12_warehouse.simulator import WarehouseSimulator

NOW = dt.datetime(2026, 11, 22, 12, 0, tzinfo=dt.UTC)
CONNECTION = ConnectionId("talloak")
PLACE = LocationId("talloak-main")


def profile(**changes: Any) -> X12Profile:
    """The hub is TOYHUB, the warehouse TALLOAK."""
    parties = {"us": X12Party(id="TOYHUB"), "partner": X12Party(id="TALLOAK"), "item_ids": ("VN",)}
    return X12Profile(**{**parties, **changes})


def codebook(**changes: Any) -> Codebook:
    """One item by the each, one by the case of twelve; one site."""
    values: dict[str, Any] = {
        "connection": CONNECTION,
        "partner": PartnerId("talloak"),
        "items": (
            PartnerItem(Sku("LAMP-BRASS"), {"VN": "LAMP-1"}),
            PartnerItem(Sku("BULB-WARM"), {"VN": "BULB-2"}, unit="CA", units_each=Decimal(12)),
        ),
        "sites": {"TO1": PLACE},
        "x12": profile(),
        "default_location": PLACE,
    }
    return Codebook(**{**values, **changes})


def simulator(folder: Path, **changes: Any) -> WarehouseSimulator:
    """A warehouse that ships and receives at once."""
    scenario: dict[str, Any] = {
        "name": "talloak",
        "folder": folder,
        "own_id": "TALLOAK",
        "items": [
            {"item": "LAMP-1", "stock": {"TO1": "50"}},
            {"item": "BULB-2", "stock": {"TO1": "120"}, "unit": "CA", "units_each": "12"},
        ],
        "ship_after": 0,
        "rest_after": 0,
        "receive_after": 0,
        "feed_every": 3600,
        "tick": 0.01,
    }
    return WarehouseSimulator({**scenario, **changes})


def connection(partner: WarehouseSimulator, **changes: Any) -> X12Warehouse:
    """A connector wired to the simulator."""
    return X12Warehouse(
        ConnectionContext(
            connection=CONNECTION,
            partner=PartnerId("talloak"),
            settings=X12WarehouseSettings(**{**partner.connection_settings(), **changes}),
            clock=lambda: dt.datetime.now(dt.UTC),
            allow_private=True,
        )
    )


def request(number: int = 1, *lines: tuple[str, int]) -> FulfilmentRequest:
    """A request to ship some units of each SKU."""
    wanted = lines or (("LAMP-BRASS", 3),)
    return FulfilmentRequest(
        request_id=RequestId(f"P{number:08d}"),
        order_id=OrderId(f"toyshop-{number}"),
        channel=ChannelId("toyshop"),
        order_external_id=str(number),
        order_number=f"#{number}",
        location=PLACE,
        connection=CONNECTION,
        kind=RequestKind.WAREHOUSE,
        lines=tuple(
            RequestLine(number=index, line_id=LineId(str(index)), sku=Sku(sku), quantity=Decimal(quantity))
            for index, (sku, quantity) in enumerate(wanted, start=1)
        ),
        ship_to=Address(name="Sample Buyer", line1="1 Sample Street", city="Sampleton", region="NY", country="US"),
        requested_at=NOW,
    )


def transfer(number: int = 1, *lines: tuple[str, int], **changes: Any) -> StockTransfer:
    """Some units of each SKU, on their way to the warehouse since the morning."""
    values: dict[str, Any] = {
        "transfer_id": TransferId(f"T{number:08d}"),
        "location": PLACE,
        "connection": CONNECTION,
        "shipped_at": NOW.replace(hour=8, minute=15, second=30),
        "lines": tuple(
            TransferLine(number=index, sku=Sku(sku), quantity=Decimal(units))
            for index, (sku, units) in enumerate(lines or (("LAMP-BRASS", 12),), start=1)
        ),
    }
    return StockTransfer(**{**values, **changes})


def envelope(asked: FulfilmentRequest | StockTransfer) -> Envelope:
    """The request or transfer as the outbox hands it over."""
    if isinstance(asked, StockTransfer):
        return Envelope(f"transfer:{asked.transfer_id}", asked)
    return Envelope(f"fulfilment:{asked.request_id}", asked)


def stamp(number: int = 1) -> Stamp:
    """A stamp with its own control numbers and key."""
    return Stamp(NOW, f"stamp-{number}", (number, number))


def read_until(connector: X12Warehouse, enough: Callable[[list[Parsed]], bool], seconds: float = 20) -> list[Parsed]:
    """Everything the warehouse says until it was enough."""
    found: list[Parsed] = []
    end = time.monotonic() + seconds
    while not enough(found):
        assert time.monotonic() < end, "the warehouse did not say enough in time"
        page = connector.fetch(None)
        found += [connector.parse(document, codebook()) for document in page.documents]
        connector.settle(page)
        time.sleep(0.02)
    return found
