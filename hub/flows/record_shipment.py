"""Goods left a location: facts, recorded as they are, whatever we had asked for.

Shipped units come off accepted ones first, then unanswered (an 856 before its 855), then backordered. A short
shipment leaves the rest with its location, unless the partner says that it will not come: then another is asked.
More than was outstanding is accepted and flagged: units whose cancellation was agreed are shipped after cancel;
units given back (the location had rejected them, or we had withdrawn them) count for the customer where they are
still open; the rest left the shelf and belongs to nobody (ShipmentExceeded).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from hub.errors import DataError
from hub.flows.bill_shipment import bill_shipment
from hub.flows.confirm_shipment import confirm_shipment
from hub.flows.late_lines import late_lines
from hub.flows.requests import (
    LineAnswer,
    advance_purchase,
    apply_answers,
    changed_line,
    check_speaker,
    conclude,
    hold_order,
    imply_submitted,
    release_units,
    reroute,
)
from hub.flows.work import Work
from hub.inventory import ledger
from hub.inventory.counting import left_out_by_count
from hub.model.events import EventKind
from hub.model.fulfilment import Execution, FulfilmentRequest, Negotiation, RequestLine
from hub.model.identity import LineId, OrderId, RequestId
from hub.model.ledger import Departure
from hub.model.network import CountingRule
from hub.model.order import LineCounters, OrderRecord
from hub.model.purchase import PurchaseOrderState
from hub.model.shipment import Shipment, ShippedLine
from hub.orders import lifecycle
from hub.orders.kits import in_parts, sold_units

_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Taken:
    """Where the shipped units of one request line come from; ``beyond`` belongs to nothing we asked for."""

    accepted: Decimal = _ZERO
    unanswered: Decimal = _ZERO
    backordered: Decimal = _ZERO
    cancelled: Decimal = _ZERO
    given_back: Decimal = _ZERO
    beyond: Decimal = _ZERO

    @property
    def ordered(self) -> Decimal:
        """Units the channel still waits for: what it is told of."""
        return self.accepted + self.unanswered + self.backordered + self.given_back

    @property
    def counted(self) -> Decimal:
        """Units that count as shipped for the order."""
        return self.ordered + self.cancelled


def record_shipment(work: Work, shipment: Shipment) -> None:
    """Record a shipment, once per (connection, shipment id) and order; confirm it to each order's channel. Lines that
    it did not name when it was told before are recorded as a shipment of their own.

    Raises DataError ``shipment.unknown-request`` where no line of it is ours, and ``shipment.wrong-partner``.
    Where only some lines are unknown, these are quarantined and the rest is recorded.
    """
    if shipment.location is not None and work.network.location(shipment.location) is None:
        shipment = shipment.model_copy(update={"location": None})
    shipment = _of_our_lines(work, shipment)
    parts = _parts(work, shipment)
    for order_id in sorted(parts):
        _record_part(work, shipment, order_id, parts[order_id])


def _of_our_lines(work: Work, shipment: Shipment) -> Shipment:
    """A store that ships in the channel's own system names kits: what left are their parts."""
    lines: list[ShippedLine] = []
    for line in shipment.lines:
        record = work.uow.orders.find(shipment.channel, line.order_external_id) if shipment.channel else None
        if record is None or line.line_id not in {sold.line.line_id for sold in record.order.kits}:
            lines.append(line)
            continue
        units = in_parts(record.order, {line.line_id: line.quantity})
        lines += [
            line.model_copy(update={"line_id": part, "sku": None, "quantity": count}) for part, count in units.items()
        ]
    return shipment.model_copy(update={"lines": tuple(lines)})


def _parts(work: Work, shipment: Shipment) -> dict[OrderId, list[tuple[ShippedLine, RequestId]]]:
    """The shipment's lines by order, each with the request it is about."""
    parts: dict[OrderId, list[tuple[ShippedLine, RequestId]]] = {}
    unknown: list[DataError] = []
    for index, line in enumerate(shipment.lines):
        try:
            request = _request_of(work, shipment, line, f"lines[{index}]")
        except DataError as error:
            unknown.append(error)
            continue
        parts.setdefault(request.order_id, []).append((line, request.request_id))
    for trouble in unknown:
        kept = parts and work.quarantine(
            shipment.connection, trouble.path, code=trouble.code, message=trouble.message, cure=trouble.cure
        )
        if not kept:
            raise trouble
    return parts


def _request_of(work: Work, shipment: Shipment, line: ShippedLine, path: str) -> FulfilmentRequest:
    request = None
    if line.request_id is not None:
        request = work.uow.requests.get(line.request_id)
    elif shipment.channel is not None and line.order_external_id:
        record = work.uow.orders.find(shipment.channel, line.order_external_id)
        found = work.uow.requests.for_order(record.order_id) if record else []
        request = _best(found, shipment, line)
    if request is None or not any(_names(line, each) for each in request.lines):
        raise DataError(
            f"Shipment {shipment.shipment_id} names a request or line that we never sent.",
            code="shipment.unknown-request",
            cure="Ask the partner which of our requests it shipped; if we know it by now, reprocess.",
            path=path,
            value=line.request_id or line.order_external_id,
        )
    if shipment.channel != request.channel:
        check_speaker(replace(work, connection=shipment.connection), request, "shipment.wrong-partner")
    return request


