"""Soft holds in dictionaries. The ledger in memory sums their entries and takes units out of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from hub.errors import InvariantError
from hub.model.identity import LocationId, OrderId, Sku, SoftHoldKey
from hub.model.ledger import Cause, HeldEntry
from hub.model.soft_hold import SoftHold

if TYPE_CHECKING:
    from tests.fakes.memory_ledger import MemoryLedger

_ZERO = Decimal(0)
_Pair = tuple[Sku, LocationId]


@dataclass
class MemorySoftHolds:
    ledger: MemoryLedger
    rows: dict[SoftHoldKey, SoftHold] = field(default_factory=dict)

    def place(self, hold: SoftHold, floors: Mapping[_Pair, Decimal]) -> list[_Pair]:
        if hold.key in self.rows:
            return []
        units = {(each.sku, each.location): each.quantity for each in hold.units}
        short = [
            pair
            for pair, quantity in units.items()
            if self.ledger.balance(*pair).available - floors.get(pair, _ZERO) < quantity
        ]
        if not short:
            self.rows[hold.key] = hold
            self._enter(hold.key, units, Cause.SOFT_HOLD, hold.placed_at)
        return short

    def get(self, key: SoftHoldKey, *, lock: bool = False) -> SoftHold | None:
        hold = self.rows.get(key)
        if hold is None:
            return None
        kept = self.ledger.kept(key)
        units = tuple(replace(each, held=kept.get((each.sku, each.location), _ZERO)) for each in hold.units)
        return replace(hold, units=units)

    def page(self, *, live_only: bool = True, limit: int = 50) -> list[SoftHold]:
        holds = sorted(filter(None, map(self.get, self.rows)), key=lambda each: (each.expires_at, each.key))
        return [each for each in holds if each.live or not live_only][:limit]

    def extend(self, key: SoftHoldKey, expires_at: datetime) -> None:
        self.rows[key] = replace(self.rows[key], expires_at=expires_at)

    def claim(self, key: SoftHoldKey, order_id: OrderId) -> None:
        self.rows[key] = replace(self.rows[key], order_id=order_id)

    def give_back(self, key: SoftHoldKey, units: Mapping[_Pair, Decimal], cause: Cause, at: datetime) -> None:
        kept = self.ledger.kept(key)
        if any(kept.get(pair, _ZERO) < quantity for pair, quantity in units.items()):
            raise InvariantError("more would be given back than is kept")
        self._enter(key, {pair: -quantity for pair, quantity in units.items()}, cause, at)

    def of_orders(self, skus: Iterable[Sku]) -> dict[tuple[OrderId, Sku, LocationId], Decimal]:
        wanted = set(skus)
        return {
            (hold.order_id, each.sku, each.location): each.held
            for hold in self.page(limit=10_000)
            for each in hold.units
            if hold.order_id is not None and each.held and each.sku in wanted
        }

    def _enter(self, key: SoftHoldKey, units: Mapping[_Pair, Decimal], cause: Cause, at: datetime) -> None:
        for (sku, where), quantity in units.items():
            name = f"{cause}:{key}:{sku}:{where}:{len(self.ledger.entries)}"
            self.ledger.entries.append(HeldEntry(name, key, sku, where, quantity, cause, at))
