"""What may be promised now, read once: the same view for routing, publishing and explaining."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from hub.inventory.atp import Atp, Standing, available_to_promise, standing
from hub.inventory.freshness import freshness
from hub.inventory.kits import kit_atp
from hub.inventory.record import Record
from hub.inventory.shortages import still_believed
from hub.model.identity import LocationId, OrderId, Sku
from hub.model.kit import Kit
from hub.model.ledger import Balance
from hub.model.network import Location, Network
from hub.ports import UnitOfWork

_ZERO = Decimal(0)
_ALL = 1_000_000


@dataclass(frozen=True, slots=True)
class StockView:
    """``atps`` by SKU and location, for every pair asked for; ``standings`` of the locations, ``located`` what each may
    promise."""

    atps: Mapping[tuple[Sku, LocationId], Atp]
    standings: Mapping[LocationId, Standing]
    located: Mapping[LocationId, Mapping[Sku, Atp]]

    def at(self, location: LocationId) -> Mapping[Sku, Atp]:
        """What one location may promise; nothing where it is unknown."""
        return self.located.get(location, {})

    def of_kit(self, kit: Kit) -> dict[LocationId, Atp]:
        """What each location may promise of a virtual kit; the view must have been read with its components."""
        return {
            where: kit_atp(kit, where, {sku: self.atps[sku, where] for sku in kit.components})
            for where in self.standings
        }


def with_parts(network: Network, skus: Iterable[Sku]) -> list[Sku]:
    """The SKUs whose stock these are: the components of virtual kits in their place."""
    found: set[Sku] = set()
    for sku in skus:
        kit = network.virtual_kit(sku)
        found.update(kit.components if kit is not None else (sku,))
    return sorted(found)


def read_stock(
    uow: UnitOfWork,
    network: Network,
    now: datetime,
    skus: Sequence[Sku],
    locations: Sequence[LocationId],
    *,
    showing: bool = False,
    ahead: bool = False,
) -> StockView:
    """The view of these SKUs at these locations; unknown locations are left out. ``showing``: it is for what channels
    show, so locations' records count too. ``ahead``: it is for a later day, so what is backordered where nothing
    is there counts too."""
    known = [network.places[each] for each in locations if each in network.places]
    ids = [location.location for location in known]
    balances = {(each.sku, each.location): each for each in uow.ledger.balances(skus, ids)}
    counts = uow.ledger.freshness(ids)
    backordered = _backordered(uow, balances, everywhere=ahead)
    doubted = _believed(uow, known, balances.values())
    records = _records(uow, known, now) if showing else {}
    standings = {
        each.location: standing(
            each, freshness(each.counting, counts.get(each.location), now), records.get(each.location)
        )
        for each in known
    }
    atps: dict[tuple[Sku, LocationId], Atp] = {}
    located: dict[LocationId, dict[Sku, Atp]] = {}
    for where, at in standings.items():
        here = located[where] = {}
        for sku in skus:
            pair = sku, where
            balance = balances.get(pair) or Balance(*pair)
            atp = available_to_promise(at, balance, backordered.get(pair, _ZERO), doubted.get(pair))
            atps[pair] = here[sku] = atp
    return StockView(atps, standings, located)


@dataclass(frozen=True, slots=True)
class WaitingDemand:
    """Open units that nobody holds yet: ``orders`` by order and SKU, ``asking`` which orders ask for a SKU."""

    orders: Mapping[OrderId, Mapping[Sku, Decimal]]
    asking: Mapping[Sku, Sequence[OrderId]]

    def units(self, sku: Sku) -> Decimal:
        """Of all orders together."""
        return sum((self.orders[order_id][sku] for order_id in self.asking.get(sku, ())), _ZERO)

    def for_any(self, skus: Iterable[Sku]) -> list[Mapping[Sku, Decimal]]:
        """What each order asks for that asks for any of these."""
        order_ids = dict.fromkeys(order_id for sku in skus for order_id in self.asking.get(sku, ()))
        return [self.orders[order_id] for order_id in order_ids]


def waiting_demand(
    uow: UnitOfWork, network: Network, locations: Sequence[LocationId], skus: Sequence[Sku]
) -> WaitingDemand:
    """Open units of every channel that may draw on one of these locations, which nobody holds there yet.

    Units that a soft hold keeps at these locations for the very order that waits are a term of ATP already.
    """
    places = set(locations)
    rivals = {each.channel for each in network.channels if places & set(each.reachable)}
    demands = [each for each in uow.orders.unrouted(skus) if each.channel in rivals]
    kept = _kept_for_orders(uow, places, {each.sku for each in demands}) if demands else {}
    orders: dict[OrderId, dict[Sku, Decimal]] = {}
    asking: dict[Sku, list[OrderId]] = {}
    for demand in demands:
        rest = demand.quantity - kept.get((demand.order_id, demand.sku), _ZERO)
        orders.setdefault(demand.order_id, {})[demand.sku] = max(_ZERO, rest)
        asking.setdefault(demand.sku, []).append(demand.order_id)
    return WaitingDemand(orders, asking)


def _kept_for_orders(
    uow: UnitOfWork, places: Collection[LocationId], skus: Collection[Sku]
) -> dict[tuple[OrderId, Sku], Decimal]:
    kept: dict[tuple[OrderId, Sku], Decimal] = {}
    for (order_id, sku, where), units in uow.soft_holds.of_orders(skus).items():
        if where in places:
            kept[order_id, sku] = kept.get((order_id, sku), Decimal(0)) + units
    return kept


def _backordered(
    uow: UnitOfWork, balances: Mapping[tuple[Sku, LocationId], Balance], *, everywhere: bool
) -> Mapping[tuple[Sku, LocationId], Decimal]:
    """Asked only where it can matter: a location with nothing to promise, not even to who holds it, needs no further
    deduction."""
    where = {
        each.location for each in balances.values() if everywhere or each.on_hand - each.unavailable > each.reserved
    }
    found = uow.ledger.backordered({sku for sku, _ in balances}, where) if where else {}
    return {pair: units for pair, units in found.items() if pair in balances}


def _records(uow: UnitOfWork, locations: Iterable[Location], now: datetime) -> dict[LocationId, Record]:
    return {
        each.location: Record(*uow.requests.asked(each.location, each.counting.record.since(now)))
        for each in locations
        if each.counting.record is not None
    }


def _believed(
    uow: UnitOfWork, locations: Iterable[Location], balances: Iterable[Balance]
) -> dict[tuple[Sku, LocationId], Decimal]:
    """The most that may be promised of each item in doubt. They are few, so each is asked for by itself."""
    doubting = {each.location for each in locations if each.counting.doubt_after_shortage}
    return {
        (each.sku, each.location): _believed_of(uow, each, each.short_at)
        for each in balances
        if each.short_at is not None and each.doubted and each.location in doubting
    }


def _believed_of(uow: UnitOfWork, balance: Balance, since: datetime) -> Decimal:
    sku, where = balance.sku, balance.location
    arrivals = uow.ledger.arrivals(where, since, [sku])
    return still_believed(balance, arrivals, uow.ledger.reservations(sku, where, limit=_ALL)) if arrivals else _ZERO
