"""A partner's business answer to a request: accepted, backordered, rejected or held, per unit of a line.

Several answers for one line add up. A later answer replaces an earlier one for units not yet shipped; one that
is older by its own date only speaks for units nobody answered before. Units without an answer stay reserved and
their clock runs on. A substitute needs the customer's consent: those units stay unanswered and a person decides.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from hub.errors import DataError
from hub.flows.cancel_order import finish_cancellation
from hub.flows.late_news import credit_late_news
from hub.flows.requests import (
    LineAnswer,
    advance_purchase,
    apply_answers,
    check_speaker,
    conclude,
    hold_order,
    imply_submitted,
    lock_request,
    reroute,
)
from hub.flows.work import Work
from hub.model.events import EventKind
from hub.model.fulfilment import FulfilmentRequest, Negotiation, RequestLine
from hub.model.network import NetOf
from hub.model.order import OrderRecord
from hub.model.purchase import AcknowledgedLine, Acknowledgement, AcknowledgementOutcome, PurchaseOrderState

BACKORDER_PATIENCE = timedelta(days=7)
"""How long backordered units wait without a date before a person looks."""

_ZERO = Decimal(0)
_O = AcknowledgementOutcome


def record_acknowledgement(work: Work, ack: Acknowledgement) -> None:
    """Record an answer; the same reference for the same request again changes nothing.

    Raises DataError ``ack.unknown-request``, ``ack.wrong-partner`` and, for an answer that names a line the request
    does not have, ``ack.unknown-line``.
    """
    found = lock_request(work, ack.request_id)
    if found is None:
        raise DataError(
            f"Acknowledgement {ack.reference} answers {ack.request_id}, which we never sent.",
            code="ack.unknown-request",
            cure="Ask the partner which purchase order it means.",
            value=ack.request_id,
        )
    record, request = found
    check_speaker(work, request, "ack.wrong-partner")
    work.about(record.order_id)
    seen = f"{ack.request_id}:{ack.reference}"
    if work.uow.refs.theirs("acknowledgement", seen, request.connection) is not None:
        return
    by_line = _by_line(request, ack)
    work.uow.refs.put("acknowledgement", seen, request.connection, seen)
    request = imply_submitted(work, request, ack.acknowledged_at)
    if ack.cancel_accepted is not None:
        record, request = finish_cancellation(
            work, record, request, ack.cancel_accepted, ack.acknowledged_at, only=ack.cancelled_lines
        )
    revises = request.answered_at is None or ack.acknowledged_at >= request.answered_at
    if request.finished and ack.lines:
        _too_late(work, record, request, ack, revises=revises)
        return
    answers = {
        line.number: answer
        for line in request.lines
        if (answer := _answer(line, by_line.get(line.number, ()), ack.default_outcome, revises)) is not None
    }
    if any(each.outcome is _O.SUBSTITUTED for each in ack.lines):
        record = hold_order(work, record, "order.substitution", f"{request.location} offers a substitute.")
    if answers and revises:
        request = request.model_copy(update={"answered_at": ack.acknowledged_at})
    settle_answer(work, record, request, answers, ack.acknowledged_at, ack.reference, _available_at(ack))


def settle_answer(
    work: Work,
    record: OrderRecord,
    request: FulfilmentRequest,
    answers: Mapping[int, LineAnswer],
    at: datetime,
    reference: str,
    available_at: datetime | None = None,
) -> None:
    """Apply answers and save order and request; rejected units are routed again, the rejecter excluded."""
    before = sum((line.rejected for line in request.lines), _ZERO)
    record, request = apply_answers(work, record, request, answers, at, f"ack:{reference}")
    if answers:
        request = _known_since(work, request, at)
    rejected = sum((line.rejected for line in request.lines), _ZERO) - before
    accepted = sum((line.accepted for line in request.lines), _ZERO)
    backordered = sum((line.backordered for line in request.lines), _ZERO)
    if accepted or backordered:
        request = _accepted(request)
        if backordered:
            follow = available_at or work.now + BACKORDER_PATIENCE
            work.uow.tasks.schedule("backorder", request.request_id, max(follow, work.now))
    elif rejected and request.outstanding == 0 and request.negotiation is Negotiation.SUBMITTED:
        request = request.negotiate(Negotiation.REJECTED)
    unanswered = request.outstanding - accepted - backordered
    request = advance_purchase(request, _purchase_state(request, rejected + backordered, unanswered))
    if unanswered == 0:
        work.uow.tasks.cancel("acknowledge", request.request_id)
    work.tell(
        record.order_id,
        EventKind.ACKNOWLEDGEMENT_RECORDED,
        request=request.request_id,
        location=request.location,
        reference=reference,
        accepted=f"{accepted:f}",
        backordered=f"{backordered:f}",
        rejected=f"{rejected:f}",
        unanswered=f"{unanswered:f}",
    )
    work.uow.requests.save(conclude(work, request))
    reroute(work, work.keep(record))


def _known_since(work: Work, request: FulfilmentRequest, at: datetime) -> FulfilmentRequest:
    """Known to the partner since then, but never before we sent it, nor in our future. A later answer does not change
    since when: a count between the two knew it."""
    before = request.acknowledged_at
    since = min(max(at, request.submitted_at or at), work.now)
    if before is not None and before <= since:
        return request
    request = request.model_copy(update={"acknowledged_at": since})
    credit_late_news(work, request, NetOf.ACKNOWLEDGED, before)
    return request


def _accepted(request: FulfilmentRequest) -> FulfilmentRequest:
    if request.negotiation is Negotiation.SUBMITTED:
        return request.negotiate(Negotiation.ACCEPTED)
    return request


def _purchase_state(request: FulfilmentRequest, differing: Decimal, unanswered: Decimal) -> PurchaseOrderState:
    if request.outstanding == 0 and all(line.shipped == 0 for line in request.lines):
        return PurchaseOrderState.REJECTED
    if unanswered:
        return PurchaseOrderState.ACKNOWLEDGED_PART
    return PurchaseOrderState.ACKNOWLEDGED_CHANGED if differing else PurchaseOrderState.ACKNOWLEDGED


def _by_line(request: FulfilmentRequest, ack: Acknowledgement) -> dict[int, list[AcknowledgedLine]]:
    """Answers by request line; one that names only a SKU answers the first line of that SKU."""
    grouped: dict[int, list[AcknowledgedLine]] = {}
    for index, answer in enumerate(ack.lines):
        matching = (
            line.number
            for line in request.lines
            if (answer.number is not None and line.number == answer.number)
            or (answer.number is None and line.sku == answer.sku)
        )
        number = next(matching, None)
        if number is None:
            raise DataError(
                f"Acknowledgement {ack.reference} answers a line that {ack.request_id} does not have.",
                code="ack.unknown-line",
                cure="Ask the partner which line it means, or map its item.",
                path=f"lines[{index}]",
            )
        grouped.setdefault(number, []).append(answer)
    return grouped


def _answer(
    line: RequestLine, answers: Sequence[AcknowledgedLine], default: AcknowledgementOutcome | None, revises: bool
) -> LineAnswer | None:
    """What the line's outstanding units are after these answers; None where nothing is said of it.

    Answers count from the quantity asked for: shipped units are among the accepted ones, units rejected before
    among the rejected ones. Rejections are taken first, then acceptances, then backorders; never more than is
    outstanding.
    """
    if line.outstanding == 0 or (not answers and default is None):
        return None
    said = _totals(line, answers)
    free = line.outstanding if revises and answers else line.outstanding - line.accepted - line.backordered
    kept_accepted, kept_back = (_ZERO, _ZERO) if revises and answers else (line.accepted, line.backordered)
    rejected = min(max(_ZERO, said[_O.REJECTED] - line.rejected), free)
    accepted = min(max(_ZERO, said[_O.ACCEPTED] - line.shipped - kept_accepted), free - rejected)
    backordered = min(max(_ZERO, said[_O.BACKORDERED] - kept_back), free - rejected - accepted)
    waiting = min(said[_O.HELD] + said[_O.SUBSTITUTED], free - rejected - accepted - backordered)
    rest = free - rejected - accepted - backordered - waiting
    extra = LineAnswer(
        accepted=rest if default is _O.ACCEPTED else _ZERO,
        backordered=rest if default is _O.BACKORDERED else _ZERO,
        rejected=rest if default is _O.REJECTED else _ZERO,
    )
    # An answer to the whole document says nothing of a single item's stock.
    short = rejected if any(each.outcome is _O.REJECTED and each.out_of_stock for each in answers) else _ZERO
    return LineAnswer(
        accepted=kept_accepted + accepted + extra.accepted,
        backordered=kept_back + backordered + extra.backordered,
        rejected=rejected + extra.rejected,
        short=short,
    )


def _totals(line: RequestLine, answers: Sequence[AcknowledgedLine]) -> dict[AcknowledgementOutcome, Decimal]:
    """Units by outcome; an answer without a quantity speaks for all that the others leave."""
    totals = dict.fromkeys(_O, _ZERO)
    for answer in answers:
        totals[answer.outcome] += answer.quantity or _ZERO
    named = sum(totals.values(), _ZERO)
    for answer in answers:
        if answer.quantity is None:
            totals[answer.outcome] += max(_ZERO, line.quantity - named)
            named = line.quantity
    return totals


def _available_at(ack: Acknowledgement) -> datetime | None:
    dates = [line.available_at for line in ack.lines if line.available_at and line.outcome is _O.BACKORDERED]
    return max(dates, default=None)


def _too_late(
    work: Work, record: OrderRecord, request: FulfilmentRequest, ack: Acknowledgement, *, revises: bool
) -> None:
    """The request is closed; a location that accepts it now may ship what another one was asked for. An answer that is
    older than its last one changes nothing."""
    accepts = any(line.outcome in {_O.ACCEPTED, _O.BACKORDERED} for line in ack.lines)
    work.tell(
        record.order_id,
        EventKind.ACKNOWLEDGEMENT_RECORDED,
        request=request.request_id,
        reference=ack.reference,
        note="came after the request was closed",
    )
    work.uow.requests.save(_known_since(work, request, ack.acknowledged_at))
    lost = any(line.rejected or line.cancelled for line in request.lines)
    if accepts and lost and revises:
        record = hold_order(
            work, record, "order.late-acceptance", f"{request.location} accepted {request.request_id} after it closed."
        )
    work.keep(record)
