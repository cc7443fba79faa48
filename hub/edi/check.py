"""The one adapter to pyx12: a transaction set walked along our map, its errors as findings.

Parts are composed as in edi.md 2.3 (`walk_errors` and `is_valid_errors`, new in pyx12 4): maps are
loaded once per process, nothing is logged, and the delimiters of the sender are replaced by control
characters so that none of them can be mistaken for data.
"""

from __future__ import annotations

import re
import tempfile
import threading
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from hub.edi.findings import Finding, Level, Severity, severity_of
from hub.edi.interchange import Interchange, TransactionSet
from hub.edi.maps.generate import map_name, write_map_directory
from hub.edi.segment import Segment
from hub.edi.spec.segments import segment_specs
from hub.edi.spec.sets import SetSpec, set_specs

_TERMINATOR, _ELEMENT, _COMPONENT = "\x1c", "\x1d", "\x1f"
_OURS = str.maketrans(dict.fromkeys((_TERMINATOR, _ELEMENT, _COMPONENT), " "))

_SEGMENT_CODES: Mapping[str, str] = MappingProxyType(
    {
        "1": "x12.segment-unknown",
        "2": "x12.segment-not-used",
        "3": "x12.segment-missing",
        "4": "x12.loop-repeats",
        "5": "x12.segment-repeats",
        "8": "x12.segment-faulty",
    }
)
_ELEMENT_CODES: Mapping[str, str] = MappingProxyType(
    {
        "1": "x12.element-missing",
        "2": "x12.element-condition",
        "3": "x12.element-surplus",
        "4": "x12.element-short",
        "5": "x12.element-long",
        "6": "x12.element-characters",
        "7": "x12.element-code",
        "8": "x12.element-date",
        "9": "x12.element-time",
        "10": "x12.element-exclusion",
    }
)
_TEXTS: Mapping[str, str] = MappingProxyType(
    {
        "x12.segment-unknown": "{place} is no segment the hub knows.",
        "x12.segment-unexpected": "{place} is not expected here.",
        "x12.segment-not-used": "{place} is not used here.",
        "x12.segment-missing": "{place} is mandatory in X12 and missing.",
        "x12.segment-needed": "{place} is missing and the set cannot be used without it.",
        "x12.loop-repeats": "The loop of {place} repeats too often.",
        "x12.segment-repeats": "{place} repeats too often.",
        "x12.segment-faulty": "{place} has faulty elements.",
        "x12.element-missing": "{place} is mandatory in X12 and empty.",
        "x12.element-needed": "{place} is empty and the set cannot be used without it.",
        "x12.element-condition": "{place} breaks a rule on elements that go together.",
        "x12.element-surplus": "{place} is one element more than the segment has.",
        "x12.element-short": "{place} is too short.",
        "x12.element-long": "{place} is too long.",
        "x12.element-characters": "{place} holds characters its type does not allow.",
        "x12.element-code": "{place} is not a known code.",
        "x12.element-date": "{place} is not a date.",
        "x12.element-time": "{place} is not a time.",
        "x12.element-exclusion": "{place} may not be sent here.",
        "x12.check-failed": "{place} could not be checked.",
    }
)
_REFERENCE = re.compile(r"(?P<element>\d{2})(?:-(?P<component>\d{1,2}))?$")


def check_set(
    transaction_set: TransactionSet, *, severities: Mapping[str, Severity] | None = None
) -> tuple[Finding, ...]:
    """Every deviation of a set from its spec, in the order of its segments.

    Unknown segments, order, codes and lengths are warnings; a segment or element that the hub cannot
    map the set without is ``x12.segment-needed`` or ``x12.element-needed`` and rejects the set, as does
    a set the hub does not know. Never raises: a failure of pyx12 is ``x12.check-failed``.
    """
    overrides = severities or {}
    spec = set_specs().get(transaction_set.id)
    if spec is None:
        text = f"The hub does not read the transaction set {transaction_set.id[:6]}."
        code = "x12.set-unsupported"
        return (Finding(Level.SET, code, severity_of(code, overrides), text, "ST", 1, 1),)
    walk = _Walk(transaction_set, spec, overrides)
    return (*walk.findings(), *walk.absences())


def check_interchange(interchange: Interchange, *, severities: Mapping[str, Severity] | None = None) -> Interchange:
    """The interchange with the findings of `check_set` added to each of its sets."""
    groups = tuple(
        replace(
            group,
            sets=tuple(
                replace(item, findings=(*item.findings, *check_set(item, severities=severities))) for item in group.sets
            ),
        )
        for group in interchange.groups
    )
    return replace(interchange, groups=groups)


