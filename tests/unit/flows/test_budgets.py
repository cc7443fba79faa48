"""A channel with a budget of updates: what falls goes first, what waits says so, and goes out when it may."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.inventory.urgency import OVER_BUDGET, Spent, Wanted, affordable
from hub.model.identity import Sku
from hub.model.network import UpdateBudget
from hub.model.queue import Publication, PublicationState
from hub.model.stock import NO_SALES
from tests.builders import SHOP, Desk, a_location, a_network, a_report


def a_desk(budget: UpdateBudget, **stock: int) -> Desk:
    network = a_network(a_location("acme"))
    [channel] = network.channels
    desk = Desk(network.model_copy(update={"channels": (channel.model_copy(update={"budget": budget}),)}))
    count(desk, **stock)
    return desk


def a_budget(updates: int, seconds: int = 3600, *, per_item: bool = False, reserve: str = "0") -> UpdateBudget:
    return UpdateBudget(updates=updates, within_seconds=Decimal(seconds), per_item=per_item, reserve=Decimal(reserve))


def count(desk: Desk, **stock: int) -> None:
    desk.receive(a_report("acme", dict(stock), as_of=desk.now), "acme")
    desk.tick()


def sent(desk: Desk) -> list[str]:
    """What leaves now, in order."""
    return [item.subject for item in desk.send(kinds=("inventory",))]


def waiting(desk: Desk) -> list[str]:
    rows = desk.uow.publications.page(SHOP, state=PublicationState.PENDING)
    return [row.sku for row in rows if row.reason == OVER_BUDGET]


def test_what_is_over_budget_waits_and_goes_out_when_it_may() -> None:
    desk = a_desk(a_budget(2), A=5, B=9, C=7)
    assert ["A = 5", "B = 9"] == sent(desk)
    assert ["C"] == waiting(desk)
    desk.tick(59)
    assert [] == sent(desk)
    desk.tick(2)
    assert ["C = 7"] == sent(desk)
    assert [] == waiting(desk)


def test_what_shows_too_much_is_told_before_what_shows_too_little() -> None:
    desk = a_desk(a_budget(4), A=50, B=10, C=100, D=0)
    assert ["A = 50", "B = 10", "C = 100"] == sent(desk)[:3]
    desk.tick(61)
    count(desk, A=90, B=9, C=2, D=0)
    assert ["C = 2", "B = 9", "A = 90"] == sent(desk)


def test_reserve_is_left_for_figures_that_fall() -> None:
    desk = a_desk(a_budget(4, reserve="0.5"), A=10, B=10, C=10)
    assert 2 == len(sent(desk))
    assert ["C"] == waiting(desk)
    count(desk, A=0, B=12)
    assert ["A = 0"] == sent(desk)
    assert ["B", "C"] == waiting(desk)


def test_figure_that_waits_is_computed_anew_when_it_goes_out() -> None:
    desk = a_desk(a_budget(1), A=10, B=10)
    assert ["A = 10"] == sent(desk)
    count(desk, B=4)
    desk.tick(61)
    assert ["B = 4"] == sent(desk)


def test_budget_of_each_item_leaves_the_others_alone() -> None:
    desk = a_desk(a_budget(2, per_item=True), A=10, B=10)
    assert ["A = 10", "B = 10"] == sent(desk)
    for units in (9, 8, 7):
        count(desk, A=units)
        sent(desk)
    assert ["A"] == waiting(desk)
    count(desk, B=5)
    assert ["B = 5"] == sent(desk)
    desk.tick(61)
    assert ["A = 7"] == sent(desk)


def test_figure_that_replaces_an_unsent_one_costs_nothing() -> None:
    desk = a_desk(a_budget(1), A=10)
    for units in (9, 8, 7):
        count(desk, A=units)
    assert ["A = 7"] == sent(desk)


@pytest.mark.parametrize(
    ("updates", "reserve", "kept"), [(250, "0.2", 50), (1, "0.9", 0), (3, "0.5", 2), (2, "0.9", 1)]
)
def test_one_update_at_least_is_for_all(updates: int, reserve: str, kept: int) -> None:
    assert kept == a_budget(updates, reserve=reserve).kept


WANTED = st.builds(
    lambda was, now: Wanted(Publication(SHOP, Sku("A"), confirmed=was), Decimal(now), NO_SALES),
    st.none() | st.integers(0, 50).map(Decimal),
    st.integers(0, 50),
)


@given(st.integers(1, 8), st.decimals(0, "0.9", places=1), st.integers(0, 9), st.lists(WANTED, max_size=12))
def test_budget_is_never_passed_and_its_reserve_only_by_what_falls(
    updates: int, reserve: Decimal, spent: int, wanted: list[Wanted]
) -> None:
    budget = a_budget(updates, reserve=str(reserve))
    ordered = sorted(wanted, key=lambda each: each.urgency)
    told = [each for each, may in zip(ordered, affordable(budget, Spent(spent), ordered), strict=True) if may]
    assert len(told) <= max(0, updates - spent)
    assert all(each.falls for each in told) or len(told) <= updates - spent - budget.kept
    assert told == ordered[: len(told)]
