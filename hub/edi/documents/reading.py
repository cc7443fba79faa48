"""Typed reading of elements: a value that cannot be read becomes None and a finding, never an error."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal

from hub.edi.findings import Finding, Level, severity_of
from hub.edi.interchange import TransactionSet
from hub.edi.segment import Segment
from hub.errors import DataError

NUMBER = re.compile(r"[+-]?(\d{1,30}\.?\d{0,12}|\.\d{1,12})", re.ASCII)
"""A number as partners write it; no exponents, which X12 has not and which can stand for endless digits."""
_DIGITS = re.compile(r"\d{4,8}", re.ASCII)


class Reading:
    """Reads one set's elements and collects what could not be read."""

    def __init__(self, transaction_set: TransactionSet, *expected: str) -> None:
        """Raises DataError ``x12.wrong-set`` when the set is none of the expected ones."""
        if transaction_set.id not in expected:
            raise DataError(
                f"This is a {transaction_set.id[:3] or 'nameless'} where {' or '.join(expected)} was expected.",
                code="x12.wrong-set",
                path="ST01",
            )
        self._set = transaction_set
        self.findings: list[Finding] = []

    def in_order(self) -> tuple[Finding, ...]:
        """What was found, in the order of the segments."""
        return tuple(sorted(self.findings, key=lambda finding: (finding.position, finding.element or 0)))

    def decimal(self, segment: Segment, number: int, *, implied: int = 0) -> Decimal | None:
        """The element as a number; ``implied`` decimals are applied where no point is written (type Nn)."""
        text = segment.get(number)
        if not text:
            return None
        if not NUMBER.fullmatch(text):
            self._unreadable(segment, number, "a number")
            return None
        value = Decimal(text)
        return value if "." in text else value.scaleb(-implied)

    def date(self, segment: Segment, number: int) -> dt.date | None:
        """The element as a date: CCYYMMDD, or YYMMDD read as 1970 to 2069."""
        text = segment.get(number)
        if not text:
            return None
        if len(text) in (6, 8) and _DIGITS.fullmatch(text):
            century = "" if len(text) == 8 else ("19" if text >= "70" else "20")
            try:
                return dt.date.fromisoformat(century + text)
            except ValueError:
                pass
        self._unreadable(segment, number, "a date")
        return None

    def time(self, segment: Segment, number: int) -> dt.time | None:
        """The element as a time of day: HHMM, HHMMSS, HHMMSSD or HHMMSSDD."""
        text = segment.get(number)
        if not text:
            return None
        if len(text) in (4, 6, 7, 8) and _DIGITS.fullmatch(text):
            padded = text.ljust(8, "0")
            hundredths = int(padded[6:8]) * 10_000
            try:
                return dt.time(int(padded[:2]), int(padded[2:4]), int(padded[4:6]), hundredths)
            except ValueError:
                pass
        self._unreadable(segment, number, "a time")
        return None

    def integer(self, segment: Segment, number: int) -> int | None:
        """The element as a whole number."""
        value = self.decimal(segment, number)
        if value is None:
            return None
        if value != value.to_integral_value():
            self._unreadable(segment, number, "a whole number")
            return None
        return int(value)

    def add(self, code: str, segment: Segment, text: str, *, element: int | None = None) -> None:
        """Note a finding on a segment, or on its element, at the default severity."""
        self.findings.append(
            Finding(
                level=Level.SEGMENT if element is None else Level.ELEMENT,
                code=code,
                severity=severity_of(code),
                text=text,
                segment_id=segment.id,
                position=self._set.position_of(segment),
                element=element,
                value=segment.get(element) if element is not None else "",
            )
        )

    def _unreadable(self, segment: Segment, number: int, kind: str) -> None:
        self.add("x12.value-unreadable", segment, f"{segment.id}{number:02} is not {kind}.", element=number)
