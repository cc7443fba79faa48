"""Decide who ships an order's open units, promise the stock, and queue the requests: one transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from math import ceil

from hub.flows.lots import lots_at
from hub.flows.requests import hold_order, outbox_key
from hub.flows.stock_view import StockView, read_stock
from hub.flows.work import Work
from hub.inventory import ledger
from hub.model.events import EventKind
from hub.model.fulfilment import FulfilmentRequest, RequestKind, RequestLine
from hub.model.identity import LocationId, OrderId, RequestId, Sku
from hub.model.money import Money
from hub.model.network import Location
from hub.model.order import LineCounters, OrderRecord
from hub.model.price import ItemPrice, price_for
from hub.model.purchase import PurchaseOrderState
from hub.model.queue import OutboxItem
from hub.model.routing import Assignment, RoutingPlan
from hub.model.soft_hold import SoftHold
from hub.orders import lifecycle
from hub.orders.demands import open_demands, stranded
from hub.routing.candidates import Demand, Site
from hub.routing.promise import Backlog
from hub.routing.strategy import Case, Decision, Strategy

RACES = 3
"""How often a plan is made anew at once because somebody else took the stock meanwhile."""

_ZERO = Decimal(0)
_LONGEST_WAIT = timedelta(hours=6)
# Enough to reach the longest wait; many more are more minutes than there are.
_DOUBLINGS = 9

HELD_BY_RULE = "order.held-by-rule"
"""Hold code of an order that a rule of routing keeps for a person."""

WAITS = "order.unroutable"
"""Hold code of an order that waited too long for stock; new stock still wakes it."""


def route_order(work: Work, order_id: OrderId, *, attempts: int = 0) -> datetime | None:
    """Route what is open of an order; gives the next time to try, None where nothing is left to do.

    What cannot be shipped waits: for new stock (``record_stock`` wakes it) and with growing patience (1 minute,
    doubled up to 6 hours; ``attempts`` counts these). After ``network.max_attempts`` waits, or as many rounds of
    asking locations, a person gets it with the reasons.
    """
    record = work.uow.orders.get(order_id, lock=True)
    if record is None or (record.hold and not record.hold.startswith(WAITS)):
        return None
    demands = open_demands(record)
    parts = list(stranded(record, work.uow.requests.for_order(order_id))) if record.order.kits else []
    if not parts and not any(each.sku is not None for each in demands):
        return None
    if record.attempts >= work.network.max_attempts:
        words = f"{record.attempts} rounds of asking locations did not place it."
        work.keep(hold_order(work, record, "order.too-many-attempts", words))
        return None
    hold = work.hold_of(record, lock=True)
    for _ in range(RACES):
        backlogs = _backlogs(work, _limited(work, record))
        decision, view = _decide(work, record, demands, hold, backlogs)
        if words := _held_by_rules(work, record, decision):
            work.keep(hold_order(work, record, HELD_BY_RULE, words))
            return None
        plan = decision.plan.model_copy(update={"unrouted": (*decision.plan.unrouted, *parts)})
        if not plan.assignments:
            return _wait(work, record, plan, attempts)
        if _filled_up(work, plan, backlogs):
            continue
        requests = requests_of(work, record, plan)
        rows = [
            ledger.reservation(request, line, line.quantity, "routed", work.now)
            for request in requests
            for line in request.lines
        ]
        floors = {key: atp.floor for key, atp in view.atps.items()}
        if not work.uow.ledger.reserve(rows, floors, hold=hold.key if hold else None):
            record = place(work, record, plan, requests)
            return _wait(work, record, plan, attempts)
    return work.now + timedelta(seconds=1)


def _limited(work: Work, record: OrderRecord) -> list[LocationId]:
    """The locations in the order's reach that work off only so much in a day."""
    channel = work.network.channel(record.order.channel)
    found = (work.network.location(each) for each in (channel.reachable if channel else ()))
    return [each.location for each in found if each is not None and each.capacity.limits]


def _backlogs(work: Work, locations: Sequence[LocationId], *, lock: bool = False) -> dict[LocationId, Backlog]:
    waiting = work.uow.requests.waiting_at(locations, lock=lock) if locations else {}
    return {where: Backlog(orders, ceil(units)) for where, (orders, units) in waiting.items()}


