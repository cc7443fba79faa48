"""One regular expression per segment: matches most texts that are surely in order, so that they need no checker.

A text that does not match may still be in order (a value with blanks, a number with a sign): then the segment's checker
decides. Segments with relations between elements have none.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache

from hub.edi.spec.elements import ElementType, element_types
from hub.edi.spec.segments import Position, SegmentSpec, segment_specs

Pattern = Callable[[str], object]
"""Gives something true for a segment's text that is in order."""

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!\"&'()+,-./:;?=*%@[]_{}\\|<>#$~"
_DATE = r"20\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|1\d|2[0-8])"
_TIME = r"(?:[01]\d|2[0-3])[0-5]\d(?:[0-5]\d)?"


class Patterns(dict[str, Pattern]):
    """The patterns of a release for an interchange's delimiters, each made when first asked for."""

    def __init__(self, release: str, separator: str, component: str, terminator: str) -> None:
        super().__init__()
        self._types = element_types(release)
        self._separator, self._component, self._terminator = separator, component, terminator

    def __missing__(self, name: str) -> Pattern:
        spec = segment_specs()[name]
        self[name] = made = _never if spec.relations else re.compile(self._text(spec), re.ASCII).fullmatch
        return made

    def item(self, names: Sequence[str]) -> re.Pattern[str] | None:
        """Matches an item of these segments, LIN first, with all terminators; None where one has relations.

        Its groups: LIN01; the first pair of ids; the other pairs, each with a separator before it; then every further
        segment as a whole.
        """
        specs = [segment_specs().get(name) for name in names]
        if not names or names[0] != "LIN" or any(spec is None or spec.relations for spec in specs):
            return None
        number, *pair = segment_specs()["LIN"].positions[:3]
        mark, end = re.escape(self._separator), re.escape(self._terminator)
        two = mark.join(map(self._value, pair))
        lin = f"LIN{mark}((?:{self._value(number)})?){mark}({two})((?:{mark}{two}){{0,14}}){end}"
        others = (f"({self._text(spec)}){end}" for spec in specs[1:] if spec is not None)
        return re.compile(lin + "".join(others), re.ASCII)

    def _text(self, spec: SegmentSpec) -> str:
        plain, pair = _without_pairs(spec.positions)
        pattern = ""
        if pair:
            pattern = "(?:" + "".join(map(self._filled, pair)) + f"){{0,{(len(spec.positions) - len(plain)) // 2}}}"
        needed = False
        for position in reversed(plain):
            needed = needed or position.mandatory
            value = self._value(position) if position.mandatory else f"(?:{self._value(position)})?"
            pattern = re.escape(self._separator) + value + pattern
            pattern = pattern if needed else f"(?:{pattern})?"
        return spec.id + pattern

    def _filled(self, position: Position) -> str:
        return re.escape(self._separator) + self._value(position)

    def _value(self, position: Position) -> str:
        if position.parts:
            return _pattern(self._types[position.parts[0]], self._separator + self._component + self._terminator)
        return _pattern(self._types[position.element], self._separator + self._terminator)


@cache
def patterns(release: str, separator: str, component: str, terminator: str) -> Patterns:
    """The patterns of a release, shared by all interchanges with these delimiters."""
    return Patterns(release, separator, component, terminator)


def _never(_: str) -> object:
    return None


def _without_pairs(positions: Sequence[Position]) -> tuple[Sequence[Position], Sequence[Position]]:
    """What stands before the pairs a segment ends with (as LIN does), and the pair."""
    if len(positions) < 6 or positions[-1].mandatory or positions[-1] == positions[-2]:
        return positions, ()
    pair = positions[-2:]
    first = len(positions)
    while first >= 2 and tuple(positions[first - 2 : first]) == tuple(pair):
        first -= 2
    return (positions[:first], pair) if len(positions) - first > 2 else (positions, ())


def _pattern(kind: ElementType, separators: str) -> str:
    lengths = f"{{{kind.shortest},{kind.longest}}}"
    if kind.kind == "DT":
        return _DATE
    if kind.kind == "TM":
        return _TIME
    if kind.kind[0] in "NR":
        decimals = r"(?:\.\d{1,4})?" if kind.kind == "R" and kind.longest >= 10 else ""
        return rf"\d{{{kind.shortest},{kind.longest - 4}}}{decimals}" if decimals else rf"\d{lengths}"
    letters = "".join(letter for letter in _LETTERS if letter not in separators)
    return f"[{re.escape(letters)}]{lengths}"
