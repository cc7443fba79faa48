"""The envelope as typed values: interchange, groups and transaction sets, with their findings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from hub.edi.findings import Finding
from hub.edi.segment import Segment


@dataclass(frozen=True, slots=True)
class Delimiters:
    """The characters one interchange uses; ``repetition`` is empty before 00402."""

    element: str = "*"
    component: str = ">"
    terminator: str = "~"
    repetition: str = ""


@dataclass(frozen=True, slots=True)
class TradingId:
    """A trading partner in the envelope: ISA05/06 or ISA07/08 (``("ZZ", "NORTHWIND")``)."""

    qualifier: str
    id: str


class Status(StrEnum):
    """What became of a transaction set."""

    ACCEPTED = "accepted"
    ACCEPTED_WITH_FINDINGS = "accepted_with_findings"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class TransactionSet:
    """One document, ST to SE inclusive; ``version`` is the group's GS08.

    ``passed`` segments of a feed were read on the way (`hub.edi.feed`) and are not kept in ``segments``.
    """

    id: str
    control_number: str
    functional_id: str
    version: str
    segments: tuple[Segment, ...] = field(repr=False)
    findings: tuple[Finding, ...] = ()
    passed: int = 0

    @property
    def size(self) -> int:
        """Segments from ST to SE, those of a feed that went by included."""
        return len(self.segments) + self.passed

    def position_of(self, segment: Segment) -> int:
        """Where the segment stands in the set, ST being 1."""
        return segment.position - self.segments[0].position + 1

    @property
    def rejected(self) -> bool:
        return any(finding.rejects for finding in self.findings)

    @property
    def status(self) -> Status:
        if self.rejected:
            return Status.REJECTED
        return Status.ACCEPTED_WITH_FINDINGS if self.findings else Status.ACCEPTED


@dataclass(frozen=True, slots=True)
class Group:
    """One functional group, GS to GE. ``sets_claimed`` is GE01, None where unreadable."""

    functional_id: str
    sender: str
    receiver: str
    control_number: str
    version: str
    sets: tuple[TransactionSet, ...]
    findings: tuple[Finding, ...] = ()
    sets_claimed: int | None = None

    @property
    def rejected(self) -> bool:
        return any(finding.rejects for finding in self.findings)


@dataclass(frozen=True, slots=True)
class Interchange:
    """One interchange, ISA to IEA, as found between bytes ``offset`` and ``end``.

    An ISA that cannot be read gives an interchange without groups and one rejecting finding, so that no
    byte of a file is dropped silently. ``strays`` are the segments that stood outside any set.
    """

    sender: TradingId
    receiver: TradingId
    control_number: str
    usage: str
    version: str
    delimiters: Delimiters
    groups: tuple[Group, ...]
    findings: tuple[Finding, ...] = ()
    date: str = ""
    time: str = ""
    acknowledgement_requested: bool = False
    segment_count: int = 0
    offset: int = 0
    end: int = 0
    strays: tuple[Segment, ...] = field(default=(), repr=False)

    @property
    def technical(self) -> tuple[Segment, ...]:
        """TA1 segments: they stand beside the groups and answer interchanges of ours."""
        return tuple(segment for segment in self.strays if segment.id == "TA1")

    @property
    def rejected(self) -> bool:
        """True when the envelope itself is at fault, so no set of it may be used."""
        return any(finding.rejects for finding in self.findings)

    def usable_sets(self) -> Iterator[tuple[Group, TransactionSet]]:
        """The sets that may be used: neither they nor their group nor the interchange was rejected."""
        if self.rejected:
            return
        for group in self.groups:
            if not group.rejected:
                yield from ((group, item) for item in group.sets if not item.rejected)
