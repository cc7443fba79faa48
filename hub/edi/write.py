"""Writing interchanges: typed sets in, bytes out; the same input always gives the same bytes.

Our own writer and not pyx12's: that one nests a second ST wrongly and lets delimiters in data through
(edi.md 2.4). Control numbers and the clock come from the caller, so a resend is the same bytes.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from hub.edi.interchange import Delimiters, TradingId
from hub.edi.segment import check_encoding
from hub.errors import DataError

Row = tuple[str | tuple[str, ...], ...]
"""A segment to be written: its id and its elements, a composite being a tuple of components."""

_LAST_CONTROL_NUMBER = 999_999_999
_REPETITION_SINCE = "004020"
_VERSION = re.compile(r"00\d{4}", re.ASCII)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]+")


@dataclass(frozen=True, slots=True)
class OutboundSet:
    """The segments between ST and SE of one set, without delimiters."""

    id: str
    rows: tuple[Row, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class OutboundEnvelope:
    """Everything of an interchange with one group that is not in the documents.

    ``control_number`` is ISA13 (1 to 999999999), ``group_control_number`` GS06; both are taken by the
    caller in the transaction that stores the document. ``created`` is the partner's local time.
    ``delimiters`` None lets the writer choose a set that does not occur in the data. ``substitute`` is
    written in place of a delimiter found in data; None refuses the document instead.
    """

    sender: TradingId
    receiver: TradingId
    group_sender: str
    group_receiver: str
    functional_id: str
    version: str
    control_number: int
    group_control_number: int
    created: dt.datetime
    usage: str = "P"
    acknowledgement_requested: bool = False
    delimiters: Delimiters | None = None
    substitute: str | None = None
    line_break: str = ""
    encoding: str = "utf-8"


_CHOICES = (
    Delimiters("*", ">", "~"),
    Delimiters("*", ":", "~"),
    Delimiters("|", ">", "~"),
    Delimiters("|", ":", "~"),
    Delimiters("\x1d", "\x1f", "\x1c"),
)


def set_control_number(index: int) -> str:
    """ST02 of the set at ``index`` (0 is the first) of a group; what a 997 names in AK202."""
    return f"{index + 1:04}"


def control_number(count: int) -> int:
    """The number of a series' ``count``-th document (from 1): nine digits at most, then from 1 again."""
    return (count - 1) % _LAST_CONTROL_NUMBER + 1


def write_technical(envelope: OutboundEnvelope, rows: Sequence[Row]) -> bytes:
    """One interchange without groups: TA1 segments only. Raises DataError as `write_interchange` does."""
    _check_envelope(envelope)
    held = OutboundSet("TA1", tuple(rows))
    marks = _with_repetition(envelope.delimiters or _choose(envelope, [held]), envelope.version)
    trailer: Row = ("IEA", "0", f"{envelope.control_number:09}")
    return _encoded(envelope, marks, (*rows, trailer))


def write_interchange(envelope: OutboundEnvelope, sets: Sequence[OutboundSet]) -> bytes:
    """One interchange with one group of all ``sets``; counts and trailers are written here.

    Line breaks and control characters in data become blanks. Raises DataError
    ``x12.delimiter-in-data`` (fixed delimiters, no substitute), ``x12.not-encodable``,
    ``x12.control-number``, ``x12.version``, ``x12.usage`` and ``x12.envelope-id`` (an id does not fit its element).
    """
    if not sets:
        raise DataError("An interchange needs at least one transaction set.", code="x12.empty-group")
    _check_envelope(envelope)
    marks = _with_repetition(envelope.delimiters or _choose(envelope, sets), envelope.version)
    return _encoded(envelope, marks, _rows(envelope, sets))


def _encoded(envelope: OutboundEnvelope, marks: Delimiters, rows: Iterable[Row]) -> bytes:
    ending = marks.terminator + envelope.line_break
    text = "".join(_line(row, marks, envelope.substitute) + ending for row in rows)
    header = _isa(envelope, marks) + ending
    try:
        return (header + text).encode(envelope.encoding)
    except UnicodeEncodeError:
        raise DataError(
            f"The document holds characters that {envelope.encoding} cannot write.",
            code="x12.not-encodable",
            cure="Set the partner's encoding to utf-8, or correct the text in the order.",
        ) from None


