"""Covering an order with boxes: the recursion of ``hub.routing.kernel``, remembered and cut off.

Cut off by prices of single steps, one for each line, which no box undercuts and no backorder either:

    cost(box) >= sum over lines (price * steps in the box), so best(rest) >= sum over lines (price * steps of rest)

What a box costs beyond its steps' prices is lost for good. Boxes that lose least are looked at first, and none that
loses more than what was found leaves room for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from operator import mul

from hub.routing.boxes import Boxes, Layout
from hub.routing.problem import NEVER, Problem

FEW_VECTORS = 30
"""Different vectors up to which prices of steps cost more time than they save."""

LOOKS_BY_LINE = 300_000
"""How many boxes are looked at for each line of an order before the kernel gives up proving."""

Chosen = list[tuple[int, int]]
"""Offers and their boxes."""


class TooManyBoxesError(Exception):
    """More boxes than ``LOOKS_BY_LINE`` allows would have to be looked at."""


class Cover:
    """The cheapest box of each vector, and the cheapest covers made of them. Every box's cost has a split in it."""

    __slots__ = (
        *("_backorder", "_best", "_bounds", "_floor", "_groups", "_known", "_layout", "_least", "_looks", "_most"),
        *("_ample", "_priced", "_prices", "_split", "_who"),
    )

    def __init__(self, problem: Problem, layout: Layout) -> None:
        self._layout = layout
        self._split, self._most = problem.split, problem.most_shipments
        self._backorder = [NEVER] * len(problem.backorder) if problem.complete else problem.backorder
        self._least = min(self._backorder)
        self._ample = self._most >= sum(problem.quantities)
        self._best: dict[int, int] = {}
        self._who: dict[int, int] = {}
        self._floor = NEVER
        self._looks = LOOKS_BY_LINE * len(problem.quantities)
        self._known: dict[tuple[int, int], tuple[int, int]] = {}
        self._bounds: dict[tuple[int, int], int] = {}
        self._groups: dict[int, list[tuple[int, int, int]]] = {}
        self._prices: Sequence[int] = ()
        self._priced = True

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
            rest, left = rest - box, self._fewer(left)
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

    def _fewer(self, left: int) -> int:
        """Shipments left after one more: the same number always where there are enough for every single step, so that
        what is known of a rest serves however it was come to."""
        return self._most - 1 if self._ample else left - 1

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
        least = min(self._several(left), self._least + min(0, left * self._floor))
        steps_cost = self._cost_of_steps(rest)
        if max(least, steps_cost) >= found:
            return found, chosen
        found, chosen, deeper = self._pairs(rest, left, found, chosen, least, steps_cost)
        for lost, box, cost, after in deeper:
            if steps_cost + lost >= found:
                break
            if cost + least < found:
                total = cost + self.within(after, self._fewer(left), found - cost)
                if total < found:
                    found, chosen = total, box
        for steps, price, lost in self._first_backordered(rest):
            if price + min(0, left * self._floor) >= found or steps_cost + lost >= found:
                break
            total = price + self.within(rest - steps, left, found - price)
            if total < found:
                found, chosen = total, steps | self._layout.guard
        return found, chosen

    def _pairs(
        self, rest: int, left: int, found: int, chosen: int, least: int, steps_cost: int
    ) -> tuple[int, int, list[tuple[int, int, int, int]]]:
        """The best of ``chosen`` and two boxes; and first boxes that more than one may follow, with what they lose and
        what is left."""
        best, guard = self._best, self._layout.guard
        guarded, two = rest | guard, left > 1
        group = self._group(rest)
        self._looks -= len(group)
        if self._looks < 0:
            raise TooManyBoxesError
        deeper: list[tuple[int, int, int, int]] = []
        for lost, box, cost in group:
            if steps_cost + lost >= found:
                break
            after = guarded - box
            if after & guard != guard:
                continue
            after ^= guard
            if two and after:
                total = cost + best.get(after, NEVER)
                if total < found:
                    found, chosen = total, box
            if after and cost + least < found:
                deeper.append((lost, box, cost, after))
        return found, chosen, deeper

    def _group(self, rest: int) -> list[tuple[int, int, int]]:
        """The boxes that hold some of the first line of which ``rest`` has any, after what they lose, and their cost.
        Those that lose least come first, of these the larger ones as a rule."""
        line = self._first_line(rest)
        found = self._groups.get(line)
        if found is None:
            field = self._layout.fields[line] << self._layout.shifts[line]
            found = self._groups[line] = [
                (cost - self._cost_of_steps(box), box, cost)
                for box, cost in reversed(self._best.items())
                if box & field
            ]
            found.sort(key=_lost)
        return found

    def _cost_of_steps(self, packed: int) -> int:
        """What covers of so much cost at least, by the prices of steps."""
        if not self._prices:
            self._prices = self._step_prices()
            self._priced = any(self._prices)
        if not self._priced:
            return 0
        layout, total = self._layout, 0
        for price, shift, field in zip(self._prices, layout.shifts, layout.fields, strict=True):
            total += price * (packed >> shift & field)
        return total

    def _step_prices(self) -> Sequence[int]:
        """By line. They begin as the least cost of a step alone, are lowered for each box that undercuts them, and then
        raised one after the other as far as all boxes allow."""
        if len(self._best) <= FEW_VECTORS or self._floor <= 0 or self._least <= 0:
            return [min(0, self._floor)] * len(self._backorder)
        boxes = [(self._layout.amounts(box), cost) for box, cost in self._best.items()]
        prices = self._alone(boxes)
        boxes.sort(key=lambda box: box[1] / sum(map(mul, prices, box[0])))
        for amounts, cost in boxes:
            worth = sum(map(mul, prices, amounts))
            if worth > cost:
                prices = [each * cost // worth if steps else each for each, steps in zip(prices, amounts, strict=True)]
        for line, price in enumerate(prices):
            room = self._backorder[line] - price
            for amounts, cost in boxes:
                if amounts[line]:
                    room = min(room, (cost - sum(map(mul, prices, amounts))) // amounts[line])
            prices[line] = price + room
        return prices

    def _alone(self, boxes: Iterable[tuple[tuple[int, ...], int]]) -> list[int]:
        """Of a step of each line, in boxes that hold no other line or not shipped."""
        least = list(self._backorder)
        for amounts, cost in boxes:
            if amounts.count(0) == len(amounts) - 1:
                line = next(line for line, steps in enumerate(amounts) if steps)
                least[line] = max(1, min(least[line], cost // amounts[line]))
        return least

    def _first_line(self, rest: int) -> int:
        line = 0
        for shift, field in zip(self._layout.shifts, self._layout.fields, strict=True):
            if rest >> shift & field:
                break
            line += 1
        return line

    def _first_backordered(self, rest: int) -> Iterator[tuple[int, int, int]]:
        """Steps of the first line, what not shipping them costs, and what that loses."""
        line = self._first_line(rest)
        shift, price = self._layout.shifts[line], self._backorder[line]
        for steps in range(1, (rest >> shift & self._layout.fields[line]) + 1):
            yield steps << shift, steps * price, steps * (price - self._prices[line])


def _lost(box: tuple[int, int, int]) -> int:
    return box[0]
