"""The sets that a retailer sends, and what each becomes."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from hub.edi.documents.order_change import parse_change
from hub.edi.documents.purchase_order import parse_purchase_order
from hub.edi.interchange import TransactionSet
from hub.model.identity import ChannelId
from hub.sdk.x12.translate.sets import Received, Translation, Translator, receipts_of
from hub_x12_retailer.translate.changes import change
from hub_x12_retailer.translate.orders import order


def translators(channel: ChannelId) -> Mapping[str, Translator]:
    """For the orders of this channel."""

    def order_of(item: TransactionSet, how: Received) -> Translation:
        return order(parse_purchase_order(item), how, channel)

    def change_of(item: TransactionSet, how: Received) -> Translation:
        return change(parse_change(item), how, channel)

    return MappingProxyType({"850": order_of, "860": change_of, "997": receipts_of})
