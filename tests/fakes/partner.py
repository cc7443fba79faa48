"""In-memory partners behind the SDK: a shop and suppliers that keep books of their own, and can be made to fail.

Their books outlive the hub's crashes: a restarted hub talks to the same partner.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar

from hub.errors import DataError, RefusedError
from hub.mapping.codebook import Codebook
from hub.model.document import Direction, Document
from hub.model.fulfilment import CancellationRequest, FulfilmentRequest
from hub.model.identity import ChannelId, LineId, LocationId, RequestId, ShipmentId, Sku
from hub.model.order import Order, OrderLine
from hub.model.purchase import Acknowledgement, AcknowledgementOutcome
from hub.model.shipment import Shipment, ShipmentConfirmation, ShippedLine
from hub.model.stock import CountBasis, FeedMode, QuantityUpdate, StockReport, StockRow
from hub.sdk.capabilities import (
    AcknowledgementSource,
    CancellationSink,
    Envelope,
    FulfilmentSink,
    InventorySink,
    InventorySource,
    ItemResult,
    OrderSource,
    Outcome,
    Page,
    Parsed,
    Problem,
    Receipt,
    RepeatSafety,
    Reply,
    ReplySink,
    ShipmentSink,
    ShipmentSource,
    Stamp,
    WebhookReceiver,
)
from hub.sdk.context import ConnectionContext
from hub.sdk.spec import ConnectorSpec
from tests.fakes.partner_book import BookSettings


class _Part:
    """What all capability classes here share: the partner's book."""

    def __init__(self, context: ConnectionContext[BookSettings]) -> None:
        self.context = context
        self.book = context.settings.book

    def _document(self, kind: str, source_id: str, body: Any, keys: Iterable[str] = ()) -> Document:
        return Document(
            connection=self.context.connection,
            direction=Direction.OUTBOUND if keys else Direction.INBOUND,
            kind=kind,
            source_id=source_id,
            body=json.dumps(body).encode(),
            at=self.context.clock(),
            item_keys=tuple(keys),
        )


class Messages(_Part):
    """Everything a partner says, in order, one document per message, two per page; the cursor is an index."""

    stream: ClassVar[str] = "messages"

    def fetch(self, cursor: str | None) -> Page:
        self.book.before("fetch")
        start = int(cursor or 0)
        found = self.book.messages[start : start + 2]
        documents = tuple(
            self._document(message["kind"], f"message-{start + number}", message)
            for number, message in enumerate(found)
        )
        page = Page(documents, str(start + len(found)), more=start + len(found) < len(self.book.messages))
        self.book.after("fetch")
        return page

    def settle(self, page: Page) -> None:
        self.book.before("settle")
        self.book.settled += len(page.documents)
        self.book.after("settle")

    def parse(self, document: Document, codebook: Codebook) -> Parsed:
        if document.body.startswith(b"<"):
            raise DataError("This is no JSON.", code="data.malformed", cure="Ask the partner to send it again.")
        message = json.loads(document.body)
        if message["kind"] in self.book.misread:
            raise self.book.misread[message["kind"]]
        at = datetime.fromisoformat(message["at"])
        match message["kind"]:
            case "order":
                return Parsed((self._order(message, at),))
            case "stock":
                return Parsed((self._stock(message, at),))
            case "ack":
                return Parsed((self._acknowledgement(message, at),), replies=(Reply(f"997:{message['po']}", "ok"),))
            case "shipment":
                return Parsed((self._shipment(message, at),))
            case "shipments":
                return Parsed(tuple(self._shipment(each, at) for each in message["shipments"]))
            case "orders":
                return Parsed(tuple(self._order(each, at) for each in message["orders"]))
            case "half":
                return Parsed((self._order(message, at),), (Problem("lines[1]", "data.bad-line", "It is bad."),))
            case kind:
                raise KeyError(kind)

    def _order(self, message: Mapping[str, Any], at: datetime) -> Order:
        return Order(
            channel=self.context.channel or ChannelId("shop"),
            external_id=message["id"],
            number=f"#{message['id']}",
            placed_at=at,
            lines=tuple(
                OrderLine(line_id=LineId(str(number)), sku=Sku(sku), quantity=Decimal(units))
                for number, (sku, units) in enumerate(message["lines"].items(), start=1)
            ),
        )

    def _stock(self, message: Mapping[str, Any], at: datetime) -> StockReport:
        where = LocationId(message["location"])
        return StockReport(
            connection=self.context.connection,
            reference=f"stock-{message['at']}",
            as_of=at,
            mode=FeedMode.DELTA,
            locations=(where,),
            rows=tuple(
                StockRow(sku=Sku(sku), location=where, basis=CountBasis.ON_HAND, quantity=Decimal(units))
                for sku, units in message["units"].items()
            ),
        )

    def _acknowledgement(self, message: Mapping[str, Any], at: datetime) -> Acknowledgement:
        return Acknowledgement(
            request_id=RequestId(message["po"]),
            reference=f"ack-{message['po']}",
            acknowledged_at=at,
            default_outcome=AcknowledgementOutcome.ACCEPTED,
        )

    def _shipment(self, message: Mapping[str, Any], at: datetime) -> Shipment:
        return Shipment(
            shipment_id=ShipmentId(f"ship-{message['po']}"),
            connection=self.context.connection,
            shipped_at=at,
            lines=tuple(
                ShippedLine(request_id=RequestId(message["po"]), sku=Sku(sku), quantity=Decimal(units))
                for sku, units in message["units"].items()
            ),
        )


