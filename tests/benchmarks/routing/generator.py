"""The synthetic network: nodes, items, stock and orders by a seed.

Built to fixed parameters (docs/reference/benchmarks.md): 8 % own centres, 14 % suppliers who drop-ship, 4 % third
parties, the rest stores; demand of items by (rank + 5) ^ -0.9; lines of an order by a log series; what a node carries
is tilted to what sells. An item's stock is ``supply`` times its expected demand, five units at least, dealt one by one
to those who carry it; what a store keeps back for its shelf is beyond that.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import accumulate
from random import Random
from typing import NamedTuple

from hub.model.item import CUBIC_INCH, POUND
from hub.routing.problem import Freight
from tests.benchmarks.routing.geography import Town, miles, towns, zone
from tests.benchmarks.routing.tariffs import (
    CREDIT_PERCENT,
    DIMENSIONAL_DIVISOR,
    DROP_FEE,
    PROMISE_SHARES,
    PROMISES_DAYS,
    WORK,
    Kind,
    freight_tables,
)

Index = list[dict[int, int]]
"""By item: node -> units that are free there. A node without any is not in it."""

TOWNS = 900
CATEGORIES = 200
MOST_LINES = 20
MOST_UNITS = 4
LOG_SERIES_P = 0.59
UNIT_SHARES = (75, 15, 6, 4)
LEAST_STOCK = 5
ORDERS_A_DAY = 5_000
_CARRIED = {Kind.CENTRE: 0.62, Kind.STORE: 0.08, Kind.THIRD_PARTY: 0.18}
_DEALT = {Kind.CENTRE: 6, Kind.STORE: 1, Kind.THIRD_PARTY: 4, Kind.SUPPLIER: 6}
_OF_A_BRAND = 0.4
"""Items of suppliers' own brands; each brand is one supplier's."""


class Setting(NamedTuple):
    """What a network is made of. ``scarcity``: the share of (node, item) pairs taken away; ``supply``: stock as a
    multiple of the expected demand of ``orders``."""

    nodes: int = 60
    items: int = 100_000
    scarcity: float = 0.2
    supply: float = 1.15
    orders: int = 20_000
    seed: int = 1


class Node(NamedTuple):
    """A site. ``capacity``: orders a day before each further one costs more."""

    kind: Kind
    town: Town
    fixed: int
    unit: int
    capacity: int


class Item(NamedTuple):
    """In the kernel's units; ``credit`` in mills for each that a store ships, 0 for what sells well."""

    weight: int
    volume: int
    value: int
    credit: int


class Order(NamedTuple):
    """What was bought: item ranks and units by line. ``town`` and ``promise`` are indexes."""

    number: int
    town: int
    promise: int
    items: tuple[int, ...]
    units: tuple[int, ...]


class Network:
    """All of one setting, priced: nodes, items, orders and first stock.

    ``zones[town][node]``; ``freight[promise][town][node]``: the tables of an offer; ``curves[node][units]``: the cost
    curve that ends with so many.
    """

    def __init__(self, setting: Setting) -> None:
        self.setting = setting
        self.towns = towns(TOWNS, setting.seed)
        self.nodes = _nodes(setting, self.towns)
        self.items = _items(setting)
        self.stock = _stock(setting, self.nodes)
        self.orders = _orders(setting)
        self.miles = [[miles(node.town, town) for node in self.nodes] for town in self.towns]
        self.zones = [[zone(each) for each in row] for row in self.miles]
        self.freight = self._freight()
        self.curves = [_curves(node.unit) for node in self.nodes]
        self.is_store = [node.kind is Kind.STORE for node in self.nodes]

    def _freight(self) -> list[list[list[tuple[Freight, ...]]]]:
        tables = freight_tables()
        days = [WORK[node.kind].days for node in self.nodes]
        return [
            [[tables[day][near][promise] for day, near in zip(days, row, strict=True)] for row in self.zones]
            for promise in range(len(PROMISES_DAYS))
        ]


def _nodes(setting: Setting, places: Sequence[Town]) -> list[Node]:
    random = Random(f"nodes {setting}")
    count = setting.nodes
    centres, suppliers, third = round(count * 0.08), round(count * 0.14), round(count * 0.04)
    kinds = [Kind.CENTRE] * centres + [Kind.SUPPLIER] * suppliers + [Kind.THIRD_PARTY] * third
    kinds += [Kind.STORE] * (count - len(kinds))
    random.shuffle(kinds)
    people = list(accumulate(place.people for place in places))
    return [_node(random, kind, random.choices(places, cum_weights=people)[0], setting) for kind in kinds]


def _node(random: Random, kind: Kind, town: Town, setting: Setting) -> Node:
    work = WORK[kind]
    fee = random.randint(*DROP_FEE) if kind is Kind.SUPPLIER else 0
    share = {Kind.CENTRE: 8.0, Kind.STORE: 0.5, Kind.THIRD_PARTY: 4.0, Kind.SUPPLIER: 4.0}[kind]
    return Node(kind, town, work.order + fee, work.unit, int(share * ORDERS_A_DAY / setting.nodes))


