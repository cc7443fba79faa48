"""Writing interchanges: typed sets in, bytes out; the same input always gives the same bytes.

Our own writer and not pyx12's: that one nests a second ST wrongly and lets delimiters in data through
(edi.md 2.4). Control numbers and the clock come from the caller, so a resend is the same bytes.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from hub.edi.interchange import Delimiters, TradingId

Row = tuple[str, ...]

_JOIN = "\x1d"
"""Stands between components until the delimiters are known; never valid data in X12."""


def composite(*components: str) -> str:
    """A composite element for a row; trailing empty components are left out."""
    return _JOIN.join(components).rstrip(_JOIN)


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
