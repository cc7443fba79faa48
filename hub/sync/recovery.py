"""Items whose outcome is unknown: asked about, sent again with the same bytes, or left for a person."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

import structlog

from hub.errors import ConfigurationError, HubError, InvariantError, LeaseLostError, TransientError
from hub.flows.answer import Answer, Verdict
from hub.model.document import Document
from hub.model.identity import DocumentId
from hub.model.queue import OutboxItem, OutboxState
from hub.sdk.capabilities import RepeatSafety, Sink
from hub.sync.batching import RESEND
from hub.sync.connections import LiveConnection
from hub.sync.pace import Pacer
from hub.sync.retry import OUTBOUND, Circuit, as_hub_error
from hub.sync.runtime import Turn
from hub.sync.settling import Settlement, Settling

_log = structlog.get_logger(__name__)


class Recovery:
    """Resolves what a crash left as ``sending`` and what a lost answer left as ``unknown``."""

    def __init__(self, connection: LiveConnection, settling: Settling, circuit: Circuit, pacer: Pacer) -> None:
        self._connection, self._settling, self._circuit, self._pacer = connection, settling, circuit, pacer

    def work(self, turn: Turn) -> None:
        """Settle each uncertain document."""
        for document, items in self._uncertain(turn):
            if turn.over or self._pacer.ready(turn) is not None or self._circuit.closed_at(turn.now) is not None:
                break
            turn.keep()
            failure, settlements = self._resolve(turn, document, items)
            self._settling.record(turn, settlements, failure=failure)
            if isinstance(failure, ConfigurationError):
                break

    def _uncertain(self, turn: Turn) -> list[tuple[Document | None, list[OutboxItem]]]:
        limit = turn.runtime.limits.items_per_turn
        with turn.runtime.storage.read() as uow:
            items = uow.outbox.in_state(self._connection.id, OutboxState.SENDING, limit)
            unknown = uow.outbox.in_state(self._connection.id, OutboxState.UNKNOWN, limit)
            items += [item for item in unknown if item.due is None or item.due <= turn.now]
            groups = _by_document(items)
            return [(uow.documents.get(name) if name else None, group) for name, group in groups.items()]

    def _resolve(
        self, turn: Turn, document: Document | None, items: list[OutboxItem]
    ) -> tuple[HubError | None, list[Settlement]]:
        sink = self._connection.sink(items[0].kind)
        if document is None or sink is None:
            note = "Its bytes or its sink are gone."
            return InvariantError(note), [self._settling.waiting(turn, item, note) for item in items]
        if sink.repeat_safety is RepeatSafety.NONE:
            note = "The answer was lost and the partner can't be asked; it is not sent again."
            return None, [self._settling.waiting(turn, item, note) for item in items]
        if sink.repeat_safety is RepeatSafety.LOOKUP:
            return self._look_up(turn, sink, document, items)
        _log.info("outcome_repeated", connection=self._connection.id, document=document.id, items=len(items))
        return None, [self._send_again(turn, item, "the partner recognises a repeat") for item in items]

    def _look_up(
        self, turn: Turn, sink: Sink, document: Document, items: list[OutboxItem]
    ) -> tuple[HubError | None, list[Settlement]]:
        try:
            with self._connection.using(sink):
                receipt = sink.lookup(document)
        except LeaseLostError:
            raise
        except Exception as raised:  # noqa: BLE001  whatever it is, the outcome is still unknown
            error = as_hub_error(raised)
            if isinstance(error, TransientError):
                self._circuit.failed(error, turn.now)
            turn.runtime.metrics.failures.labels(turn.lease.lane, error.code).inc()
            return error, [self._still_unknown(turn, document, item, error) for item in items]
        self._circuit.succeeded()
        _log.info("outcome_looked_up", connection=self._connection.id, document=document.id, found=receipt is not None)
        if receipt is None:
            return None, [self._not_there(turn, document, item) for item in items]
        return None, self._settling.by_receipt(turn, items, receipt)

    def _not_there(self, turn: Turn, document: Document, item: OutboxItem) -> Settlement:
        """Believed of what has been unknown for a while; right after a crash the bytes may still be on their way."""
        if item.state is OutboxState.UNKNOWN:
            return self._send_again(turn, item, "the partner has not got it")
        return self._settling.unknown(turn, item, "The partner has not got it yet.", tell=False, since=document.at)

    def _still_unknown(self, turn: Turn, document: Document, item: OutboxItem, error: HubError) -> Settlement:
        note = f"{error.code}: {error.message}"
        if turn.now - document.at > timedelta(hours=turn.runtime.limits.unknown_hours):
            return self._settling.waiting(turn, item, note)
        tell = item.state is OutboxState.SENDING
        return self._settling.unknown(turn, item, note, tell=tell, since=document.at)

    def _send_again(self, turn: Turn, item: OutboxItem, why: str) -> Settlement:
        if item.attempts >= OUTBOUND.attempts:
            return self._settling.waiting(turn, item, f"Sent {item.attempts} times without an answer.")
        due = turn.now if item.attempts <= 1 else turn.now + OUTBOUND.wait(item.attempts - 1, turn.runtime.rng)
        # A newer item that replaces this one must know that it may have arrived.
        answer = Answer(Verdict.UNCERTAIN, turn.now, message=why) if item.coalesce else None
        return Settlement(item, OutboxState.PENDING, RESEND + why, due, answer)


def _by_document(items: Iterable[OutboxItem]) -> dict[DocumentId, list[OutboxItem]]:
    groups: dict[DocumentId, list[OutboxItem]] = {}
    for item in items:
        groups.setdefault(item.document or DocumentId(""), []).append(item)
    return groups
