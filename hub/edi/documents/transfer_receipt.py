"""944 warehouse stock transfer receipt: what arrived, and what was damaged, short or over; read and written."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Annotated

from hub.edi.documents.layout import At, Many, One, Pairs
from hub.edi.documents.layout_reading import read_set
from hub.edi.documents.layout_rows import set_rows
from hub.edi.documents.parts import Parties, ProductIds, References
from hub.edi.documents.warehouse import (
    ItemDescriptions,
    NumberedReferences,
    Packings,
    WarehouseDates,
    WarehouseNotes,
)
from hub.edi.findings import Finding
from hub.edi.interchange import TransactionSet
from hub.edi.write import OutboundSet


@dataclass(frozen=True, slots=True)
class ReceiptException:
    """W13: ``condition`` 01 damaged, 02 short, 03 over, 07 on hold ...; ``reason`` says why (W1305)."""

    quantity: Annotated[Decimal | None, At(1)]
    unit: Annotated[str, At(2)]
    condition: Annotated[str, At(3)]
    lot: Annotated[str, At(4)] = ""
    reason: Annotated[str, At(5)] = ""


@dataclass(frozen=True, slots=True)
class ReceivedLine:
    """W07 loop: units received of an item, and what was wrong with some of them."""

    quantity: Annotated[Decimal | None, At(1)]
    unit: Annotated[str, At(2)]
    case_code: Annotated[str, At(3)] = ""
    ids: Annotated[ProductIds, Pairs(places=(4, 6, 10))] = ()
    lot: Annotated[str, At(8)] = ""
    descriptions: ItemDescriptions = ()
    references: NumberedReferences = ()
    packings: Packings = ()
    exceptions: Annotated[tuple[ReceiptException, ...], Many("W13")] = ()


@dataclass(frozen=True, slots=True)
class ReceivedTotal:
    """W14: received, shipped, damaged or on hold, and packages received of how many."""

    received: Annotated[Decimal | None, At(1)]
    shipped: Annotated[Decimal | None, At(2)] = None
    damaged: Annotated[Decimal | None, At(3)] = None
    packages_received: Annotated[Decimal | None, At(4)] = None
    packages: Annotated[Decimal | None, At(5)] = None


@dataclass(frozen=True, slots=True)
class TransferReceipt:
    """944. ``receipt_number`` is the warehouse's (W1703), ``number`` the depositor's order number (W1704)."""

    reporting: Annotated[str, At(1)]
    date: Annotated[dt.date | None, At(2)]
    receipt_number: Annotated[str, At(3)]
    number: Annotated[str, At(4)] = ""
    shipment_id: Annotated[str, At(5)] = ""
    references: References = ()
    parties: Parties = ()
    numbers: NumberedReferences = ()
    dates: WarehouseDates = ()
    notes: WarehouseNotes = ()
    lines: Annotated[tuple[ReceivedLine, ...], Many("W07", detail=True)] = ()
    total: Annotated[ReceivedTotal | None, One("W14")] = None
    findings: tuple[Finding, ...] = field(default=(), compare=False)


def parse_transfer_receipt(transaction_set: TransactionSet) -> TransferReceipt:
    """Read a 944. Unreadable values are None and a finding; raises DataError only for another set."""
    return read_set(TransferReceipt, "944", "W17", transaction_set)


def render_transfer_receipt(document: TransferReceipt) -> OutboundSet:
    """The 944's segments between ST and SE."""
    return set_rows("944", "W17", document)
