"""One straight-line Python function per segment and release, its source written from the spec.

A function takes a segment's elements (its id first) and the component separator, and gives faults: empty for a
segment in order. What is in order is settled by one condition per element; the rest is left to the functions below,
which say what pyx12 says of the same value (tests/unit/edi/test_engines_agree.py).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from types import MappingProxyType
from typing import cast

from hub.edi.spec.elements import ElementType, element_types
from hub.edi.spec.segments import Position, SegmentSpec, segment_specs

Fault = tuple[str, int | None, int | None]
"""Finding code, element, component."""

Checker = Callable[[Sequence[str], str], tuple[Fault, ...]]

_OURS = str.maketrans("\x1c\x1d\x1f", "   ")
_NOT_TEXT = re.compile(r"""[^A-Z0-9!"&'()*+,\-./:;?= a-z%~@\[\]_{}\\|<>#$]""", re.ASCII)
_ODD = re.compile(_NOT_TEXT.pattern + r"| \Z", re.ASCII)
_CONTROL = re.compile("[\x01-\x07\x09-\x0d\x11-\x17\x1c-\x1f]")
_WHOLE = re.compile(r"-?[0-9]+", re.ASCII)
_DECIMAL = re.compile(r"-?[0-9]*(\.[0-9]+)?", re.ASCII)
_EARLIEST_YEAR = 1800


class Checkers(dict[str, Checker]):
    """A release's checkers by segment id, each compiled when first asked for. KeyError for a segment we don't know."""

    def __init__(self, release: str) -> None:
        super().__init__()
        self._types = element_types(release)

    def __missing__(self, name: str) -> Checker:
        space = dict(_NAMES)
        source = source_of(segment_specs()[name], self._types)
        exec(compile(source, f"<x12 {name}>", "exec"), space)
        self[name] = made = cast("Checker", space[f"check_{name}"])
        return made


@cache
def checkers(release: str) -> Checkers:
    """The checkers of a release, shared by the whole process."""
    return Checkers(release)


def source_of(spec: SegmentSpec, types: Mapping[str, ElementType]) -> str:
    """The text of a segment's checker."""
    return "\n".join(_function(spec, types)) + "\n"


def _function(spec: SegmentSpec, types: Mapping[str, ElementType]) -> Iterator[str]:
    count = len(spec.positions)
    yield f"def check_{spec.id}(e, c):"
    yield "    n = len(e)"
    yield "    while n > 1 and not e[n - 1].strip():"
    yield "        n -= 1"
    yield f"    f = (('x12.element-surplus', {count + 1}, None),) if n > {count + 1} else ()"
    mandatory = [number for number, position in enumerate(spec.positions, 1) if position.mandatory]
    last = mandatory[-1] if mandatory else 0
    for number, position in enumerate(spec.positions, 1):
        if number > last and number % 2 == 0 and not spec.relations:
            yield f"    if n <= {number}:"
            yield "        return f"
        yield from _element(number, position, types)
    for relation in spec.relations:
        yield from _relation(relation)
    yield "    return f"


def _element(number: int, position: Position, types: Mapping[str, ElementType]) -> Iterator[str]:
    yield f"    v = e[{number}] if n > {number} else ''"
    yield "    if v:"
    if position.parts:
        kinds = [types[name] for name in position.parts]
        yield f"        if not ({_fits(kinds[0])} and v.isascii() and v.{_plain(kinds[0])}()):"
        arguments = ", ".join(map(_arguments, kinds))
        yield f"            f += parts(v, {number}, c, ({arguments},), {position.mandatory})"
    else:
        yield from _value(number, types[position.element])
    if position.mandatory:
        yield "    else:"
        yield f"        f += (('x12.element-missing', {number}, None),)"


def _value(number: int, kind: ElementType) -> Iterator[str]:
    call = f"f += {_FUNCTIONS[kind.kind[0]]}(v, {number}, None, {_arguments(kind)})"
    if kind.kind in ("DT", "TM"):
        yield f"        {call}"
        return
    plain = f"v.isascii() and v.{_plain(kind)}()"
    if kind.kind[0] in "AI":
        plain = f"({plain} or not odd(v))"
    yield f"        if not ({_fits(kind)} and {plain}):"
    yield f"            {call}"


def _fits(kind: ElementType) -> str:
    if kind.shortest == kind.longest:
        return f"len(v) == {kind.longest}"
    return f"len(v) <= {kind.longest}" if kind.shortest == 1 else f"{kind.shortest} <= len(v) <= {kind.longest}"


def _plain(kind: ElementType) -> str:
    """The test that only values in order pass. No delimiter is a letter or digit, so such a value is one component."""
    return "isdecimal" if kind.kind[0] in "NR" else "isalnum"


