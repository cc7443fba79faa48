"""The instance family that the literature on fulfilment measures with, and how far policies are above its bound.

    python -m tests.benchmarks.routing.academic --seeds 1 2 3

Ten centres, 99 cities, twenty items, orders of one to five items, of each size five types, 10,000 orders. A centre
carries an item with a chance of three in four and begins with what the cities nearest to it are expected to want (Jasin
and Sinha 2015, Ma 2023). A shipment costs $8.759, a unit $0.423 and a unit's mile $0.000541. Cities are made up, not
theirs. The bound knows every order beforehand and may follow plans in part. All policies fill the same units, and
what nobody can ship is in no cost.
"""

from __future__ import annotations

import argparse
import gc
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from itertools import accumulate
from random import Random
from typing import NamedTuple

from hub.routing.kernel import solve
from hub.routing.problem import Offer, Problem
from hub.routing.shadow_prices import Kind, Shelf, Transport, priced, shadow_prices
from tests.benchmarks.routing.baselines import POLICIES, Ranks
from tests.benchmarks.routing.geography import Town, miles, towns
from tests.benchmarks.routing.linear import HighsProgram
from tests.routing.accounting import Plan, missing, price

CENTRES, CITIES, ITEMS, ORDERS = 10, 99, 20, 10_000
SIZES, TYPES_OF_A_SIZE = 5, 5
CARRIED = 0.75
SHIPMENT, UNIT, UNIT_MILE = 8_759, 423, 0.541
"""Mills."""

UNMET = 100_000
"""Mills of a unit that nobody has: more than any plan could save by not shipping one."""

GUESSES = 3
EVERY = 1_000
"""Orders between new shadow prices."""

CAP = 12_000

Bought = tuple[int, int]
"""A type and a city."""


class Instance(NamedTuple):
    """``types``: items of each; ``shares`` cumulative, of types and of cities; ``miles[centre][city]``."""

    types: list[tuple[int, ...]]
    type_shares: list[float]
    city_shares: list[float]
    miles: list[list[float]]
    carries: list[set[int]]
    stock: dict[Shelf, int]
    orders: list[Bought]


def instance(seed: int, orders: int = ORDERS) -> Instance:
    """One of the family."""
    random = Random(f"academic {seed}")
    cities = towns(CITIES, seed)
    types = [
        tuple(sorted(random.sample(range(ITEMS), size))) for size in range(1, SIZES + 1) for _ in range(TYPES_OF_A_SIZE)
    ]
    weights = [random.random() for _ in types]
    distances = [[miles(centre, city) for city in cities] for centre in _centres(cities)]
    carries = [{centre for centre in range(CENTRES) if random.random() < CARRIED} or {0} for _ in range(ITEMS)]
    shares = [weight / sum(weights) for weight in weights]
    people = sum(city.people for city in cities)
    cumulated = list(accumulate(shares)), list(accumulate(city.people / people for city in cities))
    return Instance(
        types,
        *cumulated,
        distances,
        carries,
        _stock(types, shares, [city.people / people for city in cities], distances, carries, orders),
        drawn(random, cumulated, orders),
    )


def drawn(random: Random, shares: tuple[list[float], list[float]], count: int) -> list[Bought]:
    """So many orders."""
    types, cities = shares
    return list(
        zip(
            random.choices(range(len(types)), cum_weights=types, k=count),
            random.choices(range(len(cities)), cum_weights=cities, k=count),
            strict=True,
        )
    )


def _centres(cities: Sequence[Town]) -> list[Town]:
    """One after the other where it shortens the way to the people most."""
    found: list[Town] = []
    way = [10_000.0] * len(cities)
    while len(found) < CENTRES:
        ways = [[min(before, miles(site, city)) for before, city in zip(way, cities, strict=True)] for site in cities]
        best = min(range(len(cities)), key=lambda site: _people_miles(ways[site], cities))
        found.append(cities[best])
        way = ways[best]
    return found


def _people_miles(way: Sequence[float], cities: Sequence[Town]) -> float:
    return sum(each * city.people for each, city in zip(way, cities, strict=True))


def _stock(
    types: Sequence[Sequence[int]],
    shares: Sequence[float],
    cities: Sequence[float],
    distances: Sequence[Sequence[float]],
    carries: Sequence[set[int]],
    orders: int,
) -> dict[Shelf, int]:
    stock: dict[Shelf, int] = {}
    for item in range(ITEMS):
        wanted = orders * sum(share for share, items in zip(shares, types, strict=True) if item in items)
        there = dict.fromkeys(sorted(carries[item]), 0.0)
        for city, share in enumerate(cities):
            there[min(there, key=lambda centre: distances[centre][city])] += wanted * share
        stock.update({(centre, item): round(units) for centre, units in there.items()})
    return stock


