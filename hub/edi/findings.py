"""What was wrong with a document: findings, their codes and how severe each is.

A finding never stops the reading; its severity says what becomes of the unit it stands on. The table
holds the hub's defaults (edi.md 5.4); a partner profile raises or lowers single codes by a mapping.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType


class Level(StrEnum):
    """The unit a finding stands on."""

    INTERCHANGE = "interchange"
    GROUP = "group"
    SET = "set"
    SEGMENT = "segment"
    ELEMENT = "element"


class Severity(StrEnum):
    """``reject``: the unit is not used; ``warning``: it is used and the finding shown; ``off``: nothing is told."""

    REJECT = "reject"
    WARNING = "warning"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class Finding:
    """One deviation and its place.

    ``position`` counts segments from ISA (1) for interchange and group findings and from ST (1) for all
    others; ``element`` counts from 1. ``text`` holds no data of the document; ``value`` may, so it is
    kept out of the repr.
    """

    level: Level
    code: str
    severity: Severity
    text: str
    segment_id: str = ""
    position: int = 0
    element: int | None = None
    component: int | None = None
    value: str = field(default="", repr=False)

    @property
    def rejects(self) -> bool:
        return self.severity is Severity.REJECT


_REJECT = frozenset(
    {
        "x12.no-interchange",
        "x12.isa-too-short",
        "x12.bad-terminator",
        "x12.iea-missing",
        "x12.iea-count",
        "x12.iea-control-number",
        "x12.ge-missing",
        "x12.ge-count",
        "x12.ge-control-number",
        "x12.se-missing",
        "x12.se-count",
        "x12.se-control-number",
        "x12.stray-segment",
        "x12.set-unsupported",
        "x12.set-not-agreed",
        "x12.set-not-of-group",
        "x12.set-control-number-missing",
        "x12.segment-needed",
        "x12.element-needed",
        "x12.check-failed",
    }
)
_WARNING = frozenset(
    {
        "x12.value-unreadable",
        "x12.byte-order-mark",
        "x12.data-outside",
        "x12.isa-unpadded",
        "x12.isa16-missing",
        "x12.version-unusual",
        "x12.usage-unusual",
        "x12.wrapped-lines",
        "x12.empty-segments",
        "x12.segment-unterminated",
        "x12.not-utf8",
        "x12.set-control-number-repeated",
        "x12.hl-parent-unknown",
        "x12.hl-number-repeated",
        "x12.sscc-check-digit",
        "x12.gtin-check-digit",
        "x12.segment-unknown",
        "x12.segment-unexpected",
        "x12.segment-not-used",
        "x12.segment-missing",
        "x12.loop-repeats",
        "x12.segment-repeats",
        "x12.segment-faulty",
        "x12.element-missing",
        "x12.element-condition",
        "x12.element-surplus",
        "x12.element-short",
        "x12.element-long",
        "x12.element-characters",
        "x12.element-code",
        "x12.element-date",
        "x12.element-time",
        "x12.element-exclusion",
    }
)

DEFAULT_SEVERITIES: Mapping[str, Severity] = MappingProxyType(
    dict.fromkeys(sorted(_REJECT), Severity.REJECT) | dict.fromkeys(sorted(_WARNING), Severity.WARNING)
)
"""Every finding's code and its severity when the partner's profile says nothing."""


def kept(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Those that are not switched off."""
    return tuple(finding for finding in findings if finding.severity is not Severity.OFF)


def severity_of(code: str, overrides: Mapping[str, Severity] | None = None) -> Severity:
    """The severity of a code: the partner's own, else the default, else a rejection (be safe)."""
    if overrides and code in overrides:
        return overrides[code]
    return DEFAULT_SEVERITIES.get(code, Severity.REJECT)
