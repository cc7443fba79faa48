"""943 stock transfer shipment advice: goods are on their way to a warehouse; read and written."""

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
    ShippedTotal,
    WarehouseCarriers,
    WarehouseDates,
    WarehouseNotes,
)
from hub.edi.findings import Finding
from hub.edi.interchange import TransactionSet
from hub.edi.write import OutboundSet


@dataclass(frozen=True, slots=True)
class TransferLine:
    """W04 loop: units shipped of an item."""

    quantity: Annotated[Decimal | None, At(1)]
    unit: Annotated[str, At(2)]
    case_code: Annotated[str, At(3)] = ""
    ids: Annotated[ProductIds, Pairs(places=(4, 6))] = ()
    descriptions: ItemDescriptions = ()
    references: NumberedReferences = ()
    packings: Packings = ()


@dataclass(frozen=True, slots=True)
class TransferAdvice:
    """943. ``number`` is the depositor's order number (W0602), ``date`` when it left, ``shipment_id`` W0604."""

    reporting: Annotated[str, At(1)]
    number: Annotated[str, At(2)]
    date: Annotated[dt.date | None, At(3)] = None
    shipment_id: Annotated[str, At(4)] = ""
    agent_shipment_id: Annotated[str, At(5)] = ""
    purchase_order_number: Annotated[str, At(6)] = ""
    references: References = ()
    parties: Parties = ()
    numbers: NumberedReferences = ()
    dates: WarehouseDates = ()
    notes: WarehouseNotes = ()
    carriers: WarehouseCarriers = ()
    lines: Annotated[tuple[TransferLine, ...], Many("W04", detail=True)] = ()
    total: Annotated[ShippedTotal | None, One("W03")] = None
    findings: tuple[Finding, ...] = field(default=(), compare=False)


def parse_transfer_advice(transaction_set: TransactionSet) -> TransferAdvice:
    """Read a 943. Unreadable values are None and a finding; raises DataError only for another set."""
    return read_set(TransferAdvice, "943", "W06", transaction_set)


def render_transfer_advice(document: TransferAdvice) -> OutboundSet:
    """The 943's segments between ST and SE."""
    return set_rows("943", "W06", document)
