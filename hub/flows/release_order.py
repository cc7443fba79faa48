"""A person lets a held order go on."""

from __future__ import annotations

from dataclasses import replace

from hub.flows.requests import deadline, reroute, unanswered
from hub.flows.work import Work
from hub.model.events import EventKind
from hub.model.identity import OrderId


def release_order(work: Work, order_id: OrderId) -> bool:
    """Clear the hold, give routing its rounds back and route what is open; locations that owe an answer get their
    clock anew. False where nothing was held."""
    record = work.uow.orders.get(order_id, lock=True)
    if record is None or not record.hold:
        return False
    for request in work.uow.requests.for_order(order_id):
        if unanswered(request) > 0 and request.acknowledge_by is not None:
            again = deadline(work, request.location, work.now)
            work.uow.requests.save(request.model_copy(update={"acknowledge_by": again}))
            work.uow.tasks.schedule("acknowledge", request.request_id, again)
    work.tell(order_id, EventKind.ORDER_RELEASED, reason=record.hold)
    reroute(work, work.keep(replace(record, hold="", attempts=0)))
    return True
