"""Goods come back: counted once when received, put back on the shelf once when the disposition says so."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from hub.errors import DataError, IllegalTransitionError
from hub.flows.arrivals import move_unless_counted
from hub.flows.work import Work
from hub.inventory import ledger
from hub.model.events import EventKind
from hub.model.identity import LineId
from hub.model.order import OrderRecord
from hub.model.returns import Custody, Return, ReturnedLine
from hub.orders import lifecycle
from hub.orders.kits import in_parts

_HERE = frozenset(
    {
        Custody.RECEIVED,
        Custody.INSPECTED,
        Custody.RESTOCKED,
        Custody.REFURBISH,
        Custody.SCRAP,
        Custody.TO_VENDOR,
    }
)


def record_return(work: Work, returned: Return) -> None:
    """Record a return's newest state; one that is older by its own date changes nothing.

    Received units count as returned, restocked ones go back to the location's stock, each once; of a kit, its parts do.
    Raises DataError
    ``return.unknown-order``, ``return.unknown-line`` and ``return.too-many``, and IllegalTransitionError for a move
    that domain.md 1.4 does not list.
    """
    record = work.uow.orders.find(returned.channel, returned.order_external_id, lock=True)
    if record is None:
        raise DataError(
            f"Return {returned.return_id} is of order {returned.order_external_id}, which is not here.",
            code="return.unknown-order",
            cure="Reprocess this document once the order has been taken.",
            value=returned.order_external_id,
        )
    work.about(record.order_id)
    returned = _in_parts(record, returned)
    before = work.uow.requests.get_return(returned.channel, returned.return_id)
    if before is not None and (before == returned or returned.at < before.at):
        return
    _check_moves(before or returned.model_copy(update={"custody": Custody.REQUESTED}), returned)
    if returned.custody in _HERE and (before is None or before.custody not in _HERE):
        record = _take_back(record, returned)
    if returned.custody is Custody.RESTOCKED and returned.location is not None:
        _restock(work, record, returned)
    work.uow.requests.save_return(returned, record.order_id)
    work.tell(
        record.order_id,
        EventKind.RETURN_RECORDED,
        custody=returned.custody,
        refund=returned.refund,
        **{"return": returned.return_id},
    )
    work.keep(record)


def _in_parts(record: OrderRecord, returned: Return) -> Return:
    """The return of the lines that we keep, where the channel names kits; nothing changes else."""
    kits = {sold.line.line_id for sold in record.order.kits}
    if not any(line.line_id in kits for line in returned.lines):
        return returned
    units: dict[LineId, Decimal] = {}
    for line in returned.lines:
        for part, count in in_parts(record.order, {line.line_id: line.quantity}).items():
            units[part] = units.get(part, Decimal(0)) + count
    lines = tuple(ReturnedLine(line_id=part, quantity=count) for part, count in units.items())
    return returned.model_copy(update={"lines": lines})


def _check_moves(before: Return, after: Return) -> None:
    """Both axes must be able to get there; a partner that skipped telling us of the receipt is understood."""
    try:
        moved = before.hand_on(after.custody)
    except IllegalTransitionError:
        moved = before.hand_on(Custody.RECEIVED)
        if after.custody not in {Custody.INSPECTED, Custody.RESTOCKED, Custody.SCRAP}:
            moved = moved.hand_on(Custody.INSPECTED)
        moved = moved.hand_on(after.custody)
    moved.pay(after.refund)


def _take_back(record: OrderRecord, returned: Return) -> OrderRecord:
    counters = dict(record.counters)
    for index, line in enumerate(returned.lines):
        count = counters.get(line.line_id)
        if count is None:
            raise DataError(
                f"Order {record.order_id} has no line {line.line_id}.",
                code="return.unknown-line",
                cure="Check the return against the order.",
                path=f"lines[{index}]",
            )
        if count.returned + line.quantity > count.shipped:
            raise DataError(
                f"Return {returned.return_id} brings back more of line {line.line_id} than was shipped.",
                code="return.too-many",
                cure="Reprocess it once the shipment is recorded, or check the return.",
                path=f"lines[{index}]",
            )
        counters[line.line_id] = lifecycle.take_back(count, line.quantity)
    return replace(record, counters=counters)


def _restock(work: Work, record: OrderRecord, returned: Return) -> None:
    skus = {line.line_id: line.sku for line in record.order.lines}
    back = [
        ledger.restock_movement(returned, line.line_id, sku, line.quantity, work.now)
        for line in returned.lines
        if (sku := skus.get(line.line_id)) is not None
    ]
    move_unless_counted(work, back)
    work.wake(row.sku for row in back)
