"""945 warehouse shipping advice: the warehouse tells what of an order it shipped, read and written."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Annotated

from hub.edi.documents.layout import At, Many, One, Pairs
from hub.edi.documents.layout_reading import read_set
from hub.edi.documents.layout_rows import set_rows
from hub.edi.documents.parts import Marks, Parties, ProductIds, References
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
class ShippingAdviceLine:
    """W12 loop. ``status`` is W1201: CC shipped complete, CP part shipped, CN rest on the next truck, IS substituted,
    ID or OS out of stock ...; ``difference`` W1204 is ordered less shipped. After IS the ``ordered_ids`` name the
    item that was ordered.
    """

    status: Annotated[str, At(1)]
    ordered: Annotated[Decimal | None, At(2)]
    shipped: Annotated[Decimal | None, At(3)]
    difference: Annotated[Decimal | None, At(4)] = None
    unit: Annotated[str, At(5)] = ""
    case_code: Annotated[str, At(6)] = ""
    ids: Annotated[ProductIds, Pairs(places=(7,))] = ()
    lot: Annotated[str, At(9)] = ""
    weight: Annotated[Decimal | None, At(10)] = None
    weight_qualifier: Annotated[str, At(11)] = ""
    weight_unit: Annotated[str, At(12)] = ""
    ordered_ids: Annotated[ProductIds, Pairs(places=(17,))] = ()
    descriptions: ItemDescriptions = ()
    references: NumberedReferences = ()
    packings: Packings = ()
    marks: Marks = ()


@dataclass(frozen=True, slots=True)
class ShippingAdviceGroup:
    """LX loop: one carton or pallet with its label (MAN) and lines, or simply one line."""

    number: Annotated[str, At(1)]
    marks: Marks = ()
    references: NumberedReferences = ()
    lines: Annotated[tuple[ShippingAdviceLine, ...], Many("W12")] = ()


@dataclass(frozen=True, slots=True)
class ShippingAdvice:
    """945. ``reporting`` is W0601 (F full detail, X exceptions only, J original ...), ``number`` the depositor's order
    number (W0602), ``date`` when it left, ``shipment_id`` W0604.
    """

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
    groups: Annotated[tuple[ShippingAdviceGroup, ...], Many("LX", implied_by=("W12",), detail=True)] = ()
    total: Annotated[ShippedTotal | None, One("W03")] = None
    findings: tuple[Finding, ...] = field(default=(), compare=False)


def parse_shipping_advice(transaction_set: TransactionSet) -> ShippingAdvice:
    """Read a 945. Unreadable values are None and a finding; raises DataError only for another set."""
    return read_set(ShippingAdvice, "945", "W06", transaction_set)


def render_shipping_advice(document: ShippingAdvice) -> OutboundSet:
    """The 945's segments between ST and SE."""
    return set_rows("945", "W06", document)
