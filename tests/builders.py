"""Short ways to say what a test needs; everything not named has a harmless default."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import ClassVar, cast

from hub.flows.answer import Answer, Verdict
from hub.flows.registry import record_item, run_task, settle_item
from hub.flows.work import Work
from hub.model.document import Direction, Document
from hub.model.events import EventKind
from hub.model.fulfilment import FulfilmentRequest, RequestKind
from hub.model.identity import (
    ChannelId,
    ConnectionId,
    DocumentId,
    LineId,
    LocationId,
    OrderId,
    PartnerId,
    RequestId,
    ShipmentId,
    Sku,
)
from hub.model.kit import Kit, KitKind
from hub.model.ledger import Balance
from hub.model.network import Channel, CountingRule, Location, Network
from hub.model.order import LineCounters, Order, OrderLine, OrderRecord
from hub.model.purchase import AcknowledgedLine, Acknowledgement, AcknowledgementOutcome
from hub.model.queue import OutboxItem, OutboxState
from hub.model.routing import RoutingPlan
from hub.model.shipment import Parcel, Shipment, ShippedLine
from hub.model.shipping_cost import ShippingCost
from hub.model.stock import CountBasis, FeedMode, StockReport, StockRow
from hub.ports import UnitOfWork
from hub.routing.candidates import Demand, Site
from hub.routing.carriage import NotCarried
from hub.routing.costs import landed_bid, wanted_of
from hub.routing.explain import plan_order
from hub.routing.question import Terms
from hub.routing.tariffs import TariffBook
from tests.fakes.memory import MemoryUnitOfWork
from tests.fakes.stepwise import StepwiseUnit

NOW = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
SHOP = ChannelId("shop")


def at(minutes: float) -> datetime:
    """So many minutes after ``NOW``."""
    return NOW + timedelta(minutes=minutes)


def a_location(
    name: str,
    *,
    kind: RequestKind = RequestKind.DROPSHIP,
    per_request: str = "5",
    per_line: str = "0",
    per_unit: str = "0",
    counting: CountingRule | None = None,
    safety: int = 0,
    pack_multiple: bool = False,
    active: bool = True,
    connection: str = "",
    owner: str = "",
    site: str = "",
) -> Location:
    """A location with its own connection and partner of the same name, or with those of another."""
    return Location(
        location=LocationId(name),
        kind=kind,
        partner=PartnerId(connection or name),
        connection=ConnectionId(connection or name),
        owner=owner,
        site=site,
        counting=counting or CountingRule(),
        cost=ShippingCost(per_request=Decimal(per_request), per_line=Decimal(per_line), per_unit=Decimal(per_unit)),
        safety_stock=Decimal(safety),
        pack_multiple=pack_multiple,
        active=active,
    )


def a_plan(demands: Sequence[Demand], sites: Sequence[Site], max_splits: int = 4) -> RoutingPlan:
    """What routing decides by the locations' own costs."""
    book = TariffBook(Network(locations=tuple(site.location for site in sites)))
    wanted = wanted_of(book, an_order(A=1), [each for each in demands if each.sku is not None], {}, NOW)
    bids = [landed_bid(book, site, wanted, {}) for site in sites if not site.code]
    return plan_order(
        OrderId("o"),
        demands,
        sites,
        [bid for bid in bids if not isinstance(bid, NotCarried)],
        Terms(most_shipments=max_splits),
        items={},
        currency="USD",
        decided_at=NOW,
    )


def a_kit(sku: str, *, kind: KitKind = KitKind.VIRTUAL, separable: bool = False, **components: int | str) -> Kit:
    """``a_kit("SHELF", BOLT=2, PLATE=1)``: eaches by component."""
    units = {Sku(name): Decimal(count) for name, count in components.items()}
    return Kit(sku=Sku(sku), kind=kind, components=units, separable=separable)


def a_network(*locations: Location, buffer: int = 0, max_splits: int = 4, max_attempts: int = 8) -> Network:
    """One channel, ``shop``, that sells from all of them."""
    channel = Channel(
        channel=SHOP,
        connection=ConnectionId("shop"),
        sells_from=tuple(each.location for each in locations),
        buffer=Decimal(buffer),
    )
    return Network(locations=locations, channels=(channel,), max_splits=max_splits, max_attempts=max_attempts)