def _arguments(kind: ElementType) -> str:
    return f"({kind.kind!r}, {kind.shortest}, {kind.longest})"


_FUNCTIONS = {"A": "text", "I": "text", "N": "number", "R": "number", "D": "date", "T": "time"}


def _relation(relation: str) -> Iterator[str]:
    kind, places = relation[0], [int(relation[at : at + 2]) for at in range(1, len(relation), 2)]
    there = [f"(n > {place} and e[{place}] != '')" for place in places]
    total, first, rest = " + ".join(there), there[0], " + ".join(there[1:])
    broken = {
        "P": f"0 < {total} < {len(places)}",
        "R": f"not ({total})",
        "E": f"{total} > 1",
        "C": f"{first} and {rest} < {len(places) - 1}",
        "L": f"{first} and not ({rest})",
    }[kind]
    code = "x12.element-exclusion" if kind == "E" else "x12.element-condition"
    yield f"    if {broken}:"
    yield f"        f += (('{code}', {places[0]}, None),)"


def _length(value: str, place: int, part: int | None, shortest: int, longest: int) -> tuple[Fault, ...]:
    if len(value) < shortest:
        return (("x12.element-short", place, part),)
    return (("x12.element-long", place, part),) if len(value) > longest else ()


_Kind = tuple[str, int, int]


def _text(value: str, place: int, part: int | None, kind: _Kind) -> tuple[Fault, ...]:
    value = value.translate(_OURS)
    faults = _length(value, place, part, kind[1], kind[2])
    trailing = value.endswith(" ") and len(value.rstrip()) >= kind[1]
    if trailing or _CONTROL.search(value) or _NOT_TEXT.search(value):
        faults += (("x12.element-characters", place, part),)
    return faults


def _number(value: str, place: int, part: int | None, kind: _Kind) -> tuple[Fault, ...]:
    value = value.translate(_OURS)
    faults = _length(value.replace("-", "").replace(".", ""), place, part, kind[1], kind[2])
    pattern = _DECIMAL if kind[0] == "R" else _WHOLE
    if _CONTROL.search(value) or not pattern.fullmatch(value):
        faults += (("x12.element-characters", place, part),)
    return faults


def _date(value: str, place: int, part: int | None, kind: _Kind) -> tuple[Fault, ...]:
    faults = _length(value, place, part, kind[1], kind[2])
    if _CONTROL.search(value.translate(_OURS)):
        return (*faults, ("x12.element-characters", place, part))
    return faults if _is_date(value) else (*faults, ("x12.element-date", place, part))


def _is_date(value: str) -> bool:
    if not (value.isascii() and value.isdecimal() and len(value) in (6, 8, 12)):
        return False
    if len(value) == 6:
        value = ("20" if value[:2] < "50" else "19") + value
    try:
        found = dt.date(int(value[:4]), int(value[4:6]), int(value[6:8]))
    except ValueError:
        return False
    return found.year >= _EARLIEST_YEAR and (len(value) == 8 or _is_time(value[8:]))


def _time(value: str, place: int, part: int | None, kind: _Kind) -> tuple[Fault, ...]:
    faults = _length(value, place, part, kind[1], kind[2])
    if _CONTROL.search(value.translate(_OURS)):
        return (*faults, ("x12.element-characters", place, part))
    return faults if _is_time(value) else (*faults, ("x12.element-time", place, part))


def _is_time(value: str) -> bool:
    if not (value.isascii() and value.isdecimal()) or value[:2] > "23" or value[2:4] > "59":
        return False
    return len(value) <= 4 or (6 <= len(value) <= 8 and value[4:6] <= "59")


_BY_KIND: Mapping[str, Callable[[str, int, int | None, _Kind], tuple[Fault, ...]]] = MappingProxyType(
    {"A": _text, "I": _text, "N": _number, "R": _number, "D": _date, "T": _time}
)


def _parts(value: str, place: int, separator: str, kinds: tuple[_Kind, ...], mandatory: bool) -> tuple[Fault, ...]:
    found = value.split(separator)
    if len(found) > len(kinds):
        found = [value]
    if mandatory and not any(found):
        return (("x12.element-missing", place, None),)
    faults: tuple[Fault, ...] = ()
    for number, (text, kind) in enumerate(zip(found, kinds, strict=False), 1):
        if text:
            faults += _BY_KIND[kind[0][0]](text, place, number, kind)
    return faults


_NAMES: Mapping[str, object] = MappingProxyType(
    {"text": _text, "number": _number, "date": _date, "time": _time, "parts": _parts, "odd": _ODD.search}
)
"""What the generated functions call."""
