"""What became of a fulfilment request we sent: arrived, refused, or nobody can tell yet."""

from __future__ import annotations

from hub.flows.answer import Answer, Verdict
from hub.flows.record_acknowledgement import settle_answer
from hub.flows.requests import (
    LineAnswer,
    advance_purchase,
    apply_answers,
    conclude,
    deadline,
    lock_request,
    mark_submitted,
    reroute,
)
from hub.flows.work import Work
from hub.model.events import EventKind
from hub.model.fulfilment import FulfilmentRequest, Negotiation
from hub.model.identity import RequestId
from hub.model.order import OrderRecord
from hub.model.purchase import PurchaseOrderState


def settle_request(work: Work, request_id: RequestId, answer: Answer) -> None:
    """Record the receipt for a request. Arrived: its clock for an acknowledgement starts. ``answer.accepts``: the
    executor accepted all of it at once. Refused: like a full rejection, another location is asked. Uncertain:
    noted, with the same clock, so that silence ends with a person. An unknown request is nothing to us."""
    found = lock_request(work, request_id)
    if found is None:
        return
    record, request = found
    match answer.verdict:
        case Verdict.ACCEPTED:
            _arrived(work, record, request, answer)
        case Verdict.UNCERTAIN:
            _uncertain(work, request, answer)
        case Verdict.REFUSED | Verdict.STALE:
            _refused(work, record, request, answer)


def _arrived(work: Work, record: OrderRecord, request: FulfilmentRequest, answer: Answer) -> None:
    request = mark_submitted(work, request, answer.at, answer.partner_ref)
    if answer.accepts and request.negotiation is Negotiation.SUBMITTED:
        answers = {
            line.number: LineAnswer(accepted=line.outstanding - line.backordered, backordered=line.backordered)
            for line in request.lines
        }
        settle_answer(work, record, request, answers, answer.at, f"receipt:{request.request_id}")
        return
    work.uow.requests.save(request)


def _uncertain(work: Work, request: FulfilmentRequest, answer: Answer) -> None:
    if request.negotiation is not Negotiation.UNSUBMITTED:
        return
    work.uow.tasks.schedule("acknowledge", request.request_id, deadline(work, request.location, answer.at))
    work.tell(request.order_id, EventKind.REQUEST_UNCERTAIN, request=request.request_id, code=answer.code)


def _refused(work: Work, record: OrderRecord, request: FulfilmentRequest, answer: Answer) -> None:
    if request.negotiation is not Negotiation.UNSUBMITTED:
        # Already answered by other means: a refusal of a repeat says nothing about the first one.
        return
    work.tell(
        record.order_id,
        EventKind.REQUEST_REFUSED,
        request=request.request_id,
        location=request.location,
        code=answer.code,
        reason=answer.message,
    )
    answers = {line.number: LineAnswer(rejected=line.outstanding) for line in request.lines if line.outstanding}
    record, request = apply_answers(work, record, request, answers, answer.at, "refused")
    request = request.negotiate(Negotiation.SUBMITTED).negotiate(Negotiation.REJECTED)
    request = advance_purchase(request, PurchaseOrderState.SENT)
    request = advance_purchase(request, PurchaseOrderState.REJECTED)
    work.uow.requests.save(conclude(work, request))
    reroute(work, work.keep(record))
