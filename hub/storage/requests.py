"""Fulfilment requests, and the invoices, returns and plans around them. Shipments are in hub.storage.shipments."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Table, select

from hub.errors import InvariantError
from hub.model.fulfilment import FulfilmentRequest
from hub.model.identity import ChannelId, LocationId, OrderId, RequestId
from hub.model.purchase import Invoice
from hub.model.quantity import from_scaled, to_scaled
from hub.model.returns import Return
from hub.model.routing import RoutingPlan
from hub.model.shipment import Shipment
from hub.storage import shipments, tables
from hub.storage.column_types import micros_or_none, to_micros
from hub.storage.transaction import Transaction

_ADD = """
    INSERT INTO requests (request_id, order_id, location, body, submitted_at, acknowledged_at)
    VALUES (:request_id, :order_id, :location, :body, :submitted_at, :acknowledged_at)
"""
_SAVE = """
    UPDATE requests SET location = :location, body = :body, submitted_at = :submitted_at,
                        acknowledged_at = :acknowledged_at
    WHERE request_id = :request_id AND order_id = :order_id
"""
_GET = "SELECT body FROM requests WHERE request_id = :request_id {lock}"
_SAVE_LINE = """
    INSERT INTO request_lines (
        request_id, number, line_id, sku, location, outstanding, backordered, asked_at, quantity, short
    )
    VALUES (
        :request_id, :number, :line_id, :sku, :location, :outstanding, :backordered, :asked_at, :quantity, :short
    )
    ON CONFLICT (request_id, number) DO UPDATE
    SET line_id = excluded.line_id, sku = excluded.sku, location = excluded.location,
        outstanding = excluded.outstanding, backordered = excluded.backordered,
        asked_at = excluded.asked_at, quantity = excluded.quantity, short = excluded.short
"""
_ASKED = """
    SELECT CAST(coalesce(SUM(quantity), 0) AS BIGINT) AS asked, CAST(coalesce(SUM(short), 0) AS BIGINT) AS short
    FROM request_lines WHERE location = :location AND asked_at >= :since
"""
_WAITING = """
    SELECT location, COUNT(DISTINCT request_id) AS requests, CAST(SUM(outstanding) AS BIGINT) AS units
    FROM request_lines WHERE location = :location AND outstanding > 0 GROUP BY location
"""
# A lock of its own: a location's capacity has no row, and its stock rows are of other items.
_LOCK_CAPACITY = "SELECT pg_advisory_xact_lock(hashtextextended('capacity of ' || :location, 0))"
_ADD_PLAN = "INSERT INTO plans (order_id, body) VALUES (:order_id, :body)"
_BODIES = {
    table.name: f"SELECT body FROM {table.name} WHERE order_id = :order_id ORDER BY id"
    for table in (tables.requests, tables.shipments, tables.plans)
}
_ADD_INVOICE = """
    INSERT INTO invoices (partner, invoice_number, request_id, state, body)
    VALUES (:partner, :invoice_number, :request_id, :state, :body)
    ON CONFLICT DO NOTHING