class _Walk:
    """One set on its way through its map."""

    def __init__(self, item: TransactionSet, spec: SetSpec, overrides: Mapping[str, Severity]) -> None:
        self._item = item
        self._needed = spec.needed
        self._somewhere = spec.somewhere
        self._overrides = overrides

    def findings(self) -> Iterator[Finding]:
        from pyx12.map_walker import walk_tree

        root = _map(self._item.id, "005010" if self._item.version.startswith("005") else "004010")
        node = root.getnodebypath("/ST_LOOP/ST")
        walker = walk_tree()
        walker.forceWalkCounterToLoopStart("/ST_LOOP", "/ST_LOOP/ST")
        for segment in self._item.segments[1:]:
            try:
                node, found = self._step(walker, node, segment)
            except Exception:  # noqa: BLE001 third-party code at a boundary: any failure is a finding
                found = [self._finding(Level.SEGMENT, "x12.check-failed", segment)]
            yield from found

    def absences(self) -> Iterator[Finding]:
        """Segments that must stand somewhere in the set and do not; pyx12 has no rule for a choice of loops."""
        present = {segment.id for segment in self._item.segments}
        for name in sorted(self._somewhere - present):
            yield self._finding(Level.SEGMENT, "x12.segment-needed", self._item.segments[-1], segment_id=name)

    def _step(self, walker: Any, node: Any, segment: Segment) -> tuple[Any, list[Finding]]:
        position = self._item.position_of(segment)
        theirs = _theirs(segment)
        reached, _, _, errors = walker.walk_errors(node, theirs, position, segment.position, None)
        found = [self._segment_error(error, segment) for error in errors]
        if reached is None:
            return node, found
        _, element_errors = reached.is_valid_errors(theirs)
        found.extend(self._element_error(error, segment) for error in element_errors)
        return reached, found

    def _segment_error(self, error: Any, segment: Segment) -> Finding:
        code = _SEGMENT_CODES[error.err_cde]
        if code == "x12.segment-unknown" and segment.id in segment_specs():
            code = "x12.segment-unexpected"
        if code != "x12.segment-missing":
            return self._finding(Level.SEGMENT, code, segment)
        missing = str(error.map_node.id)
        if missing in self._needed:
            code = "x12.segment-needed"
        return self._finding(Level.SEGMENT, code, segment, segment_id=missing)

    def _element_error(self, error: Any, segment: Segment) -> Finding:
        code = _ELEMENT_CODES[error.err_cde]
        # pyx12 names the place as "BEG03", "AK401-2", or for relations as a bare number.
        match = _REFERENCE.search(str(error.refdes or "").rjust(2, "0"))
        number = int(match["element"]) if match else None
        component = int(match["component"]) if match and match["component"] else None
        if code == "x12.element-missing" and number and f"{segment.id}{number:02}" in self._needed:
            code = "x12.element-needed"
        return self._finding(Level.ELEMENT, code, segment, element=number, component=component)

    def _finding(
        self,
        level: Level,
        code: str,
        segment: Segment,
        *,
        segment_id: str = "",
        element: int | None = None,
        component: int | None = None,
    ) -> Finding:
        name = segment_id or segment.id
        shown = name[:3] if name.isalnum() else "A segment"
        place = f"{shown}{element:02}" if element else shown
        return Finding(
            level=level,
            code=code,
            severity=severity_of(code, self._overrides),
            text=_TEXTS[code].format(place=place),
            segment_id=name,
            position=self._item.position_of(segment),
            element=element,
            component=component,
            value=segment.get(element) if element else "",
        )


def _theirs(segment: Segment) -> Any:
    """The segment as pyx12's own, components split only where the spec has a composite."""
    from pyx12.segment import Segment as TheirSegment

    spec = segment_specs().get(segment.id)
    elements = [text.translate(_OURS) for text in segment.elements]
    while len(elements) > 1 and not elements[-1].strip():
        elements.pop()
    for number, position in enumerate(spec.positions if spec else (), 1):
        # pyx12 fails with an IndexError on a component too many, so such an element stays one text.
        if position.parts and number < len(elements):
            parts = elements[number].split(segment.component_separator)
            elements[number] = _COMPONENT.join(parts) if len(parts) <= len(position.parts) else elements[number]
    return TheirSegment(_ELEMENT.join(elements), _TERMINATOR, _ELEMENT, _COMPONENT)


_loading = threading.Lock()


def _map(set_id: str, release: str) -> Any:
    """One map, kept for the process: counters live in the walker, so threads may share it (edi.md 2.3).

    Loading takes a quarter of a second of processor time; the cache alone would let every connection do it at once.
    """
    with _loading:
        return _load_map(set_id, release)


@lru_cache(maxsize=32)
def _load_map(set_id: str, release: str) -> Any:
    from pyx12.map_if import load_map_file
    from pyx12.params import ParamsBase

    with tempfile.TemporaryDirectory(prefix="x12-maps-") as folder:
        write_map_directory(Path(folder), release, set_id)
        return load_map_file(map_name(set_id), ParamsBase(), folder)
