"""A retailer, its codebook and a connection to it, for the tests of this connector."""

from __future__ import annotations

import datetime as dt
import hashlib
from decimal import Decimal
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from hub.edi.envelope import GROUP_OF_SET, read_interchanges
from hub.edi.interchange import TransactionSet
from hub.mapping.codebook import Codebook, PartnerItem
from hub.mapping.x12_profile import X12Party, X12Profile
from hub.model.document import Direction, Document
from hub.model.identity import ChannelId, ConnectionId, LineId, LocationId, OrderId, PartnerId, Sku
from hub.model.money import Money
from hub.model.price import ItemPrice, PriceList
from hub.model.purchase import AcknowledgementOutcome
from hub.model.sale import AnsweredLine, AnsweredUnits, BilledLine, CustomerInvoice, OrderAcknowledgement, total_of
from hub.model.shipment import ConfirmedLine, Parcel, ShipmentConfirmation
from hub.model.stock import FeedMode, QuantityUpdate
from hub.sdk.capabilities import Envelope, Stamp
from hub.sdk.context import ConnectionContext
from hub_x12_retailer.connector import X12Retailer
from hub_x12_retailer.settings import X12RetailerSettings
from hub_x12_retailer.simulator import RetailerSimulator

NOW = dt.datetime(2026, 11, 22, 12, 0, tzinfo=dt.UTC)
CONNECTION = ConnectionId("brightmart")
CHANNEL = ChannelId("brightmart")
SECRET = "canary-8c21-passphrase"
PLENTY = 100_000
ITEMS = {"MUG-BLUE": "70001", "TEA-TIN": "70002"}


def profile(**changes: Any) -> X12Profile:
    """The hub is TOYHUB, the retailer BRIGHTMART; items by SK."""
    parties = {"us": X12Party(id="TOYHUB"), "partner": X12Party(id="BRIGHTMART"), "item_ids": ("SK", "UP")}
    return X12Profile(**{**parties, **changes})


def codebook(**changes: Any) -> Codebook:
    """One item by the each, one by the case of twelve."""
    values: dict[str, Any] = {
        "connection": CONNECTION,
        "partner": PartnerId("brightmart"),
        "items": (
            PartnerItem(Sku("MUG-BLUE"), {"SK": "70001", "UP": "012345678905"}),
            PartnerItem(Sku("TEA-TIN"), {"SK": "70002"}, unit="CA", units_each=Decimal(12)),
        ),
        "x12": profile(),
    }
    return Codebook(**{**values, **changes})


def simulator(folder: Path, **changes: Any) -> RetailerSimulator:
    """A retailer with two items."""
    scenario: dict[str, Any] = {
        "name": "brightmart",
        "folder": folder,
        "own_id": "BRIGHTMART",
        "items": [{"item": "70001"}, {"item": "70002", "unit": "CA", "units_each": "12", "price": "30.00"}],
        "tick": 0.01,
    }
    return RetailerSimulator({**scenario, **changes})


def connection(partner: RetailerSimulator, **changes: Any) -> X12Retailer:
    """A connector wired to the simulator."""
    settings = {**partner.connection_settings(), **changes}
    return X12Retailer(
        ConnectionContext(
            connection=CONNECTION,
            partner=PartnerId("brightmart"),
            settings=X12RetailerSettings(**settings),
            clock=lambda: dt.datetime.now(dt.UTC),
            channel=CHANNEL,
            allow_private=True,
        )
    )


