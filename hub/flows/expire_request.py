"""A location did not answer in time, or its backorder did not arrive.

domain.md 1.4 counts a timeout as a rejection that re-routes. By default a person decides instead: where an executor
cannot confirm that it will not ship after all, asking a second location can ship an order twice. The order is held
as ``order.unacknowledged``; a late answer is still recorded. ``reroute_request`` is the person's other choice.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from hub.flows.requests import (
    LineAnswer,
    apply_answers,
    conclude,
    hold_order,
    lock_request,
    outbox_key,
    reroute,
    unanswered,
)
from hub.flows.work import Work
from hub.model.events import EventKind
from hub.model.fulfilment import FulfilmentRequest, Negotiation
from hub.model.identity import RequestId
from hub.model.queue import OutboxState

_ZERO = Decimal(0)

_UNSETTLED = frozenset(
    {OutboxState.PENDING, OutboxState.SENDING, OutboxState.UNKNOWN, OutboxState.WAITING, OutboxState.FAILED}
)


def expire_request(work: Work, request_id: RequestId) -> datetime | None:
    """Hold the order where units of the request are still unanswered past its deadline."""
    found = lock_request(work, request_id)
    if found is None:
        return None
    record, request = found
    if request.finished or unanswered(request) == 0:
        return None
    if request.acknowledge_by is not None and work.now < request.acknowledge_by:
        return request.acknowledge_by
    work.tell(
        record.order_id,
        EventKind.REQUEST_TIMED_OUT,
        request=request.request_id,
        location=request.location,
        units=f"{unanswered(request):f}",
    )
    words = f"{request.location} has not answered {request.request_id} in time."
    work.keep(hold_order(work, record, "order.unacknowledged", words))
    return None


def reroute_request(work: Work, request_id: RequestId) -> bool:
    """A person decides that a silent location is not waited for: its unanswered units look for another one, it is
    excluded, and the request is not sent any more. False where the request has no unanswered units."""
    found = lock_request(work, request_id)
    if found is None:
        return False
    record, request = found
    if request.finished or unanswered(request) == 0:
        return False
    answers = {
        line.number: LineAnswer(
            accepted=line.accepted,
            backordered=line.backordered,
            rejected=line.outstanding - line.accepted - line.backordered,
        )
        for line in request.lines
    }
    record, request = apply_answers(work, record, request, answers, work.now, "timed-out")
    if request.negotiation is Negotiation.SUBMITTED and request.outstanding == 0:
        request = request.negotiate(Negotiation.TIMED_OUT)
    work.tell(record.order_id, EventKind.REQUEST_TIMED_OUT, request=request.request_id, location=request.location)
    request = conclude(work, request)
    _call_off(work, request)
    work.uow.requests.save(request)
    reroute(work, work.keep(record))
    return True


def _call_off(work: Work, request: FulfilmentRequest) -> None:
    """What the engine would still send, or send again, would surely ship twice. Bytes on their way stay there."""
    item = work.uow.outbox.get(outbox_key(request.request_id))
    if request.finished and item is not None and item.state in _UNSETTLED:
        work.uow.outbox.settle(item.key, OutboxState.SUPERSEDED, "a person asked another location")


def follow_backorder(work: Work, request_id: RequestId) -> datetime | None:
    """Hold the order where backordered units are overdue; a person waits, cancels or asks another location."""
    found = lock_request(work, request_id)
    if found is None:
        return None
    record, request = found
    units = sum((line.backordered for line in request.lines), _ZERO)
    if request.finished or units == 0:
        return None
    words = f"{request.location} still owes {units:f} backordered units of {request.request_id}."
    if record.hold:
        return work.now + timedelta(days=1)
    work.keep(hold_order(work, record, "order.backorder-overdue", words))
    return None
