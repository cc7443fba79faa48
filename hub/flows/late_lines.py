"""A shipment that is told again with lines it did not name before: one of them had waited for its item."""

from __future__ import annotations

from collections.abc import Sequence

from hub.flows.work import Work
from hub.model.identity import OrderId, RequestId, ShipmentId
from hub.model.shipment import Shipment, ShippedLine

Lines = Sequence[tuple[ShippedLine, RequestId]]

_MORE = " +"


def late_lines(work: Work, shipment: Shipment, order_id: OrderId, lines: Lines) -> tuple[ShipmentId, Lines]:
    """Of a shipment that is known, the lines that nobody told yet, none for a plain repeat, and an id for them.

    A line that was told with other units stays as it was told: which of them is true is not ours to guess.
    """
    earlier = [
        each
        for each in work.uow.requests.shipments(order_id)
        if each.connection == shipment.connection and _first_id(each.shipment_id) == shipment.shipment_id
    ]
    known = [line for each in earlier for line in each.lines]
    untold = [each for each in lines if not any(_may_be_one(each[0], line) for line in known)]
    return ShipmentId(f"{shipment.shipment_id}{_MORE}{len(earlier)}"), untold


def _first_id(shipment_id: ShipmentId) -> str:
    first, mark, number = shipment_id.rpartition(_MORE)
    return first if mark and number.isdigit() else shipment_id


def _may_be_one(line: ShippedLine, known: ShippedLine) -> bool:
    """Whether both are about one line, as far as they say; what cannot be told is taken for told."""
    for one, other in (
        (line.request_id, known.request_id),
        (line.order_external_id, known.order_external_id),
        (line.number, known.number),
        (line.line_id, known.line_id),
    ):
        if one and other and one != other:
            return False
    same_number = line.number is not None and line.number == known.number
    return same_number or not (line.sku and known.sku) or line.sku == known.sku
