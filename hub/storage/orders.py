"""Orders, their counters and their timeline."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Row, Select, or_, select

from hub.errors import InvariantError
from hub.model.events import EventKind, OrderEvent
from hub.model.identity import ChannelId, DocumentId, LineId, LocationId, OrderId, Sku
from hub.model.order import LineCounters, OpenDemand, Order, OrderRecord, OrderStatus
from hub.model.quantity import from_scaled, to_scaled
from hub.model.stock import ChannelSales
from hub.orders.kits import sold_counters, sold_lines
from hub.storage.column_types import instant_or_none, to_micros
from hub.storage.dialect import as_rows
from hub.storage.tables import order_events, orders
from hub.storage.transaction import Transaction

_COUNTERS = TypeAdapter(dict[LineId, LineCounters])

_EVER = -(2**62)
"""Before every moment, in microseconds."""

_ADD = """
    INSERT INTO orders (order_id, channel, external_id, number, status, hold, attempts, version,
                        body, counters, excluded)
    VALUES (:order_id, :channel, :external_id, :number, :status, :hold, :attempts, :version,
            :body, :counters, :excluded)
    ON CONFLICT DO NOTHING
"""
_SAVE = """
    UPDATE orders SET number = :number, status = :status, hold = :hold, attempts = :attempts,
                      version = version + 1, body = :body, counters = :counters, excluded = :excluded
    WHERE order_id = :order_id AND version = :version
"""
_GET = "SELECT * FROM orders WHERE order_id = :order_id {lock}"
_FIND = "SELECT * FROM orders WHERE channel = :channel AND external_id = :external_id {lock}"
_RECORD = """
    INSERT INTO order_events (order_id, kind, at, actor, cause, data)
    VALUES (:order_id, :kind, :at, :actor, :cause, :data)
"""
_FORGET_OPEN = "DELETE FROM open_lines WHERE order_id = :order_id"
_ADD_OPEN = """
    INSERT INTO open_lines (order_id, line_id, channel, placed_at, sku, channel_item, quantity)
    VALUES (:order_id, :line_id, :channel, :placed_at, :sku, :channel_item, :quantity)
"""
# Most savings of an order move units and sell none: then nothing is written.
_NOTE_SOLD = """
    INSERT INTO sold_lines (order_id, line_id, channel, sku, placed_at, ordered, cancelled)
    SELECT :order_id, r.line_id, :channel, r.sku, :placed_at, r.ordered, r.cancelled
    FROM {rows line_id text, sku text, ordered bigint, cancelled bigint}
    WHERE true
    ON CONFLICT (order_id, line_id) DO UPDATE
    SET sku = excluded.sku, ordered = excluded.ordered, cancelled = excluded.cancelled
    WHERE sold_lines.sku <> excluded.sku OR sold_lines.ordered <> excluded.ordered
          OR sold_lines.cancelled <> excluded.cancelled
"""
_SOLD = """
    SELECT sku, CAST(SUM(ordered) AS BIGINT) AS ordered, CAST(SUM(cancelled) AS BIGINT) AS cancelled
    FROM sold_lines
    WHERE channel = :channel AND sku IN (SELECT sku FROM {rows sku text}) AND placed_at >= :since
    GROUP BY sku
"""
_FIRST_SALE = """
    SELECT MIN(placed_at) FROM sold_lines WHERE channel = :channel AND sku = :sku AND placed_at >= :since
"""
_WITH_UNMAPPED = """
    SELECT DISTINCT order_id FROM open_lines
    WHERE sku IS NULL AND channel_item IN (SELECT item FROM {rows item text}) ORDER BY order_id
"""
_UNROUTED = """
    SELECT order_id, channel, sku, CAST(SUM(quantity) AS BIGINT) AS quantity FROM open_lines
    WHERE sku IS NOT NULL AND quantity > 0 AND {chosen}
    GROUP BY order_id, channel, sku, placed_at ORDER BY placed_at, order_id, sku
