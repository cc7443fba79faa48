"""The cheapest feasible plan for one order against the stock of this moment.

First the cheapest single site that can ship everything: a location, or several that share a parcel. Where none can,
every set of locations of up to ``max_splits`` sites is tried: most units shipped wins, then least cost, then fewest
sites and locations, then location ids, so that the same question always gets the same plan. A line is split over
locations only where no single one covers it.

Exact in that sense for orders of up to 12 useful candidates and one line of each SKU, whole packs and minimums
included (``portions``). Beyond 12 the sets are built greedily (most units still missing, then least cost per unit),
which the result says. Lines that share a SKU are given out in order, scarce ones first.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations

from hub.model.identity import LineId, LocationId, Sku
from hub.model.routing import Assignment
from hub.routing.candidates import Demand, Site, offer
from hub.routing.costs import line_cost, plan_cost, request_cost
from hub.routing.portions import Share, share_out

EXACT_CANDIDATES = 12
"""Most candidates for which every set of locations is tried."""

_ZERO = Decimal(0)
_Part = tuple[Demand, Site, Decimal]


@dataclass(frozen=True, slots=True)
class Solution:
    """The plan found: ``filled`` units over all lines; ``exact`` False where the greedy search was used."""

    parts: tuple[_Part, ...]
    filled: Decimal
    cost: Decimal
    exact: bool = True

    @property
    def sites(self) -> tuple[LocationId, ...]:
        """Locations used, sorted."""
        return tuple(sorted({site.id for _, site, _ in self.parts}))

    @property
    def places(self) -> int:
        """How many sites ship, each its own parcel."""
        return len({site.location.ships_from for _, site, _ in self.parts})

    @property
    def assignments(self) -> tuple[Assignment, ...]:
        """The parts in line order, as the model says them."""
        return tuple(
            Assignment(line_id=demand.line_id, sku=demand.sku, location=site.id, quantity=units)
            for demand, site, units in self.parts
            if demand.sku is not None
        )


def _rank(solution: Solution) -> tuple[Decimal, Decimal, int, int, tuple[LocationId, ...]]:
    return (-solution.filled, solution.cost, solution.places, len(solution.sites), solution.sites)


def solve(demands: Sequence[Demand], sites: Sequence[Site], max_splits: int) -> Solution:
    """The best plan (module docstring). Units nobody can ship are simply not assigned."""
    wanted = sum((each.quantity for each in demands), _ZERO)
    useful = [site for site in sorted(sites, key=lambda site: site.id) if alone(demands, site).filled > 0]
    singles = [alone(demands, site) for site in useful]
    singles += [_together(demands, group) for group in _sharing(useful)]
    whole = [single for single in singles if single.filled == wanted]
    if whole or not useful:
        return min(whole, key=_rank, default=Solution((), _ZERO, _ZERO))
    splittable = {each.line_id for each in demands if not any(_covers(site, each) for site in useful)}
    best = _search(demands, useful, max_splits, splittable)
    if best.filled < wanted:
        # Lines that share a SKU can each be covered alone and yet not all together.
        best = min(best, _search(demands, useful, max_splits, {each.line_id for each in demands}), key=_rank)
    return best


def _search(demands: Sequence[Demand], sites: Sequence[Site], max_splits: int, splittable: set[LineId]) -> Solution:
    if len(sites) > EXACT_CANDIDATES:
        return _greedy(demands, sites, max_splits, splittable)
    best = Solution((), _ZERO, _ZERO)
    most = {(site.id, each.line_id): _most(site, each) for site in sites for each in demands}
    groups = sorted((len(group) for group in _by_place(sites)), reverse=True)
    for size in range(1, sum(groups[:max_splits]) + 1):
        for chosen in combinations(sites, size):
            if _places(chosen) <= max_splits and not _hopeless(chosen, demands, most, best):
                best = min(best, fill(demands, chosen, splittable), key=_rank)
    return best


def _by_place(sites: Sequence[Site]) -> list[list[Site]]:
    """Locations that share a parcel, together."""
    groups: dict[str, list[Site]] = {}
    for site in sites:
        groups.setdefault(site.location.ships_from, []).append(site)
    return list(groups.values())


def _sharing(sites: Sequence[Site]) -> Iterator[Sequence[Site]]:
    """Every set of several locations of one site; of more than ``EXACT_CANDIDATES`` all of them only."""
    for group in _by_place(sites):
        least = 2 if len(group) <= EXACT_CANDIDATES else len(group)
        for size in range(least, len(group) + 1):
            yield from combinations(group, size)


def _places(sites: Sequence[Site]) -> int:
    return len({site.location.ships_from for site in sites})


def _hopeless(
    chosen: Sequence[Site], demands: Sequence[Demand], most: Mapping[tuple[LocationId, LineId], Decimal], best: Solution
) -> bool:
    """Whether a set cannot beat the best so far: it reaches fewer units, or no more and its requests alone cost
    more. (A plan that leaves one of its sites unused was tried before, as a smaller set.)"""
    reach = sum(
        (min(each.quantity, sum((most[site.id, each.line_id] for site in chosen), _ZERO)) for each in demands), _ZERO
    )
    if reach < best.filled:
        return True
    requests = request_cost(site.location for site in chosen)
    return reach == best.filled and requests > best.cost


def _most(site: Site, demand: Demand) -> Decimal:
    left = site.available.get(demand.sku, _ZERO) if demand.sku else _ZERO
    return offer(site, demand, left, demand.quantity)


def alone(demands: Sequence[Demand], site: Site) -> Solution:
    """What one location could ship by itself, and at what cost."""
    return _together(demands, [site])


def _together(demands: Sequence[Demand], sites: Sequence[Site]) -> Solution:
    return fill(demands, sites, frozenset(each.line_id for each in demands))


def fill(demands: Sequence[Demand], sites: Sequence[Site], splittable: Iterable[LineId]) -> Solution:
    """Give the lines to these sites: each whole to the cheapest that covers it, split where it must be."""
    may_split = set(splittable)
    left = {(site.id, sku): units for site in sites for sku, units in site.available.items()}
    parts: list[_Part] = []
    for demand in _scarce_first(demands, sites):
        if demand.sku is None:
            continue
        for site, units in _serve(demand, demand.sku, sites, left, demand.line_id in may_split):
            left[site.id, demand.sku] -= units
            parts.append((demand, site, units))
    ordered = _in_line_order(parts, demands)
    filled = sum((units for _, _, units in ordered), _ZERO)
    cost = plan_cost((site.location, units) for _, site, units in ordered)
    return Solution(tuple(ordered), filled, cost)


def _serve(
    demand: Demand, sku: Sku, sites: Sequence[Site], left: dict[tuple[LocationId, Sku], Decimal], may_split: bool
) -> list[tuple[Site, Decimal]]:
    wanted = demand.quantity
    offers = [(site, offer(site, demand, left.get((site.id, sku), _ZERO), wanted)) for site in sites]
    whole = [site for site, units in offers if units == wanted]
    if whole:
        return [(min(whole, key=lambda site: (line_cost(site.location.cost, wanted), site.id)), wanted)]
    giving = [(site, units) for site, units in offers if units > 0]
    if not may_split and len(giving) > 1:
        # Someone outside this set ships it whole; here it may only go as one part.
        giving = [max(giving, key=lambda each: (each[1], -line_cost(each[0].location.cost, each[1])))]
    options = [
        _portions(demand, sku, [site for site, _ in chosen], left)
        for size in range(1, len(giving) + 1)
        for chosen in combinations(giving, size)
    ]
    return min(options, key=_portions_rank, default=[])


def _portions(
    demand: Demand, sku: Sku, sites: Sequence[Site], left: dict[tuple[LocationId, Sku], Decimal]
) -> list[tuple[Site, Decimal]]:
    """Share the line out over these sites; over none where together they sell more at least than is wanted."""
    in_turn = sorted(sites, key=lambda site: (-site.pack(sku), site.location.cost.per_unit, site.id))
    shares = [
        Share.of(
            offer(site, demand, left.get((site.id, sku), _ZERO), demand.quantity),
            site.pack(sku),
            site.minimum(sku),
            site.location.cost.per_unit,
        )
        for site in in_turn
    ]
    units = share_out(demand.quantity, shares) or ()
    return [(site, taken) for site, taken in zip(in_turn, units, strict=False) if taken > 0]


def _portions_rank(portions: Sequence[tuple[Site, Decimal]]) -> tuple[Decimal, Decimal, int]:
    filled = sum((units for _, units in portions), _ZERO)
    cost = sum((line_cost(site.location.cost, units) for site, units in portions), _ZERO)
    return (-filled, cost, len(portions))


def _greedy(demands: Sequence[Demand], sites: Sequence[Site], max_splits: int, splittable: set[LineId]) -> Solution:
    chosen: list[Site] = []
    best = Solution((), _ZERO, _ZERO, exact=False)
    while rest := [site for site in sites if site not in chosen and _places([*chosen, site]) <= max_splits]:
        tries = [(fill(demands, [*chosen, site], splittable), site) for site in rest]
        found, site = min(tries, key=lambda each: (-each[0].filled, each[0].cost, each[1].id))
        if found.filled <= best.filled:
            break
        chosen.append(site)
        best = Solution(found.parts, found.filled, found.cost, exact=False)
    return best


def _covers(site: Site, demand: Demand) -> bool:
    return _most(site, demand) == demand.quantity


def _scarce_first(demands: Sequence[Demand], sites: Sequence[Site]) -> Iterator[Demand]:
    """Of lines that share a SKU, those with fewer willing sites choose first; otherwise in order."""
    position = {demand.line_id: index for index, demand in enumerate(demands)}
    willing = {demand.line_id: sum(1 for site in sites if site.id not in demand.excluded) for demand in demands}
    return iter(sorted(demands, key=lambda each: (willing[each.line_id], position[each.line_id])))


def _in_line_order(parts: Iterable[_Part], demands: Sequence[Demand]) -> list[_Part]:
    position = {demand.line_id: index for index, demand in enumerate(demands)}
    return sorted(parts, key=lambda part: (position[part[0].line_id], part[1].id))
