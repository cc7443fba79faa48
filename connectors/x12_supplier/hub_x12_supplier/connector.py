"""An X12 supplier: one mailbox, one stream of files in; purchase orders, cancellations and 997s out. Glue only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from hub.mapping.codebook import Codebook
from hub.model.document import Document
from hub.model.fulfilment import CancellationRequest
from hub.sdk.capabilities import Envelope, Stamp
from hub.sdk.x12.partner import X12Partner
from hub_x12_supplier.settings import X12SupplierSettings

if TYPE_CHECKING:
    from hub.sdk.x12.translate.instructions import InstructionSet
    from hub.sdk.x12.translate.sets import Translator


class X12Supplier(X12Partner[X12SupplierSettings]):
    """Every capability of the connector."""

    def translators(self) -> Mapping[str, Translator]:
        """810, 832, 846, 855, 856, 865 and 997."""
        from hub_x12_supplier.translate.sets import TRANSLATORS

        return TRANSLATORS

    def instruction(self) -> InstructionSet:
        """850."""
        from hub_x12_supplier.translate.orders import PURCHASE_ORDERS

        return PURCHASE_ORDERS

    def told_series(self, items: Sequence[Envelope], codebook: Codebook) -> Sequence[str]:
        """The numbers of one interchange of 850s or 860s."""
        if not _cancellations(items):
            return super().told_series(items, codebook)
        from hub.sdk.x12.translate.cancellations import cancellation_series

        return cancellation_series(codebook)

    def told(self, items: Sequence[Envelope], codebook: Codebook, stamp: Stamp) -> Sequence[Document]:
        """850s, or 860s for what is to be cancelled."""
        asked = _cancellations(items)
        if not asked:
            return super().told(items, codebook, stamp)
        from hub.sdk.x12.translate.cancellations import cancellations

        return [cancellations(asked, codebook, stamp)]


def _cancellations(items: Sequence[Envelope]) -> list[tuple[str, CancellationRequest]]:
    return [(each.key, each.item) for each in items if isinstance(each.item, CancellationRequest)]
