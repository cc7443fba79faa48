"""Tell an order's channel what left, once per shipment."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from hub.flows.answer import Answer
from hub.flows.telling import settle_told
from hub.flows.work import Work
from hub.model.events import EventKind
from hub.model.identity import LineId, LocationId, OrderId
from hub.model.order import OrderRecord
from hub.model.queue import OutboxItem
from hub.model.shipment import ConfirmedLine, Parcel, Shipment, ShipmentConfirmation
from hub.orders.kits import sold_lines


def confirm_shipment(
    work: Work, record: OrderRecord, shipment: Shipment, location: LocationId, units: Mapping[LineId, Decimal]
) -> None:
    """Queue the confirmation of ``units`` per line as sold; none where the channel is told of no shipment, where it was
    made in the channel itself, or where nothing of it was ordered there. A kit is told with the shipment that makes it
    whole."""
    channel = work.network.channel(record.order.channel)
    skus = {line.line_id: line.sku for line in sold_lines(record.order)}
    lines = tuple(
        ConfirmedLine(line_id=line_id, quantity=count, sku=skus.get(line_id))
        for line_id, count in units.items()
        if count > 0
    )
    if channel is None or not channel.confirm or not lines or shipment.channel == channel.channel:
        return
    confirmation = ShipmentConfirmation(
        key=_key(shipment, record.order_id),
        order_id=record.order_id,
        channel=channel.channel,
        connection=channel.connection,
        order_external_id=record.order.external_id,
        location=location,
        lines=lines,
        parcels=(*_earlier_parcels(work, record, shipment), *shipment.parcels),
        shipped_at=shipment.shipped_at,
        placed_at=record.order.placed_at,
        ship_to_site=record.order.ship_to.site if record.order.ship_to else "",
    )
    work.uow.outbox.add(
        OutboxItem(
            key=confirmation.key,
            connection=channel.connection,
            kind="shipment",
            payload=confirmation.model_dump_json(),
            created_at=work.now,
            order_id=record.order_id,
            subject=f"shipment {shipment.shipment_id} of {record.order.number}",
        )
    )


def _earlier_parcels(work: Work, record: OrderRecord, shipment: Shipment) -> list[Parcel]:
    """Parcels that left since the channel was told last: parts of kits that were not whole then."""
    untold: list[Parcel] = []
    own = record.order.channel
    for earlier in work.uow.requests.shipments(record.order_id) if record.order.kits else ():
        if (earlier.connection, earlier.shipment_id) == (shipment.connection, shipment.shipment_id):
            continue
        told = earlier.channel == own or work.uow.outbox.get(_key(earlier, record.order_id)) is not None
        untold = [] if told else [*untold, *earlier.parcels]
    return untold


def _key(shipment: Shipment, order_id: OrderId) -> str:
    return f"confirm:{shipment.connection}:{shipment.shipment_id}:{order_id}"


def settle_confirmation(work: Work, confirmation: ShipmentConfirmation, answer: Answer) -> None:
    """After a refusal goods left and the customer has not been told."""
    settle_told(
        work,
        confirmation.order_id,
        answer,
        EventKind.SHIPMENT_CONFIRMED,
        hold="order.confirmation-refused",
        words=f"{confirmation.channel} refused the shipment {confirmation.key}",
        key=confirmation.key,
    )
