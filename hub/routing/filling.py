"""Give demands to a set of sites: most units first, then least cost of lines.

A demand that shares no item with another goes whole to the cheapest site that covers it, and is split where none does.
Demands that share items, as a kit and a loose line of one of its parts, are solved together: min-per-component alone
would give the same unit out twice, and the one that chooses first could take what several need. Every way to share
them out is tried that could still be better than the best so far, up to ``Effort``; a plan found beyond that is as good
as giving them out in order, scarce ones first, and says that it may not be the best.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_FLOOR, Decimal
from itertools import combinations

from hub.model.identity import LineId, LocationId, Sku
from hub.routing.candidates import Demand, Site, lot_at, offer
from hub.routing.costs import line_cost
from hub.routing.portions import Share, share_out

MOST_TRIES = 10_000
"""How many ways to share items out are looked at for one order."""

_ZERO = Decimal(0)
_ONE = Decimal(1)

Part = tuple[Demand, Site, Decimal]
"""Sets of a demand that a site ships."""

_Left = dict[LocationId, dict[Sku, Decimal]]


@dataclass(slots=True)
class Effort:
    """What is left of ``MOST_TRIES``; ``spent``: it was not enough for every way."""

    tries: int = MOST_TRIES
    spent: bool = False

    def spend(self) -> bool:
        """Whether one more may be tried."""
        if self.tries <= 0:
            self.spent = True
            return False
        self.tries -= 1
        return True


def filled_by(parts: Iterable[Part]) -> Decimal:
    """Units in all parts: a set counts as the units in it."""
    return sum((demand.weight * sets for demand, _, sets in parts), _ZERO)


def part_cost(demand: Demand, site: Site, sets: Decimal) -> Decimal:
    """What so many sets add to a request that is sent anyway: a line for each need."""
    return sum((line_cost(site.location.cost, need.units * sets) for need in demand.needs), _ZERO)


def sharing(demands: Sequence[Demand]) -> Iterator[list[Demand]]:
    """The demands in groups that have no item in common, in order of their first one."""
    groups: list[tuple[set[Sku], list[int]]] = []
    for index, demand in enumerate(demands):
        skus, members = {need.sku for need in demand.needs}, [index]
        apart = []
        for group in groups:
            if group[0].isdisjoint(skus):
                apart.append(group)
            else:
                skus |= group[0]
                members += group[1]
        groups = [*apart, (skus, members)]
    for _, members in sorted(groups, key=lambda group: min(group[1])):
        yield [demands[index] for index in sorted(members)]


def give_out(
    demands: Sequence[Demand], sites: Sequence[Site], splittable: Collection[LineId], effort: Effort
) -> list[Part]:
    """Which site ships how many sets of what (module docstring); only ``splittable`` ones come from several."""
    left: _Left = {site.id: dict(site.available) for site in sites}
    parts: list[Part] = []
    for group in sharing(demands):
        in_order = _in_order(_scarce_first(group, sites), sites, left, splittable)
        if len(group) > 1 and not _is_best(group, sites, left, in_order):
            search = _Search(tuple(_slots(group, sites)), left, splittable, effort, in_order)
            in_order = search.best_of_all()
        parts += in_order
    return parts


def _in_order(
    demands: Iterable[Demand], sites: Sequence[Site], left: _Left, splittable: Collection[LineId]
) -> list[Part]:
    there: _Left = {where: dict(units) for where, units in left.items()}
    parts: list[Part] = []
    for demand in demands:
        for site, sets in _serve(demand, sites, there, demand.line_id in splittable):
            _take(there, demand, site, sets)
            parts.append((demand, site, sets))
    return parts


def _take(left: _Left, demand: Demand, site: Site, sets: Decimal) -> None:
    there = left[site.id]
    for need in demand.needs:
        there[need.sku] = there.get(need.sku, _ZERO) - need.units * sets


def _scarce_first(demands: Sequence[Demand], sites: Sequence[Site]) -> list[Demand]:
    """Those with fewer willing sites choose first; otherwise in order."""
    position = {demand.line_id: index for index, demand in enumerate(demands)}
    willing = {demand.line_id: sum(1 for site in sites if site.id not in demand.excluded) for demand in demands}
    return sorted(demands, key=lambda each: (willing[each.line_id], position[each.line_id]))


def _serve(demand: Demand, sites: Sequence[Site], left: _Left, may_split: bool) -> list[tuple[Site, Decimal]]:
    wanted = demand.quantity
    offers = [(site, offer(site, demand, left[site.id], wanted)) for site in sites]
    whole = [site for site, sets in offers if sets == wanted]
    if whole:
        return [(min(whole, key=lambda site: (part_cost(demand, site, wanted), site.id)), wanted)]
    giving = [(site, sets) for site, sets in offers if sets > 0]
    if not may_split and len(giving) > 1:
        # Someone outside this set ships it whole; here it may only go as one part.
        giving = [max(giving, key=lambda each: (each[1], -part_cost(demand, *each)))]
    options = [
        _portions(demand, [site for site, _ in chosen], left)
        for size in range(1, len(giving) + 1)
        for chosen in combinations(giving, size)
    ]
    return min(options, key=lambda portions: _portions_rank(demand, portions), default=[])


def _portions(demand: Demand, sites: Sequence[Site], left: _Left) -> list[tuple[Site, Decimal]]:
    """Share the demand out over these sites; over none where together they sell more at least than is wanted."""
    lots = {site.id: lot_at(site, demand) for site in sites}
    in_turn = sorted(sites, key=lambda site: (-lots[site.id][0], site.location.cost.per_unit, site.id))
    shares = [
        Share.of(
            offer(site, demand, left[site.id], demand.quantity),
            *lots[site.id],
            site.location.cost.per_unit * demand.weight,
        )
        for site in in_turn
    ]
    units = share_out(demand.quantity, shares) or ()
    return [(site, sets) for site, sets in zip(in_turn, units, strict=False) if sets > 0]


def _portions_rank(demand: Demand, portions: Sequence[tuple[Site, Decimal]]) -> tuple[Decimal, Decimal, int]:
    filled = sum((sets for _, sets in portions), _ZERO)
    cost = sum((part_cost(demand, site, sets) for site, sets in portions), _ZERO)
    return (-filled, cost, len(portions))


def _is_best(group: Sequence[Demand], sites: Sequence[Site], left: _Left, parts: Sequence[Part]) -> bool:
    """Whether every demand got what it would get if it were alone, and all of it: then nothing is better."""
    if filled_by(parts) < sum((each.units for each in group), _ZERO):
        return False
    alone = [(demand, *served) for demand in group for served in _serve(demand, sites, left, may_split=False)]
    return _lines_cost(parts) == _lines_cost(alone) and len(parts) == len(group)


def _lines_cost(parts: Iterable[Part]) -> Decimal:
    return sum((part_cost(*part) for part in parts), _ZERO)


def _slots(group: Sequence[Demand], sites: Sequence[Site]) -> Iterator[tuple[Demand, Site]]:
    for demand in _scarce_first(group, sites):
        for site in sorted(sites, key=lambda site: (part_cost(demand, site, demand.quantity), site.id)):
            yield demand, site


@dataclass(slots=True)
class _Search:
    """Depth first over what each site gives of each demand, the most first; ``best`` is the best so far."""

    slots: tuple[tuple[Demand, Site], ...]
    left: _Left
    splittable: Collection[LineId]
    effort: Effort
    best: list[Part]
    _filled: Decimal = field(init=False)
    _cost: Decimal = field(init=False)
    _unit_cost: Decimal = field(init=False)

    def __post_init__(self) -> None:
        self._note(self.best)
        self._unit_cost = min(site.location.cost.per_unit for _, site in self.slots)

    def best_of_all(self) -> list[Part]:
        """Most units, then least cost; of equally good ones that found first."""
        self._try(0, self.slots[0][0].quantity, [], _ZERO, _ZERO)
        return self.best

    def _note(self, parts: list[Part]) -> None:
        self.best, self._filled, self._cost = parts, filled_by(parts), _lines_cost(parts)

    def _try(self, index: int, missing: Decimal, parts: list[Part], filled: Decimal, cost: Decimal) -> None:
        if (filled, -cost) > (self._filled, -self._cost):
            self._note(list(parts))
        if index == len(self.slots) or not self._may_beat(index, missing, filled, cost) or not self.effort.spend():
            return
        demand, site = self.slots[index]
        elsewhere = demand.line_id not in self.splittable and parts and parts[-1][0] is demand
        most = _ZERO if elsewhere else offer(site, demand, self.left[site.id], missing)
        for sets in _choices(most):
            if sets != most and offer(site, demand, self.left[site.id], sets) != sets:
                continue
            rest = missing - sets
            if index + 1 < len(self.slots) and self.slots[index + 1][0] is not demand:
                rest = self.slots[index + 1][0].quantity
            if not sets:
                self._try(index + 1, rest, parts, filled, cost)
                continue
            _take(self.left, demand, site, sets)
            more, dearer = demand.weight * sets, part_cost(demand, site, sets)
            self._try(index + 1, rest, [*parts, (demand, site, sets)], filled + more, cost + dearer)
            _take(self.left, demand, site, -sets)

    def _may_beat(self, index: int, missing: Decimal, filled: Decimal, cost: Decimal) -> bool:
        reach = filled + self._reach(index, missing)
        least = cost + max(_ZERO, self._filled - filled) * self._unit_cost
        return reach > self._filled or (reach == self._filled and least < self._cost)

    def _reach(self, index: int, missing: Decimal) -> Decimal:
        """Units that the slots from here on can give at most: by demand, and by item over all of them."""
        current = self.slots[index][0]
        by_demand, wanted, there = _ZERO, dict[Sku, Decimal](), dict[Sku, Decimal]()
        given: dict[LineId, Decimal] = {}
        for demand, site in self.slots[index:]:
            room = missing if demand is current else demand.quantity
            sets = offer(site, demand, self.left[site.id], room)
            given[demand.line_id] = min(room, given.get(demand.line_id, _ZERO) + sets)
        for demand in dict.fromkeys(demand for demand, _ in self.slots[index:]):
            sets = given[demand.line_id]
            by_demand += sets * demand.weight
            for need in demand.needs:
                wanted[need.sku] = wanted.get(need.sku, _ZERO) + sets * need.units
        for units in (self.left[where] for where in dict.fromkeys(site.id for _, site in self.slots[index:])):
            for sku in wanted:
                there[sku] = there.get(sku, _ZERO) + max(_ZERO, units.get(sku, _ZERO))
        by_item = sum((min(units, there[sku]) for sku, units in wanted.items()), _ZERO)
        return min(by_demand, by_item)


def _choices(most: Decimal) -> Iterator[Decimal]:
    """From the most down to none, one by one."""
    sets = most
    while sets > 0:
        yield sets
        below = sets.to_integral_value(rounding=ROUND_FLOOR)
        sets = below if below < sets else sets - _ONE
    yield _ZERO
