"""How far a location is believed by its record."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.inventory.atp import available_to_promise, standing
from hub.inventory.freshness import freshness
from hub.inventory.record import Record, kept_percent, shown_by_record
from hub.model.identity import Sku
from hub.model.ledger import Balance
from hub.model.network import CountingRule, RecordRule
from tests.builders import NOW, a_location, at

RULE = RecordRule()


def record(asked: int, short: int) -> Record:
    return Record(Decimal(asked), Decimal(short))


@pytest.mark.parametrize(
    ("asked", "short", "percent"),
    [(120, 7, 95), (120, 0, 100), (12, 7, 100), (20, 10, 75), (2000, 1900, 50), (0, 0, 100)],
)
def test_share_that_is_kept(asked: int, short: int, percent: int) -> None:
    assert Decimal(percent) == kept_percent(RULE, record(asked, short))


def test_channels_are_shown_the_share_to_the_nearest_unit() -> None:
    words = "kept back, 7 of 120 units asked in 60 days were not there"
    assert (Decimal(38), words) == shown_by_record(RULE, record(120, 7), Decimal(40))
    assert Decimal(1) == shown_by_record(RULE, record(120, 7), Decimal(1))[0]


def test_age_and_record_each_have_a_term() -> None:
    rule = CountingRule(discount_after_hours=Decimal(6), record=RULE)
    fresh = freshness(rule, NOW, at(7 * 60))
    balance = Balance(Sku("A"), a_location("acme").location, Decimal(80), counted_at=NOW)
    atp = available_to_promise(standing(a_location("acme", counting=rule), fresh, record(120, 7)), balance, Decimal(0))
    terms = [
        ("its count is 7.0 h old, 0.5 of it is shown", -40),
        ("kept back, 7 of 120 units asked in 60 days were not there", -2),
    ]
    assert terms == [(term.words, int(term.quantity)) for term in atp.kept_back]
    assert (Decimal(80), Decimal(38)) == (atp.quantity, atp.shown)


units = st.integers(0, 500)
rules = st.builds(
    RecordRule,
    least_units=st.integers(1, 50).map(Decimal),
    keep_at_least=st.integers(0, 100).map(lambda each: Decimal(each) / 100),
)


@given(rules, units, units, units)
def test_record_only_lowers_what_is_shown_down_to_its_least_share(
    rule: RecordRule, there: int, missing: int, quantity: int
) -> None:
    shown, _ = shown_by_record(rule, record(there + missing, missing), Decimal(quantity))
    assert int(rule.keep_at_least * quantity) - 1 <= shown <= quantity
    assert shown == quantity or missing


@given(rules, units, units, units, units)
def test_more_short_units_never_show_more(rule: RecordRule, asked: int, one: int, other: int, quantity: int) -> None:
    fewer, more = sorted((min(one, asked), min(other, asked)))
    shown = [shown_by_record(rule, record(asked, short), Decimal(quantity))[0] for short in (fewer, more)]
    assert shown[0] >= shown[1]
