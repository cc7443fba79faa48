"""A partner could, or could not, read what we sent (997, TA1): never an acceptance of the business content."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from hub.flows.await_receipt import group_path, receipt_came
from hub.flows.requests import advance_purchase, hold_order, imply_submitted, lock_request
from hub.flows.work import Work
from hub.model.events import EventKind
from hub.model.exchange import (
    Exchange,
    ExchangeGroup,
    ExchangeMessage,
    ExchangeState,
    ReceiptState,
    SentGroup,
    bare_number,
)
from hub.model.fulfilment import FulfilmentRequest
from hub.model.identity import ConnectionId, OrderId
from hub.model.purchase import PurchaseOrderState, SyntaxReceipt
from hub.model.queue import OutboxItem, QuarantineEntry

_OPEN = frozenset({ReceiptState.NONE, ReceiptState.AWAITED})
_WITH_ERRORS = "E"
_PARTLY = "P"


def record_receipt(work: Work, receipt: SyntaxReceipt) -> None:
    """Note the receipt on what it names and on the requests that carried. Accepted: the purchase order is received.
    Rejected: the orders are held (``order.syntax-rejected``), for the partner has not got them, and an entry
    ``exchange.rejected`` keeps its words. The same receipt again changes nothing; one for something that this
    connection never sent is nothing to us.
    """
    if work.connection is None:
        return
    if receipt.exchange_control_number:
        _whole(work, receipt, work.connection)
        return
    found = work.uow.exchanges.sent_group(work.connection, receipt.group_kind, receipt.group_control_number)
    if found is None:
        return
    if receipt.set_control_number:
        _one(work, receipt, found)
    else:
        _group(work, receipt, found)


def _one(work: Work, receipt: SyntaxReceipt, found: SentGroup) -> None:
    """One set of the group; the group itself waits for its own receipt, which the same document brings."""
    wanted = (receipt.set_id, bare_number(receipt.set_control_number))
    named = [
        one for one in found.group.messages if (receipt.set_id and one.kind, bare_number(one.control_number)) == wanted
    ]
    _answer(work, receipt, found, named)


def _group(work: Work, receipt: SyntaxReceipt, found: SentGroup) -> None:
    """What the sets have to say that no receipt named, and the end of the waiting."""
    unnamed = [one for one in found.group.messages if one.state in _OPEN]
    group = found.group if receipt.undecided else _answer(work, receipt, found, unnamed)
    group = replace(group, state=_group_state(receipt), code=receipt.code, answer=work.cause)
    work.uow.exchanges.answer(group)
    receipt_came(work, found)
    if receipt.undecided and unnamed:
        words = f"{found.exchange.connection} rejected a part of {group_path(found.group)} without saying which sets."
        _keep_words(work, found.exchange, group_path(found.group), words)


def _whole(work: Work, receipt: SyntaxReceipt, connection: ConnectionId) -> None:
    """The exchange as a whole (TA1): only a rejection says something about what is in it."""
    exchange = work.uow.exchanges.sent(connection, receipt.exchange_control_number)
    if exchange is None:
        return
    state = ExchangeState.RECEIVED if receipt.accepted else ExchangeState.REJECTED
    if exchange.state is state and exchange.code == receipt.code:
        return
    work.uow.exchanges.settle(exchange.id, state, receipt.code)
    if receipt.accepted:
        work.uow.quarantine.release(exchange.document, "")
        return
    _keep_words(work, exchange, "", f"{connection} rejected exchange {exchange.control_number}: {_words(receipt)}.")
    for listed in exchange.groups:
        found = work.uow.exchanges.group(listed.id)
        if found is None:
            continue
        for message in found.group.messages:
            _tell(work, receipt, message)
        messages = tuple(replace(one, state=ReceiptState.REJECTED, code=receipt.code) for one in found.group.messages)
        rejected = replace(
            found.group, state=ReceiptState.REJECTED, code=receipt.code, answer=work.cause, messages=messages
        )
        work.uow.exchanges.answer(rejected)
        receipt_came(work, found)


def _answer(work: Work, receipt: SyntaxReceipt, found: SentGroup, named: Iterable[ExchangeMessage]) -> ExchangeGroup:
    """The group with these messages answered, saved."""
    state = _message_state(receipt)
    fresh = [one for one in named if (one.state, one.code) != (state, receipt.code)]
    for message in fresh:
        order = _tell(work, receipt, message)
        path = _path(message)
        if receipt.accepted:
            work.uow.quarantine.release(found.exchange.document, path)
        else:
            subject = f" ({message.subject})" if message.subject else ""
            words = f"{found.exchange.connection} could not read {path}{subject}: {_words(receipt)}."
            _keep_words(work, found.exchange, path, words, order)
    answered = [replace(one, state=state, code=receipt.code) if one in fresh else one for one in found.group.messages]
    group = replace(found.group, messages=tuple(answered))
    if fresh:
        work.uow.exchanges.answer(group)
    return group


def _tell(work: Work, receipt: SyntaxReceipt, message: ExchangeMessage) -> OrderId | None:
    """Note it on the order that the message is about, and hold that order where it was rejected."""
    item = work.uow.outbox.get(message.item_key) if message.item_key else None
    if item is None or item.order_id is None:
        return None
    if item.kind == "fulfilment":
        _tell_request(work, receipt, item)
    elif not receipt.accepted:
        record = work.uow.orders.get(item.order_id, lock=True)
        if record is not None:
            work.about(item.order_id)
            words = f"{item.connection} could not read the {item.kind} ({receipt.code})."
            work.keep(hold_order(work, record, "order.syntax-rejected", words))
    return item.order_id


def _tell_request(work: Work, receipt: SyntaxReceipt, item: OutboxItem) -> None:
    found = lock_request(work, FulfilmentRequest.model_validate_json(item.payload).request_id)
    if found is None:
        return
    record, request = found
    work.about(record.order_id)
    words = {"detail": receipt.detail} if receipt.detail else {}
    work.tell(
        record.order_id,
        EventKind.SYNTAX_RECEIVED,
        request=request.request_id,
        accepted=str(receipt.accepted).lower(),
        code=receipt.code,
        **words,
    )
    if receipt.accepted:
        request = imply_submitted(work, request, work.now)
        work.uow.requests.save(advance_purchase(request, PurchaseOrderState.RECEIVED))
    else:
        words_of_hold = f"{request.location} could not read {request.request_id} ({_words(receipt)})."
        work.keep(hold_order(work, record, "order.syntax-rejected", words_of_hold))


def _keep_words(work: Work, exchange: Exchange, path: str, words: str, order: OrderId | None = None) -> None:
    work.uow.quarantine.add(
        QuarantineEntry(
            exchange.document,
            exchange.connection,
            path,
            "exchange.rejected",
            words,
            f"`hub exchange show {exchange.id} --segments` puts the partner's words beside our segments. Correct what "
            "they name, or ask the partner; then decide about the order.",
            work.now,
            order_id=order,
        )
    )


def _words(receipt: SyntaxReceipt) -> str:
    return f"code {receipt.code}, {receipt.detail}" if receipt.detail else f"code {receipt.code}"


def _path(message: ExchangeMessage) -> str:
    return f"{message.kind} {message.control_number}"


def _message_state(receipt: SyntaxReceipt) -> ReceiptState:
    if not receipt.accepted:
        return ReceiptState.REJECTED
    return ReceiptState.NOTED if receipt.code == _WITH_ERRORS else ReceiptState.RECEIVED


def _group_state(receipt: SyntaxReceipt) -> ReceiptState:
    if receipt.code == _PARTLY:
        return ReceiptState.PARTIAL
    return _message_state(receipt)
