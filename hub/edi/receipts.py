"""A partner's 997 and TA1 in words, and beside the segments of ours that it speaks of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from hub.edi.documents.functional import FunctionalAcknowledgement, SegmentNote, SetResult, parse_functional
from hub.edi.documents.technical import TechnicalAcknowledgement
from hub.edi.envelope import read_interchanges
from hub.edi.interchange import TransactionSet
from hub.edi.segment import Segment
from hub.errors import DataError

_SEGMENT: Mapping[str, str] = MappingProxyType(
    {
        "1": "no such segment is known",
        "2": "the segment is not expected here",
        "3": "a mandatory segment is missing",
        "4": "the loop repeats too often",
        "5": "the segment repeats too often",
        "6": "the segment does not belong in this set",
        "7": "the segment is out of order",
        "8": "elements are at fault",
    }
)
_ELEMENT: Mapping[str, str] = MappingProxyType(
    {
        "1": "is mandatory and missing",
        "2": "is needed with its neighbours and missing",
        "3": "is one too many",
        "4": "is too short",
        "5": "is too long",
        "6": "has invalid characters",
        "7": "is not a valid code",
        "8": "is not a valid date",
        "9": "is not a valid time",
        "10": "may not be sent here",
        "12": "repeats too often",
        "13": "has too many components",
    }
)
_SET: Mapping[str, str] = MappingProxyType(
    {
        "1": "the set is not supported",
        "2": "its trailer is missing",
        "3": "the control numbers at its two ends differ",
        "4": "its number of segments is wrong",
        "5": "segments are at fault",
        "6": "its set id is missing or invalid",
        "7": "its control number is missing or invalid",
        "23": "its control number is not unique in the group",
    }
)
_GROUP: Mapping[str, str] = MappingProxyType(
    {
        "1": "the group is not supported",
        "2": "the group's version is not supported",
        "3": "the group's trailer is missing",
        "4": "the control numbers at the group's two ends differ",
        "5": "the group's number of sets is wrong",
        "6": "the group's control number is invalid",
    }
)
_TECHNICAL: Mapping[str, str] = MappingProxyType(
    {
        "000": "no fault",
        "001": "the control numbers at its two ends differ",
        "002": "its standard is not supported",
        "003": "its version is not supported",
        "004": "its segment terminator is invalid",
        "005": "the qualifier of its sender is invalid",
        "006": "the id of its sender is invalid",
        "007": "the qualifier of its receiver is invalid",
        "008": "the id of its receiver is invalid",
        "009": "its receiver is unknown",
        "010": "its authorisation qualifier is invalid",
        "011": "its authorisation is invalid",
        "012": "its security qualifier is invalid",
        "013": "its security information is invalid",
        "014": "its date is invalid",
        "015": "its time is invalid",
        "016": "its standards identifier is invalid",
        "017": "its version id is invalid",
        "018": "its control number is invalid",
        "019": "its acknowledgement request is invalid",
        "020": "its test indicator is invalid",
        "021": "its number of groups is wrong",
        "022": "its control structure is invalid",
        "023": "it ends too early",
        "024": "its content is invalid",
        "025": "its control number was used before",
        "026": "its element separator is invalid",
        "027": "its component separator is invalid",
    }
)
_MOST_NOTES = 10


@dataclass(frozen=True, slots=True)
class RejectedElement:
    """One element of our segment: ``value`` is what we sent, ``reason`` the partner's word for it."""

    element: int
    component: int | None
    reason: str
    value: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class RejectedSegment:
    """A note of the partner's beside our segment. ``position`` counts from ST (1).

    ``text`` is our segment with * between its elements, empty where our set has none there. It may hold personal data:
    for a person's eyes, never for logs or messages.
    """

    set_id: str
    control_number: str
    position: int
    segment_id: str
    reason: str
    elements: tuple[RejectedElement, ...] = ()
    text: str = field(default="", repr=False)


