"""Assign the open orders anew, together: those whose requests nobody was sent yet (ADR 0034).

First the moves are found, from one reading of orders and stock; that changes nothing. Then each bundle of moves is
made in a transaction of its own: the requests are withdrawn, their stock released, the new plans' stock promised in the
same guarded statement as ever, and the new requests queued. Where one of the bundle's orders has changed meanwhile, a
request has left, or stock has gone, the bundle is dropped: all of it stays as it was.

Orders that are held, wait for pickup or keep units softly are left alone. Nothing moves to a location whose day is
limited.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from math import ceil
from typing import NamedTuple

from hub.errors import TransientError
from hub.flows.cancel_order import withdraw_request
from hub.flows.requests import outbox_key
from hub.flows.route_order import place, reachable, requests_of, site_at
from hub.flows.stock_view import StockView, read_stock
from hub.flows.work import Work
from hub.inventory import ledger
from hub.model.events import EventKind
from hub.model.fulfilment import FulfilmentRequest, Negotiation
from hub.model.identity import ChannelId, LineId, LocationId, OrderId
from hub.model.order import OrderRecord
from hub.model.queue import OutboxState
from hub.model.routing import RoutingPlan
from hub.orders import lifecycle
from hub.orders.demands import open_demands
from hub.routing import record as records
from hub.routing.accounting import money, planned
from hub.routing.candidates import Demand, Site
from hub.routing.freight import mills
from hub.routing.pool import always, reoptimise
from hub.routing.pool_master import GoOn
from hub.routing.pool_problem import Move, unfilled
from hub.routing.pool_questions import Held, Shelf, of_single_locations, pool_of
from hub.routing.problem import Solution
from hub.routing.question import Bid, Question, Terms, parts_of, question_of
from hub.routing.shortfall import unrouted
from hub.routing.strategy import Case, Strategy

_ALL = 1_000_000
_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class PoolTerms:
    """``change_fee`` in the network's currency for each order that moves; at most ``churn_permille`` of the open orders
    move. ``channels``: only their orders, those of all where empty."""

    change_fee: Decimal = Decimal(1)
    churn_permille: int = 20
    channels: frozenset[ChannelId] = frozenset()


class OrderMove(NamedTuple):
    """An order's new plan. ``version``: the order's when it was read; ``withdraws``: the requests that end.
    ``saving``: what its shipments cost less, below 0 where it makes room for others or ships ``more`` units."""

    order_id: OrderId
    version: int
    withdraws: tuple[FulfilmentRequest, ...]
    plan: RoutingPlan
    saving: Decimal
    more: Decimal


class MoveBundle(NamedTuple):
    """Moves that are made together or not at all; ``saving`` of their shipments, less the change fees."""

    moves: tuple[OrderMove, ...]
    saving: Decimal


class PoolAnswer(NamedTuple):
    """``orders``: how many are open; what their shipments cost ``before`` and ``after``, change fees included."""

    bundles: tuple[MoveBundle, ...]
    orders: int
    before: Decimal
    after: Decimal
    gap_ppm: int


class _Open(NamedTuple):
    """An open order as if it had no requests, and those that it has."""

    record: OrderRecord
    version: int
    requests: tuple[FulfilmentRequest, ...]
    demands: tuple[Demand, ...]
    sites: tuple[Site, ...]
    bids: tuple[Bid, ...]
    terms: Terms
    rules: str


def find_moves(work: Work, terms: PoolTerms, go_on: GoOn = always) -> PoolAnswer:
    """The moves that would make the open orders cheaper; changes nothing.

    Raises ConfigurationError ``configuration.optimiser-missing`` where HiGHS is not installed.
    """
    found = [(record, requests) for record, requests in _unsent(work, terms.channels) if _may_move(work, record)]
    fresh = [(_as_if_new(record, requests), record.version, requests) for record, requests in found]
    view = _view(work, [record for record, _, _ in fresh])
    held = _held_units([requests for _, requests in found])
    open_orders = {each.record.order_id: each for each in (_open(work, view, held, *one) for one in fresh)}
    orders = [_as_held(work, each) for each in open_orders.values()]
    free = {shelf: atp.for_holder(_ZERO) for shelf, atp in view.atps.items()}
    pool, kept = pool_of(orders, free, mills(terms.change_fee), terms.churn_permille)
    questions = {each.order_id: each.question for each in kept}
    standing = {order.id: order.standing for order in pool.orders}
    answer = reoptimise(pool, go_on)
    bundles = []
    for bundle in answer.bundles:
        moves = [
            _order_move(
                work, open_orders[OrderId(each.order)], questions[OrderId(each.order)], standing[each.order], each
            )
            for each in bundle.moves
        ]
        saving = sum((move.saving - terms.change_fee for move in moves), _ZERO)
        bundles.append(MoveBundle(tuple(moves), saving))
    before = money(answer.before - sum([unfilled(order, order.standing) for order in pool.orders]))
    return PoolAnswer(tuple(bundles), len(kept), before, money(answer.after - answer.unfilled), answer.gap_ppm)


def make_moves(work: Work, bundle: MoveBundle) -> bool:
    """Make all moves of a bundle; False where something has changed since they were found: then nothing is done."""
    try:
        with work.uow.savepoint():
            _make(work, sorted(bundle.moves, key=lambda move: move.order_id))
    except TransientError:
        return False
    return True


def _make(work: Work, moves: Sequence[OrderMove]) -> None:
    """Orders are locked by id, as everybody does who locks several."""
    records = [_withdrawn(work, move) for move in moves]
    requests = [requests_of(work, record, move.plan) for record, move in zip(records, moves, strict=True)]
    rows = [
        ledger.reservation(request, line, line.quantity, "moved", work.now)
        for of_order in requests
        for request in of_order
        for line in request.lines
    ]
    view = _view(work, records)
    if work.uow.ledger.reserve(rows, {shelf: atp.floor for shelf, atp in view.atps.items()}):
        raise _overtaken("Stock that the moves need has gone.")
    for record, move, of_order in zip(records, moves, requests, strict=True):
        # A move is no further round of asking locations.
        place(work, replace(record, attempts=record.attempts - 1), move.plan, of_order)
        work.tell(
            record.order_id,
            EventKind.ORDER_MOVED,
            withdrawn=", ".join(request.request_id for request in move.withdraws),
            saving=f"{move.saving:f}",
        )
    work.wake(line.sku for move in moves for request in move.withdraws for line in request.lines)


def _withdrawn(work: Work, move: OrderMove) -> OrderRecord:
    record = work.uow.orders.get(move.order_id, lock=True)
    if record is None or record.version != move.version:
        raise _overtaken(f"Order {move.order_id} has changed.")
    for request in move.withdraws:
        if not work.uow.outbox.withdraw(outbox_key(request.request_id)):
            raise _overtaken(f"Request {request.request_id} has left.")
        record = withdraw_request(work, record, request, {})
    return record


def _overtaken(what: str) -> TransientError:
    return TransientError(what, code="route.overtaken", cure="Nothing: the next run looks again.")


def _unsent(work: Work, channels: Collection[ChannelId]) -> list[tuple[OrderRecord, tuple[FulfilmentRequest, ...]]]:
    """Orders all of whose requests are still in our outbox, by id."""
    connections = sorted({location.connection for location in work.network.locations})
    items = [item for each in connections for item in work.uow.outbox.in_state(each, OutboxState.PENDING, _ALL)]
    waiting = {item.key for item in items}
    found = []
    for order_id in sorted({item.order_id for item in items if item.kind == "fulfilment" and item.order_id}):
        record = work.uow.orders.get(order_id)
        requests = tuple(each for each in work.uow.requests.for_order(order_id) if not each.finished)
        unsent = all(
            each.negotiation is Negotiation.UNSUBMITTED and outbox_key(each.request_id) in waiting for each in requests
        )
        if record is not None and unsent and (not channels or record.order.channel in channels):
            found.append((record, requests))
    return found


def _may_move(work: Work, record: OrderRecord) -> bool:
    return not record.hold and record.order.pickup_at is None and work.hold_of(record) is None


def _as_if_new(record: OrderRecord, requests: Sequence[FulfilmentRequest]) -> OrderRecord:
    counters = dict(record.counters)
    for request in requests:
        for line in request.lines:
            counters[line.line_id] = lifecycle.reopen(counters[line.line_id], reserved=line.outstanding)
    return replace(record, counters=counters)


def _view(work: Work, orders: Sequence[OrderRecord]) -> StockView:
    """Stock of all that these orders ask for, at all locations that they may be shipped from."""
    skus = {line.sku for record in orders for line in record.order.lines if line.sku is not None}
    locations = {location.location for record in orders for location in reachable(work, record)}
    return read_stock(work.uow, work.network, work.now, sorted(skus), sorted(locations))


def _held_units(orders: Sequence[Sequence[FulfilmentRequest]]) -> dict[Shelf, Decimal]:
    held: dict[Shelf, Decimal] = {}
    for requests in orders:
        for request in requests:
            for line in request.lines:
                shelf = line.sku, request.location
                held[shelf] = held.get(shelf, _ZERO) + line.outstanding
    return held


def _open(
    work: Work,
    view: StockView,
    held: Mapping[Shelf, Decimal],
    record: OrderRecord,
    version: int,
    requests: tuple[FulfilmentRequest, ...],
) -> _Open:
    demands = tuple(each for each in open_demands(record) if each.sku is not None)
    skus = sorted({need.sku for demand in demands for need in demand.needs})
    sites = tuple(_freed(site_at(work, view, location, skus, None), skus, held) for location in reachable(work, record))
    asked = Strategy.of(work.network).ask(Case(record, demands, sites, work.now, {}))
    bids = tuple(_within_its_day(bid, requests) for bid in asked.bids)
    return _Open(
        record, version, requests, demands, asked.sites, tuple(filter(None, bids)), asked.terms, asked.verdict.version
    )


def _within_its_day(bid: Bid, requests: Sequence[FulfilmentRequest]) -> Bid | None:
    """The bid of a location whose day is limited is for what the order has there already: no move fills its day."""
    if not bid.site.location.capacity.limits:
        return bid
    there = sum((each.outstanding for each in requests if each.location == bid.site.id), _ZERO)
    return bid._replace(room=ceil(there)) if there else None


def _freed(site: Site, skus: Sequence[str], held: Mapping[Shelf, Decimal]) -> Site:
    """The site as if the pool's orders held nothing there."""
    available = {
        sku: units + (held.get((sku, site.id), _ZERO) if sku in skus else _ZERO)
        for sku, units in site.available.items()
    }
    return replace(site, available=available)