def _filled_up(work: Work, plan: RoutingPlan, known: Mapping[LocationId, Backlog]) -> bool:
    """Whether somebody else was given work meanwhile by a location whose day is limited. From here on nobody is, until
    this transaction ends; capacity is reserved before stock, both by name, so that no two wait for each other."""
    limited = [where for where in plan.locations if where in known]
    return any(known[where] != now for where, now in _backlogs(work, sorted(limited), lock=True).items())


def _held_by_rules(work: Work, record: OrderRecord, decision: Decision) -> str:
    """The words of a rule that makes the order wait for a person, each once: who released it has seen them."""
    if not decision.holds:
        return ""
    released = [
        event.data.get("reason", "")
        for event in work.uow.orders.timeline(record.order_id)
        if event.kind is EventKind.ORDER_RELEASED
    ]
    words = (f"{hold.rule}: {hold.words}" for hold in decision.holds)
    return next((each for each in words if f"{HELD_BY_RULE}: {each}" not in released), "")


def _sites_for(
    work: Work, record: OrderRecord, skus: Sequence[Sku], hold: SoftHold | None
) -> tuple[StockView, list[Site]]:
    """The channel's locations with what each may promise to this order now."""
    locations = reachable(work, record)
    view = read_stock(work.uow, work.network, work.now, skus, [each.location for each in locations])
    return view, [site_at(work, view, location, skus, hold) for location in locations]


def reachable(work: Work, record: OrderRecord) -> list[Location]:
    """The locations that the order's channel may ship from."""
    channel = work.network.channel(record.order.channel)
    found = (work.network.location(each) for each in (channel.reachable if channel else ()))
    return [location for location in found if location is not None]


def site_at(work: Work, view: StockView, location: Location, skus: Sequence[Sku], hold: SoftHold | None) -> Site:
    """A location as routing sees it for an order of these SKUs, whose units ``hold`` keeps."""
    at = view.standings[location.location]
    own = hold.held_at(location.location) if hold else {}
    here = view.at(location.location)
    available = {sku: atp.for_holder(own.get(sku, _ZERO)) for sku, atp in here.items()}
    doubts = {sku: atp.doubt for sku, atp in here.items() if atp.doubt}
    lots = lots_at(work, location, skus)
    packs = {sku: lot.multiple for sku, lot in lots.items()}
    minimums = {sku: lot.minimum for sku, lot in lots.items()}
    return Site(location, available, packs, at.code, at.why, minimums, doubts)


def _decide(
    work: Work,
    record: OrderRecord,
    demands: Sequence[Demand],
    hold: SoftHold | None,
    backlogs: Mapping[LocationId, Backlog],
) -> tuple[Decision, StockView]:
    skus = sorted({need.sku for each in demands for need in each.needs})
    view, sites = _sites_for(work, record, skus, hold)
    return Strategy.of(work.network).decide(Case(record, demands, sites, work.now, backlogs)), view


def requests_of(work: Work, record: OrderRecord, plan: RoutingPlan) -> list[FulfilmentRequest]:
    """A request to each location of the plan, not stored yet."""
    requests = []
    for where in plan.locations:
        location = work.network.location(where)
        if location is not None:
            assigned = [each for each in plan.assignments if each.location == where]
            requests.append(_request(work, record, location, assigned))
    return requests


def _request(work: Work, record: OrderRecord, location: Location, assigned: Sequence[Assignment]) -> FulfilmentRequest:
    order = record.order
    titles = {line.line_id: line.title for line in order.lines}
    dropship = location.kind is RequestKind.DROPSHIP
    prices = work.uow.prices.of(location.partner, {each.sku for each in assigned}) if dropship else {}
    return FulfilmentRequest(
        request_id=RequestId(f"P{work.uow.sequences.next('request'):08d}"),
        order_id=record.order_id,
        channel=order.channel,
        order_external_id=order.external_id,
        order_number=order.number,
        location=location.location,
        connection=location.connection,
        kind=location.kind,
        lines=tuple(
            RequestLine(
                number=number,
                line_id=each.line_id,
                sku=each.sku,
                quantity=each.quantity,
                unit_cost=_cost(prices.get(each.sku, ()), each.quantity, work.now.date()),
                title=titles.get(each.line_id, ""),
            )
            for number, each in enumerate(assigned, 1)
        ),
        ship_to=order.ship_to,
        service=order.service,
        requested_at=work.now,
        promised_by=order.promised_by,
        purchase=PurchaseOrderState.APPROVED if dropship else None,
    )


