"""Which requests wait for a person: nobody knows what became of them, or their location is silent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from hub.flows.requests import outbox_key, unanswered
from hub.model.fulfilment import FulfilmentRequest
from hub.model.identity import RequestId
from hub.model.order import OrderStatus
from hub.model.queue import OutboxItem, OutboxState
from hub.ports import UnitOfWork

_PAGE = 500
_MANY = 1_000_000


class Doubt(StrEnum):
    """What a person is asked about a request: an outbox item without an outcome, or a location without an answer."""

    WAITING = "waiting"
    UNKNOWN = "unknown"
    FAILED = "failed"
    UNACKNOWLEDGED = "unacknowledged"


@dataclass(frozen=True, slots=True)
class Undecided:
    """A request and the doubt about it, None where there is none; ``item`` carries it to the location."""

    request: FulfilmentRequest
    item: OutboxItem | None
    doubt: Doubt | None


def find_undecided(uow: UnitOfWork, now: datetime, only: Doubt | None = None) -> list[Undecided]:
    """Every request with a doubt, those without an outcome first; each in order of entry."""
    found = {}
    for request_id in (*_without_outcome(uow), *_without_answer(uow, now)):
        one = look_at(uow, request_id, now)
        if one is not None and one.doubt is not None and only in {None, one.doubt}:
            found[request_id] = one
    return list(found.values())


def look_at(uow: UnitOfWork, request_id: RequestId, now: datetime) -> Undecided | None:
    """One request as a person sees it; None where there is none of that id."""
    request = uow.requests.get(request_id)
    if request is None:
        return None
    item = uow.outbox.get(outbox_key(request_id))
    return Undecided(request, item, _doubt(request, item, now))


def _doubt(request: FulfilmentRequest, item: OutboxItem | None, now: datetime) -> Doubt | None:
    if item is not None and item.state in {OutboxState.WAITING, OutboxState.UNKNOWN, OutboxState.FAILED}:
        return Doubt(item.state.value)
    overdue = request.acknowledge_by is not None and request.acknowledge_by <= now
    return Doubt.UNACKNOWLEDGED if overdue and unanswered(request) > 0 else None


def _without_outcome(uow: UnitOfWork) -> Iterator[RequestId]:
    for state in (OutboxState.WAITING, OutboxState.UNKNOWN, OutboxState.FAILED):
        for item in reversed(uow.outbox.page(state=state, limit=_MANY)):
            if item.kind == "fulfilment":
                yield FulfilmentRequest.model_validate_json(item.payload).request_id


def _without_answer(uow: UnitOfWork, now: datetime) -> Iterator[RequestId]:
    """Silence holds its order; where the engine stood still, the clock that ran out has not been looked at yet."""
    records = uow.orders.page(status=OrderStatus.HELD, limit=_PAGE)
    while records:
        for record in records:
            yield from (request.request_id for request in uow.requests.for_order(record.order_id))
        records = uow.orders.page(status=OrderStatus.HELD, after=records[-1].order_id, limit=_PAGE)
    for task in uow.tasks.due(now, _MANY):
        if task.kind == "acknowledge":
            yield RequestId(task.key)
