"""What may be promised now, read once: the same view for routing, publishing and explaining."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from hub.inventory.atp import Atp, available_to_promise, backordered_units
from hub.model.identity import LocationId, OrderId, Sku
from hub.model.ledger import Balance
from hub.model.network import Location, Network
from hub.ports import UnitOfWork


@dataclass(frozen=True, slots=True)
class StockView:
    """``atps`` by SKU and location, for every pair asked for; ``fresh`` as-of times by location."""

    atps: Mapping[tuple[Sku, LocationId], Atp]
    fresh: Mapping[LocationId, datetime]

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
    fresh = uow.ledger.freshness(ids)
    atps: dict[tuple[Sku, LocationId], Atp] = {}
    for location in known:
        backordered = _backordered(uow, location, skus, balances)
        for sku in skus:
            key = (sku, location.location)
            atps[key] = available_to_promise(
                location,
                balances.get(key, Balance(sku, location.location)),
                backordered.get(key, Decimal(0)),
                fresh.get(location.location),
                now,
            )
    return StockView(atps, fresh)


def waiting_demand(
    uow: UnitOfWork, network: Network, locations: Sequence[LocationId], skus: Sequence[Sku]
) -> dict[Sku, Decimal]:
    """Open units by SKU of every channel that may draw on one of these locations, which nobody holds there yet.

    Units that a soft hold keeps at these locations for the very order that waits are a term of ATP already.
    """
    places = set(locations)
    rivals = {each.channel for each in network.channels if places & set(each.reachable)}
    demands = [each for each in uow.orders.unrouted(skus) if each.channel in rivals]
    kept = _kept_for_orders(uow, places, {each.sku for each in demands}) if demands else {}
    units: dict[Sku, Decimal] = {}
    for demand in demands:
        rest = demand.quantity - kept.get((demand.order_id, demand.sku), Decimal(0))
        units[demand.sku] = units.get(demand.sku, Decimal(0)) + max(Decimal(0), rest)
    return units


def _kept_for_orders(
    uow: UnitOfWork, places: Collection[LocationId], skus: Collection[Sku]
) -> dict[tuple[OrderId, Sku], Decimal]:
    kept: dict[tuple[OrderId, Sku], Decimal] = {}
    for (order_id, sku, where), units in uow.soft_holds.of_orders(skus).items():
        if where in places:
            kept[order_id, sku] = kept.get((order_id, sku), Decimal(0)) + units
    return kept


def _backordered(
    uow: UnitOfWork, location: Location, skus: Sequence[Sku], balances: Mapping[tuple[Sku, LocationId], Balance]
) -> Mapping[tuple[Sku, LocationId], Decimal]:
    """Asked only where it can matter: a location with nothing to promise, not even to who holds it, needs no further
    deduction."""
    stocked = [sku for sku in skus if (sku, location.location) in balances]
    here = [balances[sku, location.location] for sku in stocked]
    if not any(each.available + each.soft_held > 0 for each in here):
        return {}
    return backordered_units(uow.ledger.commitments(location.location, stocked))
