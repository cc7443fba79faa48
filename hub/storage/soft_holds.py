"""Soft holds: their units are kept in the balances by the guard that also keeps promises.

Rows are locked in the order ``soft_holds``, ``balances`` by (sku, location), ``soft_hold_units``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from hub.errors import InvariantError
from hub.model.identity import ChannelId, LocationId, OrderId, Sku, SoftHoldKey
from hub.model.ledger import Cause
from hub.model.quantity import from_scaled, to_scaled
from hub.model.soft_hold import HeldUnits, SoftHold
from hub.storage.column_types import from_micros, to_micros
from hub.storage.dialect import as_rows
from hub.storage.transaction import Transaction

_PLACE = """
    INSERT INTO soft_holds (key, placed_at, expires_at, channel, location, reason, order_id)
    VALUES (:key, :placed_at, :expires_at, :channel, :location, :reason, NULL)
    ON CONFLICT (key) DO NOTHING
"""
_KEEP = """
    UPDATE balances SET soft_held = soft_held + :quantity
    WHERE sku = :sku AND location = :location
          AND on_hand - unavailable - reserved - soft_held - :floor >= :quantity
"""
_FREE = """
    UPDATE balances SET soft_held = soft_held - :quantity
    WHERE sku = :sku AND location = :location AND soft_held >= :quantity
"""
_ADD_UNITS = """
    INSERT INTO soft_hold_units (hold, number, sku, location, quantity, held)
    VALUES (:hold, :number, :sku, :location, :quantity, :quantity)
"""
_TAKE_UNITS = """
    UPDATE soft_hold_units SET held = held - :quantity
    WHERE hold = :hold AND sku = :sku AND location = :location AND held >= :quantity
"""
_ENTER = """
    INSERT INTO held_entries (key, hold, sku, location, quantity, cause, recorded_at)
    VALUES (:key, :hold, :sku, :location, :quantity, :cause, :recorded_at)
"""
_GET = "SELECT * FROM soft_holds WHERE key = :key {lock}"
_UNITS = """
    SELECT hold, sku, location, quantity, held FROM soft_hold_units
    WHERE hold IN (SELECT hold FROM {rows hold text})
    ORDER BY hold, number
"""
_LIVE = " WHERE key IN (SELECT hold FROM soft_hold_units WHERE held > 0)"
_EXTEND = "UPDATE soft_holds SET expires_at = :expires_at WHERE key = :key"
_CLAIM = "UPDATE soft_holds SET order_id = :order_id WHERE key = :key"
_OF_ORDERS = """
    SELECT h.order_id, u.sku, u.location, u.held
    FROM soft_hold_units u JOIN soft_holds h ON h.key = u.hold
    WHERE u.held > 0 AND h.order_id IS NOT NULL AND u.sku IN (SELECT sku FROM {rows sku text})
"""

_Pair = tuple[Sku, LocationId]


class _NotCoveredError(Exception):
    """Leaves the savepoint of a hold that found no stock."""


class SqlSoftHoldStore:
    """SoftHoldStore."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def place(self, hold: SoftHold, floors: Mapping[_Pair, Decimal]) -> list[_Pair]:
        """See SoftHoldStore."""
        short: list[_Pair] = []
        try:
            with self._transaction.savepoint():
                if self._transaction.run(_PLACE, _values(hold)).rowcount:
                    short = self._keep(hold, floors)
                if short:
                    raise _NotCoveredError
        except _NotCoveredError:
            pass
        return short

    def _keep(self, hold: SoftHold, floors: Mapping[_Pair, Decimal]) -> list[_Pair]:
        units = {(each.sku, each.location): to_scaled(each.quantity) for each in hold.units}
        short = []
        for pair in sorted(units):
            floor = to_scaled(floors.get(pair, Decimal(0)))
            row = {"sku": pair[0], "location": pair[1], "quantity": units[pair], "floor": floor}
            if not self._transaction.run(_KEEP, row).rowcount:
                short.append(pair)
        if not short:
            self._transaction.run(_ADD_UNITS, _numbered(hold))
            _enter(self._transaction, hold.key, units, units, Cause.SOFT_HOLD, hold.placed_at)
        return short

    def get(self, key: SoftHoldKey, *, lock: bool = False) -> SoftHold | None:
        """See SoftHoldStore."""
        row = self._transaction.run(_GET if lock else _GET.replace("{lock}", ""), {"key": key}).first()
        return None if row is None else self._holds([row])[0]

    def page(self, *, live_only: bool = True, limit: int = 50) -> list[SoftHold]:
        """See SoftHoldStore."""
        query = f"SELECT * FROM soft_holds{_LIVE if live_only else ''} ORDER BY expires_at, key LIMIT :limit"
        return self._holds(self._transaction.run(query, {"limit": limit}).all())

    def _holds(self, rows: Sequence[Any]) -> list[SoftHold]:
        units: dict[str, list[HeldUnits]] = {row.key: [] for row in rows}
        for found in self._transaction.run(_UNITS, {"rows": as_rows({"hold": key} for key in units)}):
            units[found.hold].append(_held_units(found))
        return [_hold(row, units[row.key]) for row in rows]

    def extend(self, key: SoftHoldKey, expires_at: datetime) -> None:
        """See SoftHoldStore."""
        self._transaction.run(_EXTEND, {"key": key, "expires_at": to_micros(expires_at)})

    def claim(self, key: SoftHoldKey, order_id: OrderId) -> None:
        """See SoftHoldStore."""
        self._transaction.run(_CLAIM, {"key": key, "order_id": order_id})

    def give_back(self, key: SoftHoldKey, units: Mapping[_Pair, Decimal], cause: Cause, at: datetime) -> None:
        """See SoftHoldStore."""
        if not units:
            return
        back = {pair: to_scaled(units[pair]) for pair in sorted(units)}
        with self._transaction.savepoint():
            locked(self._transaction, key)
            rows = [{"sku": sku, "location": where, "quantity": each} for (sku, where), each in back.items()]
            if self._transaction.run(_FREE, rows).rowcount != len(rows):
                raise _exceeded(key)
            take(self._transaction, key, back, cause, at)

    def of_orders(self, skus: Iterable[Sku]) -> dict[tuple[OrderId, Sku, LocationId], Decimal]:
        """See SoftHoldStore."""
        rows = self._transaction.run(_OF_ORDERS, {"rows": as_rows({"sku": sku} for sku in sorted(set(skus)))})
        return {(OrderId(row.order_id), Sku(row.sku), LocationId(row.location)): from_scaled(row.held) for row in rows}


