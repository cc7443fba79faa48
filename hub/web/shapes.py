"""JSON shapes of orders, stock and documents: the API and the command line's ``--json`` say the same words.

No shape holds an address, a name or a document's body.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from hub.flows.explain_stock import StockExplanation
from hub.flows.trace_publications import TracedPublication
from hub.inventory.counting import Term
from hub.model.document import Document
from hub.model.events import OrderEvent
from hub.model.fulfilment import FulfilmentRequest
from hub.model.identity import OrderId
from hub.model.kit import Kit
from hub.model.order import LineCounters, OrderLine, OrderRecord
from hub.model.queue import InboxEntry, QuarantineEntry
from hub.model.routing import Assignment, PlannedShipment, RoutingPlan
from hub.model.shipment import Shipment
from hub.model.stock import Outlook
from hub.orders.kits import sold_counters, sold_lines
from hub.ports import UnitOfWork
from hub.routing.counterfactuals import flips
from hub.routing.record import read
from hub.sync.health import ConnectionSnapshot, StockSnapshot

Shape = dict[str, Any]


def amount(value: Decimal | None) -> str | None:
    """A decimal as text without exponent and trailing zeros."""
    if value is None:
        return None
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def order_row(record: OrderRecord) -> Shape:
    """One line of a list of orders."""
    counters = sold_counters(record).values()
    return {
        "order_id": record.order_id,
        "channel": record.order.channel,
        "number": record.order.number,
        "placed_at": record.order.placed_at.isoformat(),
        "status": record.status.value,
        "hold": record.hold,
        "units": amount(sum((each.ordered for each in counters), Decimal(0))),
        "shipped": amount(sum((each.shipped for each in counters), Decimal(0))),
        "outstanding": amount(sum((each.outstanding for each in counters), Decimal(0))),
    }


def order(uow: UnitOfWork, record: OrderRecord) -> Shape:
    """An order with its lines, requests and shipments; the buyer's address is left out."""
    return {
        **order_row(record),
        "external_id": record.order.external_id,
        "service": record.order.service,
        "lines": _lines(record),
        "requests": [request(each) for each in uow.requests.for_order(record.order_id)],
        "shipments": [shipment(each) for each in uow.requests.shipments(record.order_id)],
    }


def _lines(record: OrderRecord) -> list[Shape]:
    """The lines as sold; a kit's with the lines of its parts."""
    counters = sold_counters(record)
    parts: dict[str, list[Shape]] = {}
    for line in record.order.lines:
        if line.kit_line is not None:
            parts.setdefault(line.kit_line, []).append(_line(line, record.counters[line.line_id]))
    return [
        {
            **_line(line, counters[line.line_id]),
            "channel_item": line.channel_item,
            "parts": parts.get(line.line_id, []),
        }
        for line in sold_lines(record.order)
    ]


def _line(line: OrderLine, counters: LineCounters) -> Shape:
    placed = {name: amount(value) for name, value in counters.model_dump().items()}
    return {"line_id": line.line_id, "sku": line.sku, **placed}


def request(one: FulfilmentRequest) -> Shape:
    """One instruction to one location."""
    return {
        "request_id": one.request_id,
        "location": one.location,
        "connection": one.connection,
        "kind": one.kind.value,
        "execution": one.execution.value,
        "negotiation": one.negotiation.value,
        "partner_ref": one.partner_ref,
        "acknowledge_by": one.acknowledge_by.isoformat() if one.acknowledge_by else None,
        "promised_by": one.promised_by.isoformat() if one.promised_by else None,
        "lines": [
            {
                "number": line.number,
                "sku": line.sku,
                "quantity": amount(line.quantity),
                "accepted": amount(line.accepted),
                "backordered": amount(line.backordered),
                "rejected": amount(line.rejected),
                "shipped": amount(line.shipped),
                "outstanding": amount(line.outstanding),
            }
            for line in one.lines
        ],
    }


def shipment(one: Shipment) -> Shape:
    """What left, with its tracking numbers."""
    return {
        "shipment_id": one.shipment_id,
        "connection": one.connection,
        "shipped_at": one.shipped_at.isoformat(),
        "parcels": [
            {"carrier": parcel.carrier, "tracking_number": parcel.tracking_number, "tracking_url": parcel.tracking_url}
            for parcel in one.parcels
        ],
    }


