"""Covering an order with boxes: the recursion of ``hub.routing.kernel``, remembered and cut off."""

from __future__ import annotations

from collections.abc import Iterator

from hub.routing.boxes import Boxes, Layout
from hub.routing.problem import NEVER, Problem

LOOKS_BY_LINE = 1_000_000
"""How many boxes are looked at for each line of an order before the kernel gives up proving."""

Chosen = list[tuple[int, int]]
"""Offers and their boxes."""


class TooManyBoxesError(Exception):
    """More boxes than ``LOOKS_BY_LINE`` allows would have to be looked at."""


class Cover:
    """The cheapest box of each vector, and the cheapest covers made of them. Every box's cost has a split in it."""

    __slots__ = (
        *("_backorder", "_best", "_bounds", "_floor", "_groups", "_known", "_layout", "_least", "_looks", "_most"),
        *("_split", "_who"),
    )

    def __init__(self, problem: Problem, layout: Layout) -> None:
        self._layout = layout
        self._split, self._most = problem.split, problem.most_shipments
        self._backorder = [NEVER] * len(problem.backorder) if problem.complete else problem.backorder
        self._least = min(self._backorder)
        self._best: dict[int, int] = {}
        self._who: dict[int, int] = {}
        self._floor = NEVER
        self._looks = LOOKS_BY_LINE * len(problem.quantities)
        self._known: dict[tuple[int, int], tuple[int, int]] = {}
        self._bounds: dict[tuple[int, int], int] = {}
        self._groups: dict[int, list[tuple[int, int]]] = {}

    def add(self, offer: int, boxes: Boxes) -> None:
        """Look at an offer's boxes; of equally dear ones the offer added first keeps its own."""
        best, who, costs = self._best, self._who, boxes.costs
        if costs:
            lowest = min(costs)
            self._floor = min(self._floor, lowest)
        for box, cost in zip(boxes.packed, costs, strict=True):
            if cost < best.get(box, NEVER):
                best[box] = cost
                who[box] = offer

    @property
    def vectors(self) -> int:
        """How many different boxes there are."""
        return len(self._best)

    def within(self, rest: int, left: int, budget: int) -> int:
        """Cost of the cheapest cover of ``rest`` with at most ``left`` boxes, ``NEVER`` where it is not less than
        ``budget``. Places may repeat; without any box at all it costs a split too. Raises TooManyBoxesError."""
        if not rest:
            cost = self._unsplit(left)
            return cost if cost < budget else NEVER
        key = rest, left
        known = self._known.get(key)
        if known is not None:
            return known[0] if known[0] < budget else NEVER
        if self._bounds.get(key, -NEVER) >= budget:
            return NEVER
        found, chosen = self._search(rest, left, budget)
        if chosen < 0:
            self._bounds[key] = budget
            return NEVER
        self._known[key] = found, chosen
        return found

    def chosen(self, rest: int, left: int) -> Chosen:
        """The boxes of the cover that ``within`` found."""
        boxes: Chosen = []
        guard = self._layout.guard
        while rest:
            _, box = self._known.get((rest, left), (0, rest))
            if not box:
                break
            if box & guard:
                rest -= box ^ guard
                continue
            boxes.append((self._who[box], box))
            rest, left = rest - box, left - 1
        return boxes

    def backordered(self, rest: int) -> int:
        """Mills of shipping nothing of ``rest``."""
        total = 0
        for price, shift, field in zip(self._backorder, self._layout.shifts, self._layout.fields, strict=True):
            total += price * (rest >> shift & field)
        return min(total, NEVER)

    def _unsplit(self, left: int) -> int:
        """What a cover that ends here costs more: every box has a split, so that one that has none is dearer by it."""
        return self._split if left == self._most else 0

    def _several(self, left: int) -> int:
        """No two or more boxes cost less."""
        return self._floor * (2 if self._floor >= 0 else left)

    def _search(self, rest: int, left: int, budget: int) -> tuple[int, int]:
        """Cost and first box of the cheapest cover under ``budget``. The box is -1 where there is none, 0 where nothing
        ships, and with guard bits it is what is backordered."""
        found, chosen = budget, -1
        nothing = self.backordered(rest) + self._unsplit(left)
        if nothing < found:
            found, chosen = nothing, 0
        if not left:
            return found, chosen
        whole = self._best.get(rest, NEVER)
        if whole < found:
            found, chosen = whole, rest
        if min(self._several(left), self._least + min(0, left * self._floor)) >= found:
            return found, chosen
        found, chosen, deeper = self._pairs(rest, left, found, chosen)
        least = min(self._several(left), self._least + min(0, left * self._floor))
        for box, cost, after in deeper:
            if cost + least < found:
                total = cost + self.within(after, left - 1, found - cost)
                if total < found:
                    found, chosen = total, box
        for steps, price in self._first_backordered(rest):
            if price + min(0, left * self._floor) >= found:
                break
            total = price + self.within(rest - steps, left, found - price)
            if total < found:
                found, chosen = total, steps | self._layout.guard
        return found, chosen

    def _pairs(self, rest: int, left: int, found: int, chosen: int) -> tuple[int, int, list[tuple[int, int, int]]]:
        """The best of ``chosen`` and two boxes; and first boxes that more than one may follow, with what is left."""
        best, guard = self._best, self._layout.guard
        guarded, two = rest | guard, left > 1
        group = self._group(rest)
        self._looks -= len(group)
        if self._looks < 0:
            raise TooManyBoxesError
        least = min(self._several(left), self._least + min(0, left * self._floor))
        deeper: list[tuple[int, int, int]] = []
        for box, cost in group:
            after = guarded - box
            if after & guard != guard:
                continue
            after ^= guard
            if two and after:
                total = cost + best.get(after, NEVER)
                if total < found:
                    found, chosen = total, box
            if after and cost + least < found:
                deeper.append((box, cost, after))
        return found, chosen, deeper

    def _group(self, rest: int) -> list[tuple[int, int]]:
        """The boxes that hold some of the first line of which ``rest`` has any, the largest first as a rule."""
        line = self._first_line(rest)
        found = self._groups.get(line)
        if found is None:
            field = self._layout.fields[line] << self._layout.shifts[line]
            found = self._groups[line] = [(box, cost) for box, cost in reversed(self._best.items()) if box & field]
        return found

    def _first_line(self, rest: int) -> int:
        line = 0
        for shift, field in zip(self._layout.shifts, self._layout.fields, strict=True):
            if rest >> shift & field:
                break
            line += 1
        return line

    def _first_backordered(self, rest: int) -> Iterator[tuple[int, int]]:
        line = self._first_line(rest)
        shift, price = self._layout.shifts[line], self._backorder[line]
        for steps in range(1, (rest >> shift & self._layout.fields[line]) + 1):
            yield steps << shift, steps * price
