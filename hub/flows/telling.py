"""What came back when a channel was told something of an order."""

from __future__ import annotations

from hub.flows.answer import Answer, Verdict
from hub.flows.requests import hold_order
from hub.flows.work import Work
from hub.model.events import EventKind
from hub.model.identity import OrderId


def settle_told(
    work: Work, order_id: OrderId, answer: Answer, told: EventKind, *, hold: str, words: str, **facts: str
) -> None:
    """Note that the channel knows (``told`` with its ``facts``). A refusal is for a person: the order is held by that
    code, with ``words`` and those of the channel."""
    record = work.uow.orders.get(order_id, lock=True)
    if record is None or answer.verdict is Verdict.UNCERTAIN:
        return
    if answer.verdict is Verdict.ACCEPTED:
        work.tell(order_id, told, **facts)
        return
    work.keep(hold_order(work, record, hold, f"{words}: {answer.message or answer.code}"))
