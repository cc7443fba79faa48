"""Goods arrived at a location: the ledger has them at once, and whoever waited for them is woken."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from hub.errors import DataError
from hub.flows.arrivals import move_unless_counted
from hub.flows.record_stock import location_told_of
from hub.flows.work import Work
from hub.inventory import ledger
from hub.model.identity import Sku, TransferId
from hub.model.transfer import GoodsReceipt, ReceivedLine, StockTransfer, TransferLine, TransferState

_ZERO = Decimal(0)


def receive_goods(work: Work, receipt: GoodsReceipt) -> None:
    """Record a receipt, each of its lines once, and what it leaves open of the transfer it names.

    The same again changes nothing; lines that could not be read before are added. Units that arrived unavailable are on
    hand and held back, until a count says what became of them.
    Raises DataError ``stock.unknown-location``, ``stock.wrong-partner``, and ``transfer.receipt-changed`` for an id
    that stood for other goods before (the earlier one stands).
    """
    location_told_of(work, receipt.location, receipt.connection, f"Receipt {receipt.receipt_id} is of goods")
    fresh = _fresh(work.uow.transfers.receipt(receipt.connection, receipt.receipt_id), receipt)
    if not fresh:
        return
    work.uow.transfers.save_receipt(receipt)
    rows = [row for line in fresh for row in ledger.receipt_movements(receipt, line, work.now, work.cause)]
    move_unless_counted(work, rows)
    work.wake(line.sku for line in fresh if line.quantity > line.unavailable)
    transfer = work.uow.transfers.get(TransferId(receipt.transfer), lock=True) if receipt.transfer else None
    if transfer is not None and transfer.location == receipt.location:
        work.uow.transfers.save(_received(transfer, fresh))


def _fresh(known: GoodsReceipt | None, receipt: GoodsReceipt) -> list[ReceivedLine]:
    """The lines that are news. Raises DataError ``transfer.receipt-changed`` where those known are not as they were."""
    if known is None:
        return list(receipt.lines)
    now = {line.number: line for line in receipt.lines}
    same = (known.location, known.transfer) == (receipt.location, receipt.transfer)
    if not same or any(now.get(line.number) != line for line in known.lines):
        raise DataError(
            f"Receipt {receipt.receipt_id} of {receipt.connection} came before with other goods.",
            code="transfer.receipt-changed",
            cure="Ask the partner which of the two is right; a correction needs a number of its own.",
            value=receipt.receipt_id,
        )
    before = {line.number for line in known.lines}
    return [line for line in receipt.lines if line.number not in before]


def _received(transfer: StockTransfer, arrived: Iterable[ReceivedLine]) -> StockTransfer:
    """Lines of one SKU are filled in their order; what is too much stands with the last of them."""
    came: dict[Sku, Decimal] = {}
    for each in arrived:
        came[each.sku] = came.get(each.sku, _ZERO) + each.quantity
    last = {line.sku: line.number for line in transfer.lines}
    lines: list[TransferLine] = []
    for line in transfer.lines:
        left = came.get(line.sku, _ZERO)
        units = left if last[line.sku] == line.number else min(left, line.open)
        came[line.sku] = left - units
        lines.append(line.model_copy(update={"received": line.received + units}))
    rest = any(line.open for line in lines)
    state = TransferState.PART_RECEIVED if rest else TransferState.RECEIVED
    return transfer.model_copy(update={"lines": tuple(lines), "state": state})
