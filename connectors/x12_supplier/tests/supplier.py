"""A supplier, its codebook and a connection to it, for the tests of this connector."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from hub.mapping.codebook import Codebook, PartnerItem
from hub.mapping.x12_profile import X12Party, X12Profile
from hub.model.fulfilment import CancellationRequest, FulfilmentRequest, RequestKind, RequestLine
from hub.model.identity import ChannelId, ConnectionId, LineId, LocationId, OrderId, PartnerId, RequestId, Sku
from hub.model.party import Address
from hub.sdk.capabilities import Envelope, Parsed, Stamp
from hub.sdk.context import ConnectionContext
from hub_x12_supplier.connector import X12Supplier
from hub_x12_supplier.settings import X12SupplierSettings
from hub_x12_supplier.simulator import SupplierSimulator

NOW = dt.datetime(2026, 11, 22, 12, 0, tzinfo=dt.UTC)
CONNECTION = ConnectionId("northwind")


def codebook(**changes: Any) -> Codebook:
    """One item by the each, one by the case of twelve."""
    values: dict[str, Any] = {
        "connection": CONNECTION,
        "partner": PartnerId("northwind"),
        "items": (
            PartnerItem(Sku("MUG-BLUE"), {"VN": "NW-100"}),
            PartnerItem(Sku("TEA-TIN"), {"VN": "NW-200"}, unit="CA", units_each=Decimal(12)),
        ),
        "x12": X12Profile(us=X12Party(id="TOYHUB"), partner=X12Party(id="NORTHWIND"), item_ids=("VN",)),
        "default_location": LocationId("northwind-main"),
    }
    return Codebook(**{**values, **changes})


def simulator(folder: Path, **changes: Any) -> SupplierSimulator:
    """A supplier that answers at once."""
    scenario: dict[str, Any] = {
        "name": "northwind",
        "folder": folder,
        "own_id": "NORTHWIND",
        "items": [
            {"item": "NW-100", "stock": {"MAIN": "50"}},
            {"item": "NW-200", "stock": {"MAIN": "120"}, "unit": "CA", "units_each": "12"},
        ],
        "acknowledge_after": 0,
        "ship_after": 0,
        "backorder_after": 0.1,
        "feed_every": 3600,
        "tick": 0.01,
    }
    return SupplierSimulator({**scenario, **changes})


def connection(partner: SupplierSimulator, **changes: Any) -> X12Supplier:
    """A connector wired to the simulator."""
    settings = dict(partner.connection_settings())
    for name, value in partner.environment().items():
        settings = {key: SecretStr(value) if given == f"${{env:{name}}}" else given for key, given in settings.items()}
    return X12Supplier(
        ConnectionContext(
            connection=CONNECTION,
            partner=PartnerId("northwind"),
            settings=X12SupplierSettings(**{**settings, **changes}),
            clock=lambda: dt.datetime.now(dt.UTC),
            allow_private=True,
        )
    )


def request(number: int = 1, *lines: tuple[str, int], location: str = "northwind-main") -> FulfilmentRequest:
    """A drop-ship request for some units of each SKU."""
    wanted = lines or (("MUG-BLUE", 3),)
    return FulfilmentRequest(
        request_id=RequestId(f"P{number:08d}"),
        order_id=OrderId(f"toyshop-{number}"),
        channel=ChannelId("toyshop"),
        order_external_id=str(number),
        order_number=f"#{number}",
        location=LocationId(location),
        connection=CONNECTION,
        kind=RequestKind.DROPSHIP,
        lines=tuple(
            RequestLine(number=index, line_id=LineId(str(index)), sku=Sku(sku), quantity=Decimal(quantity))
            for index, (sku, quantity) in enumerate(wanted, start=1)
        ),
        ship_to=Address(name="Sample Buyer", line1="1 Sample Street", city="Sampleton", region="NY", country="US"),
        requested_at=NOW,
    )


def cancellation(asked: FulfilmentRequest, *numbers: int) -> CancellationRequest:
    """These lines of an order, or all of it, asked back."""
    return CancellationRequest(
        request_id=asked.request_id,
        order_id=asked.order_id,
        location=asked.location,
        connection=asked.connection,
        line_numbers=numbers,
        lines=tuple(line for line in asked.lines if not numbers or line.number in numbers),
        submitted_at=NOW,
    )


def envelope(asked: FulfilmentRequest) -> Envelope:
    """The request as the outbox hands it over."""
    return Envelope(f"fulfilment:{asked.request_id}", asked)


def stamp(number: int = 1) -> Stamp:
    """A stamp with its own control numbers and key."""
    return Stamp(NOW, f"stamp-{number}", (number, number))


def read_until(
    connector: X12Supplier, book: Codebook, enough: Callable[[list[Parsed]], bool], seconds: float = 20
) -> list[Parsed]:
    """Everything the supplier says until it was enough."""
    found: list[Parsed] = []
    end = time.monotonic() + seconds
    while not enough(found):
        assert time.monotonic() < end, "the supplier did not say enough in time"
        page = connector.fetch(None)
        found += [connector.parse(document, book) for document in page.documents]
        connector.settle(page)
        time.sleep(0.02)
    return found
