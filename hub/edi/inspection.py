"""A file as the hub sees it: interchanges with all their findings, and the document of each set that it would use."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import BinaryIO

from hub.edi.agreement import Agreement
from hub.edi.check import check_interchange
from hub.edi.documents.registry import X12Document, read_document
from hub.edi.envelope import read_interchanges, regraded
from hub.edi.feed import read_feed
from hub.edi.findings import Finding, Level, Severity, severity_of
from hub.edi.interchange import Group, Interchange, Status, TransactionSet
from hub.errors import DataError

_UNSUPPORTED = "x12.set-unsupported"


@dataclass(frozen=True, slots=True)
class InspectedSet:
    """A set and what becomes of it. ``document`` is None where the set is rejected or is none the hub reads."""

    item: TransactionSet
    status: Status
    document: X12Document | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class InspectedGroup:
    """A group and its sets."""

    group: Group
    sets: tuple[InspectedSet, ...]


@dataclass(frozen=True, slots=True)
class Inspected:
    """An interchange and its groups. A set of a rejected interchange or group is rejected too."""

    interchange: Interchange
    groups: tuple[InspectedGroup, ...]


def inspect_interchanges(
    data: bytes,
    *,
    severities: Mapping[str, Severity] | None = None,
    agreement: Agreement | None = None,
    encoding: str | None = None,
) -> list[Inspected]:
    """Every interchange of ``data``, checked, and its sets read as documents; ``severities``, ``agreement`` and
    ``encoding`` are a partner's.

    Raises DataError (``x12.no-interchange``, ``x12.isa-too-short``, ``x12.bad-terminator``) where nothing is readable.
    """
    overrides = severities or {}
    found = read_interchanges(data, severities=overrides, encoding=encoding)
    return [_inspected(check_interchange(each, severities=overrides, agreement=agreement), overrides) for each in found]


def inspect_envelopes(
    source: BinaryIO,
    *,
    severities: Mapping[str, Severity] | None = None,
    agreement: Agreement | None = None,
    encoding: str | None = None,
) -> Iterator[Inspected]:
    """The same for a file of any size in constant memory: everything is checked, and no set is read as a document.

    Raises DataError as `inspect_interchanges` does.
    """
    for piece in read_feed(source, severities=severities, agreement=agreement, encoding=encoding, keeping=False):
        if isinstance(piece, Interchange):
            yield Inspected(piece, tuple(_unread(piece, group) for group in piece.groups))


def _unread(interchange: Interchange, group: Group) -> InspectedGroup:
    rejected = interchange.rejected or group.rejected
    sets = (InspectedSet(item, Status.REJECTED if rejected else item.status) for item in group.sets)
    return InspectedGroup(group, tuple(sets))


def _inspected(interchange: Interchange, overrides: Mapping[str, Severity]) -> Inspected:
    groups = tuple(
        InspectedGroup(
            group,
            tuple(_read(item, overrides, usable=not (interchange.rejected or group.rejected)) for item in group.sets),
        )
        for group in interchange.groups
    )
    # The sets now carry what reading them as documents found.
    read = tuple(replace(each.group, sets=tuple(one.item for one in each.sets)) for each in groups)
    groups = tuple(InspectedGroup(group, each.sets) for group, each in zip(read, groups, strict=True))
    return Inspected(replace(interchange, groups=read), groups)


def _read(item: TransactionSet, overrides: Mapping[str, Severity], *, usable: bool) -> InspectedSet:
    document, findings = _document(item, overrides)
    if findings:
        item = replace(item, findings=(*item.findings, *findings))
    status = item.status if usable else Status.REJECTED
    return InspectedSet(item, status, document if status is not Status.REJECTED else None)


def _document(
    item: TransactionSet, overrides: Mapping[str, Severity]
) -> tuple[X12Document | None, tuple[Finding, ...]]:
    try:
        document = read_document(item)
    except DataError as error:
        if error.code == _UNSUPPORTED:
            return None, ()
        severity = severity_of(error.code, overrides)
        return None, (Finding(Level.SET, error.code, severity, error.message, "ST", 1),)
    return document, regraded(document.findings, overrides)
