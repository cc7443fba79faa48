"""Worked numbers: what each of the seven demo suppliers' way of counting means."""

from __future__ import annotations

from datetime import datetime, time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.inventory.counting import CountResult, Known, count_location, left_out_by_count
from hub.model.identity import LocationId, RequestId, Sku
from hub.model.ledger import Balance, Cause, Commitment, Departure, GivenUp, Movement
from hub.model.network import CountingRule, MissingMeans, NetOf
from hub.model.stock import CountBasis, FeedMode, StockReport
from tests.builders import a_report, at

TEN = at(30)
HERE = LocationId("acme")
EACHES = CountingRule()
NET_OF_SENT = CountingRule(basis=CountBasis.AVAILABLE, net_of=NetOf.SENT)
NET_OF_ACKNOWLEDGED = CountingRule(basis=CountBasis.AVAILABLE, net_of=NetOf.ACKNOWLEDGED)
BY_BATCH = CountingRule(basis=CountBasis.AVAILABLE, net_of=NetOf.SENT, net_of_cutoff=time(9, 50))
NOT_NET = CountingRule(basis=CountBasis.AVAILABLE)
ZERO_IF_MISSING = CountingRule(missing=MissingMeans.ZERO)


def a_balance(on_hand: int, *, sku: str = "A", counted_at: datetime | None = None) -> Balance:
    return Balance(Sku(sku), HERE, Decimal(on_hand), counted_at=counted_at)


def asked(
    units: int, sent: datetime | None, acknowledged: datetime | None = None, *, backordered: int = 0
) -> Commitment:
    return Commitment(RequestId("P1"), Sku("A"), HERE, Decimal(units), sent, acknowledged, Decimal(backordered))


def left(
    units: int, shipped: datetime, sent: datetime | None = None, acknowledged: datetime | None = None
) -> Departure:
    return Departure(Sku("A"), HERE, Decimal(units), shipped, RequestId("P2"), sent, acknowledged)


def known(*balances: Balance, promised: list[Commitment] | None = None, gone: list[Departure] | None = None) -> Known:
    return Known({each.sku: each for each in balances}, promised or [], gone or [])


def count(rule: CountingRule, report: StockReport, what: Known) -> CountResult:
    return count_location(rule, report, HERE, what)


def on_hand(rule: CountingRule, report: StockReport, what: Known) -> Decimal:
    [decision] = count(rule, report, what).decisions
    assert decision.on_hand == sum((term.quantity for term in decision.terms), Decimal(0))
    return decision.on_hand


def test_supplier_that_counts_on_hand_in_eaches() -> None:
    what = known(a_balance(50), promised=[asked(6, at(0))], gone=[left(5, at(50)), left(3, at(10))])
    assert on_hand(EACHES, a_report("acme", {"A": 40}, as_of=TEN), what) == Decimal(35)


def test_supplier_that_counts_on_hand_in_cases() -> None:
    report = a_report("acme", {"A": 7}, as_of=TEN, units_each=12)
    result = count(EACHES, report, known(a_balance(90), gone=[left(5, at(50))]))
    assert [(each.counted, each.on_hand, each.delta) for each in result.decisions] == [
        (Decimal(84), Decimal(79), Decimal(-11))
    ]
    assert result.decisions[0].terms[0].words == "reported on hand 7 CA of 12"


def test_supplier_that_reports_available_net_of_our_open_orders() -> None:
    what = known(
        a_balance(0),
        promised=[asked(6, at(0)), asked(9, at(45)), asked(2, None)],
        gone=[left(5, at(50), sent=at(-30)), left(4, at(60), sent=at(40))],
    )
    report = a_report("acme", {"A": 40}, as_of=TEN, basis=CountBasis.AVAILABLE)
    assert on_hand(NET_OF_SENT, report, what) == Decimal(40 + 6 + 5 - 5 - 4)


def test_supplier_that_leaves_out_only_what_it_acknowledged() -> None:
    what = known(a_balance(0), promised=[asked(6, at(0), at(10)), asked(9, at(0), at(40)), asked(3, at(0))])
    report = a_report("acme", {"A": 40}, as_of=TEN, basis=CountBasis.AVAILABLE)
    assert on_hand(NET_OF_ACKNOWLEDGED, report, what) == Decimal(46)


def test_supplier_that_reports_available_not_net_of_our_orders() -> None:
    what = known(a_balance(0), promised=[asked(6, at(0))], gone=[left(5, at(50), sent=at(0))])
    report = a_report("acme", {"A": 40}, as_of=TEN, basis=CountBasis.AVAILABLE)
    assert on_hand(NOT_NET, report, what) == Decimal(35)


def test_supplier_with_two_warehouses_in_one_feed() -> None:
    east = a_report("acme", {"A": 40}, as_of=TEN)
    west = a_report("west", {"A": 9}, as_of=TEN)
    feed = east.model_copy(update={"rows": east.rows + west.rows, "locations": east.locations + west.locations})
    assert on_hand(EACHES, feed, known()) == Decimal(40)
    [decision] = count_location(EACHES, feed, LocationId("west"), known()).decisions
    assert (decision.location, decision.on_hand) == ("west", Decimal(9))


def test_supplier_whose_full_feed_means_zero_for_a_missing_item() -> None:
    report = a_report("acme", {"A": 4, "B": 5}, as_of=TEN, mode=FeedMode.FULL)
    what = known(a_balance(4), a_balance(5, sku="B"), a_balance(8, sku="C", counted_at=at(0)))
    decisions = {each.sku: each for each in count(ZERO_IF_MISSING, report, what).decisions}
    assert (decisions[Sku("C")].on_hand, decisions[Sku("C")].delta) == (Decimal(0), Decimal(-8))
    unchanged = {each.sku for each in count(EACHES, report, what).decisions}
    assert unchanged == {"A", "B"}


