"""The capabilities, as glue: translate decides, the client sends, the cursor remembers."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import ClassVar

from hub.errors import DataError, HubError, RefusedError, UncertainOutcomeError
from hub.mapping.codebook import Codebook
from hub.model.document import Direction, Document
from hub.model.fulfilment import CancellationRequest, FulfilmentRequest
from hub.sdk.capabilities import (
    Envelope,
    HealthReport,
    ItemResult,
    Outcome,
    Page,
    Parsed,
    Receipt,
    RepeatSafety,
    Stamp,
)
from hub.sdk.context import ConnectionContext
from hub_ongoing import answers, faults, translate, wire
from hub_ongoing.client import OngoingClient
from hub_ongoing.settings import OngoingSettings
from hub_ongoing.sweep import Sweep

_XML = "text/xml; charset=utf-8"
_NOT_BEGUN_BELOW = 300
"""Ongoing's picking status: an order below it can still be updated and removed."""

Context = ConnectionContext[OngoingSettings]


def _client(context: Context) -> OngoingClient:
    return OngoingClient(
        context.settings,
        allow_private=context.allow_private,
        sleep=context.sleep,
        monotonic=context.monotonic,
        random=context.random.random,
    )


class Stock:
    """Counts per article by GetInventoryByQuery, page by page; each poll is one sweep over all articles."""

    stream: ClassVar[str] = "stock"

    def __init__(self, context: Context) -> None:
        self._context = context
        self._client = _client(context)

    def fetch(self, cursor: str | None) -> Page:
        """One page of the sweep; the cursor is the next article's system id, and starts again after the last page."""
        id_from = int(cursor or 0)
        # Taken before asking: an event that the count may already hold then looks newer than the count, which at
        # worst undercounts until the next sweep, and never oversells.
        as_of = self._context.clock()
        body = self._client.inventory(id_from=id_from)
        try:
            last = answers.last_article(body)
        except DataError:
            return Page((_unreadable(self._context, "stock", body, as_of),), cursor=str(id_from))
        if last is None:
            return Page((), cursor="0")
        # Equal counts at another time are news: they say that nothing changed. So the moment is in the source id.
        source_id = f"stock {as_of.isoformat()} from {id_from}"
        document = _inbound(self._context, "stock", source_id, body, as_of)
        return Page((document,), cursor=str(last + 1), more=True)

    def settle(self, page: Page) -> None:
        """Nothing to tell: Ongoing keeps no mark of what was read."""

    def parse(self, document: Document, codebook: Codebook) -> Parsed:
        """Stock reports."""
        return translate.stock_report(document, codebook, self._context.settings)


class Orders:
    """Orders that have left or will never leave: GetOrdersByQuery on their last change, in pages by system id."""

    stream: ClassVar[str] = "orders"

    def __init__(self, context: Context) -> None:
        self._context = context
        self._client = _client(context)

    def fetch(self, cursor: str | None) -> Page:
        """One page of the sweep; an unreadable one is kept, and asked for again at the next poll."""
        settings = self._context.settings
        now = self._context.clock()
        sweep = Sweep.resume(cursor, now, timedelta(days=settings.look_back_days))
        body = self._client.orders_changed(
            since=translate.warehouse_time(sweep.since, settings.zone), id_from=sweep.id_from
        )
        try:
            found = answers.each_order(body)
        except DataError:
            return Page((_unreadable(self._context, "orders", body, now),), cursor=sweep.at(sweep.id_from))
        if not found:
            return Page((), cursor=sweep.ended(timedelta(minutes=settings.overlap_minutes)))
        documents = tuple(
            _inbound(self._context, "orders", f"order {order_id} {_digest(order)}", order, now)
            for order_id, order in found
        )
        return Page(documents, cursor=sweep.at(max(order_id for order_id, _ in found) + 1), more=True)

    def settle(self, page: Page) -> None:
        """Nothing to tell: Ongoing keeps no mark of what was read."""

    def parse(self, document: Document, codebook: Codebook) -> Parsed:
        """Shipments, and what the warehouse refuses to ship."""
        return translate.orders(document, codebook, self._context.settings)