def with_kits(network: Network, *kits: Kit) -> Network:
    """The network whose catalogue has these kits."""
    return network.model_copy(update={"kits": {kit.sku: kit for kit in kits}})


def an_order(number: int = 1, revision: str = "1", **lines: int | tuple[str | None, int]) -> Order:
    """``an_order(A=3)``: one line of 3 units of SKU A, whose line id is ``A``. ``L1=("B", 2)`` names the line."""
    given = {name: value if isinstance(value, tuple) else (name, value) for name, value in lines.items()}
    return Order(
        channel=SHOP,
        external_id=f"{5000 + number}",
        number=f"#{number}",
        placed_at=at(number),
        revision=revision,
        lines=tuple(
            OrderLine(
                line_id=LineId(name),
                sku=Sku(sku) if sku is not None else None,
                channel_item=f"item-{name}",
                quantity=Decimal(quantity),
            )
            for name, (sku, quantity) in given.items()
        ),
    )


def a_report(
    location: str,
    figures: dict[str, int | str],
    *,
    as_of: datetime = NOW,
    mode: FeedMode = FeedMode.DELTA,
    basis: CountBasis = CountBasis.ON_HAND,
    units_each: int = 1,
    reference: str = "",
) -> StockReport:
    """One location's figures by SKU."""
    return StockReport(
        connection=ConnectionId(location),
        reference=reference or f"{location}@{as_of.isoformat()}",
        as_of=as_of,
        mode=mode,
        locations=(LocationId(location),),
        rows=tuple(
            StockRow(
                sku=Sku(sku),
                location=LocationId(location),
                basis=basis,
                quantity=Decimal(quantity),
                unit="EA" if units_each == 1 else "CA",
                units_each=Decimal(units_each),
            )
            for sku, quantity in figures.items()
        ),
    )


def an_ack(
    request: RequestId, reference: str, at_time: datetime = NOW, **answers: tuple[int, str, int]
) -> Acknowledgement:
    """``an_ack(rid, "A1", one=(1, "accepted", 3))``: answers by request line number, outcome and quantity."""
    return Acknowledgement(
        request_id=request,
        reference=reference,
        acknowledged_at=at_time,
        lines=tuple(
            AcknowledgedLine(number=number, outcome=AcknowledgementOutcome(outcome), quantity=Decimal(quantity))
            for number, outcome, quantity in answers.values()
        ),
    )


def a_shipment(
    request: FulfilmentRequest,
    shipment_id: str,
    units: dict[int, int],
    *,
    shipped_at: datetime = NOW,
    closes: bool = False,
) -> Shipment:
    """Units by request line number, in one tracked parcel; ``closes``: the rest of these lines will not come."""
    return Shipment(
        shipment_id=ShipmentId(shipment_id),
        connection=request.connection,
        shipped_at=shipped_at,
        lines=tuple(
            ShippedLine(request_id=request.request_id, number=number, quantity=Decimal(quantity), closes=closes)
            for number, quantity in units.items()
        ),
        parcels=(Parcel(tracking_number=f"T-{shipment_id}", carrier="Swiftline"),),
    )


