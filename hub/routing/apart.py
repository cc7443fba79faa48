"""Plans in which some places would have to ship twice: those places are asked one by one.

A cover takes the cheapest box of each vector, whoever's it is, and so may take two boxes of one place that has stock
for one only. Here each such place gives one of its boxes or none, in turn; what they leave is covered by the others as
before. Should that repeat another place, it is asked by itself too. In the end no place repeats, and every plan was
looked at that could be cheaper.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence

from hub.routing.boxes import Boxes, Layout
from hub.routing.cover import LOOKS_BY_LINE, Chosen, Cover, TooManyBoxesError
from hub.routing.problem import Problem

_Front = dict[tuple[int, int], tuple[int, Chosen]]
"""By what is left of the order and how many shipments may follow: the cheapest boxes of the places asked so far."""


def cover_apart(
    problem: Problem, layout: Layout, boxes: Mapping[int, Boxes], in_order: Sequence[int], chosen: Chosen, limit: int
) -> tuple[int, Chosen]:
    """Cost (a split in each box) and boxes of the cheapest cover without repeated places, given one that repeats some;
    ``limit`` and none where none is cheaper. Raises TooManyBoxesError.
    """
    asked: set[int] = set()
    repeated = repeated_places(problem, chosen)
    best: tuple[int, Chosen] = limit, []
    while repeated:
        asked |= repeated
        best, others = _best(problem, layout, boxes, in_order, asked, limit)
        repeated = repeated_places(problem, others)
    return best


def repeated_places(problem: Problem, chosen: Chosen) -> set[int]:
    """The places of more than one of these boxes."""
    counts = Counter(problem.offers[offer].place for offer, _ in chosen)
    return {place for place, boxes in counts.items() if boxes > 1}


def _best(
    problem: Problem,
    layout: Layout,
    boxes: Mapping[int, Boxes],
    in_order: Sequence[int],
    asked: Collection[int],
    limit: int,
) -> tuple[tuple[int, Chosen], Chosen]:
    """The cheapest cover, and its boxes of places that were not asked by themselves."""
    cover = Cover(problem, layout)
    for offer in in_order:
        if problem.offers[offer].place not in asked:
            cover.add(offer, boxes[offer])
    front: _Front = {(layout.full, problem.most_shipments): (0, [])}
    least = min(0, *(min(each.costs, default=0) for each in boxes.values())) * problem.most_shipments
    looks = 0
    for place in sorted(asked):
        mine = [offer for offer in in_order if problem.offers[offer].place == place]
        looks += len(front) * sum(len(boxes[offer].packed) for offer in mine)
        if looks > LOOKS_BY_LINE * len(problem.quantities):
            raise TooManyBoxesError
        front = _asked(front, mine, boxes, layout, limit - least)
    found: tuple[int, Chosen] = (limit, [])
    others: Chosen = []
    for (rest, left), (cost, given) in sorted(front.items(), key=lambda each: each[1][0]):
        total = cost + cover.within(rest, left, found[0] - cost)
        if total < found[0]:
            others = cover.chosen(rest, left)
            found = total, given + others
    return found, others


def _asked(front: _Front, offers: Sequence[int], boxes: Mapping[int, Boxes], layout: Layout, limit: int) -> _Front:
    """``front`` with what one place may give: one box of one of its offers, or nothing."""
    guard = layout.guard
    found = dict(front)
    for (rest, left), (cost, given) in front.items():
        if not left:
            continue
        for offer in offers:
            for box, price in zip(reversed(boxes[offer].packed), reversed(boxes[offer].costs), strict=True):
                after = (rest | guard) - box
                if after & guard != guard:
                    continue
                key, total = (after ^ guard, left - 1), cost + price
                if total < limit and (key not in found or total < found[key][0]):
                    found[key] = total, [*given, (offer, box)]
    return found
