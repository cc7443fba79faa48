"""FulfilmentRequest to 850, and our replies to 997: bytes are a function of the items, the codebook and the stamp."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from decimal import Decimal
from zoneinfo import ZoneInfo

from hub.edi.documents.parts import CarrierDetail, Party, Reference
from hub.edi.documents.purchase_order import PurchaseOrder, PurchaseOrderLine, render_purchase_order
from hub.edi.interchange import Delimiters, TradingId
from hub.edi.write import OutboundEnvelope, OutboundSet, set_control_number, write_interchange
from hub.mapping.codebook import Codebook
from hub.mapping.x12_profile import X12Profile
from hub.model.document import Direction, Document
from hub.model.fulfilment import FulfilmentRequest, RequestLine
from hub.model.party import Address
from hub.model.quantity import BASE_UNIT, from_base
from hub.sdk.capabilities import Reply, Stamp
from hub_x12_supplier.translate.reading import profile_of


def purchase_orders(requests: Sequence[tuple[str, FulfilmentRequest]], codebook: Codebook, stamp: Stamp) -> Document:
    """One interchange with an 850 per request; ``meta`` keeps which set carries which item."""
    profile = profile_of(codebook)
    sets = [render_purchase_order(purchase_order(request, codebook, stamp.now)) for _, request in requests]
    body = write_interchange(_envelope(profile, "PO", stamp), sets)
    keys = tuple(key for key, _ in requests)
    marks = {f"set:{key}": set_mark("850", stamp, index) for index, key in enumerate(keys)}
    return _document("850", keys, body, codebook, stamp, marks)


def set_mark(set_id: str, stamp: Stamp, index: int) -> str:
    """How a set of ours is named: the 997 comes back with the same group and set control numbers."""
    return f"{set_id}/{stamp.control_number}/{set_control_number(index)}"


def purchase_order(request: FulfilmentRequest, codebook: Codebook, now: dt.datetime) -> PurchaseOrder:
    """The request in X12's words. Raises DataError where an item or a whole pack is missing."""
    profile = profile_of(codebook)
    return PurchaseOrder(
        number=request.request_id,
        date=now.astimezone(ZoneInfo(profile.timezone)).date(),
        order_type="DS",
        references=(Reference("CO", request.order_number),),
        carriers=(CarrierDetail(routing=request.service.upper()),),
        parties=(*_ship_from(codebook.site_of(request.location)), *_ship_to(request.ship_to)),
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


def _ship_from(site: str) -> tuple[Party, ...]:
    """Only where the supplier has several sites: which of them we ask to ship."""
    return (Party("SF", id_qualifier="92", id=site),) if site else ()


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


def functional_acknowledgements(replies: Sequence[tuple[str, Reply]], codebook: Codebook, stamp: Stamp) -> Document:
    """The 997s prepared at parse, one set each, in one interchange."""
    profile = profile_of(codebook)
    prepared = [json.loads(reply.payload) for _, reply in replies]
    sets = [OutboundSet("997", tuple(tuple(row) for row in one["rows"])) for one in prepared]
    envelope = _envelope(profile, "FA", stamp, version=prepared[0]["version"])
    return _document("997", tuple(key for key, _ in replies), write_interchange(envelope, sets), codebook, stamp, {})


def _document(
    kind: str, keys: tuple[str, ...], body: bytes, codebook: Codebook, stamp: Stamp, marks: dict[str, str]
) -> Document:
    name = f"{kind}-{stamp.control_number:09d}.edi"
    return Document(
        connection=codebook.connection,
        direction=Direction.OUTBOUND,
        kind=kind,
        source_id=stamp.key,
        body=body,
        at=stamp.now,
        media_type="application/edi-x12",
        meta={"file": name, "control_number": str(stamp.control_number), **marks},
        item_keys=keys,
    )


def _envelope(profile: X12Profile, functional_id: str, stamp: Stamp, version: str = "") -> OutboundEnvelope:
    us, partner, marks = profile.us, profile.partner, profile.delimiters
    return OutboundEnvelope(
        sender=TradingId(us.qualifier, us.id),
        receiver=TradingId(partner.qualifier, partner.id),
        group_sender=us.group_id or us.id,
        group_receiver=partner.group_id or partner.id,
        functional_id=functional_id,
        version=version or profile.version,
        control_number=stamp.control_number,
        group_control_number=stamp.control_number,
        created=stamp.now.astimezone(ZoneInfo(profile.timezone)),
        usage=profile.usage,
        delimiters=Delimiters(
            element=marks.element, component=marks.component, terminator=marks.segment, repetition=marks.repetition
        ),
        substitute=" ",
        line_break="\n" if marks.newline else "",
    )
