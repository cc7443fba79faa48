"""Bytes to facts: fetch and store with the cursor, then parse and record (steps 2 to 6 of every flow)."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import datetime

import structlog

from hub.errors import ConfigurationError, HubError, LeaseLostError
from hub.model.queue import InboxEntry
from hub.ports import UnitOfWork
from hub.sdk.capabilities import Page, Source
from hub.sync.applying import Applied, Reading, apply_reading, park, read_document
from hub.sync.catching_up import resume_caught_up
from hub.sync.condition import Conditions
from hub.sync.connections import LiveConnection
from hub.sync.exchanges import Admitted, Standing
from hub.sync.marks import lane_names, marked
from hub.sync.pace import Pacer
from hub.sync.retry import Circuit, as_hub_error, retry_after
from hub.sync.runtime import Done, Turn
from hub.sync.schedule import PollState, poll_row
from hub.sync.waiting import WaitingRoom
from hub.sync.waiting_lines import read_waiting_again

_log = structlog.get_logger(__name__)


class Fetching:
    """The fetch lane of a connection: every polled stream in turn."""

    def __init__(self, connection: LiveConnection, circuit: Circuit, conditions: Conditions, pacer: Pacer) -> None:
        self._connection, self._circuit, self._conditions, self._pacer = connection, circuit, conditions, pacer

    def rest(self, uow: UnitOfWork, now: datetime) -> Done | None:
        """See Job."""
        if self._conditions.is_paused(uow, self._connection.id):
            return Done()
        dues, closed = self._dues(uow, now), self._circuit.closed_at(now)
        if closed is None and any(due <= now for due in dues.values()):
            return None
        return Done(min((closed if closed and due <= now else due for due in dues.values()), default=None))

    def work(self, turn: Turn) -> Done:
        """Fetch the streams that are due."""
        now = turn.now
        with turn.runtime.storage.read() as uow:
            if self._conditions.is_paused(uow, self._connection.id):
                return Done()
            dues = self._dues(uow, now)
        moved = False
        for stream in sorted(dues):
            closed = self._circuit.closed_at(turn.now)
            if dues[stream] > now or turn.over:
                continue
            if closed is not None:
                dues[stream] = closed
                continue
            dues[stream], fetched = self._fetch_guarded(turn, stream)
            moved = moved or fetched
        return Done(min(dues.values(), default=None), moved)

    def _dues(self, uow: UnitOfWork, now: datetime) -> dict[str, datetime]:
        return {stream: _due(uow, self._connection, stream, now) for stream in self._connection.polls}

    def _fetch_guarded(self, turn: Turn, stream: str) -> tuple[datetime, bool]:
        try:
            return self.fetch_stream(turn, stream)
        except LeaseLostError:
            raise
        except Exception as error:  # noqa: BLE001  one bad partner stops only itself
            return self._failed(turn, stream, as_hub_error(error)), False

    def fetch_stream(self, turn: Turn, stream: str) -> tuple[datetime, bool]:
        """Fetch page after page; each is stored together with its cursor before the partner is told.

        Returns when the stream is due next, and whether new documents came. Raises what ``fetch`` raises.
        """
        connection = self._connection
        source = connection.source(stream)
        if source is None:
            raise ConfigurationError(
                f"Connection {connection.id} has no stream {stream}.",
                code="configuration.unknown-stream",
                cure="Look up the streams of its connector: `hub connector list`.",
            )
        with turn.runtime.storage.read() as uow:
            before = PollState.read(uow.inbox.cursor(connection.id, poll_row(stream))) or PollState(turn.now)
        known = replace(before, began=before.began or turn.now)
        next_due, moved = connection.polls[stream].after(turn.now), False
        for _ in range(turn.runtime.limits.pages_per_turn):
            ready = self._pacer.ready(turn)
            if ready is not None:
                return ready, moved
            turn.keep()
            with turn.runtime.storage.read() as uow:
                cursor = uow.inbox.cursor(connection.id, stream)
            with connection.using(source):
                page = source.fetch(cursor)
            moved = self._store(turn, stream, page, known, next_due) or moved
            self._settle(source, page)
            if not page.more:
                if stream == connection.order_stream:
                    resume_caught_up(turn, connection)
                return next_due, moved
            if turn.over:
                break
        return turn.now, moved

    def _store(self, turn: Turn, stream: str, page: Page, known: PollState, next_due: datetime) -> bool:
        connection, metrics = self._connection, turn.runtime.metrics
        with turn.begin() as uow:
            stored = uow.inbox.add(page.documents, stream) if page.documents else []
            uow.inbox.advance(connection.id, stream, page.cursor)
            self._note(uow, stream, page, known, next_due)
            if stored:
                uow.lanes.mark(lane_names(connection.id).inbound)
            self._conditions.succeeded(uow, connection.id, turn.lease.lane, turn.now)
            # With documents, the lane is ours until the partner was told that we have them.
            rest = None if page.documents or page.more else self.rest(uow, turn.now)
            if rest is not None:
                turn.end(uow, rest.next_due)
        self._circuit.succeeded()
        metrics.fetched.labels(connection.id).inc(len(stored))
        metrics.duplicates.labels(connection.id).inc(len(page.documents) - len(stored))
        if stored:
            _log.info("page_stored", connection=connection.id, stream=stream, documents=stored)
        return bool(stored)

    def _note(self, uow: UnitOfWork, stream: str, page: Page, known: PollState, next_due: datetime) -> None:
        row = poll_row(stream)
        current = PollState.read(uow.inbox.cursor(self._connection.id, row)) or known
        if page.more:
            uow.inbox.advance(self._connection.id, row, replace(known, next_due=current.next_due).text)
            return
        # Somebody asked for a fetch while this one was under way: it may have come too late for this one.
        due = next_due if current.next_due == known.next_due else min(next_due, current.next_due)
        uow.inbox.advance(self._connection.id, row, PollState(due, last=known.began).text)

    def _settle(self, source: Source, page: Page) -> None:
        try:
            with self._connection.using(source):
                source.settle(page)
        except Exception as error:  # noqa: BLE001  the documents are stored; the partner shows them again at worst
            _log.warning("settle_failed", connection=self._connection.id, code=as_hub_error(error).code)

    def _failed(self, turn: Turn, stream: str, error: HubError) -> datetime:
        connection, runtime = self._connection, turn.runtime
        due = turn.now
        # A pause ends by a change of settings, and then the stream is due at once.
        if not isinstance(error, ConfigurationError):
            failures = self._circuit.failed(error, turn.now)
            wait = self._circuit.policy.wait(failures, runtime.rng, retry_after(error))
            due = max(turn.now + wait, self._circuit.closed_at(turn.now) or turn.now)
            due = connection.polls[stream].opening(due)
        with turn.begin() as uow:
            known = PollState.read(uow.inbox.cursor(connection.id, poll_row(stream))) or PollState(due)
            uow.inbox.advance(connection.id, poll_row(stream), known.due_at(due).text)
            self._conditions.failed(uow, connection.id, turn.lease.lane, error, turn.now)
        runtime.metrics.failures.labels(turn.lease.lane, error.code).inc()
        _log.warning("fetch_failed", connection=connection.id, stream=stream, code=error.code, due=due.isoformat())
        return due


def _due(uow: UnitOfWork, connection: LiveConnection, stream: str, now: datetime) -> datetime:
    schedule = connection.polls[stream]
    stored = PollState.read(uow.inbox.cursor(connection.id, poll_row(stream)))
    # A time missed while the hub was down is no reason to call outside the hours; somebody's wish is.
    if stored is None or (schedule.allows(stored.next_due) and not schedule.allows(now)):
        return schedule.opening(now)
    # A schedule made shorter by a reload, or a clock that was ahead, must not leave the stream asleep.
    return min(stored.next_due, max(now, schedule.after(now)))


class Applying:
    """The in-lane of a connection: stored documents are parsed and recorded, oldest first."""

    def __init__(self, connection: LiveConnection, conditions: Conditions, rng: random.Random) -> None:
        self._connection, self._conditions = connection, conditions
        self._waiting = WaitingRoom(rng)
        self._map_is_new = True

    def rest(self, uow: UnitOfWork, now: datetime) -> Done | None:
        """See Job."""
        if self._map_is_new and uow.quarantine.waiting(self._connection.id, limit=1):
            return None
        pending = uow.inbox.pending(self._connection.id, len(self._waiting) + 1)
        if any(self._waiting.may_try(entry.document, now) for entry in pending):
            return None
        return Done(self._waiting.next_due(now))

    def work(self, turn: Turn) -> Done:
        """Apply what is pending, a batch per transaction; a document that fails is taken alone.

        A connection whose map has changed is a new one with a job of its own: its first turn looks what waited for it.
        """
        if self._map_is_new:
            read_waiting_again(turn, self._connection)
            self._map_is_new = False
        done = self._apply_pending(turn)
        if done.moved:
            resume_caught_up(turn, self._connection)
        return done

    def _apply_pending(self, turn: Turn) -> Done:
        moved = False
        while not turn.over:
            now = turn.now
            entries = self._pending(turn, now)
            if not entries:
                return Done(self._waiting.next_due(now), moved)
            turn.keep()
            moved = True
            self._apply(turn, self._read(turn, entries))
        return Done(turn.now, moved)

    def _read(self, turn: Turn, entries: list[InboxEntry]) -> list[Reading]:
        """As many as a transaction has time for, one at least."""
        late, readings = turn.soon(), []
        for entry in entries:
            readings.append(read_document(turn, self._connection, entry))
            if late():
                break
        return readings

    def _pending(self, turn: Turn, now: datetime) -> list[InboxEntry]:
        limit = turn.runtime.limits.documents_per_transaction
        with turn.runtime.storage.read() as uow:
            found = uow.inbox.pending(self._connection.id, limit + len(self._waiting))
        if len(found) < limit + len(self._waiting):
            self._waiting.keep_only({entry.document for entry in found})
        return [entry for entry in found if self._waiting.may_try(entry.document, now)][:limit]

    def _apply(self, turn: Turn, readings: list[Reading]) -> None:
        usable = [reading for reading in readings if reading.usable]
        for reading in readings:
            if reading.error is not None and not reading.usable:
                self._failed(turn, reading.entry, reading.error)
        if len(usable) > 1 and self._apply_together(turn, usable):
            return
        for reading in usable:
            if not turn.ended:
                self._apply_alone(turn, reading)

    def _apply_together(self, turn: Turn, readings: list[Reading]) -> bool:
        """What there is time for in one transaction; False where one raised, and then nothing happened."""
        done: list[Applied] = []
        try:
            with turn.begin() as uow, marked(uow) as noted:
                late = turn.soon()
                for one in readings:
                    done.append(apply_reading(turn, noted, self._connection, one, alone=False))
                    if late():
                        break
                self._succeeded(turn, uow)
        except LeaseLostError:
            raise
        except Exception:  # noqa: BLE001  each is taken alone right after, and its error is kept there
            return False
        for reading, applied in zip(readings, done, strict=False):
            self._tell(turn, reading.entry, applied)
        return True

    def _apply_alone(self, turn: Turn, reading: Reading) -> None:
        try:
            with turn.begin() as uow, marked(uow) as noted:
                applied = apply_reading(turn, noted, self._connection, reading, alone=True)
                self._succeeded(turn, uow)
        except LeaseLostError:
            raise
        except Exception as error:  # noqa: BLE001  one bad message stops only itself
            self._failed(turn, reading.entry, as_hub_error(error))
        else:
            self._tell(turn, reading.entry, applied)

    def _succeeded(self, turn: Turn, uow: UnitOfWork) -> None:
        self._conditions.succeeded(uow, self._connection.id, turn.lease.lane, turn.now)
        rest = self.rest(uow, turn.now)
        if rest is not None:
            turn.end(uow, rest.next_due)

    def _failed(self, turn: Turn, entry: InboxEntry, error: HubError) -> None:
        attempts = entry.attempts + 1
        policy = self._waiting.policy(error)
        final = attempts >= policy.attempts and not isinstance(error, ConfigurationError)
        with turn.begin() as uow:
            if final:
                self._waiting.forget(entry.document)
                park(uow, entry, error, turn.now, attempts)
            else:
                self._waiting.keep(entry.document, error, attempts, turn.now)
                uow.inbox.mark(entry.document, entry.state, f"{error.code}: {error.message}", attempts=attempts)
            if isinstance(error, ConfigurationError) or final:
                self._conditions.failed(uow, self._connection.id, turn.lease.lane, error, turn.now)
        metrics = turn.runtime.metrics
        metrics.failures.labels(turn.lease.lane, error.code).inc()
        if final:
            metrics.quarantined.labels(self._connection.id, error.code).inc()
        _log.warning(
            "document_parked" if final else "document_waits",
            connection=self._connection.id,
            document=entry.document,
            code=error.code,
            attempt=attempts,
        )

    def _tell(self, turn: Turn, entry: InboxEntry, applied: Applied) -> None:
        connection, metrics = self._connection.id, turn.runtime.metrics
        self._waiting.forget(entry.document)
        metrics.applied.labels(connection).inc()
        for code in applied.quarantined:
            metrics.quarantined.labels(connection, code).inc()
        for one in applied.exchanges:
            self._tell_exchange(entry, one)
        _log.info(
            f"document_{applied.state}",
            connection=connection,
            document=entry.document,
            items=applied.items,
            quarantined=list(applied.quarantined),
        )

    def _tell_exchange(self, entry: InboxEntry, admitted: Admitted) -> None:
        if admitted.standing is Standing.FRESH and admitted.expected is None:
            return
        exchange = admitted.exchange
        _log.warning(
            f"exchange_{admitted.standing}" if admitted.expected is None else "exchange_numbers_skipped",
            connection=self._connection.id,
            document=entry.document,
            control_number=exchange.control_number,
            sender=exchange.sender,
            expected=admitted.expected,
            earlier=exchange.document if admitted.standing is Standing.REPEATED else None,
        )