def event(one: OrderEvent) -> Shape:
    """One entry of a timeline."""
    return {
        "at": one.at.isoformat(),
        "kind": one.kind.value,
        "actor": one.actor,
        "cause": one.cause,
        "data": dict(one.data),
    }


def document(one: Document, entry: InboxEntry | None = None, orders: Iterable[OrderId] = ()) -> Shape:
    """Everything about a document but its body."""
    return {
        "document": one.id,
        "connection": one.connection,
        "direction": one.direction.value,
        "kind": one.kind,
        "source_id": one.source_id,
        "at": one.at.isoformat(),
        "media_type": one.media_type,
        "bytes": len(one.body),
        "sha256": one.sha256,
        "meta": dict(one.meta),
        "items": list(one.item_keys),
        "stream": entry.stream if entry else None,
        "state": entry.state.value if entry else None,
        "attempts": entry.attempts if entry else None,
        "note": entry.note if entry else "",
        "orders": list(orders),
    }


def quarantined(entry: QuarantineEntry) -> Shape:
    """What could not be used, where, and what to do."""
    return {
        "id": entry.id,
        "state": entry.state.value,
        "document": entry.document,
        "connection": entry.connection,
        "path": entry.path,
        "code": entry.code,
        "message": entry.message,
        "cure": entry.cure,
        "at": entry.at.isoformat(),
        "order_id": entry.order_id,
        "waits_for": [{"qualifier": name, "value": value} for name, value in entry.waits_for],
    }


def _assignment(one: Assignment) -> Shape:
    return {
        "line_id": one.line_id,
        "sku": one.sku,
        "location": one.location,
        "quantity": amount(one.quantity),
    }


def _planned(one: PlannedShipment) -> Shape:
    return {
        "locations": list(one.locations),
        "service": one.service,
        "ships_on": one.ships_on.isoformat() if one.ships_on else None,
        "delivered_on": one.delivered_on.isoformat() if one.delivered_on else None,
        "costs": {name: f"{cost:f}" for name, cost in one.costs.items()},
        "cost": f"{one.cost:f}",
    }


def plan(one: RoutingPlan, currency: str) -> Shape:
    """A routing decision: costs by name, the next plans, every candidate's verdict, and what would change it."""
    return {
        "decided_at": one.decided_at.isoformat(),
        "summary": one.summary,
        "cost": f"{one.cost:f}",
        "split": f"{one.split:f}",
        "currency": currency,
        "exact": one.exact,
        "bound": f"{one.bound:f}" if one.bound is not None else None,
        "kernel": one.kernel,
        "rules": one.rules,
        "assignments": [_assignment(each) for each in one.assignments],
        "shipments": [_planned(each) for each in one.shipments],
        "alternatives": [
            {
                "cost": f"{each.cost:f}",
                "short": amount(each.short),
                "differs": {name: f"{by:f}" for name, by in each.differs.items()},
                "why": each.why,
                "assignments": [_assignment(part) for part in each.assignments],
                "shipments": [_planned(shipment) for shipment in each.shipments],
            }
            for each in one.alternatives
        ],
        "counterfactuals": [
            {
                "what": each.what,
                "location": each.location,
                "by": amount(each.by),
                "then": list(each.then),
                "words": each.words,
            }
            for each in (flips(read(one.inputs)) if one.inputs else ())
        ],
        "shadows": [
            {"draft": each.draft, "version": each.version, "cost": f"{each.cost:f}", "summary": each.summary}
            for each in one.shadows
        ],
        "nothing_there": list(one.nothing_there),
        "unrouted": [
            {
                "line_id": each.line_id,
                "sku": each.sku,
                "quantity": amount(each.quantity),
                "code": each.code,
                "reason": each.reason,
                "cure": each.cure,
            }
            for each in one.unrouted
        ],
        "candidates": [
            {
                "location": each.location,
                "chosen": each.chosen,
                "code": each.code,
                "reason": each.reason,
                "cost": f"{each.cost:f}" if each.cost is not None else None,
                "available": {sku: amount(units) for sku, units in each.available.items()},
            }
            for each in one.candidates
        ],
    }


