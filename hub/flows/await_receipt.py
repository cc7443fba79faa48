"""A group that we sent waits for its acknowledgement: a clock, then an alarm, closed by the answer."""

from __future__ import annotations

from datetime import datetime

from hub.flows.work import Work
from hub.model.exchange import Exchange, ExchangeGroup, ReceiptState, SentGroup
from hub.model.queue import OutboxState, QuarantineEntry
from hub.ports import UnitOfWork

RECEIPT_TASK = "receipt"
"""Kind of the timer; its key is the group's id in the log of exchanges."""

_NOT_SENT = frozenset({OutboxState.PENDING, OutboxState.SENDING, OutboxState.UNKNOWN, OutboxState.FAILED})
_NEVER_SENT = frozenset({OutboxState.REFUSED, OutboxState.SUPERSEDED})


def await_receipts(uow: UnitOfWork, exchange: Exchange) -> None:
    """Start the clock of each group that has one."""
    for group in exchange.groups:
        if group.state is ReceiptState.AWAITED and group.due is not None:
            uow.tasks.schedule(RECEIPT_TASK, str(group.id), group.due)


def expire_receipt(work: Work, group_id: int) -> datetime | None:
    """Raise the alarm where the group is still unanswered. Bytes that have not left yet get their whole time again."""
    found = work.uow.exchanges.group(group_id)
    if found is None or found.group.state is not ReceiptState.AWAITED or found.group.due is None:
        return None
    if work.now < found.group.due:
        return found.group.due
    states = _item_states(work, found.group)
    if states & _NOT_SENT:
        return work.now + (found.group.due - found.exchange.at)
    if states and states <= _NEVER_SENT:
        return None
    exchange, group = found.exchange, found.group
    work.uow.quarantine.add(
        QuarantineEntry(
            exchange.document,
            exchange.connection,
            group_path(group),
            "exchange.acknowledgement-overdue",
            f"{exchange.connection} has not acknowledged {group_path(group)} of exchange {exchange.control_number}, "
            f"sent at {exchange.at:%Y-%m-%d %H:%M} UTC.",
            f"Ask the partner whether it has the file; `hub exchange show {exchange.id}` says what was in it. "
            "The entry closes when the acknowledgement comes.",
            work.now,
        )
    )
    return None


def receipt_came(work: Work, found: SentGroup) -> None:
    """Stop the clock and close the alarm."""
    work.uow.tasks.cancel(RECEIPT_TASK, str(found.group.id))
    work.uow.quarantine.release(found.exchange.document, group_path(found.group))


def group_path(group: ExchangeGroup) -> str:
    """Where in its document the group is."""
    return f"group {group.kind} {group.control_number}"


def _item_states(work: Work, group: ExchangeGroup) -> set[OutboxState]:
    items = (work.uow.outbox.get(message.item_key) for message in group.messages if message.item_key)
    return {item.state for item in items if item is not None}
