"""What a flow is given: one transaction, the network, the moment, and what led to it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal

from hub.inventory.soft_holds import surplus
from hub.model.events import EventKind, OrderEvent
from hub.model.identity import ChannelId, ConnectionId, DocumentId, OrderId, Sku
from hub.model.ledger import Cause
from hub.model.network import Network
from hub.model.order import OrderRecord
from hub.model.queue import QuarantineEntry
from hub.model.soft_hold import SoftHold
from hub.orders.lifecycle import with_status
from hub.ports import UnitOfWork

_TICK = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Work:
    """One piece of work inside one transaction of the caller; a flow never commits.

    ``now`` is aware and in UTC. ``cause`` is the inbound document that led here, None for timers and people.
    ``connection`` is who told us, None where nobody did: flows refuse a partner that speaks for another one.
    """

    uow: UnitOfWork
    network: Network
    now: datetime
    cause: DocumentId | None = None
    actor: str = "hub"
    connection: ConnectionId | None = None

    def tell(self, order_id: OrderId, kind: EventKind, **data: str) -> None:
        """Append to the order's timeline, with actor and cause; ``data`` holds facts, no personal data."""
        self.uow.orders.record(OrderEvent(order_id, kind, self.now, self.actor, self.cause, data))

    def about(self, order_id: OrderId) -> None:
        """Link the cause to the order it was about."""
        if self.cause is not None:
            self.uow.documents.link(self.cause, [order_id])

    def keep(self, record: OrderRecord) -> OrderRecord:
        """Save the order with its status derived anew; gives back what is stored now."""
        saved = with_status(record)
        self.uow.orders.save(saved)
        self.let_go(saved)
        self.answer_channel(saved)
        return replace(saved, version=saved.version + 1)

    def hold_of(self, record: OrderRecord, *, lock: bool = False) -> SoftHold | None:
        """The soft hold that keeps units for the order, None where none does."""
        key = record.order.soft_hold
        hold = self.uow.soft_holds.get(key, lock=lock) if key is not None else None
        return hold if hold is not None and hold.live and hold.order_id == record.order_id else None

    def let_go(self, record: OrderRecord) -> None:
        """Give back what its soft hold keeps beyond the order's open units; nothing while a line waits for its SKU."""
        hold = self.hold_of(record, lock=True)
        if hold is None:
            return
        needed: dict[Sku, Decimal] = {}
        for line in record.order.lines:
            units = record.counters[line.line_id].open
            if units and line.sku is None:
                return
            if line.sku is not None:
                needed[line.sku] = needed.get(line.sku, Decimal(0)) + units
        back = surplus(hold, needed)
        if back:
            self.uow.soft_holds.give_back(hold.key, back, Cause.SOFT_HOLD_RELEASED, self.now)
            self.wake(sku for sku, _ in back)

    def touch(self, skus: Iterable[Sku]) -> None:
        """Say that sellable quantities may have changed and have every publishing channel look again."""
        touched = sorted(set(skus))
        if not touched:
            return
        self.uow.publications.touch(touched)
        self.look_again()

    def look_again(self) -> None:
        """Have every publishing channel look at what was touched."""
        for channel in self.network.channels:
            if channel.sells_from:
                self.uow.tasks.schedule("publish", channel.channel, self.now)

    def wake(self, skus: Iterable[Sku]) -> None:
        """More of these is there: channels look again, and orders that wait for them are routed, the oldest first."""
        risen = sorted(set(skus))
        self.touch(risen)
        if risen:
            self.route_again(each.order_id for each in self.uow.orders.unrouted(risen))

    def route_again(self, order_ids: Iterable[OrderId]) -> None:
        """Have orders routed in this order."""
        for place, order_id in enumerate(dict.fromkeys(order_ids)):
            # Timers of one moment run in the order of their keys, which is not that of the orders' dates.
            self.uow.tasks.schedule("route", order_id, self.now + place * _TICK)

    def answer_channel(self, record: OrderRecord) -> None:
        """Have the order's channel told what becomes of its order, where that is agreed and something changed."""
        channel = self.network.channel(record.order.channel)
        if channel is not None and channel.acknowledge:
            self.uow.tasks.schedule("answer", record.order_id, self.now)

    def quarantine(
        self,
        connection: ConnectionId,
        path: str,
        *,
        code: str,
        message: str,
        cure: str,
        order_id: OrderId | None = None,
    ) -> bool:
        """Keep one part of the causing document for a person; False where no document caused this."""
        if self.cause is None:
            return False
        self.uow.quarantine.add(
            QuarantineEntry(self.cause, connection, path, code, message, cure, self.now, order_id=order_id)
        )
        return True

    def connection_of_channel(self, channel: ChannelId) -> ConnectionId:
        """The connection that speaks for a channel; who told us, where the network does not know the channel."""
        found = self.network.channel(channel)
        return found.connection if found else self.connection or ConnectionId("")
