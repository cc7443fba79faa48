"""FulfilmentRequest to 850: bytes are a function of the items, the codebook and the stamp."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from zoneinfo import ZoneInfo

from hub.edi.documents.parts import CarrierDetail, Party, Reference
from hub.edi.documents.purchase_order import PurchaseOrder, PurchaseOrderLine, render_purchase_order
from hub.edi.write import control_number, set_control_number, write_interchange
from hub.errors import ConfigurationError
from hub.mapping.codebook import Codebook
from hub.mapping.x12_profile import X12Profile
from hub.model.document import Document
from hub.model.fulfilment import FulfilmentRequest, RequestLine
from hub.model.party import Address
from hub.model.quantity import BASE_UNIT, from_base
from hub.sdk.capabilities import Stamp
from hub_x12_supplier.translate.envelopes import (
    SentSet,
    document_of,
    envelope_of,
    group_ids,
    group_series,
    interchange_series,
)
from hub_x12_supplier.translate.reading import profile_of


def order_series(codebook: Codebook) -> tuple[str, str]:
    """The series that an interchange of purchase orders takes its numbers from."""
    profile = profile_of(codebook)
    return interchange_series(profile), group_series("PO", *group_ids(profile))


def purchase_orders(requests: Sequence[tuple[str, FulfilmentRequest]], codebook: Codebook, stamp: Stamp) -> Document:
    """One interchange with an 850 per request; ``meta`` keeps which set carries which item."""
    profile = profile_of(codebook)
    if not profile.may_send("850"):
        raise ConfigurationError(
            f"Partner {codebook.partner} gets no 850 from us.",
            code="x12.set-not-sent",
            cure=f"Add 850 to sends in mappings/partners/{codebook.partner}/x12.yaml, or give the location another "
            "connection.",
        )
    sets = [render_purchase_order(purchase_order(request, codebook, stamp.now)) for _, request in requests]
    number, group = (control_number(count) for count in stamp.numbers)
    envelope = envelope_of(profile, "PO", stamp.now, number, group, version=profile.version_of("850"))
    body = write_interchange(envelope, sets)
    sent = [SentSet("850", key, request.request_id) for key, request in requests]
    document = document_of("850", body, envelope, sent, codebook, stamp)
    marks = {f"set:{key}": f"850/{group}/{set_control_number(index)}" for index, (key, _) in enumerate(requests)}
    return replace(document, meta={**document.meta, **marks})


def purchase_order(request: FulfilmentRequest, codebook: Codebook, now: dt.datetime) -> PurchaseOrder:
    """The request in X12's words. Raises DataError where an item or a whole pack is missing."""
    profile = profile_of(codebook)
    return PurchaseOrder(
        number=request.request_id,
        date=now.astimezone(ZoneInfo(profile.timezone)).date(),
        order_type=profile.order_type,
        references=(Reference("CO", request.order_number),),
        carriers=(CarrierDetail(routing=request.service.upper()),),
        parties=(*_ship_from(codebook.site_of(request.location), profile), *_ship_to(request.ship_to)),
        lines=tuple(_line(line, codebook) for line in request.lines),
    )


def _line(line: RequestLine, codebook: Codebook) -> PurchaseOrderLine:
    item = codebook.item_of(line.sku)
    profile = profile_of(codebook)
    preferred = [name for name in profile.item_ids if name in item.ids]
    unit, each = (item.unit, item.units_each) if profile.order_unit == "pack" else (BASE_UNIT, Decimal(1))
    names = preferred or list(item.ids)
    return PurchaseOrderLine(
        number=str(line.number),
        quantity=from_base(line.quantity, each),
        unit=unit,
        price=line.unit_cost.amount * each if line.unit_cost else None,
        ids=tuple((name, item.ids[name]) for name in names),
        descriptions=(line.title[:80],) if line.title else (),
    )


def _ship_from(site: str, profile: X12Profile) -> tuple[Party, ...]:
    """Only where the supplier has several sites: which of them we ask to ship."""
    if not site:
        return ()
    named = profile.site_by == "name"
    return (Party("SF", name=site) if named else Party("SF", id_qualifier=profile.site_qualifier, id=site),)


def _ship_to(address: Address | None) -> tuple[Party, ...]:
    if address is None:
        return ()
    party = Party(
        "ST",
        name=(address.company or address.name)[:60],
        additional_names=(address.name[:60],) if address.company and address.name else (),
        address_lines=tuple(text[:55] for text in (address.line1, address.line2) if text),
        city=address.city[:30],
        state=address.region[:2],
        postal_code=address.postal_code[:15],
        country=address.country,
    )
    return (party,)
