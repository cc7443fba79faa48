"""Two X12 files compared by what they say: set by set, segment by segment, element by element.

Delimiters, line breaks and padding never count. Control numbers and dates of the envelope count only where asked for,
since every sending has its own.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher
from enum import StrEnum
from functools import cached_property
from itertools import takewhile, zip_longest
from types import MappingProxyType
from typing import TypeVar

from hub.edi.isa import InterchangeStart
from hub.edi.scan import scan
from hub.edi.segment import Segment
from hub.errors import DataError

_NOTHING: frozenset[int] = frozenset()
_PASSING: Mapping[str, frozenset[int]] = MappingProxyType(
    {
        "ISA": frozenset({9, 10, 13}),
        "GS": frozenset({4, 5, 6}),
        "ST": frozenset({2}),
        "SE": frozenset({2}),
        "GE": frozenset({2}),
        "IEA": frozenset({2}),
    }
)
_COMPONENT, _REPETITION = "\x1f", "\x1e"
_FOR_PEOPLE = str.maketrans({_COMPONENT: ">", _REPETITION: "^"})
# Alignment takes time with the square of what differs; past this, segments are compared one by one.
_ALIGNED = 4_000


class Change(StrEnum):
    """What became of a place from the first file to the second."""

    CHANGED = "changed"
    REMOVED = "removed"
    ADDED = "added"


@dataclass(frozen=True, slots=True)
class Difference:
    """One place that differs. ``set_id`` and the control numbers are empty for the envelope.

    ``element`` is None where a whole segment or set was removed or added; ``segment_id`` is empty for a whole set.
    Positions count segments from ISA of their interchange (1), None on the side that lacks it. ``before`` and
    ``after`` are the element's values, components parted by ``>``.
    """

    change: Change
    set_id: str = ""
    control_before: str = ""
    control_after: str = ""
    segment_id: str = ""
    position_before: int | None = None
    position_after: int | None = None
    element: int | None = None
    before: str = field(default="", repr=False)
    after: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class _Line:
    """A segment without what does not count."""

    content: tuple[str, ...]
    position: int

    @property
    def name(self) -> str:
        return self.content[0] if self.content else ""


@dataclass(frozen=True)
class _Block:
    """A set, ST to SE, or one segment of the envelope."""

    name: str
    control: str
    lines: tuple[_Line, ...]

    @cached_property
    def content(self) -> tuple[tuple[str, ...], ...]:
        return tuple(line.content for line in self.lines)

    @property
    def set_id(self) -> str:
        return self.name if self.lines[0].name == "ST" else ""


_Part = TypeVar("_Part", _Line, _Block)


def compare(before: bytes, after: bytes, *, envelope: bool = False) -> list[Difference]:
    """Every difference from ``before`` to ``after``; ``envelope`` adds its control numbers and dates.

    Sets and segments that were removed or added are told as such, the others are laid side by side. Nothing is left
    out: segments outside any set are compared as well. Bytes outside any interchange are not. Raises DataError
    ``x12.no-interchange`` where one side holds none.
    """
    pairs = _laid_out(_read(before, envelope), _read(after, envelope))
    return [found for one, other in pairs for found in _block_differences(one, other)]


def _read(data: bytes, envelope: bool) -> list[_Block]:
    blocks = list(_blocks(data, envelope))
    if not blocks:
        raise DataError(
            "One of the two holds no readable X12 interchange.",
            code="x12.no-interchange",
            cure="See what is wrong with each: hub edi inspect FILE",
            path="ISA",
        )
    return blocks


def _blocks(data: bytes, envelope: bool) -> Iterator[_Block]:
    inside: list[_Line] = []
    name = control = ""
    repetition = ""
    for piece in scan(data):
        if isinstance(piece, InterchangeStart):
            segment, repetition = piece.isa, piece.delimiters.repetition
        elif isinstance(piece, Segment):
            segment = piece
        else:
            continue
        line = _line(segment, repetition, envelope)
        if inside and segment.id in {"ST", "GS", "GE", "ISA", "IEA"}:
            yield _Block(name, control, tuple(inside))
            inside = []
        if segment.id == "ST":
            inside, name, control = [line], segment.get(1), segment.get(2)
        elif inside:
            inside.append(line)
            if segment.id == "SE":
                yield _Block(name, control, tuple(inside))
                inside = []
        else:
            yield _Block(segment.id, "", (line,))
    if inside:
        yield _Block(name, control, tuple(inside))


def _line(segment: Segment, repetition: str, envelope: bool) -> _Line:
    """Components and repetitions are parted by the same marks whatever the file uses; empty ends do not count."""
    hidden = _NOTHING if envelope else _PASSING.get(segment.id, _NOTHING)
    marks: dict[int, str] = {}
    if segment.id == "ISA":
        hidden |= {11, 16}
    else:
        marks[ord(segment.component_separator)] = _COMPONENT
        marks |= {ord(mark): _REPETITION for mark in repetition}
    texts = ("" if number in hidden else text.strip() for number, text in enumerate(segment.elements))
    elements = [text.translate(marks).rstrip(_COMPONENT) for text in texts]
    while len(elements) > 1 and not elements[-1]:
        elements.pop()
    return _Line(tuple(elements), segment.position)


def _laid_out(first: Sequence[_Part], second: Sequence[_Part]) -> Iterator[tuple[_Part | None, _Part | None]]:
    """The parts that differ, laid side by side: what stands between equal parts is paired by its name."""
    head = _common(zip(first, second, strict=False))
    tail = _common(zip(reversed(first[head:]), reversed(second[head:]), strict=False))
    first, second = first[head : len(first) - tail], second[head : len(second) - tail]
    if len(first) + len(second) > _ALIGNED:
        yield from _by_name(first, second)
        return
    contents = ([part.content for part in first], [part.content for part in second])
    for tag, start, end, other_start, other_end in _opcodes(*contents):
        if tag != "equal":
            yield from _by_name(first[start:end], second[other_start:other_end])


def _common(pairs: Iterable[tuple[_Part, _Part]]) -> int:
    return sum(1 for _ in takewhile(lambda pair: pair[0].content == pair[1].content, pairs))


def _by_name(first: Sequence[_Part], second: Sequence[_Part]) -> Iterator[tuple[_Part | None, _Part | None]]:
    if len(first) + len(second) > _ALIGNED:
        for one, other in zip_longest(first, second):
            alike = one is not None and other is not None and one.name == other.name
            yield from [(one, other)] if alike else [(one, None), (None, other)]
        return
    names = ([part.name for part in first], [part.name for part in second])
    for tag, start, end, other_start, other_end in _opcodes(*names):
        some, others = first[start:end], second[other_start:other_end]
        if tag == "equal":
            yield from zip(some, others, strict=True)
        else:
            yield from ((one, None) for one in some)
            yield from ((None, other) for other in others)


def _opcodes(first: Sequence[Hashable], second: Sequence[Hashable]) -> Sequence[tuple[str, int, int, int, int]]:
    return SequenceMatcher(None, first, second, autojunk=False).get_opcodes()


def _block_differences(before: _Block | None, after: _Block | None) -> Iterator[Difference]:
    if before is None or after is None:
        found = before or after
        if found is not None:
            yield _alone(found, found.lines[0], change=Change.REMOVED if before else Change.ADDED)
        return
    about = Difference(Change.CHANGED, before.set_id, before.control, after.control)
    for one, other in _laid_out(before.lines, after.lines):
        yield from _line_differences(about, one, other)


def _alone(block: _Block, line: _Line, *, change: Change) -> Difference:
    """A whole set, or a segment of the envelope, that only one file has."""
    removed = change is Change.REMOVED
    return Difference(
        change,
        block.set_id,
        control_before=block.control if removed else "",
        control_after="" if removed else block.control,
        segment_id="" if block.set_id else line.name,
        position_before=line.position if removed else None,
        position_after=None if removed else line.position,
    )


def _line_differences(about: Difference, before: _Line | None, after: _Line | None) -> Iterator[Difference]:
    placed = replace(
        about,
        segment_id=(before or after or _Line((), 0)).name,
        position_before=before.position if before else None,
        position_after=after.position if after else None,
    )
    if before is None or after is None:
        yield replace(placed, change=Change.REMOVED if before else Change.ADDED)
        return
    for number, (one, other) in enumerate(zip_longest(before.content, after.content, fillvalue="")):
        if one != other:
            yield replace(placed, element=number, before=_shown(one), after=_shown(other))


def _shown(text: str) -> str:
    return text.translate(_FOR_PEOPLE)