def test_supplier_whose_delta_feed_is_hours_old() -> None:
    what = known(a_balance(31, counted_at=at(-600)), gone=[left(5, at(-100)), left(2, at(20)), left(1, at(-200))])
    report = a_report("acme", {"A": 30}, as_of=at(-150))
    assert on_hand(EACHES, report, what) == Decimal(30 - 5 - 2)


def test_item_out_of_stock_and_backordered_is_not_credited_with_units_no_shelf_holds() -> None:
    what = known(a_balance(5), promised=[asked(8, at(0), backordered=3)])
    report = a_report("acme", {"A": 0}, as_of=TEN, basis=CountBasis.AVAILABLE)
    assert on_hand(NET_OF_SENT, report, what) == Decimal(5)


@pytest.mark.parametrize(("gave_up", "units"), [(at(20), 20), (at(40), 24)], ids=["before", "after the count"])
def test_units_given_up_are_added_where_the_figure_still_left_them_out(gave_up: datetime, units: int) -> None:
    lost = GivenUp("P9:1:no", Sku("A"), HERE, Decimal(4), gave_up, RequestId("P9"), at(0), at(1))
    what = Known({Sku("A"): a_balance(20)}, given_up=[lost])
    available = a_report("acme", {"A": 20}, as_of=TEN, basis=CountBasis.AVAILABLE)
    assert on_hand(NET_OF_SENT, available, what) == Decimal(units)
    assert on_hand(NET_OF_ACKNOWLEDGED, available, what) == Decimal(units)
    assert on_hand(EACHES, a_report("acme", {"A": 20}, as_of=TEN), what) == Decimal(20)
    assert on_hand(NOT_NET, available, what) == Decimal(20)


def test_returns_put_back_after_the_count_are_kept() -> None:
    restock = Movement("r", Sku("A"), HERE, Decimal(2), Cause.RESTOCK, at(40), at(40))
    what = Known({Sku("A"): a_balance(12)}, arrivals=[restock])
    assert on_hand(EACHES, a_report("acme", {"A": 10}, as_of=TEN), what) == Decimal(12)


def test_figure_older_than_the_newest_count_is_refused() -> None:
    result = count(EACHES, a_report("acme", {"A": 40}, as_of=at(-1)), known(a_balance(50, counted_at=at(0))))
    assert result.decisions == ()
    assert [(each.code, each.sku) for each in result.refusals] == [("stock.superseded", "A")]


def test_packs_of_different_size_add_up_and_a_repeated_figure_is_a_correction() -> None:
    cases = a_report("acme", {"A": 2}, as_of=TEN, units_each=12)
    loose = a_report("acme", {"A": 5}, as_of=TEN)
    fixed = a_report("acme", {"A": 6}, as_of=TEN)
    report = cases.model_copy(update={"rows": cases.rows + loose.rows + fixed.rows})
    assert on_hand(EACHES, report, known()) == Decimal(30)


def test_figures_of_another_basis_are_left_alone() -> None:
    report = a_report("acme", {"A": 2}, as_of=TEN, basis=CountBasis.ON_ORDER)
    assert count(EACHES, report, known()) == CountResult((), ())


RULES = st.sampled_from([EACHES, NOT_NET, NET_OF_SENT, NET_OF_ACKNOWLEDGED, BY_BATCH])
MINUTE = st.integers(0, 60)


@given(RULES, st.integers(5, 99), st.integers(1, 20), MINUTE, MINUTE, st.none() | MINUTE, st.none() | MINUTE)
def test_count_and_shipment_give_the_same_stock_in_either_order(
    rule: CountingRule, figure: int, units: int, as_of: int, shipped: int, sent: int | None, answered: int | None
) -> None:
    sent_at = at(sent) if sent is not None else None
    answered_at = at(answered) if answered is not None else None
    departure = left(units, at(shipped), sent_at, answered_at)
    report = a_report("acme", {"A": figure}, as_of=at(as_of), basis=rule.basis)
    shipment_first = on_hand(rule, report, known(a_balance(50 - units), gone=[departure]))
    counted = on_hand(rule, report, known(a_balance(50), promised=[asked(units, sent_at, answered_at)]))
    moved = Decimal(0) if left_out_by_count(rule, at(as_of), departure) else Decimal(units)
    assert counted - moved == shipment_first


def unsellable(report: StockReport, units: int, as_of: datetime | None = None) -> StockReport:
    rows = a_report("acme", {"A": units}, basis=CountBasis.UNAVAILABLE).rows
    return report.model_copy(update={"rows": (*report.rows, rows[0].model_copy(update={"as_of": as_of}))})


HELD = known(Balance(Sku("A"), HERE, Decimal(9), unavailable=Decimal(2)))


@pytest.mark.parametrize(
    ("rule", "report", "delta"),
    [
        (EACHES, unsellable(a_report("acme", {"A": 9}), 5), 3),
        (EACHES, unsellable(a_report("acme", {"A": 9}), 5, at(-60)), 0),
        (EACHES, a_report("acme", {"A": 9}), 0),
        (ZERO_IF_MISSING, a_report("acme", {"A": 9}, mode=FeedMode.FULL), -2),
        (NOT_NET, unsellable(a_report("acme", {"A": 9}, basis=CountBasis.AVAILABLE), 5), -2),
    ],
    ids=["said", "of another moment", "not said", "not named in a full report", "left out by the figure already"],
)
def test_unsellable_units_beside_what_is_there(rule: CountingRule, report: StockReport, delta: int) -> None:
    [decision] = count(rule, report, HELD).decisions
    assert (decision.delta, decision.unavailable_delta) == (Decimal(0), Decimal(delta))
