"""Rules, orders and locations for the tests of rules: chosen ones, and random ones over a few values of each fact."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from hub.model.fulfilment import RequestKind
from hub.model.identity import LocationId, Sku
from hub.model.item import GRAM, ItemFacts
from hub.model.money import Money
from hub.model.network import Location, Network
from hub.model.order import Order
from hub.model.party import Address
from hub.model.place import Place, Use
from hub.model.rule import Rule, RuleBook
from hub.routing.facts import Facts, location_facts, order_facts
from hub.routing.rules import RuleSet
from tests.builders import a_location, a_network, an_order

BOTH = (Use.SHIP, Use.PICKUP)


def a_place(
    name: str,
    kind: RequestKind = RequestKind.WAREHOUSE,
    *,
    country: str = "US",
    region: str = "",
    tags: tuple[str, ...] = (),
    uses: tuple[Use, ...] = (Use.SHIP,),
) -> Location:
    """A location as rules see it."""
    place = Place(country=country, region=region)
    return a_location(name, kind=kind).model_copy(update={"place": place, "tags": tags, "uses": uses})


NETWORK = a_network(
    a_place("east", region="NY", tags=("cold",)),
    a_place("west", region="CA"),
    a_place("corner", RequestKind.STORE, region="NY", tags=("small",), uses=BOTH),
    a_place("mill", RequestKind.DROPSHIP, country="CA", region="ON"),
)
PAINT = ItemFacts(sku=Sku("PAINT"), weight=2_500 * GRAM, category="paint", hazmat=True, tags=("liquid",))
ITEMS = {PAINT.sku: PAINT, Sku("BRUSH"): ItemFacts(sku=Sku("BRUSH"), weight=100 * GRAM, category="tools")}


def facts(order: Order | None = None, **changed: Any) -> Facts:
    """The facts of an order of two tins of paint and a brush to New York, with those that are named changed."""
    given = order or an_order(PAINT=2, BRUSH=1)
    ship_to = Address(country="US", region="NY", postal_code="10001")
    priced = tuple(
        line.model_copy(update={"unit_price": Money(amount=Decimal(10), currency="USD")}) for line in given.lines
    )
    return order_facts(given.model_copy(update={"ship_to": ship_to, "lines": priced}), ITEMS) | changed


def a_rule(name: str = "rule", **said: Any) -> Rule:
    """A rule that says this."""
    return Rule(name=name, **said)


def rule_set(*rules: Rule, network: Network = NETWORK) -> RuleSet:
    """These rules over a network."""
    return RuleSet(RuleBook(rules=rules), location_facts(network))


def open_to(rules: RuleSet, order: Facts, line: int | None = None) -> set[str]:
    """The locations that may ship a line, or all of the order."""
    verdict = rules.judge(order)
    mask = verdict.open if line is None else verdict.lines[line]
    return {name for place, name in enumerate(rules.locations) if mask >> place & 1}


# Conditions are put together from these; each is true of some orders or locations and false of others.
ORDER_CLAUSES = (
    "order.channel == 'shop'",
    "order.channel != 'web'",
    "order.service in ['express', 'same-day']",
    "order.country == 'US'",
    "'gift' in order.tags",
    "!('vip' in order.tags)",
    "order.total != null && order.total >= 50.0",
    "(order.total == null || order.total < 100.0)",
    "order.units > 3.0",
    "order.ship_complete",
    "size(order.lines) > 1",
    "order.lines.exists(line, line.hazmat)",
    "order.lines.all(line, line.category == 'tools')",
    "order.promised_by != null && order.promised_by < date('2026-11-10')",
)
LOCATION_CLAUSES = (
    "location.kind == 'store'",
    "location.kind in ['warehouse', 'dropship']",
    "location.id != 'east'",
    "location.country == 'US'",
    "'cold' in location.tags",
    "!('small' in location.tags)",
    "size(location.uses) > 1",
)
MIXED_CLAUSES = (
    "location.region == order.region",
    "order.country != location.country",
    "order.service in location.tags",
    "(order.units > 2.0 || location.kind == 'store')",
    "!(location.id in order.rejected_by)",
    "order.lines.exists(line, line.category in location.tags)",
)
LINE_CLAUSES = ("line.hazmat", "line.category == 'tools'", "line.quantity > 1.0", "line.sku == 'PAINT'")


def _conditions(clauses: tuple[str, ...]) -> st.SearchStrategy[str]:
    def joined(parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        several = st.lists(parts, min_size=2, max_size=3)
        return several.map(" && ".join) | several.map(" || ".join).map("({})".format) | parts.map("!({})".format)

    return st.recursive(st.sampled_from(clauses), joined, max_leaves=4)


order_conditions = _conditions(ORDER_CLAUSES)
location_conditions = _conditions((*LOCATION_CLAUSES, *MIXED_CLAUSES, *ORDER_CLAUSES[:4]))
line_conditions = _conditions(LINE_CLAUSES)

random_rules = st.builds(
    dict,
    when=st.just("true") | order_conditions,
    lines=st.just("") | line_conditions,
    only=st.just("") | location_conditions,
    never=st.just("") | location_conditions,
).map(lambda said: Rule(name="rule", **said))

_lines = st.lists(
    st.fixed_dictionaries(
        {
            "sku": st.sampled_from(["PAINT", "BRUSH"]),
            "quantity": st.sampled_from([Decimal(1), Decimal(2)]),
            "unit_price": st.none() | st.just(Decimal(10)),
            "category": st.sampled_from(["paint", "tools"]),
            "tags": st.just(()),
            "hazmat": st.booleans(),
            "weight_kg": st.none() | st.just(Decimal(1)),
            "weight_lb": st.none(),
        }
    ),
    min_size=1,
    max_size=3,
)
random_orders = st.fixed_dictionaries(
    {
        "channel": st.sampled_from(["shop", "shop", "web"]),
        "service": st.sampled_from(["standard", "express", "cold"]),
        "country": st.sampled_from(["US", "CA"]),
        "region": st.sampled_from(["NY", "CA", "ON"]),
        "tags": st.sampled_from([(), ("gift",), ("gift", "vip")]),
        "total": st.none() | st.sampled_from([Decimal(0), Decimal(50), Decimal(100)]),
        "units": st.sampled_from([Decimal(1), Decimal(3), Decimal(4)]),
        "ship_complete": st.booleans(),
        "pickup_at": st.none() | st.sampled_from([LocationId("corner"), LocationId("east")]),
        "promised_by": st.none() | st.sampled_from([date(2026, 11, 9), date(2026, 11, 10)]),
        "rejected_by": st.sampled_from([(), ("east",)]),
        "lines": _lines,
    }
).map(lambda said: facts() | said)
