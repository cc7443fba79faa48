"""What answers a received file: a TA1 for an envelope, a 997 for a group. No I/O, the clock is given."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import count
from typing import BinaryIO

from hub.edi.acks import acknowledgement_envelope, acknowledgement_set, technical_acknowledgement
from hub.edi.check import check_interchange
from hub.edi.envelope import read_interchanges
from hub.edi.feed import read_feed
from hub.edi.findings import Severity
from hub.edi.interchange import Interchange
from hub.edi.write import OutboundEnvelope, control_number, write_interchange, write_technical

_VERSION = re.compile(r"00\d{3}", re.ASCII)
_USUAL = "00401"
_LINE_BREAK = "\n"


@dataclass(frozen=True, slots=True)
class Answer:
    """One interchange of ours: ``kind`` is 997 or TA1, ``answers`` the control number it answers."""

    kind: str
    control_number: int
    answers: str
    data: bytes


def answers(received: Iterable[Interchange], first: int, created: datetime) -> list[Answer]:
    """Every answer to checked interchanges, numbered from ``first``: a TA1 where one asked for it or its envelope
    failed, then a 997 per group, unless the envelope failed. Acknowledgements get none.

    Raises DataError as `write_interchange` does.
    """
    numbers = (control_number(each) for each in count(first))
    return [answer for interchange in received for answer in _answers(interchange, numbers, created)]


def received(stream: BinaryIO, severities: Mapping[str, Severity], *, big: bool) -> Iterator[Interchange]:
    """The interchanges of a file, checked; a big one in constant memory. Raises DataError as `read_interchanges`."""
    if big:
        pieces = read_feed(stream, severities=severities)
        yield from (piece for piece in pieces if isinstance(piece, Interchange))
        return
    for interchange in read_interchanges(stream.read(), severities=severities):
        yield check_interchange(interchange, severities=severities)


def _answers(interchange: Interchange, numbers: Iterator[int], created: datetime) -> Iterator[Answer]:
    note = technical_acknowledgement(interchange)
    if note is not None:
        envelope = _technical_envelope(interchange, next(numbers), created)
        data = write_technical(envelope, [note])
        yield Answer("TA1", envelope.control_number, interchange.control_number, data)
    if interchange.rejected:
        return
    for group in interchange.groups:
        item = acknowledgement_set(group)
        if item is None:
            continue
        number = next(numbers)
        envelope = acknowledgement_envelope(
            interchange, group, control_number=number, group_control_number=number, created=created
        )
        data = write_interchange(replace(envelope, line_break=_LINE_BREAK), [item])
        yield Answer("997", number, group.control_number, data)


def _technical_envelope(interchange: Interchange, number: int, created: datetime) -> OutboundEnvelope:
    """Parties turned round; a TA1 stands in no group, so the group's fields are not written."""
    version = interchange.version if _VERSION.fullmatch(interchange.version) else _USUAL
    return OutboundEnvelope(
        sender=interchange.receiver,
        receiver=interchange.sender,
        group_sender="",
        group_receiver="",
        functional_id="",
        version=f"{version}0",
        control_number=number,
        group_control_number=number,
        created=created,
        usage="T" if interchange.usage == "T" else "P",
        line_break=_LINE_BREAK,
    )
