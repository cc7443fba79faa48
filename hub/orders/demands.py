"""What of an order looks for a location: its open units as the sets that routing places."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from hub.model.fulfilment import FulfilmentRequest
from hub.model.identity import LineId, LocationId
from hub.model.kit import whole_sets
from hub.model.order import OrderRecord, SoldKit
from hub.model.routing import Unrouted
from hub.orders.kits import parts_of, sold_lines
from hub.routing.candidates import Demand, Need


def open_demands(record: OrderRecord) -> list[Demand]:
    """Open units by line, in the order of the lines as sold; of a kit whose parts stay together, whole sets only."""
    kits = {sold.line.line_id: sold for sold in record.order.kits}
    found: list[Demand] = []
    for line in sold_lines(record.order):
        sold = kits.get(line.line_id)
        if sold is None or sold.kit.separable:
            names = [line.line_id] if sold is None else list(parts_of(sold))
            found += [_plain(record, name) for name in names]
        else:
            found.append(_kit(record, sold))
    return [each for each in found if each.quantity > 0]


def stranded(record: OrderRecord, requests: Sequence[FulfilmentRequest]) -> Iterator[Unrouted]:
    """Open parts of kits whose other parts are placed or gone: alone they are no kit, so they wait."""
    for sold in record.order.kits:
        if sold.kit.separable:
            continue
        sets = _open_sets(record, sold)
        for (line_id, per_set), sku in zip(parts_of(sold).items(), sold.kit.components, strict=True):
            units = record.counters[line_id].open - sets * per_set
            if units > 0:
                yield Unrouted(
                    line_id=line_id,
                    sku=sku,
                    quantity=units,
                    code="routing.kit-incomplete",
                    reason=f"Parts of {sold.kit.sku} whose other parts {_whereabouts(sold, requests)}.",
                    cure=_cure(record, sold, requests),
                )


def _plain(record: OrderRecord, line_id: LineId) -> Demand:
    line = next(line for line in record.order.lines if line.line_id == line_id)
    return Demand(line_id, line.sku, record.counters[line_id].open, record.excluded.get(line_id, frozenset()))


def _kit(record: OrderRecord, sold: SoldKit) -> Demand:
    parts = parts_of(sold)
    excluded: frozenset[LocationId] = frozenset().union(*(record.excluded.get(part, ()) for part in parts))
    needs = tuple(
        Need(line_id, sku, per_set) for (line_id, per_set), sku in zip(parts.items(), sold.kit.components, strict=True)
    )
    return Demand(sold.line.line_id, sold.kit.sku, _open_sets(record, sold), excluded, needs)


def _open_sets(record: OrderRecord, sold: SoldKit) -> Decimal:
    return min(whole_sets(record.counters[line_id].open, per_set) for line_id, per_set in parts_of(sold).items())


def _holding(sold: SoldKit, requests: Sequence[FulfilmentRequest]) -> list[FulfilmentRequest]:
    parts = parts_of(sold)
    return [
        request for request in requests if any(line.line_id in parts and line.outstanding > 0 for line in request.lines)
    ]


def _whereabouts(sold: SoldKit, requests: Sequence[FulfilmentRequest]) -> str:
    holding = _holding(sold, requests)
    where = ", ".join(f"{request.location} has in {request.request_id}" for request in holding)
    return where or "have left or were cancelled"


def _cure(record: OrderRecord, sold: SoldKit, requests: Sequence[FulfilmentRequest]) -> str:
    apart = f"`hub order separate {record.order_id} {sold.line.line_id}` lets its parts ship apart."
    holding = _holding(sold, requests)
    if not holding:
        return apart
    return f"`hub request reroute {holding[0].request_id}` takes back what was not answered; {apart}"