def locked(transaction: Transaction, key: SoftHoldKey) -> dict[_Pair, int]:
    """``kept``, and until the transaction ends nobody else changes it."""
    transaction.run(_GET, {"key": key})
    return kept(transaction, key)


def kept(transaction: Transaction, key: SoftHoldKey) -> dict[_Pair, int]:
    """Scaled units that a hold keeps, by SKU and location."""
    rows = transaction.run(_UNITS, {"rows": as_rows([{"hold": key}])})
    return {(Sku(row.sku), LocationId(row.location)): row.held for row in rows if row.held}


def take(transaction: Transaction, key: SoftHoldKey, units: Mapping[_Pair, int], cause: Cause, at: datetime) -> None:
    """Keep so many scaled units fewer; the balances are the caller's. Raises InvariantError where they are not kept."""
    before = kept(transaction, key)
    rows = [{"hold": key, "sku": sku, "location": where, "quantity": units[sku, where]} for sku, where in sorted(units)]
    if transaction.run(_TAKE_UNITS, rows).rowcount != len(rows):
        raise _exceeded(key)
    _enter(transaction, key, {pair: -each for pair, each in units.items()}, before, cause, at)


def _enter(
    transaction: Transaction,
    key: SoftHoldKey,
    units: Mapping[_Pair, int],
    before: Mapping[_Pair, int],
    cause: Cause,
    at: datetime,
) -> None:
    """A hold only ever shrinks: what it kept before tells its entries apart."""
    rows = [
        {
            "key": f"{cause.value}:{key}:{sku}:{where}:{before[sku, where]}",
            "hold": key,
            "sku": sku,
            "location": where,
            "quantity": units[sku, where],
            "cause": cause.value,
            "recorded_at": to_micros(at),
        }
        for sku, where in sorted(units)
    ]
    transaction.run(_ENTER, rows)


def _exceeded(key: SoftHoldKey) -> InvariantError:
    return InvariantError(f"More would be given back than {key} keeps.", code="storage.release-exceeds-hold")


def _values(hold: SoftHold) -> dict[str, str | int | None]:
    return {
        "key": hold.key,
        "placed_at": to_micros(hold.placed_at),
        "expires_at": to_micros(hold.expires_at),
        "channel": hold.channel,
        "location": hold.location,
        "reason": hold.reason,
    }


def _numbered(hold: SoftHold) -> list[dict[str, str | int]]:
    return [
        {
            "hold": hold.key,
            "number": number,
            "sku": each.sku,
            "location": each.location,
            "quantity": to_scaled(each.quantity),
        }
        for number, each in enumerate(hold.units, 1)
    ]


def _held_units(row: Any) -> HeldUnits:
    return HeldUnits(Sku(row.sku), LocationId(row.location), from_scaled(row.quantity), from_scaled(row.held))


def _hold(row: Any, units: Sequence[HeldUnits]) -> SoftHold:
    return SoftHold(
        key=SoftHoldKey(row.key),
        units=tuple(units),
        placed_at=from_micros(row.placed_at),
        expires_at=from_micros(row.expires_at),
        channel=None if row.channel is None else ChannelId(row.channel),
        location=None if row.location is None else LocationId(row.location),
        reason=row.reason,
        order_id=None if row.order_id is None else OrderId(row.order_id),
    )
