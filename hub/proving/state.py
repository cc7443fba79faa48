"""What the hub believes, as one value: two of them are equal where nothing that matters has changed."""

from __future__ import annotations

from hub.flows.registry import InboundItem
from hub.model.identity import OrderId
from hub.model.order import Order, OrderRecord
from hub.model.purchase import Acknowledgement
from hub.model.returns import Cancellation, Return
from hub.model.shipment import Shipment
from hub.ports import UnitOfWork

Fingerprint = dict[str, object]


def fingerprint(uow: UnitOfWork, item: InboundItem) -> Fingerprint:
    """Stock everywhere, the order that an item is about with its requests, and how much is on its way out.

    Without the timeline, versions and timers, and without which count was named last: a full report that comes
    again also speaks of items that came since.
    """
    record = _order_of(uow, item)
    found: Fingerprint = {
        f"{each.sku} at {each.location}": each._replace(counted_at=None, counted_document=None)
        for each in uow.ledger.balances()
    }
    found["outbox"] = uow.outbox.backlog()
    if record is not None:
        found |= {"order": record.order, "hold": record.hold, "excluded": dict(record.excluded)}
        found |= {f"line {line_id}": count for line_id, count in record.counters.items()}
        found |= {each.request_id: each for each in uow.requests.for_order(record.order_id)}
    return found


def difference(before: Fingerprint, after: Fingerprint) -> str:
    """What is not the same in two of them."""
    names = sorted({*before, *after})
    return "; ".join(
        f"{name}: {before.get(name)} became {after.get(name)}" for name in names if before.get(name) != after.get(name)
    )


def _order_of(uow: UnitOfWork, item: InboundItem) -> OrderRecord | None:
    match item:
        case Order() | Cancellation():
            return uow.orders.find(item.channel, item.external_id)
        case Return():
            return uow.orders.find(item.channel, item.order_external_id)
        case Acknowledgement():
            request = uow.requests.get(item.request_id)
        case Shipment():
            named = item.lines[0].request_id
            request = uow.requests.get(named) if named else None
        case _:
            return None
    order_id: OrderId | None = request.order_id if request else None
    return uow.orders.get(order_id) if order_id else None