class Pushed(_Part):
    """Webhooks: the body is one message; the signature is the word ``signed``."""

    stream: ClassVar[str] = "messages"

    def receive(self, headers: Mapping[str, str], body: bytes, at: datetime) -> Sequence[Document]:
        if headers.get("x-signature") != "signed":
            raise RefusedError("The signature is wrong.", code="webhook.bad-signature")
        return [replace_body(self._document("pushed", f"push-{headers['x-id']}", None), body)]


def replace_body(document: Document, body: bytes) -> Document:
    """The same document with these bytes."""
    from dataclasses import replace

    return replace(document, body=body)


class Instructions(_Part):
    """Takes purchase orders, one per document; ships at once what it has."""

    repeat_safety: ClassVar[RepeatSafety] = RepeatSafety.LOOKUP
    batch_limit: ClassVar[int] = 1
    dedupes: ClassVar[bool] = False

    def sequences(self, items: Sequence[Envelope], codebook: Codebook) -> Sequence[str]:
        return [f"{self.context.connection}-control"] * len(items)

    def render(self, items: Sequence[Envelope], codebook: Codebook, stamp: Stamp) -> Sequence[Document]:
        documents = []
        for envelope, number in zip(items, stamp.numbers, strict=True):
            request = envelope.item
            assert isinstance(request, FulfilmentRequest)
            if any(line.sku == "UNMAPPED" for line in request.lines):
                raise DataError("The item is unknown there.", code="data.unmapped-sku")
            body = {
                "po": request.request_id,
                "lines": {line.sku: str(line.quantity) for line in request.lines},
                "control": number,
                "key": stamp.key,
            }
            documents.append(self._document("po", f"{request.request_id}-{number}", body, [envelope.key]))
        return documents

    def send(self, document: Document) -> Receipt:
        self.book.before("send")
        body = json.loads(document.body)
        if not (self.dedupes and body["key"] in self.book.answered):
            self._book(body)
        self.book.answered[body["key"]] = {"po": body["po"]}
        self.book.after("send")
        return self._receipt(document)

    def lookup(self, document: Document) -> Receipt | None:
        self.book.before("lookup")
        found = json.loads(document.body)["po"] in self.book.booked
        self.book.after("lookup")
        return self._receipt(document) if found else None

    def _receipt(self, document: Document) -> Receipt:
        body = json.loads(document.body)
        return Receipt(tuple(ItemResult(key, Outcome.ACCEPTED, external_ref=body["po"]) for key in document.item_keys))

    def _book(self, body: Mapping[str, Any]) -> None:
        po, at = body["po"], self.context.clock()
        lines = {sku: Decimal(units) for sku, units in body["lines"].items()}
        self.book.booked[po] += 1
        self.book.asked[po] = lines
        for sku, units in lines.items():
            self.book.stock[sku] = self.book.stock.get(sku, Decimal(0)) - units
            if self.book.stock[sku] < 0:
                self.book.oversold.append(po)
        if self.book.booked[po] == 1 and not self.book.silent:
            self.book.say("ack", at, po=po)
            self.book.say("shipment", at, po=po, units={sku: str(units) for sku, units in lines.items()})


class AskableOrders(Instructions):
    """A supplier that can be asked whether it has a purchase order."""


class KeyedOrders(Instructions):
    """A supplier that knows a repeat by its key."""

    repeat_safety = RepeatSafety.IDEMPOTENT_KEY
    dedupes = True


class OneWayOrders(Instructions):
    """A supplier that can neither be asked nor knows a repeat."""

    repeat_safety = RepeatSafety.NONE


class BlindOrders(Instructions):
    """Claims to know repeats, and books each as new business: what blind resending does."""

    repeat_safety = RepeatSafety.IDEMPOTENT_KEY


