"""Counting contracts in the hub: figures that cannot be read rightly change nothing and wait for a person."""

from __future__ import annotations

from decimal import Decimal

import pytest

from hub.model.identity import LocationId
from hub.model.network import CountingRule
from hub.model.stock import CountBasis, StockReport
from tests.builders import Desk, a_location, a_network, a_report, at, broken_laws
from tests.unit.flows.test_feeds import receive
from tests.unit.flows.test_stock_and_channels import shown

WHOLESALE = CountingRule(contains=(CountBasis.COMMITTED,))


@pytest.fixture
def desk() -> Desk:
    return Desk(a_network(a_location("acme", counting=WHOLESALE), a_location("bolt")))


def told(figures: dict[str, int | str], committed: dict[str, int | str], minutes: float) -> StockReport:
    report = a_report("acme", figures, as_of=at(minutes))
    rows = a_report("acme", committed, basis=CountBasis.COMMITTED).rows
    return report.model_copy(update={"rows": (*report.rows, *rows)})


def figures(desk: Desk) -> dict[str, Decimal]:
    return {each.sku: each.on_hand for each in desk.uow.ledger.balances(None, [LocationId("acme")])}


@pytest.mark.parametrize("staged", [False, True], ids=["report", "feed"])
def test_figures_without_a_part_are_kept_for_a_person_and_the_others_count(desk: Desk, *, staged: bool) -> None:
    desk.receive(told({"A": 60, "B": 30, "C": 20}, {"A": 20, "B": 5, "C": 0}, 0), "acme", "first")
    assert {"A": 40, "B": 25, "C": 20} == figures(desk)
    desk.now = at(20)
    report = told({"A": 90, "B": 80, "C": 25}, {"C": 1}, 10)
    if staged:
        receive(desk, report, "second")
    else:
        desk.receive(report, "acme", "second")
    assert {"A": 40, "B": 25, "C": 24} == figures(desk)
    [entry] = desk.uow.quarantine.open(limit=10)
    assert ("stock.part-missing", "acme") == (entry.code, entry.path)
    assert "for A that contains committed units" in entry.message
    assert "There are 2 such figures at acme." in entry.message
    desk.tick()
    assert {"A": 40, "B": 25, "C": 24} == shown(desk)
    assert [] == broken_laws(desk)


@pytest.mark.parametrize("staged", [False, True], ids=["report", "feed"])
def test_a_figure_that_equals_the_books_is_not_believed_without_its_part(desk: Desk, *, staged: bool) -> None:
    """Set aside as the same it would make the books as fresh as itself."""
    desk.receive(told({"A": 40}, {"A": 0}, 0), "acme", "first")
    desk.now = at(20)
    report = told({"A": 40}, {}, 10)
    if staged:
        receive(desk, report, "second")
    else:
        desk.receive(report, "acme", "second")
    [balance] = desk.uow.ledger.balances(None, [LocationId("acme")])
    assert at(0) == balance.counted_at
    assert ["stock.part-missing"] == [entry.code for entry in desk.uow.quarantine.open(limit=10)]


@pytest.mark.parametrize("staged", [False, True], ids=["report", "feed"])
def test_a_stamp_that_runs_ahead_of_its_figures_is_read_by_its_lag(*, staged: bool) -> None:
    """Of the future by our clock, and believed: it is known to run ahead by half an hour."""
    desk = Desk(a_network(a_location("acme", counting=CountingRule(as_of_lag_minutes=Decimal(30))), a_location("bolt")))
    desk.now = at(60)
    report = a_report("acme", {"A": 9}, as_of=at(85))
    if staged:
        receive(desk, report, "ahead")
    else:
        desk.receive(report, "acme", "ahead")
    balance = desk.balance("A", "acme")
    assert (Decimal(9), at(55)) == (balance.on_hand, balance.counted_at)
    assert {"acme": at(55)} == desk.uow.ledger.freshness([LocationId("acme")])
    assert [] == desk.uow.quarantine.open(limit=10)
