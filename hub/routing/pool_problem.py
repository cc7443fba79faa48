"""The pool of open orders as plain numbers: what its re-optimisation is asked, and what it answers (ADR 0034).

Money is whole mills. A *row* is what orders compete for: one SKU's shelf at one location, in units, or what a location
can still ship that day, in units or parcels. Rows are numbers of the caller's, from 0.

    cost of a pool = sum over orders (cost of its plan) + change fee * orders whose plan is not the standing one
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from hub.routing.problem import Problem, Shipment, Solution

Takes = tuple[tuple[int, int], ...]
"""Pairs of a row and the units taken of it, by row."""


class Draw(NamedTuple):
    """What one offer takes of the rows: ``steps[line]`` for each step of a line, ``shipment`` for each shipment."""

    steps: tuple[Takes, ...]
    shipment: Takes = ()


class OpenOrder(NamedTuple):
    """An order that nobody has begun to work on. ``problem`` is made as if the pool's orders held nothing: its curves
    go up to what is free and what they hold, and lines that share a row are held to it by the offer's
    ``shared``. ``draws`` by offer. ``standing`` is its plan of now, at today's prices."""

    id: str
    problem: Problem
    draws: Sequence[Draw]
    standing: Solution


class Pool(NamedTuple):
    """``rows``: units of each row, with what the pool's orders hold of it. ``change_fee``: mills for each order that
    moves. At most ``churn_permille`` of the orders, rounded up, move in a run."""

    orders: Sequence[OpenOrder]
    rows: Sequence[int]
    change_fee: int = 0
    churn_permille: int = 1000

    @property
    def most_moves(self) -> int:
        """How many orders may move.

        >>> Pool(orders=[None] * 120, rows=[], churn_permille=20).most_moves
        3
        """
        return -(-len(self.orders) * self.churn_permille // 1000)


class Column(NamedTuple):
    """One plan of the pool's order ``order``: ``cost`` mills with the change fee, what it ``takes``, whether it is a
    move."""

    order: int
    plan: Solution
    cost: int
    takes: Takes
    moves: bool


class Prices(NamedTuple):
    """Shadow prices in mills: of a unit of each row that has one, and of a move."""

    rows: Mapping[int, int]
    move: int = 0


class Move(NamedTuple):
    """``saving``: mills that this order's own plan gets cheaper by, the change fee not taken off; below 0 where it
    makes room for others."""

    order: str
    plan: Solution
    saving: int


class Bundle(NamedTuple):
    """Moves that make room for each other: all of them or none. ``saving``: what they save together, less the change
    fees; always above 0. Bundles do not depend on each other."""

    moves: tuple[Move, ...]
    saving: int


class Tight(NamedTuple):
    """A row that the orders want more of than there is: a unit more would save about ``price`` mills."""

    row: int
    price: int


class Reoptimised(NamedTuple):
    """Costs of the pool ``before`` and ``after``, which no set of moves brings below ``bound``; what of ``after``
    stands for steps that nobody ships (``unfilled``). ``rounds`` of prices, and ``plans`` that were weighed."""

    bundles: tuple[Bundle, ...]
    before: int
    after: int
    bound: int
    unfilled: int
    tight: tuple[Tight, ...]
    rounds: int
    plans: int

    @property
    def saving(self) -> int:
        """Mills saved, less the change fees."""
        return self.before - self.after

    @property
    def gap_ppm(self) -> int:
        """How far above the bound the cost may be, in millionths of what is shipped for, rounded up: the price of what
        nobody ships is so high that any gap would look small beside it."""
        shipped = self.after - self.unfilled
        return -(-(self.after - self.bound) * 1_000_000 // shipped) if shipped > 0 else 0

    @property
    def moves(self) -> tuple[Move, ...]:
        """All moves, bundle by bundle."""
        return tuple(move for bundle in self.bundles for move in bundle.moves)


def most_of(order: OpenOrder) -> dict[int, int]:
    """Units of each row that no plan of the order takes more of."""
    most: dict[int, int] = {}
    for offer, draw in zip(order.problem.offers, order.draws, strict=True):
        for row, units in draw.shipment:
            most[row] = most.get(row, 0) + units
        for curve, wanted, step in zip(offer.curves, order.problem.quantities, draw.steps, strict=True):
            steps = min(len(curve) - 1, wanted)
            for row, units in step if steps else ():
                most[row] = most.get(row, 0) + units * steps
    for row, units in takes_of(order.draws, order.standing.shipments):
        most[row] = max(units, most.get(row, 0))
    return most


def unfilled(order: OpenOrder, plan: Solution) -> int:
    """Mills for the steps that a plan does not ship."""
    return sum([price * steps for price, steps in zip(order.problem.backorder, plan.backordered, strict=True)])


def takes_of(draws: Sequence[Draw], shipments: Sequence[Shipment]) -> Takes:
    """What these shipments take of the rows.

    >>> draw = Draw(steps=(((7, 1),), ((7, 2), (9, 1))), shipment=((3, 1),))
    >>> takes_of([draw], [Shipment(offer=0, amounts=(2, 1), cost=0)])
    ((3, 1), (7, 4), (9, 1))
    """
    taken: dict[int, int] = {}
    for shipment in shipments:
        draw = draws[shipment.offer]
        for row, units in draw.shipment:
            taken[row] = taken.get(row, 0) + units
        for amount, step in zip(shipment.amounts, draw.steps, strict=True):
            if amount:
                for row, units in step:
                    taken[row] = taken.get(row, 0) + units * amount
    return tuple(sorted(taken.items()))
