"""Our answers to what came: a 997 per group and a TA1 per interchange, from the findings on them.

pyx12's own writer is not usable (edi.md 1, finding 5). A rejecting finding makes a set R, warnings leave
it E. Never written for a group of acknowledgements.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from types import MappingProxyType
from typing import Literal

from hub.edi.documents.functional import (
    ElementNote,
    FunctionalAcknowledgement,
    SegmentNote,
    SetResult,
    render_functional,
)
from hub.edi.findings import Finding, Level
from hub.edi.interchange import Group, Interchange, Status, TransactionSet
from hub.edi.write import OutboundEnvelope, OutboundSet, Row

_ACKNOWLEDGEMENT_GROUPS = frozenset({"FA"})
_COPIED_LENGTH = 99

_SEGMENT_CODES: Mapping[str, str] = MappingProxyType(
    {
        "x12.segment-unknown": "1",
        "x12.segment-unexpected": "2",
        "x12.segment-not-used": "2",
        "x12.segment-missing": "3",
        "x12.segment-needed": "3",
        "x12.loop-repeats": "4",
        "x12.segment-repeats": "5",
    }
)
_ELEMENT_CODES: Mapping[str, str] = MappingProxyType(
    {
        "x12.element-missing": "1",
        "x12.element-needed": "1",
        "x12.element-condition": "2",
        "x12.element-surplus": "3",
        "x12.element-short": "4",
        "x12.element-long": "5",
        "x12.element-characters": "6",
        "x12.value-unreadable": "6",
        "x12.element-code": "7",
        "x12.element-date": "8",
        "x12.element-time": "9",
        "x12.element-exclusion": "10",
    }
)
_SET_CODES: Mapping[str, str] = MappingProxyType(
    {
        "x12.set-unsupported": "1",
        "x12.set-not-agreed": "1",
        "x12.se-missing": "2",
        "x12.se-control-number": "3",
        "x12.se-count": "4",
        "x12.set-not-of-group": "6",
        "x12.set-control-number-missing": "7",
        "x12.set-control-number-repeated": "7",
    }
)
_GROUP_CODES: Mapping[str, str] = MappingProxyType(
    {"x12.ge-missing": "3", "x12.ge-control-number": "4", "x12.ge-count": "5"}
)
_SEGMENTS_IN_ERROR = "5"
_NO_FAULT = "000"

_NOTES: Mapping[str, str] = MappingProxyType(
    {
        "x12.iea-control-number": "001",
        "x12.version-unusual": "017",
        "x12.usage-unusual": "020",
        "x12.iea-count": "021",
        "x12.stray-segment": "022",
        "x12.iea-missing": "023",
        "x12.unknown-sender": "006",
        "x12.wrong-receiver": "008",
        "x12.usage-mismatch": "020",
    }
)
"""TA105 for what was wrong with the envelope; a fault that is not listed is 024, invalid content."""
_OTHER_FAULT = "024"

When = Literal["on_request", "always", "never"]
"""``on_request``: where ISA14 asks for it, or the envelope itself fails."""


def acknowledge_group(
    group: Group, *, refused: bool = False, every_set: bool = True
) -> FunctionalAcknowledgement | None:
    """The 997 for a received group, after `check_interchange`; None for a group of 997s.

    ``status`` is A without findings, E with warnings, P when some sets are rejected, R when all are or
    the group itself is. ``refused``: we do not take the interchange (test data where production is agreed), so all is
    rejected. ``every_set`` False leaves out the sets that have no findings, as some partners wish. A rejected
    interchange gets none: its envelope is a TA1's matter.
    """
    if group.functional_id in _ACKNOWLEDGEMENT_GROUPS:
        return None
    rejected = refused or group.rejected
    results = tuple(_result(item, rejected=rejected) for item in group.sets)
    accepted = sum(result.accepted for result in results)
    codes = _codes(group.findings, _GROUP_CODES)
    return FunctionalAcknowledgement(
        functional_id=group.functional_id,
        group_control_number=group.control_number,
        status=_group_status(results, accepted, codes, rejected=rejected),
        results=results if every_set else tuple(result for result in results if result.status != "A"),
        sets_included=len(results) if group.sets_claimed is None else group.sets_claimed,
        sets_received=len(results),
        sets_accepted=accepted,
        codes=codes,
    )


def acknowledgement_set(group: Group) -> OutboundSet | None:
    """`acknowledge_group` as a set ready for `write_interchange` (functional id FA, the group's version)."""
    document = acknowledge_group(group)
    return render_functional(document) if document else None


def acknowledgement_envelope(
    interchange: Interchange,
    group: Group,
    *,
    control_number: int,
    group_control_number: int,
    created: dt.datetime,
) -> OutboundEnvelope:
    """The envelope of the 997 for ``group``: parties turned round, same release and usage as received."""
    return OutboundEnvelope(
        sender=interchange.receiver,
        receiver=interchange.sender,
        group_sender=group.receiver,
        group_receiver=group.sender,
        functional_id="FA",
        version=group.version,
        control_number=control_number,
        group_control_number=group_control_number,
        created=created,
        usage="T" if interchange.usage == "T" else "P",
    )


def technical_acknowledgement(interchange: Interchange, *, when: When = "on_request", refusal: str = "") -> Row | None:
    """The TA1 for a received interchange, None where none is due or its header could not be read.

    R where the envelope failed or ``refusal`` (a finding's code) says why we do not take it, E with findings on the
    envelope, else A.
    """
    failed = interchange.rejected
    if not interchange.control_number:
        return None
    if when == "never" or (when == "on_request" and not failed and not interchange.acknowledgement_requested):
        return None
    noted = [refusal] if refusal else [*_noted(interchange.findings, rejecting=True), *_noted(interchange.findings)]
    listed = [code for code in noted if code in _NOTES]
    if failed or refusal:
        status, note = "R", _NOTES[listed[0]] if listed else _OTHER_FAULT
    else:
        status, note = ("E", _NOTES[listed[0]]) if listed else ("A", _NO_FAULT)
    return ("TA1", interchange.control_number, interchange.date, interchange.time, status, note)


def _noted(findings: Iterable[Finding], *, rejecting: bool = False) -> list[str]:
    return [finding.code for finding in findings if finding.rejects or not rejecting]


def _group_status(results: tuple[SetResult, ...], accepted: int, codes: tuple[str, ...], *, rejected: bool) -> str:
    if rejected or not accepted:
        return "R"
    if accepted < len(results):
        return "P"
    return "E" if codes or any(result.status == "E" for result in results) else "A"


def _result(item: TransactionSet, *, rejected: bool) -> SetResult:
    notes = tuple(_notes(item))
    codes = _codes(item.findings, _SET_CODES)
    if notes or any(finding.level in {Level.SEGMENT, Level.ELEMENT} for finding in item.findings):
        codes = tuple(dict.fromkeys((*codes, _SEGMENTS_IN_ERROR)))[:5]
    status = {Status.ACCEPTED: "A", Status.ACCEPTED_WITH_FINDINGS: "E", Status.REJECTED: "R"}[item.status]
    return SetResult(
        set_id=item.id,
        control_number=item.control_number,
        status="R" if rejected else status,
        codes=codes,
        notes=notes,
    )


def _codes(findings: tuple[Finding, ...], table: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(table[item.code] for item in findings if item.code in table))[:5]


def _notes(item: TransactionSet) -> Iterator[SegmentNote]:
    """AK3 per segment at fault: its own errors first, then one with the AK4 of its elements."""
    for position, group in groupby(sorted(_placed(item), key=lambda found: found.position), _position):
        found = list(group)
        for finding in found:
            if finding.code in _SEGMENT_CODES:
                yield SegmentNote(finding.segment_id, position, _SEGMENT_CODES[finding.code])
        elements = tuple(_element(finding) for finding in found if finding.code in _ELEMENT_CODES)
        if elements:
            name = next(finding.segment_id for finding in found if finding.code in _ELEMENT_CODES)
            yield SegmentNote(name, position, "8", elements=elements)


def _placed(item: TransactionSet) -> Iterator[Finding]:
    return (found for found in item.findings if found.code in _SEGMENT_CODES or found.code in _ELEMENT_CODES)


def _position(finding: Finding) -> int:
    return finding.position


def _element(finding: Finding) -> ElementNote:
    return ElementNote(
        element=finding.element or 1,
        component=finding.component,
        code=_ELEMENT_CODES[finding.code],
        value=finding.value[:_COPIED_LENGTH],
    )
