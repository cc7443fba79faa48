"""Reading what a source told: marks by which facts are recognised, lines that count, values to be looked at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pydantic import BaseModel

from hub.model.order import Order
from hub.model.price import PriceList
from hub.model.purchase import Acknowledgement, Invoice, SyntaxReceipt
from hub.model.quantity import to_base
from hub.model.returns import Cancellation, Return
from hub.model.shipment import Shipment
from hub.model.stock import StockFeed, StockReport
from hub.model.transfer import GoodsReceipt
from hub.sdk.capabilities import Item, Parsed


def marks_of(item: Item) -> frozenset[str]:
    """What an item tells, in short: ``ordered 5001``, ``cancelled 5001``, ``acknowledged P00000042``,
    ``received 17`` (a 997 for group 17), ``shipped P00000042`` (or the channel's order id where there is no request),
    ``arrived T00000042`` (the partner's own number where it received what we never announced),
    ``invoiced P00000042``, ``priced C17`` (a catalogue), ``returned 5001``, ``fed 846 17/0001`` (a feed by its
    reference); of a count both
    ``SKU@location`` and ``SKU@location=36`` in eaches.
    """
    if isinstance(item, StockReport):
        return frozenset(mark for row in item.rows for mark in _count_marks(row))
    if isinstance(item, StockFeed):
        return frozenset({f"fed {item.reference}"})
    if isinstance(item, Shipment):
        return frozenset(f"shipped {line.request_id or line.order_external_id}" for line in item.lines)
    return frozenset({_mark(item)})


def _mark(
    item: Order | Cancellation | Acknowledgement | SyntaxReceipt | GoodsReceipt | Invoice | PriceList | Return,
) -> str:
    if isinstance(item, Order):
        return f"ordered {item.external_id}"
    if isinstance(item, Cancellation):
        return f"cancelled {item.external_id}"
    if isinstance(item, Acknowledgement):
        return f"acknowledged {item.request_id}"
    if isinstance(item, SyntaxReceipt):
        return f"received {item.group_control_number}"
    if isinstance(item, Invoice):
        return f"invoiced {item.request_id}"
    if isinstance(item, GoodsReceipt):
        return f"arrived {item.transfer or item.receipt_id}"
    if isinstance(item, PriceList):
        return f"priced {item.catalogue}"
    return f"returned {item.order_external_id}"


def _count_marks(row: Any) -> Iterator[str]:
    place = f"{row.sku}@{row.location}"
    yield place
    yield f"{place}={to_base(row.quantity, row.units_each).normalize():f}"


def all_marks(parsed: Iterable[Parsed]) -> frozenset[str]:
    """The marks of everything that was told."""
    return frozenset(mark for one in parsed for item in one.items for mark in marks_of(item))


def usable_lines(parsed: Parsed) -> int:
    """Lines the hub can work with: rows of counts, order lines with a known SKU, answers, shipped lines.

    An invoice counts as one: half a claim for money is a wrong claim, so it stands or falls as a whole.
    """
    return sum(_usable(item) for item in parsed.items)


def _usable(item: Item) -> int:
    if isinstance(item, StockReport):
        return len(item.rows)
    if isinstance(item, StockFeed):
        return item.rows
    if isinstance(item, Order):
        return sum(line.sku is not None for line in item.lines)
    if isinstance(item, (SyntaxReceipt, Invoice)):
        return 1
    return len(item.lines)


def values_in(item: object, path: str = "") -> Iterator[tuple[str, object]]:
    """Every plain value inside an item, with its path (``lines.0.quantity``)."""
    if isinstance(item, BaseModel):
        for name in type(item).model_fields:
            yield from values_in(getattr(item, name), f"{path}.{name}" if path else name)
    elif isinstance(item, Mapping):
        for key, value in item.items():
            yield from values_in(value, f"{path}.{key}")
    elif isinstance(item, (tuple, list)):
        for index, value in enumerate(item):
            yield from values_in(value, f"{path}.{index}")
    else:
        yield path, item
