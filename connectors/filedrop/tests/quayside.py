"""The simulated partner at work, its mappings and connections to it, for the tests of this connector."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from hub.mapping.codebook import Codebook, PartnerItem
from hub.mapping.partner import load_partner
from hub.model.fulfilment import FulfilmentRequest, RequestKind, RequestLine
from hub.model.identity import ChannelId, ConnectionId, LineId, LocationId, OrderId, PartnerId, RequestId, Sku
from hub.model.party import Address
from hub.sdk.capabilities import Envelope, Stamp
from hub.sdk.context import ConnectionContext
from hub.sdk.settings import resolve_secrets
from hub_filedrop.connector import FileDrop
from hub_filedrop.downloads import Downloads
from hub_filedrop.settings import FileDropSettings
from hub_filedrop.simulator import FilePartnerSimulator

NOW = dt.datetime(2026, 11, 22, 12, 0, tzinfo=dt.UTC)
CONNECTION = ConnectionId("quayside")
CHANNEL = ChannelId("quayside-shop")
PARTNERS = Path(__file__).parent / "partners"


@cache
def codebook() -> Codebook:
    """Quayside's own: one item by the each, one by the case of twelve."""
    return load_partner(PartnerId("quayside"), [PARTNERS]).codebook(CONNECTION)


def with_many_items(count: int) -> Codebook:
    """The same with so many more items."""
    more = tuple(PartnerItem(Sku(f"MORE-{number}"), {"VN": f"QT-M{number}"}) for number in range(count))
    return replace(codebook(), items=codebook().items + more)


def simulator(folder: Path, **changes: Any) -> FilePartnerSimulator:
    """A partner that answers at once."""
    scenario: dict[str, Any] = {
        "name": "quayside",
        "folder": folder,
        "items": [
            {"item": "QT-100", "stock": "50", "price": "4.50"},
            {"item": "QT-200", "stock": "120", "unit": "CA", "units_each": "12", "price": "36"},
        ],
        "ship_after": 0,
        "feed_every": 3600,
        "tick": 0.01,
    }
    return FilePartnerSimulator({**scenario, **changes})


def settings_of(partner: FilePartnerSimulator, **changes: Any) -> FileDropSettings:
    """What a connection to it is set to, secrets resolved."""
    given = {**partner.connection_settings(), **changes}
    secrets = resolve_secrets(FileDropSettings, given, {"env": partner.environment().get}, "quayside")
    return FileDropSettings.model_validate(secrets)


def context(settings: FileDropSettings, **changes: Any) -> ConnectionContext[FileDropSettings]:
    """A connection that serves a channel too."""
    values: dict[str, Any] = {
        "connection": CONNECTION,
        "partner": PartnerId("quayside"),
        "settings": settings,
        "clock": lambda: dt.datetime.now(dt.UTC),
        "channel": CHANNEL,
        "allow_private": True,
    }
    return ConnectionContext(**{**values, **changes})


def connection(partner: FilePartnerSimulator, **changes: Any) -> FileDrop:
    """The mailbox of a connection to it."""
    return FileDrop(context(settings_of(partner, **changes)))


def downloads(partner: FilePartnerSimulator, **changes: Any) -> Downloads:
    """Its downloads; ``sleep`` does not wait."""
    return Downloads(context(settings_of(partner, **changes), sleep=lambda _: None))


def request(number: int = 1, *lines: tuple[str, int]) -> FulfilmentRequest:
    """A request for some units of each SKU."""
    wanted = lines or (("MUG-BLUE", 3),)
    return FulfilmentRequest(
        request_id=RequestId(f"P{number:08d}"),
        order_id=OrderId(f"shop-{number}"),
        channel=ChannelId("shop"),
        order_external_id=str(number),
        order_number=f"#{number}",
        location=LocationId("quayside"),
        connection=CONNECTION,
        kind=RequestKind.DROPSHIP,
        lines=tuple(
            RequestLine(number=index, line_id=LineId(str(index)), sku=Sku(sku), quantity=Decimal(quantity))
            for index, (sku, quantity) in enumerate(wanted, start=1)
        ),
        ship_to=Address(name="Sample Buyer", line1="1 Sample Street", city="Sampleton", region="NY", country="US"),
        requested_at=NOW,
    )


def envelope(asked: FulfilmentRequest) -> Envelope:
    """The request as the outbox hands it over."""
    return Envelope(f"fulfilment:{asked.request_id}", asked)


def stamp(number: int = 1, files: int = 1) -> Stamp:
    """A stamp with so many numbers of its own."""
    return Stamp(NOW, f"stamp-{number}", tuple(range(number, number + files)))
