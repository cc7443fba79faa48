"""An X12 supplier: one mailbox, one stream of files in, purchase orders and 997s out. Glue only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from hub.sdk.x12.partner import X12Partner
from hub_x12_supplier.settings import X12SupplierSettings

if TYPE_CHECKING:
    from hub.sdk.x12.translate.instructions import InstructionSet
    from hub.sdk.x12.translate.sets import Translator


class X12Supplier(X12Partner[X12SupplierSettings]):
    """Every capability of the connector."""

    def translators(self) -> Mapping[str, Translator]:
        """846, 855, 856, 810 and 997."""
        from hub_x12_supplier.translate.sets import TRANSLATORS

        return TRANSLATORS

    def instruction(self) -> InstructionSet:
        """850."""
        from hub_x12_supplier.translate.orders import PURCHASE_ORDERS

        return PURCHASE_ORDERS
