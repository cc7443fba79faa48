"""Which flow takes what: inbound items, due tasks, partners' answers. All that ``hub/sync`` calls of the domain.

Each function runs inside one transaction that the caller opened and commits; each is idempotent. DataError means
quarantine this item and go on; IllegalTransitionError and other InvariantErrors stop the job.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

from hub.errors import InvariantError
from hub.flows.acknowledge_order import acknowledge_order, settle_acknowledgement
from hub.flows.announce_transfer import settle_transfer
from hub.flows.answer import Answer
from hub.flows.await_receipt import RECEIPT_TASK, expire_receipt
from hub.flows.bill_shipment import settle_bill
from hub.flows.cancel_order import cancel_order, settle_cancellation
from hub.flows.confirm_shipment import settle_confirmation
from hub.flows.count_quotas import QUOTA_TASK, look_again
from hub.flows.expire_request import expire_request, follow_backorder
from hub.flows.follow_settings import LOTS_TASK, follow_lots
from hub.flows.hold_stock import TASK as SOFT_HOLD_TASK
from hub.flows.hold_stock import expire_hold
from hub.flows.keep_budget import BUDGET_TASK
from hub.flows.note_shortages import RECORD_TASK, review_record
from hub.flows.publish_quantities import publish_deferred, publish_quantities, settle_quantity
from hub.flows.receive_goods import receive_goods
from hub.flows.record_acknowledgement import record_acknowledgement
from hub.flows.record_feed import record_feed
from hub.flows.record_invoice import record_invoice
from hub.flows.record_prices import record_prices
from hub.flows.record_receipt import record_receipt
from hub.flows.record_return import record_return
from hub.flows.record_shipment import record_shipment
from hub.flows.record_stock import expire_stock, record_stock
from hub.flows.route_order import route_order
from hub.flows.settle_request import settle_request
from hub.flows.take_order import take_order
from hub.flows.work import Work
from hub.model.fulfilment import FulfilmentRequest
from hub.model.identity import ChannelId, LocationId, OrderId, RequestId, SoftHoldKey
from hub.model.order import Order
from hub.model.price import PriceList
from hub.model.purchase import Acknowledgement, Invoice, SyntaxReceipt
from hub.model.queue import OutboxItem, Task
from hub.model.returns import Cancellation, Return
from hub.model.sale import CustomerInvoice, OrderAcknowledgement
from hub.model.shipment import Shipment, ShipmentConfirmation
from hub.model.stock import QuantityUpdate, StockFeed, StockReport
from hub.model.transfer import GoodsReceipt, StockTransfer

InboundItem = (
    Order
    | Cancellation
    | StockReport
    | StockFeed
    | Acknowledgement
    | SyntaxReceipt
    | Shipment
    | GoodsReceipt
    | Invoice
    | PriceList
    | Return
)
"""What a partner may tell us (the SDK's ``Item``)."""

TaskHandler = Callable[[Work, Task], datetime | None]
"""Does what is due; gives the next time to try, None when done."""


def record_item(work: Work, item: InboundItem) -> None:
    """Record one inbound item. ``work.cause`` and ``work.connection`` say which document of whom it came in."""
    match item:
        case Order():
            take_order(work, item)
        case Cancellation():
            cancel_order(work, item)
        case StockReport():
            record_stock(work, item)
        case StockFeed():
            record_feed(work, item)
        case Acknowledgement():
            record_acknowledgement(work, item)
        case SyntaxReceipt():
            record_receipt(work, item)
        case Shipment():
            record_shipment(work, item)
        case GoodsReceipt():
            receive_goods(work, item)
        case PriceList():
            record_prices(work, item)
        case Invoice():
            record_invoice(work, item)
        case Return():
            record_return(work, item)


def settle_item(work: Work, item: OutboxItem, answer: Answer) -> None:
    """Record what came back for one outbox item. The caller settles the outbox row itself, in the same
    transaction. Kinds of which the domain keeps nothing (``reply``, ``item``) need nothing."""
    match item.kind:
        case "fulfilment":
            settle_request(work, FulfilmentRequest.model_validate_json(item.payload).request_id, answer)
        case "cancellation":
            settle_cancellation(work, item, answer)
        case "inventory":
            settle_quantity(work, QuantityUpdate.model_validate_json(item.payload), answer)
        case "shipment":
            settle_confirmation(work, ShipmentConfirmation.model_validate_json(item.payload), answer)
        case "transfer":
            settle_transfer(work, StockTransfer.model_validate_json(item.payload), answer)
        case "acknowledgement":
            settle_acknowledgement(work, OrderAcknowledgement.model_validate_json(item.payload), answer)
        case "invoice":
            settle_bill(work, CustomerInvoice.model_validate_json(item.payload), answer)
        case _:
            return


TASKS: Mapping[str, TaskHandler] = {
    RECEIPT_TASK: lambda work, task: expire_receipt(work, int(task.key)),
    SOFT_HOLD_TASK: lambda work, task: expire_hold(work, SoftHoldKey(task.key)),
    "route": lambda work, task: route_order(work, OrderId(task.key), attempts=task.attempts),
    "acknowledge": lambda work, task: expire_request(work, RequestId(task.key)),
    "answer": lambda work, task: acknowledge_order(work, OrderId(task.key)),
    "backorder": lambda work, task: follow_backorder(work, RequestId(task.key)),
    "stale": lambda work, task: expire_stock(work, LocationId(task.key)),
    RECORD_TASK: lambda work, task: review_record(work, LocationId(task.key)),
    BUDGET_TASK: lambda work, task: publish_deferred(work, ChannelId(task.key)),
    QUOTA_TASK: lambda work, task: look_again(work, task.key),
    LOTS_TASK: lambda work, _: follow_lots(work),
    "publish": lambda work, task: publish_quantities(work, ChannelId(task.key)),
}
"""Durable timers by kind; the key is an order, a request, a soft hold, a location, a channel, its SKU or a group we
sent."""


def run_task(work: Work, task: Task) -> None:
    """Do what a due task asks for, then finish or postpone it, in the caller's transaction.

    Raises InvariantError for a kind nobody handles. Where it raises, the caller rolls back and postpones the task
    in a new transaction.
    """
    handler = TASKS.get(task.kind)
    if handler is None:
        raise InvariantError(f"No flow handles tasks of kind {task.kind}.", code="hub.unknown-task")
    again = handler(replace(work, actor=f"timer:{task.kind}"), task)
    if again is None:
        work.uow.tasks.finish(task)
    else:
        work.uow.tasks.postpone(task, again, "")
