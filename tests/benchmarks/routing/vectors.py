"""Five hundred fixed orders with their cheapest plans, as plain data for any kernel to match.

    python -m tests.benchmarks.routing.vectors

writes them anew (minutes). Three hundred are of one to ten lines from synthetic networks of 20, 60 and 200 nodes; two
hundred of one to four lines have rules besides: lots, shelves that lines share, sites with two offers, all or nothing,
few shipments, cheap backorders, no split fee, a second carrier. Each was solved by HiGHS too, and is kept only where it
found the same cost and no other plan that costs as little. docs/reference/routing-vectors.md describes the file.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

from hub.routing.kernel import solve
from hub.routing.problem import NEVER, Freight, Offer, Problem, Shared, Shipment, Solution
from tests.benchmarks.routing.books import Books
from tests.benchmarks.routing.generator import Network, Order, Setting
from tests.routing.accounting import faults_of
from tests.routing.oracle import columns, least_cost_by_highs

VECTORS = Path(__file__).with_name("vectors.json")
FORMAT = "crossdock.routing-vectors/1"
NEVER_SOLD = None
"""What stands for NEVER in a curve."""

MOST_COLUMNS = 3_000
"""HiGHS takes about a second for so many."""

_NODES = (20, 60, 200)
_OF_EACH_LENGTH = 10
_TWISTED = 200


class Vector(NamedTuple):
    """A problem and its one cheapest plan."""

    problem: Problem
    solution: Solution


def joined_orders(books: Books, lines: int) -> Iterator[Order]:
    """What several customers bought as one order, so that there are enough with many lines."""
    bought: dict[int, int] = {}
    for order in books.network.orders:
        bought.update(zip(order.items, order.units, strict=True))
        if len(bought) >= lines:
            items = tuple(islice(bought, lines))
            yield order._replace(items=items, units=tuple(bought[item] for item in items))
            bought.clear()


def is_small(problem: Problem) -> bool:
    """Whether HiGHS can be asked."""
    return len(list(islice(columns(problem), MOST_COLUMNS + 1))) <= MOST_COLUMNS


def made() -> Iterator[Vector]:
    """All of them, in order."""
    books = [Books(Network(Setting(nodes=nodes, items=20_000, orders=2_000, scarcity=0.4))) for nodes in _NODES]
    for each in books:
        for lines in range(1, 11):
            problems = (each.to_problem(order) for order in islice(joined_orders(each, lines), 0, None, 3))
            yield from islice(_proven(problems), _OF_EACH_LENGTH)
    yield from islice(_proven(_twisted(books[0])), _TWISTED)


def _proven(problems: Iterator[Problem]) -> Iterator[Vector]:
    for problem in problems:
        solution = solve(problem)
        if not solution.shipments or not solution.exact or not is_small(problem):
            continue
        assert [] == faults_of(problem, solution)
        assert least_cost_by_highs(problem) == solution.cost, problem
        plan = {shipment.offer: shipment.amounts for shipment in solution.shipments}
        if least_cost_by_highs(problem, without=plan) > solution.cost:
            yield Vector(problem, solution)


def _twisted(books: Books) -> Iterator[Problem]:
    random = Random("twists")
    while True:
        for order in joined_orders(books, random.randint(1, 4)):
            if random.random() < 0.2:
                problem = books.to_problem(order)
                for twist in random.sample(_TWISTS, random.randint(1, 3)):
                    problem = twist(problem, random)
                yield problem


def _each_offer(problem: Problem, change: Callable[[Offer], Offer]) -> Problem:
    return problem._replace(offers=[change(offer) for offer in problem.offers])


def _in_pairs(problem: Problem, random: Random) -> Problem:
    """Some nodes sell even numbers only, and more of everything is wanted."""
    more = problem._replace(quantities=tuple(units + 1 for units in problem.quantities))
    paired = {offer.node for offer in problem.offers if random.random() < 0.4}

    def change(offer: Offer) -> Offer:
        if offer.node not in paired:
            return offer
        curves = tuple(tuple(NEVER if units % 2 else cost for units, cost in enumerate(each)) for each in offer.curves)
        return offer._replace(curves=curves)

    return _each_offer(more, change)


def _one_shelf(problem: Problem, random: Random) -> Problem:
    """All lines take from one shelf of few units, some of them two at a time."""
    takes = tuple(random.choice((1, 1, 2)) for _ in problem.quantities)
    return _each_offer(problem, lambda offer: offer._replace(shared=(Shared(random.randint(1, 4), takes),)))


def _twin_offers(problem: Problem, random: Random) -> Problem:
    """Two nodes each are one site."""
    return _each_offer(problem, lambda offer: offer._replace(place=offer.node // 2))


def _second_carrier(problem: Problem, random: Random) -> Problem:
    """A cheaper one that takes light parcels only, whatever their size."""

    def change(offer: Offer) -> Offer:
        light = [mills * 4 // 5 for mills in offer.freight[0].prices[:4]]
        return offer._replace(freight=(*offer.freight, Freight(offer.freight[0].weight_step, 0, light, [6] * 4)))

    return _each_offer(problem, change)


def _complete(problem: Problem, random: Random) -> Problem:
    return problem._replace(complete=True)


def _few_shipments(problem: Problem, random: Random) -> Problem:
    return problem._replace(most_shipments=random.randint(1, 2))


def _cheap_backorders(problem: Problem, random: Random) -> Problem:
    return problem._replace(backorder=tuple(random.randint(5_000, 30_000) for _ in problem.backorder))


def _no_split_fee(problem: Problem, random: Random) -> Problem:
    return problem._replace(split=0)


_TWISTS: list[Callable[[Problem, Random], Problem]] = [
    _in_pairs,
    _one_shelf,
    _twin_offers,
    _second_carrier,
    _complete,
    _few_shipments,
    _cheap_backorders,
    _no_split_fee,
]


def read(path: Path = VECTORS) -> list[Vector]:
    """The vectors of a file. Raises ValueError where it is of another format."""
    content = json.loads(path.read_text(encoding="utf-8"))
    if content["format"] != FORMAT:
        raise ValueError(f"{path.name} is of format {content['format']}, not {FORMAT}")
    tables = [Freight(**each) for each in content["freight_tables"]]
    return [_vector(each, tables) for each in content["vectors"]]


def _vector(data: dict[str, Any], tables: Sequence[Freight]) -> Vector:
    asked, answer = data["problem"], data["solution"]
    offers = [
        Offer(
            node=each["node"],
            place=each["place"],
            fixed=each["fixed"],
            curves=tuple(tuple(NEVER if cost is NEVER_SOLD else cost for cost in curve) for curve in each["curves"]),
            freight=tuple(tables[index] for index in each["freight"]),
            shared=tuple(Shared(shelf["units"], tuple(shelf["takes"])) for shelf in each["shared"]),
        )
        for each in asked["offers"]
    ]
    problem = Problem(
        quantities=tuple(asked["quantities"]),
        weights=tuple(asked["weights"]),
        volumes=tuple(asked["volumes"]),
        backorder=tuple(asked["backorder"]),
        offers=offers,
        split=asked["split"],
        most_shipments=asked["most_shipments"],
        complete=asked["complete"],
    )
    shipments = tuple(
        Shipment(each["offer"], tuple(each["amounts"]), each["cost"], each["service"]) for each in answer["shipments"]
    )
    cost, backordered = answer["cost"], tuple(answer["backordered"])
    return Vector(problem, Solution(shipments, backordered, cost, exact=True, bound=cost))


def write(vectors: Sequence[Vector], path: Path = VECTORS) -> None:
    """One vector a line; every freight table once, cut off behind the heaviest parcel that asks it."""
    reach: dict[int, tuple[Freight, int]] = {}
    for problem, _ in vectors:
        for table in {id(each): each for offer in problem.offers for each in offer.freight}.values():
            _, before = reach.get(id(table), (table, 0))
            reach[id(table)] = table, max(before, _heaviest(problem, table))
    index: dict[Freight, int] = {}
    place: dict[int, int] = {}
    for key, (table, most) in reach.items():
        cut = table._replace(prices=tuple(table.prices[: most + 1]), services=tuple(table.services[: most + 1]))
        place[key] = index.setdefault(cut, len(index))
    lines = [_line(_data(vector, place)) for vector in vectors]
    head = f'"format": "{FORMAT}",\n"written_by": "python -m tests.benchmarks.routing.vectors"'
    tables = ",\n".join(_line(each._asdict()) for each in index)
    vectors_text = ",\n".join(lines)
    path.write_text(
        f'{{{head},\n"freight_tables": [\n{tables}\n],\n"vectors": [\n{vectors_text}\n]}}\n', encoding="utf-8"
    )


def _line(data: dict[str, Any]) -> str:
    return json.dumps(data, separators=(",", ":"))


def _heaviest(problem: Problem, table: Freight) -> int:
    """The step of a parcel with all of the order."""
    weight = sum(map(int.__mul__, problem.quantities, problem.weights))
    volume = sum(map(int.__mul__, problem.quantities, problem.volumes))
    return max(-(-weight // table.weight_step), -(-volume // table.volume_step) if table.volume_step else 0)


def _data(vector: Vector, place: dict[int, int]) -> dict[str, Any]:
    problem, solution = vector
    offers = [
        {
            "node": offer.node,
            "place": offer.place,
            "fixed": offer.fixed,
            "curves": [[NEVER_SOLD if cost >= NEVER else cost for cost in curve] for curve in offer.curves],
            "freight": [place[id(table)] for table in offer.freight],
            "shared": [shelf._asdict() for shelf in offer.shared],
        }
        for offer in problem.offers
    ]
    return {
        "problem": problem._asdict() | {"offers": offers},
        "solution": {
            "cost": solution.cost,
            "shipments": [shipment._asdict() for shipment in solution.shipments],
            "backordered": solution.backordered,
        },
    }


if __name__ == "__main__":
    write(list(made()))
