"""Our instructions to Shopify's words: the intents that are stored before they are carried out."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from decimal import Decimal

from hub.errors import DataError, InvariantError
from hub.mapping.codebook import Codebook
from hub.model.document import Direction, Document
from hub.model.fulfilment import CancellationRequest, FulfilmentRequest
from hub.model.identity import ChannelId, LocationId
from hub.model.quantity import floored_units
from hub.model.shipment import ShipmentConfirmation
from hub.model.stock import QuantityUpdate
from hub.sdk.capabilities import Envelope, Stamp
from hub_shopify.intents import (
    Fulfilled,
    LineUnits,
    Outbound,
    SetEntry,
    SetQuantities,
    StoreAssignment,
    StoreRecall,
    stored,
)

ASSIGNMENT_KIND = "shopify-store-assignment"
FULFILMENT_KIND = "shopify-fulfilment"
RECALL_KIND = "shopify-store-recall"
QUANTITIES_KIND = "shopify-quantities"

_REFERENCE = re.compile(r"[A-Za-z0-9_-]{2,57}")


def reference(key: str) -> str:
    """Our key where Shopify allows it as a metafield key (64 of A-Z a-z 0-9 _ -, suffix included), else its digest."""
    return key if _REFERENCE.fullmatch(key) else hashlib.sha256(key.encode()).hexdigest()[:40]


def render_assignment(envelope: Envelope, codebook: Codebook, stamp: Stamp, channel: ChannelId | None) -> Document:
    """A fulfilment request to a store: move these units of the order to its location."""
    request = envelope.item
    if not isinstance(request, FulfilmentRequest):
        raise InvariantError("A store assignment can only be made from a fulfilment request.")
    if request.channel != channel:
        raise DataError(
            f"Request {request.request_id} is for an order of channel {request.channel}, unknown to this shop.",
            code="shopify.foreign-order",
            cure="Let the location ship this channel's orders through another connection, or exclude it.",
        )
    intent = StoreAssignment(
        reference=reference(str(request.request_id)),
        order=request.order_external_id,
        location=_site(codebook, request.location),
        lines=tuple(
            LineUnits(line=str(line.line_id), units=_whole(line.quantity), number=line.number) for line in request.lines
        ),
    )
    return _document(intent, ASSIGNMENT_KIND, (envelope.key,), codebook, stamp, envelope.key)


def render_recall(envelope: Envelope, codebook: Codebook, stamp: Stamp, channel: ChannelId) -> Document:
    """A cancellation at a store. Shopify's order number is the end of ours: order ids are made of it."""
    asked = envelope.item
    if not isinstance(asked, CancellationRequest):
        raise InvariantError("A recall can only be made from a cancellation request.")
    intent = StoreRecall(
        reference=reference(str(asked.request_id)),
        order=str(asked.order_id).removeprefix(f"{channel}-"),
        location=_site(codebook, asked.location),
        numbers=asked.line_numbers,
    )
    return _document(intent, RECALL_KIND, (envelope.key,), codebook, stamp, envelope.key)


def render_fulfilment(envelope: Envelope, codebook: Codebook, stamp: Stamp) -> Document:
    """A shipment confirmation: these units left, in these parcels. Shopify takes one carrier per fulfilment."""
    confirmation = envelope.item
    if not isinstance(confirmation, ShipmentConfirmation):
        raise InvariantError("A fulfilment can only be made from a shipment confirmation.")
    tracked = [parcel for parcel in confirmation.parcels if parcel.tracking_number]
    urls = tuple(parcel.tracking_url for parcel in tracked)
    carriers = list(dict.fromkeys(parcel.carrier for parcel in tracked if parcel.carrier))
    intent = Fulfilled(
        reference=reference(confirmation.key),
        order=confirmation.order_external_id,
        site=codebook.site_of(confirmation.location),
        lines=tuple(LineUnits(line=str(line.line_id), units=_whole(line.quantity)) for line in confirmation.lines),
        company=(codebook.code("carriers", carriers[0]) or carriers[0]) if carriers else "",
        numbers=tuple(parcel.tracking_number for parcel in tracked),
        urls=urls if all(urls) else (),
    )
    return _document(intent, FULFILMENT_KIND, (envelope.key,), codebook, stamp, envelope.key)


def render_quantities(items: Sequence[Envelope], codebook: Codebook, stamp: Stamp, online: str) -> Document:
    """A batch of quantities for the online location; our eaches are floored to the shop's units."""
    entries = [_entry(envelope, codebook) for envelope in items]
    intent = SetQuantities(key=stamp.key, location=online, entries=tuple(entries))
    keys = tuple(envelope.key for envelope in items)
    return _document(intent, QUANTITIES_KIND, keys, codebook, stamp, "")


def _entry(envelope: Envelope, codebook: Codebook) -> SetEntry:
    update = envelope.item
    if not isinstance(update, QuantityUpdate):
        raise InvariantError("Quantities can only be set from quantity updates.")
    item = codebook.item_of(update.sku)
    return SetEntry(
        key=envelope.key,
        sku=item.ids.get("sku") or str(update.sku),
        item=item.external_id,
        quantity=int(floored_units(update.quantity, item.units_each)),
        expected=None if update.expected is None else int(floored_units(update.expected, item.units_each)),
        units_each=item.units_each,
    )


def _whole(quantity: Decimal) -> int:
    if quantity != quantity.to_integral_value():
        raise DataError(
            f"Shopify counts in whole units, not in {quantity}.",
            code="shopify.fractional-units",
            cure="Sell this item in whole units.",
        )
    return int(quantity)


def _site(codebook: Codebook, location: LocationId) -> str:
    site = codebook.site_of(location)
    if site:
        return site
    raise DataError(
        f"Location {location} has no location number in this shop.",
        code="data.unmapped-location",
        cure=f"Add it under sites in mappings/partners/{codebook.partner}/partner.yaml.",
        path="location",
        value=str(location),
    )


def _document(
    intent: Outbound, kind: str, item_keys: tuple[str, ...], codebook: Codebook, stamp: Stamp, part: str
) -> Document:
    return Document(
        connection=codebook.connection,
        direction=Direction.OUTBOUND,
        kind=kind,
        source_id=f"{stamp.key}:{part}" if part else stamp.key,
        body=stored(intent),
        at=stamp.now,
        media_type="application/json",
        item_keys=item_keys,
    )