"""
_UNROUTED_ALL = _UNROUTED.replace("{chosen}", "true")
_UNROUTED_SKUS = _UNROUTED.replace("{chosen}", "sku IN (SELECT sku FROM {rows sku text})")


class SqlOrderStore:
    """OrderStore."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def add(self, record: OrderRecord) -> bool:
        """See OrderStore."""
        if self._transaction.run(_ADD, _values(record)).rowcount == 0:
            return False
        self._note_open(record)
        self._note_sold(record)
        return True

    def get(self, order_id: OrderId, *, lock: bool = False) -> OrderRecord | None:
        """See OrderStore."""
        row = self._transaction.run(_lockable(_GET, lock=lock), {"order_id": order_id}).one_or_none()
        return None if row is None else _record(row)

    def find(self, channel: ChannelId, external_id: str, *, lock: bool = False) -> OrderRecord | None:
        """See OrderStore."""
        row = self._transaction.run(
            _lockable(_FIND, lock=lock), {"channel": channel, "external_id": external_id}
        ).one_or_none()
        return None if row is None else _record(row)

    def save(self, record: OrderRecord) -> None:
        """See OrderStore. The stored version is then ``record.version + 1``."""
        if self._transaction.run(_SAVE, _values(record)).rowcount == 0:
            raise InvariantError(
                f"Order {record.order_id} was changed since version {record.version} was read.",
                code="storage.lost-update",
            )
        self._transaction.run(_FORGET_OPEN, {"order_id": record.order_id})
        self._note_open(record)
        self._note_sold(record)

    def page(
        self,
        *,
        status: OrderStatus | None = None,
        text: str = "",
        after: OrderId | None = None,
        limit: int = 50,
    ) -> list[OrderRecord]:
        """See OrderStore. ``text`` matches anywhere in the id or the number, in any case."""
        query: Select[Any] = select(orders).order_by(orders.c.order_id).limit(limit)
        if status is not None:
            query = query.where(orders.c.status == status)
        if text:
            query = query.where(
                or_(
                    orders.c.order_id.icontains(text, autoescape=True),
                    orders.c.number.icontains(text, autoescape=True),
                )
            )
        if after is not None:
            query = query.where(orders.c.order_id > after)
        return [_record(row) for row in self._transaction.execute(query)]

    def with_unmapped(self, skus: Iterable[str]) -> list[OrderId]:
        """See OrderStore."""
        found = self._transaction.run(_WITH_UNMAPPED, {"rows": as_rows({"item": item} for item in skus)})
        return [OrderId(order_id) for order_id in found.scalars()]

    def unrouted(self, skus: Iterable[Sku] | None = None) -> list[OpenDemand]:
        """See OrderStore."""
        if skus is None:
            rows = self._transaction.run(_UNROUTED_ALL)
        else:
            wanted = as_rows({"sku": sku} for sku in sorted(set(skus)))
            rows = self._transaction.run(_UNROUTED_SKUS, {"rows": wanted})
        return [
            OpenDemand(
                order_id=OrderId(row.order_id),
                channel=ChannelId(row.channel),
                sku=Sku(row.sku),
                quantity=from_scaled(row.quantity),
            )
            for row in rows
        ]

    def sold(
        self, channel: ChannelId, skus: Iterable[Sku], *, since: datetime | None = None
    ) -> dict[Sku, ChannelSales]:
        """See OrderStore."""
        values = {
            "channel": channel,
            "rows": as_rows({"sku": sku} for sku in sorted(set(skus))),
            "since": _EVER if since is None else to_micros(since),
        }
        return {
            Sku(row.sku): ChannelSales(ordered=from_scaled(row.ordered), cancelled=from_scaled(row.cancelled))
            for row in self._transaction.run(_SOLD, values)
        }

    def first_sale(self, channel: ChannelId, sku: Sku, *, since: datetime) -> datetime | None:
        """See OrderStore."""
        values = {"channel": channel, "sku": sku, "since": to_micros(since)}
        return instant_or_none(self._transaction.run(_FIRST_SALE, values).scalar())

    def count(self) -> dict[OrderStatus, int]:
        """See OrderStore."""
        rows = self._transaction.run("SELECT status, COUNT(*) AS number FROM orders GROUP BY status")
        return {OrderStatus(row.status): row.number for row in rows}

    def record(self, event: OrderEvent) -> None:
        """See OrderStore."""
        self._transaction.run(
            _RECORD,
            {
                "order_id": event.order_id,
                "kind": event.kind.value,
                "at": to_micros(event.at),
                "actor": event.actor,
                "cause": event.cause,
                "data": json.dumps(dict(event.data)),
            },
        )

    def timeline(self, order_id: OrderId) -> list[OrderEvent]:
        """See OrderStore."""
        query = select(order_events).where(order_events.c.order_id == order_id).order_by(order_events.c.id)
        return [_event(row) for row in self._transaction.execute(query)]

    def _note_open(self, record: OrderRecord) -> None:
        rows = _open_lines(record)
        if rows:
            self._transaction.run(_ADD_OPEN, rows)

    def _note_sold(self, record: OrderRecord) -> None:
        order, counters = record.order, sold_counters(record)
        rows: list[dict[str, str | int | None]] = [
            {
                "line_id": line.line_id,
                "sku": line.sku,
                "ordered": to_scaled(counters[line.line_id].ordered),
                "cancelled": to_scaled(counters[line.line_id].cancelled),
            }
            for line in sold_lines(order)
            if line.sku is not None
        ]
        if rows:
            values = {"order_id": order.order_id, "channel": order.channel, "placed_at": to_micros(order.placed_at)}
            self._transaction.run(_NOTE_SOLD, {**values, "rows": as_rows(rows)})


