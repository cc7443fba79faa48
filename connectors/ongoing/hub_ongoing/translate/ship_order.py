"""Fulfilment requests and cancellations as ProcessOrder."""

from __future__ import annotations

from pydantic import ValidationError

from hub.errors import DataError
from hub.mapping.codebook import Codebook, PartnerItem
from hub.model.fulfilment import CancellationRequest, FulfilmentRequest, RequestLine
from hub.model.party import Address
from hub.model.quantity import from_base
from hub_ongoing import wire
from hub_ongoing.settings import OngoingSettings


def ship_order(request: FulfilmentRequest, codebook: Codebook, settings: OngoingSettings) -> wire.CustomerOrder:
    """A fulfilment request as the ``co`` of ProcessOrder, keyed by our request id.

    Raises DataError where the address, an item or a quantity can't be told to this warehouse.
    """
    if request.ship_to is None:
        raise DataError(
            f"Request {request.request_id} has no address to ship to.", code="data.missing-address", path="ship_to"
        )
    try:
        return wire.CustomerOrder(
            order_info=wire.OrderInfo(
                goods_owner_order_number=request.request_id,
                order_operation="CreateOrUpdate",
                reference_number=request.order_number or None,
                way_of_delivery=request.service or None,
                order_notification=_notification(request.ship_to, settings),
            ),
            customer=_customer(request.ship_to),
            customer_order_lines=wire.CustomerOrderLines(
                customer_order_line=[_order_line(line, codebook) for line in request.lines]
            ),
        )
    except ValidationError as error:
        path = ".".join(str(part) for part in error.errors(include_input=False, include_url=False)[0]["loc"])
    raise DataError(
        f"Request {request.request_id} does not fit Ongoing at {path}.",
        code="ongoing.unfit-order",
        cure="Correct the order's address or the partner's items.",
        path=path,
    )


def removed_order(request: CancellationRequest) -> wire.CustomerOrder:
    """A cancellation as ProcessOrder with the operation Remove, which Ongoing allows until it picks.

    Raises DataError for part of an order: Remove takes the whole one.
    """
    if request.line_numbers:
        raise DataError(
            f"Ongoing can only remove the whole of {request.request_id}, not single lines.",
            code="ongoing.partial-cancellation",
            cure="Cancel the whole request, or ask the warehouse itself.",
            path="line_numbers",
        )
    return wire.CustomerOrder(
        order_info=wire.OrderInfo(goods_owner_order_number=request.request_id, order_operation="Remove")
    )


def article_number(item: PartnerItem) -> str:
    """The partner's article number of an item: the id named so, else its SKU there, else its only id."""
    named = item.ids.get("article") or item.ids.get("sku")
    return named or next(iter(item.ids.values()), str(item.sku))


def _order_line(line: RequestLine, codebook: Codebook) -> wire.CustomerOrderLine:
    item = codebook.item_of(line.sku)
    return wire.CustomerOrderLine(
        external_order_line_code=str(line.number),
        article_number=article_number(item),
        number_of_items=from_base(line.quantity, item.units_each),
    )


def _customer(address: Address) -> wire.Customer:
    return wire.Customer(
        name=address.company or address.name,
        address=address.line1 or None,
        address2=address.line2 or None,
        # The person behind a company has no field of its own.
        address3=(address.name or None) if address.company else None,
        post_code=address.postal_code or None,
        city=address.city or None,
        country_state_code=address.region or None,
        country_code=address.country,
    )


def _notification(address: Address, settings: OngoingSettings) -> wire.OrderNotification | None:
    if not address.phone and not address.email:
        return None
    return wire.OrderNotification(
        mobile_phone=address.phone or None,
        email=address.email or None,
        notify_by_email=settings.notify_by_email and bool(address.email),
        notify_by_sms=settings.notify_by_sms and bool(address.phone),
    )
