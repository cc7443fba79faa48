"""The routing decision with its reasons: every candidate keeps its verdict, every unrouted unit its nearest cure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from hub.model.identity import LineId, LocationId, OrderId, Sku
from hub.model.kit import whole_sets
from hub.model.routing import Candidate, RoutingPlan, Unrouted
from hub.routing.candidates import Demand, Site, lot_at, may_ship, offer
from hub.routing.optimiser import Solution, alone, solve

_ZERO = Decimal(0)
_WAIT = "Wait for stock, or cancel the line."


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
    wanted = sum((each.units for each in demands), _ZERO)
    single = alone(demands, site)
    cost = single.cost if single.filled == wanted else None
    chosen = site.id in solution.sites
    code, reason = _chosen(site, solution) if chosen else _lost(site, demands, single, solution, currency)
    skus = dict.fromkeys(need.sku for each in demands for need in each.needs)
    available = {str(sku): site.available.get(sku, _ZERO) for sku in skus}
    return Candidate(location=site.id, chosen=chosen, code=code, reason=reason, cost=cost, available=available)


def _chosen(site: Site, solution: Solution) -> tuple[str, str]:
    units = sum((each.quantity for each in solution.assignments if each.location == site.id), _ZERO)
    return "chosen", f"ships {_number(units, 'unit')}"


def _lost(
    site: Site, demands: Sequence[Demand], single: Solution, solution: Solution, currency: str
) -> tuple[str, str]:
    wanted = sum((each.units for each in demands), _ZERO)
    if site.code:
        return site.code, site.why
    if demands and all(site.id in each.excluded for each in demands):
        return "rejected-before", "it rejected this order's lines before"
    if single.filled == wanted:
        return "dearer", f"could ship everything for {single.cost:f} {currency}; the plan costs {solution.cost:f}"
    if single.filled > 0:
        return "short", f"has {single.filled:f} of {_number(wanted, 'unit')}, and adding it would not be cheaper"
    lots = next(filter(None, (_no_lot(site, each, site.available, each.quantity) for each in demands)), None)
    doubts = [site.doubts[need.sku] for each in demands for need in each.needs if need.sku in site.doubts]
    kits = [_short_of(site.available, each) for each in demands if each.parts]
    return lots or (
        ("doubted", doubts[0]) if doubts else ("no-stock", "; ".join(kits or ["has none of it to promise"]))
    )


def _unrouted(demands: Sequence[Demand], sites: Sequence[Site], solution: Solution, max_splits: int) -> list[Unrouted]:
    assigned: dict[LineId, Decimal] = {}
    left = {site.id: dict(site.available) for site in sites}
    for demand, site, sets in solution.parts:
        assigned[demand.line_id] = assigned.get(demand.line_id, _ZERO) + sets
        for need in demand.needs:
            left[site.id][need.sku] = left[site.id].get(need.sku, _ZERO) - need.units * sets
    missing: list[Unrouted] = []
    for demand in demands:
        sets = demand.quantity - assigned.get(demand.line_id, _ZERO)
        if sets > 0:
            why = _why_unrouted(demand, sets, sites, left, max_splits)
            missing += _missing(demand, sets, why)
    return missing


def _missing(demand: Demand, sets: Decimal, why: tuple[str, str, str]) -> Iterator[Unrouted]:
    code, reason, cure = why
    if demand.sku is None:
        yield Unrouted(line_id=demand.line_id, sku=None, quantity=sets, code=code, reason=reason, cure=cure)
    for need in demand.needs:
        units = need.units * sets
        yield Unrouted(line_id=need.line_id, sku=need.sku, quantity=units, code=code, reason=reason, cure=cure)


def _why_unrouted(
    demand: Demand,
    sets: Decimal,
    sites: Sequence[Site],
    left: Mapping[LocationId, Mapping[Sku, Decimal]],
    max_splits: int,
) -> tuple[str, str, str]:
    """Code, words and nearest cure; the first that holds, nearest cure first."""
    if demand.sku is None:
        return "routing.unmapped-sku", "The channel's item has no SKU.", "Map the item and reprocess the order."
    if not sites:
        return "routing.no-locations", "The channel has no location to ship from.", "Name its locations in sells_from."
    stocked = [site for site in sites if _has_a_set(demand, left[site.id])]
    willing = [site for site in stocked if may_ship(site, demand)]
    names = ", ".join(site.id for site in stocked)
    if any(offer(site, demand, left[site.id], sets) > 0 for site in willing):
        return (
            "routing.too-many-splits",
            f"It would take more than {max_splits} locations.",
            f"Raise max_splits, or wait for more stock at one of {names}.",
        )
    if willing:
        lots = {site.id: _no_lot(site, demand, left[site.id], sets) for site in willing}
        how_many = _number(sets, _noun(demand))
        return _why_no_lots({where: found for where, found in lots.items() if found}, names, how_many)
    if any(site.id in demand.excluded for site in stocked):
        return (
            "routing.all-rejected",
            f"Every location that has it rejected this line: {names}.",
            "Ask one of them again by hand, wait for stock elsewhere, or cancel the line.",
        )
    if stocked:
        reasons = "; ".join(f"{site.id} is {site.code}: {site.why}" for site in stocked)
        return "routing.unusable-stock", f"Stock is only where it may not be used: {reasons}.", "Get a fresh count."
    return _why_none(demand, sites, left)


def _why_none(
    demand: Demand, sites: Sequence[Site], left: Mapping[LocationId, Mapping[Sku, Decimal]]
) -> tuple[str, str, str]:
    if doubted := [site.id for site in sites if any(need.sku in site.doubts for need in demand.needs)]:
        return (
            "routing.doubted-stock",
            f"No location has {demand.sku} to promise; {', '.join(doubted)} had not what was asked for.",
            "Get a fresh count there, wait for stock, or cancel the line.",
        )
    if demand.parts:
        short = "; ".join(f"{site.id} {_short_of(left[site.id], demand)}" for site in sites)
        return "routing.no-stock", f"No location has a whole {demand.sku}: {short}.", _WAIT
    return "routing.no-stock", f"No location has {demand.sku} to promise.", _WAIT


def _why_no_lots(lots: Mapping[LocationId, tuple[str, str]], names: str, how_many: str) -> tuple[str, str, str]:
    if any(code == "minimum" for code, _ in lots.values()):
        said = "; ".join(f"{where} {words}" for where, (_, words) in lots.items())
        return (
            "routing.below-minimum",
            f"No location sells so few: {said}.",
            "Wait for stock at a location without a minimum, or order it for stock together with others.",
        )
    return (
        "routing.broken-pack",
        f"{names} ship whole packs only and {how_many} are none.",
        "Wait for stock at a location that breaks packs, or let one of them break packs.",
    )


def _has_a_set(demand: Demand, left: Mapping[Sku, Decimal]) -> bool:
    return all(left.get(need.sku, _ZERO) > 0 for need in demand.needs) and _sets(demand, left) > 0


def _sets(demand: Demand, left: Mapping[Sku, Decimal]) -> Decimal:
    """Sets of a demand that these units allow; of a plain line, its units."""
    if not demand.parts:
        return min(left.get(need.sku, _ZERO) for need in demand.needs)
    return min(whole_sets(left.get(need.sku, _ZERO), need.units) for need in demand.parts)


def _short_of(left: Mapping[Sku, Decimal], demand: Demand) -> str:
    """The part of a kit that allows the fewest sets."""
    least = min(demand.parts, key=lambda need: whole_sets(left.get(need.sku, _ZERO), need.units))
    return f"has only {left.get(least.sku, _ZERO):f} of {least.sku}, {least.units:f} a set"


def _no_lot(site: Site, demand: Demand, left: Mapping[Sku, Decimal], wanted: Decimal) -> tuple[str, str] | None:
    """Code and words of why a site that has some of it sells none of what is wanted."""
    if demand.sku is None or not may_ship(site, demand) or not _has_a_set(demand, left):
        return None
    if offer(site, demand, left, wanted) > 0:
        return None
    has = _sets(demand, left)
    some = min(has, wanted)
    pack, minimum = lot_at(site, demand)
    sets = " sets" if demand.parts else ""
    if pack > some and minimum <= some:
        return "broken-pack", f"ships whole packs of {pack:f}{sets} only, and no line fills one"
    packs = f" in packs of {pack:f}" if pack != 1 else ""
    short = "" if wanted <= has else f", it has {has:f}"
    return "minimum", f"sells at least {minimum:f}{sets}{packs}: {wanted:f} wanted{short}"


def _summary(demands: Sequence[Demand], sites: Sequence[Site], solution: Solution, currency: str) -> str:
    wanted = sum((each.units for each in demands), _ZERO)
    if not solution.assignments:
        return f"None of {_number(wanted, 'unit')} can be shipped now."
    where = " + ".join(solution.sites)
    method = "" if solution.exact else " (greedy: not every plan was looked at)"
    return (
        f"{where} for {solution.cost:f} {currency}: {solution.filled:f} of {_number(wanted, 'unit')}, "
        f"of {_number(Decimal(len(sites)), 'candidate')}{method}."
    )


def _noun(demand: Demand) -> str:
    return "set" if demand.parts else "unit"


def _number(count: Decimal, noun: str) -> str:
    return f"{count:f} {noun}" if count == 1 else f"{count:f} {noun}s"
