"""Why each location was chosen or lost."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from decimal import Decimal

from hub.model.identity import LocationId
from hub.model.routing import Candidate
from hub.routing.accounting import money
from hub.routing.candidates import Demand, Site, may_ship, offer
from hub.routing.pricing import shipped
from hub.routing.problem import NEVER
from hub.routing.question import Part, Question
from hub.routing.shortfall import no_lot, number_of, short_of

_ZERO = Decimal(0)


def candidates(
    question: Question, sites: Sequence[Site], parts: Sequence[Part], cost: Decimal, currency: str
) -> tuple[list[Candidate], list[LocationId]]:
    """The verdict on each site, and the locations that have nothing of what is wanted and nothing else to say.

    Codes: ``chosen``, ``dearer``, ``short``, ``no-stock``, ``doubted``, ``rejected-before``, ``barred`` by a rule,
    ``minimum``, ``broken-pack``, and the code of a site that may ship nothing (``inactive``, ``stale``, ``no-zone``).
    """
    chosen = {location for _, location, _ in parts}
    found: list[Candidate] = []
    nothing: list[LocationId] = []
    skus = list(dict.fromkeys(need.sku for each in question.demands for need in each.needs))
    for site in sites:
        if not site.code and not site.doubts and not any(site.available.get(sku, _ZERO) > 0 for sku in skus):
            nothing.append(site.id)
            continue
        available = {str(sku): site.available.get(sku, _ZERO) for sku in skus}
        alone = _alone(question, site)
        code, reason = _verdict(question, site, parts, chosen, alone, cost, currency)
        found.append(
            Candidate(
                location=site.id,
                chosen=site.id in chosen,
                code=code,
                reason=reason,
                cost=alone,
                available=available,
            )
        )
    return found, nothing


def _alone(question: Question, site: Site) -> Decimal | None:
    """What everything would cost from that site alone; None where it cannot ship all of it."""
    number = question.offer_of(site.id)
    quantities = question.problem.quantities
    if number is None or not quantities:
        return None
    offered = question.problem.offers[number]
    if any(len(curve) <= steps for curve, steps in zip(offered.curves, quantities, strict=True)):
        return None
    for shelf in offered.shared:
        if sum(a * b for a, b in zip(shelf.takes, quantities, strict=True)) > shelf.units:
            return None
    cost = shipped(question.problem, number, quantities).cost
    return money(cost) if cost < NEVER else None


def _verdict(
    question: Question,
    site: Site,
    parts: Sequence[Part],
    chosen: Collection[LocationId],
    alone: Decimal | None,
    cost: Decimal,
    currency: str,
) -> tuple[str, str]:
    demands = question.demands
    if site.id in chosen:
        units = sum((demand.weight * sets for demand, where, sets in parts if where == site.id), _ZERO)
        return "chosen", f"ships {number_of(units, 'unit')}"
    if site.code:
        return site.code, site.why
    if demands and all(site.id in each.excluded for each in demands):
        return "rejected-before", "it rejected this order's lines before"
    if demands and all(each.line_id in site.bars for each in demands):
        return "barred", "; ".join(dict.fromkeys(site.bars[each.line_id] for each in demands))
    if alone is not None:
        return "dearer", f"could ship everything for {alone:f} {currency}; the plan costs {cost:f}"
    return _short(demands, site)


def _short(demands: Sequence[Demand], site: Site) -> tuple[str, str]:
    has = sum((offer(site, each, site.available, each.quantity) * each.weight for each in demands), _ZERO)
    if has > 0:
        wanted = sum((each.units for each in demands), _ZERO)
        barred = [site.bars[each.line_id] for each in demands if each.line_id in site.bars]
        rule = f" ({'; '.join(dict.fromkeys(barred))})" if barred else ""
        return "short", f"has {has:f} of {number_of(wanted, 'unit')}, and adding it would not be cheaper{rule}"
    lots = next(filter(None, (no_lot(site, each, site.available, each.quantity) for each in demands)), None)
    doubts = [site.doubts[need.sku] for each in demands for need in each.needs if need.sku in site.doubts]
    kits = [short_of(site.available, each) for each in demands if each.parts and may_ship(site, each)]
    return lots or (
        ("doubted", doubts[0]) if doubts else ("no-stock", "; ".join(kits or ["has none of it to promise"]))
    )