def problem_of(given: Instance, bought: Bought, units: Callable[[int, int], int]) -> Problem:
    """An order against what ``units`` says a centre has of an item."""
    kind, city = bought
    items = given.types[kind]
    offers = []
    for centre in range(CENTRES):
        unit = UNIT + round(UNIT_MILE * given.miles[centre][city])
        curves = [(0, unit) if units(centre, item) else (0,) for item in items]
        if any(len(curve) > 1 for curve in curves):
            offers.append(Offer(centre, centre, SHIPMENT, tuple(curves)))
    ones, none = (1,) * len(items), (0,) * len(items)
    return Problem(ones, none, none, (UNMET,) * len(items), offers, most_shipments=CENTRES)


Choose = Callable[[Problem, Bought, int, dict[Shelf, int]], Plan]
"""What ships, of a problem, the order as it was bought, its number, and the stock of that moment."""


def kinds_of(given: Instance) -> list[Kind]:
    """All (type, city) pairs, type by type."""
    return [
        Kind(problem_of(given, (kind, city), lambda centre, item: int(centre in given.carries[item])), items)
        for kind, items in enumerate(given.types)
        for city in range(CITIES)
    ]


def counts_of(orders: Sequence[Bought]) -> list[int]:
    """How many of each kind."""
    counted = Counter(orders)
    return [counted[kind, city] for kind in range(SIZES * TYPES_OF_A_SIZE) for city in range(CITIES)]


def by_policy(given: Instance, policy: str) -> Choose:
    """One of POLICIES."""

    def choose(problem: Problem, bought: Bought, number: int, stock: dict[Shelf, int]) -> Plan:
        nodes = [offer.node for offer in problem.offers]
        return POLICIES[policy](problem, Ranks(nodes, [given.miles[node][bought[1]] for node in nodes], nodes))

    return choose


def exact(problem: Problem, bought: Bought, number: int, stock: dict[Shelf, int]) -> Plan:
    """The kernel's plan for this order alone."""
    return {shipment.offer: shipment.amounts for shipment in solve(problem).shipments}


def by_shadow_prices(given: Instance, transport: Transport, seed: int) -> Choose:
    """The kernel's plan at shadow prices, worked out again every so many orders from guesses of those to come: as many
    as will come, drawn at random."""
    random = Random(f"guesses {seed}")
    shares = given.type_shares, given.city_shares
    prices: dict[Shelf, int] = {}

    def choose(problem: Problem, bought: Bought, number: int, stock: dict[Shelf, int]) -> Plan:
        nonlocal prices
        if number % EVERY == 0:
            guesses = [drawn(random, shares, len(given.orders) - number) for _ in range(GUESSES)]
            prices = shadow_prices(transport, list(map(counts_of, guesses)), stock, cap=CAP)
        return exact(priced(problem, given.types[bought[0]], prices), bought, number, stock)

    return choose


class Outcome(NamedTuple):
    """Mills of all shipments; units that nobody had."""

    mills: int
    shipments: int
    unmet: int


def run(given: Instance, choose: Choose) -> Outcome:
    """All orders, one after the other."""
    stock = dict(given.stock)
    mills = shipments = unmet = 0
    for number, bought in enumerate(given.orders):
        problem = problem_of(given, bought, lambda centre, item: stock.get((centre, item), 0))
        plan = choose(problem, bought, number, stock)
        mills += price(problem, plan).shipped
        shipments += len(plan)
        unmet += sum(missing(problem, plan))
        for index, amounts in plan.items():
            for item, units in zip(given.types[bought[0]], amounts, strict=True):
                if units:
                    stock[problem.offers[index].node, item] -= units
    return Outcome(mills, shipments, unmet)


def gaps(seed: int, orders: int = ORDERS) -> dict[str, float]:
    """How far each policy is above the bound, as a share of it."""
    given = instance(seed, orders)
    transport = Transport(kinds_of(given), HighsProgram)
    chosen = {
        "nearest": by_policy(given, "nearest"),
        "greedy cover": by_policy(given, "greedy cover"),
        "exact": exact,
        "exact, shadow prices": by_shadow_prices(given, transport, seed),
    }
    outcomes = {name: run(given, choose) for name, choose in chosen.items()}
    assert 1 == len({each.unmet for each in outcomes.values()}), "all fill the same"
    unmet = outcomes["exact"].unmet
    bound = transport.relax(counts_of(given.orders), given.stock, gap=0.0003).bound - UNMET * unmet
    return {name: each.mills / bound - 1 for name, each in outcomes.items()}


def table(found: Mapping[int, Mapping[str, float]]) -> str:
    """Gaps by seed, and their mean, as Markdown."""
    rows = [f"| policy | {' | '.join(f'seed {seed}' for seed in found)} | mean |", "|---|" + "---:|" * (len(found) + 1)]
    for policy in next(iter(found.values())):
        row = [each[policy] for each in found.values()]
        rows.append(f"| {policy} | {' | '.join(f'{gap:.1%}' for gap in [*row, sum(row) / len(row)])} |")
    return "\n".join(rows)


def main() -> None:
    """As the module's docstring says."""
    ask = argparse.ArgumentParser(prog="python -m tests.benchmarks.routing.academic")
    ask.add_argument("--orders", type=int, default=ORDERS)
    ask.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    given = ask.parse_args()
    gc.freeze()
    print(table({seed: gaps(seed, given.orders) for seed in given.seeds}))


if __name__ == "__main__":
    main()
