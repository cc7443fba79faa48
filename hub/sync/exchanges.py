"""The log of exchanges as the lanes write it: what is news, what was sent before, what reuses a number (ADR 0015)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from hub.errors import DataError
from hub.flows.await_receipt import await_receipts
from hub.model.document import Document
from hub.model.exchange import Exchange, ExchangeState
from hub.model.identity import DocumentId
from hub.model.queue import OutboxItem, OutboxState
from hub.ports import UnitOfWork
from hub.sdk.capabilities import Item, Parsed, Problem, ReceivedExchange, Reply
from hub.sync.batching import RESEND
from hub.sync.marks import TASKS_LANE, lane_names

_ON_ITS_WAY = frozenset({OutboxState.PENDING, OutboxState.SENDING, OutboxState.UNKNOWN})
_WRAPS_AFTER = 999_999_999
_ASKED_AGAIN = "the partner sent its exchange again"


class Standing(StrEnum):
    """How a received exchange stands to the log: news; the same bytes again; its number used for other bytes."""

    FRESH = "fresh"
    REPEATED = "repeated"
    REUSED = "reused"


@dataclass(frozen=True, slots=True)
class Part:
    """The part of a parsed document that came in one exchange; ``received`` is None for what came in none."""

    items: tuple[Item, ...]
    problems: tuple[Problem, ...]
    replies: tuple[Reply, ...]
    received: ReceivedExchange | None = None


@dataclass(frozen=True, slots=True)
class Admitted:
    """A logged exchange. ``again``: its bytes came before in another document. ``expected`` is the control number
    that would have been next, where some were skipped."""

    exchange: Exchange
    standing: Standing
    again: bool = False
    expected: int | None = None


def parts_of(parsed: Parsed) -> list[Part]:
    """The document exchange by exchange, and what came in none of them last."""
    parts: list[Part] = []
    items = problems = replies = 0
    for one in parsed.exchanges:
        parts.append(
            Part(
                parsed.items[items : items + one.items],
                parsed.problems[problems : problems + one.problems],
                parsed.replies[replies : replies + one.replies],
                one,
            )
        )
        items, problems, replies = items + one.items, problems + one.problems, replies + one.replies
    rest = Part(parsed.items[items:], parsed.problems[problems:], parsed.replies[replies:])
    return [*parts, rest] if rest.items or rest.problems or rest.replies or not parts else parts


def admit(uow: UnitOfWork, document: DocumentId, received: ReceivedExchange, before: Sequence[Admitted]) -> Admitted:
    """Log a received exchange and say how it stands. ``before``: those admitted from the same document already.

    The same document parsed again is no repeat; nor is one of which nothing was used so far.
    """
    found = replace(received.exchange, document=document)
    parties = (found.connection, found.direction, found.sender, found.receiver)
    known = uow.exchanges.known(*parties, found.control_number)
    earlier = {one.exchange.id for one in before}
    same = next((one for one in known if one.sha256 == found.sha256), None)
    again = same is not None and (same.document != document or same.id in earlier)
    if same is not None and again:
        uow.exchanges.repeated(same.id)
        if same.state is ExchangeState.RECORDED:
            return Admitted(same, Standing.REPEATED, again)
    used = [one for one in known if one.sha256 != found.sha256 and one.state is ExchangeState.RECORDED]
    if used and received.unique and found.state is ExchangeState.RECORDED:
        held = replace(found, state=ExchangeState.HELD, note=f"Used before in {used[0].document}.")
        return Admitted(uow.exchanges.save(held), Standing.REUSED, again)
    expected = _skipped(uow, found) if received.unique and same is None else None
    if expected is not None:
        found = replace(found, note=f"Came where {expected} was next.")
    return Admitted(uow.exchanges.save(found), Standing.FRESH, again, expected)


def _skipped(uow: UnitOfWork, found: Exchange) -> int | None:
    """The number that was to come next, where this one is higher; a late one is lower and says nothing."""
    highest = uow.exchanges.highest(found.connection, found.direction, found.sender, found.receiver)
    number = found.control_number
    if highest is None or not (number.isascii() and number.isdigit()) or highest >= _WRAPS_AFTER:
        return None
    return highest + 1 if int(number) > highest + 1 else None


def reused(held: Exchange) -> DataError:
    """Why an exchange is held."""
    return DataError(
        f"Control number {held.control_number} of {held.sender} came before with other content. {held.note} "
        "Nothing of this one was recorded.",
        code="exchange.control-number-reused",
        cure="Ask the partner which of the two counts. If it is news: have it sent under a new number, or set "
        "control_numbers: none in the partner's x12.yaml and reprocess.",
        path=f"exchange {held.control_number}",
    )


def answer_again(uow: UnitOfWork, items: Sequence[OutboxItem], now: datetime) -> None:
    """Send the earlier answers once more: the bytes that went out, or a first rendering where none did."""
    for item in items:
        if uow.outbox.add(item):
            continue
        earlier = uow.outbox.get(item.key)
        if earlier is None or earlier.state in _ON_ITS_WAY:
            continue
        note = RESEND + _ASKED_AGAIN if earlier.document is not None else _ASKED_AGAIN
        uow.outbox.settle(earlier.key, OutboxState.PENDING, note, due=now)
        uow.lanes.mark(lane_names(earlier.connection).outbound)


def log_sent(uow: UnitOfWork, document: Document) -> None:
    """Log the exchange that a stored outbound document is, and start the clocks of what must be acknowledged."""
    if document.exchange is None:
        return
    saved = uow.exchanges.save(replace(document.exchange, connection=document.connection, document=document.id))
    await_receipts(uow, saved)
    dues = [group.due for group in saved.groups if group.due is not None]
    if dues:
        uow.lanes.mark(TASKS_LANE, min(dues))
