"""An old count is believed whole, in part, to a few units, and then not at all."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from hub.inventory.freshness import Band, freshness, next_change, shown_of
from hub.model.network import CountingRule
from tests.builders import NOW

RULE = CountingRule(
    discount_after_hours=Decimal(6), floor_after_hours=Decimal(12), floor=Decimal(3), stale_after_hours=Decimal(24)
)


def ago(hours: float) -> datetime:
    return NOW - timedelta(hours=hours)


@pytest.mark.parametrize(
    ("hours", "band", "shown"),
    [(5, "trusted", 20), (6, "trusted", 20), (7, "discounted", 10), (13, "floored", 3), (25, "stale", 0)],
)
def test_bands_follow_each_other_as_the_docstring_works_out(hours: float, band: str, shown: int) -> None:
    found = freshness(RULE, ago(hours), NOW)
    assert (band, Decimal(shown)) == (found.band, shown_of(RULE, found, Decimal(20))[0])


def test_a_band_without_its_bound_does_not_begin() -> None:
    floor_only = CountingRule(floor_after_hours=Decimal(1), floor=Decimal(3))
    old = freshness(floor_only, ago(1_000), NOW)
    assert (Band.FLOORED, Decimal(3)) == (old.band, shown_of(floor_only, old, Decimal(20))[0])
    assert Band.TRUSTED is freshness(CountingRule(), ago(1_000), NOW).band


def test_a_location_that_was_never_counted_is_stale_only_where_age_matters() -> None:
    assert [Band.STALE, Band.TRUSTED] == [freshness(rule, None, NOW).band for rule in (RULE, CountingRule())]


def test_the_next_change_is_the_end_of_the_present_band() -> None:
    assert [ago(-1), ago(-5), ago(-11), None] == [next_change(RULE, ago(hours), NOW) for hours in (5, 7, 13, 25)]
    assert next_change(CountingRule(), NOW, NOW) is None


def test_bounds_that_fall_are_refused() -> None:
    with pytest.raises(ValidationError, match="must not fall"):
        CountingRule(discount_after_hours=Decimal(6), stale_after_hours=Decimal(4))


@given(st.integers(0, 40), st.integers(-5, 50), st.decimals(0, 1, places=2), st.integers(0, 9))
def test_an_older_count_never_shows_more(hours: int, units: int, keep: Decimal, floor: int) -> None:
    rule = RULE.model_copy(update={"discount_keep": keep, "floor": Decimal(floor)})
    now, later = (shown_of(rule, freshness(rule, ago(age), NOW), Decimal(units))[0] for age in (hours, hours + 1))
    assert 0 <= later <= now <= max(0, units)
