"""How strictly findings are weighed: ready tables that a partner profile starts from (edi.md 5.8)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from hub.edi.findings import Severity

_TAKEN_BY_LENIENT = (
    "x12.iea-count",
    "x12.iea-control-number",
    "x12.ge-count",
    "x12.ge-control-number",
    "x12.se-count",
    "x12.se-control-number",
    "x12.set-control-number-missing",
    "x12.set-not-of-group",
)
"""Sloppy but whole: what is cut off (x12.se-missing and the like) is refused by everybody."""

_REFUSED_BY_STRICT = (
    "x12.value-unreadable",
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
    "x12.element-date",
    "x12.element-time",
    "x12.element-exclusion",
)
"""All that a standard forbids, but for codes (our lists are no complete ones) and how the file was put together."""

STRICTNESS: Mapping[str, Mapping[str, Severity]] = MappingProxyType(
    {
        "lenient": MappingProxyType(dict.fromkeys(_TAKEN_BY_LENIENT, Severity.WARNING)),
        "standard": MappingProxyType({}),
        "strict": MappingProxyType(dict.fromkeys(_REFUSED_BY_STRICT, Severity.REJECT)),
    }
)
"""Where each preset differs from the hub's defaults."""
