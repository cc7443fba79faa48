"""A segment in words: what it is, what each of its elements says, where it stands, and what is wrong with it."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice, tee, zip_longest
from typing import BinaryIO

from hub.edi.explain_loops import LoopPlace, loop_places
from hub.edi.findings import Finding
from hub.edi.interchange import Group, Interchange, TransactionSet
from hub.edi.isa import InterchangeStart
from hub.edi.scan import scan
from hub.edi.segment import Segment
from hub.edi.spec.elements import OPEN, ElementType, element_types, release_of
from hub.edi.spec.meanings import code_meaning
from hub.edi.spec.names import place_name, segment_name
from hub.edi.spec.segments import Position, segment_specs
from hub.edi.spec.sets import set_specs
from hub.errors import DataError

_DATE = re.compile(r"(\d\d)?(\d\d)(\d\d)(\d\d)", re.ASCII)
_TIME = re.compile(r"(\d\d)(\d\d)(\d\d)?\d{0,2}", re.ASCII)
_NUMBER = re.compile(r"-?\d{1,30}", re.ASCII)
_OPEN_POSITION = Position(OPEN)


@dataclass(frozen=True, slots=True)
class ElementInWords:
    """One element, or one component of it: ``place`` is ``PO106`` or ``REF04-2``, ``value`` as sent.

    ``meaning`` says what a code means, or how a date, a time or implied decimals read. ``name`` and ``meaning`` are
    empty where the hub has nothing to say.
    """

    place: str
    name: str
    value: str = field(repr=False)
    meaning: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class SegmentInWords:
    """One segment. ``position`` counts from ISA (1), ``set_position`` from ST (1) and is None outside a set.

    ``loops`` leads from the set to the segment, outermost first; None where the set's spec has no place for it.
    """

    segment: Segment
    name: str
    position: int
    elements: tuple[ElementInWords, ...]
    findings: tuple[Finding, ...] = ()
    group: Group | None = None
    item: TransactionSet | None = None
    set_position: int | None = None
    loops: tuple[LoopPlace, ...] | None = ()


def interchange_segments(source: bytes | BinaryIO, number: int) -> Iterator[Segment]:
    """The segments of one interchange of ``source``, ISA and IEA included; ``number`` 1 is the first."""
    seen = 0
    for piece in scan(source):
        if isinstance(piece, InterchangeStart):
            seen += 1
            if seen > number:
                return
        if seen == number and not isinstance(piece, Finding):
            yield piece.isa if isinstance(piece, InterchangeStart) else piece


def explain_segment(interchange: Interchange, segments: Iterable[Segment], position: int) -> SegmentInWords:
    """The segment at ``position`` (from ISA, 1) of an interchange, ``segments`` being all of it; read so far only.

    Findings are those the interchange carries, so check it first. Raises DataError ``x12.no-such-segment``.
    """
    if not 0 < position <= interchange.segment_count:
        raise DataError(
            f"The interchange has {interchange.segment_count} segments.",
            code="x12.no-such-segment",
            cure="Count from ISA, which is 1; from ST with --set.",
            path=f"segment {position}",
        )
    group, item = _home(interchange, position)
    start = item.segments[0].position if item is not None else position
    segment, loops = _walked(islice(segments, start - 1, position), item)
    version = group.version if group is not None else interchange.version.ljust(6, "0")
    return SegmentInWords(
        segment=segment,
        name=segment_name(segment.id),
        position=position,
        elements=tuple(_elements(segment, version)),
        findings=tuple(_findings(interchange, item, position)),
        group=group,
        item=item,
        set_position=position - start + 1 if item is not None else None,
        loops=loops,
    )


def _walked(segments: Iterator[Segment], item: TransactionSet | None) -> tuple[Segment, tuple[LoopPlace, ...] | None]:
    """The last of the segments, which are those of a set from its ST on, and the loops it stands in."""
    spec = set_specs().get(item.id) if item is not None else None
    if spec is None:
        (segment,) = deque(segments, maxlen=1)
        return segment, None if item is not None else ()
    kept, walked = tee(segments)
    ((segment, loops),) = deque(zip(kept, loop_places(walked, spec), strict=True), maxlen=1)
    return segment, loops


def _home(interchange: Interchange, position: int) -> tuple[Group | None, TransactionSet | None]:
    for group in interchange.groups:
        for item in group.sets:
            if 0 <= position - item.segments[0].position < item.size:
                return group, item
    return None, None


def _findings(interchange: Interchange, item: TransactionSet | None, position: int) -> Iterator[Finding]:
    """Findings of the envelope count from ISA, those of a set from ST."""
    around = (interchange.findings, *(group.findings for group in interchange.groups))
    yield from (found for findings in around for found in findings if found.position == position)
    if item is not None:
        inside = position - item.segments[0].position + 1
        yield from (found for found in item.findings if found.position == inside)


def _elements(segment: Segment, version: str) -> Iterator[ElementInWords]:
    spec = segment_specs().get(segment.id)
    types = element_types(release_of(version))
    for number, value in enumerate(segment.elements[1:], 1):
        position = spec.positions[number - 1] if spec and number <= len(spec.positions) else _OPEN_POSITION
        place = f"{segment.id}{number:02}"
        parts = segment.components(number)
        if len(parts) == 1 or not position.parts:
            name = place_name(segment.id, number, position.element)
            meaning = _meaning(segment.id, number, position.element, types.get(position.element), value)
            yield ElementInWords(place, name, value, meaning)
            continue
        for index, (part, element) in enumerate(zip_longest(parts, position.parts[: len(parts)], fillvalue=OPEN), 1):
            # Only a first component may stand for the whole, as the unit of QTY03 does.
            home = segment.id if index == 1 else ""
            meaning = _meaning(home, number, element, types.get(element), part)
            yield ElementInWords(f"{place}-{index}", place_name(segment.id, number, element, index), part, meaning)


def _meaning(segment_id: str, number: int, element: str, kind: ElementType | None, value: str) -> str:
    text = value.strip()
    known = code_meaning(segment_id, number, element, text)
    if known or not text:
        return known
    shape = {"ISA09": "DT", "ISA10": "TM", "GS04": "DT", "GS05": "TM", "TA102": "DT", "TA103": "TM"}.get(
        f"{segment_id}{number:02}", kind.kind if kind else ""
    )
    if shape == "DT" and (date := _DATE.fullmatch(text)):
        century = date[1] or ("19" if date[2] >= "70" else "20")
        return f"{century}{date[2]}-{date[3]}-{date[4]}"
    if shape == "TM" and (time := _TIME.fullmatch(text)):
        return ":".join(part for part in time.groups() if part)
    if shape == "ID":
        return f"code {text}"
    if shape[:1] == "N" and shape[1:].isdigit() and int(shape[1:]) and _NUMBER.fullmatch(text):
        return _with_decimals(text, int(shape[1:]))
    return ""


def _with_decimals(text: str, implied: int) -> str:
    """``7850`` with two implied decimals is ``78.50``."""
    sign, digits = ("-", text[1:]) if text.startswith("-") else ("", text)
    digits = digits.rjust(implied + 1, "0")
    return f"{sign}{digits[:-implied]}.{digits[-implied:]}"
