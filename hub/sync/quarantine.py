"""What a person does with documents and intentions that stopped: used by the CLI and the console."""

from __future__ import annotations

from hub.errors import InvariantError
from hub.flows.answer import Answer, Verdict
from hub.flows.registry import settle_item
from hub.model.fulfilment import FulfilmentRequest
from hub.model.identity import DocumentId
from hub.model.network import Network
from hub.model.queue import InboxState, OutboxItem, OutboxState
from hub.ports import Clock, Storage, UnitOfWork
from hub.sync.applying import REPROCESS
from hub.sync.batching import RESEND
from hub.sync.marks import lane_names, working

_STOPPED = frozenset({OutboxState.FAILED, OutboxState.WAITING, OutboxState.REFUSED})


def reprocess(storage: Storage, document: DocumentId) -> bool:
    """Parse and record a stored document again; False where it is no inbound document.

    Its open quarantine entries are closed as far as it goes well. What was recorded before is not recorded twice.
    """
    with storage.begin() as uow:
        entry = uow.inbox.entry(document)
        if entry is None:
            return False
        uow.inbox.mark(document, InboxState.STORED, REPROCESS, attempts=0)
        uow.lanes.mark(lane_names(entry.connection).inbound)
    return True


def release(storage: Storage, entry_id: int) -> bool:
    """Close a quarantine entry as dealt with; False where there is none that is open.

    A document of which nothing was recorded counts as ignored once its last entry is closed.
    """
    with storage.begin() as uow:
        entry = uow.quarantine.get(entry_id)
        if entry is None or not uow.quarantine.release(entry.document, entry.path):
            return False
        inbox = uow.inbox.entry(entry.document)
        left = uow.quarantine.open(document=entry.document, limit=1)
        if inbox is not None and inbox.state is InboxState.QUARANTINED and not left:
            uow.inbox.mark(entry.document, InboxState.IGNORED, "released")
    return True


def send_again(storage: Storage, key: str, clock: Clock) -> bool:
    """Send a failed, waiting or refused item once more, with its stored bytes where it has any.

    For a partner that can't be asked this may double what it did: only after the person has asked it. False where
    there is no such item, and for a fulfilment request that is over: its units are somebody else's by now.
    """
    with storage.begin() as uow:
        item = uow.outbox.get(key)
        if item is None or item.state not in _STOPPED or _is_over(uow, item):
            return False
        note = "a person asked for it"
        repeats = item.document is not None and item.state is not OutboxState.REFUSED and not item.coalesce
        uow.outbox.settle(key, OutboxState.PENDING, RESEND + note if repeats else note, due=clock())
        uow.lanes.mark(lane_names(item.connection).outbound)
    return True


def settle_by_hand(
    storage: Storage, network: Network, clock: Clock, key: str, *, accepted: bool, actor: str, words: str = ""
) -> bool:
    """Record what a person learned about an item whose outcome we could not; False where there is no such item.

    Raises InvariantError where its outcome is known already.
    """
    with working(storage, network, clock, actor=actor) as work:
        item = work.uow.outbox.get(key)
        if item is None:
            return False
        if item.state not in {OutboxState.WAITING, OutboxState.UNKNOWN, OutboxState.FAILED}:
            raise InvariantError(f"Outbox item {key} is {item.state}, not waiting for anybody.")
        verdict = Verdict.ACCEPTED if accepted else Verdict.REFUSED
        work.uow.outbox.settle(key, OutboxState.ACCEPTED if accepted else OutboxState.REFUSED, words)
        settle_item(work, item, Answer(verdict, clock(), code=f"operator.{verdict}", message=words))
    return True


def _is_over(uow: UnitOfWork, item: OutboxItem) -> bool:
    if item.kind != "fulfilment":
        return False
    request = uow.requests.get(FulfilmentRequest.model_validate_json(item.payload).request_id)
    return request is not None and request.finished
