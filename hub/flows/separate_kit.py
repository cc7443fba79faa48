"""A person lets the parts of a sold kit ship apart."""

from __future__ import annotations

from dataclasses import replace

from hub.flows.requests import reroute
from hub.flows.work import Work
from hub.model.events import EventKind
from hub.model.identity import LineId, OrderId
from hub.orders.kits import separate


def separate_kit(work: Work, order_id: OrderId, line_id: LineId) -> bool:
    """From now on the parts of that line look for locations one by one. False where it is no virtual kit's line, or its
    parts may ship apart already."""
    record = work.uow.orders.get(order_id, lock=True)
    sold = next((each for each in record.order.kits if each.line.line_id == line_id), None) if record else None
    if record is None or sold is None or sold.kit.separable:
        return False
    work.tell(order_id, EventKind.KIT_SEPARATED, line=line_id, kit=sold.kit.sku)
    reroute(work, work.keep(replace(record, order=separate(record.order, line_id), attempts=0)))
    return True