def _check_envelope(envelope: OutboundEnvelope) -> None:
    check_encoding(envelope.encoding)
    numbers = (envelope.control_number, envelope.group_control_number)
    if not all(0 < number <= _LAST_CONTROL_NUMBER for number in numbers):
        raise DataError(
            "A control number is outside 1 to 999999999.",
            code="x12.control-number",
            cure="Let the number series wrap to 1.",
        )
    if not _VERSION.match(envelope.version):
        raise DataError("GS08 does not start with a release such as 004010.", code="x12.version", path="GS08")
    if envelope.usage not in {"P", "T", "I"}:
        raise DataError("ISA15 is neither P nor T nor I.", code="x12.usage", path="ISA15")
    for party in (envelope.sender, envelope.receiver):
        if len(party.qualifier) != 2 or not 0 < len(party.id) <= 15 or _CONTROL.search(party.id):
            raise DataError(
                "A trading id does not fit the interchange header (2 and up to 15 characters).",
                code="x12.envelope-id",
                cure="Correct the qualifier and id in the partner's profile.",
                path="ISA05-ISA08",
            )


def _choose(envelope: OutboundEnvelope, sets: Sequence[OutboundSet]) -> Delimiters:
    """The first choice of delimiters that the data does not contain; the last one never occurs."""
    used = {mark for item in sets for row in item.rows for _, text in _texts(row) for mark in text}
    used.update(envelope.sender.id, envelope.receiver.id, envelope.group_sender, envelope.group_receiver)
    usual = _CHOICES if "^" not in used or envelope.version < _REPETITION_SINCE else _CHOICES[-1:]
    return next(marks for marks in usual if not used & {marks.element, marks.component, marks.terminator})


def _with_repetition(marks: Delimiters, version: str) -> Delimiters:
    """From 00402 on ISA11 is a delimiter whether we use it or not, so data must not contain it."""
    if marks.repetition or version < _REPETITION_SINCE:
        return marks
    taken = {marks.element, marks.component, *marks.terminator}
    usual = ("\x1e", "^") if marks == _CHOICES[-1] else ("^", "`")
    return replace(marks, repetition=next(mark for mark in usual if mark not in taken))


def _texts(row: Row) -> Iterator[tuple[int, str]]:
    for number, element in enumerate(row):
        for text in (element,) if isinstance(element, str) else element:
            yield number, _CONTROL.sub(" ", text)


def _rows(envelope: OutboundEnvelope, sets: Sequence[OutboundSet]) -> Iterator[Row]:
    group = str(envelope.group_control_number)
    date, time = f"{envelope.created:%Y%m%d}", f"{envelope.created:%H%M}"
    parties = (envelope.functional_id, envelope.group_sender, envelope.group_receiver)
    yield ("GS", *parties, date, time, group, "X", envelope.version)
    for index, item in enumerate(sets):
        number = set_control_number(index)
        rows = tuple(row for row in item.rows if any(row[1:]))
        yield ("ST", item.id, number)
        yield from rows
        yield ("SE", str(len(rows) + 2), number)
    yield ("GE", str(len(sets)), group)
    yield ("IEA", "1", f"{envelope.control_number:09}")


def _line(row: Row, marks: Delimiters, substitute: str | None) -> str:
    elements: dict[int, list[str]] = {number: [] for number in range(len(row))}
    for number, text in _texts(row):
        clean = _without_marks(text, marks, substitute, f"{row[0]}{number:02}")
        elements[number].append(clean.strip())
    joined = (marks.component.join(parts).rstrip(marks.component) for parts in elements.values())
    return marks.element.join(joined).rstrip(marks.element)


def _without_marks(text: str, marks: Delimiters, substitute: str | None, path: str) -> str:
    found = [mark for mark in (marks.element, marks.component, *marks.terminator, *marks.repetition) if mark in text]
    if found and substitute is None:
        raise DataError(
            "The data holds a character that this partner's files use as a delimiter.",
            code="x12.delimiter-in-data",
            cure="Set a substitute in the partner's profile, or let the writer choose the delimiters.",
            path=path,
        )
    for mark in found:
        text = text.replace(mark, substitute or "")
    return text


def _isa(envelope: OutboundEnvelope, marks: Delimiters) -> str:
    version = f"00{envelope.version[2:5]}"
    sender, receiver = envelope.sender, envelope.receiver
    for text in (sender.qualifier, sender.id, receiver.qualifier, receiver.id):
        _without_marks(text, marks, None, "ISA05-ISA08")
    fields = (
        "ISA",
        "00",
        " " * 10,
        "00",
        " " * 10,
        sender.qualifier,
        sender.id.ljust(15),
        receiver.qualifier,
        receiver.id.ljust(15),
        f"{envelope.created:%y%m%d}",
        f"{envelope.created:%H%M}",
        marks.repetition or "U",
        version,
        f"{envelope.control_number:09}",
        "1" if envelope.acknowledgement_requested else "0",
        envelope.usage,
        marks.component,
    )
    return marks.element.join(fields)
