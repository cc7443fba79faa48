"""ShipmentConfirmation to 856: what left, by the retailer's order and line numbers."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence
from decimal import Decimal
from zoneinfo import ZoneInfo

from hub.edi.documents.parts import CarrierDetail, DateReference, Mark, Reference
from hub.edi.documents.ship_notice import Lading, OrderReference, ShipLevel, ShipNotice, ShippedQuantity
from hub.edi.documents.ship_notice_rows import render_ship_notice
from hub.errors import DataError
from hub.mapping.codebook import Codebook
from hub.mapping.x12_profile import X12Profile
from hub.model.document import Document
from hub.model.shipment import ConfirmedLine, Parcel, ShipmentConfirmation
from hub.sdk.capabilities import Stamp
from hub.sdk.x12.translate.envelopes import SentSet
from hub.sdk.x12.translate.faults import profile_error
from hub.sdk.x12.translate.interchanges import interchange_of
from hub.sdk.x12.translate.ordered import counted, product_ids
from hub.sdk.x12.translate.parties import site_party
from hub.sdk.x12.translate.reading import local_date, profile_of
from hub_x12_retailer.translate.identity import number_and_release
from hub_x12_retailer.translate.services import carrier_detail

NOTICE_SET = "856"
_PACKED, _LOOSE = "SOPI", "SOI"
_STRUCTURES = {_PACKED: "0001", _LOOSE: "0004"}
"""BSN05 (element 1005)."""


def notices(told: Sequence[tuple[str, ShipmentConfirmation]], codebook: Codebook, stamp: Stamp) -> Document:
    """One interchange with an 856 per confirmation."""
    sets = [
        (
            SentSet(NOTICE_SET, key, confirmation.order_external_id),
            render_ship_notice(ship_notice(confirmation, codebook, stamp.now)),
        )
        for key, confirmation in told
    ]
    return interchange_of(NOTICE_SET, sets, codebook, stamp)


def ship_notice(told: ShipmentConfirmation, codebook: Codebook, now: dt.datetime) -> ShipNotice:
    """Packed where all of it is in one parcel, else items under the order: what is in which of several is not known.
    In the units of the day of the order.

    Raises DataError ``x12.ship-notice-shape`` and ``x12.label-needed`` where the profile wants what is not known,
    ``x12.incomplete-item`` for a line without a SKU, ``data.unmapped-sku`` for one the retailer does not know.
    """
    profile = profile_of(codebook)
    zone = ZoneInfo(profile.timezone)
    codebook = codebook.on(local_date(told.placed_at or told.shipped_at, codebook))
    local = now.astimezone(zone)
    shape = _shape(told.parcels, profile)
    return ShipNotice(
        shipment_id=hashlib.sha256(told.key.encode()).hexdigest()[:16].upper(),
        date=local.date(),
        time=local.time().replace(microsecond=0),
        structure=_STRUCTURES[shape],
        roots=(_shipment(told, shape, codebook, told.shipped_at.astimezone(zone)),),
    )


def _shape(parcels: Sequence[Parcel], profile: X12Profile) -> str:
    if profile.labels_required and not (parcels and all(parcel.sscc for parcel in parcels)):
        raise profile_error("x12.label-needed", "A parcel of the shipment has no label (SSCC).", NOTICE_SET)
    allowed = profile.ship_notice_shapes or (_PACKED, _LOOSE)
    known = len(parcels) == 1 and any((parcels[0].sscc, parcels[0].tracking_number))
    found = next((shape for shape in (_PACKED, _LOOSE) if shape in allowed and (known or shape == _LOOSE)), "")
    if not found:
        message = f"The notice must nest its levels {', '.join(allowed)}, and what is in which parcel is not known."
        raise profile_error("x12.ship-notice-shape", message, NOTICE_SET)
    return found


def _shipment(told: ShipmentConfirmation, shape: str, codebook: Codebook, shipped: dt.datetime) -> ShipLevel:
    number, release = number_and_release(told.order_external_id)
    items = tuple(_item(line, place, codebook) for place, line in enumerate(told.lines))
    packed = shape == _PACKED
    pack = ShipLevel("", "", "P", marks=_marks(told.parcels), children=items)
    order = ShipLevel("", "", "O", order=OrderReference(number, release), children=(pack,) if packed else items)
    return ShipLevel(
        "",
        "",
        "S",
        ladings=(Lading("CTN", Decimal(len(told.parcels))),) if told.parcels else (),
        carriers=_carriers(told.parcels, codebook),
        references=tuple(Reference("CN", each.tracking_number) for each in told.parcels if each.tracking_number),
        marks=() if packed else _marks(told.parcels),
        dates=(DateReference("011", shipped.date(), shipped.time().replace(microsecond=0)),),
        parties=(
            *site_party("SF", codebook.site_of(told.location), profile_of(codebook)),
            *site_party("ST", told.ship_to_site, profile_of(codebook)),
        ),
        children=(order,),
    )


def _carriers(parcels: Sequence[Parcel], codebook: Codebook) -> tuple[CarrierDetail, ...]:
    names = dict.fromkeys(parcel.carrier for parcel in parcels if parcel.carrier)
    return tuple(carrier_detail(name, codebook) for name in names)


def _marks(parcels: Sequence[Parcel]) -> tuple[Mark, ...]:
    labels = [Mark("GM", f"00{parcel.sscc}") for parcel in parcels if parcel.sscc]
    return (*labels, *(Mark("CP", parcel.tracking_number) for parcel in parcels if parcel.tracking_number))


def _item(line: ConfirmedLine, place: int, codebook: Codebook) -> ShipLevel:
    if line.sku is None:
        raise DataError(
            "The shipped line has no SKU, so the retailer's item is not known.",
            code="x12.incomplete-item",
            cure="Map the order's line, then tell the retailer of this shipment by hand.",
            path=f"lines[{place}].sku",
        )
    item = codebook.item_of(line.sku)
    left = counted(line.quantity, item)
    shipped = ShippedQuantity(line.line_id, product_ids(item, codebook), left.quantity, left.unit)
    return ShipLevel("", "", "I", items=(shipped,))
