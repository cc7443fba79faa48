"""An X12 warehouse: one mailbox, one stream of files in; shipping orders, transfers and 997s out. Glue only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from hub.mapping.codebook import Codebook
from hub.model.document import Document
from hub.model.transfer import StockTransfer
from hub.sdk.capabilities import Envelope, Stamp
from hub.sdk.x12.partner import X12Partner
from hub_x12_warehouse.settings import X12WarehouseSettings

if TYPE_CHECKING:
    from hub.sdk.x12.translate.instructions import InstructionSet
    from hub.sdk.x12.translate.sets import Translator


class X12Warehouse(X12Partner[X12WarehouseSettings]):
    """Every capability of the connector."""

    def translators(self) -> Mapping[str, Translator]:
        """846, 855, 944, 945 and 997."""
        from hub_x12_warehouse.translate.sets import TRANSLATORS

        return TRANSLATORS

    def instruction(self) -> InstructionSet:
        """940."""
        from hub_x12_warehouse.translate.orders import SHIPPING_ORDERS

        return SHIPPING_ORDERS

    def told_series(self, items: Sequence[Envelope], codebook: Codebook) -> Sequence[str]:
        """The numbers of one interchange of 940s or 943s."""
        if not _transfers(items):
            return super().told_series(items, codebook)
        from hub_x12_warehouse.translate.transfers import advice_series

        return advice_series(codebook)

    def told(self, items: Sequence[Envelope], codebook: Codebook, stamp: Stamp) -> Sequence[Document]:
        """940s, or 943s for goods on their way to the warehouse."""
        transfers = _transfers(items)
        if not transfers:
            return super().told(items, codebook, stamp)
        from hub_x12_warehouse.translate.transfers import transfer_advices

        return [transfer_advices(transfers, codebook, stamp)]


def _transfers(items: Sequence[Envelope]) -> list[tuple[str, StockTransfer]]:
    return [(each.key, each.item) for each in items if isinstance(each.item, StockTransfer)]
