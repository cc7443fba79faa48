"""What may be promised now, read once: the same view for routing, publishing and explaining."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from hub.inventory.atp import Atp, available_to_promise
from hub.inventory.freshness import Freshness, freshness
from hub.model.identity import LocationId, Sku
from hub.model.ledger import Balance
from hub.model.network import Network
from hub.ports import UnitOfWork

_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class StockView:
    """``atps`` by SKU and location, for every pair asked for; ``fresh`` says how far each location is believed."""

    atps: Mapping[tuple[Sku, LocationId], Atp]
    fresh: Mapping[LocationId, Freshness]

    def at(self, location: LocationId) -> dict[Sku, Atp]:
        """What one location may promise."""
        return {sku: atp for (sku, where), atp in self.atps.items() if where == location}


def read_stock(
    uow: UnitOfWork, network: Network, now: datetime, skus: Sequence[Sku], locations: Sequence[LocationId]
) -> StockView:
    """The view of these SKUs at these locations; unknown locations are left out."""
    known = [found for found in (network.location(each) for each in locations) if found is not None]
    ids = [location.location for location in known]
    balances = {(each.sku, each.location): each for each in uow.ledger.balances(skus, ids)}
    counts = uow.ledger.freshness(ids)
    fresh = {each.location: freshness(each.counting, counts.get(each.location), now) for each in known}
    backordered = _backordered(uow, balances)
    atps = {
        (sku, where): available_to_promise(
            location,
            balances.get((sku, where)) or Balance(sku, where),
            backordered.get((sku, where), _ZERO),
            fresh[where],
        )
        for location in known
        for where in [location.location]
        for sku in skus
    }
    return StockView(atps, fresh)


def _backordered(
    uow: UnitOfWork, balances: Mapping[tuple[Sku, LocationId], Balance]
) -> Mapping[tuple[Sku, LocationId], Decimal]:
    """Asked only where it can matter: a location with nothing to promise needs no further deduction."""
    where = {location for (_, location), balance in balances.items() if balance.available > 0}
    found = uow.ledger.backordered({sku for sku, _ in balances}, where) if where else {}
    return {pair: units for pair, units in found.items() if pair in balances}
