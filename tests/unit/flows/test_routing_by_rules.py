"""Orders routed by the merchant's rules, tables and the capacity of locations."""

from __future__ import annotations

from decimal import Decimal

import pytest

from hub.flows.release_order import release_order
from hub.model.calendar import Capacity
from hub.model.identity import LocationId, OrderId
from hub.model.network import Location
from hub.model.place import Use
from hub.model.prices import Goal, Prices
from hub.model.rule import Charge, Rule, RuleBook
from tests.builders import Desk, a_location, a_network, an_order


def a_desk(*rules: Rule, locations: tuple[Location, ...] = (), **settings: object) -> Desk:
    places = locations or (a_location("near", per_request="3"), a_location("far", per_request="4"))
    network = a_network(*places).model_copy(update={"rules": RuleBook(rules=rules), **settings})
    desk = Desk(network=network)
    for each in places:
        desk.stock(each.location, A=50, B=50)
    return desk


def where(desk: Desk, order_id: OrderId) -> list[str]:
    return [request.location for request in desk.requests(order_id)]


def test_rule_keeps_a_location_out_and_the_explanation_names_it() -> None:
    desk = a_desk(Rule(name="not-near", never="location.id == 'near'"))
    order_id = desk.place(A=1)
    assert where(desk, order_id) == ["far"]
    [plan] = desk.uow.requests.plans(order_id)
    verdicts = {each.location: (each.code, each.reason) for each in plan.candidates}
    assert verdicts[LocationId("near")] == ("barred", "not-near: location.id = near")
    assert plan.rules == desk.network.rules.version


def test_rule_on_some_lines_splits_the_order_where_it_must() -> None:
    desk = a_desk(Rule(name="b-from-far", lines="line.sku == 'B'", only="location.id == 'far'"))
    order_id = desk.place(A=1, B=1)
    assert where(desk, order_id) == ["far"]
    desk = a_desk(
        Rule(name="b-from-far", lines="line.sku == 'B'", only="location.id == 'far'"),
        Rule(name="a-from-near", lines="line.sku == 'A'", only="location.id == 'near'"),
    )
    assert sorted(where(desk, desk.place(A=1, B=1))) == ["far", "near"]


def test_charge_of_a_rule_is_a_cost_by_its_name() -> None:
    desk = a_desk(Rule(name="busy", charge=Charge(where="location.id == 'near'", per_unit=Decimal("0.60"))))
    assert where(desk, desk.place(1, A=1)) == ["near"]
    assert where(desk, desk.place(2, A=2)) == ["far"]


def test_nothing_is_shipped_from_a_location_that_rules_keep_every_unit_of() -> None:
    desk = a_desk(Rule(name="nobody", never="true"))
    order_id = desk.place(A=1)
    assert where(desk, order_id) == []
    [plan] = desk.uow.requests.plans(order_id)
    assert [each.code for each in plan.unrouted] == ["routing.barred"]


def test_rule_holds_an_order_until_a_person_releases_it_and_then_no_more() -> None:
    desk = a_desk(Rule(name="look", when="order.units > 5", hold="More than usual."))
    order_id = desk.place(A=6)
    assert desk.order(order_id).hold == "order.held-by-rule: look: More than usual."
    assert where(desk, order_id) == []
    assert release_order(desk.work(), order_id)
    desk.tick()
    assert where(desk, order_id) == ["near"]
    assert not desk.order(order_id).hold


def test_draft_that_is_judged_beside_is_told_where_it_would_decide_otherwise() -> None:
    draft = RuleBook(name="cold", rules=(Rule(name="not-near", never="location.id == 'near'"),))
    desk = a_desk(drafts={"cold": draft})
    desk = Desk(network=desk.network.model_copy(update={"rules": RuleBook(shadow=("cold",))}))
    desk.stock("near", A=5)
    desk.stock("far", A=5)
    order_id = desk.place(A=1)
    assert where(desk, order_id) == ["near"]
    [plan] = desk.uow.requests.plans(order_id)
    assert [(each.draft, each.summary.split(":")[0]) for each in plan.shadows] == [("cold", "far for 4.00 USD")]


def test_split_price_of_the_network_keeps_an_order_together() -> None:
    places = (
        a_location("one", per_request="5"),
        a_location("x", per_request="2"),
        a_location("y", per_request="2"),
    )
    for split, expected in ((0, ["x", "y"]), (2, ["one"])):
        desk = Desk(network=a_network(*places).model_copy(update={"prices": Prices(split=Decimal(split))}))
        desk.stock("one", A=5, B=5)
        desk.stock("x", A=5)
        desk.stock("y", B=5)
        assert sorted(where(desk, desk.place(A=1, B=1))) == expected


def test_order_that_is_fetched_waits_for_its_location_and_goes_nowhere_else() -> None:
    shop = a_location("shop-oak", per_request="9").model_copy(update={"uses": (Use.PICKUP,)})
    desk = a_desk(locations=(a_location("near", per_request="1"), shop))
    order = an_order(A=1).model_copy(update={"pickup_at": LocationId("shop-oak")})
    desk.receive(order, "shop")
    desk.tick()
    assert where(desk, order.order_id) == ["shop-oak"]
    assert where(desk, desk.place(2, A=1)) == ["near"], "a shop that only hands over ships nothing"


def test_location_gets_no_more_units_than_are_left_of_its_day() -> None:
    near = a_location("near", per_request="3").model_copy(update={"capacity": Capacity(units=3)})
    desk = a_desk(locations=(near, a_location("far", per_request="4")))
    assert [where(desk, desk.place(number, A=2)) for number in (1, 2)] == [["near"], ["far"]]
    assert where(desk, desk.place(3, A=1)) == ["near"]


def test_day_that_somebody_else_filled_meanwhile_is_seen_before_anything_is_promised(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    near = a_location("near", per_request="3").model_copy(update={"capacity": Capacity(units=3)})
    desk = a_desk(locations=(near, a_location("far", per_request="4")))
    told = desk.uow.requests.waiting_at
    looks: list[bool] = []

    def overtaken(locations: list[LocationId], *, lock: bool = False) -> dict[LocationId, tuple[int, Decimal]]:
        looks.append(lock)
        return {each: (1, Decimal(2)) for each in locations} if len(looks) > 1 else told(locations, lock=lock)

    monkeypatch.setattr(desk.uow.requests, "waiting_at", overtaken)
    assert where(desk, desk.place(A=2)) == ["far"]
    assert looks[:3] == [False, True, False]


def test_goal_that_a_rule_names_keeps_the_prices_that_the_merchant_set() -> None:
    """Few splits alone would take one dear parcel; the merchant's own price of a split stays."""
    places = (a_location("one", per_request="9"), a_location("x", per_request="2"), a_location("y", per_request="2"))
    few = RuleBook(rules=(Rule(name="together", goal=Goal.FEW_SPLITS),))
    for own, expected in ((Prices(), ["one"]), (Prices(split=Decimal(1)), ["x", "y"])):
        desk = Desk(network=a_network(*places).model_copy(update={"rules": few, "own_prices": own}))
        desk.stock("one", A=5, B=5)
        desk.stock("x", A=5)
        desk.stock("y", B=5)
        assert sorted(where(desk, desk.place(A=1, B=1))) == expected
