"""The sets that a supplier sends, and what each becomes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from hub.edi.documents.invoice import parse_invoice
from hub.edi.interchange import TransactionSet
from hub.mapping.codebook import Codebook
from hub.model.document import Document
from hub.model.stock import StockBatch
from hub.sdk.capabilities import Parsed
from hub.sdk.x12.translate import big_files, intake
from hub.sdk.x12.translate.cancellations import change_acknowledgement_of
from hub.sdk.x12.translate.prices import prices_of
from hub.sdk.x12.translate.sets import (
    Received,
    Translation,
    Translator,
    acknowledgement_of,
    receipts_of,
    shipments_of,
    stock_of,
)
from hub_x12_supplier.translate.invoices import invoice


def invoice_of(item: TransactionSet, how: Received) -> Translation:
    """810 to an Invoice."""
    return invoice(parse_invoice(item), how.codebook, how.received)


TRANSLATORS: Mapping[str, Translator] = MappingProxyType(
    {
        "810": invoice_of,
        "832": prices_of,
        "846": stock_of,
        "855": acknowledgement_of,
        "856": shipments_of,
        "865": change_acknowledgement_of,
        "997": receipts_of,
    }
)


def parsed(document: Document, codebook: Codebook) -> Parsed:
    """Everything a supplier's file says."""
    return intake.parsed(document, codebook, TRANSLATORS)


def fed(document: Document, codebook: Codebook) -> Iterator[StockBatch | Parsed]:
    """The same of a big file, its stock rows as they go by."""
    return big_files.fed(document, codebook, TRANSLATORS)
