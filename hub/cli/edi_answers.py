"""What answers a received file: a TA1 for an envelope, a 997 for a group. No I/O, the clock is given."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import BinaryIO

from hub.edi.acks import acknowledgement_envelope, acknowledgement_set, technical_acknowledgement
from hub.edi.check import check_interchange
from hub.edi.envelope import read_interchanges
from hub.edi.feed import read_feed
from hub.edi.interchange import Group, Interchange
from hub.edi.write import OutboundEnvelope, OutboundSet, Row, control_number, write_interchange, write_technical
from hub.errors import DataError
from hub.sdk.x12.rules import X12Rules

_VERSION = re.compile(r"00\d{3}", re.ASCII)
_GROUP_VERSION = re.compile(r"00\d{4}", re.ASCII)
_USUAL = "00401"
_LINE_BREAK = "\n"


@dataclass(frozen=True, slots=True)
class Answer:
    """One interchange of ours: ``kind`` is 997 or TA1."""

    kind: str
    control_number: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Answers:
    """Everything written, and why what is missing could not be."""

    written: tuple[Answer, ...]
    refused: tuple[DataError, ...]


def answers(received: Iterable[Interchange], first: int, created: datetime) -> Answers:
    """Every answer to checked interchanges, numbered from ``first``: a TA1 where one asked for it or its envelope
    failed, then a 997 per group, unless the envelope failed. Acknowledgements get none.

    What cannot be answered (nobody to send it to) is refused with the reason of `write_interchange`; the rest is
    answered all the same.
    """
    written: list[Answer] = []
    refused: list[DataError] = []
    for interchange in received:
        for due in _due(interchange):
            try:
                written.append(due(control_number(first + len(written)), created))
            except DataError as error:
                error.path = f"ISA {interchange.control_number}: {error.path}".rstrip(": ")
                refused.append(error)
    return Answers(tuple(written), tuple(refused))


def received(stream: BinaryIO, rules: X12Rules, *, big: bool) -> Iterator[Interchange]:
    """The interchanges of a file, checked; a big one in constant memory. Raises DataError as `read_interchanges`."""
    severities = rules.severities
    if big:
        pieces = read_feed(stream, severities=severities, agreement=rules.agreement, encoding=rules.encoding)
        yield from (piece for piece in pieces if isinstance(piece, Interchange))
        return
    for interchange in read_interchanges(stream.read(), severities=severities, encoding=rules.encoding):
        yield check_interchange(interchange, severities=severities, agreement=rules.agreement)


def _due(interchange: Interchange) -> Iterator[Callable[[int, datetime], Answer]]:
    """Writers of what an interchange is owed, in their order; each takes its control number and the time."""
    note = technical_acknowledgement(interchange)
    if note is not None:
        yield partial(_technical, interchange, note)
    if interchange.rejected:
        return
    for group in interchange.groups:
        item = acknowledgement_set(group)
        if item is not None:
            yield partial(_functional, interchange, group, item)


def _technical(interchange: Interchange, note: Row, number: int, created: datetime) -> Answer:
    data = write_technical(_technical_envelope(interchange, number, created), [note])
    return Answer("TA1", number, data)


def _functional(interchange: Interchange, group: Group, item: OutboundSet, number: int, created: datetime) -> Answer:
    envelope = acknowledgement_envelope(
        interchange, group, control_number=number, group_control_number=number, created=created
    )
    if not _GROUP_VERSION.match(envelope.version):
        envelope = replace(envelope, version=_release(interchange))
    return Answer("997", number, write_interchange(replace(envelope, line_break=_LINE_BREAK), [item]))


def _release(interchange: Interchange) -> str:
    """What stands in for a GS08 that is missing or none: the release of ISA12."""
    return f"{interchange.version if _VERSION.fullmatch(interchange.version) else _USUAL}0"


def _technical_envelope(interchange: Interchange, number: int, created: datetime) -> OutboundEnvelope:
    """Parties turned round; a TA1 stands in no group, so the group's fields are not written."""
    return OutboundEnvelope(
        sender=interchange.receiver,
        receiver=interchange.sender,
        group_sender="",
        group_receiver="",
        functional_id="",
        version=_release(interchange),
        control_number=number,
        group_control_number=number,
        created=created,
        usage="T" if interchange.usage == "T" else "P",
        line_break=_LINE_BREAK,
    )
