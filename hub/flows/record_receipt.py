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

CONTROL = "control"
"""Kind of external ref under which ``hub/sync`` keeps the control number of an outbound document: ours is the
document's id, theirs the group control number. One set of a group may be kept as well: ours the outbox item's key,
theirs ``group/set``."""


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
    one = f"{receipt.group_control_number}/{receipt.set_control_number}"
    key = work.uow.refs.ours(CONTROL, connection, one)
    keys = (key,) if key is not None else _keys_of_group(work, receipt, connection)
    return [item for item in (work.uow.outbox.get(each) for each in keys) if item is not None]


def _keys_of_group(work: Work, receipt: SyntaxReceipt, connection: ConnectionId) -> tuple[str, ...]:
    ours = work.uow.refs.ours(CONTROL, connection, receipt.group_control_number)
    document: Document | None = work.uow.documents.get(DocumentId(ours)) if ours is not None else None
    return document.item_keys if document is not None else ()