"""


class SqlRequestStore:
    """RequestStore."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def add(self, request: FulfilmentRequest) -> None:
        """See RequestStore."""
        self._transaction.run(_ADD, _values(request))
        self._transaction.run(_SAVE_LINE, _lines(request))

    def get(self, request_id: RequestId, *, lock: bool = False) -> FulfilmentRequest | None:
        """See RequestStore."""
        template = _GET if lock else _GET.replace("{lock}", "")
        body = self._transaction.run(template, {"request_id": request_id}).scalar()
        return None if body is None else FulfilmentRequest.model_validate_json(body)

    def save(self, request: FulfilmentRequest) -> None:
        """See RequestStore. Raises InvariantError where it was never added. Lines are never taken away."""
        if self._transaction.run(_SAVE, _values(request)).rowcount == 0:
            raise InvariantError(f"Request {request.request_id} was never added.", code="storage.unknown-request")
        self._transaction.run(_SAVE_LINE, _lines(request))

    def asked(self, location: LocationId, since: datetime) -> tuple[Decimal, Decimal]:
        """See RequestStore. Read off the index alone."""
        (found,) = self._transaction.run(_ASKED, {"location": location, "since": to_micros(since)})
        return from_scaled(found.asked), from_scaled(found.short)

    def waiting_at(
        self, locations: Collection[LocationId], *, lock: bool = False
    ) -> dict[LocationId, tuple[int, Decimal]]:
        """See RequestStore. SQLite has one writer, who holds all locks there are."""
        found = {}
        for location in sorted(locations):
            if lock and self._transaction.has_rivals:
                self._transaction.run(_LOCK_CAPACITY, {"location": location})
            rows = list(self._transaction.run(_WAITING, {"location": location}))
            found[location] = (rows[0].requests, from_scaled(rows[0].units)) if rows else (0, Decimal(0))
        return found

    def for_order(self, order_id: OrderId) -> list[FulfilmentRequest]:
        """See RequestStore."""
        return [FulfilmentRequest.model_validate_json(body) for body in self._bodies(tables.requests, order_id)]

    def add_shipment(self, shipment: Shipment, request_ids: Sequence[RequestId], order_id: OrderId) -> bool:
        """See RequestStore."""
        requests = [found for found in map(self.get, request_ids) if found is not None]
        return shipments.add(self._transaction, shipment, requests, order_id)

    def shipments(self, order_id: OrderId) -> list[Shipment]:
        """See RequestStore."""
        return [Shipment.model_validate_json(body) for body in self._bodies(tables.shipments, order_id)]

    def add_invoice(self, invoice: Invoice, state: str) -> bool:
        """See RequestStore."""
        values = {
            "partner": invoice.partner,
            "invoice_number": invoice.invoice_number,
            "request_id": invoice.request_id,
            "state": state,
            "body": invoice.model_dump_json(),
        }
        return self._transaction.run(_ADD_INVOICE, values).rowcount == 1

    def invoices(self, request_id: RequestId) -> list[Invoice]:
        """See RequestStore."""
        table = tables.invoices
        query = select(table.c.body).where(table.c.request_id == request_id).order_by(table.c.id)
        return [Invoice.model_validate_json(body) for body in self._transaction.execute(query).scalars()]

    def save_return(self, returned: Return, order_id: OrderId) -> None:
        """See RequestStore."""
        values = {
            "channel": returned.channel,
            "return_id": returned.return_id,
            "order_id": order_id,
            "body": returned.model_dump_json(),
        }
        self._transaction.put(tables.returns, ("channel", "return_id"), values)

    def get_return(self, channel: ChannelId, return_id: str) -> Return | None:
        """See RequestStore."""
        table = tables.returns
        query = select(table.c.body).where(table.c.channel == channel, table.c.return_id == return_id)
        body = self._transaction.execute(query).scalar()
        return None if body is None else Return.model_validate_json(body)

    def add_plan(self, plan: RoutingPlan) -> None:
        """See RequestStore."""
        self._transaction.run(_ADD_PLAN, {"order_id": plan.order_id, "body": plan.model_dump_json()})

    def plans(self, order_id: OrderId) -> list[RoutingPlan]:
        """See RequestStore."""
        return [RoutingPlan.model_validate_json(body) for body in self._bodies(tables.plans, order_id)]

    def _bodies(self, table: Table, order_id: OrderId) -> list[str]:
        return self._transaction.run(_BODIES[table.name], {"order_id": order_id}).scalars()


def _values(request: FulfilmentRequest) -> dict[str, Any]:
    return {
        "request_id": request.request_id,
        "order_id": request.order_id,
        "location": request.location,
        "body": request.model_dump_json(),
        "submitted_at": micros_or_none(request.submitted_at),
        "acknowledged_at": micros_or_none(request.acknowledged_at),
    }


def _lines(request: FulfilmentRequest) -> list[dict[str, Any]]:
    # Nothing more is expected of a finished request, whatever its counters still say.
    return [
        {
            "request_id": request.request_id,
            "number": line.number,
            "line_id": line.line_id,
            "sku": line.sku,
            "location": request.location,
            "outstanding": to_scaled(Decimal(0) if request.finished else line.outstanding),
            "backordered": to_scaled(line.backordered),
            "asked_at": micros_or_none(request.submitted_at),
            "quantity": to_scaled(line.quantity),
            "short": to_scaled(line.short),
        }
        for line in request.lines
    ]
