"""What may be promised now, read once: the same view for routing, publishing and explaining."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from hub.inventory.atp import Atp, available_to_promise
from hub.inventory.freshness import Freshness, freshness
from hub.model.identity import LocationId, OrderId, Sku
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
    places = {each.location: each for each in network.locations}
    known = [places[each] for each in locations if each in places]
    ids = [location.location for location in known]
    balances = {(each.sku, each.location): each for each in uow.ledger.balances(skus, ids)}
    counts = uow.ledger.freshness(ids)
    fresh = {each.location: freshness(each.counting, counts.get(each.location), now) for each in known}
    backordered = _backordered(uow, balances)
    atps: dict[tuple[Sku, LocationId], Atp] = {}
    for location in known:
        believed = fresh[location.location]
        for sku in skus:
            pair = sku, location.location
            balance = balances.get(pair) or Balance(*pair)
            atps[pair] = available_to_promise(location, balance, backordered.get(pair, _ZERO), believed)
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
    uow: UnitOfWork, balances: Mapping[tuple[Sku, LocationId], Balance]
) -> Mapping[tuple[Sku, LocationId], Decimal]:
    """Asked only where it can matter: a location with nothing to promise, not even to who holds it, needs no further
    deduction."""
    where = {each.location for each in balances.values() if each.on_hand - each.unavailable > each.reserved}
    found = uow.ledger.backordered({sku for sku, _ in balances}, where) if where else {}
    return {pair: units for pair, units in found.items() if pair in balances}
