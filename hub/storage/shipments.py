"""Storing shipments, and what departed from where: the rows a later count is compared with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hub.model.fulfilment import FulfilmentRequest, RequestLine
from hub.model.identity import OrderId
from hub.model.quantity import to_scaled
from hub.model.shipment import Shipment, ShippedLine
from hub.storage.column_types import to_micros
from hub.storage.transaction import Transaction

_ADD = """
    INSERT INTO shipments (connection, shipment_id, order_id, shipped_at, body)
    VALUES (:connection, :shipment_id, :order_id, :shipped_at, :body)
    ON CONFLICT DO NOTHING
    RETURNING id
"""
_DEPART = """
    INSERT INTO departures (shipment, number, sku, location, quantity, shipped_at, request_id)
    VALUES (:shipment, :number, :sku, :location, :quantity, :shipped_at, :request_id)
"""


def add(transaction: Transaction, shipment: Shipment, requests: Sequence[FulfilmentRequest], order_id: OrderId) -> bool:
    """Store it once per (connection, shipment, order); False where it is there.

    A line names its goods by request and number, by request and SKU, or by the order's line: the departure is
    that of the request line it means. A line that means none and names neither SKU nor location departs nowhere.
    """
    row_number = transaction.run(
        _ADD,
        {
            "connection": shipment.connection,
            "shipment_id": shipment.shipment_id,
            "order_id": order_id,
            "shipped_at": to_micros(shipment.shipped_at),
            "body": shipment.model_dump_json(),
        },
    ).scalar()
    if row_number is None:
        return False
    rows = [_departure(shipment, number, line, requests) for number, line in enumerate(shipment.lines, start=1)]
    known = [{**row, "shipment": row_number} for row in rows if row is not None]
    if known:
        transaction.run(_DEPART, known)
    return True


def _departure(
    shipment: Shipment, number: int, shipped: ShippedLine, requests: Sequence[FulfilmentRequest]
) -> dict[str, Any] | None:
    request, line = _meant(shipped, requests)
    sku = shipped.sku or (line.sku if line else None)
    location = shipment.location or (request.location if request else None)
    if sku is None or location is None:
        return None
    return {
        "number": number,
        "sku": sku,
        "location": location,
        "quantity": to_scaled(shipped.quantity),
        "shipped_at": to_micros(shipment.shipped_at),
        "request_id": request.request_id if request else shipped.request_id,
    }


def _meant(
    shipped: ShippedLine, requests: Sequence[FulfilmentRequest]
) -> tuple[FulfilmentRequest | None, RequestLine | None]:
    for request in requests:
        if shipped.request_id is not None and request.request_id != shipped.request_id:
            continue
        for line in request.lines:
            if _is(shipped, line):
                return request, line
    return None, None


def _is(shipped: ShippedLine, line: RequestLine) -> bool:
    if shipped.number is not None:
        return line.number == shipped.number
    if shipped.line_id is not None:
        return line.line_id == shipped.line_id
    return shipped.sku is not None and line.sku == shipped.sku