def _open_lines(record: OrderRecord) -> list[dict[str, str | int | None]]:
    order = record.order
    quantities = {
        line.line_id: record.counters[line.line_id].open if line.line_id in record.counters else Decimal(0)
        for line in order.lines
    }
    return [
        {
            "order_id": order.order_id,
            "line_id": line.line_id,
            "channel": order.channel,
            "placed_at": to_micros(order.placed_at),
            "sku": line.sku,
            "channel_item": line.channel_item,
            "quantity": to_scaled(quantities[line.line_id]),
        }
        for line in order.lines
        if line.sku is None or quantities[line.line_id] > 0
    ]


def _lockable(template: str, *, lock: bool) -> str:
    return template if lock else template.replace("{lock}", "")


def _values(record: OrderRecord) -> dict[str, str | int]:
    order = record.order
    excluded = {line: sorted(locations) for line, locations in record.excluded.items()}
    return {
        "order_id": order.order_id,
        "channel": order.channel,
        "external_id": order.external_id,
        "number": order.number,
        "status": record.status.value,
        "hold": record.hold,
        "attempts": record.attempts,
        "version": record.version,
        "body": order.model_dump_json(),
        "counters": _COUNTERS.dump_json(dict(record.counters)).decode(),
        "excluded": json.dumps(excluded),
    }


def _record(row: Any) -> OrderRecord:
    excluded: dict[LineId, list[LocationId]] = json.loads(row.excluded)
    return OrderRecord(
        order=Order.model_validate_json(row.body),
        counters=_COUNTERS.validate_json(row.counters),
        hold=row.hold,
        excluded={line: frozenset(locations) for line, locations in excluded.items()},
        attempts=row.attempts,
        status=OrderStatus(row.status),
        version=row.version,
    )


def _event(row: Row[Any]) -> OrderEvent:
    return OrderEvent(
        order_id=OrderId(row.order_id),
        kind=EventKind(row.kind),
        at=row.at,
        actor=row.actor,
        cause=None if row.cause is None else DocumentId(row.cause),
        data=json.loads(row.data),
        sequence=row.id,
    )
