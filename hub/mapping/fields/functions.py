"""The named functions of field mappings (``using``): pure, of one value and constants.

What they are given is text unless the record holds something else; None passes through all of them but ``default``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal, InvalidOperation
from types import MappingProxyType

from hub.mapping.fields.values import FieldKind, Value, as_text, fault, reader_of, shown
from hub.mapping.records.format import Locale

_MOST_PLACES = 12

Given = str | int | Decimal | bool
"""A constant that a mapping gives to a function."""


@dataclass(frozen=True, slots=True)
class MappingFunction:
    """``call(value, *given)``; ``needs`` are the kinds of constants it takes, ``needed`` how many of them at least."""

    name: str
    words: str
    call: Callable[..., Value]
    needs: tuple[type, ...] = ()
    needed: int = 0

    def problem(self, given: tuple[Given, ...]) -> str:
        """What is wrong with these constants; empty where nothing is."""
        if not self.needed <= len(given) <= len(self.needs):
            wanted = str(self.needed) if self.needed == len(self.needs) else f"{self.needed} to {len(self.needs)}"
            return f"{self.name} takes {wanted} values, here are {len(given)}"
        for number, (value, kind) in enumerate(zip(given, self.needs, strict=False), start=1):
            right = isinstance(value, kind) and not (kind is int and isinstance(value, bool))
            if not right:
                return f"value {number} of {self.name} must be {'a whole number' if kind is int else 'text'}"
        return ""


def _text(value: Value) -> str:
    return str(as_text(value))


_plain_number = reader_of(FieldKind.NUMBER, Locale())


def _number(value: Value) -> Decimal:
    found = _plain_number(value)
    if not isinstance(found, Decimal):
        raise fault(f"{shown(value)} is no number.", "Put the function number before it: it reads the locale.")
    return found


def _substring(value: Value, first: int, length: int = 1_000_000) -> Value:
    if first < 1:
        raise fault("The first character is 1.", "Count from 1.")
    return _text(value)[first - 1 : first - 1 + length]


def _part(value: Value, mark: str, place: int) -> Value:
    parts = _text(value).split(mark) if mark else [_text(value)]
    wanted = place - 1 if place > 0 else place
    return parts[wanted].strip() if -len(parts) <= wanted < len(parts) and place else None


def _pad(value: Value, width: int, filler: str = "0") -> Value:
    return _text(value).rjust(min(width, 1_000), filler[:1] or " ")


def _rounded(value: Value, places: int, rounding: str) -> Decimal:
    if not 0 <= places <= _MOST_PLACES:
        raise fault(f"A number is rounded to 0 to {_MOST_PLACES} decimals.", "Correct the mapping.")
    try:
        return _number(value).quantize(Decimal(1).scaleb(-places), rounding=rounding)
    except InvalidOperation:
        raise fault(f"{shown(value)} has too many digits to be rounded.", "Correct the file.") from None


def _strip_zeros(value: Value) -> Value:
    return _text(value).lstrip("0") or "0"


_WORDS = re.compile(r"\s+")
_NO_DIGIT = re.compile(r"[^0-9]+")

_ALL = (
    MappingFunction("trim", "without blanks at its ends", lambda value: _text(value).strip() or None),
    MappingFunction("collapse", "with one blank for several", lambda value: _WORDS.sub(" ", _text(value)).strip()),
    MappingFunction("upper", "in capital letters", lambda value: _text(value).upper()),
    MappingFunction("lower", "in small letters", lambda value: _text(value).lower()),
    MappingFunction("digits", "its digits only", lambda value: _NO_DIGIT.sub("", _text(value)) or None),
    MappingFunction("strip_zeros", "without zeros at its start", _strip_zeros),
    MappingFunction("left", "its first N characters", lambda value, n: _text(value)[: max(0, n)], (int,), 1),
    MappingFunction("right", "its last N characters", lambda value, n: _text(value)[-n:] if n > 0 else "", (int,), 1),
    MappingFunction("substring", "from character FIRST (counted from 1), LENGTH of them", _substring, (int, int), 1),
    MappingFunction("part", "the Nth part between MARKs, from 1, or from the end by -1", _part, (str, int), 2),
    MappingFunction("replace", "with every A made B", lambda value, a, b: _text(value).replace(a, b), (str, str), 2),
    MappingFunction("prefix", "with TEXT before it", lambda value, text: text + _text(value), (str,), 1),
    MappingFunction("suffix", "with TEXT after it", lambda value, text: _text(value) + text, (str,), 1),
    MappingFunction("without_prefix", "without TEXT before it", lambda v, t: _text(v).removeprefix(t), (str,), 1),
    MappingFunction("without_suffix", "without TEXT after it", lambda v, t: _text(v).removesuffix(t), (str,), 1),
    MappingFunction("pad", "filled at its start to WIDTH characters, with 0 or FILLER", _pad, (int, str), 1),
    MappingFunction("round", "rounded half up to N decimals", lambda v, n: _rounded(v, n, ROUND_HALF_UP), (int,), 1),
    MappingFunction("floor", "rounded down to N decimals", lambda v, n: _rounded(v, n, ROUND_FLOOR), (int,), 1),
    MappingFunction("ceiling", "rounded up to N decimals", lambda v, n: _rounded(v, n, ROUND_CEILING), (int,), 1),
    MappingFunction("negate", "with the other sign", lambda value: -_number(value)),
    MappingFunction("absolute", "without its sign", lambda value: abs(_number(value))),
    MappingFunction("at_least_zero", "0 where it is less", lambda value: max(Decimal(0), _number(value))),
)

FUNCTIONS: Mapping[str, MappingFunction] = MappingProxyType({each.name: each for each in _ALL})
"""Every function by its name."""
