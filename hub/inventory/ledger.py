"""Rows of the append-only ledger, each with a key that the same fact always gets: applied twice, it counts once."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from hub.inventory.counting import CountDecision
from hub.model.fulfilment import FulfilmentRequest, RequestLine
from hub.model.identity import DocumentId, LocationId, Sku
from hub.model.kit import Kit
from hub.model.ledger import Bucket, Cause, GivenUp, Movement, Reservation, count_moment
from hub.model.returns import Return
from hub.model.shipment import Shipment
from hub.model.transfer import GoodsReceipt, ReceivedLine, StockTransfer, TransferLine

_COUNTED = "count:"
_KNOWN = "known:"
_GIVEN_UP = "given-up:"


def is_count(movement: Movement) -> bool:
    """Whether this row is how far a count moved the ledger, not a row that keeps a count standing beside late news."""
    return movement.cause is Cause.COUNT and movement.key.startswith(_COUNTED)


def mends_count(movement: Movement) -> bool:
    """Whether this row is what ``news_movement`` or ``given_up_movement`` gives."""
    return movement.cause is Cause.COUNT and movement.key.startswith((_KNOWN, _GIVEN_UP))


def undoing(key: str) -> str:
    """The key of the row that undoes the movement of that key, because a count had seen it."""
    return f"{key}:counted"


def count_movements(decision: CountDecision, source: str, document: DocumentId | None, now: datetime) -> list[Movement]:
    """The corrections a count makes. ``source`` is the document, or the report's reference where there is none.

    One document may count an item twice, as of different times: the time is part of the key.
    """
    key = f"{_COUNTED}{source}:{decision.sku}:{decision.location}:{count_moment(decision.as_of)}"
    buckets = (
        (key, Bucket.ON_HAND, decision.delta),
        (f"{key}:unavailable", Bucket.UNAVAILABLE, decision.unavailable_delta),
    )
    return [
        Movement(
            key=name,
            sku=decision.sku,
            location=decision.location,
            quantity=quantity,
            cause=Cause.COUNT,
            observed_at=decision.as_of,
            recorded_at=now,
            bucket=bucket,
            document=document,
            reference=source,
        )
        for name, bucket, quantity in buckets
        if quantity
    ]


def shipment_movements(
    request: FulfilmentRequest,
    line: RequestLine,
    units: Decimal,
    shipment: Shipment,
    *,
    now: datetime,
    document: DocumentId | None,
    left_out: bool,
) -> list[Movement]:
    """Units left the location; where a count that is already applied ``left_out`` these units, a second row gives
    them back, so that shipments in the ledger always equal shipments."""
    gone = Movement(
        key=f"ship:{shipment.connection}:{shipment.shipment_id}:{request.request_id}:{line.number}",
        sku=line.sku,
        location=shipment.location or request.location,
        quantity=-units,
        cause=Cause.SHIPMENT,
        observed_at=shipment.shipped_at,
        recorded_at=now,
        document=document,
        reference=shipment.shipment_id,
    )
    if not left_out:
        return [gone]
    back = Movement(
        key=undoing(gone.key),
        sku=gone.sku,
        location=gone.location,
        quantity=units,
        cause=Cause.COUNT,
        observed_at=shipment.shipped_at,
        recorded_at=now,
        document=document,
        reference="the count applied before had left these units out",
    )
    return [gone, back]


def beside_count(movement: Movement, counted_at: datetime | None) -> list[Movement]:
    """The movement, and where the newest count was taken at or after it, a second row that undoes it: the count has
    seen it. Worked: 50 counted at 10:00; at 10:05 we hear that 12 came at 09:30: +12 and -12, the 50 stand."""
    if counted_at is None or movement.observed_at > counted_at:
        return [movement]
    undone = replace(
        movement,
        key=undoing(movement.key),
        quantity=-movement.quantity,
        cause=Cause.COUNT,
        reference="the count applied before had seen it",
    )
    return [movement, undone]


def news_movement(
    request: FulfilmentRequest, sku: Sku, units: Decimal, since: datetime, counted_at: datetime, now: datetime
) -> Movement:
    """Units that a count left out because its partner knew our request ``since`` before it, which we heard only later.

    ``since`` is part of the key: an older answer, heard later still, moves the same counts once more.
    """
    return Movement(
        key=f"{_KNOWN}{request.request_id}:{sku}:{count_moment(counted_at)}:{count_moment(since)}",
        sku=sku,
        location=request.location,
        quantity=units,
        cause=Cause.COUNT,
        observed_at=counted_at,
        recorded_at=now,
        reference=f"the count had left out {request.request_id}, known before it",
    )


def given_up_movement(units: GivenUp, counted_at: datetime, now: datetime) -> Movement:
    """Units that a count had in its figure because its partner had given them up, which we heard only later."""
    return Movement(
        key=f"{_GIVEN_UP}{units.key}:{count_moment(counted_at)}",
        sku=units.sku,
        location=units.location,
        quantity=-units.quantity,
        cause=Cause.COUNT,
        observed_at=counted_at,
        recorded_at=now,
        reference=f"the count had these units of {units.request_id}, given up before it",
    )


def transfer_movement(transfer: StockTransfer, line: TransferLine, now: datetime) -> Movement:
    """Units left the transfer's origin."""
    if transfer.origin is None:
        raise ValueError("a transfer without an origin takes nothing away")
    return Movement(
        key=f"transfer:{transfer.transfer_id}:{line.number}",
        sku=line.sku,
        location=transfer.origin,
        quantity=-line.quantity,
        cause=Cause.TRANSFER,
        observed_at=transfer.shipped_at,
        recorded_at=now,
        reference=transfer.transfer_id,
    )


