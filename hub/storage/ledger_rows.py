"""Reading the ledger: rows to canonical values, and the check that balances are the sums of their rows."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Column, Row, Select, select

from hub.model.identity import DocumentId, LineId, LocationId, OrderId, RequestId, Sku, SoftHoldKey
from hub.model.ledger import Balance, Bucket, Cause, Commitment, Departure, GivenUp, HeldEntry, Movement, Reservation
from hub.model.quantity import from_scaled, to_scaled
from hub.storage import tables
from hub.storage.column_types import from_micros, instant_or_none, to_micros
from hub.storage.dialect import as_rows
from hub.storage.rows import Rows
from hub.storage.transaction import Transaction

_BALANCES = """
    SELECT sku, location, on_hand, unavailable, reserved, counted_at, counted_document, soft_held, short_at,
           short_request
    FROM balances WHERE true
"""
_COMMITMENTS = """
    SELECT l.request_id, l.sku, l.location, l.outstanding, l.backordered, q.submitted_at, q.acknowledged_at
    FROM request_lines l JOIN requests q ON q.request_id = l.request_id
    WHERE l.location = :location AND l.outstanding > 0
"""
_BACKORDERED = """
    SELECT sku, location, CAST(SUM(backordered) AS BIGINT) AS units FROM request_lines
    WHERE outstanding > 0 AND backordered > 0
"""
_ARRIVALS = """
    SELECT * FROM movements
    WHERE location = :location AND cause NOT IN ('count', 'shipment') AND observed_at > :since
"""
_COUNT_TIMES = """
    SELECT sku, observed_at AS at FROM movements
    WHERE location = :location AND cause = 'count' AND key LIKE 'count:%' AND observed_at >= :since
          AND sku IN (SELECT sku FROM {rows sku text})
    UNION
    SELECT sku, counted_at FROM balances
    WHERE location = :location AND counted_at >= :since AND sku IN (SELECT sku FROM {rows sku text})
    ORDER BY sku, at
"""
_DEPARTURES = """
    SELECT d.sku, d.location, d.quantity, d.shipped_at, d.request_id, q.submitted_at, q.acknowledged_at
    FROM departures d LEFT JOIN requests q ON q.request_id = d.request_id
    WHERE d.location = :location AND d.shipped_at > :since
"""
_GIVEN_UP = """
    SELECT g.key, g.sku, g.location, g.quantity, g.at, g.request_id, q.submitted_at, q.acknowledged_at
    FROM given_up g JOIN requests q ON q.request_id = g.request_id
    WHERE g.location = :location AND g.at > :since
"""
_COUNTS = "SELECT location, as_of FROM counts"
_SKUS = " AND {column} IN (SELECT sku FROM {rows sku text})"
_LOCATIONS = " AND location IN (SELECT location FROM {rows@places location text})"
_DRIFT = """
    SELECT sku, location, CAST(SUM(on_hand) AS BIGINT) AS on_hand, CAST(SUM(unavailable) AS BIGINT) AS unavailable,
           CAST(SUM(reserved) AS BIGINT) AS reserved, CAST(SUM(held) AS BIGINT) AS held,
           CAST(SUM(soft_held) AS BIGINT) AS soft_held, CAST(SUM(soft_hold_units) AS BIGINT) AS soft_hold_units
    FROM (
        SELECT sku, location, CASE bucket WHEN 'on_hand' THEN quantity ELSE 0 END AS on_hand,
               CASE bucket WHEN 'unavailable' THEN quantity ELSE 0 END AS unavailable, 0 AS reserved, 0 AS held,
               0 AS soft_held, 0 AS soft_hold_units
        FROM movements
        UNION ALL
        SELECT sku, location, 0, 0, quantity, quantity, 0, 0 FROM reservations
        UNION ALL
        SELECT sku, location, -on_hand, -unavailable, -reserved, 0, -soft_held, 0 FROM balances
        UNION ALL
        SELECT sku, location, 0, 0, 0, -held, 0, 0 FROM holds
        UNION ALL
        SELECT sku, location, 0, 0, 0, 0, quantity, quantity FROM held_entries
        UNION ALL
        SELECT sku, location, 0, 0, 0, 0, 0, -held FROM soft_hold_units
        UNION ALL
        SELECT sku, location, CASE bucket WHEN 'on_hand' THEN units ELSE 0 END,
               CASE bucket WHEN 'unavailable' THEN units ELSE 0 END, CASE bucket WHEN 'reserved' THEN units ELSE 0 END,
               CASE bucket WHEN 'reserved' THEN units ELSE 0 END, CASE bucket WHEN 'soft_held' THEN units ELSE 0 END,
               CASE bucket WHEN 'soft_held' THEN units ELSE 0 END
        FROM compacted_sums
    ) AS entries
    GROUP BY sku, location
    HAVING SUM(on_hand) <> 0 OR SUM(unavailable) <> 0 OR SUM(reserved) <> 0 OR SUM(held) <> 0
           OR SUM(soft_held) <> 0 OR SUM(soft_hold_units) <> 0
    ORDER BY sku, location
