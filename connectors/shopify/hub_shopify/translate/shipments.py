"""Fulfilments that store staff made in Shopify's admin to ``Shipment``."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC
from decimal import Decimal

from hub.mapping.codebook import Codebook
from hub.model.document import Document
from hub.model.identity import ChannelId, LineId, LocationId, ShipmentId
from hub.model.shipment import Parcel, Shipment, ShippedLine
from hub.sdk.capabilities import Parsed, Problem
from hub.sdk.moments import last_of_second
from hub_shopify.wire import GraphFulfilment, GraphShippedOrder, read

SHIPMENTS_KIND = "shopify-store-shipments"


def parse_shipments(document: Document, codebook: Codebook, channel: ChannelId, stores: Collection[str]) -> Parsed:
    """Each successful fulfilment at one of these stores; our own, made elsewhere, are not echoed."""
    order = read(GraphShippedOrder, document.body)
    shipments: list[Shipment] = []
    problems: list[Problem] = []
    for place, fulfilment in enumerate(order.fulfillments):
        site = fulfilment.location.id if fulfilment.location else ""
        if fulfilment.status != "SUCCESS" or site not in stores:
            continue
        location = codebook.location_for(site)
        if location is None:
            cure = f"Add it under sites in mappings/partners/{codebook.partner}/partner.yaml and reprocess."
            path = f"fulfillments[{place}].location"
            problems.append(Problem(path, "data.unmapped-location", "A store is not mapped.", cure, site))
            continue
        shipment = _shipment(fulfilment, order, document, codebook, channel, location)
        if shipment:
            shipments.append(shipment)
    return Parsed(items=tuple(shipments), problems=tuple(problems))


def _shipment(
    fulfilment: GraphFulfilment,
    order: GraphShippedOrder,
    document: Document,
    codebook: Codebook,
    channel: ChannelId,
    location: LocationId,
) -> Shipment | None:
    lines = []
    for line in fulfilment.fulfillment_line_items.nodes:
        if line.quantity:
            item = codebook.item_for([("sku", line.line_item.sku)]) if line.line_item.sku else None
            lines.append(
                ShippedLine(
                    sku=item.sku if item else None,
                    order_external_id=order.id,
                    line_id=LineId(line.line_item.id),
                    quantity=Decimal(line.quantity),
                )
            )
    if not lines:
        return None
    return Shipment(
        shipment_id=ShipmentId(fulfilment.id),
        connection=document.connection,
        location=location,
        channel=channel,
        # Shopify tells createdAt in whole seconds (seen in its answers, 2026).
        shipped_at=last_of_second(fulfilment.created_at.astimezone(UTC), document.at),
        lines=tuple(lines),
        parcels=tuple(
            Parcel(tracking_number=t.number or "", carrier=t.company or "", tracking_url=t.url or "")
            for t in fulfilment.tracking_info
        ),
    )
