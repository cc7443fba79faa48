"""X12 files as JSON: the shapes that ``hub edi --json`` prints (docs/reference/cli.md), without any I/O."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hub.edi.compare import Difference
    from hub.edi.explain import SegmentInWords
    from hub.edi.explain_loops import LoopPlace
    from hub.edi.findings import Finding
    from hub.edi.inspection import Inspected, InspectedSet
    from hub.edi.interchange import TradingId
    from hub.errors import HubError


def interchange(found: Inspected, *, documents: bool = True) -> dict[str, Any]:
    """One interchange with its groups, sets and documents, and all findings on any of them in one list.

    ``document`` of a set is null where it is rejected or none the hub reads, and everywhere without ``documents``.
    TA1 segments stand in no group: where there are any, one key more holds them.
    """
    from hub.edi.documents.registry import document_json

    def of_set(one: InspectedSet) -> dict[str, Any]:
        return {
            "id": one.item.id,
            "control_number": one.item.control_number,
            "segments": one.item.size,
            "status": one.status.value,
            "document": document_json(one.document) if documents and one.document is not None else None,
        }

    head = found.interchange
    marks = head.delimiters
    technical = {"technical_acknowledgements": list(technical_acknowledgements(found))} if head.technical else {}
    return {
        "control_number": head.control_number,
        "sender": _trading_id(head.sender),
        "receiver": _trading_id(head.receiver),
        "usage": head.usage,
        "version": head.version,
        "delimiters": _delimiters(marks.element, marks.component, marks.terminator, marks.repetition),
        "groups": [
            {
                "functional_id": each.group.functional_id,
                "control_number": each.group.control_number,
                "version": each.group.version,
                "sets": [of_set(one) for one in each.sets],
            }
            for each in found.groups
        ],
        "findings": list(findings(found)),
        "segments": head.segment_count,
        **technical,
    }


def technical_acknowledgements(found: Inspected) -> Iterator[dict[str, Any]]:
    """The TA1 segments of an interchange as documents."""
    from hub.edi.documents.registry import document_json
    from hub.edi.documents.technical import read_technical

    return (document_json(read_technical(segment)) for segment in found.interchange.technical)


def unreadable(error: HubError) -> dict[str, Any]:
    """What stands for a file without any readable interchange: the same keys, empty, and the reason as a finding."""
    nobody = {"qualifier": "", "id": ""}
    return {
        "control_number": "",
        "sender": nobody,
        "receiver": nobody,
        "usage": "",
        "version": "",
        "delimiters": _delimiters("", "", "", ""),
        "groups": [],
        "findings": [unreadable_finding(error)],
        "segments": 0,
    }


def unreadable_finding(error: HubError) -> dict[str, Any]:
    """The reason why a file cannot be read, as a rejecting finding on its first segment."""
    return {
        "severity": "reject",
        "code": error.code,
        "level": "interchange",
        "segment": "ISA",
        "position": 1,
        "element": None,
        "value": "",
        "text": error.message,
        "group": None,
        "set": None,
    }


def findings(found: Inspected) -> Iterator[dict[str, Any]]:
    """The interchange's findings, then each group's, then each set's; ``group`` and ``set`` are control numbers."""
    yield from (finding(one) for one in found.interchange.findings)
    for each in found.groups:
        group = each.group.control_number
        yield from (finding(one, group) for one in each.group.findings)
        for item in each.sets:
            yield from (finding(one, group, item.item.control_number) for one in item.item.findings)


def finding(one: Finding, group: str | None = None, set_number: str | None = None) -> dict[str, Any]:
    """One finding; ``position`` counts from ST where ``set`` is given, else from ISA."""
    return {
        "severity": one.severity.value,
        "code": one.code,
        "level": one.level.value,
        "segment": one.segment_id,
        "position": one.position,
        "element": one.element,
        "value": one.value,
        "text": one.text,
        "group": group,
        "set": set_number,
    }


def explained(found: SegmentInWords) -> dict[str, Any]:
    """A segment in words."""
    group, item = found.group, found.item
    return {
        "segment": found.segment.id,
        "name": found.name,
        "position": found.position,
        "group": group.control_number if group else None,
        "set": item.control_number if item else None,
        "set_id": item.id if item else None,
        "set_position": found.set_position,
        "loops": None if found.loops is None else [_loop(each) for each in found.loops],
        "elements": [
            {"place": each.place, "name": each.name, "value": each.value, "meaning": each.meaning}
            for each in found.elements
        ],
        "findings": [finding(each) for each in found.findings],
    }


def difference(one: Difference) -> dict[str, Any]:
    """One place that differs between two files."""
    return {
        "change": one.change.value,
        "set_id": one.set_id or None,
        "set_before": one.control_before or None,
        "set_after": one.control_after or None,
        "segment": one.segment_id or None,
        "position_before": one.position_before,
        "position_after": one.position_after,
        "element": one.element,
        "before": one.before if one.element is not None else None,
        "after": one.after if one.element is not None else None,
    }


def _loop(place: LoopPlace) -> dict[str, Any]:
    return {"head": place.head, "occurrence": place.occurrence, "level": place.level or None}


def _trading_id(party: TradingId) -> dict[str, str]:
    return {"qualifier": party.qualifier, "id": party.id}


def _delimiters(element: str, component: str, segment: str, repetition: str) -> dict[str, str]:
    return {"element": element, "component": component, "segment": segment, "repetition": repetition}
