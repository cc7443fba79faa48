"""Orders and requests in dictionaries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal

from hub.errors import InvariantError
from hub.model.events import OrderEvent
from hub.model.fulfilment import FulfilmentRequest
from hub.model.identity import ChannelId, ConnectionId, LocationId, OrderId, RequestId, Sku
from hub.model.ledger import Departure
from hub.model.order import OpenDemand, OrderRecord, OrderStatus
from hub.model.purchase import Invoice
from hub.model.returns import Return
from hub.model.routing import RoutingPlan
from hub.model.shipment import Shipment
from hub.model.stock import ChannelSales
from hub.orders.kits import sold_counters, sold_lines


@dataclass
class MemoryOrders:
    rows: dict[OrderId, OrderRecord] = field(default_factory=dict)
    events: list[OrderEvent] = field(default_factory=list)

    def add(self, record: OrderRecord) -> bool:
        if record.order_id in self.rows:
            return False
        self.rows[record.order_id] = record
        return True

    def get(self, order_id: OrderId, *, lock: bool = False) -> OrderRecord | None:
        return self.rows.get(order_id)

    def find(self, channel: ChannelId, external_id: str, *, lock: bool = False) -> OrderRecord | None:
        found = (r for r in self.rows.values() if (r.order.channel, r.order.external_id) == (channel, external_id))
        return next(found, None)

    def save(self, record: OrderRecord) -> None:
        if self.rows[record.order_id].version != record.version:
            raise InvariantError("lost update")
        self.rows[record.order_id] = replace(record, version=record.version + 1)

    def page(
        self, *, status: OrderStatus | None = None, text: str = "", after: OrderId | None = None, limit: int = 50
    ) -> list[OrderRecord]:
        return [
            record
            for order_id, record in sorted(self.rows.items())
            if status in {None, record.status}
            and (text in order_id or text in record.order.number)
            and (after is None or order_id > after)
        ][:limit]

    def with_unmapped(self, skus: Iterable[str]) -> list[OrderId]:
        wanted = set(skus)
        return [
            order_id
            for order_id, record in sorted(self.rows.items())
            if any(line.sku is None and line.channel_item in wanted for line in record.order.lines)
        ]

    def unrouted(self, skus: Iterable[Sku] | None = None) -> list[OpenDemand]:
        wanted = None if skus is None else set(skus)
        found = []
        for record in sorted(self.rows.values(), key=lambda each: (each.order.placed_at, each.order_id)):
            units: dict[Sku, Decimal] = defaultdict(Decimal)
            for line in record.order.lines:
                if line.sku is not None and (wanted is None or line.sku in wanted):
                    units[line.sku] += record.counters[line.line_id].open
            found += [OpenDemand(record.order_id, record.order.channel, s, u) for s, u in sorted(units.items()) if u]
        return found

    def sold(
        self, channel: ChannelId, skus: Iterable[Sku], *, since: datetime | None = None
    ) -> dict[Sku, ChannelSales]:
        wanted, found = set(skus), dict[Sku, ChannelSales]()
        for record in self.rows.values():
            if record.order.channel != channel or (since is not None and record.order.placed_at < since):
                continue
            counters = sold_counters(record)
            for line in sold_lines(record.order):
                if line.sku is not None and line.sku in wanted:
                    so_far, count = found.get(line.sku, ChannelSales()), counters[line.line_id]
                    found[line.sku] = ChannelSales(
                        ordered=so_far.ordered + count.ordered, cancelled=so_far.cancelled + count.cancelled
                    )
        return found

    def first_sale(self, channel: ChannelId, sku: Sku, *, since: datetime) -> datetime | None:
        orders = [record.order for record in self.rows.values() if record.order.channel == channel]
        placed = (each.placed_at for each in orders if any(line.sku == sku for line in sold_lines(each)))
        return min((at for at in placed if at >= since), default=None)

    def count(self) -> dict[OrderStatus, int]:
        counted: dict[OrderStatus, int] = defaultdict(int)
        for record in self.rows.values():
            counted[record.status] += 1
        return dict(counted)

    def record(self, event: OrderEvent) -> None:
        self.events.append(replace(event, sequence=len(self.events) + 1))

    def timeline(self, order_id: OrderId) -> list[OrderEvent]:
        return [event for event in self.events if event.order_id == order_id]


@dataclass
class MemoryRequests:
    rows: dict[RequestId, FulfilmentRequest] = field(default_factory=dict)
    shipped: dict[tuple[ConnectionId, str, OrderId], Shipment] = field(default_factory=dict)
    departed: list[Departure] = field(default_factory=list)
    invoiced: dict[tuple[str, str], tuple[Invoice, str]] = field(default_factory=dict)
    returns: dict[tuple[ChannelId, str], Return] = field(default_factory=dict)
    planned: list[RoutingPlan] = field(default_factory=list)

    def add(self, request: FulfilmentRequest) -> None:
        self.rows[request.request_id] = request

    def get(self, request_id: RequestId, *, lock: bool = False) -> FulfilmentRequest | None:
        return self.rows.get(request_id)

    def save(self, request: FulfilmentRequest) -> None:
        self.rows[request.request_id] = request

    def asked(self, location: LocationId, since: datetime) -> tuple[Decimal, Decimal]:
        lines = [
            line
            for each in self.rows.values()
            if each.location == location and each.submitted_at is not None and each.submitted_at >= since
            for line in each.lines
        ]
        return sum((line.quantity for line in lines), Decimal(0)), sum((line.short for line in lines), Decimal(0))

    def waiting_at(
        self, locations: Collection[LocationId], *, lock: bool = False
    ) -> dict[LocationId, tuple[int, Decimal]]:
        found = {}
        for where in locations:
            open_ones = [each for each in self.rows.values() if each.location == where and not each.finished]
            waiting = [each.outstanding for each in open_ones if each.outstanding > 0]
            found[where] = len(waiting), sum(waiting, Decimal(0))
        return found

    def for_order(self, order_id: OrderId) -> list[FulfilmentRequest]:
        return [request for request in self.rows.values() if request.order_id == order_id]

    def add_shipment(self, shipment: Shipment, request_ids: Sequence[RequestId], order_id: OrderId) -> bool:
        key = (shipment.connection, shipment.shipment_id, order_id)
        if key in self.shipped:
            return False
        self.shipped[key] = shipment
        for line in shipment.lines:
            about = [self.rows[each] for each in request_ids if line.request_id in {None, each}]
            for request in about[:1]:
                found = next(
                    each
                    for each in request.lines
                    if line.number == each.number
                    or (line.number is None and line.sku == each.sku)
                    or (line.line_id is not None and line.line_id == each.line_id)
                )
                self.departed.append(
                    Departure(
                        found.sku,
                        shipment.location or request.location,
                        line.quantity,
                        shipment.shipped_at,
                        request.request_id,
                        None,
                        None,
                    )
                )
        return True

    def shipments(self, order_id: OrderId) -> list[Shipment]:
        return [shipment for key, shipment in self.shipped.items() if key[2] == order_id]

    def add_invoice(self, invoice: Invoice, state: str) -> bool:
        return self.invoiced.setdefault((invoice.partner, invoice.invoice_number), (invoice, state))[0] is invoice

    def invoices(self, request_id: RequestId) -> list[Invoice]:
        return [invoice for invoice, _ in self.invoiced.values() if invoice.request_id == request_id]

    def save_return(self, returned: Return, order_id: OrderId) -> None:
        self.returns[returned.channel, returned.return_id] = returned

    def get_return(self, channel: ChannelId, return_id: str) -> Return | None:
        return self.returns.get((channel, return_id))

    def add_plan(self, plan: RoutingPlan) -> None:
        self.planned.append(plan)

    def plans(self, order_id: OrderId) -> list[RoutingPlan]:
        return [plan for plan in self.planned if plan.order_id == order_id]
