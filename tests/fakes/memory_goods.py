"""Transfers, receipts of goods and prices in dictionaries."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal

from hub.model.identity import ConnectionId, DocumentId, LocationId, PartnerId, Sku, TransferId
from hub.model.price import ItemPrice, PriceList
from hub.model.stock import FeedMode
from hub.model.transfer import GoodsReceipt, StockTransfer, TransferState


@dataclass
class MemoryTransfers:
    rows: dict[TransferId, StockTransfer] = field(default_factory=dict)
    receipts: dict[tuple[ConnectionId, str], GoodsReceipt] = field(default_factory=dict)

    def save(self, transfer: StockTransfer) -> None:
        self.rows[transfer.transfer_id] = transfer

    def get(self, transfer_id: TransferId, *, lock: bool = False) -> StockTransfer | None:
        return self.rows.get(transfer_id)

    def page(self, *, open_only: bool = False, limit: int = 50) -> list[StockTransfer]:
        newest = list(reversed(self.rows.values()))
        return [each for each in newest if not open_only or each.state is not TransferState.RECEIVED][:limit]

    def on_the_way(self, locations: Iterable[LocationId]) -> list[StockTransfer]:
        wanted = set(locations)
        rows = self.rows.values()
        return [each for each in rows if each.location in wanted and each.state is not TransferState.RECEIVED]

    def receipt(self, connection: ConnectionId, receipt_id: str) -> GoodsReceipt | None:
        return self.receipts.get((connection, receipt_id))

    def save_receipt(self, receipt: GoodsReceipt) -> None:
        self.receipts[receipt.connection, receipt.receipt_id] = receipt


_Key = tuple[Sku, str, Decimal, str]


@dataclass
class MemoryPrices:
    """By partner; the key of a price is its SKU, when it begins, from how many, and its catalogue."""

    rows: dict[PartnerId, dict[_Key, tuple[datetime, ItemPrice]]] = field(default_factory=dict)

    def record(self, prices: PriceList, document: DocumentId | None) -> int:
        rows = self.rows.setdefault(prices.partner, {})
        same = {key: issued for key, (issued, _) in rows.items() if key[3] == prices.catalogue}
        if prices.mode is FeedMode.FULL:
            if any(issued > prices.issued_at for issued in same.values()):
                return 0
            begins = min(line.since or date.min for line in prices.lines)
            for key, issued in same.items():
                line = rows[key][1]
                if issued >= prices.issued_at:
                    continue
                if (line.since or date.min) >= begins:
                    del rows[key]
                elif (line.until or date.max) >= begins:
                    rows[key] = (issued, line.model_copy(update={"until": begins - timedelta(days=1)}))
        changed = set()
        for line in prices.lines:
            key = (line.sku, line.since.isoformat() if line.since else "", line.from_quantity, prices.catalogue)
            if key not in rows or rows[key][0] <= prices.issued_at:
                rows[key] = (prices.issued_at, line)
                changed.add(key)
        return len(changed)

    def of(self, partner: PartnerId, skus: Iterable[Sku]) -> dict[Sku, list[ItemPrice]]:
        wanted = set(skus)
        found: dict[Sku, list[ItemPrice]] = {}
        rows = self.rows.get(partner, {})
        for key in sorted(rows, key=lambda each: (each[0], rows[each][0], *each[1:])):
            if key[0] in wanted:
                found.setdefault(key[0], []).append(rows[key][1])
        return found

    def page(self, partner: PartnerId, *, after: Sku | None = None, limit: int = 50) -> list[ItemPrice]:
        rows = self.rows.get(partner, {})
        return [rows[key][1] for key in sorted(rows) if key[0] > (after or "")][:limit]
