"""GTINs: one number however it is written, and never one whose check digit is wrong."""

from __future__ import annotations

import pytest
from biip.checksums import gs1_standard_check_digit
from hypothesis import given
from hypothesis import strategies as st

from hub.mapping.gtin import GTIN_QUALIFIERS, gtin_of, has_wrong_check_digit, is_restricted, spellings

STEMS = st.integers(1, 10**13 - 1).map(str)


def whole(stem: str) -> str:
    return f"{stem}{gs1_standard_check_digit(stem)}"


@pytest.mark.parametrize(
    ("qualifier", "value", "gtin"),
    [
        ("UP", "012345678905", "00012345678905"),
        ("UP", "12345678905", "00012345678905"),
        ("EN", "0012345678905", "00012345678905"),
        ("UK", "00012345678905", "00012345678905"),
        ("gtin", "96385074", "00000096385074"),
        ("IB", "978-3-16-148410-0", "09783161484100"),
        ("UI", "01234567890", "00012345678905"),
        ("UA", "101234567890", "01012345678904"),
    ],
)
def test_number_is_the_same_however_it_is_written(qualifier: str, value: str, gtin: str) -> None:
    assert gtin == gtin_of(qualifier, value)
    assert not has_wrong_check_digit(qualifier, value)


@pytest.mark.parametrize(
    ("qualifier", "value"),
    [
        ("VN", "012345678905"),
        ("UP", "AB-12"),
        ("UP", "1234567"),
        ("UP", "12345678906"),
        ("UP", "000000000000"),
        ("UP", ""),
        ("UP", "٠١٢٣٤٥٦٧٨٩٠٥"),
    ],
)
def test_what_is_no_gtin_is_left_as_it_is(qualifier: str, value: str) -> None:
    assert gtin_of(qualifier, value) is None
    assert not has_wrong_check_digit(qualifier, value)


@given(st.sampled_from(["UP", "EN", "UK", "gtin"]), STEMS, st.integers(1, 9))
def test_wrong_check_digit_is_never_a_gtin(qualifier: str, stem: str, off: int) -> None:
    right = whole(stem.zfill(11 if len(stem) <= 11 else 13))
    wrong = right[:-1] + str((int(right[-1]) + off) % 10)
    assert gtin_of(qualifier, wrong) is None
    assert has_wrong_check_digit(qualifier, wrong)


@given(st.sampled_from(sorted(GTIN_QUALIFIERS)), STEMS)
def test_every_spelling_means_the_number(qualifier: str, stem: str) -> None:
    gtin = whole(stem).zfill(14)
    written = list(spellings(qualifier, gtin))
    assert gtin in written
    assert {gtin} == {gtin_of(qualifier, each) for each in written}
    assert len(written) == len(set(written))


@given(st.sampled_from(sorted(GTIN_QUALIFIERS)), st.text("0123456789", min_size=7, max_size=14))
def test_number_that_is_read_is_among_its_spellings(qualifier: str, value: str) -> None:
    gtin = gtin_of(qualifier, value)
    assert gtin is None or value in set(spellings(qualifier, gtin))


@pytest.mark.parametrize(
    ("stem", "restricted"),
    [
        ("201234567890", True),
        ("212345678901", True),
        ("02123456789", False),
        ("21234567890", True),
        ("41234567890", True),
        ("0123456", True),
        ("2123456", True),
        ("978316148410", False),
        ("01234567890", False),
        ("9638507", False),
    ],
)
def test_restricted_circulation_is_told_by_prefix(stem: str, restricted: bool) -> None:
    assert restricted is is_restricted(whole(stem).zfill(14))