def _as_held(work: Work, each: _Open) -> Held:
    question = question_of(each.demands, each.bids, each.terms, work.network.items)
    holds: dict[tuple[LineId, LocationId], Decimal] = {}
    for demand in each.demands:
        # What is held of a kit is held of all its parts.
        need = demand.needs[0]
        for request in each.requests:
            units = sum((line.outstanding for line in request.lines if line.line_id == need.line_id), _ZERO)
            if units:
                key = demand.line_id, request.location
                holds[key] = holds.get(key, _ZERO) + units / need.units
    return Held(each.record.order_id, of_single_locations(question), holds)


def _order_move(work: Work, each: _Open, question: Question, standing: Solution, move: Move) -> OrderMove:
    parts = parts_of(question, move.plan) or []
    shipments = planned(question, move.plan.shipments, {bid.site.id: bid for bid in each.bids})
    split = money(question.problem.split * max(0, len(shipments) - 1))
    cost = sum((shipment.cost for shipment in shipments), split)
    sets = zip(each.demands, standing.backordered, move.plan.backordered, strict=True)
    more = sum((demand.weight * (before - after) for demand, before, after in sets), _ZERO)
    saving = money(_shipped_for(question, standing) - _shipped_for(question, move.plan))
    where = " + ".join(sorted({location for _, location, _ in parts}))
    plan = RoutingPlan(
        order_id=each.record.order_id,
        decided_at=work.now,
        assignments=records.assignments(parts),
        unrouted=tuple(unrouted(each.demands, each.sites, parts, question.problem.most_shipments)),
        shipments=tuple(shipments),
        split=split,
        cost=cost,
        exact=move.plan.exact,
        bound=None if move.plan.exact else money(max(0, move.plan.bound)),
        summary=f"Moved to {where} for {cost:f} {work.network.currency}: {_why(saving, more, work.network.currency)}.",
        kernel=records.KERNEL,
        rules=each.rules,
    )
    return OrderMove(each.record.order_id, each.version, each.requests, plan, saving, more)


def _shipped_for(question: Question, plan: Solution) -> int:
    """Mills of a plan without the price of what nobody ships."""
    prices = zip(question.problem.backorder, plan.backordered, strict=True)
    return plan.cost - sum([price * steps for price, steps in prices])


def _why(saving: Decimal, more: Decimal, currency: str) -> str:
    if more:
        return f"ships {more:f} more for {-saving:f} {currency} more"
    if saving < 0:
        return f"{-saving:f} {currency} dearer, to make room for other open orders"
    return f"saves {saving:f} {currency}"
