"""What a figure contains: units that cannot be sold never count as ours, and nothing is guessed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from hub.inventory.counting import CountResult, Known, count_location, left_out_by_count
from hub.model.identity import LocationId, RequestId, Sku
from hub.model.ledger import Balance, Commitment, Departure
from hub.model.network import PARTS, CountingRule, MissingPart, NetOf
from hub.model.stock import CountBasis, FeedMode, StockReport
from tests.builders import a_report, at

HERE, SKU = LocationId("acme"), Sku("A")
ON_HAND, AVAILABLE = CountBasis.ON_HAND, CountBasis.AVAILABLE
TEN = at(30)
UNAVAILABLE, COMMITTED, ON_ORDER = CountBasis.UNAVAILABLE, CountBasis.COMMITTED, CountBasis.ON_ORDER


def says(basis: CountBasis, figure: int, parts: Mapping[CountBasis, int], *, as_of: datetime = TEN) -> StockReport:
    report = a_report("acme", {"A": figure}, as_of=as_of, basis=basis)
    beside = [a_report("acme", {"A": units}, basis=part).rows[0] for part, units in parts.items()]
    return report.model_copy(update={"rows": (*report.rows, *beside)})


def counted(rule: CountingRule, report: StockReport, known: Known | None = None) -> CountResult:
    return count_location(rule, report, HERE, known or Known({}))


@pytest.mark.parametrize("basis", [ON_HAND, AVAILABLE])
@given(st.integers(0, 99), st.dictionaries(st.sampled_from(sorted(PARTS)), st.integers(0, 99)))
def test_every_part_a_figure_contains_is_taken_out_of_what_can_be_promised(
    basis: CountBasis, figure: int, parts: dict[CountBasis, int]
) -> None:
    rule = CountingRule(basis=basis, contains=tuple(parts))
    [decision] = counted(rule, says(basis, figure, parts)).decisions
    assert decision.on_hand == sum((term.quantity for term in decision.terms), Decimal(0))
    assert decision.on_hand - decision.unavailable_delta == figure - sum(parts.values())
    assert decision.unavailable_delta == parts.get(UNAVAILABLE, 0)


@pytest.mark.parametrize("contains", [(), (COMMITTED,), (UNAVAILABLE, COMMITTED)])
@given(st.integers(0, 99), st.integers(0, 99))
def test_parts_that_a_figure_does_not_contain_change_nothing(
    contains: tuple[CountBasis, ...], figure: int, units: int
) -> None:
    rule = CountingRule(basis=ON_HAND, contains=contains)
    told = dict.fromkeys(contains, 1)
    beside = dict.fromkeys(sorted(PARTS.difference(contains)), units)
    plain, cluttered = (counted(rule, says(ON_HAND, figure, each)).decisions[0] for each in (told, told | beside))
    assert plain == cluttered


def test_figure_without_its_part_is_refused_and_the_item_keeps_what_it_had() -> None:
    rule = CountingRule(basis=ON_HAND, contains=(UNAVAILABLE, COMMITTED))
    result = counted(rule, says(ON_HAND, 50, {COMMITTED: 3}))
    assert () == result.decisions
    assert [("stock.part-missing", "A")] == [(each.code, each.sku) for each in result.refusals]
    assert "contains unavailable units" in result.refusals[0].message


def test_figure_of_none_has_no_parts_to_be_missed() -> None:
    rule = CountingRule(basis=AVAILABLE, contains=(ON_ORDER,))
    known = Known({SKU: Balance(SKU, HERE, Decimal(40))})
    [decision] = counted(rule, says(AVAILABLE, 0, {}), known).decisions
    assert (Decimal(0), Decimal(-40)) == (decision.on_hand, decision.delta)


def test_part_of_another_moment_is_no_part_of_the_figure() -> None:
    rule = CountingRule(basis=ON_HAND, contains=(COMMITTED,))
    report = says(ON_HAND, 50, {COMMITTED: 3})
    figure, part = report.rows
    report = report.model_copy(update={"rows": (figure, part.model_copy(update={"as_of": at(10)}))})
    assert ["stock.part-missing"] == [each.code for each in counted(rule, report).refusals]


def test_part_left_out_where_there_is_none_of_it_is_zero_if_the_rule_says_so() -> None:
    rule = CountingRule(basis=ON_HAND, contains=(UNAVAILABLE, COMMITTED), missing_part=MissingPart.ZERO)
    known = Known({SKU: Balance(SKU, HERE, Decimal(40), unavailable=Decimal(6))})
    [decision] = counted(rule, says(ON_HAND, 50, {}), known).decisions
    assert (Decimal(50), Decimal(-6)) == (decision.on_hand, decision.unavailable_delta)


def test_parts_come_in_packs_of_their_own() -> None:
    rule = CountingRule(basis=ON_HAND, contains=(COMMITTED,))
    report = a_report("acme", {"A": 5}, as_of=at(30), units_each=12)
    loose = a_report("acme", {"A": 7}, basis=COMMITTED)
    report = report.model_copy(update={"rows": (*report.rows, *loose.rows)})
    assert Decimal(53) == counted(rule, report).decisions[0].on_hand


def test_item_that_a_full_report_does_not_name_needs_no_parts() -> None:
    rule = CountingRule.model_validate({"contains": (COMMITTED,), "missing": "zero"}, strict=False)
    report = says(ON_HAND, 5, {COMMITTED: 1}).model_copy(update={"mode": FeedMode.FULL})
    known = Known({Sku("B"): Balance(Sku("B"), HERE, Decimal(9), counted_at=at(0))})
    found = {each.sku: each.on_hand for each in counted(rule, report, known).decisions}
    assert {"A": Decimal(4), "B": Decimal(0)} == found


MINUTE = st.integers(0, 60)


@given(
    st.sampled_from([NetOf.NONE, NetOf.SENT, NetOf.ACKNOWLEDGED]),
    st.integers(0, 50),
    st.integers(1, 20),
    MINUTE,
    MINUTE,
    st.none() | MINUTE,
)
def test_net_of_committed_units_count_and_shipment_commute(
    net_of: NetOf, others: int, units: int, as_of: int, shipped: int, asked: int | None
) -> None:
    """A figure less its committed units leaves our requests out as an available one does."""
    rule = CountingRule(basis=ON_HAND, contains=(COMMITTED,), net_of=net_of)
    asked_at = at(asked) if asked is not None else None
    departure = Departure(SKU, HERE, Decimal(units), at(shipped), RequestId("P1"), asked_at, asked_at)
    promised = Commitment(RequestId("P1"), SKU, HERE, Decimal(units), asked_at, asked_at)
    report = says(ON_HAND, 99, {COMMITTED: others}, as_of=at(as_of))

    def on_hand(known: Known) -> Decimal:
        [decision] = counted(rule, report, known).decisions
        return decision.on_hand

    shipment_first = on_hand(Known({}, (), [departure]))
    moved = Decimal(0) if left_out_by_count(rule, at(as_of), departure) else Decimal(units)
    assert shipment_first == on_hand(Known({}, [promised])) - moved


@pytest.mark.parametrize(
    "wrong",
    [
        {"contains": (ON_HAND,)},
        {"basis": AVAILABLE, "contains": (COMMITTED, COMMITTED)},
        {"basis": ON_ORDER, "contains": (COMMITTED,)},
    ],
    ids=["no part", "twice", "a basis that contains nothing"],
)
def test_rule_that_makes_no_sense_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError, match="contains"):
        CountingRule.model_validate(wrong)
