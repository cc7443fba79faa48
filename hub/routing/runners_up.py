"""The next best plans: each leaves out a location at least of every better one.

Of the cheapest plan each place is forbidden in turn, and the cheapest of what is then left is the next; of that plan
each place is forbidden too, beside those forbidden already. So every plan is looked at that is more than a better one
with further locations, and those shown differ in who ships.
"""

from __future__ import annotations

from heapq import heappop, heappush

from hub.routing.kernel import solve
from hub.routing.problem import Problem, Solution


def runners_up(problem: Problem, best: Solution, count: int) -> list[Solution]:
    """The next ``count`` plans after ``best``, cheapest first, backorders included; their offers are the problem's.

    Fewer where nothing else ships anything.
    """
    queue: list[tuple[int, int, frozenset[int], Solution]] = []
    seen: set[frozenset[int]] = set()
    shown = [_places(problem, best)]
    found: list[Solution] = []
    _branch(problem, best, frozenset(), queue, seen)
    while queue and len(found) < count:
        _, _, forbidden, solution = heappop(queue)
        places = _places(problem, solution)
        if not any(better <= places for better in shown):
            found.append(solution)
            shown.append(places)
        _branch(problem, solution, forbidden, queue, seen)
    return found


def _branch(
    problem: Problem,
    solution: Solution,
    forbidden: frozenset[int],
    queue: list[tuple[int, int, frozenset[int], Solution]],
    seen: set[frozenset[int]],
) -> None:
    for place in sorted(_places(problem, solution)):
        without = forbidden | {place}
        if without in seen:
            continue
        seen.add(without)
        kept = [number for number, offer in enumerate(problem.offers) if offer.place not in without]
        rest = solve(problem._replace(offers=[problem.offers[number] for number in kept])) if kept else None
        if rest is not None and rest.shipments:
            shipments = tuple([each._replace(offer=kept[each.offer]) for each in rest.shipments])
            heappush(queue, (rest.cost, len(seen), without, rest._replace(shipments=shipments)))


def _places(problem: Problem, solution: Solution) -> frozenset[int]:
    return frozenset([problem.offers[shipment.offer].place for shipment in solution.shipments])
