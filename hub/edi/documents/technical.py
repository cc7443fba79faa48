"""TA1 interchange acknowledgement, read and written: one segment beside the groups, not a transaction set."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from hub.edi.documents.reading import Reading
from hub.edi.documents.text import time_text
from hub.edi.findings import Finding
from hub.edi.interchange import TransactionSet
from hub.edi.segment import Segment
from hub.edi.write import Row


@dataclass(frozen=True, slots=True)
class TechnicalAcknowledgement:
    """TA1. It names an interchange by ISA13 and its ISA09/ISA10.

    ``status`` is TA104: A accepted, E accepted with errors, R rejected; ``note`` TA105 says why (000 no error,
    001 control number of IEA differs, 025 control number used twice ...).
    """

    control_number: str
    date: dt.date | None
    time: dt.time | None
    status: str
    note: str = "000"
    findings: tuple[Finding, ...] = field(default=(), compare=False)

    @property
    def accepted(self) -> bool:
        return self.status in {"A", "E"}


def read_technical(segment: Segment) -> TechnicalAcknowledgement:
    """Read a TA1. Unreadable values are None and a finding; raises DataError ``x12.wrong-set`` for another segment."""
    reading = Reading(TransactionSet(segment.id, "", "", "", (segment,)), "TA1")
    return TechnicalAcknowledgement(
        control_number=segment.get(1),
        date=reading.date(segment, 2),
        time=reading.time(segment, 3),
        status=segment.get(4),
        note=segment.get(5),
        findings=reading.in_order(),
    )


def technical_row(document: TechnicalAcknowledgement) -> Row:
    """The TA1 segment; its date has six digits, as ISA09 has."""
    date = f"{document.date:%y%m%d}" if document.date else ""
    return ("TA1", document.control_number, date, time_text(document.time), document.status, document.note)
