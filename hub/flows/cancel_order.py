"""A channel cancels: what nobody holds is cancelled at once, the rest is asked back from its location.

Cancelling is negotiated (domain.md 1.5). Open units go at once. A request still in our outbox is withdrawn. For one
that was sent, the location is asked, of backordered units too: it may ship them any day. Its stock stays held until it
agrees, and if it ships first that is recorded as it is. A location can be asked for whole lines only: part of a line is
left to a person.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from hub.errors import DataError, TransientError
from hub.flows.answer import Answer, Verdict
from hub.flows.late_news import give_up_units
from hub.flows.requests import (
    advance_purchase,
    cancellations,
    changed_line,
    conclude,
    hold_order,
    lock_request,
    outbox_key,
    release_units,
    reroute,
)
from hub.flows.work import Work
from hub.model.events import EventKind
from hub.model.fulfilment import CancellationRequest, FulfilmentRequest, Negotiation, RequestLine
from hub.model.identity import LineId
from hub.model.order import OrderRecord
from hub.model.purchase import PurchaseOrderState
from hub.model.queue import OutboxItem, OutboxState
from hub.model.returns import Cancellation
from hub.orders import lifecycle
from hub.orders.kits import in_parts, lines_of, sold_lines

_ZERO = Decimal(0)
_AGREED = "cancellation-agreed"


def cancel_order(work: Work, cancellation: Cancellation) -> None:
    """Cancel an order or lines of it; the same cancellation again changes nothing.

    Raises TransientError ``cancel.unknown-order`` where the order is not here (a pushed cancellation may overtake
    its order), and DataError ``cancel.unknown-line``.
    """
    record = work.uow.orders.find(cancellation.channel, cancellation.external_id, lock=True)
    if record is None:
        raise TransientError(
            f"{cancellation.channel} cancels order {cancellation.external_id}, which is not here.",
            code="cancel.unknown-order",
            cure="It is tried again for a while; reprocess it where the order is taken later still.",
        )
    work.about(record.order_id)
    connection = work.connection_of_channel(cancellation.channel)
    seen = _identity(record, cancellation)
    if work.uow.refs.theirs("cancellation", seen, connection) is not None:
        return
    stops = _stops(record, cancellation)
    work.uow.refs.put("cancellation", seen, connection, seen)
    named = ", ".join(line.line_id for line in cancellation.lines)
    work.tell(record.order_id, EventKind.CANCELLATION_TAKEN, lines=named or "all")
    stop_units(work, record, stops, cancellation.reason)


def stop_units(work: Work, record: OrderRecord, stops: Mapping[LineId, Decimal], reason: str) -> OrderRecord:
    """Stop so many units per line, from where it is easiest (module docstring), and save the order."""
    left = {line_id: units for line_id, units in stops.items() if units > 0}
    before = {line_id: record.counters[line_id].cancelled for line_id in left}
    record = _cancel_open(record, left)
    requests = [each for each in work.uow.requests.for_order(record.order_id) if not each.finished]
    for request in reversed(requests):
        record = _stop_request(work, record, request, left, reason)
    cancelled = sum((record.counters[each].cancelled - was for each, was in before.items()), _ZERO)
    if cancelled:
        work.tell(record.order_id, EventKind.ORDER_CANCELLED, units=f"{cancelled:f}", reason=reason)
    record = work.keep(record)
    work.wake(line.sku for line in record.order.lines if line.sku and line.line_id in stops)
    reroute(work, record)
    return record


def settle_cancellation(work: Work, item: OutboxItem, answer: Answer) -> None:
    """Record what became of a cancellation we sent: refused, agreed at once (``answer.accepts``), or only arrived,
    in which case the location's own answer follows."""
    asked = CancellationRequest.model_validate_json(item.payload)
    found = lock_request(work, asked.request_id)
    if found is None:
        return
    record, request = found
    if answer.verdict in {Verdict.REFUSED, Verdict.STALE}:
        record, request = finish_cancellation(work, record, request, False, answer.at, answer.message, item=item)
    elif answer.verdict is Verdict.ACCEPTED and answer.accepts:
        record, request = finish_cancellation(work, record, request, True, answer.at, item=item)
    else:
        request = _asked(request, asked)
    work.uow.requests.save(request)
    reroute(work, work.keep(record))


