"""Bookkeeping of one fulfilment request: what every flow about requests does alike.

Laws kept here, per order line over all its requests: allocated = accepted, backordered = backordered,
reserved = outstanding - accepted - backordered; and per request line: stock held = outstanding - backordered.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal

from hub.errors import DataError, IllegalTransitionError, InvariantError
from hub.flows.late_news import credit_late_news, give_up_units
from hub.flows.note_shortages import note_shortages
from hub.flows.work import Work
from hub.inventory import ledger
from hub.inventory.shortages import newly_short
from hub.model.events import EventKind
from hub.model.fulfilment import CancellationRequest, Execution, FulfilmentRequest, Negotiation, RequestLine
from hub.model.identity import LocationId, RequestId
from hub.model.network import NetOf
from hub.model.order import LineCounters, OrderRecord
from hub.model.purchase import PurchaseOrderState, move_purchase_order
from hub.model.queue import OutboxItem, OutboxState
from hub.orders import lifecycle

_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class LineAnswer:
    """What a request line's outstanding units are now: ``accepted`` and ``backordered`` in all, ``rejected`` newly;
    the rest is unanswered. ``short``: of those rejected, the ones that are not there."""

    accepted: Decimal = _ZERO
    backordered: Decimal = _ZERO
    rejected: Decimal = _ZERO
    short: Decimal = _ZERO


def outbox_key(request_id: RequestId) -> str:
    """The key of the outbox item that carries a request."""
    return f"fulfilment:{request_id}"


def lock_request(work: Work, request_id: RequestId) -> tuple[OrderRecord, FulfilmentRequest] | None:
    """The order (its row locked first) and the request; None for an unknown request."""
    found = work.uow.requests.get(request_id)
    if found is None:
        return None
    record = work.uow.orders.get(found.order_id, lock=True)
    request = work.uow.requests.get(request_id, lock=True)
    if record is None or request is None:
        raise InvariantError(f"Request {request_id} has no order.", code="hub.request-without-order")
    return record, request


def check_speaker(work: Work, request: FulfilmentRequest, code: str) -> None:
    """Raises DataError where a partner speaks about another partner's request. A partner may take requests through
    one connection and answer through another."""
    if work.connection is None:
        return
    location = work.network.location(request.location)
    own = {each.connection for each in work.network.locations if location and each.partner == location.partner}
    if work.connection not in own | {request.connection}:
        raise DataError(
            f"{work.connection} answers for {request.request_id}, which was sent to {request.connection}.",
            code=code,
            cure="Check which partner sent this document.",
            value=request.request_id,
        )


def mark_submitted(work: Work, request: FulfilmentRequest, at: datetime, partner_ref: str = "") -> FulfilmentRequest:
    """The location has the request: since ``at``, with its clock for an answer. Nothing where that was known."""
    if partner_ref and not request.partner_ref:
        request = request.model_copy(update={"partner_ref": partner_ref})
    if request.negotiation is not Negotiation.UNSUBMITTED:
        return request
    answer_by = deadline(work, request.location, at)
    work.uow.tasks.schedule("acknowledge", request.request_id, answer_by)
    request = request.negotiate(Negotiation.SUBMITTED)
    if request.execution in {Execution.PLANNED, Execution.SCHEDULED}:
        request = request.execute(Execution.OPEN)
    request = request.model_copy(update={"submitted_at": at, "acknowledge_by": answer_by})
    credit_late_news(work, request, NetOf.SENT)
    work.tell(request.order_id, EventKind.REQUEST_SUBMITTED, request=request.request_id, location=request.location)
    return advance_purchase(request, PurchaseOrderState.SENT)


def deadline(work: Work, location: LocationId, since: datetime) -> datetime:
    """When a location that has a request since then must have answered it."""
    found = work.network.location(location)
    return since + timedelta(hours=float(found.acknowledge_within_hours) if found else 24.0)


def unanswered(request: FulfilmentRequest) -> Decimal:
    """Units of an unfinished request that its location neither accepted nor backordered yet."""
    if request.finished:
        return _ZERO
    return request.outstanding - sum((line.accepted + line.backordered for line in request.lines), _ZERO)


def imply_submitted(work: Work, request: FulfilmentRequest, at: datetime) -> FulfilmentRequest:
    """An answer or a shipment proves that the request arrived, even where its receipt was lost: it must not be
    sent again. An item that is being sent is left to its sender. It had it no later than at the oldest of these, and no
    earlier than it was made: a date without a time, or a clock that is slow, says less than that."""
    at = max(at, request.requested_at)
    if request.negotiation is not Negotiation.UNSUBMITTED:
        return _submitted_since(work, request, at)
    item = work.uow.outbox.get(outbox_key(request.request_id))
    if item is not None and item.state in {OutboxState.PENDING, OutboxState.UNKNOWN, OutboxState.WAITING}:
        work.uow.outbox.settle(item.key, OutboxState.ACCEPTED, "the partner answered it")
    return mark_submitted(work, request, min(at, work.now))


def _submitted_since(work: Work, request: FulfilmentRequest, at: datetime) -> FulfilmentRequest:
    before = request.submitted_at
    if before is None or before <= at:
        return request
    request = request.model_copy(update={"submitted_at": at})
    credit_late_news(work, request, NetOf.SENT, before)
    return request


def advance_purchase(request: FulfilmentRequest, to: PurchaseOrderState) -> FulfilmentRequest:
    """Move the purchase order, where this is one; a state that a later fact has overtaken stays."""
    if request.purchase is None:
        return request
    try:
        return request.model_copy(update={"purchase": move_purchase_order(request.purchase, to)})
    except IllegalTransitionError:
        return request


def changed_line(line: RequestLine, **changes: Decimal) -> RequestLine:
    """The line with these counters, checked against its law."""
    return RequestLine.model_validate({**dict(line), **changes})


def apply_answers(
    work: Work,
    record: OrderRecord,
    request: FulfilmentRequest,
    answers: Mapping[int, LineAnswer],
    at: datetime,
    reason: str,
) -> tuple[OrderRecord, FulfilmentRequest]:
    """Move units as the executor answered at ``at``; nothing is saved yet. ``reason`` keys the ledger rows.

    Rejected units go back to open and the location is excluded for the line, unless the line is being cancelled:
    then the rejection is the consent. Backordered units hold no stock; accepted later, they hold it again where
    the ledger covers them, and stay backordered where not.
    """
    stopping = stopping_lines(work, request)
    short = _shortages(request, answers, stopping)
    note_shortages(work, request, short, at)
    give_up_units(work, request, {number: given.rejected for number, given in answers.items()}, at, reason)
    counters = dict(record.counters)
    excluded = dict(record.excluded)
    lines: list[RequestLine] = []
    for line in request.lines:
        given = answers.get(line.number)
        if given is None:
            lines.append(line)
            continue
        given = _hold_stock(work, request, line, given, reason)
        count = _answered(counters[line.line_id], line, given)
        if given.rejected and line.number in stopping:
            count = lifecycle.cancel(count, opened=given.rejected)
        elif given.rejected:
            excluded[line.line_id] = excluded.get(line.line_id, frozenset()) | {request.location}
        counters[line.line_id] = count
        lines.append(
            changed_line(
                line,
                accepted=given.accepted,
                backordered=given.backordered,
                rejected=line.rejected + given.rejected,
                short=min(line.quantity, line.short + short.get(line.number, _ZERO)),
            )
        )
    work.touch(line.sku for line in request.lines if line.number in answers)
    work.wake(line.sku for line in request.lines if line.number in answers and answers[line.number].rejected)
    return (
        replace(record, counters=counters, excluded=excluded),
        request.model_copy(update={"lines": tuple(lines)}),
    )


def _shortages(
    request: FulfilmentRequest, answers: Mapping[int, LineAnswer], stopping: Collection[int]
) -> dict[int, Decimal]:
    """Units by line number that turn out not to be there; a line that we asked to stop says nothing of that."""
    short = {
        line.number: newly_short(line, answers[line.number].short, answers[line.number].backordered)
        for line in request.lines
        if line.number in answers and line.number not in stopping
    }
    return {number: units for number, units in short.items() if units}


def _answered(count: LineCounters, line: RequestLine, given: LineAnswer) -> LineCounters:
    accepted = given.accepted - line.accepted
    backordered = given.backordered - line.backordered
    return lifecycle.answer(
        count,
        opened=given.rejected,
        allocated=accepted,
        backordered=backordered,
        reserved=-given.rejected - accepted - backordered,
    )


def _hold_stock(
    work: Work, request: FulfilmentRequest, line: RequestLine, given: LineAnswer, reason: str
) -> LineAnswer:
    held = work.uow.ledger.held(request.request_id).get((line.line_id, line.sku, request.location), _ZERO)
    wanted = line.outstanding - given.rejected - given.backordered
    if wanted < held:
        release_units(work, request, line, held - wanted, reason)
    elif wanted > held:
        more = wanted - held
        row = ledger.reservation(request, line, more, reason, work.now)
        if work.uow.ledger.reserve([row], {}):
            kept = min(more, given.accepted)
            return replace(given, accepted=given.accepted - kept, backordered=given.backordered + kept)
    return given


def release_units(work: Work, request: FulfilmentRequest, line: RequestLine, units: Decimal, reason: str) -> None:
    """Give back promised stock of a line, at most what is still held."""
    held = work.uow.ledger.held(request.request_id).get((line.line_id, line.sku, request.location), _ZERO)
    if min(units, held) > 0:
        work.uow.ledger.release([ledger.release(request, line, min(units, held), reason, work.now)])


def conclude(work: Work, request: FulfilmentRequest) -> FulfilmentRequest:
    """Close the request where nothing more is to come, and stop its clocks."""
    if request.outstanding > 0 or request.finished:
        return request
    work.uow.tasks.cancel("acknowledge", request.request_id)
    work.uow.tasks.cancel("backorder", request.request_id)
    shipped = any(line.shipped > 0 for line in request.lines)
    if not shipped:
        return request.execute(Execution.CANCELLED)
    rejected = any(line.rejected > 0 for line in request.lines)
    return request.execute(Execution.INCOMPLETE if rejected else Execution.CLOSED)


def reroute(work: Work, record: OrderRecord) -> None:
    """Have the order routed now where it has open units of mapped lines."""
    if any(line.sku and record.counters[line.line_id].open > 0 for line in record.order.lines):
        work.uow.tasks.schedule("route", record.order_id, work.now)


def hold_order(work: Work, record: OrderRecord, code: str, words: str) -> OrderRecord:
    """Pause the order for a person; the first reason stays until it is released. Not saved yet."""
    if record.hold:
        return record
    work.tell(record.order_id, EventKind.ORDER_HELD, code=code, reason=words)
    return replace(record, hold=f"{code}: {words}")


def cancellations(work: Work, request: FulfilmentRequest) -> list[OutboxItem]:
    """Every cancellation we asked for this request, oldest first; there may be one for each of its lines."""
    found: list[OutboxItem] = []
    while (item := work.uow.outbox.get(f"cancel:{request.request_id}:{len(found) + 1}")) is not None:
        found.append(item)
    return found


def stopping_lines(work: Work, request: FulfilmentRequest) -> frozenset[int]:
    """Numbers of the lines we asked the location to stop and have no refusal for."""
    if request.negotiation is Negotiation.CANCEL_REFUSED:
        return frozenset()
    stopping: set[int] = set()
    for item in cancellations(work, request):
        if item.state is not OutboxState.REFUSED:
            asked = CancellationRequest.model_validate_json(item.payload)
            stopping.update(asked.line_numbers or (line.number for line in request.lines))
    return frozenset(stopping)
