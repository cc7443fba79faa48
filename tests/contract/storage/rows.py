"""Rows for the storage contract: every argument that a test does not care about has a value."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from hub.model.document import Direction, Document
from hub.model.fulfilment import FulfilmentRequest, RequestKind, RequestLine
from hub.model.identity import (
    ChannelId,
    ConnectionId,
    DocumentId,
    LineId,
    LocationId,
    OrderId,
    RequestId,
    ShipmentId,
    Sku,
    SoftHoldKey,
)
from hub.model.ledger import Bucket, Cause, Movement, Reservation
from hub.model.order import LineCounters, Order, OrderLine, OrderRecord
from hub.model.queue import OutboxItem
from hub.model.shipment import Shipment, ShippedLine
from hub.model.soft_hold import HeldUnits, SoftHold
from tests.fakes.storage import NOW

SHOP = ChannelId("toyshop")
SUPPLIER = ConnectionId("acme-toys")
DEPOT = LocationId("depot")
ROBOT = Sku("ROBOT")
KITE = Sku("KITE")
ORDER = OrderId("toyshop-5001")
REQUEST = RequestId("P00000001")
LINE = LineId("1")
SECOND = timedelta(seconds=1)


def order_line(line: str = "1", sku: str | None = "ROBOT", quantity: int = 2, item: str = "") -> OrderLine:
    """A line of an order; without SKU it is unmapped."""
    return OrderLine(
        line_id=LineId(line),
        sku=None if sku is None else Sku(sku),
        channel_item=item,
        quantity=Decimal(quantity),
    )


def order(external_id: str = "5001", *lines: OrderLine, number: str = "#1001", placed: datetime = NOW) -> OrderRecord:
    """An order just taken."""
    chosen = lines or (order_line(),)
    taken = Order(channel=SHOP, external_id=external_id, number=number, placed_at=placed, lines=chosen)
    return OrderRecord(order=taken, counters={row.line_id: LineCounters.fresh(row.quantity) for row in chosen})


def request(name: str = "P00000001", *lines: RequestLine) -> FulfilmentRequest:
    """A request for two robots at the depot."""
    chosen = lines or (RequestLine(number=1, line_id=LINE, sku=ROBOT, quantity=Decimal(2)),)
    return FulfilmentRequest(
        request_id=RequestId(name),
        order_id=ORDER,
        channel=SHOP,
        order_external_id="5001",
        order_number="#1001",
        location=DEPOT,
        connection=SUPPLIER,
        kind=RequestKind.DROPSHIP,
        lines=chosen,
        requested_at=NOW,
    )


def shipment(name: str = "S1", *lines: ShippedLine, at: datetime = NOW) -> Shipment:
    """Two robots of the first request that left."""
    chosen = lines or (ShippedLine(request_id=REQUEST, number=1, quantity=Decimal(2)),)
    return Shipment(shipment_id=ShipmentId(name), connection=SUPPLIER, shipped_at=at, lines=chosen)


def movement(
    key: str,
    quantity: int | str,
    *,
    sku: Sku = ROBOT,
    location: LocationId = DEPOT,
    bucket: Bucket = Bucket.ON_HAND,
    cause: Cause = Cause.COUNT,
    at: datetime = NOW,
) -> Movement:
    """Stock that moved."""
    return Movement(key, sku, location, Decimal(quantity), cause, at, NOW, bucket)


def promise(
    key: str,
    quantity: int | str,
    *,
    sku: Sku = ROBOT,
    location: LocationId = DEPOT,
    request_id: str = "P00000001",
    line: str = "1",
) -> Reservation:
    """Stock promised; with a negative quantity given back."""
    cause = Cause.RESERVATION if Decimal(quantity) > 0 else Cause.RELEASE
    return Reservation(key, sku, location, Decimal(quantity), ORDER, LineId(line), RequestId(request_id), cause, NOW)


def soft_hold(
    key: str, quantity: int | str, *, sku: Sku = ROBOT, location: LocationId = DEPOT, minutes: float = 30
) -> SoftHold:
    """Units kept for a cart for half an hour."""
    units = HeldUnits(sku, location, Decimal(quantity), Decimal(quantity))
    return SoftHold(SoftHoldKey(key), (units,), NOW, NOW + timedelta(minutes=minutes))


def document(source_id: str = "m1", body: bytes = b"ISA*00*~", *, connection: str = "acme-toys") -> Document:
    """A message that came in."""
    return Document(
        connection=ConnectionId(connection),
        direction=Direction.INBOUND,
        kind="x12",
        source_id=source_id,
        body=body,
        at=NOW,
        media_type="application/edi-x12",
        meta={"file": "in.edi"},
    )


def item(key: str, *, order_id: OrderId | None = None, coalesce: str = "", due: datetime | None = None) -> OutboxItem:
    """An intention for the supplier."""
    return OutboxItem(
        key=key,
        connection=SUPPLIER,
        kind="fulfilment",
        payload="{}",
        created_at=NOW,
        coalesce=coalesce,
        order_id=order_id,
        due=due,
    )


SENT = DocumentId("D000000001")
