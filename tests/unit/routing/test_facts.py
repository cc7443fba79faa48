"""What rules are told of orders and locations."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from hub.expressions.declared import declared_records, declared_type
from hub.expressions.types import BOOL, DATE, DECIMAL, DYN, INT, MOMENT, TEXT, ListOf, MapOf, Nullable, Type
from hub.model.identity import LocationId, Sku
from hub.model.item import OUNCE, ItemFacts
from hub.model.money import Money
from hub.model.order import OrderLine
from hub.model.rule_facts import LINE, LOCATION, ORDER, RECORDS, Fact
from hub.routing.facts import location_facts, order_facts
from hub.routing.rule_schema import compile_condition
from tests.builders import an_order
from tests.unit.routing.rule_cases import ITEMS, NETWORK, facts


@pytest.mark.parametrize(
    ("told", "published"),
    [(facts(), ORDER), (facts()["lines"][0], LINE), (location_facts(NETWORK)[LocationId("east")], LOCATION)],
    ids=["order", "line", "location"],
)
def test_what_is_told_is_what_is_published(told: dict[str, Any], published: tuple[Fact, ...]) -> None:
    assert {fact.name for fact in published} == told.keys()


@pytest.mark.parametrize("record", ["order", "location"])
def test_every_fact_is_of_its_published_type(record: str) -> None:
    told = facts() if record == "order" else location_facts(NETWORK)[LocationId("east")]
    for fact in RECORDS[record]:
        asked = f"{record}.{fact.name} == {record}.{fact.name}"
        assert compile_condition(asked, record).evaluate({record: told}) is True


def test_sums_of_an_order() -> None:
    told = facts()
    assert (Decimal(30), "USD", Decimal(3)) == (told["total"], told["currency"], told["units"])
    assert (Decimal("5.1"), Decimal("5.1") / Decimal("0.45359237")) == (told["weight_kg"], told["weight_lb"])


def test_sums_are_unknown_where_a_part_is() -> None:
    told = order_facts(an_order(PAINT=1, NEWT=1), ITEMS)
    assert (None, "", None) == (told["total"], told["currency"], told["weight_kg"])


def test_five_pounds_are_five_pounds() -> None:
    items = {Sku("BOX"): ItemFacts(sku=Sku("BOX"), weight=20 * OUNCE)}
    assert Decimal(5) == order_facts(an_order(BOX=4), items)["weight_lb"]


def test_dropped_lines_are_not_told_and_an_unmapped_one_has_no_sku() -> None:
    order = an_order(A=1, B=(None, 2))
    gone = OrderLine(line_id=order.lines[0].line_id, sku=Sku("A"), quantity=Decimal(1), dropped=True)
    told = order_facts(order.model_copy(update={"lines": (gone, order.lines[1])}), {})
    assert [("", Decimal(2))] == [(line["sku"], line["quantity"]) for line in told["lines"]]


def test_only_the_lines_that_are_asked_about_are_told() -> None:
    order = an_order(A=1, B=2)
    priced = order.lines[1].model_copy(update={"unit_price": Money(amount=Decimal("1.5"), currency="EUR")})
    told = order_facts(order, {}, lines=[priced], attempts=2, rejected_by=[LocationId("mill")])
    assert (["B"], Decimal(3), "EUR") == ([line["sku"] for line in told["lines"]], told["total"], told["currency"])
    assert (2, ("mill",)) == (told["attempts"], told["rejected_by"])


@pytest.mark.parametrize(
    "type_", [BOOL, DATE, DECIMAL, DYN, INT, MOMENT, TEXT, ListOf(TEXT), MapOf(INT), Nullable(ListOf(DECIMAL))]
)
def test_types_are_declared_by_the_names_that_messages_call_them(type_: Type) -> None:
    assert type_ == declared_type(str(type_), {})


def test_records_are_made_of_those_before_them() -> None:
    found = declared_records({"inner": [("a", "int", "")], "outer": [("some", "list of inner", "")]})
    assert ListOf(found["inner"]) == found["outer"].fields["some"]
