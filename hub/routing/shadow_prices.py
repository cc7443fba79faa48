"""What the last units of an item are worth at a location, by the orders that are still expected.

An order that is routed alone takes the unit that is cheapest for itself, though the next one may need just that. With a
price on the units that many will want, the kernel weighs both:

    minimise sum over kinds of order, plans of them (cost * how many take the plan)
    so that every kind is as often served as it is expected, and no shelf gives more than it has

is a linear program over plans; the price of a shelf is what one more unit there would save. Plans are made as they are
needed (column generation): the kernel is asked for each kind's cheapest plan at the prices so far. After Acimovic and
Graves (2015), who price one item at a time, and Jasin and Sinha (2015), who expect kinds of order.

Prices of one guess of the future mislead where little is sold: they are averaged over several, capped, and none is put
on an item of which fewer than ``LEAST_EXPECTED_UNITS`` are expected. They shift where units come from and refuse none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple, Protocol

from hub.routing.kernel import solve
from hub.routing.problem import NEVER, Problem, Shipment

LEAST_EXPECTED_UNITS = 20
"""Of an item that may have prices."""

MOST_ROUNDS = 40
"""Of new plans for one guess; prices change little before."""

Shelf = tuple[int, int]
"""A node, as in ``Offer``, and an item, as in ``Kind``."""

Prices = Mapping[Shelf, int]
"""Mills of a unit; a shelf that is not in it has none."""


class Kind(NamedTuple):
    """Orders alike: the same ``items`` by line to the same place. The curves of ``problem`` go as far as is wanted of
    whatever a location carries, whether it has any now or not."""

    problem: Problem
    items: tuple[int, ...]


class Relaxed(NamedTuple):
    """``bound``: mills that serving all these orders costs at least, were they known beforehand and could a plan be
    followed in part. ``prices``: those that prove it."""

    bound: int
    prices: Prices


class LinearProgram(Protocol):
    """A linear program that grows: minimise cost of non-negative columns."""

    def add_row(self, least: float, most: float) -> int:
        """A new row without entries; its number, from 0 on."""
        ...

    def add_column(self, cost: float, entries: Sequence[tuple[int, int]]) -> None:
        """A column with (row, value) pairs."""
        ...

    def duals(self) -> Sequence[float]:
        """By row: how much the least cost rises with its limits."""
        ...


class _Column(NamedTuple):
    """A plan of a kind."""

    cost: int
    takes: tuple[tuple[Shelf, int], ...]


class _Program:
    """The linear program of one guess: a row for each kind of which any come, and each shelf that a plan takes of."""

    def __init__(self, program: LinearProgram, counts: Sequence[int], stock: Mapping[Shelf, int]) -> None:
        self._program, self._counts, self._stock = program, counts, stock
        self.kind_rows = {kind: program.add_row(count, count) for kind, count in enumerate(counts) if count}
        self._shelf_rows: dict[Shelf, int] = {}

    def add(self, kind: int, column: _Column) -> None:
        """One more plan of a kind."""
        entries = [(self.kind_rows[kind], 1)]
        for shelf, units in column.takes:
            if shelf not in self._shelf_rows:
                self._shelf_rows[shelf] = self._program.add_row(0, self._stock.get(shelf, 0))
            entries.append((self._shelf_rows[shelf], units))
        self._program.add_column(column.cost, entries)

    def solved(self) -> tuple[float, dict[Shelf, int]]:
        """The least cost with the plans so far, and the shelves' prices there."""
        duals = self._program.duals()
        cost = sum(duals[row] * self._counts[kind] for kind, row in self.kind_rows.items())
        cost += sum(duals[row] * self._stock.get(shelf, 0) for shelf, row in self._shelf_rows.items())
        rounded = {shelf: round(-duals[row]) for shelf, row in self._shelf_rows.items()}
        return cost, {shelf: price for shelf, price in rounded.items() if price > 0}


