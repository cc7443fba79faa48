"""How big an expression, and what it works on, may be."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds that keep every evaluation short; going past one is an error, never a wait.

    ``source`` characters of an expression, ``depth`` of its tree, ``text`` characters of a value that text functions
    take or give, ``items`` of a list, ``steps`` of one evaluation. A step is about one operator or call.
    """

    source: int = 4_000
    depth: int = 50
    text: int = 100_000
    items: int = 10_000
    steps: int = 10_000


LIMITS = Limits()
"""What every expression gets unless its owner says otherwise."""

UNMETERED_CALLS = 50
"""Up to so many calls without a macro need no counting: even on the longest texts and lists they end at once."""

DIGITS = 50
"""Significant digits of a decimal; a sum or product that needs more is an error, because it would not be exact."""

QUOTIENT_DIGITS = 28
"""Significant digits that a division of decimals is rounded to, half to even."""

LARGEST_INT, SMALLEST_INT = 2**63 - 1, -(2**63)
"""Whole numbers that arithmetic gives have 64 bits, as in CEL."""
