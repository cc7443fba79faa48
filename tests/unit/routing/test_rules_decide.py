"""Rules where orders are routed: which version decided, what drafts in shadow say, and why a location was barred."""

from __future__ import annotations

from decimal import Decimal

from hub.model.identity import LocationId, Sku
from hub.model.network import Network
from hub.model.order import LineCounters, OrderRecord
from hub.model.routing import RoutingPlan
from hub.model.rule import Rule, RuleBook
from hub.routing.candidates import Demand, Site
from hub.routing.strategy import Case, Strategy
from tests.builders import NOW, an_order
from tests.unit.routing.rule_cases import NETWORK, a_rule

FAR = a_rule("far", only="location.id == 'west'")


def network(*rules: Rule, **drafts: Rule) -> Network:
    """These rules, and drafts of one rule each in shadow."""
    live = RuleBook(rules=rules, shadow=tuple(drafts))
    books = {name: RuleBook(name=name, rules=(rule,)) for name, rule in drafts.items()}
    return NETWORK.model_copy(update={"rules": live, "drafts": books})


def decided(given: Network) -> RoutingPlan:
    order = an_order(PAINT=2)
    record = OrderRecord(order, {line.line_id: LineCounters.fresh(line.quantity) for line in order.lines})
    demands = [Demand(line.line_id, line.sku, line.quantity) for line in order.lines]
    sites = [Site(location, {Sku("PAINT"): Decimal(5)}) for location in given.locations]
    return Strategy.of(given).decide(Case(record, demands, sites, NOW, {})).plan


def test_the_version_that_decided_is_kept_with_the_plan() -> None:
    given = network(FAR)
    plan = decided(given)
    assert (given.rules.version, ("west",)) == (plan.rules, plan.locations)


def test_a_barred_location_says_which_rule_and_what_it_saw() -> None:
    candidates = {each.location: each for each in decided(network(FAR)).candidates}
    assert "far: location.id = east" in candidates[LocationId("east")].reason


def test_a_draft_that_decides_takes_the_place_of_the_live_rules() -> None:
    live = RuleBook(rules=(FAR,), rollout={"near": Decimal(100)})
    near = RuleBook(name="near", rules=(a_rule("near", only="location.id == 'east'"),))
    plan = decided(NETWORK.model_copy(update={"rules": live, "drafts": {"near": near}}))
    assert (near.version, ("east",)) == (plan.rules, plan.locations)


def test_a_draft_in_shadow_changes_nothing_and_what_it_says_otherwise_is_kept() -> None:
    given = network(FAR, near=a_rule("near", only="location.id == 'east'"), same=FAR)
    plan, alone = decided(given), decided(network(FAR))
    assert (alone.assignments, alone.cost) == (plan.assignments, plan.cost)
    (shadow,) = plan.shadows
    assert ("near", given.drafts["near"].version) == (shadow.draft, shadow.version)
