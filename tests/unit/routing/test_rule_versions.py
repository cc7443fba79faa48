"""Drafts of rules: which orders they decide, and which are judged beside."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from hub.model.identity import OrderId
from hub.model.rule import RuleBook
from hub.routing.rule_versions import RuleSets, rule_sets
from tests.unit.routing.rule_cases import NETWORK

ORDERS = [OrderId(f"shop-{number}") for number in range(4_000)]


def sets(**percents: int) -> RuleSets:
    """Live rules and a draft by each of these names, which decides so many percent."""
    rollout = {name: Decimal(percent) for name, percent in percents.items()}
    drafts = {name: RuleBook(name=name) for name in (*percents, "aside")}
    update = {"rules": RuleBook(rollout=rollout, shadow=("aside",)), "drafts": drafts}
    return rule_sets(NETWORK.model_copy(update=update))


def decided_by(rules: RuleSets, draft: str) -> set[OrderId]:
    return {order for order in ORDERS if rules.deciding(order).name == draft}


def test_drafts_decide_their_share_of_the_orders() -> None:
    rules = sets(autumn=10, summer=20)
    shares = [len(decided_by(rules, name)) / len(ORDERS) for name in ("autumn", "summer", "")]
    assert [0.1, 0.2, 0.7] == [round(share, 1) for share in shares]


def test_none_and_all() -> None:
    assert set() == decided_by(sets(summer=0), "summer")
    assert set(ORDERS) == decided_by(sets(summer=100), "summer")
    assert set(ORDERS) == decided_by(sets(autumn=0, summer=100), "summer")


@given(st.integers(0, 99), st.integers(1, 100))
def test_a_rising_share_only_adds_orders(less: int, more: int) -> None:
    before, after = sets(summer=less), sets(summer=min(100, less + more))
    some = ORDERS[:200]
    kept = {order for order in some if before.deciding(order).name == "summer"}
    assert kept <= {order for order in some if after.deciding(order).name == "summer"}


def test_drafts_one_after_the_other_meet_other_orders() -> None:
    first, second = decided_by(sets(summer=10), "summer"), decided_by(sets(winter=10), "winter")
    assert len(first & second) < len(first) / 4


def test_shadows_are_judged_beside_what_decided() -> None:
    rules = sets(summer=100)
    assert ["aside"] == [draft.name for draft in rules.shadows(rules.live)]
    assert [] == list(rules.shadows(rules.drafts["aside"]))