@dataclass
class Desk:
    """A merchant at work: a network, storage, and a clock that tests move by hand.

    Storage is in memory unless ``made_on`` says otherwise (tests/contract/flows); on real storage each piece of
    work is a transaction of its own.
    """

    made_on: ClassVar[Callable[[], object]] = MemoryUnitOfWork

    network: Network
    uow: UnitOfWork = field(default_factory=lambda: cast("UnitOfWork", Desk.made_on()))
    now: datetime = NOW
    stored: dict[str, DocumentId] = field(default_factory=dict)

    def work(self, connection: str | None = None, cause: str | None = None) -> Work:
        if isinstance(self.uow, StepwiseUnit):
            self.uow.next_step()
        document = self.stored[cause] if cause else None
        speaker = ConnectionId(connection) if connection else None
        return Work(self.uow, self.network, self.now, document, "test", speaker)

    def stock(self, location: str, *, as_of: datetime | None = None, **figures: int) -> None:
        """Count stock there now."""
        self.receive(a_report(location, dict(figures), as_of=as_of or self.now), location)

    def receive(self, item: object, connection: str, document: str = "") -> None:
        """An inbound document with one item; the same ``document`` name again is a reprocess."""
        name = document or f"doc-{len(self.stored) + 1}"
        if name not in self.stored:
            raw = Document(ConnectionId(connection), Direction.INBOUND, "x", name, b"", self.now)
            self.stored[name] = self.uow.documents.add(raw) or DocumentId("")
        record_item(self.work(connection, name), item)  # type: ignore[arg-type]

    def tick(self, minutes: float = 0) -> None:
        """Let time pass and run every task that is due, as the engine would."""
        self.now += timedelta(minutes=minutes)
        for _ in range(100):
            due = self.uow.tasks.due(self.now, 100)
            if not due:
                return
            for task in due:
                run_task(self.work(), task)
        raise AssertionError("tasks never come to an end")

    def place(self, number: int = 1, **lines: int | tuple[str | None, int]) -> OrderId:
        """Take an order and route it."""
        order = an_order(number, "1", **lines)
        self.receive(order, "shop")
        self.tick()
        return order.order_id

    def send(self, *, accepts: bool = False, kinds: tuple[str, ...] = ("fulfilment",)) -> list[OutboxItem]:
        """Hand pending items of these kinds to their partners, who take them."""
        sent = [item for item in self.pending() if item.kind in kinds]
        for item in sent:
            self.uow.outbox.settle(item.key, OutboxState.ACCEPTED)
            settle_item(self.work(item.connection), item, Answer(Verdict.ACCEPTED, self.now, accepts=accepts))
        return sent

    def pending(self, kind: str = "") -> list[OutboxItem]:
        items = self.uow.outbox.page(state=OutboxState.PENDING, limit=10_000)[::-1]
        return [item for item in items if not kind or item.kind == kind]

    def settle(self, item: OutboxItem, answer: Answer) -> None:
        state = OutboxState.ACCEPTED if answer.verdict is Verdict.ACCEPTED else OutboxState.REFUSED
        self.uow.outbox.settle(item.key, state)
        settle_item(self.work(item.connection), item, answer)

    def order(self, order_id: OrderId) -> OrderRecord:
        record = self.uow.orders.get(order_id)
        assert record is not None
        return record

    def counters(self, order_id: OrderId, line: str) -> LineCounters:
        return self.order(order_id).counters[LineId(line)]

    def requests(self, order_id: OrderId) -> list[FulfilmentRequest]:
        return self.uow.requests.for_order(order_id)

    def request(self, order_id: OrderId, index: int = -1) -> FulfilmentRequest:
        return self.requests(order_id)[index]

    def balance(self, sku: str, location: str) -> Balance:
        found = self.uow.ledger.balances([Sku(sku)], [LocationId(location)])
        return found[0] if found else Balance(Sku(sku), LocationId(location))

    def kinds(self, order_id: OrderId) -> list[EventKind]:
        return [event.kind for event in self.uow.orders.timeline(order_id)]


def broken_laws(desk: Desk) -> list[str]:
    """Everything that domain.md 1.2 and ``flows.requests`` forbid, in words; empty where all is true."""
    broken = list(desk.uow.ledger.drift())
    for record in desk.uow.orders.page(limit=10_000):
        requests = desk.requests(record.order_id)
        for line_id, count in record.counters.items():
            lines = [line for request in requests for line in request.lines if line.line_id == line_id]
            placed = {
                "allocated": sum((line.accepted for line in lines), Decimal(0)),
                "backordered": sum((line.backordered for line in lines), Decimal(0)),
                "reserved": sum((line.outstanding - line.accepted - line.backordered for line in lines), Decimal(0)),
                "shipped": sum((line.shipped for line in lines), Decimal(0)),
            }
            broken += [
                f"{record.order_id}/{line_id}: {name} {getattr(count, name)}, requests say {units}"
                for name, units in placed.items()
                if getattr(count, name) != units
            ]
        for request in requests:
            held = desk.uow.ledger.held(request.request_id)
            for line in request.lines:
                kept = held.get((line.line_id, line.sku, request.location), Decimal(0))
                if kept != line.outstanding - line.backordered:
                    broken.append(f"{request.request_id}/{line.number}: holds {kept}")
    for balance in desk.uow.ledger.balances():
        held_here = sum(
            (row.quantity for row in desk.uow.ledger.reservations(balance.sku, balance.location, limit=10_000)),
            Decimal(0),
        )
        if held_here != balance.reserved:
            broken.append(f"{balance.sku} at {balance.location}: reserved {balance.reserved}, rows {held_here}")
    return broken
