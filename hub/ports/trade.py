"""Stores of orders and of what follows from them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from hub.model.events import OrderEvent
from hub.model.fulfilment import FulfilmentRequest
from hub.model.identity import (
    ChannelId,
    ConnectionId,
    DocumentId,
    LocationId,
    OrderId,
    PartnerId,
    RequestId,
    Sku,
    TransferId,
)
from hub.model.order import OpenDemand, OrderRecord, OrderStatus
from hub.model.price import ItemPrice, PriceList
from hub.model.purchase import Invoice
from hub.model.returns import Return
from hub.model.routing import RoutingPlan
from hub.model.shipment import Shipment
from hub.model.stock import ChannelSales
from hub.model.transfer import GoodsReceipt, StockTransfer


class OrderStore(Protocol):
    """Orders, their counters and their timeline."""

    def add(self, record: OrderRecord) -> bool:
        """Store a new order; False where (channel, external_id) is already there (nothing is changed)."""

    def get(self, order_id: OrderId, *, lock: bool = False) -> OrderRecord | None:
        """The order; ``lock`` holds its row until the transaction ends."""

    def find(self, channel: ChannelId, external_id: str, *, lock: bool = False) -> OrderRecord | None:
        """The order by the channel's id."""

    def save(self, record: OrderRecord) -> None:
        """Write counters, hold, exclusions, attempts, status and the order itself (a line may have been mapped).

        Raises InvariantError where ``record.version`` is not the stored one (a lost update).
        """

    def page(
        self,
        *,
        status: OrderStatus | None = None,
        text: str = "",
        after: OrderId | None = None,
        limit: int = 50,
    ) -> list[OrderRecord]:
        """A page by order id (keyset). ``text`` matches the id or the channel's number."""

    def with_unmapped(self, skus: Iterable[str]) -> list[OrderId]:
        """Orders with a line whose ``sku`` is None and whose ``channel_item`` is one of these."""

    def unrouted(self, skus: Iterable[Sku] | None = None) -> list[OpenDemand]:
        """Open units of mapped lines (counter ``open`` above 0) of these SKUs, all where None; oldest order first."""

    def sold(
        self, channel: ChannelId, skus: Iterable[Sku], *, since: datetime | None = None
    ) -> dict[Sku, ChannelSales]:
        """What a channel's orders have taken of these; SKUs it never sold are left out. ``since``: only orders placed
        then or later."""

    def first_sale(self, channel: ChannelId, sku: Sku, *, since: datetime) -> datetime | None:
        """When the first order of a SKU at a channel was placed, not before ``since``."""

    def count(self) -> dict[OrderStatus, int]:
        """Orders by status."""

    def record(self, event: OrderEvent) -> None:
        """Append to the order's timeline."""

    def timeline(self, order_id: OrderId) -> list[OrderEvent]:
        """The order's events, oldest first."""


class RequestStore(Protocol):
    """Fulfilment requests, shipments, invoices, returns and routing plans."""

    def add(self, request: FulfilmentRequest) -> None:
        """Store a new request."""

    def get(self, request_id: RequestId, *, lock: bool = False) -> FulfilmentRequest | None:
        """The request of that id."""

    def save(self, request: FulfilmentRequest) -> None:
        """Replace the stored request."""

    def asked(self, location: LocationId, since: datetime) -> tuple[Decimal, Decimal]:
        """Units of the requests that the location was sent since then, and how many of them were short."""

    def waiting_at(
        self, locations: Collection[LocationId], *, lock: bool = False
    ) -> dict[LocationId, tuple[int, Decimal]]:
        """How many requests each location has yet to ship something of, and of how many units; 0 of none.

        ``lock``: nobody else who locks the same location goes on before this transaction ends.
        """

    def for_order(self, order_id: OrderId) -> list[FulfilmentRequest]:
        """All requests of an order, oldest first."""

    def add_shipment(self, shipment: Shipment, request_ids: Sequence[RequestId], order_id: OrderId) -> bool:
        """Store the part of a shipment that is about one order; False where it is already there."""

    def shipments(self, order_id: OrderId) -> list[Shipment]:
        """Shipments of an order, oldest first."""

    def add_invoice(self, invoice: Invoice, state: str) -> bool:
        """Store an invoice; False where (partner, number) is already there."""

    def invoices(self, request_id: RequestId) -> list[Invoice]:
        """Invoices for a request."""

    def save_return(self, returned: Return, order_id: OrderId) -> None:
        """Insert or replace a return by (channel, return_id)."""

    def get_return(self, channel: ChannelId, return_id: str) -> Return | None:
        """The return of that id."""

    def add_plan(self, plan: RoutingPlan) -> None:
        """Keep a routing decision."""

    def plans(self, order_id: OrderId) -> list[RoutingPlan]:
        """Routing decisions of an order, oldest first."""


class TransferStore(Protocol):
    """Goods on their way to locations of ours, and what arrived there."""

    def save(self, transfer: StockTransfer) -> None:
        """Insert or replace by its id."""

    def get(self, transfer_id: TransferId, *, lock: bool = False) -> StockTransfer | None:
        """The transfer of that id; ``lock`` holds its row until the transaction ends."""

    def page(self, *, open_only: bool = False, limit: int = 50) -> list[StockTransfer]:
        """Newest first; ``open_only``: those of which something is still to arrive."""

    def on_the_way(self, locations: Iterable[LocationId]) -> list[StockTransfer]:
        """Those to these locations of which something is still to arrive, oldest first."""

    def receipt(self, connection: ConnectionId, receipt_id: str) -> GoodsReceipt | None:
        """What is known of the receipt of that connection and id."""

    def save_receipt(self, receipt: GoodsReceipt) -> None:
        """Insert or replace by (connection, receipt_id)."""


class PriceStore(Protocol):
    """What partners ask for their items."""

    def record(self, prices: PriceList, document: DocumentId | None) -> int:
        """Take a list over; how many prices it changed. Prices of the same catalogue and partner that were issued
        later stay; a FULL list ends those of its catalogue that it does not name, on the day before it begins."""

    def of(self, partner: PartnerId, skus: Iterable[Sku]) -> dict[Sku, list[ItemPrice]]:
        """Every price known, by SKU; SKUs without one are left out."""

    def page(self, partner: PartnerId, *, after: Sku | None = None, limit: int = 50) -> list[ItemPrice]:
        """By SKU, then from when on and from how many."""