def receipt_movements(
    receipt: GoodsReceipt, line: ReceivedLine, now: datetime, document: DocumentId | None
) -> list[Movement]:
    """The units of one line of a receipt arrived, and some of them unavailable."""
    arrived = Movement(
        key=f"receipt:{receipt.connection}:{receipt.receipt_id}:{line.number}",
        sku=line.sku,
        location=receipt.location,
        quantity=line.quantity,
        cause=Cause.RECEIPT,
        observed_at=receipt.received_at,
        recorded_at=now,
        document=document,
        reference=receipt.receipt_id,
    )
    if not line.unavailable:
        return [arrived]
    held = replace(arrived, key=f"{arrived.key}:unavailable", quantity=line.unavailable, bucket=Bucket.UNAVAILABLE)
    return [arrived, held]


def restock_movement(returned: Return, line_id: str, sku: Sku, units: Decimal, now: datetime) -> Movement:
    """Returned units are back on the shelf of the return's location."""
    if returned.location is None:
        raise ValueError("a return without a location cannot be restocked")
    return Movement(
        key=f"return:{returned.channel}:{returned.return_id}:{line_id}",
        sku=sku,
        location=returned.location,
        quantity=units,
        cause=Cause.RESTOCK,
        observed_at=returned.at,
        recorded_at=now,
        reference=returned.return_id,
    )


def assembly_movements(
    kit: Kit, sets: Decimal, location: LocationId, key: str, reason: str, now: datetime
) -> list[Movement]:
    """Kits put together from their components, or taken apart where ``sets`` is below zero: the kit's row first. One
    is the other's inverse."""
    own = Movement(
        key=f"assembly:{location}:{kit.sku}:{key}",
        sku=kit.sku,
        location=location,
        quantity=sets,
        cause=Cause.ASSEMBLY if sets > 0 else Cause.DISASSEMBLY,
        observed_at=now,
        recorded_at=now,
        reference=reason,
    )
    parts = (
        replace(own, key=f"{own.key}:{sku}", sku=sku, quantity=-sets * units) for sku, units in kit.components.items()
    )
    return [own, *parts]


def reservation(
    request: FulfilmentRequest, line: RequestLine, units: Decimal, reason: str, now: datetime
) -> Reservation:
    """Stock promised for a request line; ``reason`` tells repeated promises for one line apart."""
    return Reservation(
        key=f"reserve:{request.request_id}:{line.number}:{reason}",
        sku=line.sku,
        location=request.location,
        quantity=units,
        order_id=request.order_id,
        line_id=line.line_id,
        request_id=request.request_id,
        cause=Cause.RESERVATION,
        recorded_at=now,
    )


def release(request: FulfilmentRequest, line: RequestLine, units: Decimal, reason: str, now: datetime) -> Reservation:
    """A promise given back because of ``reason`` (a shipment, an answer, a cancellation)."""
    return Reservation(
        key=f"release:{request.request_id}:{line.number}:{reason}",
        sku=line.sku,
        location=request.location,
        quantity=-units,
        order_id=request.order_id,
        line_id=line.line_id,
        request_id=request.request_id,
        cause=Cause.RELEASE,
        recorded_at=now,
    )