class Transport:
    """The program over some ``kinds`` of order. Plans that were made for one guess are kept for the next."""

    def __init__(self, kinds: Sequence[Kind], new_program: Callable[[], LinearProgram]) -> None:
        self.kinds = kinds
        self._new_program = new_program
        self._columns = [{_nothing(kind): None} for kind in kinds]

    def relax(self, counts: Sequence[int], stock: Mapping[Shelf, int], gap: float = 0.001) -> Relaxed:
        """So many orders of each kind against this stock, until the bound is within ``gap`` of the program's cost."""
        program = _Program(self._new_program(), counts, stock)
        for kind in program.kind_rows:
            for column in self._columns[kind]:
                program.add(kind, column)
        best = Relaxed(-NEVER, {})
        for _ in range(MOST_ROUNDS):
            cost, prices = program.solved()
            made = {kind: self._cheapest(kind, prices) for kind in program.kind_rows}
            bound = sum(counts[kind] * paid for kind, (paid, _) in made.items())
            bound -= sum(price * stock.get(shelf, 0) for shelf, price in prices.items())
            if bound > best.bound:
                best = Relaxed(bound, prices)
            if cost - best.bound <= gap * abs(cost):
                break
            for kind, (_, column) in made.items():
                if column not in self._columns[kind]:
                    self._columns[kind][column] = None
                    program.add(kind, column)
        return best

    def _cheapest(self, kind: int, prices: Prices) -> tuple[int, _Column]:
        """What an order of the kind costs at least with what it takes, and its plan that costs so much."""
        problem, items = self.kinds[kind]
        solution = solve(_with_prices(problem, items, prices))
        takes = _takes(problem, items, solution.shipments)
        paid = sum(units * prices.get(shelf, 0) for shelf, units in takes)
        return solution.bound, _Column(solution.cost - paid, takes)


def _nothing(kind: Kind) -> _Column:
    return _Column(sum(map(int.__mul__, kind.problem.quantities, kind.problem.backorder)), ())


def shadow_prices(
    transport: Transport, guesses: Sequence[Sequence[int]], stock: Mapping[Shelf, int], *, cap: int
) -> dict[Shelf, int]:
    """Prices from several guesses of how many orders of each kind will come: their mean, each at most ``cap`` mills."""
    expected = _expected_units(transport.kinds, guesses)
    total: dict[Shelf, int] = {}
    for counts in guesses:
        for shelf, price in transport.relax(counts, stock).prices.items():
            if expected[shelf[1]] >= LEAST_EXPECTED_UNITS:
                total[shelf] = total.get(shelf, 0) + min(cap, price)
    return {shelf: mean for shelf, price in total.items() if (mean := price // len(guesses)) > 0}


def _expected_units(kinds: Sequence[Kind], guesses: Sequence[Sequence[int]]) -> dict[int, float]:
    """Of each item, in the mean of the guesses."""
    units: dict[int, float] = {}
    for kind, *counts in zip(kinds, *guesses, strict=True):
        for item, wanted in zip(kind.items, kind.problem.quantities, strict=True):
            units[item] = units.get(item, 0.0) + wanted * sum(counts) / len(guesses)
    return units


def priced(problem: Problem, items: Sequence[int], prices: Prices) -> Problem:
    """The problem with shadow prices on what is taken. As much as before is shipped: what a unit costs more anywhere, a
    backorder of it costs more too."""
    shifted = _with_prices(problem, items, prices)
    dearest = [max((prices.get((offer.node, item), 0) for offer in problem.offers), default=0) for item in items]
    return shifted._replace(backorder=tuple(map(int.__add__, problem.backorder, dearest)))


def _with_prices(problem: Problem, items: Sequence[int], prices: Prices) -> Problem:
    offers = []
    for offer in problem.offers:
        curves = list(offer.curves)
        for line, item in enumerate(items):
            price = prices.get((offer.node, item), 0)
            if price:
                curves[line] = [cost + price * steps for steps, cost in enumerate(curves[line])]
        offers.append(offer._replace(curves=tuple(curves)))
    return problem._replace(offers=offers)


def _takes(problem: Problem, items: Sequence[int], shipments: Iterable[Shipment]) -> tuple[tuple[Shelf, int], ...]:
    taken: dict[Shelf, int] = {}
    for shipment in shipments:
        node = problem.offers[shipment.offer].node
        for item, units in zip(items, shipment.amounts, strict=True):
            if units:
                taken[node, item] = taken.get((node, item), 0) + units
    return tuple(sorted(taken.items()))
