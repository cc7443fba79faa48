"""Webhooks: verified, then durable, then answered. Many that arrive together share one commit."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import structlog

from hub.model.document import Document
from hub.model.identity import DocumentId
from hub.ports import UnitOfWork
from hub.sync.connections import LiveConnection
from hub.sync.marks import lane_names
from hub.sync.runtime import Runtime

_log = structlog.get_logger(__name__)


@dataclass
class _Waiting:
    """One webhook whose sender waits for the commit."""

    documents: Sequence[Document]
    stream: str
    lane: str
    stored: list[DocumentId] = field(default_factory=list)
    error: Exception | None = None
    done: bool = False


class WebhookIntake:
    """Group commit without a thread of its own: whoever comes first writes for all who wait by then.

    The price of a commit is its fsync; fifty senders that wait for one fsync are answered as fast as one.
    """

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._queue: list[_Waiting] = []
        self._queueing = threading.Lock()
        self._writing = threading.Lock()

    def accept(self, connection: LiveConnection, headers: Mapping[str, str], body: bytes) -> list[DocumentId]:
        """The ids of the new documents, once they are committed; empty for a repeat. Raises what ``receive`` and
        storage raise; then nothing was stored."""
        receiver = connection.receiver
        if receiver is None:
            return []
        lowered = {name.lower(): value for name, value in headers.items()}
        with connection.using(receiver):
            documents = receiver.receive(lowered, body, self._runtime.clock())
        if not documents:
            return []
        waiting = _Waiting(documents, connection.webhook_stream, lane_names(connection.id).inbound)
        with self._queueing:
            self._queue.append(waiting)
        with self._writing:
            if not waiting.done:
                self._write_all()
        if waiting.error is not None:
            raise waiting.error
        metrics, fresh = self._runtime.metrics, len(waiting.stored)
        metrics.fetched.labels(connection.id).inc(fresh)
        metrics.duplicates.labels(connection.id).inc(len(documents) - fresh)
        _log.info("webhook_stored", connection=connection.id, documents=waiting.stored, sent=len(documents))
        return waiting.stored

    def _write_all(self) -> None:
        with self._queueing:
            taken, self._queue = self._queue, []
        try:
            with self._runtime.storage.begin() as uow:
                results = [self._write(uow, waiting) for waiting in taken]
        except Exception as error:  # noqa: BLE001  every sender gets its own answer below
            if len(taken) == 1:
                taken[0].error, taken[0].done = error, True
                return
            for waiting in taken:
                self._write_alone(waiting)
            return
        for waiting, stored in zip(taken, results, strict=True):
            waiting.stored, waiting.done = stored, True

    def _write_alone(self, waiting: _Waiting) -> None:
        try:
            with self._runtime.storage.begin() as uow:
                stored = self._write(uow, waiting)
        except Exception as error:  # noqa: BLE001  raised again in the sender's own thread
            waiting.error, waiting.done = error, True
        else:
            waiting.stored, waiting.done = stored, True

    @staticmethod
    def _write(uow: UnitOfWork, waiting: _Waiting) -> list[DocumentId]:
        stored = uow.inbox.add(waiting.documents, waiting.stream)
        if stored:
            uow.lanes.mark(waiting.lane)
        return stored
