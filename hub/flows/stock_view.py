"""What may be promised now, read once: the same view for routing, publishing and explaining."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from hub.inventory.atp import Atp, available_to_promise
from hub.inventory.freshness import Freshness, freshness
from hub.inventory.record import Record
from hub.inventory.shortages import still_believed
from hub.model.identity import LocationId, OrderId, Sku
from hub.model.ledger import Balance
from hub.model.network import Location, Network
from hub.ports import UnitOfWork

_ZERO = Decimal(0)
_ALL = 1_000_000


@dataclass(frozen=True, slots=True)
class StockView:
    """``atps`` by SKU and location, for every pair asked for; ``fresh`` says how far each location is believed."""

    atps: Mapping[tuple[Sku, LocationId], Atp]
    fresh: Mapping[LocationId, Freshness]

    def at(self, location: LocationId) -> dict[Sku, Atp]:
        """What one location may promise."""
        return {sku: atp for (sku, where), atp in self.atps.items() if where == location}


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
    known = [found for found in (network.location(each) for each in locations) if found is not None]
    ids = [location.location for location in known]
    balances = {(each.sku, each.location): each for each in uow.ledger.balances(skus, ids)}
    counts = uow.ledger.freshness(ids)
    fresh = {each.location: freshness(each.counting, counts.get(each.location), now) for each in known}
    backordered = _backordered(uow, balances, everywhere=ahead)
    believed = _believed(uow, known, balances.values())
    records = _records(uow, known, now) if showing else {}
    atps = {
        (sku, where): available_to_promise(
            location,
            balances.get((sku, where)) or Balance(sku, where),
            backordered.get((sku, where), _ZERO),
            fresh[where],
            believed.get((sku, where)),
            records.get(where),
        )
        for location in known
        for where in [location.location]
        for sku in skus
    }
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
    uow: UnitOfWork, balances: Mapping[tuple[Sku, LocationId], Balance], *, everywhere: bool
) -> Mapping[tuple[Sku, LocationId], Decimal]:
    """Asked only where it can matter: a location with nothing to promise, not even to who holds it, needs no further
    deduction."""
    where = {pair[1] for pair, each in balances.items() if everywhere or each.available + each.soft_held > 0}
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
