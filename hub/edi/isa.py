"""The interchange header: where one starts and which delimiters it announces."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from hub.edi.findings import Finding, Level, severity_of
from hub.edi.interchange import Delimiters
from hub.edi.segment import Segment

ISA_START = re.compile(rb"ISA([^A-Za-z0-9 \r\n])[^\r\n]{2}\1")
HEADER_WINDOW = 1024
"""Bytes looked at for one ISA; a padded one has 106, a wrapped one a few more."""

_WIDTHS = (3, 2, 10, 2, 10, 2, 15, 2, 15, 6, 4, 1, 5, 9, 1, 1)
_LINE_BREAKS = b"\r\n"
_NEXT_SEGMENT = (b"GS", b"TA1", b"IEA")
_RUN_ON = re.compile(rb"(?P<usage>[A-Za-z]?)(?P<terminator>[^A-Za-z0-9 ])[\r\n]*(?:GS|TA1|IEA)", re.DOTALL)
_SWALLOWED = re.compile(rb"[^A-Za-z0-9 ](?:GS|TA1|IEA)$")


@dataclass(frozen=True, slots=True)
class InterchangeStart:
    """An ISA that was read. ``length`` is the number of bytes up to and including its terminator."""

    isa: Segment
    delimiters: Delimiters
    offset: int
    length: int
    findings: tuple[Finding, ...]


def header_finding(code: str, text: str) -> Finding:
    return Finding(Level.INTERCHANGE, code, severity_of(code), text, segment_id="ISA", position=1)


def read_isa(raw: bytes, offset: int) -> InterchangeStart | Finding:
    """Read the ISA at the start of ``raw``; a Finding when it cannot be read (edi.md 5.2).

    Separators are counted instead of trusting column 106, so unpadded and wrapped headers are read.
    """
    raw = raw[:HEADER_WINDOW]
    separator = raw[3:4]
    places = _separator_places(raw, separator)
    if len(places) < 16:
        return header_finding("x12.isa-too-short", "The interchange header has fewer than 16 elements.")
    fields = [raw[first + 1 : end] for first, end in zip([-1, *places], places, strict=False)]
    if any(_SWALLOWED.search(item) for item in fields[9:15]):
        return header_finding("x12.isa-too-short", "The interchange header has fewer than 16 elements.")
    run_on = _RUN_ON.fullmatch(fields[15])
    if run_on:
        fields[15] = run_on["usage"]
        end = places[14] + 1 + run_on.end("terminator")
        tail: _Tail | Finding = _Tail(b"", run_on["terminator"], end)
    else:
        tail = _tail(raw, places[15] + 1, separator)
    if isinstance(tail, Finding):
        return tail
    return _start(fields, tail, offset, separator)


@dataclass(frozen=True, slots=True)
class _Tail:
    component: bytes
    terminator: bytes
    end: int


def _separator_places(raw: bytes, separator: bytes) -> list[int]:
    places: list[int] = []
    place = raw.find(separator)
    while place >= 0 and len(places) < 16:
        places.append(place)
        place = raw.find(separator, place + 1)
    return places


def _tail(raw: bytes, place: int, separator: bytes) -> _Tail | Finding:
    """ISA16 and the terminator, from the byte after the sixteenth separator."""
    if raw[place : place + 1] in (b"\r", b"\n"):
        after = raw[place:].lstrip(_LINE_BREAKS)
        if _begins_segment(after, separator):
            return _newline_tail(raw, place, component=b"")
        place = len(raw) - len(after)
    component, first = raw[place : place + 1], raw[place + 1 : place + 2]
    if component.isalnum() or component in (b"", b" ", separator):
        return header_finding("x12.isa-too-short", "The interchange header has no component separator.")
    if component == first or _follows(raw, place + 1, separator):
        return _Tail(b"", component, place + 1)
    if first in (b"\r", b"\n"):
        return _tail_before_newline(raw, place, separator)
    if not first or first.isalnum() or first in (b" ", separator):
        return header_finding("x12.bad-terminator", "The segment terminator is a letter, digit, blank or missing.")
    return _Tail(component, first, place + 2)


def _tail_before_newline(raw: bytes, place: int, separator: bytes) -> _Tail:
    """Three readings of ``>`` and a line break: break is the terminator, a wrap, or ISA16 was left out."""
    component = raw[place : place + 1]
    after = raw[place + 1 :].lstrip(_LINE_BREAKS)
    if after[:1] and not after[:1].isalnum() and _begins_segment(after[1:].lstrip(_LINE_BREAKS), separator):
        return _Tail(component, after[:1], len(raw) - len(after) + 1)
    line = after.split(b"\n", 1)[0].split(b"\r", 1)[0]
    if _begins_segment(after, separator) and line.endswith(component):
        return _Tail(b"", component, place + 1)
    return _newline_tail(raw, place + 1, component)


def _newline_tail(raw: bytes, place: int, component: bytes) -> _Tail:
    if raw[place : place + 2] == b"\r\n":
        return _Tail(component, b"\r\n", place + 2)
    return _Tail(component, raw[place : place + 1], place + 1)


def _begins_segment(raw: bytes, separator: bytes) -> bool:
    return _follows(raw.lstrip(_LINE_BREAKS), 0, separator)


def _follows(raw: bytes, place: int, separator: bytes) -> bool:
    return any(raw.startswith(name + separator, place) for name in _NEXT_SEGMENT)


def _start(fields: list[bytes], tail: _Tail, offset: int, separator: bytes) -> InterchangeStart:
    findings: list[Finding] = []
    texts = [item.replace(b"\r", b"").replace(b"\n", b"").decode("latin-1") for item in fields]
    if not tail.component:
        findings.append(header_finding("x12.isa16-missing", "ISA16, the component separator, is missing."))
    if tuple(map(len, texts)) != _WIDTHS:
        findings.append(header_finding("x12.isa-unpadded", "The header's elements have not their fixed widths."))
    component = tail.component.decode("latin-1")
    delimiters = Delimiters(
        element=separator.decode("latin-1"),
        component=component or _unused((separator + tail.terminator).decode("latin-1")),
        terminator=tail.terminator.decode("latin-1"),
    )
    delimiters = replace(delimiters, repetition=_repetition(texts, delimiters))
    isa = Segment((*texts, component), 1, offset, delimiters.component)
    return InterchangeStart(isa, delimiters, offset, tail.end, tuple(findings))


def _unused(taken: str) -> str:
    return next(mark for mark in ">:<" if mark not in taken)


def _repetition(isa: list[str], delimiters: Delimiters) -> str:
    """ISA11 is a separator from 00402 on, unless it is a letter or digit (the old standards id U)."""
    mark, version = isa[11].strip(" "), isa[12].strip(" ")
    taken = (delimiters.element, delimiters.component, delimiters.terminator)
    if len(mark) != 1 or mark.isalnum() or mark in taken:
        return ""
    return mark if version.isdigit() and version >= "00402" else ""
