"""Sizes and names of modules (design.md, sections 4 and 6)."""

from __future__ import annotations

import warnings

from tests.architecture.source_tree import python_modules, shipped_modules, shown

SOFT_LINES, HARD_LINES = 300, 500
# Words that say nothing about what is inside: whatever has no home ends up there.
BANNED_NAMES = {"utils", "util", "helpers", "helper", "common", "manager", "managers", "base", "misc"}


def test_no_module_is_longer_than_the_hard_limit() -> None:
    lengths = {shown(path): len(path.read_text().splitlines()) for path in python_modules()}
    long = {name: lines for name, lines in lengths.items() if SOFT_LINES < lines <= HARD_LINES}
    if long:
        listing = ", ".join(f"{name} ({lines})" for name, lines in sorted(long.items()))
        warnings.warn(f"Past the soft limit of {SOFT_LINES} lines: {listing}", stacklevel=1)
    assert {name: lines for name, lines in lengths.items() if lines > HARD_LINES} == {}


def test_no_module_has_a_name_that_says_nothing() -> None:
    named = [shown(path) for path in python_modules() if BANNED_NAMES & {path.stem, *shown(path).split("/")}]
    assert named == []


def test_no_source_is_left_unfinished() -> None:
    marks = ("TO" + "DO", "FIX" + "ME", "XX" + "X:", "raise NotImplemented" + "Error")
    left = [
        f"{shown(path)}:{number}"
        for path in shipped_modules()
        for number, line in enumerate(path.read_text().splitlines(), start=1)
        if any(mark in line for mark in marks)
    ]
    assert left == []