"""


def movement_values(movement: Movement) -> dict[str, str | int | None]:
    """The row of a movement."""
    return {
        "key": movement.key,
        "sku": movement.sku,
        "location": movement.location,
        "quantity": to_scaled(movement.quantity),
        "cause": movement.cause.value,
        "observed_at": to_micros(movement.observed_at),
        "recorded_at": to_micros(movement.recorded_at),
        "bucket": movement.bucket.value,
        "document": movement.document,
        "reference": movement.reference,
    }


def reservation_values(reservation: Reservation) -> dict[str, str | int | None]:
    """The row of a reservation."""
    return {
        "key": reservation.key,
        "sku": reservation.sku,
        "location": reservation.location,
        "quantity": to_scaled(reservation.quantity),
        "order_id": reservation.order_id,
        "line_id": reservation.line_id,
        "request_id": reservation.request_id,
        "cause": reservation.cause.value,
        "recorded_at": to_micros(reservation.recorded_at),
    }


def balances(
    transaction: Transaction, skus: Iterable[Sku] | None, locations: Iterable[LocationId] | None
) -> list[Balance]:
    """Balances by SKU and location, filtered."""
    template, parameters = filtered(_BALANCES, {}, skus, locations)
    rows = transaction.run(template + " ORDER BY sku, location", parameters)
    return [_balance(row) for row in rows.plain]


def locked(transaction: Transaction, location: LocationId, skus: Iterable[Sku] | None) -> list[Balance]:
    """Balances at a location, all where None; their rows are held, in the order in which all writers take them."""
    template, parameters = filtered(_BALANCES, {}, skus, [location])
    rows = transaction.run(template + " ORDER BY sku, location {lock}", parameters)
    return [_balance(row) for row in rows.plain]


def filtered(
    template: str,
    parameters: dict[str, Any],
    skus: Iterable[Sku] | None,
    locations: Iterable[LocationId] | None,
) -> tuple[str, dict[str, Any]]:
    """A statement that ends in its conditions, with those of SKUs and locations where they are given."""
    if skus is not None:
        template += _SKUS.replace("{column}", "sku")
        parameters["rows"] = sku_rows(skus)
    if locations is not None:
        template += _LOCATIONS
        parameters["places"] = as_rows({"location": location} for location in sorted(set(locations)))
    return template, parameters


def _at_location(
    transaction: Transaction,
    template: str,
    location: LocationId,
    since: datetime | None,
    skus: Iterable[Sku] | None,
    *,
    column: str,
    order: str,
) -> Rows:
    parameters: dict[str, Any] = {"location": location}
    if since is not None:
        parameters["since"] = to_micros(since)
    if skus is not None:
        template += _SKUS.replace("{column}", column)
        parameters["rows"] = sku_rows(skus)
    return transaction.run(f"{template} ORDER BY {order}", parameters)


def commitments(transaction: Transaction, location: LocationId, skus: Iterable[Sku] | None) -> list[Commitment]:
    """Outstanding lines at a location."""
    rows = _at_location(transaction, _COMMITMENTS, location, None, skus, column="l.sku", order="q.id, l.number")
    return [
        Commitment(
            request_id=RequestId(row.request_id),
            sku=Sku(row.sku),
            location=LocationId(row.location),
            quantity=from_scaled(row.outstanding),
            submitted_at=instant_or_none(row.submitted_at),
            acknowledged_at=instant_or_none(row.acknowledged_at),
            backordered=from_scaled(row.backordered),
        )
        for row in rows
    ]


def count_times(
    transaction: Transaction, location: LocationId, since: datetime, skus: Iterable[Sku]
) -> dict[Sku, list[datetime]]:
    """As-of times of counts, by item."""
    parameters = {"location": location, "since": to_micros(since), "rows": sku_rows(skus)}
    found: dict[Sku, list[datetime]] = {}
    for row in transaction.run(_COUNT_TIMES, parameters):
        found.setdefault(Sku(row.sku), []).append(from_micros(row.at))
    return found


def backordered(
    transaction: Transaction, skus: Iterable[Sku], locations: Iterable[LocationId]
) -> dict[tuple[Sku, LocationId], Decimal]:
    """Sums of what is accepted for later, by SKU and location."""
    template, parameters = filtered(_BACKORDERED, {}, skus, locations)
    rows = transaction.run(template + " GROUP BY sku, location", parameters)
    return {(Sku(row.sku), LocationId(row.location)): from_scaled(row.units) for row in rows}


def freshness(transaction: Transaction, locations: Iterable[LocationId] | None) -> dict[LocationId, datetime]:
    """As-of time of the newest count per location."""
    wanted = None if locations is None else set(locations)
    rows = transaction.run(_COUNTS)
    return {
        LocationId(row.location): from_micros(row.as_of) for row in rows if wanted is None or row.location in wanted
    }


def arrivals(
    transaction: Transaction, location: LocationId, since: datetime, skus: Iterable[Sku] | None
) -> list[Movement]:
    """Movements that are neither counts nor shipments, by the time they happened."""
    rows = _at_location(transaction, _ARRIVALS, location, since, skus, column="sku", order="observed_at, id")
    return [stored_movement(row) for row in rows]


def departures(
    transaction: Transaction, location: LocationId, since: datetime, skus: Iterable[Sku] | None
) -> list[Departure]:
    """What left a location after ``since``, by the time it left."""
    rows = _at_location(
        transaction, _DEPARTURES, location, since, skus, column="d.sku", order="d.shipped_at, d.shipment, d.number"
    )
    return [
        Departure(
            sku=Sku(row.sku),
            location=LocationId(row.location),
            quantity=from_scaled(row.quantity),
            shipped_at=from_micros(row.shipped_at),
            request_id=None if row.request_id is None else RequestId(row.request_id),
            submitted_at=instant_or_none(row.submitted_at),
            acknowledged_at=instant_or_none(row.acknowledged_at),
        )
        for row in rows
    ]


def given_up_values(row: GivenUp) -> dict[str, str | int]:
    """The row of units given up."""
    return {
        "key": row.key,
        "sku": row.sku,
        "location": row.location,
        "quantity": to_scaled(row.quantity),
        "at": to_micros(row.at),
        "request_id": row.request_id,
    }


def given_up(
    transaction: Transaction, location: LocationId, since: datetime, skus: Iterable[Sku] | None
) -> list[GivenUp]:
    """What a location gave up after ``since``, by the time it did."""
    rows = _at_location(transaction, _GIVEN_UP, location, since, skus, column="g.sku", order="g.at, g.key")
    return [
        GivenUp(
            key=row.key,
            sku=Sku(row.sku),
            location=LocationId(row.location),
            quantity=from_scaled(row.quantity),
            at=from_micros(row.at),
            request_id=RequestId(row.request_id),
            submitted_at=instant_or_none(row.submitted_at),
            acknowledged_at=instant_or_none(row.acknowledged_at),
        )
        for row in rows
    ]


def movements(transaction: Transaction, sku: Sku, location: LocationId | None, limit: int) -> list[Movement]:
    """Newest first."""
    table = tables.movements
    query = _newest(select(table), table.c.id, table.c.sku == sku, limit)
    if location is not None:
        query = query.where(table.c.location == location)
    return [movement_of(row) for row in transaction.execute(query)]


def reservations(transaction: Transaction, sku: Sku, location: LocationId | None, limit: int) -> list[Reservation]:
    """Newest first."""
    table = tables.reservations
    query = _newest(select(table), table.c.id, table.c.sku == sku, limit)
    if location is not None:
        query = query.where(table.c.location == location)
    return [reservation_of(row) for row in transaction.execute(query)]


def held_entries(transaction: Transaction, sku: Sku, location: LocationId | None, limit: int) -> list[HeldEntry]:
    """Newest first."""
    table = tables.held_entries
    query = _newest(select(table), table.c.id, table.c.sku == sku, limit)
    if location is not None:
        query = query.where(table.c.location == location)
    return [held_entry_of(row) for row in transaction.execute(query)]


def drift(transaction: Transaction) -> list[str]:
    """Every pair whose balance or holds are not the sum of its rows; the figures are sum less balance."""
    return [
        f"{row.sku} at {row.location}: rows less balance are on hand {from_scaled(row.on_hand)}, "
        f"unavailable {from_scaled(row.unavailable)}, reserved {from_scaled(row.reserved)}, "
        f"held {from_scaled(row.held)}, softly held {from_scaled(row.soft_held)}, "
        f"by soft holds {from_scaled(row.soft_hold_units)}"
        for row in transaction.run(_DRIFT)
    ]


def _newest(query: Select[Any], row_number: Column[Any], condition: Any, limit: int) -> Select[Any]:
    return query.where(condition).order_by(row_number.desc()).limit(limit)


def sku_rows(skus: Iterable[Sku]) -> str:
    """The parameter of a table of SKUs."""
    return as_rows({"sku": sku} for sku in sorted(set(skus)))


def _balance(row: Any) -> Balance:
    # In the order of its fields: there are fifty of them for each SKU that a channel is told of.
    sku, location, on_hand, unavailable, reserved, counted_at, counted_document, soft_held, short_at, short_request = (
        row
    )
    return Balance(
        sku,
        location,
        from_scaled(on_hand),
        from_scaled(unavailable),
        from_scaled(reserved),
        instant_or_none(counted_at),
        counted_document,
        from_scaled(soft_held),
        instant_or_none(short_at),
        short_request,
    )


def movement_of(row: Row[Any]) -> Movement:
    return _built_movement(row, row.quantity, row.observed_at, row.recorded_at)


def stored_movement(row: Any) -> Movement:
    """The movement of a row as the driver gives it."""
    return _built_movement(row, from_scaled(row.quantity), from_micros(row.observed_at), from_micros(row.recorded_at))


def _built_movement(row: Any, quantity: Decimal, observed_at: datetime, recorded_at: datetime) -> Movement:
    return Movement(
        key=row.key,
        sku=Sku(row.sku),
        location=LocationId(row.location),
        quantity=quantity,
        cause=Cause(row.cause),
        observed_at=observed_at,
        recorded_at=recorded_at,
        bucket=Bucket(row.bucket),
        document=None if row.document is None else DocumentId(row.document),
        reference=row.reference,
    )


def reservation_of(row: Row[Any]) -> Reservation:
    return Reservation(
        key=row.key,
        sku=Sku(row.sku),
        location=LocationId(row.location),
        quantity=row.quantity,
        order_id=OrderId(row.order_id),
        line_id=LineId(row.line_id),
        request_id=RequestId(row.request_id),
        cause=Cause(row.cause),
        recorded_at=row.recorded_at,
    )


def held_entry_of(row: Row[Any]) -> HeldEntry:
    return HeldEntry(
        key=row.key,
        hold=SoftHoldKey(row.hold),
        sku=Sku(row.sku),
        location=LocationId(row.location),
        quantity=row.quantity,
        cause=Cause(row.cause),
        recorded_at=row.recorded_at,
    )
