"""Lines that wait for an item: read again, once, by the first map of items that names what they wait for (ADR 0030)."""

from __future__ import annotations

import structlog

from hub.mapping.codebook import Codebook
from hub.model.identity import DocumentId
from hub.model.queue import InboxState, QuarantineEntry
from hub.ports import UnitOfWork
from hub.sync.applying import REPROCESS
from hub.sync.connections import LiveConnection
from hub.sync.runtime import Turn

_log = structlog.get_logger(__name__)

_SETTLED = frozenset({InboxState.APPLIED, InboxState.QUARANTINED})
ENTRIES_PER_TRANSACTION = 500


def read_waiting_again(turn: Turn, connection: LiveConnection) -> int:
    """Mark the documents of whose waiting lines the connection's map names one; how many.

    Called in the lane that applies them, so that no document is being read by the map before. A document is marked at
    most once for a map: entries say by which one they were judged, and a document that is marked already is left. What
    is marked is stored, so that a crash at any moment neither loses nor doubles it.
    """
    after = marked = waiting = 0
    while True:
        turn.keep()
        with turn.runtime.storage.read() as uow:
            entries = uow.quarantine.waiting(connection.id, after=after, limit=ENTRIES_PER_TRANSACTION)
        # Outside a transaction: of a big map this takes its time.
        documents = _to_read_again(connection.codebook, entries)
        if documents:
            with turn.begin() as uow:
                marked += sum(_mark(uow, document) for document in documents)
        waiting += len(entries)
        if len(entries) < ENTRIES_PER_TRANSACTION:
            break
        after = entries[-1].id
    if waiting:
        _log.info("waiting_lines", connection=connection.id, lines=waiting, documents_read_again=marked)
    return marked


def _to_read_again(codebook: Codebook, entries: list[QuarantineEntry]) -> list[DocumentId]:
    """Documents with an entry that was judged by another map and whose item this one names; each once."""
    named = (
        each.document for each in entries if each.map_version != codebook.map_version and codebook.names(each.waits_for)
    )
    return list(dict.fromkeys(named))


def _mark(uow: UnitOfWork, document: DocumentId) -> bool:
    entry = uow.inbox.entry(document)
    if entry is None or entry.state not in _SETTLED:
        return False
    uow.inbox.mark(document, InboxState.STORED, REPROCESS, attempts=0)
    return True
