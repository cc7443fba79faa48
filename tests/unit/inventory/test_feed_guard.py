"""Reports that are not believed as a whole, and the many odd ones that are."""

from __future__ import annotations

from decimal import Decimal

import pytest

from hub.inventory.counting import Known, count_location
from hub.inventory.feed_guard import AHEAD, Seen, future_refusal
from hub.model.identity import LocationId, Sku
from hub.model.ledger import Balance
from hub.model.network import CountingRule, MissingMeans
from hub.model.stock import BulkCount, FeedMode
from tests.builders import NOW, a_report, at

TEN = at(30)
HERE = LocationId("acme")
EACHES = CountingRule()
ZERO_IF_MISSING = CountingRule(missing=MissingMeans.ZERO)
MANY = [f"ITEM-{number:02d}" for number in range(20)]


def stock(**figures: int) -> dict[Sku, Balance]:
    return {Sku(sku): Balance(Sku(sku), HERE, Decimal(units), counted_at=NOW) for sku, units in figures.items()}


def verdict(
    rule: CountingRule, known: dict[Sku, Balance], said: dict[str, int | str], mode: FeedMode = FeedMode.FULL
) -> str:
    """The code of the refusal, empty where the report is believed."""
    report = a_report("acme", said, as_of=TEN, mode=mode)
    result = count_location(rule, report, HERE, Known(known))
    refusal = Seen.of(result, known).refusal(rule, report, HERE)
    return refusal.code if refusal is not None else ""


@pytest.mark.parametrize("named", [{"A": 4}, {"A": 4, "B": 0, "C": 0, "D": 0}])
def test_full_report_that_would_empty_the_shelves_is_refused(named: dict[str, int | str]) -> None:
    assert "stock.feed-guard" == verdict(ZERO_IF_MISSING, stock(A=4, B=4, C=4, D=4), named)


def test_half_of_the_items_may_go_to_zero() -> None:
    assert "" == verdict(ZERO_IF_MISSING, stock(A=4, B=4, C=4, D=4), {"A": 4, "B": 4})


def test_one_single_item_may_always_go_to_zero_where_the_report_says_so() -> None:
    assert "" == verdict(ZERO_IF_MISSING, stock(A=4), {"A": 0})


@pytest.mark.parametrize("known", [stock(A=4), stock(A=4, B=3, C=1), stock(A=0)])
def test_empty_full_report_is_refused_where_it_would_zero_what_it_does_not_name(known: dict[Sku, Balance]) -> None:
    assert "stock.empty-report" == verdict(ZERO_IF_MISSING, known, {})


def test_empty_report_says_nothing_where_nothing_is_known_or_nothing_follows_from_it() -> None:
    assert "" == verdict(ZERO_IF_MISSING, {}, {})
    assert "" == verdict(EACHES, stock(A=4), {})
    assert "" == verdict(ZERO_IF_MISSING, stock(A=4), {}, FeedMode.DELTA)


def test_report_that_is_older_than_all_counts_is_not_empty() -> None:
    known = {Sku("A"): Balance(Sku("A"), HERE, Decimal(4), counted_at=at(60))}
    assert "" == verdict(ZERO_IF_MISSING, known, {"A": 5})


@pytest.mark.parametrize("mode", list(FeedMode))
@pytest.mark.parametrize(("before", "after"), [(2, 24), (24, 2), (5, 15)])
def test_figures_that_all_change_by_one_factor_look_like_another_unit(mode: FeedMode, before: int, after: int) -> None:
    known = stock(**dict.fromkeys(MANY, before))
    assert "stock.unit-guard" == verdict(EACHES, known, dict.fromkeys(MANY, after), mode)


@pytest.mark.parametrize(
    ("known", "said"),
    [
        (stock(**dict.fromkeys(MANY, 2)), dict.fromkeys(MANY, 4)),
        (stock(**dict.fromkeys(MANY[:9], 2)), dict.fromkeys(MANY[:9], 24)),
        (stock(**dict.fromkeys(MANY, 2)), {**dict.fromkeys(MANY[:10], 24), **dict.fromkeys(MANY[10:], 2)}),
        (stock(**dict.fromkeys(MANY, 0)), dict.fromkeys(MANY, 24)),
        (stock(**dict.fromkeys(MANY, 2)), {sku: 10 + place for place, sku in enumerate(MANY)}),
    ],
    ids=["doubled", "few items", "half of them", "new stock", "each its own way"],
)
def test_ordinary_changes_are_believed(known: dict[Sku, Balance], said: dict[str, int | str]) -> None:
    assert "" == verdict(EACHES, known, said)


def test_guard_fraction_says_how_many_alike_are_believed() -> None:
    trusting = CountingRule(guard_fraction=Decimal(1))
    assert "" == verdict(trusting, stock(**dict.fromkeys(MANY, 2)), dict.fromkeys(MANY, 24))


def test_parts_of_a_report_give_the_verdict_of_the_whole() -> None:
    known = stock(**dict.fromkeys(MANY, 2))
    report = a_report("acme", dict.fromkeys(MANY, 24), as_of=TEN)
    seen = Seen()
    for part in (MANY[:7], MANY[7:]):
        balances = {sku: known[Sku(sku)] for sku in map(Sku, part)}
        some = a_report("acme", dict.fromkeys(part, 24), as_of=TEN)
        seen.add(Seen.of(count_location(EACHES, some, HERE, Known(balances)), balances))
    assert seen == Seen.of(count_location(EACHES, report, HERE, Known(known)), known)
    assert seen.refusal(EACHES, report, HERE) is not None
    seen.add(Seen.in_bulk(BulkCount(items=30, there=30, compared=30, ratios={1.0: 30})))
    assert seen.refusal(EACHES, report, HERE) is None, "most of them are as they were"


def test_report_of_a_time_that_has_not_come_is_refused_and_a_fast_clock_is_not() -> None:
    ahead = a_report("acme", {"A": 4}, as_of=NOW + AHEAD)
    assert future_refusal(ahead, HERE, NOW) is None
    refusal = future_refusal(ahead.model_copy(update={"as_of": NOW + 2 * AHEAD}), HERE, NOW)
    assert refusal is not None
    assert "stock.future-report" == refusal.code
    [row] = ahead.rows
    late_row = ahead.model_copy(update={"rows": (row.model_copy(update={"as_of": NOW + 2 * AHEAD}),)})
    assert future_refusal(late_row, HERE, NOW) is not None