def _best(requests: Sequence[FulfilmentRequest], shipment: Shipment, line: ShippedLine) -> FulfilmentRequest | None:
    """Of an order's requests with the line: at this location first, then with units to come, then the newest."""
    fitting = [request for request in requests if any(_names(line, each) for each in request.lines)]
    return max(
        fitting,
        key=lambda each: (each.location == shipment.location, each.outstanding > 0, each.request_id),
        default=None,
    )


def _names(shipped: ShippedLine, line: RequestLine) -> bool:
    if shipped.number is not None:
        return line.number == shipped.number
    if shipped.line_id is not None:
        return line.line_id == shipped.line_id
    return shipped.sku is not None and line.sku == shipped.sku


def _record_part(
    work: Work, shipment: Shipment, order_id: OrderId, lines: Sequence[tuple[ShippedLine, RequestId]]
) -> None:
    record = work.uow.orders.get(order_id, lock=True)
    if record is None:
        return
    work.about(order_id)
    added = _added(work, shipment, order_id, lines)
    if added is None:
        late_id, lines = late_lines(work, shipment, order_id, lines)
        late = shipment.model_copy(update={"shipment_id": late_id})
        added = _added(work, late, order_id, lines) if lines else None
    if added is None:
        work.tell(order_id, EventKind.SHIPMENT_DUPLICATED, shipment=shipment.shipment_id)
        return
    shipment, request_ids = added
    told: dict[LineId, Decimal] = {}
    before = record
    location = shipment.location
    for request_id in request_ids:
        request = work.uow.requests.get(request_id, lock=True)
        if request is None:
            continue
        location = location or request.location
        about = [line for line, wanted in lines if wanted == request_id]
        units = _units(request, about)
        record, request, taken = _ship_request(work, record, request, shipment, units)
        record, request = _close_lines(work, record, request, shipment, about)
        for line in request.lines:
            if line.number in taken:
                told[line.line_id] = told.get(line.line_id, _ZERO) + taken[line.number].ordered
        work.tell(
            order_id,
            EventKind.SHIPMENT_RECORDED,
            shipment=shipment.shipment_id,
            request=request_id,
            location=request.location,
            units=f"{sum(units.values(), _ZERO):f}",
        )
        record = _flag(work, record, request, shipment, taken)
        work.uow.requests.save(request)
    record = work.keep(record)
    reroute(work, record)
    if location is not None:
        told = sold_units(before, told)
        confirm_shipment(work, record, shipment, location, told)
        bill_shipment(work, record, shipment, location, told)


def _added(
    work: Work, shipment: Shipment, order_id: OrderId, lines: Sequence[tuple[ShippedLine, RequestId]]
) -> tuple[Shipment, list[RequestId]] | None:
    """Store the part of it that is about an order; it and the requests it is about, None where it is there already."""
    request_ids = list(dict.fromkeys(request_id for _, request_id in lines))
    shipment = _from_its_owners(work, shipment, request_ids)
    part = shipment.model_copy(update={"lines": tuple(line for line, _ in lines)})
    return (shipment, request_ids) if work.uow.requests.add_shipment(part, request_ids, order_id) else None


def _from_its_owners(work: Work, shipment: Shipment, request_ids: Sequence[RequestId]) -> Shipment:
    """A site that names one of its locations for a whole parcel ships for all of them: each unit left the location that
    was asked for it, whoever owns it, and not the one that was named."""
    named = work.network.location(shipment.location) if shipment.location is not None else None
    asked = [request.location for request in map(work.uow.requests.get, request_ids) if request is not None]
    sites = {found.ships_from for found in map(work.network.location, asked) if found is not None}
    if named is None or set(asked) == {named.location} or sites != {named.ships_from}:
        return shipment
    return shipment.model_copy(update={"location": None})


def _close_lines(
    work: Work, record: OrderRecord, request: FulfilmentRequest, shipment: Shipment, lines: Sequence[ShippedLine]
) -> tuple[OrderRecord, FulfilmentRequest]:
    """What the partner will not send any more goes back to open, and another location is asked."""
    answers = {
        line.number: LineAnswer(rejected=line.outstanding, short=line.outstanding)
        for line in request.lines
        if line.outstanding and any(shipped.closes and _names(shipped, line) for shipped in lines)
    }
    if not answers:
        return record, request
    record, request = apply_answers(
        work, record, request, answers, shipment.shipped_at, f"short:{shipment.shipment_id}"
    )
    return record, conclude(work, _advance(request))


def _units(request: FulfilmentRequest, lines: Sequence[ShippedLine]) -> dict[int, Decimal]:
    """Units by request line. A partner that names only a SKU fills the lines of it in order; what is too much for
    all of them stays on the last."""
    units: dict[int, Decimal] = {}
    for shipped in lines:
        left = shipped.quantity
        fitting = [line for line in request.lines if _names(shipped, line)]
        for line in fitting:
            last = line is fitting[-1]
            take = left if last else min(left, max(_ZERO, line.outstanding - units.get(line.number, _ZERO)))
            if take > 0:
                units[line.number] = units.get(line.number, _ZERO) + take
                left -= take
    return units


