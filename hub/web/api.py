"""GET /api/v1: orders, stock and documents to look at, without bodies and addresses."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse

from hub.flows.explain_stock import explain_stock
from hub.flows.work import Work
from hub.model.identity import DocumentId, OrderId, Sku
from hub.model.order import OrderStatus
from hub.sync.daemon import Engine
from hub.web import shapes
from hub.web.expectations import expectations
from hub.web.problems import problem

_MOST = 200


def router(engine: Engine) -> APIRouter:
    """The read-only API. Lists go on by key (``next``), never by offset."""
    routes = APIRouter(prefix="/api/v1", tags=["api"])
    storage = engine.runtime.storage

    @routes.get("/orders", summary="A page of orders, by id")
    def orders(
        status: OrderStatus | None = None,
        text: Annotated[str, Query(max_length=100)] = "",
        after: Annotated[str | None, Query(max_length=200)] = None,
        limit: Annotated[int, Query(ge=1, le=_MOST)] = 50,
    ) -> dict[str, Any]:
        with storage.read() as uow:
            found = uow.orders.page(status=status, text=text, after=OrderId(after) if after else None, limit=limit)
        rows = [shapes.order_row(record) for record in found]
        return {"orders": rows, "next": rows[-1]["order_id"] if len(rows) == limit else None}

    @routes.get("/orders/{order_id}", summary="An order: lines, what it may expect, requests, shipments, timeline")
    def order(order_id: str) -> Any:
        with storage.read() as uow:
            record = uow.orders.get(OrderId(order_id))
            if record is None:
                return _not_here("order", order_id)
            timeline = [shapes.event(each) for each in uow.orders.timeline(record.order_id)]
            work = Work(uow, engine.configuration.network, engine.runtime.clock())
            return {**shapes.order(uow, record), "expected": expectations(work, record), "timeline": timeline}

    @routes.get("/stock/{sku}", summary="A SKU's figures, each with the terms it adds up from")
    def stock(sku: str) -> Any:
        with storage.read() as uow:
            found = explain_stock(Work(uow, engine.configuration.network, engine.runtime.clock()), Sku(sku))
        return shapes.stock(found) if found.balances else _not_here("stock of", sku)

    @routes.get("/documents/{document_id}", summary="Everything about a document but its body")
    def document(document_id: str) -> Any:
        with storage.read() as uow:
            found = uow.documents.get(DocumentId(document_id))
            if found is None:
                return _not_here("document", document_id)
            shape = shapes.document(found, uow.inbox.entry(found.id), uow.documents.orders(found.id))
            shape["quarantine"] = [shapes.quarantined(each) for each in uow.quarantine.open(document=found.id)]
            return shape

    return routes


def _not_here(what: str, name: str) -> JSONResponse:
    return problem(404, "http.not-found", f"There is no {what} {name[:100]}.")
