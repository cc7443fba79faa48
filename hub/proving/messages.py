"""What the world writes: each message in the hub's canonical words, as a connector would have parsed it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal

from hub.model.identity import LineId, LocationId, ShipmentId, Sku
from hub.model.order import Order, OrderLine
from hub.model.purchase import AcknowledgedLine, Acknowledgement, AcknowledgementOutcome
from hub.model.returns import Cancellation, CancelledLine, Custody, Return, ReturnedLine
from hub.model.shipment import Parcel, Shipment, ShippedLine
from hub.model.stock import FeedMode, StockReport, StockRow
from hub.model.transfer import GoodsReceipt, ReceivedLine
from hub.proving.world import Asked, Depot, Shop, Sold


def an_order(shop: Shop, sold: Sold) -> Order:
    """The order as it is now."""
    return Order(
        channel=shop.channel.channel,
        external_id=sold.external_id,
        number=sold.number,
        placed_at=sold.placed,
        revision=f"{sold.revision:06d}",
        lines=tuple(
            OrderLine(line_id=line_id, sku=sku, channel_item=sku, quantity=Decimal(units))
            for line_id, (sku, units) in sold.lines.items()
            if units
        ),
        soft_hold=sold.soft_hold,
    )


def a_cancellation(shop: Shop, sold: Sold, lines: Mapping[LineId, int | None], now: datetime) -> Cancellation:
    """The shop cancels these lines, so many units each, or all that can be stopped; no lines: the order."""
    return Cancellation(
        channel=shop.channel.channel,
        external_id=sold.external_id,
        cancelled_at=now,
        lines=tuple(
            CancelledLine(line_id=line_id, quantity=None if units is None else Decimal(units))
            for line_id, units in lines.items()
        ),
        reason="the customer changed their mind",
    )


def a_count(depot: Depot, named: Iterable[Sku], now: datetime, *, full: bool) -> StockReport:
    """The depot's figures of these items, in its own way; in whole packs and what is left over.

    A full report of a depot whose silence means none names what it has; where that is nothing, it says so by item.
    """
    figures = {sku: depot.figure(sku) for sku in named}
    rule = depot.location.counting
    if full and rule.names_all and any(figures.values()):
        figures = {sku: units for sku, units in figures.items() if units}
    where = depot.location.location
    return StockReport(
        connection=depot.location.connection,
        reference=depot.next_document("count"),
        as_of=now + timedelta(minutes=float(rule.as_of_lag_minutes)),
        mode=FeedMode.FULL if full else FeedMode.DELTA,
        locations=(where,),
        rows=tuple(row for sku, units in figures.items() for row in _rows(depot, sku, units)),
    )


def _rows(depot: Depot, sku: Sku, units: int) -> list[StockRow]:
    """The figure with all that it contains, and that beside it."""
    rule, pack = depot.location.counting, depot.packs.get(sku, 1)
    parts = {part: depot.beside(part) for part in rule.contains or ()}
    units += sum(parts.values())
    whole, loose = divmod(units, pack) if pack > 1 else (0, units)
    # Who ships whole packs only says of what size they are, also where there is none.
    told = [(rule.basis, "CA", whole, pack)] if pack > 1 and (whole or depot.lot(sku) > 1) else []
    if loose or not told:
        told.append((rule.basis, "EA", loose, 1))
    told += [(part, "EA", number, 1) for part, number in parts.items()]
    where = depot.location.location
    return [
        StockRow(
            sku=sku, location=where, basis=basis, quantity=Decimal(number), unit=unit, units_each=Decimal(units_each)
        )
        for basis, unit, number, units_each in told
    ]


def an_answer(depot: Depot, asked: Asked, now: datetime, *, cancel: bool | None = None) -> Acknowledgement:
    """What the depot makes of a request: all units of every line, as its books have them."""
    lines: list[AcknowledgedLine] = []
    for number, line in asked.lines.items():
        told = (
            (AcknowledgementOutcome.ACCEPTED, line.accepted + line.shipped),
            (AcknowledgementOutcome.BACKORDERED, line.backordered),
            (AcknowledgementOutcome.REJECTED, line.rejected),
        )
        lines += [
            AcknowledgedLine(number=number, outcome=outcome, quantity=Decimal(units))
            for outcome, units in told
            if units
        ]
    return Acknowledgement(
        request_id=asked.request.request_id,
        reference=depot.next_document("answer"),
        acknowledged_at=now,
        lines=() if cancel is not None else tuple(lines),
        cancel_accepted=cancel,
    )


def a_shipment(depot: Depot, asked: Asked, units: Mapping[int, int], now: datetime, *, closes: bool) -> Shipment:
    """Units by line left in one parcel; ``closes``: nothing more of these lines will come."""
    name = depot.next_document("shipment")
    return Shipment(
        shipment_id=ShipmentId(name),
        connection=depot.location.connection,
        location=depot.location.location,
        shipped_at=now,
        lines=tuple(
            ShippedLine(request_id=asked.request.request_id, number=number, quantity=Decimal(shipped), closes=closes)
            for number, shipped in units.items()
        ),
        parcels=(Parcel(tracking_number=f"T-{name}", carrier="Swiftline"),),
    )


def a_receipt(depot: Depot, goods: Mapping[Sku, int], now: datetime) -> GoodsReceipt:
    """Goods arrived at the depot."""
    return GoodsReceipt(
        receipt_id=depot.next_document("receipt"),
        connection=depot.location.connection,
        location=depot.location.location,
        received_at=now,
        lines=tuple(
            ReceivedLine(number=number, sku=sku, quantity=Decimal(units))
            for number, (sku, units) in enumerate(goods.items(), 1)
        ),
    )


def a_return(shop: Shop, sold: Sold, line_id: LineId, units: int, where: LocationId, now: datetime) -> Return:
    """Goods came back and were put on the shelf of a depot."""
    number = sum(sold.taken_back.values())
    return Return(
        return_id=f"R-{sold.external_id}-{number}",
        channel=shop.channel.channel,
        order_external_id=sold.external_id,
        lines=(ReturnedLine(line_id=line_id, quantity=Decimal(units)),),
        location=where,
        custody=Custody.RESTOCKED,
        at=now,
    )
