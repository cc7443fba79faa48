"""Segments to interchanges, groups and transaction sets; counts and control numbers checked here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from hub.edi.compiled.elements import checkers
from hub.edi.findings import Finding, Level, Severity, kept, severity_of
from hub.edi.interchange import Delimiters, Group, Interchange, TradingId, TransactionSet
from hub.edi.isa import InterchangeStart
from hub.edi.scan import Piece, scan
from hub.edi.segment import Segment
from hub.edi.spec.elements import RELEASES
from hub.errors import DataError

GROUP_OF_SET: Mapping[str, str] = MappingProxyType(
    {
        "810": "IN",
        "832": "SC",
        "846": "IB",
        "850": "PO",
        "855": "PR",
        "856": "SH",
        "860": "PC",
        "865": "CA",
        "940": "OW",
        "943": "AR",
        "944": "RE",
        "945": "SW",
        "997": "FA",
    }
)
"""GS01 of each set the hub knows."""

UNREADABLE = frozenset({"x12.isa-too-short", "x12.bad-terminator"})
"""What is wrong with a header that cannot be read."""

_USUAL_VERSIONS = frozenset({"00400", "00401", "00402", "00403", "00405", "00406", "00501", "00601"})


def read_interchanges(
    data: bytes,
    *,
    severities: Mapping[str, Severity] | None = None,
    encoding: str | None = None,
) -> list[Interchange]:
    """Read every interchange of ``data``; whatever deviates is a finding on the unit it concerns.

    ``severities`` raises or lowers single finding codes (a partner's profile). An interchange without
    IEA is truncated and rejected. A header that cannot be read is a rejected interchange of its own, so that those
    beside it stand. Raises DataError (``x12.no-interchange``, ``x12.isa-too-short``,
    ``x12.bad-terminator``) when the input holds no readable interchange at all.
    """
    overrides = severities or {}
    builders: list[InterchangeBuilder] = []
    early: list[Finding] = []
    for piece in scan(data, encoding=encoding):
        _take(piece, builders, early, overrides)
    if not builders:
        raise nothing_readable(early)
    ends = [*(builder.start.offset for builder in builders[1:]), len(data)]
    found = [builder.build(end) for builder, end in zip(builders, ends, strict=True)]
    found[0] = replace(found[0], findings=(*regraded(early, overrides), *found[0].findings))
    return [each for one in found for each in apart(one)]


def apart(found: Interchange) -> Iterator[Interchange]:
    """The interchange, then one without content for each unreadable header that was met around it."""
    unreadable = [finding for finding in found.findings if finding.code in UNREADABLE]
    if not unreadable:
        yield found
        return
    yield replace(found, findings=tuple(finding for finding in found.findings if finding.code not in UNREADABLE))
    nobody = TradingId("", "")
    for finding in unreadable:
        yield Interchange(nobody, nobody, "", "", "", Delimiters(), (), (finding,))


def _take(
    piece: Piece,
    builders: list[InterchangeBuilder],
    early: list[Finding],
    overrides: Mapping[str, Severity],
) -> None:
    if isinstance(piece, InterchangeStart):
        builders.append(InterchangeBuilder(piece, overrides))
    elif isinstance(piece, Segment):
        builders[-1].add(piece)
    elif builders:
        builders[-1].findings.append(piece)
    else:
        early.append(piece)


def nothing_readable(findings: list[Finding]) -> DataError:
    """Why a file holds no interchange that could be read."""
    cure = "Ask the partner for a complete X12 file, or check that this connection's files are X12."
    for finding in findings:
        if finding.code in UNREADABLE:
            return DataError(finding.text, code=finding.code, cure=cure, path="ISA")
    return DataError("The input holds no X12 interchange.", code="x12.no-interchange", cure=cure, path="ISA")


def regraded(findings: Iterable[Finding], overrides: Mapping[str, Severity]) -> tuple[Finding, ...]:
    """Findings at the severity a partner's profile gives them, without those it switches off."""
    return kept(replace(item, severity=severity_of(item.code, overrides)) for item in findings)


@dataclass(slots=True)
class _SetBuilder:
    segments: list[Segment]
    findings: list[Finding] = field(default_factory=list)
    passed: int = 0


@dataclass(slots=True)
class _GroupBuilder:
    head: Segment
    sets: list[TransactionSet] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    claimed: int | None = None
    numbers: set[str] = field(default_factory=set)


class InterchangeBuilder:
    """Takes the segments of one interchange in their order and closes what they leave open.

    ``closing`` is given each set once it is complete, and what it gives stands in its place.
    """

    def __init__(
        self,
        start: InterchangeStart,
        overrides: Mapping[str, Severity],
        closing: Callable[[TransactionSet], TransactionSet] = lambda item: item,
    ) -> None:
        self.start = start
        self._closing = closing
        self.findings: list[Finding] = []
        self._overrides = overrides
        self._groups: list[Group] = []
        self._strays: list[Segment] = []
        self._group: _GroupBuilder | None = None
        self._set: _SetBuilder | None = None
        self._trailer: Segment | None = None
        self._count = 1

    def add(self, segment: Segment) -> None:
        self._count += 1
        match segment.id:
            case "GS":
                self._close_group(None)
                self._group = _GroupBuilder(segment)
            case "ST" if self._group is not None:
                self._close_set(None)
                self._set = _SetBuilder([segment])
            case "SE" if self._set is not None:
                self._set.segments.append(segment)
                self._close_set(segment)
            case "GE" if self._group is not None:
                self._close_group(segment)
            case "IEA":
                self._close_group(None)
                self._trailer = segment
            case _ if self._set is not None:
                self._set.segments.append(segment)
            case "TA1" if self._group is None:
                self._strays.append(segment)
                self._check_technical(segment)
            case _:
                self._stray(segment)

    def open_set(self) -> TransactionSet | None:
        """The set that is being read, as far as it is kept."""
        if self._set is None or self._group is None:
            return None
        return _transaction_set(self._set, self._group.head)

    def pass_over(self, count: int, findings: Iterable[Finding] = ()) -> None:
        """``count`` segments of the open set were read as a feed, with these findings."""
        self._count += count
        if self._set is not None:
            self._set.passed += count
            self._set.findings.extend(findings)

    def build(self, end: int) -> Interchange:
        self._close_group(None)
        self._check_header()
        self._check_trailer()
        isa = self.start.isa
        return Interchange(
            sender=TradingId(isa.get(5), isa.get(6)),
            receiver=TradingId(isa.get(7), isa.get(8)),
            control_number=isa.get(13),
            usage=isa.get(15),
            version=isa.get(12),
            delimiters=self.start.delimiters,
            groups=tuple(self._groups),
            findings=regraded(self.findings, self._overrides),
            date=isa.get(9),
            time=isa.get(10),
            acknowledgement_requested=isa.get(14) == "1",
            segment_count=self._count,
            offset=self.start.offset,
            end=end,
            strays=tuple(self._strays),
        )

    def _stray(self, segment: Segment) -> None:
        first_of_run = not self._strays or self._strays[-1].position != segment.position - 1
        self._strays.append(segment)
        if first_of_run:
            text = f"{segment.id[:3]}, and what follows it, stands outside a transaction set."
            self._note("x12.stray-segment", text, segment)

    def _note(self, code: str, text: str, segment: Segment, *, element: int | None = None) -> None:
        self.findings.append(self._finding(Level.INTERCHANGE, code, text, segment, segment.position, element))

    def _finding(
        self,
        level: Level,
        code: str,
        text: str,
        segment: Segment,
        position: int,
        element: int | None = None,
    ) -> Finding:
        return Finding(
            level=level,
            code=code,
            severity=severity_of(code, self._overrides),
            text=text,
            segment_id=segment.id,
            position=position,
            element=element,
            value=segment.get(element) if element else "",
        )

    def _check_technical(self, segment: Segment) -> None:
        """A TA1 stands in no set, and so no walk comes by it."""
        for code, element, _ in checkers(RELEASES[0])["TA1"](segment.elements, segment.component_separator):
            self._note(code, f"TA1{element or 0:02} does not fit the spec.", segment, element=element)

    def _check_header(self) -> None:
        isa = self.start.isa
        if isa.get(12) not in _USUAL_VERSIONS:
            self._note("x12.version-unusual", "ISA12 is not a version in use.", isa, element=12)
        if isa.get(15) not in {"P", "T"}:
            self._note("x12.usage-unusual", "ISA15 is neither P nor T.", isa, element=15)

    def _check_trailer(self) -> None:
        isa, trailer = self.start.isa, self._trailer
        if trailer is None:
            self._note("x12.iea-missing", "The interchange is cut off: it has no IEA.", isa)
            return
        if _number(trailer.get(1)) != len(self._groups):
            text = f"IEA01 does not agree with the {len(self._groups)} groups found."
            self._note("x12.iea-count", text, trailer, element=1)
        if not _same(trailer.get(2), isa.get(13)):
            self._note("x12.iea-control-number", "IEA02 is not ISA13.", trailer, element=2)

    def _close_group(self, trailer: Segment | None) -> None:
        self._close_set(None)
        group = self._group
        if group is None:
            return
        head = group.head
        notes: list[tuple[str, str, Segment, int | None]] = []
        if trailer is None:
            notes.append(("x12.ge-missing", "The group has no GE.", head, None))
        else:
            group.claimed = _number(trailer.get(1))
            if group.claimed != len(group.sets):
                text = f"GE01 does not agree with the {len(group.sets)} sets found."
                notes.append(("x12.ge-count", text, trailer, 1))
            if not _same(trailer.get(2), head.get(6)):
                notes.append(("x12.ge-control-number", "GE02 is not GS06.", trailer, 2))
        for code, text, segment, element in notes:
            found = self._finding(Level.GROUP, code, text, segment, segment.position, element)
            group.findings.append(found)
        self._groups.append(_group(group))
        self._group = None

    def _close_set(self, trailer: Segment | None) -> None:
        builder, group = self._set, self._group
        if builder is None or group is None:
            return
        head = builder.segments[0]

        def note(code: str, text: str, segment: Segment, element: int | None = None) -> None:
            position = segment.position - head.position + 1
            builder.findings.append(self._finding(Level.SET, code, text, segment, position, element))

        number = head.get(2)
        if not number:
            note("x12.set-control-number-missing", "ST02 is empty.", head, 2)
        elif number.lstrip("0") in group.numbers:
            note("x12.set-control-number-repeated", "ST02 was used before in this group.", head, 2)
        group.numbers.add(number.lstrip("0"))
        expected = GROUP_OF_SET.get(head.get(1))
        if expected is not None and expected != group.head.get(1):
            note("x12.set-not-of-group", f"ST01 belongs in a group {expected}.", head, 1)
        if trailer is None:
            note("x12.se-missing", "The set has no SE.", head)
        else:
            count = len(builder.segments) + builder.passed
            if _number(trailer.get(1)) != count:
                text = f"SE01 does not agree with the {count} segments found."
                note("x12.se-count", text, trailer, 1)
            if not _same(trailer.get(2), number):
                note("x12.se-control-number", "SE02 is not ST02.", trailer, 2)
        group.sets.append(self._closing(_transaction_set(builder, group.head)))
        self._set = None


def _group(builder: _GroupBuilder) -> Group:
    head = builder.head
    return Group(
        functional_id=head.get(1),
        sender=head.get(2),
        receiver=head.get(3),
        control_number=head.get(6),
        version=head.get(8),
        sets=tuple(builder.sets),
        findings=kept(builder.findings),
        sets_claimed=builder.claimed,
    )


def _transaction_set(builder: _SetBuilder, group_head: Segment) -> TransactionSet:
    head = builder.segments[0]
    return TransactionSet(
        id=head.get(1),
        control_number=head.get(2),
        functional_id=group_head.get(1),
        version=group_head.get(8),
        segments=tuple(builder.segments),
        findings=kept(builder.findings),
        passed=builder.passed,
    )


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 20 else None


def _same(left: str, right: str) -> bool:
    """Control numbers agree also where one side drops leading zeros."""
    numbers = _number(left), _number(right)
    return left == right if None in numbers else numbers[0] == numbers[1]