class Stops(_Part):
    """Takes cancellations and always refuses: everything has left."""

    repeat_safety: ClassVar[RepeatSafety] = RepeatSafety.IDEMPOTENT_KEY
    batch_limit: ClassVar[int] = 1

    def sequences(self, items: Sequence[Envelope], codebook: Codebook) -> Sequence[str]:
        return ()

    def render(self, items: Sequence[Envelope], codebook: Codebook, stamp: Stamp) -> Sequence[Document]:
        found = []
        for envelope in items:
            assert isinstance(envelope.item, CancellationRequest)
            found.append(self._document("stop", stamp.key, {"po": envelope.item.request_id}, [envelope.key]))
        return found

    def send(self, document: Document) -> Receipt:
        self.book.before("stop")
        self.book.after("stop")
        return Receipt(tuple(ItemResult(key, Outcome.REFUSED, code="gone") for key in document.item_keys))

    def lookup(self, document: Document) -> Receipt | None:
        return None


class Replies(_Part):
    """Takes the 997s of this partner's acknowledgements."""

    repeat_safety: ClassVar[RepeatSafety] = RepeatSafety.DEDUPE_BY_CONTROL_NUMBER
    batch_limit: ClassVar[int] = 10

    def sequences(self, items: Sequence[Envelope], codebook: Codebook) -> Sequence[str]:
        return ()

    def render(self, items: Sequence[Envelope], codebook: Codebook, stamp: Stamp) -> Sequence[Document]:
        keys = [envelope.key for envelope in items]
        return [self._document("997", stamp.key, keys, keys)]

    def send(self, document: Document) -> Receipt:
        self.book.before("reply")
        for key in json.loads(document.body):
            self.book.confirmations[key] += 1
        self.book.after("reply")
        return Receipt(tuple(ItemResult(key, Outcome.ACCEPTED) for key in document.item_keys))

    def lookup(self, document: Document) -> Receipt | None:
        return None


class Confirmations(_Part):
    """A shop that takes shipments once per key."""

    repeat_safety: ClassVar[RepeatSafety] = RepeatSafety.IDEMPOTENT_KEY
    batch_limit: ClassVar[int] = 1

    def sequences(self, items: Sequence[Envelope], codebook: Codebook) -> Sequence[str]:
        return ()

    def render(self, items: Sequence[Envelope], codebook: Codebook, stamp: Stamp) -> Sequence[Document]:
        documents = []
        for envelope in items:
            told = envelope.item
            assert isinstance(told, ShipmentConfirmation)
            lines = {f"{told.order_external_id}/{line.line_id}": str(line.quantity) for line in told.lines}
            documents.append(self._document("confirm", stamp.key, {"key": told.key, "lines": lines}, [envelope.key]))
        return documents

    def send(self, document: Document) -> Receipt:
        self.book.before("confirm")
        body = json.loads(document.body)
        if body["key"] not in self.book.confirmations:
            for line, units in body["lines"].items():
                self.book.confirmed[line] += Decimal(units)
        self.book.confirmations[body["key"]] += 1
        self.book.after("confirm")
        return Receipt(tuple(ItemResult(key, Outcome.ACCEPTED) for key in document.item_keys))

    def lookup(self, document: Document) -> Receipt | None:
        return None


class Quantities(_Part):
    """A shop that shows what it was told last."""

    repeat_safety: ClassVar[RepeatSafety] = RepeatSafety.IDEMPOTENT_KEY
    batch_limit: ClassVar[int] = 100

    def sequences(self, items: Sequence[Envelope], codebook: Codebook) -> Sequence[str]:
        return ()

    def render(self, items: Sequence[Envelope], codebook: Codebook, stamp: Stamp) -> Sequence[Document]:
        units = {}
        for envelope in items:
            assert isinstance(envelope.item, QuantityUpdate)
            units[envelope.item.sku] = str(envelope.item.quantity)
        return [self._document("quantities", stamp.key, units, [envelope.key for envelope in items])]

    def send(self, document: Document) -> Receipt:
        self.book.before("quantities")
        self.book.shown.update({sku: Decimal(units) for sku, units in json.loads(document.body).items()})
        self.book.after("quantities")
        return Receipt(tuple(ItemResult(key, Outcome.ACCEPTED) for key in document.item_keys))

    def lookup(self, document: Document) -> Receipt | None:
        return None


SHOP = ConnectorSpec(
    name="fake_shop",
    title="Fake shop",
    version="1",
    settings=BookSettings,
    provides={
        OrderSource: Messages,
        WebhookReceiver: Pushed,
        InventorySink: Quantities,
        ShipmentSink: Confirmations,
    },
)


def supplier_spec(orders: type[Instructions] = AskableOrders) -> ConnectorSpec:
    """A supplier whose purchase orders are taken by this class."""
    return ConnectorSpec(
        name="fake_supplier",
        title="Fake supplier",
        version="1",
        settings=BookSettings,
        provides={
            AcknowledgementSource: Messages,
            InventorySource: Messages,
            ShipmentSource: Messages,
            FulfilmentSink: orders,
            CancellationSink: Stops,
            ReplySink: Replies,
        },
    )
