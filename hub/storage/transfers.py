"""Goods on their way to locations of ours, and what arrived there."""

from __future__ import annotations

from collections.abc import Iterable

from hub.model.identity import ConnectionId, LocationId, TransferId
from hub.model.transfer import GoodsReceipt, StockTransfer
from hub.storage.column_types import to_micros
from hub.storage.dialect import as_rows
from hub.storage.transaction import Transaction

_SAVE = """
    INSERT INTO transfers (transfer_id, location, state, body) VALUES (:transfer_id, :location, :state, :body)
    ON CONFLICT (transfer_id) DO UPDATE
    SET location = excluded.location, state = excluded.state, body = excluded.body
"""
_GET = "SELECT body FROM transfers WHERE transfer_id = :transfer_id {lock}"
_OPEN = " WHERE state IN ('in_transit', 'part_received')"
_ON_THE_WAY = """
    SELECT body FROM transfers
    WHERE state IN ('in_transit', 'part_received') AND location IN (SELECT location FROM {rows location text})
    ORDER BY id
"""
_SAVE_RECEIPT = """
    INSERT INTO goods_receipts (connection, receipt_id, location, received_at, body)
    VALUES (:connection, :receipt_id, :location, :received_at, :body)
    ON CONFLICT (connection, receipt_id) DO UPDATE
    SET location = excluded.location, received_at = excluded.received_at, body = excluded.body
"""
_RECEIVED = "SELECT body FROM goods_receipts WHERE connection = :connection AND receipt_id = :receipt_id"


class SqlTransferStore:
    """TransferStore."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def save(self, transfer: StockTransfer) -> None:
        """See TransferStore."""
        values = {
            "transfer_id": transfer.transfer_id,
            "location": transfer.location,
            "state": transfer.state.value,
            "body": transfer.model_dump_json(),
        }
        self._transaction.run(_SAVE, values)

    def get(self, transfer_id: TransferId, *, lock: bool = False) -> StockTransfer | None:
        """See TransferStore."""
        template = _GET if lock else _GET.replace("{lock}", "")
        body = self._transaction.run(template, {"transfer_id": transfer_id}).scalar()
        return None if body is None else StockTransfer.model_validate_json(body)

    def page(self, *, open_only: bool = False, limit: int = 50) -> list[StockTransfer]:
        """See TransferStore."""
        template = f"SELECT body FROM transfers{_OPEN if open_only else ''} ORDER BY id DESC LIMIT :limit"
        bodies = self._transaction.run(template, {"limit": limit}).scalars()
        return [StockTransfer.model_validate_json(body) for body in bodies]

    def on_the_way(self, locations: Iterable[LocationId]) -> list[StockTransfer]:
        """See TransferStore."""
        rows = as_rows({"location": location} for location in sorted(set(locations)))
        bodies = self._transaction.run(_ON_THE_WAY, {"rows": rows}).scalars()
        return [StockTransfer.model_validate_json(body) for body in bodies]

    def receipt(self, connection: ConnectionId, receipt_id: str) -> GoodsReceipt | None:
        """See TransferStore."""
        body = self._transaction.run(_RECEIVED, {"connection": connection, "receipt_id": receipt_id}).scalar()
        return None if body is None else GoodsReceipt.model_validate_json(body)

    def save_receipt(self, receipt: GoodsReceipt) -> None:
        """See TransferStore."""
        values = {
            "connection": receipt.connection,
            "receipt_id": receipt.receipt_id,
            "location": receipt.location,
            "received_at": to_micros(receipt.received_at),
            "body": receipt.model_dump_json(),
        }
        self._transaction.run(_SAVE_RECEIPT, values)
