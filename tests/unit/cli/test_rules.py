"""``hub rule``: the rules of routing checked, listed, tried on their examples and explained for an order."""

from __future__ import annotations

import shutil
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from hub.model.identity import OrderId
from hub.model.routing import RoutingPlan, ShadowPlan
from tests.fakes.installation import CANARY, NOW, STREET, Installation, an_order, connection

RULES = """\
rules:
  - name: own_stores_only
    about: Suppliers ship nothing to the US.
    when: {order.country: US}
    never: {location.kind: dropship}
  - name: kites_by_two
    lines: line.sku == 'KITE' && line.quantity >= 2.0
    only: [depot]
  - name: look
    when: order.channel == 'shop'
    hold: Ask Casey's desk.
  - name: labour
    charge: {where: {location.kind: store}, per_shipment: 1.50}
examples:
  - name: kites by the depot
    order: {channel: shop, country: US, lines: [{sku: KITE, quantity: 2}]}
    open: [depot]
    refused: {high_street: kites_by_two, mill: own_stores_only}
    held: [look]
"""


@pytest.fixture
def shop(installation: Installation) -> Installation:
    kinds = {"depot": "warehouse", "high_street": "store", "mill": "dropship"}
    locations = {name: {"kind": kind, "connection": "booth"} for name, kind in kinds.items()}
    channels = {"shop": {"connection": "booth", "sells_from": list(kinds)}}
    installation.configure({"booth": connection()}, locations=locations, channels=channels)
    write(installation, RULES)
    return installation


def write(shop: Installation, text: str, name: str = "rules.yaml") -> None:
    (shop.folder / "mappings" / name).write_text(text)


def with_order(shop: Installation) -> None:
    storage = shop.storage()
    with storage.begin() as uow:
        uow.orders.add(an_order())
    storage.close()


def test_rules_that_are_right(shop: Installation) -> None:
    done = shop.run("rule", "check")
    assert (0, "The rules are right.\n") == (done.exit_code, done.stdout)


def test_a_fault_is_shown_with_its_line_and_a_caret(shop: Installation) -> None:
    write(shop, RULES.replace("order.channel == 'shop'", "order.chanel == 'shop'"))
    done = shop.run("rule", "check")
    assert 3 == done.exit_code
    assert "rules.yaml:10:17: order has no field chanel. Did you mean channel?\n" in done.stdout
    assert "      when: order.chanel == 'shop'\n                  ^\n" in done.stdout


def test_what_cannot_be_meant_ends_with_5(shop: Installation) -> None:
    write(
        shop, "rules:\n  - {name: both, only: [depot]}\n  - {name: neither, when: {order.country: CA}, only: [mill]}\n"
    )
    done = shop.run("rule", "check")
    words = "both and neither leave no location where order.channel is shop, order.country is CA."
    assert (5, True) == (done.exit_code, f"rules.yaml:2:6: {words}" in done.stdout)
    (finding,) = shop.json("rule", "check")["findings"]
    assert ("shut-out", ["both", "neither"]) == (finding["kind"], finding["rules"])
    assert {"order": {"channel": "shop", "country": "CA"}, "line": {}} == finding["example"]


def test_what_is_good_to_know_is_no_failure(shop: Installation) -> None:
    write(shop, "rules:\n  - {name: some, when: {order.country: CA}, hold: Look.}\n", "rules.summer.yaml")
    done = shop.run("rule", "check")
    assert (0, True) == (done.exit_code, "No rule applies to an order where order.country is anything" in done.stdout)
    assert ["summer"] == [each["draft"] for each in shop.json("rule", "check")["findings"]]


def test_list_shows_the_rules_after_those_that_every_hub_has(shop: Installation) -> None:
    found = shop.json("rule", "list")
    assert ["channel", "shipping", "pickup"] == [each["name"] for each in found["rules"] if each["built_in"]]
    own = [each for each in found["rules"] if not each["built_in"]]
    assert ["order.country == 'US'", ["never location.kind == 'dropship'"]] == [own[0]["when"], own[0]["says"]]
    assert ["charge 1.5 a shipment, 0 a unit: location.kind == 'store'"] == own[3]["says"]
    assert own[0]["place"].endswith("rules.yaml:2:5")
    assert found["version"] in shop.run("rule", "list").stdout


def test_examples_that_come_out_as_expected(shop: Installation) -> None:
    done = shop.run("rule", "test")
    assert (0, True) == (done.exit_code, "1 examples, 0 different." in done.stdout)


def test_an_example_that_comes_out_otherwise_ends_with_5(shop: Installation) -> None:
    write(shop, RULES.replace("open: [depot]", "open: [depot, mill]"))
    done = shop.run("rule", "test", "--json")
    (example,) = shop.json("rule", "test")["examples"]
    assert (
        5,
        ["mill may not ship it: own_stores_only: location.kind = dropship; kites_by_two: location.id = mill"],
    ) == (
        done.exit_code,
        example["differences"],
    )


def test_an_example_that_comes_out_otherwise_is_a_fault_of_the_set_up(shop: Installation) -> None:
    assert shop.json("config", "validate")["valid"]
    write(shop, RULES.replace("open: [depot]", "open: [depot, mill]"), "rules.summer.yaml")
    (problem,) = shop.json("config", "validate")["problems"]
    assert ("rule.differs", True) == (problem["code"], problem["place"].endswith("rules.summer.yaml:15:5"))


