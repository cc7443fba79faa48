"""FulfilmentRequest to 850: bytes are a function of the items, the codebook and the stamp."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from hub.edi.documents.parts import CarrierDetail, Reference
from hub.edi.documents.purchase_order import PurchaseOrder, PurchaseOrderLine, render_purchase_order
from hub.edi.write import OutboundSet
from hub.mapping.codebook import Codebook
from hub.model.document import Document
from hub.model.fulfilment import FulfilmentRequest, RequestLine
from hub.model.quantity import amount_of_unit
from hub.sdk.capabilities import Stamp
from hub.sdk.x12.translate.instructions import InstructionSet, instructions
from hub.sdk.x12.translate.ordered import ordered_item
from hub.sdk.x12.translate.parties import ship_to_party, site_party
from hub.sdk.x12.translate.reading import local_date, profile_of

_PLACES = 6
"""Decimal places of PO104: a third of a price has no end."""


def purchase_order(request: FulfilmentRequest, codebook: Codebook, now: dt.datetime) -> PurchaseOrder:
    """The request in X12's words, in the units of its date (BEG05), by which its answers are read.

    Raises DataError where an item or a whole pack is missing.
    """
    profile = profile_of(codebook)
    today = local_date(now, codebook)
    codebook = codebook.on(today)
    return PurchaseOrder(
        number=request.request_id,
        date=today,
        order_type=profile.order_type,
        references=(Reference("CO", request.order_number),),
        carriers=(CarrierDetail(routing=request.service.upper()),),
        parties=(
            *site_party("SF", codebook.site_of(request.location), profile),
            *ship_to_party(request.ship_to),
        ),
        lines=tuple(_line(line, codebook) for line in request.lines),
    )


def _line(line: RequestLine, codebook: Codebook) -> PurchaseOrderLine:
    asked = ordered_item(line, codebook)
    return PurchaseOrderLine(
        number=str(line.number),
        quantity=asked.quantity,
        unit=asked.unit,
        price=round(amount_of_unit(line.unit_cost.amount, asked.units_each), _PLACES) if line.unit_cost else None,
        ids=asked.ids,
        descriptions=(line.title[:80],) if line.title else (),
    )


def _written(request: FulfilmentRequest, codebook: Codebook, now: dt.datetime) -> OutboundSet:
    return render_purchase_order(purchase_order(request, codebook, now))


PURCHASE_ORDERS = InstructionSet("850", _written)


def purchase_orders(requests: Sequence[tuple[str, FulfilmentRequest]], codebook: Codebook, stamp: Stamp) -> Document:
    """One interchange with an 850 per request."""
    return instructions(PURCHASE_ORDERS, requests, codebook, stamp)
