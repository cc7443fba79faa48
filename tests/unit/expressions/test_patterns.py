"""Patterns match what Python's re matches, and take no longer than the text is long."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.expressions.patterns import MOST_TEXT, Pattern, PatternError
from tests.unit.expressions.shop_order import failed, refused, value_of

_ATOMS = [
    "a",
    "b",
    ".",
    "[ab]",
    "[^a]",
    "[a-c1]",
    r"\d",
    r"\D",
    r"\w",
    r"\s",
    r"\.",
    "^",
    "$",
    "1",
    r"[\d.]",
    "",
    r"\$",
]
patterns = st.recursive(
    st.sampled_from(_ATOMS),
    lambda inner: st.one_of(
        st.tuples(inner, inner).map("".join),
        st.tuples(inner, inner).map(lambda pair: f"({pair[0]}|{pair[1]})"),
        st.tuples(inner, st.sampled_from(["*", "+", "?", "{2}", "{1,2}", "{0,3}", "{2,}", "*?"])).map(
            lambda pair: f"(?:{pair[0]}){pair[1]}"
        ),
    ),
    max_leaves=8,
)


@given(patterns, st.lists(st.text("abc1. \n$", max_size=8), min_size=1, max_size=5), st.booleans())
@settings(max_examples=60)
def test_patterns_mean_what_they_mean_elsewhere(pattern: str, texts: list[str], folds: bool) -> None:
    ours = Pattern(f"(?i){pattern}" if folds else pattern)
    # The dollar of RE2 is the very end; Python's also stands before a last line end.
    theirs = re.compile(re.sub(r"(?<!\\)\$", r"\\Z", pattern), re.ASCII | (re.IGNORECASE if folds else 0))
    for text in texts:
        shown = text.upper() if folds else text
        assert bool(theirs.search(shown)) == ours.found_in(shown), (pattern, shown)


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        ("(a+)+$", "a" * (MOST_TEXT - 1) + "b", False),
        ("(a|a)*b", "a" * MOST_TEXT, False),
        ("(.*){3}x", "y" * MOST_TEXT, False),
        ("a?" * 140 + "a" * 140, "a" * 140, True),
    ],
)
def test_patterns_that_take_others_for_ever_end(pattern: str, text: str, found: bool) -> None:
    assert found == Pattern(pattern).found_in(text)


@pytest.mark.parametrize(
    ("pattern", "at"),
    [
        ("(a", 0), ("a)", 1), ("[a", 0), ("[]", 0), ("*a", 0), ("a**", 2), ("a{2}{3}", 4), ("a{x}", 1), ("a{3,2}", 1),
        ("a{1", 1), ("[z-a]", 1), (r"\b", 0), (r"(a)\1", 3), ("a" * 301, 0), ("(a{100}){100}", 0),
        ("(((){99}){99}){99}", 0), ("(" * 21 + "a" + ")" * 21, 20), ("a\\", 2), ("(?=a)", 1), ("]", 0),
    ],
)  # fmt: skip
def test_other_patterns_are_refused_with_their_place(pattern: str, at: int) -> None:
    with pytest.raises(PatternError) as caught:
        Pattern(pattern)
    assert at == caught.value.at


def test_place_in_a_pattern_is_shown_in_the_expression() -> None:
    error = refused("order.kind.matches(r'^(gift')")
    assert "order.kind.matches(r'^(gift')\n                      ^" == error.pointed()


def test_long_texts_are_refused() -> None:
    error = failed("row.t.matches('a')", row={"t": "b" * (MOST_TEXT + 1)})
    assert "expression.budget" == error.code
    assert value_of("row.t.matches('a$')", row={"t": "b" * (MOST_TEXT - 1) + "a"}) is True
