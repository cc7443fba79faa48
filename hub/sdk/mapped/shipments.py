"""Records of shipments: what left, in which parcel."""

from __future__ import annotations

import re
from datetime import datetime
from decimal import Decimal

from hub.mapping.fields.reading import Said
from hub.model.identity import RequestId, ShipmentId
from hub.model.shipment import Parcel, Shipment, ShippedLine
from hub.sdk.capabilities import Parsed
from hub.sdk.mapped.intake import Intake

_SSCC = re.compile(r"(?:\(00\)|00)?(\d{18})", re.ASCII)
"""With or without its application identifier, as labels print it: ``(00) 3 4012345 ...``; blanks are left out."""


def shipments(intake: Intake) -> Parsed:
    """Every shipment, with those of its lines that can be used."""
    found = tuple(each for said in intake.records() if (each := _shipment(intake, said)) is not None)
    return Parsed(found, intake.problems)


def _shipment(intake: Intake, said: Said) -> Shipment | None:
    lines = tuple(each for line in intake.lines(said) if (each := _line(intake, said, line)) is not None)
    where = intake.location(said) if "site" in said.fields else None
    if not lines or ("site" in said.fields and where is None):
        if not said.lines:
            intake.refuse(said, "lines", "The shipment has no line.")
        return None
    shipped = said.fields.get("shipped_at")
    return Shipment(
        shipment_id=ShipmentId(str(said.fields["shipment_id"])),
        connection=intake.document.connection,
        location=where,
        shipped_at=intake.moment(shipped if isinstance(shipped, datetime) else None),
        lines=lines,
        parcels=_parcels(intake, said),
    )


def _line(intake: Intake, shipment: Said, said: Said) -> ShippedLine | None:
    request = said.fields.get("request_id") or shipment.fields.get("request_id")
    number = line_number(intake, said)
    if request is None:
        intake.refuse(said, "request_id", "The line names none of our requests.", "mapping.missing")
        return None
    item = intake.item(said) if number is None or "unit" in said.fields or names_item(said) else None
    if item is None and number is None:
        return None
    size = intake.eaches_of(said, item)
    quantity = intake.eaches(said, "quantity", size[1]) if size is not None else None
    if quantity is None or quantity <= 0:
        if quantity is not None:
            intake.refuse(said, "quantity", "Nothing was shipped.")
        return None
    return ShippedLine(
        request_id=RequestId(str(request)),
        number=number,
        sku=item.sku if item is not None else None,
        quantity=quantity,
        closes=said.fields.get("closes") is True,
    )


def names_item(said: Said) -> bool:
    """Whether a line names its item beside its number."""
    return any(name.startswith("item.") for name in said.fields)


def line_number(intake: Intake, said: Said) -> int | None:
    """The number of our request's line, None where it is not said. A problem for one that is no whole number."""
    number = said.fields.get("number")
    if not isinstance(number, Decimal):
        return None
    if number != int(number) or number < 1:
        intake.refuse(said, "number", "A line's number is a whole one from 1 on.")
        return None
    return int(number)


def _parcels(intake: Intake, said: Said) -> tuple[Parcel, ...]:
    told = {name: str(said.fields.get(name, "")) for name in ("tracking_number", "carrier", "service", "tracking_url")}
    written = str(said.fields.get("sscc", ""))
    found = _SSCC.fullmatch("".join(written.split()))
    if written and not found:
        intake.refuse(said, "sscc", "It is no serial number of 18 digits; the shipment is taken without it.")
    sscc = found[1] if found else ""
    return (Parcel(**told, sscc=sscc),) if any(told.values()) or sscc else ()
