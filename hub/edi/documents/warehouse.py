"""What the four warehouse sets share: dates (G62), references (N9), carriers (W27, W66), packing (W20) and totals."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Annotated

from hub.edi.documents.layout import At, Many, Texts


@dataclass(frozen=True, slots=True)
class WarehouseDate:
    """G62: ``qualifier`` 10 requested ship, 11 shipped, 02 requested delivery, 07 effective ..., with a time."""

    qualifier: Annotated[str, At(1)]
    date: Annotated[dt.date | None, At(2)]
    time_qualifier: Annotated[str, At(3)] = ""
    time: Annotated[dt.time | None, At(4)] = None
    zone: Annotated[str, At(5)] = ""


@dataclass(frozen=True, slots=True)
class NumberedReference:
    """N9: qualifier, value, description, date."""

    qualifier: Annotated[str, At(1)]
    value: Annotated[str, At(2)]
    description: Annotated[str, At(3)] = ""
    date: Annotated[dt.date | None, At(4)] = None


@dataclass(frozen=True, slots=True)
class WarehouseCarrier:
    """W27: how it went: method, SCAC, routing, who pays, equipment."""

    method: Annotated[str, At(1)] = ""
    scac: Annotated[str, At(2)] = ""
    routing: Annotated[str, At(3)] = ""
    payment: Annotated[str, At(4)] = ""
    equipment: Annotated[str, At(5)] = ""
    equipment_initial: Annotated[str, At(6)] = ""
    equipment_number: Annotated[str, At(7)] = ""
    status: Annotated[str, At(8)] = ""


@dataclass(frozen=True, slots=True)
class CarrierInstruction:
    """W66: how it shall go: who pays, method, routing, SCAC."""

    payment: Annotated[str, At(1)] = ""
    method: Annotated[str, At(2)] = ""
    pallet_exchange: Annotated[str, At(3)] = ""
    unit_load: Annotated[str, At(4)] = ""
    routing: Annotated[str, At(5)] = ""
    scac: Annotated[str, At(10)] = ""


@dataclass(frozen=True, slots=True)
class Packing:
    """W20: packs in the outer pack, size and weight of each."""

    pack: Annotated[int | None, At(1)] = None
    size: Annotated[Decimal | None, At(2)] = None
    size_unit: Annotated[str, At(3)] = ""
    weight: Annotated[Decimal | None, At(4)] = None
    weight_qualifier: Annotated[str, At(5)] = ""
    weight_unit: Annotated[str, At(6)] = ""
    volume: Annotated[Decimal | None, At(8)] = None
    volume_unit: Annotated[str, At(9)] = ""


@dataclass(frozen=True, slots=True)
class WarehouseNote:
    """NTE: what the note is about (WHI warehouse instruction, DEL delivery ...) and its text."""

    reference: Annotated[str, At(1)] = ""
    text: Annotated[str, At(2)] = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class ShippedTotal:
    """W03: units, weight, volume and packages that left."""

    units: Annotated[Decimal | None, At(1)]
    weight: Annotated[Decimal | None, At(2)] = None
    weight_unit: Annotated[str, At(3)] = ""
    volume: Annotated[Decimal | None, At(4)] = None
    volume_unit: Annotated[str, At(5)] = ""
    packages: Annotated[Decimal | None, At(6)] = None
    package_unit: Annotated[str, At(7)] = ""


WarehouseDates = Annotated[tuple[WarehouseDate, ...], Many("G62")]
NumberedReferences = Annotated[tuple[NumberedReference, ...], Many("N9")]
WarehouseCarriers = Annotated[tuple[WarehouseCarrier, ...], Many("W27")]
Packings = Annotated[tuple[Packing, ...], Many("W20")]
WarehouseNotes = Annotated[tuple[WarehouseNote, ...], Many("NTE")]
ItemDescriptions = Annotated[tuple[str, ...], Texts("G69")]
