"""How orders are routed: the merchant's rules and tables, made ready once for a network, and one order put to them.

Rules first (who may, at what surcharge, how many shipments), then the tables (landed bids), then the kernel. A location
that rules or tables keep out stays among the sites with its reason, so that the explanation names it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from functools import cache, partial
from typing import NamedTuple

from hub.model.identity import LineId, LocationId
from hub.model.network import Network
from hub.model.order import OrderRecord
from hub.model.prices import Goal, prices_of
from hub.model.routing import RoutingPlan, ShadowPlan
from hub.routing.candidates import Demand, Site
from hub.routing.carriage import NotCarried
from hub.routing.costs import landed_bid, wanted_of
from hub.routing.explain import plan_order
from hub.routing.facts import Facts, order_facts
from hub.routing.freight import mills
from hub.routing.pooling import Curve
from hub.routing.problem import NEVER
from hub.routing.promise import NO_BACKLOG, Backlog
from hub.routing.question import Bid, Terms
from hub.routing.rule_reasons import Refusal, reasons
from hub.routing.rule_versions import rule_sets
from hub.routing.rules import Hold, RuleSet, Verdict
from hub.routing.tariffs import TariffBook

_ZERO = Decimal(0)


class Case(NamedTuple):
    """An order to be routed at a moment: its open ``demands``, the ``sites`` in reach with what each may promise, and
    what locations whose day is limited have been asked for already."""

    record: OrderRecord
    demands: Sequence[Demand]
    sites: Sequence[Site]
    now: datetime
    backlogs: Mapping[LocationId, Backlog]


class Asked(NamedTuple):
    """An order put to rules and tables: the ``sites`` with what keeps them out, the ``bids`` of the others."""

    sites: tuple[Site, ...]
    bids: tuple[Bid, ...]
    terms: Terms
    verdict: Verdict


class Decision(NamedTuple):
    """A plan, and what the rules say beside it: ``holds`` that make the order wait for a person first."""

    plan: RoutingPlan
    holds: tuple[Hold, ...]


class Strategy:
    """Routing by one network's rules and tables. Keeps what it worked out; it may be used by several threads."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self._rules = rule_sets(network)
        self._bits = {location: 1 << place for place, location in enumerate(self._rules.live.locations)}
        self._books: dict[Goal | None, TariffBook] = {None: TariffBook(network)}

    @classmethod
    def of(cls, network: Network) -> Strategy:
        """The strategy of a network, made once."""
        return network.derived("routing", cls)

    def decide(self, case: Case) -> Decision:
        """The cheapest plan for an order's open demands among these sites, explained."""
        rules = self._rules.deciding(case.record.order_id)
        decided = self._decided(rules, case)
        others = [(draft, self._decided(draft, case)) for draft in self._rules.shadows(rules)]
        shadows = tuple(_shadow(draft, other) for draft, other in others if _differs(decided, other))
        return decided._replace(plan=decided.plan.model_copy(update={"shadows": shadows})) if shadows else decided

    def ask(self, case: Case) -> Asked:
        """What rules and tables say of an order's demands at these sites, before anything is chosen."""
        return self._asked(self._rules.deciding(case.record.order_id), case)

    def _decided(self, rules: RuleSet, case: Case) -> Decision:
        asked = self._asked(rules, case)
        plan = plan_order(
            case.record.order_id,
            case.demands,
            asked.sites,
            asked.bids,
            asked.terms,
            items=self._network.items,
            currency=self._network.currency,
            decided_at=case.now,
        )
        return Decision(plan.model_copy(update={"rules": asked.verdict.version}), asked.verdict.holds)

    def _asked(self, rules: RuleSet, case: Case) -> Asked:
        record, demands = case.record, case.demands
        facts = self._facts(record)
        verdict = rules.judge(facts)
        told = cache(partial(reasons, rules, facts))
        skus = {need.sku for demand in demands for need in demand.needs}
        book = self._book(verdict.goal)
        channel = self._network.channel(record.order.channel)
        mapped = [demand for demand in demands if demand.sku is not None]
        ranked = channel.reachable if channel else ()
        wanted = wanted_of(book, record.order, mapped, self._network.items, case.now, ranked)
        seen: list[Site] = []
        bids: list[Bid] = []
        for each in case.sites:
            if not any(each.available.get(sku, _ZERO) > 0 for sku in skus):
                seen.append(each)
                continue
            site = self._judged(verdict, told, record, each, demands)
            backlog = case.backlogs.get(site.id, NO_BACKLOG)
            bid = None if site.code else landed_bid(book, site, wanted, self._network.items, backlog)
            if isinstance(bid, NotCarried):
                seen.append(replace(site, code=bid.code, why=bid.words))
                continue
            seen.append(site)
            if bid is not None:
                bids.append(self._charged(bid, verdict))
        return Asked(tuple(seen), tuple(bids), self._terms(book, record, verdict), verdict)

    def _facts(self, record: OrderRecord) -> Facts:
        rejected: set[LocationId] = set().union(*record.excluded.values())
        return order_facts(record.order, self._network.items, attempts=record.attempts, rejected_by=sorted(rejected))

    def _book(self, goal: Goal | None) -> TariffBook:
        """The tables under a goal that a rule names, else under the network's own."""
        found = self._books.get(goal)
        if found is None and goal is not None:
            found = self._books[goal] = TariffBook(
                self._network.model_copy(update={"prices": prices_of(goal, self._network.own_prices)})
            )
        return found or self._books[None]

    def _terms(self, book: TariffBook, record: OrderRecord, verdict: Verdict) -> Terms:
        most = self._network.max_splits if verdict.max_splits is None else verdict.max_splits
        return Terms(
            split=mills(book.prices.split),
            most_shipments=min(most, self._network.max_splits),
            complete=record.order.ship_complete or verdict.ship_complete,
            default_weight=book.default_weight,
        )

    def _judged(
        self,
        verdict: Verdict,
        told: Callable[[], Mapping[LocationId, Sequence[Refusal]]],
        record: OrderRecord,
        site: Site,
        demands: Sequence[Demand],
    ) -> Site:
        """The site with what rules keep back of it, and the lines that they keep it from."""
        bit = self._bits[site.id]
        kept = sum((each.units for each in verdict.kept if each.locations & bit), _ZERO)
        if kept:
            site = replace(site, available={sku: units - kept for sku, units in site.available.items()})
        if verdict.open & bit:
            return site
        asked = [line for line in record.order.lines if not line.dropped]
        closed = {
            line.line_id: n for n, (line, mask) in enumerate(zip(asked, verdict.lines, strict=True)) if not mask & bit
        }
        bars = dict(_bars(closed, demands, told()[site.id])) if closed else {}
        return replace(site, bars=bars) if bars else site

    def _charged(self, bid: Bid, verdict: Verdict) -> Bid:
        """The bid with what rules charge on top."""
        bit = self._bits[bid.site.id]
        for charge in verdict.surcharges:
            if charge.locations & bit:
                named = (*bid.fixed_by_name, (f"rule {charge.rule}", charge.per_shipment))
                bid = bid._replace(fixed_by_name=named)
                if charge.per_unit:
                    bid = bid._replace(curve=_Dearer(bid, charge.per_unit).of)
        return bid


