"""JSON shape and words of what an order that waits may expect."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from hub.flows.expect_goods import expect_order
from hub.flows.work import Work
from hub.inventory.expected import Coming, Told
from hub.model.identity import Sku
from hub.model.order import OrderRecord
from hub.web.shapes import Shape, amount

_DAY = 10


def expectations(work: Work, record: OrderRecord) -> list[Shape]:
    """For each SKU that the order waits for: units, and where they come from by when; None where nobody expects any."""
    return [row for sku, told in expect_order(work, record).items() for row in _rows(record, sku, told)]


def words(row: Shape) -> str:
    """One such row for people."""
    what = f"{row['quantity']} x {row['sku']}"
    if row["location"] is None:
        return f"{what}: nothing is expected for it"
    if row["free"]:
        return f"{what}: free at {row['location']} now"
    source = f"by {row['transfer']}" if row["transfer"] else f"as it says in {row['document'] or 'a report'}"
    of = f" of {row['as_of'][:_DAY]}" if row["as_of"] and not row["transfer"] else ""
    return f"{what}: expected at {row['location']} on {row['day']} {source}{of}"


def _rows(record: OrderRecord, sku: Sku, told: Sequence[Told]) -> list[Shape]:
    wanted = sum((record.counters[line.line_id].open for line in record.order.lines if line.sku == sku), Decimal(0))
    rest = wanted - sum((each.coming.quantity for each in told), Decimal(0))
    rows = [_row(sku, each.coming.quantity, each.coming) for each in told]
    return [*rows, _row(sku, rest, None)] if rest > 0 else rows


def _row(sku: Sku, quantity: Decimal, coming: Coming | None) -> Shape:
    source = coming.source if coming is not None else None
    return {
        "sku": sku,
        "quantity": amount(quantity),
        "location": coming.location if coming is not None else None,
        "day": coming.day.isoformat() if coming is not None else None,
        "free": coming is not None and source is None,
        "transfer": source.transfer if source is not None else None,
        "document": source.document if source is not None else None,
        "as_of": source.as_of.isoformat() if source is not None and source.as_of else None,
    }
