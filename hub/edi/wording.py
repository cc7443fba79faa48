"""Faults of a set as findings: their words, and what becomes of the set."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from hub.edi.findings import Finding, Level, Severity, severity_of
from hub.edi.interchange import TransactionSet
from hub.edi.segment import Segment
from hub.edi.spec.segments import segment_specs
from hub.edi.spec.sets import SetSpec

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


@dataclass(frozen=True, slots=True)
class Fault:
    """What an engine found: a code, the segment it stands on, the segment it is about, the element."""

    code: str
    segment: Segment
    about: str = ""
    element: int | None = None
    component: int | None = None


def findings_of(
    faults: Iterable[Fault], item: TransactionSet, spec: SetSpec, overrides: Mapping[str, Severity]
) -> Iterator[Finding]:
    """The faults of both engines in the same words, each once. What the hub cannot do without rejects the set."""
    told: set[tuple[str, int, str, int | None, int | None]] = set()
    for fault in faults:
        code = _weighed(fault, spec)
        about = fault.about or fault.segment.id
        position = item.position_of(fault.segment)
        key = (code, position, about, fault.element, fault.component)
        if key in told:
            continue
        told.add(key)
        shown = about[:3] if about.isalnum() else "A segment"
        place = f"{shown}{fault.element:02}" if fault.element else shown
        severity = severity_of(code, overrides)
        if severity is Severity.OFF:
            continue
        yield Finding(
            level=Level.ELEMENT if fault.element else Level.SEGMENT,
            code=code,
            severity=severity,
            text=_TEXTS[code].format(place=place),
            segment_id=about,
            position=position,
            element=fault.element,
            component=fault.component,
            value=fault.segment.get(fault.element) if fault.element else "",
        )


def _weighed(fault: Fault, spec: SetSpec) -> str:
    about = fault.about or fault.segment.id
    if fault.code == "x12.segment-unknown" and about in segment_specs():
        return "x12.segment-unexpected"
    if fault.code == "x12.segment-missing" and about in spec.needed:
        return "x12.segment-needed"
    if fault.code == "x12.element-missing" and f"{about}{fault.element or 0:02}" in spec.needed:
        return "x12.element-needed"
    return fault.code