class _OrderSink:
    """What ship orders and their removal share: both are ProcessOrder on our number."""

    repeat_safety: ClassVar[RepeatSafety] = RepeatSafety.LOOKUP
    """CreateOrUpdate on our number never doubles an order, but once picking has begun a repeat is refused, and that
    refusal would be read as a rejection. So a lost answer is looked up first."""
    batch_limit: ClassVar[int] = 1

    def __init__(self, context: Context) -> None:
        self._context = context
        self._client = _client(context)

    def sequences(self, items: Sequence[Envelope], codebook: Codebook) -> Sequence[str]:
        """No control numbers."""
        return ()

    def send(self, document: Document) -> Receipt:
        """One ProcessOrder. A business refusal is a result; a refusal about credentials is raised."""
        answer, raw = self._client.process_order(document.body)
        if answer.success:
            ref = str(answer.order_id) if answer.order_id else ""
            return _receipt(document, Outcome.ACCEPTED, raw, ref=ref)
        refusal = faults.read_refusal(answer.error_message or answer.message)
        if not isinstance(refusal, RefusedError):
            raise refusal
        return _receipt(document, Outcome.REFUSED, raw, code=refusal.code, message=refusal.message)

    def _rendered(
        self, envelope: Envelope, order: wire.CustomerOrder, kind: str, number: str, stamp: Stamp
    ) -> Document:
        return Document(
            connection=self._context.connection,
            direction=Direction.OUTBOUND,
            kind=kind,
            source_id=f"{kind} {envelope.key}",
            body=self._client.render_order(order),
            at=stamp.now,
            media_type=_XML,
            meta={"order_number": number},
            item_keys=(envelope.key,),
        )

    def _found(self, document: Document) -> tuple[wire.OrderInfoAnswer | None, bytes]:
        number = document.meta["order_number"]
        body = self._client.orders_named(number)
        try:
            found = answers.rows(answers.read_result("GetOrdersByQuery", body), "Orders", "Order")
            orders = [answers.read_as(wire.OrderAnswer, row, "Order").order_info for row in found]
        except DataError as error:
            message = error.message
        else:
            return next((info for info in orders if info.goods_owner_order_number == number), None), body
        raise UncertainOutcomeError(f"The order can't be looked up: {message}", code="transport.outcome-unknown")


class ShipOrders(_OrderSink):
    """Fulfilment requests by ProcessOrder, CreateOrUpdate."""

    def render(self, items: Sequence[Envelope], codebook: Codebook, stamp: Stamp) -> Sequence[Document]:
        """One document per request."""
        documents: list[Document] = []
        for envelope in items:
            request = envelope.item
            if not isinstance(request, FulfilmentRequest):
                raise DataError("Only fulfilment requests are ship orders.", code="ongoing.wrong-item")
            order = translate.ship_order(request, codebook, self._context.settings)
            documents.append(self._rendered(envelope, order, "ship-order", request.request_id, stamp))
        return documents

    def lookup(self, document: Document) -> Receipt | None:
        """The order by our number. One cancelled in the warehouse was received, and will not ship."""
        info, raw = self._found(document)
        if info is None:
            return None
        if info.order_status_number in self._context.settings.cancelled_statuses:
            message = "The warehouse has cancelled the order."
            return _receipt(document, Outcome.REFUSED, raw, code="ongoing.cancelled", message=message)
        return _receipt(document, Outcome.ACCEPTED, raw, ref=str(info.order_id))


class ShipOrderRemovals(_OrderSink):
    """Cancellation requests by ProcessOrder, Remove: Ongoing takes them until picking begins."""

    def render(
        self,
        items: Sequence[Envelope],
        codebook: Codebook,
        stamp: Stamp,
    ) -> Sequence[Document]:
        """One document per request."""
        documents: list[Document] = []
        for envelope in items:
            request = envelope.item
            if not isinstance(request, CancellationRequest):
                raise DataError("Only cancellation requests are removals.", code="ongoing.wrong-item")
            order = translate.removed_order(request)
            documents.append(self._rendered(envelope, order, "remove-order", request.request_id, stamp))
        return documents

    def lookup(self, document: Document) -> Receipt | None:
        """Gone or cancelled: done. Still to be picked: not done. Being picked: refused, as a resend would be."""
        info, raw = self._found(document)
        if info is None or info.order_status_number in self._context.settings.cancelled_statuses:
            return _receipt(document, Outcome.ACCEPTED, raw)
        if info.order_status_number < _NOT_BEGUN_BELOW:
            return None
        message = f"The order has status {info.order_status_number}: the warehouse has begun to pick it."
        return _receipt(document, Outcome.REFUSED, raw, code="ongoing.already-picking", message=message)


class Connection:
    """Health by GetOrderStatuses, the cheapest call that needs credentials."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._client = _client(context)

    def check(self) -> HealthReport:
        """Reach and log on."""
        try:
            found = answers.read_result("GetOrderStatuses", self._client.order_statuses())
        except HubError as error:
            return HealthReport(ok=False, detail=error.message, code=error.code)
        known = len(answers.rows(found, "OrderStatuses", "OrderStatus"))
        return HealthReport(ok=True, detail=f"Logged on; the warehouse has {known} order statuses.")


def _inbound(context: Context, kind: str, source_id: str, body: bytes, at: datetime) -> Document:
    return Document(
        connection=context.connection,
        direction=Direction.INBOUND,
        kind=kind,
        source_id=source_id,
        body=body,
        at=at,
        media_type=_XML,
    )


def _unreadable(context: Context, kind: str, body: bytes, at: datetime) -> Document:
    """A page that says nothing we understand: kept for a person, stored once however often it comes."""
    return _inbound(context, kind, f"{kind} unreadable {_digest(body)}", body, at)


def _digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def _receipt(
    document: Document, outcome: Outcome, raw: bytes, *, ref: str = "", code: str = "", message: str = ""
) -> Receipt:
    accepts = outcome is Outcome.ACCEPTED
    return Receipt(
        tuple(
            ItemResult(key, outcome, external_ref=ref, accepts=accepts, code=code, message=message)
            for key in document.item_keys
        ),
        raw=raw,
    )