def test_what_a_draft_of_the_set_up_changes_in_the_rules_is_told(shop: Installation, tmp_path: Path) -> None:
    other = tmp_path / "other"
    shutil.copytree(shop.folder / "mappings", other / "mappings")
    shutil.copy(shop.config, other / "hub.yaml")
    text = RULES.replace("Ask Casey's desk.", "Ask.").replace("rules:", "rollout: {summer: 10}\nrules:")
    (other / "mappings" / "rules.yaml").write_text(text)
    (other / "mappings" / "rules.summer.yaml").write_text("rules:\n  - {name: near, only: [depot]}\n")
    found = {each["key"]: each for each in shop.json("config", "diff", str(other))["differences"]["setting"]}
    assert {"rollout summer", "look", "summer near"} == found.keys()
    assert "when order.channel == 'shop', hold Ask." == found["look"]["new"]["shown"]
    assert found["look"]["old"]["place"].endswith("mappings/rules.yaml:9:5")


def test_an_order_is_explained_rule_by_rule_and_location_by_location(shop: Installation) -> None:
    with_order(shop)
    found = shop.json("rule", "explain", "#1001")
    assert "shop-1001" == found["order_id"]
    rules = {each["rule"]: each for each in found["rules"]}
    assert (True, {"order.country": "US"}) == (rules["own_stores_only"]["applies"], rules["own_stores_only"]["seen"])
    assert ["high_street", "mill"] == rules["kites_by_two"]["closed"]
    locations = {each["location"]: each for each in found["locations"]}
    assert [True, False, False] == [locations[name]["open"] for name in ("depot", "high_street", "mill")]
    (refusal,) = locations["high_street"]["refusals"]
    assert ("kites_by_two", "location.id in ['depot']", {"location.id": "high_street"}, ["KITE"]) == (
        refusal["rule"],
        refusal["clause"],
        refusal["seen"],
        refusal["skus"],
    )
    assert [{"rule": "look", "words": "Ask Casey's desk."}] == found["holds"]
    assert [("labour", ["high_street"], 1500)] == [
        (each["rule"], each["locations"], each["per_shipment_mills"]) for each in found["surcharges"]
    ]


def test_the_explanation_for_people_has_no_buyer_in_it(shop: Installation) -> None:
    with_order(shop)
    shown = shop.run("rule", "explain", "1001").output
    assert all(words in shown for words in ("own_stores_only: location.kind = dropship", "It waits: Ask Casey's desk."))
    assert STREET not in shown
    assert CANARY not in shown


def test_a_draft_is_explained_in_place_of_the_live_rules(shop: Installation) -> None:
    with_order(shop)
    write(shop, "rules:\n  - {name: stores, only: {location.kind: store}}\n", "rules.summer.yaml")
    found = shop.json("rule", "explain", "1001", "--draft", "summer")
    assert ["high_street"] == [each["location"] for each in found["locations"] if each["open"]]
    assert "summer" == shop.json("rule", "list", "--draft", "summer")["draft"]


def test_an_example_is_explained_in_place_of_an_order(shop: Installation) -> None:
    found = shop.json("rule", "explain", "--example", "kites by the depot")
    assert "kites by the depot" == found["order_id"]
    assert ["depot"] == [each["location"] for each in found["locations"] if each["open"]]


def test_what_drafts_in_shadow_would_have_decided_is_counted(shop: Installation) -> None:
    with_order(shop)
    summer = ShadowPlan(draft="summer", version="v1", cost=Decimal("5.50"), summary="mill for 5.50 USD")
    winter = ShadowPlan(draft="winter", version="v2", cost=Decimal(3), summary="held by look: Ask.")

    def plan(order: str, *shadows: ShadowPlan) -> RoutingPlan:
        words = "depot for 4.00 USD"
        return RoutingPlan(order_id=OrderId(order), decided_at=NOW, cost=Decimal(4), summary=words, shadows=shadows)

    storage = shop.storage()
    with storage.begin() as uow:
        uow.orders.add(an_order("1002"))
        for each in (plan("shop-1001", winter, winter), plan("shop-1001", summer, winter), plan("shop-1002", summer)):
            uow.requests.add_plan(each)
    storage.close()
    found = shop.json("rule", "shadow")
    assert (2, 3, "USD") == (found["orders"], len(found["differences"]), found["currency"])
    assert [["summer", "v1", 2, "3.00"], ["winter", "v2", 1, "-1"]] == [list(row.values()) for row in found["drafts"]]
    assert ["winter"] == [each["draft"] for each in shop.json("rule", "shadow", "--draft", "winter")["differences"]]
    shown = shop.run("rule", "shadow").stdout
    assert "shop-1002  summer: mill for 5.50 USD (was: depot for 4.00 USD)\n" in shown
    assert "2 orders looked at; 3 times a draft decides otherwise." in shown


def refused(shop: Installation, *words: str) -> tuple[int, Any]:
    return shop.run(*words).exit_code, shop.json(*words)["code"]


def test_what_is_not_there_is_said(shop: Installation) -> None:
    assert (2, "cli.unknown-draft") == refused(shop, "rule", "list", "--draft", "winter")
    assert (2, "cli.unknown-example") == refused(shop, "rule", "explain", "--example", "boats")
    assert (2, "cli.which-order") == refused(shop, "rule", "explain")
    assert (2, "cli.unknown-order") == refused(shop, "rule", "explain", "7777")
