"""The examples of the reference page come out as it says, and no function is left out."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from hub.expressions import compile_expression
from hub.expressions.parser import MACROS
from hub.expressions.standard import STANDARD

PAGE = (Path(__file__).parents[3] / "docs/reference/expressions.md").read_text()
# A row of a table whose last two cells are an example and what it gives.
EXAMPLES = re.findall(r"^\|.*\| `([^`]+)` \| `([^`]+)` \|$", PAGE, re.MULTILINE)


@pytest.mark.parametrize(("example", "gives"), EXAMPLES)
def test_example_gives_what_the_page_says(example: str, gives: str) -> None:
    value = compile_expression(example, {}).evaluate({})
    expected = compile_expression(gives, {}).evaluate({})
    assert (expected, type(expected)) == (tuple(value) if isinstance(value, list) else value, _kind(value))


def _kind(value: object) -> type:
    return tuple if isinstance(value, list) else type(value)


def test_examples_were_found() -> None:
    assert len(EXAMPLES) > 50


def test_every_function_has_its_example() -> None:
    called = {name for example, _ in EXAMPLES for name in re.findall(r"([A-Za-z_]+)\(", example)}
    aliases = {"string", "timestamp"}
    assert {*STANDARD, *MACROS, "has"} - called - {"day"} == aliases
