"""Tell an order's channel what becomes of its order: once it is decided, and again when that changes.

What it was told is compared with what is true now, so that nothing has to be remembered in between. Units that a
location is asked for are accepted, whatever location ships them in the end; units that none could ship are backordered
once the order has waited ``PATIENCE``; cancelled units are rejected. Where the channel has cancelled, it is answered
even if nothing could be stopped any more.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from hub.flows.answer import Answer
from hub.flows.telling import settle_told
from hub.flows.work import Work
from hub.model.events import EventKind
from hub.model.fulfilment import Negotiation
from hub.model.identity import OrderId
from hub.model.network import Channel
from hub.model.order import LineCounters, OrderLine, OrderRecord
from hub.model.purchase import AcknowledgementOutcome
from hub.model.queue import OutboxItem
from hub.model.routing import RoutingPlan
from hub.model.sale import AnsweredLine, AnsweredUnits, OrderAcknowledgement
from hub.orders.kits import sold_counters, sold_lines

PATIENCE = timedelta(minutes=15)
"""How long stock may take to turn up before a channel is told that there is none."""


def acknowledge_order(work: Work, order_id: OrderId) -> datetime | None:
    """Queue the answer that is due now, if one is; gives when to look again, None where something else will ask."""
    record = work.uow.orders.get(order_id, lock=True)
    channel = work.network.channel(record.order.channel) if record is not None else None
    if record is None or channel is None or not channel.acknowledge or _is_open_ended(work, record):
        return None
    until = _patience(work, record)
    if until is None or work.now < until:
        return until
    last = _last_answer(work, order_id)
    answer = _answer(work, record, channel, last)
    if answer is not None and (last is None or _differs(answer, last)):
        _queue(work, answer)
    return None


def settle_acknowledgement(work: Work, told: OrderAcknowledgement, answer: Answer) -> None:
    """After a refusal the channel does not know what becomes of its order."""
    settle_told(
        work,
        told.order_id,
        answer,
        EventKind.ORDER_ANSWERED,
        hold="order.answer-refused",
        words=f"{told.channel} could not be told what becomes of it",
        key=told.key,
    )


def _is_open_ended(work: Work, record: OrderRecord) -> bool:
    """A line waits for its SKU, or a location has not said yet whether it stops."""
    unmapped = any(line.sku is None and record.counters[line.line_id].outstanding > 0 for line in record.order.lines)
    asked = (each.negotiation for each in work.uow.requests.for_order(record.order_id) if not each.finished)
    return unmapped or Negotiation.CANCEL_REQUESTED in asked


def _patience(work: Work, record: OrderRecord) -> datetime | None:
    """From when on open units are told as backordered; now where there are none, None where routing has not spoken."""
    if not any(count.open > 0 for count in record.counters.values()):
        return work.now
    since = _unplaced_since(work.uow.requests.plans(record.order_id))
    return since + PATIENCE if since is not None else None


def _unplaced_since(plans: Sequence[RoutingPlan]) -> datetime | None:
    since: datetime | None = None
    for plan in reversed(plans):
        if not plan.unrouted:
            break
        since = plan.decided_at
        if plan.assignments:
            break
    return since


def _last_answer(work: Work, order_id: OrderId) -> OrderAcknowledgement | None:
    newest: OutboxItem | None = None
    count = 1
    while (item := work.uow.outbox.get(_key(order_id, count))) is not None:
        newest, count = item, count + 1
    return OrderAcknowledgement.model_validate_json(newest.payload) if newest is not None else None


def _key(order_id: OrderId, revision: int) -> str:
    return f"acknowledge:{order_id}:{revision}"


def _answer(
    work: Work, record: OrderRecord, channel: Channel, last: OrderAcknowledgement | None
) -> OrderAcknowledgement | None:
    """None where no line of it can be named."""
    counters = sold_counters(record)
    told = [_line(line, counters[line.line_id]) for line in sold_lines(record.order)]
    lines = tuple(line for line in told if line is not None)
    revision = last.revision + 1 if last is not None else 1
    events = work.uow.orders.timeline(record.order_id)
    if not lines:
        return None
    return OrderAcknowledgement(
        key=_key(record.order_id, revision),
        order_id=record.order_id,
        channel=channel.channel,
        connection=channel.connection,
        order_external_id=record.order.external_id,
        placed_at=record.order.placed_at,
        answered_at=work.now,
        revision=revision,
        cancellations=sum(event.kind is EventKind.CANCELLATION_TAKEN for event in events),
        lines=lines,
    )


def _line(line: OrderLine, count: LineCounters) -> AnsweredLine | None:
    if line.sku is None:
        return None
    shares: dict[AcknowledgementOutcome, Decimal] = {
        AcknowledgementOutcome.ACCEPTED: count.reserved + count.allocated + count.shipped,
        AcknowledgementOutcome.BACKORDERED: count.backordered + count.open,
        AcknowledgementOutcome.REJECTED: count.cancelled,
    }
    units = tuple(AnsweredUnits(quantity=share, outcome=outcome) for outcome, share in shares.items() if share > 0)
    return AnsweredLine(
        line_id=line.line_id, sku=line.sku, ordered=count.ordered, units=units, unit_price=line.unit_price
    )


def _differs(answer: OrderAcknowledgement, last: OrderAcknowledgement) -> bool:
    return (answer.lines, answer.cancellations) != (last.lines, last.cancellations)


def _queue(work: Work, answer: OrderAcknowledgement) -> None:
    work.uow.outbox.add(
        OutboxItem(
            key=answer.key,
            connection=answer.connection,
            kind="acknowledgement",
            payload=answer.model_dump_json(),
            created_at=work.now,
            order_id=answer.order_id,
            subject=f"answer {answer.revision} to {answer.order_external_id}",
        )
    )
