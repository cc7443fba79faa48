"""Boxes: every amount vector that an offer could ship, with its cost; vectors packed into one int each.

A line's amount has as many bits as the order's quantity needs and a guard bit above them. Taking one vector from
another is then one subtraction, and it fits where no guard bit was borrowed from:

    rest >= box  <=>  ((rest | guard) - box) & guard == guard
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import prod
from operator import mul
from typing import NamedTuple

from hub.routing.problem import NEVER, Freight, Offer, Problem

MOST_BOXES = 400_000
"""Amount vectors of an order and of all its offers together up to which every plan is looked at."""


class Layout(NamedTuple):
    """Where each line's amount lies in a packed vector: ``shifts`` and ``fields`` by line, ``guard`` bits of all."""

    shifts: tuple[int, ...]
    fields: tuple[int, ...]
    guard: int
    full: int

    @classmethod
    def of(cls, quantities: Sequence[int]) -> Layout:
        """The layout for at most these amounts; ``full`` is their own vector."""
        shifts, fields, guard, full, shift = [], [], 0, 0, 0
        for quantity in quantities:
            width = quantity.bit_length()
            shifts.append(shift)
            fields.append((1 << width) - 1)
            full |= quantity << shift
            guard |= 1 << (shift + width)
            shift += width + 1
        return cls(tuple(shifts), tuple(fields), guard, full)

    def amounts(self, packed: int) -> tuple[int, ...]:
        """The amounts by line."""
        return tuple([packed >> shift & field for shift, field in zip(self.shifts, self.fields, strict=True)])


class Boxes(NamedTuple):
    """An offer's boxes: ``packed[i]`` costs ``costs[i]`` mills with its freight and a split."""

    packed: Sequence[int]
    costs: Sequence[int]


class _Shape:
    """The vectors of all offers that have the same most of every line, and what they weigh."""

    __slots__ = ("_problem", "_steps", "_volumes", "_weights", "packed")

    def __init__(self, problem: Problem, layout: Layout, most: Sequence[int]) -> None:
        packed, weights, volumes = [0], [0], [0]
        for line, top in enumerate(most):
            if top:
                amounts = range(top + 1)
                step, weight, volume = 1 << layout.shifts[line], problem.weights[line], problem.volumes[line]
                packed = [each + amount * step for amount in amounts for each in packed]
                weights = [each + amount * weight for amount in amounts for each in weights]
                volumes = [each + amount * volume for amount in amounts for each in volumes]
        self.packed = packed
        self._weights, self._volumes = weights, volumes
        self._steps: dict[tuple[int, int], list[int]] = {}

    def steps(self, weight_step: int, volume_step: int) -> list[int]:
        """The billable weight of each vector, in steps."""
        found = self._steps.get((weight_step, volume_step))
        if found is None:
            found = [-(-weight // weight_step) for weight in self._weights]
            if volume_step:
                by_size = [-(-volume // volume_step) for volume in self._volumes]
                found = list(map(max, found, by_size))
            self._steps[weight_step, volume_step] = found
        return found


def boxes_of(problem: Problem, layout: Layout, offers: Iterable[int]) -> dict[int, Boxes]:
    """The boxes of these offers."""
    shapes: dict[tuple[int, ...], _Shape] = {}
    found = {}
    for index in offers:
        offer = problem.offers[index]
        most = most_of(offer, problem.quantities)
        shape = shapes.get(most)
        if shape is None:
            shape = shapes[most] = _Shape(problem, layout, most)
        found[index] = _boxes(offer, shape, most, layout, problem.split)
    return found


def most_of(offer: Offer, quantities: Sequence[int]) -> tuple[int, ...]:
    """The most of each line that an offer has for the order."""
    return tuple(
        [
            quantity if quantity < len(curve) else len(curve) - 1
            for curve, quantity in zip(offer.curves, quantities, strict=True)
        ]
    )


def too_many_boxes(problem: Problem) -> bool:
    """Whether an order and all its offers together have more vectors than ``MOST_BOXES``."""
    vectors = prod([quantity + 1 for quantity in problem.quantities])
    if vectors * (1 + len(problem.offers)) <= MOST_BOXES:
        return False
    for offer in problem.offers:
        vectors += prod([top + 1 for top in most_of(offer, problem.quantities)])
    return vectors > MOST_BOXES


def floors_of(problem: Problem) -> list[int]:
    """What each offer's cheapest box costs at least."""
    weight, volume = min(problem.weights), min(problem.volumes)
    steps: dict[tuple[int, int], int] = {}
    found = []
    for offer in problem.offers:
        floor = offer.fixed + problem.split
        for curve in offer.curves:
            if len(curve) > 1:
                floor += min(curve)
        lowest = NEVER if offer.freight else 0
        for freight in offer.freight:
            key = freight.weight_step, freight.volume_step
            step = steps.get(key)
            if step is None:
                step = steps[key] = billable_steps(freight, weight, volume)
            if step < len(freight.prices) and freight.prices[step] < lowest:
                lowest = freight.prices[step]
        found.append(floor + lowest)
    return found


def freight_of(offer: Offer, weight: int, volume: int) -> tuple[int, int]:
    """Mills and service of one parcel from an offer; ``NEVER`` and -1 where nobody carries it."""
    if not offer.freight:
        return 0, -1
    best = NEVER, -1
    for freight in offer.freight:
        step = billable_steps(freight, weight, volume)
        if step < len(freight.prices) and freight.prices[step] < best[0]:
            best = freight.prices[step], freight.services[step]
    return best


def billable_steps(freight: Freight, weight: int, volume: int) -> int:
    """By how many steps a parcel is billed."""
    steps = -(-weight // freight.weight_step)
    return max(steps, -(-volume // freight.volume_step)) if freight.volume_step else steps


def on_the_shelf(offer: Offer, amounts: Sequence[int]) -> bool:
    """Whether these amounts do not ask more of a shelf than is on it."""
    return all(sum(map(mul, shelf.takes, amounts)) <= shelf.units for shelf in offer.shared)


def _boxes(offer: Offer, shape: _Shape, most: Sequence[int], layout: Layout, split: int) -> Boxes:
    sums = [offer.fixed + split]
    for curve, top in zip(offer.curves, most, strict=True):
        if top == 1:
            sums += [each + curve[1] for each in sums]
        elif top:
            sums = [each + curve[amount] for amount in range(top + 1) for each in sums]
    costs = _with_freight(offer.freight, shape, sums) if offer.freight else sums
    packed: Sequence[int] = shape.packed
    if offer.shared or max(costs) >= NEVER:
        kept = [
            (box, cost)
            for box, cost in zip(packed, costs, strict=True)
            if cost < NEVER and (not offer.shared or on_the_shelf(offer, layout.amounts(box)))
        ]
        return Boxes([box for box, _ in kept if box], [cost for box, cost in kept if box])
    return Boxes(packed[1:], costs[1:])


def _with_freight(freights: Sequence[Freight], shape: _Shape, sums: list[int]) -> list[int]:
    cheapest: list[int] | None = None
    for freight in freights:
        steps, prices = shape.steps(freight.weight_step, freight.volume_step), freight.prices
        if steps[-1] < len(prices):
            costs = [each + prices[step] for each, step in zip(sums, steps, strict=True)]
        else:
            end = len(prices)
            costs = [each + prices[step] if step < end else NEVER for each, step in zip(sums, steps, strict=True)]
        cheapest = costs if cheapest is None else list(map(min, cheapest, costs))
    return cheapest or sums
