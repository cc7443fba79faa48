"""940 warehouse shipping order: the depositor tells a warehouse what to ship, read and written."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Annotated

from hub.edi.documents.layout import At, Many, One, Pairs
from hub.edi.documents.layout_reading import read_set
from hub.edi.documents.layout_rows import set_rows
from hub.edi.documents.parts import Marks, Parties, ProductIds, References
from hub.edi.documents.pricing import AllowanceCharges
from hub.edi.documents.warehouse import (
    CarrierInstruction,
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
class ShippingOrderLine:
    """W01 loop. ``case_code`` is W0103 (a UPC of the case), ``lot`` W0113."""

    quantity: Annotated[Decimal | None, At(1)]
    unit: Annotated[str, At(2)]
    case_code: Annotated[str, At(3)] = ""
    ids: Annotated[ProductIds, Pairs(places=(4, 6, 15, 17))] = ()
    lot: Annotated[str, At(13)] = ""
    descriptions: ItemDescriptions = ()
    references: NumberedReferences = ()
    packings: Packings = ()


@dataclass(frozen=True, slots=True)
class ShippingOrderGroup:
    """LX loop: ``number`` is LX01; usually one line each. Where LX is left out, one group without a number."""

    number: Annotated[str, At(1)]
    marks: Marks = ()
    lines: Annotated[tuple[ShippingOrderLine, ...], Many("W01")] = ()


@dataclass(frozen=True, slots=True)
class OrderedTotal:
    """W76: units, weight and volume ordered."""

    units: Annotated[Decimal | None, At(1)]
    weight: Annotated[Decimal | None, At(2)] = None
    weight_unit: Annotated[str, At(3)] = ""
    volume: Annotated[Decimal | None, At(4)] = None
    volume_unit: Annotated[str, At(5)] = ""


@dataclass(frozen=True, slots=True)
class ShippingOrder:
    """940. ``status`` is W0501 (N new, R change, F cancel ...), ``number`` the depositor's order number (W0502)."""

    status: Annotated[str, At(1)]
    number: Annotated[str, At(2)]
    purchase_order_number: Annotated[str, At(3)] = ""
    link_sequence: Annotated[str, At(4)] = ""
    master_reference: Annotated[str, At(5)] = ""
    references: References = ()
    parties: Parties = ()
    numbers: NumberedReferences = ()
    dates: WarehouseDates = ()
    notes: WarehouseNotes = ()
    carriers: Annotated[tuple[CarrierInstruction, ...], Many("W66")] = ()
    charges: AllowanceCharges = ()
    groups: Annotated[tuple[ShippingOrderGroup, ...], Many("LX", implied_by=("W01",), detail=True)] = ()
    total: Annotated[OrderedTotal | None, One("W76")] = None
    findings: tuple[Finding, ...] = field(default=(), compare=False)


def parse_shipping_order(transaction_set: TransactionSet) -> ShippingOrder:
    """Read a 940. Unreadable values are None and a finding; raises DataError only for another set."""
    return read_set(ShippingOrder, "940", "W05", transaction_set)


def render_shipping_order(document: ShippingOrder) -> OutboundSet:
    """The 940's segments between ST and SE."""
    return set_rows("940", "W05", document)
