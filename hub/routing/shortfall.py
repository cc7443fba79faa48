"""Why units of a plan went unrouted, and the nearest cure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from hub.model.identity import LineId, LocationId, Sku
from hub.model.kit import whole_sets
from hub.model.routing import Unrouted
from hub.routing.candidates import Demand, Site, lot_at, may_ship, offer
from hub.routing.question import Part

_ZERO = Decimal(0)
_WAIT = "Wait for stock, or cancel the line."


def unrouted(
    demands: Sequence[Demand], sites: Sequence[Site], parts: Sequence[Part], max_splits: int
) -> list[Unrouted]:
    """What the ``parts`` of a plan leave, line by line, each with the reason and its nearest cure."""
    assigned: dict[LineId, Decimal] = {}
    left = {site.id: dict(site.available) for site in sites}
    for demand, location, sets in parts:
        assigned[demand.line_id] = assigned.get(demand.line_id, _ZERO) + sets
        for need in demand.needs:
            left[location][need.sku] = left[location].get(need.sku, _ZERO) - need.units * sets
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
        lots = {site.id: no_lot(site, demand, left[site.id], sets) for site in willing}
        how_many = number_of(sets, _noun(demand))
        return _why_no_lots({where: found for where, found in lots.items() if found}, names, how_many)
    if any(site.id in demand.excluded for site in stocked):
        return (
            "routing.all-rejected",
            f"Every location that has it rejected this line: {names}.",
            "Ask one of them again by hand, wait for stock elsewhere, or cancel the line.",
        )
    if barred := [f"{site.id}: {site.bars[demand.line_id]}" for site in stocked if demand.line_id in site.bars]:
        cure = "Change the rule (`hub rule explain`), wait for stock elsewhere, or cancel the line."
        return "routing.barred", f"Rules keep every location that has it from shipping it: {'; '.join(barred)}.", cure
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
        short = "; ".join(f"{site.id} {short_of(left[site.id], demand)}" for site in sites)
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


def short_of(left: Mapping[Sku, Decimal], demand: Demand) -> str:
    """The part of a kit that allows the fewest sets, in words."""
    least = min(demand.parts, key=lambda need: whole_sets(left.get(need.sku, _ZERO), need.units))
    return f"has only {left.get(least.sku, _ZERO):f} of {least.sku}, {least.units:f} a set"


def no_lot(site: Site, demand: Demand, left: Mapping[Sku, Decimal], wanted: Decimal) -> tuple[str, str] | None:
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


def number_of(count: Decimal, noun: str) -> str:
    """So many of something, in words.

    >>> number_of(Decimal(2), "unit")
    '2 units'
    """
    return f"{count:f} {noun}" if count == 1 else f"{count:f} {noun}s"


def _noun(demand: Demand) -> str:
    return "set" if demand.parts else "unit"