class Retailer:
    """A simulated retailer at work, and connections to it with a planted passphrase."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.simulator: RetailerSimulator = simulator(folder)
        self.simulator.books.shown = dict.fromkeys(ITEMS.values(), Decimal(PLENTY))

    def open(self) -> X12Retailer:
        return connection(self.simulator, private_key_passphrase=SecretStr(SECRET), page_size=2)

    def sold(self) -> str:
        number = self.simulator.sell({"70001": 3, "70002": 24})
        assert number is not None
        return number

    def orders(self) -> frozenset[str]:
        """Three purchase orders and one cancellation."""
        numbers = [self.sold() for _ in range(3)]
        assert self.simulator.cancel(numbers[0])
        return frozenset({*(f"ordered {number}" for number in numbers), f"cancelled {numbers[0]}"})


def update(number: int, sku: str, quantity: int | str) -> Envelope:
    """A quantity as the outbox hands it over."""
    key = f"inventory:brightmart:{sku}:{number}"
    told = QuantityUpdate(
        key=key,
        channel=CHANNEL,
        connection=CONNECTION,
        sku=Sku(sku),
        quantity=Decimal(quantity),
        computed_at=NOW,
    )
    return Envelope(key, told)


def confirmation(
    order: str, *lines: tuple[str, str, int], parcels: tuple[Parcel, ...] = (), number: int = 1, **changes: Any
) -> Envelope:
    """What left of an order, by line, SKU and eaches."""
    fields: dict[str, Any] = {
        "key": f"confirm:east:S-{number}:brightmart-{order}",
        "order_id": OrderId(f"brightmart-{order}"),
        "channel": CHANNEL,
        "connection": CONNECTION,
        "order_external_id": order,
        "location": LocationId("east"),
        "lines": tuple(
            ConfirmedLine(line_id=LineId(line), quantity=Decimal(units), sku=Sku(sku)) for line, sku, units in lines
        ),
        "parcels": parcels,
        "shipped_at": NOW,
    }
    told = ShipmentConfirmation(**{**fields, **changes})
    return Envelope(told.key, told)


def usd(amount: str | Decimal) -> Money:
    """So many US dollars."""
    return Money(amount=Decimal(amount), currency="USD")


def line(line_id: str, sku: str, price: str | Decimal | None = "4.50", **units: int | Decimal) -> AnsweredLine:
    """``accepted=3, rejected=1``: what becomes of the eaches of a line."""
    return AnsweredLine(
        line_id=LineId(line_id),
        sku=Sku(sku),
        ordered=sum((Decimal(count) for count in units.values()), Decimal(0)),
        units=tuple(
            AnsweredUnits(quantity=Decimal(count), outcome=AcknowledgementOutcome(outcome))
            for outcome, count in units.items()
        ),
        unit_price=usd(price) if price is not None else None,
    )


def answer(order: str, *lines: AnsweredLine, revision: int = 1, **changes: Any) -> Envelope:
    """What becomes of an order, told for the first time or again."""
    fields: dict[str, Any] = {
        "key": f"acknowledge:brightmart-{order}:{revision}",
        "order_id": OrderId(f"brightmart-{order}"),
        "channel": CHANNEL,
        "connection": CONNECTION,
        "order_external_id": order,
        "placed_at": NOW - dt.timedelta(days=1),
        "answered_at": NOW,
        "revision": revision,
        "lines": lines,
    }
    told = OrderAcknowledgement(**{**fields, **changes})
    return Envelope(told.key, told)


def billed(line_id: str, sku: str, units: int, price: str | Decimal = "4.50", title: str = "") -> BilledLine:
    """Eaches of a line that left, at the price of one each."""
    return BilledLine(
        line_id=LineId(line_id), sku=Sku(sku), quantity=Decimal(units), unit_price=usd(price), title=title
    )


def bill(order: str, *lines: BilledLine, shipping: str = "", number: int = 1, **changes: Any) -> Envelope:
    """Our claim for a shipment of an order."""
    freight = usd(shipping) if shipping else None
    fields: dict[str, Any] = {
        "key": f"invoice:east:S-{number}:brightmart-{order}",
        "invoice_number": f"I{number:08d}",
        "order_id": OrderId(f"brightmart-{order}"),
        "channel": CHANNEL,
        "connection": CONNECTION,
        "order_external_id": order,
        "placed_at": NOW - dt.timedelta(days=2),
        "location": LocationId("east"),
        "shipment": f"S-{number}",
        "shipped_at": NOW - dt.timedelta(days=1),
        "invoiced_at": NOW,
        "lines": lines,
        "shipping": freight,
        "total": total_of(lines, freight),
    }
    told = CustomerInvoice(**{**fields, **changes})
    return Envelope(told.key, told)


def price(sku: str, amount: str | Decimal, from_quantity: int = 1, **changes: Any) -> ItemPrice:
    """The price of one each from so many eaches on."""
    return ItemPrice(sku=Sku(sku), unit_price=usd(amount), from_quantity=Decimal(from_quantity), **changes)


def price_list(*lines: ItemPrice, number: int = 1, **changes: Any) -> Envelope:
    """Our prices for the retailer."""
    fields: dict[str, Any] = {
        "partner": PartnerId("brightmart"),
        "connection": CONNECTION,
        "catalogue": "C17",
        "issued_at": NOW - dt.timedelta(hours=1),
        "mode": FeedMode.FULL,
        "lines": lines,
    }
    return Envelope(f"item:brightmart:C17:{number}", PriceList(**{**fields, **changes}))


def rendered(connector: X12Retailer, *told: Envelope, book: Codebook | None = None, number: int = 5) -> Document:
    """The one document that these become."""
    using = book or codebook()
    numbers = (number,) * len(connector.sequences(told, using))
    [document] = connector.render(told, using, Stamp(NOW, f"stamp-{number}", numbers))
    return document


def sets_of(document: Document) -> list[TransactionSet]:
    """The sets in it, as their reader finds them."""
    [found] = read_interchanges(document.body)
    return [each for _, each in found.usable_sets()]


def document(body: str, set_id: str = "850", number: int = 7) -> Document:
    """A file of the retailer's with one set; ``body`` is what stands between ST and SE."""
    text = (
        f"ISA*00*          *00*          *ZZ*BRIGHTMART     *ZZ*TOYHUB         *261122*0615*U*00401*{number:09d}*0*P*>~"
        f"GS*{GROUP_OF_SET[set_id]}*BRIGHTMART*TOYHUB*20261122*0615*3*X*004010~ST*{set_id}*0001~{body}~"
        f"SE*{body.count('~') + 3}*0001~GE*1*3~IEA*1*{number:09d}~"
    )
    return whole(text.encode())


def whole(body: bytes) -> Document:
    """A file of the retailer's."""
    return Document(CONNECTION, Direction.INBOUND, "x12", hashlib.sha256(body).hexdigest(), body, NOW)
