"""The routing decision with its reasons: every candidate keeps its verdict, every unrouted unit its nearest cure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from hub.model.identity import LineId, LocationId, OrderId, Sku
from hub.model.routing import Candidate, RoutingPlan, Unrouted
from hub.routing.candidates import Demand, Site, may_ship, offer
from hub.routing.optimiser import EXACT_CANDIDATES, Solution, alone, solve

_ZERO = Decimal(0)


def plan_order(
    order_id: OrderId,
    demands: Sequence[Demand],
    sites: Sequence[Site],
    *,
    max_splits: int,
    currency: str,
    decided_at: datetime,
) -> RoutingPlan:
    """The cheapest feasible plan for the demands (``optimiser``), explained.

    Law: assigned + unrouted = demanded per line, and no site gives more than it has available. Candidate codes:
    ``chosen``, ``dearer``, ``short``, ``no-stock``, ``doubted``, ``rejected-before``, ``minimum``, ``broken-pack``, and
    the code of a site that may ship nothing (``inactive``, ``stale``).
    """
    mapped = [each for each in demands if each.sku is not None]
    solution = solve(mapped, sites, max_splits)
    return RoutingPlan(
        order_id=order_id,
        decided_at=decided_at,
        assignments=solution.assignments,
        unrouted=tuple(_unrouted(demands, sites, solution, max_splits)),
        candidates=tuple(_candidate(site, mapped, solution, currency) for site in sites),
        cost=solution.cost,
        summary=_summary(mapped, sites, solution, currency),
    )


def _candidate(site: Site, demands: Sequence[Demand], solution: Solution, currency: str) -> Candidate:
    wanted = sum((each.quantity for each in demands), _ZERO)
    single = alone(demands, site)
    cost = single.cost if single.filled == wanted else None
    chosen = site.id in solution.sites
    code, reason = _chosen(site, solution) if chosen else _lost(site, demands, single, solution, currency)
    skus = dict.fromkeys(each.sku for each in demands if each.sku is not None)
    available = {str(sku): site.available.get(sku, _ZERO) for sku in skus}
    return Candidate(location=site.id, chosen=chosen, code=code, reason=reason, cost=cost, available=available)


def _chosen(site: Site, solution: Solution) -> tuple[str, str]:
    units = sum((each.quantity for each in solution.assignments if each.location == site.id), _ZERO)
    return "chosen", f"ships {_number(units, 'unit')}"


def _lost(
    site: Site, demands: Sequence[Demand], single: Solution, solution: Solution, currency: str
) -> tuple[str, str]:
    wanted = sum((each.quantity for each in demands), _ZERO)
    if site.code:
        return site.code, site.why
    if demands and all(site.id in each.excluded for each in demands):
        return "rejected-before", "it rejected this order's lines before"
    if single.filled == wanted:
        return "dearer", f"could ship everything for {single.cost:f} {currency}; the plan costs {solution.cost:f}"
    if single.filled > 0:
        return "short", f"has {single.filled:f} of {_number(wanted, 'unit')}, and adding it would not be cheaper"
    lots = next(filter(None, (_no_lot(site, each, site.available, each.quantity) for each in demands)), None)
    doubts = [site.doubts[each.sku] for each in demands if each.sku is not None and each.sku in site.doubts]
    return lots or (("doubted", doubts[0]) if doubts else ("no-stock", "has none of it to promise"))


def _unrouted(demands: Sequence[Demand], sites: Sequence[Site], solution: Solution, max_splits: int) -> list[Unrouted]:
    assigned: dict[LineId, Decimal] = {}
    taken: dict[tuple[str, Sku], Decimal] = {}
    for each in solution.assignments:
        assigned[each.line_id] = assigned.get(each.line_id, _ZERO) + each.quantity
        taken[each.location, each.sku] = taken.get((each.location, each.sku), _ZERO) + each.quantity
    missing = []
    for demand in demands:
        quantity = demand.quantity - assigned.get(demand.line_id, _ZERO)
        if quantity > 0:
            code, reason, cure = _why_unrouted(demand, quantity, sites, taken, max_splits)
            missing.append(
                Unrouted(line_id=demand.line_id, sku=demand.sku, quantity=quantity, code=code, reason=reason, cure=cure)
            )
    return missing


def _why_unrouted(
    demand: Demand, quantity: Decimal, sites: Sequence[Site], taken: dict[tuple[str, Sku], Decimal], max_splits: int
) -> tuple[str, str, str]:
    """Code, words and nearest cure; the first that holds, nearest cure first."""
    sku = demand.sku
    if sku is None:
        return "routing.unmapped-sku", "The channel's item has no SKU.", "Map the item and reprocess the order."
    if not sites:
        return "routing.no-locations", "The channel has no location to ship from.", "Name its locations in sells_from."
    left = {site.id: site.available.get(sku, _ZERO) - taken.get((site.id, sku), _ZERO) for site in sites}
    stocked = [site for site in sites if left[site.id] > 0]
    willing = [site for site in stocked if may_ship(site, demand)]
    names = ", ".join(site.id for site in stocked)
    if any(offer(site, demand, left[site.id], quantity) > 0 for site in willing):
        return (
            "routing.too-many-splits",
            f"It would take more than {max_splits} locations.",
            f"Raise max_splits, or wait for more stock at one of {names}.",
        )
    if willing:
        lots = {site.id: _no_lot(site, demand, {sku: left[site.id]}, quantity) for site in willing}
        return _why_no_lots({where: found for where, found in lots.items() if found}, names, quantity)
    if any(site.id in demand.excluded for site in stocked):
        return (
            "routing.all-rejected",
            f"Every location that has it rejected this line: {names}.",
            "Ask one of them again by hand, wait for stock elsewhere, or cancel the line.",
        )
    if stocked:
        reasons = "; ".join(f"{site.id} is {site.code}: {site.why}" for site in stocked)
        return "routing.unusable-stock", f"Stock is only where it may not be used: {reasons}.", "Get a fresh count."
    if doubted := [site.id for site in sites if sku in site.doubts]:
        return (
            "routing.doubted-stock",
            f"No location has {sku} to promise; {', '.join(doubted)} had not what was asked for.",
            "Get a fresh count there, wait for stock, or cancel the line.",
        )
    return "routing.no-stock", f"No location has {sku} to promise.", "Wait for stock, or cancel the line."


def _why_no_lots(lots: Mapping[LocationId, tuple[str, str]], names: str, quantity: Decimal) -> tuple[str, str, str]:
    if any(code == "minimum" for code, _ in lots.values()):
        said = "; ".join(f"{where} {words}" for where, (_, words) in lots.items())
        return (
            "routing.below-minimum",
            f"No location sells so few: {said}.",
            "Wait for stock at a location without a minimum, or order it for stock together with others.",
        )
    return (
        "routing.broken-pack",
        f"{names} ship whole packs only and {_number(quantity, 'unit')} are none.",
        "Wait for stock at a location that breaks packs, or let one of them break packs.",
    )


def _no_lot(site: Site, demand: Demand, available: Mapping[Sku, Decimal], wanted: Decimal) -> tuple[str, str] | None:
    """Code and words of why a site that has some of it sells none of what is wanted."""
    sku = demand.sku
    if sku is None or not may_ship(site, demand):
        return None
    left, pack, minimum = available.get(sku, _ZERO), site.pack(sku), site.minimum(sku)
    some = min(left, wanted)
    if some <= 0 or offer(site, demand, left, wanted) > 0:
        return None
    if pack > some and minimum <= some:
        return "broken-pack", f"ships whole packs of {pack:f} only, and no line fills one"
    packs = f" in packs of {pack:f}" if pack != 1 else ""
    has = "" if wanted <= left else f", it has {left:f}"
    return "minimum", f"sells at least {minimum:f}{packs}: {wanted:f} wanted{has}"


def _summary(demands: Sequence[Demand], sites: Sequence[Site], solution: Solution, currency: str) -> str:
    wanted = sum((each.quantity for each in demands), _ZERO)
    if not solution.assignments:
        return f"None of {_number(wanted, 'unit')} can be shipped now."
    where = " + ".join(solution.sites)
    method = "" if solution.exact else f" (greedy: more than {EXACT_CANDIDATES} useful candidates)"
    return (
        f"{where} for {solution.cost:f} {currency}: {solution.filled:f} of {_number(wanted, 'unit')}, "
        f"of {_number(Decimal(len(sites)), 'candidate')}{method}."
    )


def _number(count: Decimal, noun: str) -> str:
    return f"{count:f} {noun}" if count == 1 else f"{count:f} {noun}s"
