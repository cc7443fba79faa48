"""Facts to bytes: render, store, send, settle (steps 7 and 8 of every flow).

Bytes are committed before they leave (``sending``), so after a crash the rows in that state are exactly those whose
outcome is unknown. They are settled by asking the partner, or by sending the same bytes again where the partner
recognises them; a partner with neither is never sent to again by us.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import structlog

from hub.errors import (
    ConfigurationError,
    DataError,
    HubError,
    InvariantError,
    LeaseLostError,
    RefusedError,
    TransientError,
)
from hub.model.document import Direction, Document
from hub.model.identity import OrderId
from hub.model.queue import OutboxItem, OutboxState
from hub.ports import UnitOfWork
from hub.sdk.capabilities import RepeatSafety, Sink, Stamp
from hub.sync.batching import ALONE, envelope_of, goes_again, is_resend, next_batch, repeat_note, stamp_key
from hub.sync.condition import Conditions
from hub.sync.connections import LiveConnection
from hub.sync.exchanges import log_sent
from hub.sync.pace import Pacer
from hub.sync.recovery import Recovery
from hub.sync.retry import OUTBOUND, Circuit, as_hub_error, retry_after
from hub.sync.runtime import Done, Turn
from hub.sync.settling import Settlement, Settling, with_document

_log = structlog.get_logger(__name__)

_LOOK = 500
"""Items of unknown outcome looked at for the next time one of them is due."""

_CHANGED_MEANWHILE = "storage.outbox-settled"
"""An item was withdrawn or replaced after it was read: nothing is sent and what is due is read anew."""


@dataclass(frozen=True, slots=True)
class Sendable:
    """Bytes and the items they carry."""

    document: Document
    items: tuple[OutboxItem, ...]


class Sending:
    """The out-lane of a connection."""

    def __init__(self, connection: LiveConnection, circuit: Circuit, conditions: Conditions, pacer: Pacer) -> None:
        self._connection, self._circuit, self._conditions, self._pacer = connection, circuit, conditions, pacer
        self._settling = Settling(connection, conditions)
        self._recovery = Recovery(connection, self._settling, circuit, pacer)

    def rest(self, uow: UnitOfWork, now: datetime) -> Done | None:
        """See Job."""
        name = self._connection.id
        if self._conditions.is_paused(uow, name):
            return Done()
        closed = self._circuit.closed_at(now)
        unknown = uow.outbox.in_state(name, OutboxState.UNKNOWN, _LOOK)
        if closed is None and (
            uow.outbox.due(name, now, 1)
            or uow.outbox.in_state(name, OutboxState.SENDING, 1)
            or any(item.due is None or item.due <= now for item in unknown)
        ):
            return None
        return Done(self._following(uow, unknown, now, closed))

    def work(self, turn: Turn) -> Done:
        """Settle what is uncertain, then send what is due, in order."""
        if self._is_paused(turn):
            return Done()
        self._recovery.work(turn)
        stop = self._circuit.closed_at(turn.now)
        while stop is None and not turn.over and not self._is_paused(turn):
            with turn.runtime.storage.read() as uow:
                due = uow.outbox.due(self._connection.id, turn.now, turn.runtime.limits.items_per_turn)
            if not due:
                break
            stop = self._send_all(turn, due)
        if turn.ended:
            return Done(moved=turn.moved)
        return Done(self._next_due(turn, stop), turn.moved)

    def _is_paused(self, turn: Turn) -> bool:
        with turn.runtime.storage.read() as uow:
            return self._conditions.is_paused(uow, self._connection.id)

    def _next_due(self, turn: Turn, stop: datetime | None) -> datetime | None:
        with turn.runtime.storage.read() as uow:
            if self._conditions.is_paused(uow, self._connection.id):
                return None
            unknown = uow.outbox.in_state(self._connection.id, OutboxState.UNKNOWN, _LOOK)
            return self._following(uow, unknown, turn.now, stop)

    def _following(
        self, uow: UnitOfWork, unknown: Sequence[OutboxItem], now: datetime, stop: datetime | None
    ) -> datetime | None:
        """When something is due next, not before ``stop``."""
        due = uow.outbox.next_due(self._connection.id)
        dues = [*([due] if due is not None else []), *(item.due or now for item in unknown)]
        if not dues:
            return None
        return max(min(dues), stop) if stop is not None else min(dues)

    def _send_all(self, turn: Turn, due: Sequence[OutboxItem]) -> datetime | None:
        """Send these in order; the time to come back where the partner is to be left alone for now."""
        remaining, left_behind = list(due), set[OrderId | None]()
        while remaining and not turn.over:
            sink = self._connection.sink(remaining[0].kind)
            batch, remaining = next_batch(remaining, sink.batch_limit if sink is not None else 1)
            batch = [item for item in batch if item.order_id not in left_behind]
            if not batch:
                continue
            if sink is None:
                self._settling.record(turn, [self._no_sink(turn, batch[0])])
                continue
            stop = self._send_batch(turn, sink, batch, left_behind)
            if stop is not None:
                return stop
        return None

    def _send_batch(
        self, turn: Turn, sink: Sink, batch: list[OutboxItem], left_behind: set[OrderId | None]
    ) -> datetime | None:
        ready = self._pacer.ready(turn)
        if ready is not None:
            return ready
        turn.keep()
        try:
            rendered = self._prepare(turn, sink, batch)
        except (LeaseLostError, TransientError):
            raise
        except Exception as raised:  # noqa: BLE001  one bad item refuses only itself
            error = as_hub_error(raised)
            if error.code == _CHANGED_MEANWHILE:
                return turn.now
            return self._not_rendered(turn, sink, batch, left_behind, error)
        stop = self._send(turn, sink, rendered[0], left_behind) if rendered else None
        for one in rendered[1:]:
            stop = stop or self._pacer.ready(turn)
            if stop is not None or turn.over:
                return stop
            stop = self._send_next(turn, sink, one, left_behind)
        return stop

    def _send_next(self, turn: Turn, sink: Sink, one: Sendable, left_behind: set[OrderId | None]) -> datetime | None:
        """A further document of the same rendering: intended only now, so that a crash leaves one uncertain."""
        turn.keep()
        try:
            with turn.begin() as uow:
                sendable = self._keep(uow, one.document, one.items)
        except InvariantError as error:
            if error.code != _CHANGED_MEANWHILE:
                raise
            return turn.now
        return self._send(turn, sink, sendable, left_behind)

    def _prepare(self, turn: Turn, sink: Sink, batch: list[OutboxItem]) -> list[Sendable]:
        """The bytes to send, the first of them stored and its items marked as sending."""
        if is_resend(batch[0]):
            return self._again(turn, batch)
        envelopes = [envelope_of(item) for item in batch]
        by_key = {item.key: item for item in batch}
        # The object is locked before the transaction: a fetch that hangs in it must not hold the database's writer.
        with self._connection.using(sink), turn.begin() as uow:
            codebook = self._connection.codebook.on(turn.now.date())
            series = sink.sequences(envelopes, codebook)
            stamp = Stamp(turn.now, stamp_key(batch), tuple(uow.sequences.next(name) for name in series))
            documents = sink.render(envelopes, codebook, stamp)
            covered = [key for document in documents for key in document.item_keys]
            if sorted(covered) != sorted(by_key):
                raise InvariantError("The rendered documents do not carry each item exactly once.")
            named = [self._named(document, stamp.key) for document in documents]
            split = [Sendable(one, tuple(by_key[key] for key in one.item_keys)) for one in named]
            return [self._keep(uow, split[0].document, split[0].items), *split[1:]]

    def _again(self, turn: Turn, batch: list[OutboxItem]) -> list[Sendable]:
        with turn.begin() as uow:
            document = uow.documents.get(batch[0].document) if batch[0].document else None
            if document is None:
                raise InvariantError(f"The bytes of outbox item {batch[0].key} are not in the store.")
            # All items it carries go with it, or those left out would send it once more.
            carried = [uow.outbox.get(key) for key in document.item_keys]
            items = [item for item in carried if item is not None and goes_again(item, document)]
            uow.outbox.intend(items, document.id)
        return [Sendable(document, with_document(items, document.id))] if items else []

    def _named(self, document: Document, key: str) -> Document:
        return replace(
            document,
            connection=self._connection.id,
            direction=Direction.OUTBOUND,
            source_id=document.source_id or key,
        )

    def _keep(self, uow: UnitOfWork, document: Document, items: Sequence[OutboxItem]) -> Sendable:
        stored = uow.documents.add(document)
        if stored is None:
            # Rendered before under the same name, and surely not received then: this is another document.
            document = replace(document, source_id=f"{document.source_id}~{stamp_key(items)}")
            stored = uow.documents.add(document)
        if stored is None:
            raise InvariantError("Two outbound documents have one name.")
        orders = sorted({item.order_id for item in items if item.order_id is not None})
        if orders:
            uow.documents.link(stored, orders)
        uow.outbox.intend(items, stored)
        document = replace(document, id=stored)
        log_sent(uow, document)
        return Sendable(document, with_document(items, stored))

    def _not_rendered(
        self, turn: Turn, sink: Sink, batch: list[OutboxItem], left_behind: set[OrderId | None], error: HubError
    ) -> datetime | None:
        if isinstance(error, ConfigurationError):
            pending = [self._pending(turn, item, item.note, turn.now) for item in batch]
            self._settling.record(turn, pending, failure=error)
            return turn.now
        if len(batch) > 1:
            for item in batch:
                stop = self._send_batch(turn, sink, [item], left_behind)
                if stop is not None:
                    return stop
            return None
        turn.runtime.metrics.failures.labels(turn.lease.lane, error.code).inc()
        if isinstance(error, DataError | RefusedError):
            self._settling.record(turn, [self._settling.refused(turn, batch[0], error)])
        else:
            self._settling.record(turn, [self._settling.failed(turn, batch[0], error)], failure=error)
        left_behind.update(item.order_id for item in batch if item.order_id is not None)
        return None

    def _send(self, turn: Turn, sink: Sink, sendable: Sendable, left_behind: set[OrderId | None]) -> datetime | None:
        started = turn.runtime.monotonic()
        failure: HubError | None = None
        try:
            with self._connection.using(sink):
                receipt = sink.send(sendable.document)
        except LeaseLostError:
            raise
        except Exception as raised:  # noqa: BLE001  the class of the error says what happens next
            failure = as_hub_error(raised)
            settlements = self._by_error(turn, sink, sendable, failure)
        else:
            self._circuit.succeeded()
            settlements = self._settling.by_receipt(turn, sendable.items, receipt)
        kind = sendable.items[0].kind
        turn.runtime.metrics.send_seconds.labels(self._connection.id, kind).observe(turn.runtime.monotonic() - started)
        ails = failure is not None and not isinstance(failure, RefusedError)
        # After a failure more is to be decided than whether something is due.
        rest = self.rest if failure is None else None
        self._settling.record(turn, settlements, failure=failure if ails else None, rest=rest)
        open_ended = (OutboxState.ACCEPTED, OutboxState.REFUSED)
        left_behind.update(
            one.item.order_id for one in settlements if one.state not in open_ended and one.item.order_id is not None
        )
        if isinstance(failure, ConfigurationError):
            return turn.now
        return self._circuit.closed_at(turn.now)

    def _by_error(self, turn: Turn, sink: Sink, sendable: Sendable, error: HubError) -> list[Settlement]:
        turn.runtime.metrics.failures.labels(turn.lease.lane, error.code).inc()
        items = sendable.items
        match error:
            case TransientError():
                self._circuit.failed(error, turn.now)
                wait = OUTBOUND.wait(items[0].attempts, turn.runtime.rng, retry_after(error))
                return [self._retried(turn, item, error, turn.now + wait) for item in items]
            case RefusedError():
                self._circuit.succeeded()
                if len(items) > 1:
                    return [self._pending(turn, item, ALONE + error.code, turn.now) for item in items]
                return [self._settling.refused(turn, item, error) for item in items]
            case ConfigurationError():
                return [self._pending(turn, item, repeat_note(item, error), turn.now) for item in items]
            case _:
                # A partner that lets every send hang is left alone for a while, too.
                self._circuit.failed(error, turn.now)
                note = f"{error.code}: {error.message}"
                if sink.repeat_safety is RepeatSafety.NONE:
                    return [self._settling.waiting(turn, item, note) for item in items]
                return [self._settling.unknown(turn, item, note, tell=True) for item in items]

    def _retried(self, turn: Turn, item: OutboxItem, error: HubError, due: datetime) -> Settlement:
        if item.attempts >= OUTBOUND.attempts:
            return self._settling.failed(turn, item, error)
        return self._pending(turn, item, repeat_note(item, error), due)

    @staticmethod
    def _pending(turn: Turn, item: OutboxItem, note: str, due: datetime) -> Settlement:
        return Settlement(item, OutboxState.PENDING, note, max(due, turn.now))

    def _no_sink(self, turn: Turn, item: OutboxItem) -> Settlement:
        error = RefusedError(
            f"Connection {self._connection.id} can't be told of a {item.kind}.",
            code="configuration.no-sink",
            cure="Give it a connector with that capability, or route elsewhere.",
        )
        return self._settling.refused(turn, item, error)