def _differs(one: Decision, two: Decision) -> bool:
    return (one.plan.assignments, one.plan.cost, one.holds) != (two.plan.assignments, two.plan.cost, two.holds)


def _shadow(draft: RuleSet, decided: Decision) -> ShadowPlan:
    held = "; ".join(f"held by {hold.rule}: {hold.words}" for hold in decided.holds)
    return ShadowPlan(
        draft=draft.name, version=draft.version, cost=decided.plan.cost, summary=held or decided.plan.summary
    )


class _Dearer(NamedTuple):
    """Curves of a bid with mills for each unit on top."""

    bid: Bid
    per_unit: int

    def of(self, demand: Demand, most: int, step: Decimal) -> Curve:
        unit = demand.weight * step * self.per_unit
        curve = self.bid.curve(demand, most, step)
        return tuple(cost + int(unit * steps) if cost < NEVER else NEVER for steps, cost in enumerate(curve))


def _bars(
    closed: Mapping[LineId, int], demands: Sequence[Demand], refusals: Sequence[Refusal]
) -> Iterable[tuple[LineId, str]]:
    """For each demand with a line that is ``closed``, by its position, the rules with the values that they saw."""
    for demand in demands:
        numbers = {closed[need.line_id] for need in demand.needs if need.line_id in closed}
        if numbers:
            words = [str(each) for each in refusals if not each.lines or not numbers.isdisjoint(each.lines)]
            yield demand.line_id, "; ".join(words) or "closed by the rules"
