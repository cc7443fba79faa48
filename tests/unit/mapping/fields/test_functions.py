"""The named functions of mappings."""

from __future__ import annotations

from contextlib import suppress
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.errors import HubError
from hub.mapping.fields.functions import FUNCTIONS, Given


@pytest.mark.parametrize(
    ("name", "value", "constants", "result"),
    [
        ("trim", "  a b ", (), "a b"),
        ("trim", "   ", (), None),
        ("collapse", " a \n b ", (), "a b"),
        ("upper", "straße", (), "STRASSE"),
        ("lower", "ABC", (), "abc"),
        ("digits", "+1 (555) 010-9", (), "15550109"),
        ("strip_zeros", "00120", (), "120"),
        ("strip_zeros", "000", (), "0"),
        ("left", "abcdef", (2,), "ab"),
        ("right", "abcdef", (2,), "ef"),
        ("right", "abcdef", (0,), ""),
        ("substring", "abcdef", (2, 3), "bcd"),
        ("substring", "abcdef", (4,), "def"),
        ("part", "NW-200-L", ("-", 2), "200"),
        ("part", "NW-200-L", ("-", -1), "L"),
        ("part", "NW", ("-", 2), None),
        ("replace", "a.b.c", (".", ""), "abc"),
        ("prefix", "12", ("NW-",), "NW-12"),
        ("suffix", "12", ("L",), "12L"),
        ("without_prefix", "NW-12", ("NW-",), "12"),
        ("without_suffix", "12L", ("L",), "12"),
        ("pad", "12", (5,), "00012"),
        ("pad", "12", (5, " "), "   12"),
        ("round", Decimal("2.345"), (2,), Decimal("2.35")),
        ("floor", "2.9", (0,), Decimal(2)),
        ("ceiling", "2.1", (0,), Decimal(3)),
        ("negate", Decimal(5), (), Decimal(-5)),
        ("absolute", "-5", (), Decimal(5)),
        ("at_least_zero", Decimal(-5), (), Decimal(0)),
    ],
)
def test_worked_examples(name: str, value: object, constants: tuple[Given, ...], result: object) -> None:
    assert result == FUNCTIONS[name].call(value, *constants)


def test_every_function_has_a_worked_example() -> None:
    worked = {case[0] for case in test_worked_examples.pytestmark[0].args[1]}  # type: ignore[attr-defined]
    assert set(FUNCTIONS) == worked


@pytest.mark.parametrize(
    ("name", "constants", "words"),
    [("left", (), "takes 1 values, here are 0"), ("left", ("2",), "whole number"), ("part", ("-",), "takes 2"),
     ("trim", (1,), "takes 0"), ("left", (True,), "whole number"), ("prefix", (1,), "must be text")],
)  # fmt: skip
def test_wrong_constants_are_said(name: str, constants: tuple[Given, ...], words: str) -> None:
    assert words in FUNCTIONS[name].problem(constants)


@given(st.sampled_from(sorted(FUNCTIONS)), st.text(max_size=60), st.integers(-5, 2000), st.text(max_size=3))
def test_no_text_makes_a_function_raise_anything_but_a_fault(name: str, text: str, number: int, mark: str) -> None:
    function = FUNCTIONS[name]
    constants = tuple(number if kind is int else mark for kind in function.needs)
    with suppress(HubError):
        function.call(text or "x", *constants)