def finish_cancellation(
    work: Work,
    record: OrderRecord,
    request: FulfilmentRequest,
    accepted: bool,
    at: datetime,
    words: str = "",
    only: Collection[int] = (),
    item: OutboxItem | None = None,
) -> tuple[OrderRecord, FulfilmentRequest]:
    """Apply the location's answer of ``at`` to a cancellation; order and request are not saved yet.

    ``only``: the numbers of the lines that it accepts to stop, all that were asked for where empty. ``item``: what it
    answers; where that is not told, the first that it has and has not answered yet.
    """
    if request.finished:
        return record, request
    item = item or _first_unanswered(work, request, agrees=accepted)
    if item is None:
        return record, request
    asked = CancellationRequest.model_validate_json(item.payload)
    request = _asked(request, asked)
    if not accepted:
        _keep_refusal(work, item)
        return record, _refused(work, request, words)
    work.uow.refs.put(_AGREED, item.key, request.connection, item.key)
    wanted = {line.number: line.outstanding for line in request.lines if _named(asked, line)}
    stops = {number: units for number, units in wanted.items() if not only or number in only}
    record, request = _cancel_units(work, record, request, stops, at)
    if stops != wanted:
        _keep_refusal(work, item)
        request = _refused(work, request, f"stops lines {', '.join(map(str, stops)) or 'none'} only")
    if request.negotiation is Negotiation.CANCEL_REQUESTED:
        request = request.negotiate(Negotiation.CANCEL_ACCEPTED)
        request = advance_purchase(request, PurchaseOrderState.CANCELLED)
    units = sum(stops.values(), _ZERO)
    work.tell(record.order_id, EventKind.ORDER_CANCELLED, request=request.request_id, units=f"{units:f}")
    work.wake(line.sku for line in request.lines)
    return record, conclude(work, request)


def _first_unanswered(work: Work, request: FulfilmentRequest, *, agrees: bool) -> OutboxItem | None:
    """Partners answer each cancellation, in the order they are asked, and do not say which one they mean. A refusal may
    be to one of which everything has left by now; an agreement is to one that has units to stop."""
    items = cancellations(work, request)
    arrived = [item for item in items if item.state is OutboxState.ACCEPTED and not _is_agreed(work, request, item)]
    fitting = (item for item in arrived if not agrees or _has_units(request, item))
    return next(fitting, None) or next(reversed(arrived or items), None)


def _is_agreed(work: Work, request: FulfilmentRequest, item: OutboxItem) -> bool:
    return work.uow.refs.theirs(_AGREED, item.key, request.connection) is not None


def _has_units(request: FulfilmentRequest, item: OutboxItem) -> bool:
    asked = CancellationRequest.model_validate_json(item.payload)
    return any(_named(asked, line) for line in request.lines)


def _keep_refusal(work: Work, item: OutboxItem) -> None:
    """A refusal, of all or of some lines, is kept with its cancellation: the next answer is to another one."""
    if item.state is OutboxState.ACCEPTED:
        work.uow.outbox.settle(item.key, OutboxState.REFUSED, "the location refused it")


def _refused(work: Work, request: FulfilmentRequest, words: str) -> FulfilmentRequest:
    work.tell(
        request.order_id,
        EventKind.CANCELLATION_REFUSED,
        request=request.request_id,
        location=request.location,
        reason=words,
    )
    asked = request.negotiation is Negotiation.CANCEL_REQUESTED
    return request.negotiate(Negotiation.CANCEL_REFUSED) if asked else request


def _stops(record: OrderRecord, cancellation: Cancellation) -> dict[LineId, Decimal]:
    if not cancellation.lines:
        return {line_id: count.outstanding for line_id, count in record.counters.items()}
    stops: dict[LineId, Decimal] = {}
    sold = {line.line_id for line in sold_lines(record.order)}
    for index, line in enumerate(cancellation.lines):
        if line.line_id not in sold:
            raise DataError(
                f"Order {record.order_id} has no line {line.line_id}.",
                code="cancel.unknown-line",
                cure="Reprocess this document once the order's newest version has been taken.",
                path=f"lines[{index}]",
            )
        for part in lines_of(record.order, line.line_id):
            stops[part] = record.counters[part].outstanding
        if line.quantity is not None:
            wanted = in_parts(record.order, {line.line_id: line.quantity})
            stops.update({part: min(stops[part], units) for part, units in wanted.items()})
    return stops


def _cancel_open(record: OrderRecord, left: dict[LineId, Decimal]) -> OrderRecord:
    counters = dict(record.counters)
    for line_id, units in left.items():
        opened = min(units, counters[line_id].open)
        counters[line_id] = lifecycle.cancel(counters[line_id], opened=opened)
        left[line_id] = units - opened
    return replace(record, counters=counters)


def _stop_request(
    work: Work, record: OrderRecord, request: FulfilmentRequest, left: dict[LineId, Decimal], reason: str
) -> OrderRecord:
    wanted = {line.number: min(left.get(line.line_id, _ZERO), line.outstanding) for line in request.lines}
    if not any(wanted.values()):
        return record
    for line in request.lines:
        left[line.line_id] = left.get(line.line_id, _ZERO) - wanted[line.number]
    if request.negotiation is Negotiation.UNSUBMITTED and work.uow.outbox.withdraw(outbox_key(request.request_id)):
        return withdraw_request(work, record, request, wanted)
    if not _may_ask(request):
        return record
    return _ask(work, record, request, wanted, reason)