def rejected_segments(ours: bytes, theirs: FunctionalAcknowledgement) -> tuple[RejectedSegment, ...]:
    """Every note of a 997 beside the segment of ours it is about; ``ours`` is the file as it was sent.

    A note on a set that is not in the file has no segment. Raises nothing but what reading our own file raises.
    """
    sets = _our_sets(ours, theirs)
    return tuple(
        _beside(result, note, sets.get((result.set_id, _bare(result.control_number))))
        for result in theirs.results
        for note in result.notes
    )


def words_of_result(result: SetResult) -> str:
    """What the partner found in one set, with places and without any data of it; empty where it does not say."""
    notes = [_note_words(note) for note in result.notes[:_MOST_NOTES]]
    if len(result.notes) > _MOST_NOTES:
        notes.append(f"and {len(result.notes) - _MOST_NOTES} more")
    told = [*notes, *(_SET.get(code, f"code {code[:3]}") for code in result.codes if not notes or code != "5")]
    return "; ".join(told)


def words_of_technical(document: TechnicalAcknowledgement) -> str:
    """The note of a TA1."""
    return _TECHNICAL.get(document.note, f"note {document.note[:3]}" if document.note else "no reason given")


def words_of_group(document: FunctionalAcknowledgement) -> str:
    """What the partner found in the group as a whole, empty where it does not say."""
    return "; ".join(_GROUP.get(code, f"code {code[:3]}") for code in document.codes)


def _note_words(note: SegmentNote) -> str:
    place = f"{note.segment_id[:3]} at segment {note.position}"
    if not note.elements:
        return f"{place}: {_SEGMENT.get(note.code, f'code {note.code[:3]}')}"
    found = ", ".join(f"element {_place(each.element, each.component)} {_reason(each.code)}" for each in note.elements)
    return f"{place}: {found}"


def _place(element: int, component: int | None) -> str:
    return str(element) if component is None else f"{element}-{component}"


def _reason(code: str) -> str:
    return _ELEMENT.get(code, f"has code {code[:3]}")


def _beside(result: SetResult, note: SegmentNote, ours: TransactionSet | None) -> RejectedSegment:
    segment = _segment_at(ours, note.position)
    return RejectedSegment(
        set_id=result.set_id,
        control_number=result.control_number,
        position=note.position,
        segment_id=note.segment_id,
        reason=_SEGMENT.get(note.code, f"code {note.code[:3]}"),
        elements=tuple(
            RejectedElement(each.element, each.component, _reason(each.code), _value(segment, each.element))
            for each in note.elements
        ),
        text="*".join(segment.elements) if segment else "",
    )


def _segment_at(ours: TransactionSet | None, position: int) -> Segment | None:
    if ours is None or not 0 < position <= len(ours.segments):
        return None
    return ours.segments[position - 1]


def _value(segment: Segment | None, element: int) -> str:
    return segment.get(element) if segment and element > 0 else ""


def _our_sets(ours: bytes, theirs: FunctionalAcknowledgement) -> dict[tuple[str, str], TransactionSet]:
    return {
        (each.id, _bare(each.control_number)): each
        for interchange in read_interchanges(ours)
        for group in interchange.groups
        if (group.functional_id, _bare(group.control_number))
        == (theirs.functional_id, _bare(theirs.group_control_number))
        for each in group.sets
    }


def acknowledgements_of(
    document: bytes, functional_id: str, control_number: str
) -> Iterator[FunctionalAcknowledgement]:
    """The 997s in a file of the partner's that answer that group of ours; none where the file can't be read."""
    try:
        found = read_interchanges(document)
    except DataError:
        return
    for interchange in found:
        for group in interchange.groups:
            for each in group.sets:
                if each.id == "997":
                    theirs = parse_functional(each)
                    answered = (theirs.functional_id, _bare(theirs.group_control_number))
                    if answered == (functional_id, _bare(control_number)):
                        yield theirs


def _bare(number: str) -> str:
    return number.lstrip("0") or "0"
