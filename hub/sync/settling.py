"""What came back for outbox items, recorded with the flow it leads to in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from hub.errors import HubError, LeaseLostError, TransientError
from hub.flows.answer import Answer, Verdict
from hub.flows.registry import settle_item
from hub.flows.work import Work
from hub.model.identity import DocumentId
from hub.model.queue import OutboxItem, OutboxState
from hub.ports import UnitOfWork
from hub.sdk.capabilities import ItemResult, Outcome, Receipt
from hub.sync.catching_up import ask_for_orders
from hub.sync.condition import Conditions
from hub.sync.connections import LiveConnection
from hub.sync.marks import marked
from hub.sync.retry import OUTBOUND, as_hub_error
from hub.sync.runtime import Rest, Turn

_log = structlog.get_logger(__name__)

_VERDICTS = {
    Outcome.ACCEPTED: (Verdict.ACCEPTED, OutboxState.ACCEPTED),
    Outcome.REFUSED: (Verdict.REFUSED, OutboxState.REFUSED),
    Outcome.STALE: (Verdict.STALE, OutboxState.REFUSED),
}

_DEFINITE = frozenset({OutboxState.ACCEPTED, OutboxState.REFUSED, OutboxState.SUPERSEDED})


@dataclass(frozen=True, slots=True)
class Settlement:
    """What is recorded for one item: its next state and, where the domain must know, the answer."""

    item: OutboxItem
    state: OutboxState
    note: str = ""
    due: datetime | None = None
    answer: Answer | None = None


class Settling:
    """Settles items of one connection."""

    def __init__(self, connection: LiveConnection, conditions: Conditions) -> None:
        self._connection, self._conditions = connection, conditions

    def by_receipt(self, turn: Turn, items: Sequence[OutboxItem], receipt: Receipt) -> list[Settlement]:
        """Each item by the partner's result for it; an item without one is unknown."""
        results = {result.key: result for result in receipt.results}
        return [self._by_result(turn, item, results.get(item.key)) for item in items]

    def _by_result(self, turn: Turn, item: OutboxItem, result: ItemResult | None) -> Settlement:
        if result is None:
            return self.unknown(turn, item, "The receipt does not name this item.", tell=True)
        verdict, state = _VERDICTS[result.outcome]
        answer = Answer(
            verdict,
            turn.now,
            partner_ref=result.external_ref,
            accepts=result.accepts,
            code=result.code,
            message=result.message,
            observed=result.observed,
            compared=result.compared,
        )
        return Settlement(item, state, " ".join(part for part in (result.code, result.message) if part), answer=answer)

    def refused(self, turn: Turn, item: OutboxItem, error: HubError) -> Settlement:
        """The item can't be told, or the partner said no."""
        answer = Answer(Verdict.REFUSED, turn.now, code=error.code, message=error.message)
        return Settlement(item, OutboxState.REFUSED, f"{error.code}: {error.message}", answer=answer)

    def unknown(
        self, turn: Turn, item: OutboxItem, note: str, *, tell: bool, since: datetime | None = None
    ) -> Settlement:
        """Sent, nobody knows: to be looked up again. The longer it lasts (``since``), the longer the wait."""
        age = turn.now - since if since is not None else timedelta(0)
        doublings = int(age / timedelta(seconds=OUTBOUND.base_seconds)).bit_length()
        grace = timedelta(seconds=turn.runtime.limits.grace_seconds)
        due = turn.now + grace + OUTBOUND.wait(doublings + 1, turn.runtime.rng)
        answer = Answer(Verdict.UNCERTAIN, turn.now, message=note) if tell else None
        return Settlement(item, OutboxState.UNKNOWN, note, due, answer)

    def waiting(self, turn: Turn, item: OutboxItem, note: str) -> Settlement:
        """Sent, nobody knows and nobody can be asked: its acknowledgement deadline decides, then a person."""
        return Settlement(item, OutboxState.WAITING, note, answer=Answer(Verdict.UNCERTAIN, turn.now, message=note))

    def failed(self, turn: Turn, item: OutboxItem, error: HubError) -> Settlement:
        """Given up: the partner surely has not got it. The order's clock runs, so that silence ends with a person."""
        answer = Answer(Verdict.UNCERTAIN, turn.now, code=error.code, message=error.message)
        return Settlement(item, OutboxState.FAILED, f"{error.code}: {error.message}", answer=answer)

    def record(
        self,
        turn: Turn,
        settlements: Sequence[Settlement],
        *,
        failure: HubError | None = None,
        rest: Rest | None = None,
    ) -> None:
        """All settlements, their flows and the connection's health in one transaction.

        Where ``rest`` is given and finds nothing more to do, the lane is given back in it, too.

        A flow that raises (our bug) is taken alone: its item stays unknown, which is always safe, and the others
        are settled. Raises LeaseLostError, and what storage raises.
        """
        try:
            self._write(turn, settlements, failure, rest, careful=False)
        except (LeaseLostError, TransientError):
            raise
        except Exception:  # noqa: BLE001  written again with one savepoint per item, where the error is kept
            self._write(turn, settlements, failure, rest, careful=True)
        turn.moved = True
        for one in settlements:
            turn.runtime.metrics.sent.labels(self._connection.id, one.item.kind, one.state).inc()
            _log.info(
                f"outbox_{one.state}",
                connection=self._connection.id,
                order=one.item.order_id,
                document=one.item.document,
                item=one.item.key,
                code=failure.code if failure is not None else "",
            )

    def _write(
        self,
        turn: Turn,
        settlements: Sequence[Settlement],
        failure: HubError | None,
        rest: Rest | None,
        *,
        careful: bool,
    ) -> None:
        with turn.begin() as uow, marked(uow) as noted:
            for one in settlements:
                try:
                    with uow.savepoint() if careful else nullcontext():
                        self._settle(turn, noted, one)
                except Exception as error:
                    if not careful or isinstance(error, LeaseLostError):
                        raise
                    self._settle_failed(turn, uow, one, as_hub_error(error))
            if failure is None:
                self._conditions.succeeded(uow, self._connection.id, turn.lease.lane, turn.now)
            else:
                self._conditions.failed(uow, self._connection.id, turn.lease.lane, failure, turn.now)
            left = rest(uow, turn.now) if rest is not None else None
            if left is not None:
                turn.end(uow, left.next_due)

    def _settle(self, turn: Turn, uow: UnitOfWork, one: Settlement) -> None:
        if one.state not in _DEFINITE and _known_meanwhile(uow, one.item):
            return
        uow.outbox.settle(one.item.key, one.state, one.note, due=one.due)
        if one.answer is not None:
            work = Work(
                uow,
                turn.configuration.network,
                turn.now,
                cause=one.item.document,
                actor=str(self._connection.id),
                connection=self._connection.id,
            )
            settle_item(work, one.item, one.answer)
            if one.answer.verdict is Verdict.STALE:
                ask_for_orders(work, self._connection, one.answer)

    def _settle_failed(self, turn: Turn, uow: UnitOfWork, one: Settlement, error: HubError) -> None:
        again = self.unknown(turn, one.item, f"{error.code}: {error.message}", tell=False)
        uow.outbox.settle(again.item.key, again.state, again.note, due=again.due)
        self._conditions.failed(uow, self._connection.id, turn.lease.lane, error, turn.now)
        turn.runtime.metrics.failures.labels(turn.lease.lane, error.code).inc()
        _log.error(
            "settlement_failed",
            connection=self._connection.id,
            order=one.item.order_id,
            item=one.item.key,
            code=error.code,
            detail=error.message,
        )


def _known_meanwhile(uow: UnitOfWork, item: OutboxItem) -> bool:
    """An acknowledgement may overtake our own question: then the outcome is known and stays so."""
    current = uow.outbox.get(item.key)
    return current is not None and current.state in _DEFINITE


def with_document(items: Sequence[OutboxItem], document: DocumentId) -> tuple[OutboxItem, ...]:
    """The items as they are once intended: with these bytes, one attempt more."""
    return tuple(
        replace(item, document=document, attempts=item.attempts + 1, state=OutboxState.SENDING) for item in items
    )
