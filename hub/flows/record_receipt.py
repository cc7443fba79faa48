"""A partner could, or could not, read what we sent (997): never an acceptance of the business content."""

from __future__ import annotations

from hub.flows.requests import advance_purchase, hold_order, imply_submitted, lock_request
from hub.flows.work import Work
from hub.model.document import Document
from hub.model.events import EventKind
from hub.model.fulfilment import FulfilmentRequest
from hub.model.identity import ConnectionId, DocumentId
from hub.model.purchase import PurchaseOrderState, SyntaxReceipt
from hub.model.queue import OutboxItem
from hub.ports import UnitOfWork

CONTROL = "control"
"""Kind of external ref by which a receipt finds what it is about. Ours is an outbox item's key, theirs its set
(``850/17/0001``: set, group and set control number); or ours is the document's id, theirs the group's number."""


def remember_sets(uow: UnitOfWork, document: Document) -> None:
    """Keep the control numbers of a stored outbound document, where its connector named them in ``meta``:
    ``control_number`` for the group, ``set:<outbox key>`` for each set."""
    group = document.meta.get("control_number", "")
    if not group:
        return
    uow.refs.put(CONTROL, document.id, document.connection, group)
    for name, mark in document.meta.items():
        if name.startswith("set:"):
            uow.refs.put(CONTROL, name.removeprefix("set:"), document.connection, mark)


def record_receipt(work: Work, receipt: SyntaxReceipt) -> None:
    """Note the receipt on the requests the document carried. Accepted: the purchase order is received. Rejected: the
    orders are held (``order.syntax-rejected``), for the partner has not got them. A receipt for something else
    (an invoice answer, an unknown group) is nothing to us.
    """
    if work.connection is None:
        return
    for item in _items(work, receipt, work.connection):
        if item.kind != "fulfilment":
            continue
        found = lock_request(work, FulfilmentRequest.model_validate_json(item.payload).request_id)
        if found is None:
            continue
        record, request = found
        work.about(record.order_id)
        work.tell(
            record.order_id,
            EventKind.SYNTAX_RECEIVED,
            request=request.request_id,
            accepted=str(receipt.accepted).lower(),
            code=receipt.code,
        )
        if receipt.accepted:
            request = imply_submitted(work, request, work.now)
            work.uow.requests.save(advance_purchase(request, PurchaseOrderState.RECEIVED))
        else:
            words = f"{request.location} could not read {request.request_id} ({receipt.code})."
            work.keep(hold_order(work, record, "order.syntax-rejected", words))


def _items(work: Work, receipt: SyntaxReceipt, connection: ConnectionId) -> list[OutboxItem]:
    """The outbox items the receipt speaks of: of one set where it names one we know, else of the whole group."""
    one = f"{receipt.set_id}/{receipt.group_control_number}/{receipt.set_control_number}"
    key = work.uow.refs.ours(CONTROL, connection, one)
    keys = (key,) if key is not None else _keys_of_group(work, receipt, connection)
    return [item for item in (work.uow.outbox.get(each) for each in keys) if item is not None]


def _keys_of_group(work: Work, receipt: SyntaxReceipt, connection: ConnectionId) -> tuple[str, ...]:
    ours = work.uow.refs.ours(CONTROL, connection, receipt.group_control_number)
    document: Document | None = work.uow.documents.get(DocumentId(ours)) if ours is not None else None
    return document.item_keys if document is not None else ()