def withdraw_request(
    work: Work, record: OrderRecord, request: FulfilmentRequest, wanted: Mapping[int, Decimal]
) -> OrderRecord:
    """It never left: end all of it. ``wanted`` units by line number are cancelled, the others look for a location
    again; the order is not saved yet."""
    counters = dict(record.counters)
    lines = []
    for line in request.lines:
        stop = wanted.get(line.number, _ZERO)
        count = lifecycle.cancel(counters[line.line_id], reserved=stop)
        counters[line.line_id] = lifecycle.reopen(count, reserved=line.outstanding - stop)
        release_units(work, request, line, line.outstanding, "withdrawn")
        lines.append(changed_line(line, cancelled=line.cancelled + line.outstanding))
    request = request.model_copy(update={"lines": tuple(lines)})
    request = advance_purchase(request, PurchaseOrderState.CANCELLED)
    work.uow.requests.save(conclude(work, request))
    return replace(record, counters=counters)


def _ask(
    work: Work, record: OrderRecord, request: FulfilmentRequest, wanted: Mapping[int, Decimal], reason: str
) -> OrderRecord:
    by_number = {line.number: line for line in request.lines}
    whole = [number for number, units in wanted.items() if units == by_number[number].outstanding]
    named = [number for number in whole if wanted[number] > 0]
    part = [number for number, units in wanted.items() if 0 < units < by_number[number].outstanding]
    if part:
        record = hold_order(
            work, record, "order.partial-cancel", f"Part of a line at {request.location} is to be cancelled."
        )
    if named:
        everything = all(line.number in named or line.outstanding == 0 for line in request.lines)
        asked = CancellationRequest(
            request_id=request.request_id,
            order_id=request.order_id,
            location=request.location,
            connection=request.connection,
            line_numbers=() if everything else tuple(sorted(named)),
            lines=tuple(line for line in request.lines if everything or line.number in named),
            submitted_at=request.submitted_at,
            partner_ref=request.partner_ref,
            reason=reason,
        )
        _queue(work, request, asked)
        request = _asked(request, asked)
        work.tell(
            record.order_id,
            EventKind.CANCELLATION_REQUESTED,
            request=request.request_id,
            location=request.location,
        )
    work.uow.requests.save(request)
    return record


def _queue(work: Work, request: FulfilmentRequest, asked: CancellationRequest) -> None:
    count = len(cancellations(work, request)) + 1
    work.uow.outbox.add(
        OutboxItem(
            key=f"cancel:{request.request_id}:{count}",
            connection=request.connection,
            kind="cancellation",
            payload=asked.model_dump_json(),
            created_at=work.now,
            order_id=request.order_id,
            subject=f"cancel {request.request_id}",
        )
    )


def _may_ask(request: FulfilmentRequest) -> bool:
    return request.negotiation in {
        Negotiation.UNSUBMITTED,
        Negotiation.SUBMITTED,
        Negotiation.ACCEPTED,
        Negotiation.CANCEL_REFUSED,
    }


def _asked(request: FulfilmentRequest, asked: CancellationRequest) -> FulfilmentRequest:
    """The negotiation axis is about the whole request; asking for some lines only does not move it. Neither does a
    request whose own receipt is not here yet: it moves when that is settled."""
    if asked.line_numbers or request.negotiation in {Negotiation.UNSUBMITTED, Negotiation.CANCEL_REQUESTED}:
        return request
    if not _may_ask(request):
        return request
    return advance_purchase(request.negotiate(Negotiation.CANCEL_REQUESTED), PurchaseOrderState.CANCEL_REQUESTED)


def _cancel_units(
    work: Work, record: OrderRecord, request: FulfilmentRequest, stops: Mapping[int, Decimal], at: datetime
) -> tuple[OrderRecord, FulfilmentRequest]:
    give_up_units(work, request, stops, at, "cancelled")
    counters = dict(record.counters)
    lines: list[RequestLine] = []
    for line in request.lines:
        units = stops.get(line.number, _ZERO)
        if not units:
            lines.append(line)
            continue
        counters[line.line_id] = lifecycle.cancel(
            counters[line.line_id],
            allocated=line.accepted,
            backordered=line.backordered,
            reserved=line.outstanding - line.accepted - line.backordered,
        )
        release_units(work, request, line, line.outstanding, "cancelled")
        lines.append(changed_line(line, accepted=_ZERO, backordered=_ZERO, cancelled=line.cancelled + units))
    return replace(record, counters=counters), request.model_copy(update={"lines": tuple(lines)})


def _named(asked: CancellationRequest, line: RequestLine) -> bool:
    return line.outstanding > 0 and (not asked.line_numbers or line.number in asked.line_numbers)


def _identity(record: OrderRecord, cancellation: Cancellation) -> str:
    lines: Sequence[str] = [f"{line.line_id}={line.quantity or 'all'}" for line in cancellation.lines]
    return f"{record.order_id}:{cancellation.cancelled_at.isoformat()}:{','.join(lines)}"
