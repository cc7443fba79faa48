"""An X12 warehouse: one mailbox, one stream of files in, shipping orders and 997s out. Glue only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

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
