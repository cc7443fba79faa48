"""997 functional acknowledgement, read and written: "your group was readable", never "accepted"."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from hub.edi.documents.reading import Reading
from hub.edi.findings import Finding
from hub.edi.interchange import TransactionSet
from hub.edi.segment import Segment
from hub.edi.write import OutboundSet, Row

ACCEPTED_STATUSES = frozenset({"A", "E"})


@dataclass(frozen=True, slots=True)
class ElementNote:
    """AK4: ``code`` is AK403 (1 missing, 7 bad code, 8 bad date ...), ``value`` the copied bad data."""

    element: int
    code: str
    component: int | None = None
    reference: str = ""
    value: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class SegmentNote:
    """AK3: ``position`` counts from ST (1), ``code`` is AK304 (1 unknown, 3 missing, 8 has element errors ...)."""

    segment_id: str
    position: int
    code: str = ""
    loop: str = ""
    elements: tuple[ElementNote, ...] = ()


@dataclass(frozen=True, slots=True)
class SetResult:
    """AK2 loop: the verdict on one of our sets. ``status`` is AK501: A, E accepted; R, M, W, X rejected."""

    set_id: str
    control_number: str
    status: str
    codes: tuple[str, ...] = ()
    notes: tuple[SegmentNote, ...] = ()

    @property
    def accepted(self) -> bool:
        return self.status in ACCEPTED_STATUSES


@dataclass(frozen=True, slots=True)
class FunctionalAcknowledgement:
    """997. It names our group by GS01 (``functional_id``) and GS06 (``group_control_number``).

    ``status`` is AK901: A, E, P partially accepted, R. Partners may leave the AK2 loops out for sets
    they accepted; then ``results`` holds only the rejected ones, or none.
    """

    functional_id: str
    group_control_number: str
    status: str
    results: tuple[SetResult, ...] = ()
    sets_included: int | None = None
    sets_received: int | None = None
    sets_accepted: int | None = None
    codes: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = field(default=(), compare=False)

    def verdict(self, set_id: str, control_number: str) -> str:
        """A, E or R for one of our sets; empty where the 997 does not say.

        A set without a loop of its own follows the group where that is A, E or R; in a P the sets not
        named are accepted only if the counts leave no doubt.
        """
        for result in self.results:
            if (result.set_id or set_id) == set_id and _same_number(result.control_number, control_number):
                return result.status if result.accepted else "R"
        if self.status in ACCEPTED_STATUSES:
            return self.status
        if self.status != "P":
            return "R" if self.status else ""
        rejected = sum(not result.accepted for result in self.results)
        known = self.sets_included is not None and self.sets_accepted is not None
        doubtless = known and (self.sets_included or 0) - (self.sets_accepted or 0) == rejected
        return "A" if doubtless else ""


def _same_number(ours: str, theirs: str) -> bool:
    """Control numbers agree also when one side drops leading zeros."""
    return ours == theirs or (ours.isdigit() and theirs.isdigit() and int(ours) == int(theirs))


def parse_functional(transaction_set: TransactionSet) -> FunctionalAcknowledgement:
    """Read a 997. Raises DataError only for another set."""
    reading = Reading(transaction_set, "997")
    segments = transaction_set.segments
    first = {item.id: item for item in reversed(segments)}
    ak1 = first.get("AK1", Segment(("AK1",)))
    ak9 = first.get("AK9", Segment(("AK9",)))
    return FunctionalAcknowledgement(
        functional_id=ak1.get(1),
        group_control_number=ak1.get(2),
        status=ak9.get(1),
        results=tuple(_results(segments, reading)),
        sets_included=reading.integer(ak9, 2),
        sets_received=reading.integer(ak9, 3),
        sets_accepted=reading.integer(ak9, 4),
        codes=tuple(filter(None, (ak9.get(number) for number in range(5, 10)))),
        findings=tuple(reading.findings),
    )


def _results(segments: tuple[Segment, ...], reading: Reading) -> Iterator[SetResult]:
    starts = [number for number, item in enumerate(segments) if item.id == "AK2"]
    for start, end in pairwise([*starts, len(segments)]):
        block = segments[start:end]
        ak5 = next((item for item in block if item.id == "AK5"), Segment(("AK5",)))
        yield SetResult(
            set_id=block[0].get(1),
            control_number=block[0].get(2),
            status=ak5.get(1),
            codes=tuple(filter(None, (ak5.get(number) for number in range(2, 7)))),
            notes=tuple(_notes(block, reading)),
        )


def _notes(block: tuple[Segment, ...], reading: Reading) -> Iterator[SegmentNote]:
    starts = [number for number, item in enumerate(block) if item.id == "AK3"]
    for start, end in pairwise([*starts, len(block)]):
        ak3 = block[start]
        yield SegmentNote(
            segment_id=ak3.get(1),
            position=reading.integer(ak3, 2) or 0,
            loop=ak3.get(3),
            code=ak3.get(4),
            elements=tuple(_element(item) for item in block[start:end] if item.id == "AK4"),
        )


def _element(ak4: Segment) -> ElementNote:
    place = [int(part) if part.isascii() and part.isdigit() else 0 for part in ak4.components(1)[:2]]
    return ElementNote(
        element=place[0],
        component=place[1] if len(place) > 1 else None,
        reference=ak4.get(2),
        code=ak4.get(3),
        value=ak4.get(4),
    )


def render_functional(document: FunctionalAcknowledgement) -> OutboundSet:
    """The 997's segments between ST and SE."""
    return OutboundSet("997", tuple(_rows(document)))


def _rows(document: FunctionalAcknowledgement) -> Iterator[Row]:
    yield ("AK1", document.functional_id, document.group_control_number)
    for result in document.results:
        yield ("AK2", result.set_id, result.control_number)
        for note in result.notes:
            yield ("AK3", note.segment_id, str(note.position), note.loop, note.code)
            yield from (_element_row(item) for item in note.elements)
        yield ("AK5", result.status, *result.codes[:5])
    counts = (document.sets_included, document.sets_received, document.sets_accepted)
    yield ("AK9", document.status, *(str(count or 0) for count in counts), *document.codes[:5])


def _element_row(item: ElementNote) -> Row:
    number = str(item.element)
    place = number if item.component is None else (number, str(item.component))
    return ("AK4", place, item.reference, item.code, item.value)