def _cost(prices: Sequence[ItemPrice], quantity: Decimal, on: date) -> Money | None:
    """What the supplier asks for one each; None where it never told."""
    found = price_for(prices, quantity, on)
    return found.unit_price if found is not None else None


def place(work: Work, record: OrderRecord, plan: RoutingPlan, requests: Sequence[FulfilmentRequest]) -> OrderRecord:
    """Keep a plan whose units are promised: counters, requests and what is to be sent."""
    counters = dict(record.counters)
    for each in plan.assignments:
        counters[each.line_id] = lifecycle.reserve(counters[each.line_id], each.quantity)
    work.uow.requests.add_plan(plan)
    work.tell(record.order_id, EventKind.ORDER_ROUTED, summary=plan.summary, cost=f"{plan.cost:f}")
    for request in requests:
        work.uow.requests.add(request)
        work.uow.outbox.add(
            OutboxItem(
                key=outbox_key(request.request_id),
                connection=request.connection,
                kind="fulfilment",
                payload=request.model_dump_json(),
                created_at=work.now,
                order_id=record.order_id,
                subject=f"{request.request_id} to {request.location}",
            )
        )
        work.tell(record.order_id, EventKind.REQUEST_PLANNED, request=request.request_id, location=request.location)
    work.touch(each.sku for each in plan.assignments)
    return work.keep(replace(record, counters=counters, attempts=record.attempts + 1, hold=""))


def _wait(work: Work, record: OrderRecord, plan: RoutingPlan, attempts: int) -> datetime | None:
    """Note what could not be placed, once per change of reasons, and when to try again."""
    waiting = [each for each in plan.unrouted if each.sku is not None]
    if not waiting:
        return None
    plans = work.uow.requests.plans(record.order_id)
    if not plan.assignments and (not plans or plans[-1].unrouted != plan.unrouted):
        work.uow.requests.add_plan(plan)
        reasons = {each.line_id: f"{each.code}: {each.reason}" for each in waiting}
        work.tell(record.order_id, EventKind.ORDER_UNROUTABLE, **reasons)
        work.answer_channel(record)
    if attempts + 1 >= work.network.max_attempts:
        work.keep(hold_order(work, record, WAITS, "; ".join(dict.fromkeys(each.reason for each in waiting))))
        return None
    return work.now + min(timedelta(minutes=2 ** min(attempts, _DOUBLINGS)), _LONGEST_WAIT)


def plan_again(work: Work, order_id: OrderId) -> RoutingPlan | None:
    """What routing would decide now for an order's open units; changes nothing (``hub route explain``)."""
    record = work.uow.orders.get(order_id)
    if record is None:
        return None
    backlogs = _backlogs(work, _limited(work, record))
    plan = _decide(work, record, open_demands(record), work.hold_of(record), backlogs)[0].plan
    parts = stranded(record, work.uow.requests.for_order(order_id))
    return plan.model_copy(update={"unrouted": (*plan.unrouted, *parts)})


def plan_anew(work: Work, record: OrderRecord) -> RoutingPlan:
    """What routing would decide now for all units of an order that are not cancelled, as if it had just come; changes
    nothing (``hub config diff``). What was promised to the order itself counts as promised."""
    counters = {
        line_id: LineCounters(ordered=each.ordered, open=each.ordered - each.cancelled, cancelled=each.cancelled)
        for line_id, each in record.counters.items()
    }
    fresh = replace(record, counters=counters, excluded={})
    backlogs = _backlogs(work, _limited(work, record))
    return _decide(work, fresh, open_demands(fresh), work.hold_of(record), backlogs)[0].plan
