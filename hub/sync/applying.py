"""One stored document: parsed outside any transaction, recorded inside one."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import datetime

from pydantic import TypeAdapter

from hub.errors import DataError, HubError, InvariantError, LeaseLostError
from hub.flows.registry import record_item
from hub.flows.work import Work
from hub.model.order import Order
from hub.model.queue import InboxEntry, InboxState, OutboxItem, QuarantineEntry
from hub.ports import UnitOfWork
from hub.sdk.capabilities import FeedSource, Item, Parsed, Reply, Source
from hub.sync.connections import LiveConnection
from hub.sync.exchanges import Admitted, Part, Standing, admit, answer_again, parts_of, reused
from hub.sync.retry import as_hub_error
from hub.sync.runtime import Turn
from hub.sync.staging import staged

REPROCESS = "reprocess"
"""Note of an inbox row that a person asked to have parsed again."""

REPLY = TypeAdapter(Reply)


@dataclass(frozen=True, slots=True)
class Reading:
    """What parsing a stored document gave: either ``parsed`` or ``error``. ``staged``: rows of it may be staged."""

    entry: InboxEntry
    parsed: Parsed | None = None
    error: HubError | None = None
    staged: bool = False

    @property
    def usable(self) -> bool:
        """Whether it can be settled in a transaction: understood, or surely not understandable."""
        return self.error is None or isinstance(self.error, DataError)


@dataclass(frozen=True, slots=True)
class Applied:
    """What became of a document: its state, items recorded, codes of the quarantine entries made, exchanges logged."""

    state: InboxState
    items: int = 0
    quarantined: tuple[str, ...] = ()
    exchanges: tuple[Admitted, ...] = ()


def read_document(turn: Turn, connection: LiveConnection, entry: InboxEntry) -> Reading:
    """Load and parse, staging the rows of a feed. No error but LeaseLostError leaves this function."""
    feeding = False
    try:
        with turn.runtime.storage.read() as uow:
            document = uow.documents.get(entry.document)
        if document is None:
            raise InvariantError(f"Document {entry.document} is in the inbox and not in the store.")
        source = source_of(connection, entry)
        with connection.using(source):
            codebook = connection.codebook.on(document.at.date())
            pieces = source.feed(document, codebook) if isinstance(source, FeedSource) else None
            if pieces is None:
                return Reading(entry, source.parse(document, codebook))
            feeding = True
            return Reading(entry, staged(turn, entry.document, pieces), staged=True)
    except LeaseLostError:
        raise
    except Exception as error:  # noqa: BLE001  the caller decides by the class
        return Reading(entry, error=as_hub_error(error), staged=feeding)


def source_of(connection: LiveConnection, entry: InboxEntry) -> Source:
    """What parses a stored document. Raises DataError ``data.unknown-stream``."""
    source = connection.source(entry.stream)
    if source is None:
        raise DataError(
            f"Connection {connection.id} has no stream {entry.stream} to parse this with.",
            code="data.unknown-stream",
            cure="Give the connection its former connector, or ignore the document.",
        )
    return source


def apply_reading(turn: Turn, uow: UnitOfWork, connection: LiveConnection, reading: Reading, *, alone: bool) -> Applied:
    """Record a document in the caller's transaction.

    ``alone``: a DataError of one item quarantines that item and the rest is recorded (one savepoint each).
    Otherwise any error is raised and the caller takes the documents one by one.
    """
    entry = reading.entry
    if entry.note:
        _release_own(uow, entry)
    applied = _apply(turn, uow, connection, reading, alone=alone)
    if reading.staged:
        uow.feeds.clear(entry.document)
    return applied


def _apply(turn: Turn, uow: UnitOfWork, connection: LiveConnection, reading: Reading, *, alone: bool) -> Applied:
    entry, now = reading.entry, turn.now
    if reading.parsed is None:
        error = reading.error or InvariantError("A reading without result or error.")
        _quarantine(uow, entry, error, now)
        uow.inbox.mark(entry.document, InboxState.QUARANTINED, error.code)
        return Applied(InboxState.QUARANTINED, quarantined=(error.code,))
    work = Work(
        uow, turn.configuration.network, now, cause=entry.document, actor=str(connection.id), connection=connection.id
    )
    recording = _Recording(work, entry, connection, reading.parsed, alone=alone)
    for part in parts_of(reading.parsed):
        recording.take(part)
    codes = recording.codes
    state = InboxState.QUARANTINED if codes and not recording.recorded else InboxState.APPLIED
    uow.inbox.mark(entry.document, state)
    return Applied(state, recording.recorded, tuple(codes), tuple(recording.admitted))


@dataclass
class _Recording:
    """A document on its way into the domain, exchange by exchange."""

    work: Work
    entry: InboxEntry
    connection: LiveConnection
    parsed: Parsed
    alone: bool
    recorded: int = 0
    codes: list[str] = field(default_factory=list)
    admitted: list[Admitted] = field(default_factory=list)
    _number: int = 0

    def take(self, part: Part) -> None:
        """Record what is news; answer a repeat again; hold what reuses a control number."""
        uow, now = self.work.uow, self.work.now
        admitted = None
        if part.received is not None:
            admitted = admit(uow, self.entry.document, part.received, self.admitted)
            self.admitted.append(admitted)
        replies = [_reply_item(self.connection, reply, now) for reply in part.replies]
        if admitted is None or admitted.standing is Standing.FRESH:
            self._record(part)
        else:
            self._number += len(part.items)
        if admitted is not None and admitted.standing is Standing.REUSED:
            alarm = reused(admitted.exchange)
            _quarantine(uow, self.entry, alarm, now)
            self.codes.append(alarm.code)
        elif admitted is not None and admitted.again:
            answer_again(uow, replies, now)
        else:
            for item in replies:
                uow.outbox.add(item)

    def _record(self, part: Part) -> None:
        uow, now = self.work.uow, self.work.now
        for problem in part.problems:
            self.codes.append(problem.code)
            uow.quarantine.add(
                QuarantineEntry(
                    self.entry.document,
                    self.connection.id,
                    problem.path,
                    problem.code,
                    problem.message,
                    problem.cure,
                    now,
                    waits_for=problem.waits_for,
                    map_version=self.connection.codebook.map_version if problem.waits_for else "",
                )
            )
        for item in part.items:
            self._record_item(item)

    def _record_item(self, item: Item) -> None:
        number, self._number = self._number, self._number + 1
        try:
            with self.work.uow.savepoint() if self.alone else nullcontext():
                record_item(self.work, item)
            self.recorded += 1
        except DataError as error:
            if not self.alone:
                raise
            whole = len(self.parsed.items) == 1 and not self.codes
            _quarantine(self.work.uow, self.entry, error, self.work.now, "" if whole else _place(item, number, error))
            self.codes.append(error.code)


def park(uow: UnitOfWork, entry: InboxEntry, error: HubError, now: datetime, attempts: int) -> None:
    """Give a document up that failed too often: kept whole, for a person."""
    _quarantine(uow, entry, error, now)
    uow.inbox.mark(entry.document, InboxState.QUARANTINED, error.code, attempts=attempts)


def _release_own(uow: UnitOfWork, entry: InboxEntry) -> None:
    """Close what an earlier try of this document left; what is still wrong is noted anew.

    Entries about an order are the flows' own: they close them when the line is mapped.
    """
    for found in uow.quarantine.open(document=entry.document, limit=10_000):
        if found.order_id is None:
            uow.quarantine.release(entry.document, found.path)


def _quarantine(uow: UnitOfWork, entry: InboxEntry, error: HubError, now: datetime, path: str | None = None) -> None:
    where = getattr(error, "path", "") if path is None else path
    uow.quarantine.add(
        QuarantineEntry(entry.document, entry.connection, where, error.code, error.message, error.cure, now)
    )


def _place(item: Item, number: int, error: DataError) -> str:
    kind = type(item).__name__
    subject = f"{kind} {item.external_id}" if isinstance(item, Order) else f"{kind} {number + 1}"
    return f"{subject}: {error.path}" if error.path else subject


def _reply_item(connection: LiveConnection, reply: Reply, now: datetime) -> OutboxItem:
    return OutboxItem(
        key=f"reply:{connection.id}:{reply.key}",
        connection=connection.id,
        kind="reply",
        payload=REPLY.dump_json(reply).decode(),
        created_at=now,
        subject=reply.subject,
    )
