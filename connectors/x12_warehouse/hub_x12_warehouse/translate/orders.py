"""FulfilmentRequest to 940, the warehouse shipping order (edi.md 6.4: W05, W66, LX and W01).

W0502, the depositor's order number, is our request id: the 945 echoes it in W0602. Our line numbers stand in LX01 and
in N9*LI of each line, which a warehouse may echo too.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from hub.edi.documents.shipping_order import (
    OrderedTotal,
    ShippingOrder,
    ShippingOrderGroup,
    ShippingOrderLine,
    render_shipping_order,
)
from hub.edi.documents.warehouse import CarrierInstruction, NumberedReference, WarehouseDate
from hub.edi.write import OutboundSet
from hub.mapping.codebook import Codebook
from hub.model.document import Document
from hub.model.fulfilment import FulfilmentRequest, RequestLine
from hub.sdk.capabilities import Stamp
from hub.sdk.x12.translate.instructions import InstructionSet, instructions
from hub.sdk.x12.translate.ordered import ordered_item
from hub.sdk.x12.translate.parties import ship_to_party, site_party
from hub.sdk.x12.translate.reading import local_date, profile_of

_NEW = "N"
_PREPAID = "PP"
"""W6601 is mandatory; who pays the freight is no part of a request, and a 3PL bills it to its depositor."""

_SHIP_ON, _DELIVER_BY = "10", "02"


def shipping_order(request: FulfilmentRequest, codebook: Codebook, now: dt.datetime) -> ShippingOrder:
    """The request in X12's words and the units of today. Raises DataError where an item or a whole pack is missing."""
    profile = profile_of(codebook)
    today = local_date(now, codebook)
    codebook = codebook.on(today)
    promised = (WarehouseDate(_DELIVER_BY, request.promised_by),) if request.promised_by else ()
    groups = tuple(_group(line, codebook) for line in request.lines)
    units = (line.quantity for group in groups for line in group.lines if line.quantity is not None)
    return ShippingOrder(
        status=_NEW,
        number=request.request_id,
        purchase_order_number=request.order_number[:22],
        parties=(
            *site_party("WH", codebook.site_of(request.location), profile),
            *ship_to_party(request.ship_to),
        ),
        numbers=(NumberedReference("CO", request.order_number[:30]),),
        dates=(WarehouseDate(_SHIP_ON, today), *promised),
        carriers=(CarrierInstruction(payment=_PREPAID, routing=request.service.upper()[:35]),),
        groups=groups,
        total=OrderedTotal(sum(units, Decimal(0))),
    )


def _group(line: RequestLine, codebook: Codebook) -> ShippingOrderGroup:
    asked = ordered_item(line, codebook)
    number = str(line.number)
    wanted = ShippingOrderLine(
        quantity=asked.quantity,
        unit=asked.unit,
        ids=asked.ids,
        descriptions=(line.title[:45],) if line.title else (),
        references=(NumberedReference("LI", number),),
    )
    return ShippingOrderGroup(number, lines=(wanted,))


def _written(request: FulfilmentRequest, codebook: Codebook, now: dt.datetime) -> OutboundSet:
    return render_shipping_order(shipping_order(request, codebook, now))


SHIPPING_ORDERS = InstructionSet("940", _written)


def shipping_orders(requests: Sequence[tuple[str, FulfilmentRequest]], codebook: Codebook, stamp: Stamp) -> Document:
    """One interchange with a 940 per request."""
    return instructions(SHIPPING_ORDERS, requests, codebook, stamp)