def stock(found: StockExplanation) -> Shape:
    """One SKU at every location and in every channel, each figure with the terms it adds up from."""
    return {
        "sku": found.sku,
        "kit": kit(found.kit) if found.kit is not None else None,
        "locations": [_location(found, location) for location in sorted(found.atps)],
        "channels": [
            {
                "channel": name,
                "quantity": amount(quantity.quantity),
                "terms": terms(quantity.terms),
                **_shown(found.shown.get(name)),
            }
            for name, quantity in sorted(found.channels.items())
        ],
        "expected": [
            {
                "location": each.location,
                "transfer": each.transfer,
                "quantity": amount(each.quantity),
                "day": each.day.isoformat() if each.day else None,
                "document": each.document,
                "as_of": each.as_of.isoformat() if each.as_of else None,
            }
            for each in found.expected
        ],
        "promises": [{"day": each.day.isoformat(), "quantity": amount(each.quantity)} for each in found.promises],
    }


def kit(one: Kit) -> dict[str, str]:
    """Units of each component in a set."""
    return {str(sku): f"{units:f}" for sku, units in one.components.items()}


def publication(found: TracedPublication) -> Shape:
    """What was last decided to tell a channel of a SKU, and what it was told, newest first."""
    return {
        "sku": found.publication.sku,
        **_shown(found),
        "at": _moment(found.publication.at),
        "waits_since": _moment(found.publication.waits_since),
        "item": found.publication.key,
        "items": [
            {
                "item": each.key,
                "subject": each.subject,
                "state": each.state.value,
                "note": each.note,
                "at": each.created_at.isoformat(),
                "document": each.document,
            }
            for each in found.items
        ],
    }


def _shown(found: TracedPublication | None) -> Shape:
    known = found.publication if found else None
    return {
        "asked_for": amount(known.requested) if known else None,
        "confirmed": amount(known.confirmed) if known else None,
        "shows": amount(found.shows) if found else None,
        "state": known.state.value if known else None,
        "reason": known.reason if known else None,
    }


def _moment(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def _location(found: StockExplanation, location: Any) -> Shape:
    atp, balance = found.atps[location], found.balances.get(location)
    outlook = found.outlooks.get(location)
    return {
        "location": location,
        "owner": found.owners[location] or None,
        "on_hand": amount(balance.on_hand) if balance else "0",
        "reserved": amount(balance.reserved) if balance else "0",
        "soft_held": amount(balance.soft_held) if balance else "0",
        "available_to_promise": amount(atp.quantity),
        "usable": atp.usable,
        "why": atp.why,
        "terms": terms(atp.terms),
        "counted_at": balance.counted_at.isoformat() if balance and balance.counted_at else None,
        "counted_document": balance.counted_document if balance else None,
        "discontinued": discontinued(outlook),
    }


def discontinued(outlook: Outlook | None) -> Shape | None:
    """Since when a location has an item no more, as it said, and in which document; None where it did not."""
    if outlook is None or not outlook.said.discontinued:
        return None
    return {"as_of": outlook.as_of.isoformat(), "document": outlook.document}


def terms(of: Iterable[Term]) -> list[Shape]:
    """The parts a figure adds up from, each with the count it rests on where it rests on one."""
    return [
        {
            "words": each.words,
            "quantity": amount(each.quantity),
            "document": each.document,
            "as_of": each.as_of.isoformat() if each.as_of else None,
        }
        for each in of
    ]


def connection(one: ConnectionSnapshot) -> Shape:
    """How a connection does; codes only, for a partner's words may hold anything."""
    return {
        "connection": one.connection,
        "state": one.state.value,
        "late": one.late,
        "code": one.code,
        "since": one.since.isoformat() if one.since else None,
        "inbox": one.inbox,
        "outbox": {state.value: count for state, count in one.outbox.items()},
        "needs_person": one.needs_person,
        "oldest_unsettled": one.oldest_unsettled.isoformat() if one.oldest_unsettled else None,
        "last_fetch": one.last_fetch.isoformat() if one.last_fetch else None,
    }


def stock_place(one: StockSnapshot) -> Shape:
    """How old a location's newest count is, and how far it is believed."""
    counted_at = one.counted_at.isoformat() if one.counted_at else None
    return {"location": one.location, "band": one.band.value, "counted_at": counted_at}


def counts(of: Mapping[Any, int]) -> dict[str, int]:
    """Counters by the name of what they count."""
    return {str(name): count for name, count in sorted(of.items()) if count}
