"""GetOrdersByQuery as shipments, and as refusals of what will never leave."""

from __future__ import annotations

import re
from datetime import tzinfo

from hub.errors import DataError
from hub.mapping.codebook import Codebook, PartnerItem
from hub.model.document import Document
from hub.model.identity import RequestId, ShipmentId
from hub.model.purchase import AcknowledgedLine, Acknowledgement, AcknowledgementOutcome
from hub.model.quantity import to_base
from hub.model.shipment import Parcel, Shipment, ShippedLine
from hub.sdk.capabilities import Item, Parsed, Problem
from hub_ongoing import answers, wire
from hub_ongoing.settings import OngoingSettings
from hub_ongoing.translate.moments import read_moment
from hub_ongoing.translate.problems import problem, unmapped

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
                items.append(_cancelled(order, document))
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
    request_id = RequestId(info.goods_owner_order_number)
    lines: list[ShippedLine] = []
    missing: list[AcknowledgedLine] = []
    for index, row in enumerate(order.picked_order_lines.picked_order_line):
        where = f"{place}.PickedOrderLine[{index}]"
        try:
            line = _own_line(row, where)
        except DataError as error:
            problems.append(problem(error))
            continue
        # An unmapped article holds the whole order back: told without it, the shipment's id would make the line a
        # duplicate once the article is mapped.
        item = _item(line, codebook, where)
        if line.picked_number_of_items > 0:
            lines.append(_shipped_line(line, request_id, item))
        if line.ordered_number_of_items > line.picked_number_of_items:
            missing.append(_missing_line(line, item))
    at = read_moment(info.shipped_time, zone, f"{place}.OrderInfo.ShippedTime") or document.at
    told: list[Item] = []
    if lines:
        told.append(
            Shipment(
                shipment_id=ShipmentId(str(info.order_id)),
                connection=document.connection,
                shipped_at=at,
                lines=tuple(lines),
                parcels=_parcels(order),
            )
        )
    if missing:
        reference = f"{info.order_id} short"
        told.append(
            Acknowledgement(request_id=request_id, reference=reference, acknowledged_at=at, lines=tuple(missing))
        )
    return told


def _cancelled(order: wire.OrderAnswer, document: Document) -> Acknowledgement:
    return Acknowledgement(
        request_id=RequestId(order.order_info.goods_owner_order_number),
        reference=f"{order.order_info.order_id} cancelled",
        acknowledged_at=document.at,
        default_outcome=AcknowledgementOutcome.REJECTED,
    )


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


def _item(line: wire.PickedOrderLineAnswer, codebook: Codebook, place: str) -> PartnerItem:
    item = codebook.item_named(line.article.article_number)
    if item is None:
        raise unmapped(line.article.article_number, codebook, f"{place}.Article.ArticleNumber")
    return item


def _shipped_line(line: wire.PickedOrderLineAnswer, request_id: RequestId, item: PartnerItem) -> ShippedLine:
    return ShippedLine(
        request_id=request_id,
        number=int(line.external_order_line_code),
        sku=item.sku,
        quantity=to_base(line.picked_number_of_items, item.units_each),
    )


def _missing_line(line: wire.PickedOrderLineAnswer, item: PartnerItem) -> AcknowledgedLine:
    return AcknowledgedLine(
        number=int(line.external_order_line_code),
        sku=item.sku,
        quantity=to_base(line.ordered_number_of_items - line.picked_number_of_items, item.units_each),
        outcome=AcknowledgementOutcome.REJECTED,
        reason="The warehouse sent the order without these units.",
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
