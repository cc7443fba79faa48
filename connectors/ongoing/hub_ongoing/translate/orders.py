"""GetOrdersByQuery as shipments, and as refusals of what will never leave."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import tzinfo
from decimal import Decimal

from hub.errors import DataError
from hub.mapping.codebook import Codebook, PartnerItem
from hub.model.document import Document
from hub.model.identity import RequestId, ShipmentId
from hub.model.purchase import AcknowledgedLine, Acknowledgement, AcknowledgementOutcome
from hub.model.quantity import to_base
from hub.model.shipment import Parcel, Shipment, ShippedLine
from hub.sdk.capabilities import Item, Parsed, Problem
from hub.sdk.moments import last_of_second
from hub_ongoing import answers, wire
from hub_ongoing.settings import OngoingSettings
from hub_ongoing.translate.moments import read_moment
from hub_ongoing.translate.problems import item_of_article, problem

_CANCELLED = "cancelled"
_SSCC = re.compile(r"^(?:00)?(\d{18})$")


def orders(document: Document, codebook: Codebook, settings: OngoingSettings) -> Parsed:
    """What the orders of a GetOrdersByQuery say: one Shipment for each that left, and an Acknowledgement that rejects
    what the warehouse found missing or has cancelled. An order in another status says nothing yet."""
    found = answers.rows(answers.read_result("GetOrdersByQuery", document.body), "Orders", "Order")
    items: list[Item] = []
    problems: list[Problem] = []
    for index, row in enumerate(found):
        place = f"Order[{index}]"
        try:
            order = answers.read_as(wire.OrderAnswer, row, place)
            # Without our number it was keyed by hand in the warehouse: the next stock report counts it.
            if not order.order_info.goods_owner_order_number:
                continue
            if order.order_info.order_status_number in settings.shipped_statuses:
                items += _left(order, document, codebook, settings.zone, place, problems)
            elif order.order_info.order_status_number in settings.cancelled_statuses:
                items += _cancelled(order, document, codebook, place, problems)
        except DataError as error:
            problems.append(problem(error))
    return Parsed(tuple(items), tuple(problems))


def _left(
    order: wire.OrderAnswer,
    document: Document,
    codebook: Codebook,
    zone: tzinfo,
    place: str,
    problems: list[Problem],
) -> list[Item]:
    info = order.order_info
    lines = _lines(order, codebook, place, problems)
    shipped = tuple(
        _shipped_line(line, RequestId(info.goods_owner_order_number), item)
        for line, item in lines
        if line.picked_number_of_items > 0
    )
    at = read_moment(info.shipped_time, zone, f"{place}.OrderInfo.ShippedTime")
    shipment = [
        Shipment(
            shipment_id=ShipmentId(str(info.order_id)),
            connection=document.connection,
            shipped_at=last_of_second(at, document.at) if at is not None else document.at,
            lines=shipped,
            parcels=_parcels(order),
        )
    ]
    return [
        *(shipment if shipped else []),
        *_rejection(
            order,
            document,
            [(line, item, line.ordered_number_of_items - line.picked_number_of_items) for line, item in lines],
            "short",
            "The warehouse sent the order without these units.",
        ),
    ]


def _cancelled(
    order: wire.OrderAnswer, document: Document, codebook: Codebook, place: str, problems: list[Problem]
) -> list[Item]:
    lines = _lines(order, codebook, place, problems)
    # Picked units go back to their shelf.
    whole = [(line, item, line.ordered_number_of_items) for line, item in lines]
    return _rejection(order, document, whole, _CANCELLED, "The order is cancelled in the warehouse.")


def _rejection(
    order: wire.OrderAnswer,
    document: Document,
    lines: Sequence[tuple[wire.PickedOrderLineAnswer, PartnerItem | None, Decimal]],
    what: str,
    reason: str,
) -> list[Item]:
    """The units that will never leave, each line by name: an answer without lines would not revise an acceptance."""
    missing = tuple(
        AcknowledgedLine(
            number=int(line.external_order_line_code),
            sku=item.sku if item else None,
            quantity=_eaches(units, item),
            outcome=AcknowledgementOutcome.REJECTED,
            reason=reason,
            out_of_stock=what != _CANCELLED,
        )
        for line, item, units in lines
        if units > 0
    )
    if not missing:
        return []
    info = order.order_info
    answer = Acknowledgement(
        request_id=RequestId(info.goods_owner_order_number),
        reference=f"{info.order_id} {what}",
        # Our own clock, as when the order was accepted: an answer that looks older would not revise that.
        acknowledged_at=document.at,
        lines=missing,
    )
    return [answer]


def _lines(
    order: wire.OrderAnswer, codebook: Codebook, place: str, problems: list[Problem]
) -> list[tuple[wire.PickedOrderLineAnswer, PartnerItem | None]]:
    """Our lines with their items; a line that can't be read or is not ours is a problem beside the others.

    A line whose article is not mapped is still ours by its number, so it is told, in eaches, and also a problem. Left
    out it would be lost: once the article is mapped, the shipment's id makes the whole a duplicate.
    """
    found: list[tuple[wire.PickedOrderLineAnswer, PartnerItem | None]] = []
    for index, row in enumerate(order.picked_order_lines.picked_order_line):
        where = f"{place}.PickedOrderLine[{index}]"
        try:
            line = _own_line(row, where)
        except DataError as error:
            problems.append(problem(error))
            continue
        found.append((line, _item(line, codebook, where, problems)))
    return found


def _item(
    line: wire.PickedOrderLineAnswer, codebook: Codebook, where: str, problems: list[Problem]
) -> PartnerItem | None:
    try:
        return item_of_article(line.article.article_number, codebook, f"{where}.Article.ArticleNumber")
    except DataError as error:
        problems.append(problem(error))
        return None


def _eaches(units: Decimal, item: PartnerItem | None) -> Decimal:
    return units if item is None else to_base(units, item.units_each)


def _own_line(row: answers.Row, place: str) -> wire.PickedOrderLineAnswer:
    line = answers.read_as(wire.PickedOrderLineAnswer, row, place)
    code = line.external_order_line_code
    if not code.isascii() or not code.isdigit():
        raise DataError(
            "A shipped line has no line number of ours.",
            code="ongoing.foreign-line",
            cure="The warehouse added or changed the line; compare the order with the warehouse.",
            path=f"{place}.ExternalOrderLineCode",
            value=code,
        )
    return line


def _shipped_line(line: wire.PickedOrderLineAnswer, request_id: RequestId, item: PartnerItem | None) -> ShippedLine:
    return ShippedLine(
        request_id=request_id,
        number=int(line.external_order_line_code),
        sku=item.sku if item else None,
        quantity=_eaches(line.picked_number_of_items, item),
    )


def _parcels(order: wire.OrderAnswer) -> tuple[Parcel, ...]:
    carrier = order.transporter.transporter_name
    parcels: list[Parcel] = []
    for box in order.order_pallet_items.order_pallet_item_info:
        if box.is_ta_pallet_item is False or not (box.label_id or box.tracking.tracking_url):
            continue
        sscc = _SSCC.match(box.label_id)
        parcels.append(
            Parcel(
                tracking_number=box.label_id,
                carrier=carrier,
                tracking_url=box.tracking.tracking_url,
                sscc=sscc[1] if sscc else "",
            )
        )
    if not parcels and order.order_info.way_bill:
        # Some transporters give a number for the shipment only ("Getting tracking numbers", vendor's docs).
        parcels.append(Parcel(tracking_number=order.order_info.way_bill, carrier=carrier))
    return tuple(parcels)
