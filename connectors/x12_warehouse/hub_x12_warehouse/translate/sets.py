"""The sets that a warehouse sends, and what each becomes."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from hub.edi.documents.shipping_advice import parse_shipping_advice
from hub.edi.documents.transfer_receipt import parse_transfer_receipt
from hub.edi.interchange import TransactionSet
from hub.mapping.codebook import Codebook
from hub.model.document import Document
from hub.sdk.capabilities import Parsed
from hub.sdk.x12.translate import intake
from hub.sdk.x12.translate.sets import (
    Received,
    Translation,
    Translator,
    acknowledgement_of,
    receipts_of,
    stock_of,
)
from hub_x12_warehouse.translate.goods_receipts import goods_received
from hub_x12_warehouse.translate.shipments import advised


def advice_of(item: TransactionSet, how: Received) -> Translation:
    """945 to a Shipment and an Acknowledgement."""
    return advised(parse_shipping_advice(item), how.codebook, how.received)


def goods_of(item: TransactionSet, how: Received) -> Translation:
    """944 to a GoodsReceipt."""
    return goods_received(parse_transfer_receipt(item), how.codebook, how.received)


TRANSLATORS: Mapping[str, Translator] = MappingProxyType(
    {
        "846": stock_of,
        "855": acknowledgement_of,
        "944": goods_of,
        "945": advice_of,
        "997": receipts_of,
    }
)


def parsed(document: Document, codebook: Codebook) -> Parsed:
    """Everything a warehouse's file says."""
    return intake.parsed(document, codebook, TRANSLATORS)