def _items(setting: Setting) -> list[Item]:
    random = Random(f"items {setting}")
    slow = setting.items // 5
    found = []
    for rank in range(setting.items):
        pounds = min(35.0, random.lognormvariate(math.log(1.1), 1.0))
        size = min(60.0, pounds * random.lognormvariate(math.log(0.8), 0.6)) * DIMENSIONAL_DIVISOR
        value = int(1000 * random.lognormvariate(math.log(32), 0.8))
        credit = value * CREDIT_PERCENT // 100 if rank >= slow else 0
        found.append(Item(int(pounds * POUND), int(size * CUBIC_INCH), value, credit))
    return found


def demand(items: int) -> list[float]:
    """Shares of the items, which sum to 1."""
    raw = [(rank + 5) ** -0.9 for rank in range(items)]
    whole = sum(raw)
    return [each / whole for each in raw]


def lines_of_an_order() -> list[float]:
    """Shares of orders of 1, 2, ... lines."""
    raw = [LOG_SERIES_P**lines / lines for lines in range(1, MOST_LINES + 1)]
    whole = sum(raw)
    return [each / whole for each in raw]


def _stock(setting: Setting, nodes: Sequence[Node]) -> Index:
    random = Random(f"stock {setting}")
    carriers = _carriers(random, setting, nodes)
    lines = sum(count * share for count, share in enumerate(lines_of_an_order(), start=1))
    units = sum(count * share for count, share in enumerate(UNIT_SHARES, start=1)) / sum(UNIT_SHARES)
    bought = setting.orders * lines * units * setting.supply
    index: Index = []
    for share, there in zip(demand(setting.items), carriers, strict=True):
        free: dict[int, int] = {}
        whole = max(LEAST_STOCK, int(bought * share + random.random()))
        for node in random.choices(there, [_DEALT[nodes[each].kind] for each in there], k=whole):
            free[node] = free.get(node, 0) + 1
        index.append(dict(sorted(free.items())))
    return index


def _carriers(random: Random, setting: Setting, nodes: Sequence[Node]) -> list[list[int]]:
    """Nodes by item: tilted to what sells, and less what ``scarcity`` takes away."""
    items = setting.items
    suppliers = [node for node, each in enumerate(nodes) if each.kind is Kind.SUPPLIER]
    brand = [random.choice(suppliers) if suppliers and random.random() < _OF_A_BRAND else -1 for _ in range(items)]
    found: list[list[int]] = [[] for _ in range(items)]
    kept, tilt = 1 - setting.scarcity, [1.5 - item / items for item in range(items)]
    for node, each in enumerate(nodes):
        if each.kind is Kind.SUPPLIER:
            carried = [item for item in range(items) if brand[item] == node and random.random() < kept]
        else:
            carried = [item for item in range(items) if random.random() < kept * _CARRIED[each.kind] * tilt[item]]
        for item in carried:
            found[item].append(node)
    centres = [node for node, each in enumerate(nodes) if each.kind is Kind.CENTRE]
    return [there or [random.choice(centres)] for there in found]


def _orders(setting: Setting) -> list[Order]:
    random = Random(f"orders {setting}")
    shares_of_items = demand(setting.items)
    items, wanted = range(setting.items), list(accumulate(shares_of_items))
    alike = [range(each, setting.items, CATEGORIES) for each in range(CATEGORIES)]
    wanted_alike = [list(accumulate(shares_of_items[each] for each in members)) for members in alike]
    people = list(accumulate(place.people for place in towns(TOWNS, setting.seed)))
    counts, shares = range(1, MOST_LINES + 1), lines_of_an_order()
    found = []
    for number in range(setting.orders):
        (first,) = random.choices(items, cum_weights=wanted)
        category = first % CATEGORIES
        (lines,) = random.choices(counts, shares)
        bought = {first: None}
        while len(bought) < min(lines, len(alike[category])):
            if random.random() < 0.5:
                bought.update(dict.fromkeys(random.choices(alike[category], cum_weights=wanted_alike[category])))
            else:
                bought.update(dict.fromkeys(random.choices(items, cum_weights=wanted)))
        found.append(
            Order(
                number,
                town=random.choices(range(TOWNS), cum_weights=people)[0],
                promise=random.choices(range(len(PROMISES_DAYS)), PROMISE_SHARES)[0],
                items=tuple(bought),
                units=tuple(random.choices(range(1, MOST_UNITS + 1), UNIT_SHARES, k=len(bought))),
            )
        )
    return found


def _curves(unit: int) -> tuple[tuple[int, ...], ...]:
    return tuple(tuple(unit * amount for amount in range(most + 1)) for most in range(MOST_UNITS + 1))
