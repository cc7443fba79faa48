"""The judge: partners' own books against the hub's, and nothing taken from the hub's word alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import TypeVar

from hub.cli.demo.toy import CHANNEL
from hub.mapping.codebook import Codebook
from hub.mapping.config import Setup
from hub.model.identity import ChannelId, ConnectionId, LocationId, Sku
from hub.model.ledger import Bucket
from hub.model.order import OrderRecord, OrderStatus
from hub.ports import Storage, UnitOfWork
from hub.sdk.simulation import PartnerBook

_ALL = 1_000_000
_ZERO = Decimal(0)
_Held = TypeVar("_Held")

FINAL = frozenset({OrderStatus.FULFILLED, OrderStatus.CANCELLED, OrderStatus.CLOSED})


@dataclass(frozen=True)
class StockCheck:
    """One location: how many of its items the hub counts exactly as the partner's shelves say, now and, where the
    partner has kept that, at the moment of each of its ``counts`` that moved the ledger."""

    location: str
    partner: str
    items: int
    wrong: Mapping[str, tuple[Decimal, Decimal]] = field(default_factory=dict)
    """Item to (hub, truth)."""
    counts: int = 0
    wrong_then: Mapping[str, tuple[Decimal, Decimal]] = field(default_factory=dict)
    """Item and moment to (hub, truth)."""


@dataclass(frozen=True)
class Verdict:
    """What the books say. Each list names the offenders; all empty is a pass."""

    orders: Mapping[str, int]
    lost: tuple[str, ...] = ()
    doubled: tuple[str, ...] = ()
    oversold: tuple[str, ...] = ()
    unbalanced: tuple[str, ...] = ()
    stock: tuple[StockCheck, ...] = ()
    splits: int = 0
    parcels: int = 0
    requests: int = 0
    cost: Decimal = Decimal(0)

    @property
    def passed(self) -> bool:
        """Nothing lost, doubled, oversold or out of balance, and stock agrees now and as of each count."""
        return self.sound and not any(each.wrong_then for each in self.stock)

    @property
    def sound(self) -> bool:
        """The same without what stock was as of each count: where the hub died while it sent a request, nobody can tell
        it since when the partner knew of it, so a count from between is read as if it did not yet."""
        wrong = any(each.wrong for each in self.stock)
        return not (self.lost or self.doubled or self.oversold or self.unbalanced or wrong)


def all_final(storage: Storage, expected: int) -> bool:
    """Whether the hub knows that many orders and each has come to its end."""
    with storage.read() as uow:
        counts = uow.orders.count()
    return sum(counts.values()) >= expected and all(status in FINAL for status, n in counts.items() if n)


def delivered(shop: PartnerBook) -> bool:
    """Whether the shop shows every unit sold as fulfilled or taken back."""
    return not any(_open_lines(shop))


def judge(setup: Setup, storage: Storage, books: Mapping[str, PartnerBook]) -> Verdict:
    """Compare once everything has come to rest."""
    shop = books[CHANNEL]
    with storage.read() as uow:
        records = {reference: uow.orders.find(ChannelId(CHANNEL), reference) for reference in shop.sold}
        known = {reference: record for reference, record in records.items() if record is not None}
        requests = [request for record in known.values() for request in uow.requests.for_order(record.order_id)]
        plans = [plan for record in known.values() for plan in uow.requests.plans(record.order_id)]
        shipments = [one for record in known.values() for one in uow.requests.shipments(record.order_id)]
        stock = tuple(_stock(setup, uow, books))
        unbalanced = (*uow.ledger.drift(), *_leftovers(uow, known))
    places = Counter(request.order_id for request in requests)
    return Verdict(
        orders=dict(Counter(record.status.value for record in known.values())),
        lost=tuple(_lost(shop, records)),
        doubled=tuple(_doubled(books, {request.request_id for request in requests})),
        oversold=tuple(_oversold(books)),
        unbalanced=unbalanced,
        stock=stock,
        splits=sum(count > 1 for count in places.values()),
        parcels=sum(max(len(one.parcels), 1) for one in shipments),
        requests=len(requests),
        cost=sum((plan.cost for plan in plans), Decimal(0)),
    )


def _lost(shop: PartnerBook, records: Mapping[str, OrderRecord | None]) -> Iterator[str]:
    """Sold and unknown to the hub, or sold and neither shown as fulfilled in the shop nor cancelled there."""
    for reference in shop.sold:
        if records[reference] is None:
            yield f"order {reference} never reached the hub"
    yield from _open_lines(shop)


def _open_lines(shop: PartnerBook) -> Iterator[str]:
    for reference, sold in shop.sold.items():
        for line, units in sold.items():
            done = shop.confirmed[reference].get(line, Decimal(0))
            back = shop.cancelled.get(reference, {}).get(line, Decimal(0))
            if done + back != units:
                yield f"order {reference} line {line}: {units} sold, {done} fulfilled, {back} cancelled"


def _doubled(books: Mapping[str, PartnerBook], ours: set[str]) -> Iterator[str]:
    for partner, book in books.items():
        for reference, booked in book.instructions.items():
            if booked.times > 1:
                yield f"{partner} booked {reference} {booked.times} times"
            if reference not in ours:
                yield f"{partner} booked {reference}, which the hub does not know"
        if partner == CHANNEL and book.duplicates:
            yield f"{partner} shows {book.duplicates} fulfilments twice"


def _oversold(books: Mapping[str, PartnerBook]) -> Iterator[str]:
    for partner, book in books.items():
        for reference, units in book.oversold.items():
            yield f"{partner} was asked for {units} more than it had ({reference})"
        for (site, item), left in book.stock.items():
            if left < 0:
                yield f"{partner} {site} {item} stands at {left}"


def _leftovers(uow: UnitOfWork, known: Mapping[str, OrderRecord]) -> Iterator[str]:
    """A finished order holds no stock (ledger law 5)."""
    for record in known.values():
        if record.status not in FINAL:
            continue
        for request in uow.requests.for_order(record.order_id):
            held = {key: units for key, units in uow.ledger.held(request.request_id).items() if units}
            if held:
                yield f"finished order {record.order_id} still holds {sum(held.values())} ({request.request_id})"


def _stock(setup: Setup, uow: UnitOfWork, books: Mapping[str, PartnerBook]) -> Iterator[StockCheck]:
    for name, connection in setup.config.connections.items():
        codebook = setup.partners[connection.partner].codebook(ConnectionId(name))
        truth = _by_location(codebook, books[name].stock)
        past = _by_location(codebook, books[name].history)
        for location, shelves in truth.items():
            ours = {balance.sku: balance.on_hand for balance in uow.ledger.balances(locations=[location])}
            wrong = {
                str(sku): (ours.get(sku, Decimal(0)), units)
                for sku, units in shelves.items()
                if ours.get(sku, Decimal(0)) != units
            }
            then = list(_then(uow, location, past.get(location, {})))
            wrong_then = {f"{sku} at {at:%H:%M:%S}": (ours, truth) for sku, at, ours, truth in then if ours != truth}
            yield StockCheck(str(location), name, len(shelves), wrong, len(then), wrong_then)


def _by_location(codebook: Codebook, shelves: Mapping[tuple[str, str], _Held]) -> dict[LocationId, dict[Sku, _Held]]:
    found: dict[LocationId, dict[Sku, _Held]] = {}
    for (site, item), held in shelves.items():
        location = codebook.location_for(site) or codebook.default_location
        sku = _sku(codebook, item)
        if location is not None and sku is not None:
            found.setdefault(location, {})[sku] = held
    return found


def _then(
    uow: UnitOfWork, location: LocationId, past: Mapping[Sku, Sequence[tuple[datetime, Decimal]]]
) -> Iterator[tuple[Sku, datetime, Decimal, Decimal]]:
    """Of each count that moved the ledger: item, moment, what the ledger has of that moment, and what lay there."""
    for sku, history in past.items():
        rows = uow.ledger.movements(sku, location, limit=_ALL)
        counts = {row.observed_at for row in rows if row.key.startswith("count:")}
        for at in sorted(counts):
            on_hand = sum(
                (row.quantity for row in rows if row.observed_at <= at and row.bucket is Bucket.ON_HAND), _ZERO
            )
            yield sku, at, on_hand, [units for since, units in history if since <= at][-1]


def _sku(codebook: Codebook, item: str) -> Sku | None:
    found = codebook.item_named(item)
    return found.sku if found else None


__all__ = ["FINAL", "StockCheck", "Verdict", "all_final", "delivered", "judge"]
