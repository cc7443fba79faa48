"""TA1: what one side says of the other's envelope, before anything in it was read. It stands beside the groups."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from hub.edi.findings import Finding
from hub.edi.interchange import Interchange
from hub.edi.segment import Segment
from hub.edi.write import Row

When = Literal["on_request", "always", "never"]
"""``on_request``: where ISA14 asks for it, or the envelope itself fails."""

NO_FAULT = "000"

NOTE_OF_FINDING: Mapping[str, str] = MappingProxyType(
    {
        "x12.iea-control-number": "001",
        "x12.version-unusual": "017",
        "x12.usage-unusual": "020",
        "x12.iea-count": "021",
        "x12.stray-segment": "022",
        "x12.iea-missing": "023",
        "x12.unknown-sender": "006",
        "x12.wrong-receiver": "008",
        "x12.usage-mismatch": "020",
    }
)
"""TA105 for what was wrong with the envelope; a fault that is not listed is 024, invalid content."""
_OTHER_FAULT = "024"

_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "000": "no fault",
        "001": "the control numbers at its two ends differ",
        "002": "its standard is not supported",
        "003": "its version is not supported",
        "004": "its segment terminator is invalid",
        "005": "the qualifier of its sender is invalid",
        "006": "the id of its sender is invalid",
        "007": "the qualifier of its receiver is invalid",
        "008": "the id of its receiver is invalid",
        "009": "its receiver is unknown",
        "010": "its authorisation qualifier is invalid",
        "011": "its authorisation is invalid",
        "012": "its security qualifier is invalid",
        "013": "its security information is invalid",
        "014": "its date is invalid",
        "015": "its time is invalid",
        "016": "its standards identifier is invalid",
        "017": "its version id is invalid",
        "018": "its control number is invalid",
        "019": "its acknowledgement request is invalid",
        "020": "its test indicator is invalid",
        "021": "its number of groups is wrong",
        "022": "its control structure is invalid",
        "023": "it ends too early",
        "024": "its content is invalid",
        "025": "its control number was used before",
        "026": "its element separator is invalid",
        "027": "its component separator is invalid",
    }
)


@dataclass(frozen=True, slots=True)
class TechnicalAcknowledgement:
    """One TA1. ``control_number`` is the ISA13 it answers, ``status`` A, E or R, ``code`` the note (TA105)."""

    control_number: str
    status: str
    code: str = ""

    @property
    def accepted(self) -> bool:
        return self.status in {"A", "E"}

    @property
    def words(self) -> str:
        """The note in words."""
        return _WORDS.get(self.code, f"note {self.code[:3]}" if self.code else "no reason given")


def parse_technical(segment: Segment) -> TechnicalAcknowledgement:
    """Read a TA1 segment; what it leaves out is empty."""
    return TechnicalAcknowledgement(segment.get(1), segment.get(4).upper(), segment.get(5))


def technical_acknowledgement(interchange: Interchange, *, when: When = "on_request", refusal: str = "") -> Row | None:
    """The TA1 for a received interchange, None where none is due.

    R where the envelope failed or ``refusal`` (a finding's code) says why we do not take it, E with findings on the
    envelope, else A.
    """
    failed = interchange.rejected
    if when == "never" or (when == "on_request" and not failed and not interchange.acknowledgement_requested):
        return None
    noted = [refusal] if refusal else [*_codes(interchange.findings, rejecting=True), *_codes(interchange.findings)]
    listed = [code for code in noted if code in NOTE_OF_FINDING]
    if failed or refusal:
        status, note = "R", NOTE_OF_FINDING[listed[0]] if listed else _OTHER_FAULT
    else:
        status, note = ("E", NOTE_OF_FINDING[listed[0]]) if listed else ("A", NO_FAULT)
    return ("TA1", interchange.control_number, interchange.date, interchange.time, status, note)


def _codes(findings: Iterable[Finding], *, rejecting: bool = False) -> list[str]:
    return [finding.code for finding in findings if finding.rejects or not rejecting]