def _ship_request(
    work: Work, record: OrderRecord, request: FulfilmentRequest, shipment: Shipment, units: Mapping[int, Decimal]
) -> tuple[OrderRecord, FulfilmentRequest, dict[int, Taken]]:
    request = imply_submitted(work, request, shipment.shipped_at)
    counters = dict(record.counters)
    lines: list[RequestLine] = []
    taken: dict[int, Taken] = {}
    skus = {line.sku for line in request.lines if line.number in units}
    held = work.uow.ledger.lock(shipment.location or request.location, skus)
    for line in request.lines:
        if line.number not in units:
            lines.append(line)
            continue
        shipped = units[line.number]
        part = _take(line, shipped, counters[line.line_id])
        taken[line.number] = part
        counters[line.line_id] = lifecycle.ship(
            counters[line.line_id],
            allocated=part.accepted,
            reserved=part.unanswered,
            backordered=part.backordered,
            cancelled=part.cancelled,
            opened=part.given_back,
        )
        _move_stock(work, request, line, shipped, shipment, held[line.sku].counted_at)
        release_units(work, request, line, part.accepted + part.unanswered, f"ship:{shipment.shipment_id}")
        lines.append(_shipped_line(line, part))
    work.touch(skus)
    request = _advance(request.model_copy(update={"lines": tuple(lines)}))
    return replace(record, counters=counters), conclude(work, request), taken


def _take(line: RequestLine, shipped: Decimal, count: LineCounters) -> Taken:
    accepted = min(shipped, line.accepted)
    unanswered = min(shipped - accepted, line.outstanding - line.accepted - line.backordered)
    backordered = min(shipped - accepted - unanswered, line.backordered)
    extra = shipped - accepted - unanswered - backordered
    cancelled = min(extra, line.cancelled, count.cancelled)
    given_back = min(extra - cancelled, line.rejected + line.cancelled - cancelled, count.open)
    return Taken(accepted, unanswered, backordered, cancelled, given_back, extra - cancelled - given_back)


def _shipped_line(line: RequestLine, part: Taken) -> RequestLine:
    rejected = min(part.given_back, line.rejected)
    return changed_line(
        line,
        accepted=line.accepted - part.accepted,
        backordered=line.backordered - part.backordered,
        cancelled=line.cancelled - part.cancelled - (part.given_back - rejected),
        rejected=line.rejected - rejected,
        shipped=line.shipped + part.counted,
    )


def _move_stock(
    work: Work,
    request: FulfilmentRequest,
    line: RequestLine,
    units: Decimal,
    shipment: Shipment,
    counted_at: datetime | None,
) -> None:
    where = shipment.location or request.location
    location = work.network.location(where)
    rule = location.counting if location else CountingRule()
    asked = where == request.location
    departure = Departure(
        line.sku,
        where,
        units,
        shipment.shipped_at,
        request.request_id,
        request.submitted_at if asked else None,
        request.acknowledged_at if asked else None,
    )
    left_out = left_out_by_count(rule, counted_at, departure)
    work.uow.ledger.move(
        ledger.shipment_movements(request, line, units, shipment, now=work.now, document=work.cause, left_out=left_out)
    )


def _advance(request: FulfilmentRequest) -> FulfilmentRequest:
    """Shipping accepts what it ships; the rest keeps its clock."""
    if request.execution is Execution.OPEN:
        request = request.execute(Execution.IN_PROGRESS)
    if request.negotiation is Negotiation.SUBMITTED and request.outstanding == 0:
        request = request.negotiate(Negotiation.ACCEPTED)
    whole = request.outstanding == 0
    return advance_purchase(request, PurchaseOrderState.SHIPPED if whole else PurchaseOrderState.PART_SHIPPED)


def _flag(
    work: Work, record: OrderRecord, request: FulfilmentRequest, shipment: Shipment, taken: Mapping[int, Taken]
) -> OrderRecord:
    """What was shipped although nobody expected it any more: shown, never hidden."""
    cancelled = sum((part.cancelled for part in taken.values()), _ZERO)
    exceeding = sum((part.given_back + part.beyond for part in taken.values()), _ZERO)
    facts = {"shipment": shipment.shipment_id, "request": request.request_id}
    if cancelled:
        work.tell(record.order_id, EventKind.SHIPPED_AFTER_CANCEL, units=f"{cancelled:f}", **facts)
        words = f"{request.location} shipped {cancelled:f} cancelled units of {request.request_id}."
        record = hold_order(work, record, "order.shipped-after-cancel", words)
    if shipment.location not in {None, request.location}:
        words = f"{shipment.location} shipped what {request.location} was asked for ({request.request_id})."
        record = hold_order(work, record, "order.shipped-elsewhere", words)
    if exceeding:
        work.tell(record.order_id, EventKind.SHIPMENT_EXCEEDED, units=f"{exceeding:f}", **facts)
    return record
