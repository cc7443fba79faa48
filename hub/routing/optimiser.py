"""The cheapest feasible plan for one order against the stock of this moment.

First the cheapest single site that can ship everything: a location, or several that share a parcel. Where none can,
every set of locations of up to ``max_splits`` sites is tried: most units shipped wins, then least cost, then fewest
sites and locations, then location ids, so that the same question always gets the same plan. A line is split over
locations only where no single one covers it, or where not everything could ship else; a set of a kit never is, and it
counts as the units in it.

Exact in that sense for orders of up to 12 useful candidates, whole packs and minimums included (``portions``). Beyond
12 the sets are built greedily (most units still missing, then least cost per unit), which the result says; so it does
where lines that share items can be given out in too many ways (``filling``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import combinations

from hub.model.identity import LineId, LocationId
from hub.model.routing import Assignment
from hub.routing.candidates import Demand, Site, offer
from hub.routing.costs import plan_cost, request_cost
from hub.routing.filling import Effort, Part, filled_by, give_out

EXACT_CANDIDATES = 12
"""Most candidates for which every set of locations is tried."""

_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Solution:
    """The plan found: ``filled`` units over all lines; ``exact`` False where not every plan was looked at."""

    parts: tuple[Part, ...]
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
            Assignment(line_id=need.line_id, sku=need.sku, location=site.id, quantity=need.units * sets)
            for demand, site, sets in self.parts
            for need in demand.needs
        )


def _rank(solution: Solution) -> tuple[Decimal, Decimal, int, int, tuple[LocationId, ...]]:
    return (-solution.filled, solution.cost, solution.places, len(solution.sites), solution.sites)


def solve(demands: Sequence[Demand], sites: Sequence[Site], max_splits: int) -> Solution:
    """The best plan (module docstring). Units nobody can ship are simply not assigned."""
    wanted = sum((each.units for each in demands), _ZERO)
    effort = Effort()
    tried = [(site, alone(demands, site, effort)) for site in sorted(sites, key=lambda site: site.id)]
    useful = [site for site, single in tried if single.filled > 0]
    singles = [single for _, single in tried if single.filled > 0]
    singles += [_together(demands, group, effort) for group in _sharing(useful)]
    whole = [single for single in singles if single.filled == wanted]
    if whole or not useful:
        return min(whole, key=_rank, default=Solution((), _ZERO, _ZERO))
    splittable = {each.line_id for each in demands if not any(_covers(site, each) for site in useful)}
    best = _search(demands, useful, max_splits, splittable, effort)
    if best.filled < wanted:
        # Lines that share a SKU can each be covered alone and yet not all together.
        everything = {each.line_id for each in demands}
        best = min(best, _search(demands, useful, max_splits, everything, effort), key=_rank)
    return replace(best, exact=best.exact and not effort.spent)


def _search(
    demands: Sequence[Demand], sites: Sequence[Site], max_splits: int, splittable: set[LineId], effort: Effort
) -> Solution:
    if len(sites) > EXACT_CANDIDATES:
        return _greedy(demands, sites, max_splits, splittable, effort)
    best = Solution((), _ZERO, _ZERO)
    most = {(site.id, each.line_id): _most(site, each) for site in sites for each in demands}
    groups = sorted((len(group) for group in _by_place(sites)), reverse=True)
    for size in range(1, sum(groups[:max_splits]) + 1):
        for chosen in combinations(sites, size):
            if _places(chosen) <= max_splits and not _hopeless(chosen, demands, most, best):
                best = min(best, fill(demands, chosen, splittable, effort), key=_rank)
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
        (
            min(each.quantity, sum((most[site.id, each.line_id] for site in chosen), _ZERO)) * each.weight
            for each in demands
        ),
        _ZERO,
    )
    if reach < best.filled:
        return True
    requests = request_cost(site.location for site in chosen)
    return reach == best.filled and requests > best.cost


def _most(site: Site, demand: Demand) -> Decimal:
    return offer(site, demand, site.available, demand.quantity)


def alone(demands: Sequence[Demand], site: Site, effort: Effort | None = None) -> Solution:
    """What one location could ship by itself, and at what cost."""
    return _together(demands, [site], effort)


def _together(demands: Sequence[Demand], sites: Sequence[Site], effort: Effort | None) -> Solution:
    return fill(demands, sites, frozenset(each.line_id for each in demands), effort)


def fill(
    demands: Sequence[Demand], sites: Sequence[Site], splittable: Iterable[LineId], effort: Effort | None = None
) -> Solution:
    """Give the demands to these sites (``filling``)."""
    mapped = [each for each in demands if each.sku is not None]
    ordered = _in_line_order(give_out(mapped, sites, frozenset(splittable), effort or Effort()), demands)
    cost = plan_cost((site.location, need.units * sets) for demand, site, sets in ordered for need in demand.needs)
    return Solution(tuple(ordered), filled_by(ordered), cost)


def _greedy(
    demands: Sequence[Demand], sites: Sequence[Site], max_splits: int, splittable: set[LineId], effort: Effort
) -> Solution:
    chosen: list[Site] = []
    best = Solution((), _ZERO, _ZERO, exact=False)
    while rest := [site for site in sites if site not in chosen and _places([*chosen, site]) <= max_splits]:
        tries = [(fill(demands, [*chosen, site], splittable, effort), site) for site in rest]
        found, site = min(tries, key=lambda each: (-each[0].filled, each[0].cost, each[1].id))
        if found.filled <= best.filled:
            break
        chosen.append(site)
        best = Solution(found.parts, found.filled, found.cost, exact=False)
    return best


def _covers(site: Site, demand: Demand) -> bool:
    return _most(site, demand) == demand.quantity


def _in_line_order(parts: Iterable[Part], demands: Sequence[Demand]) -> list[Part]:
    position = {demand.line_id: index for index, demand in enumerate(demands)}
    return sorted(parts, key=lambda part: (position[part[0].line_id], part[1].id))
